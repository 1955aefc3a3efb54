import { expect, test } from "bun:test";
import { notify, onNotice } from "../../enrollment_portal/components/ui/notices.js";

test("a notice reaches every listener, also the same one again, until a listener ends", () => {
  const heard = [];
  const end = onNotice((text) => heard.push(`one: ${text}`));
  onNotice((text) => heard.push(`two: ${text}`));
  notify("Link copied.");
  notify("Link copied.");
  end();
  notify("Nothing to save.");
  expect(heard).toEqual([
    "one: Link copied.",
    "two: Link copied.",
    "one: Link copied.",
    "two: Link copied.",
    "two: Nothing to save.",
  ]);
});
