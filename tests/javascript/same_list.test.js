import { expect, test } from "bun:test";
import { isSameList } from "../../enrollment_portal/components/lists/same_list.js";

test("a list is the same with another record open beside it", () => {
  expect(isSameList("", "?peek=4")).toBe(true);
  expect(isSameList("?tab=active&peek=3", "?tab=active&peek=4")).toBe(true);
  expect(isSameList("?tab=active", "?peek=4")).toBe(false);
});
