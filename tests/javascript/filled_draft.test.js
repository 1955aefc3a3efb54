import { beforeEach, describe, expect, test } from "bun:test";
import { DraftStore } from "../../enrollment_portal/components/forms/drafts/draft_store.js";
import { FilledDraft } from "../../enrollment_portal/components/forms/drafts/filled_draft.js";
import { makeStorage } from "./doubles.js";

const STORED = { grade: "B", note: "Watch him." };
let storage;
let server;
let draft;

/** The values that the server sends for the form. */
function filling(changes = {}) {
  server = { ...server, ...changes };
  return { ...server };
}

/** Fills the form again with the stored values, as after a restart. */
function refill(version, form = STORED) {
  const [record, , count] = server.formKey.split(".");
  const formKey = `${record}.${version}.${Number(count) + 1}`;
  return filling({ formKey, fieldKeys: { grade: formKey, note: formKey }, form, stored: form });
}

let store;

function openPage() {
  store = new DraftStore(
    () => storage,
    () => 0,
  );
  store.setOwner(5);
  return new FilledDraft(store, "manage");
}

const kept = () =>
  Object.fromEntries(
    Object.entries(storage).map(([name, value]) => [name, JSON.parse(value).fields]),
  );

beforeEach(() => {
  storage = makeStorage();
  const formKey = "12.3.1";
  server = { formKey, fieldKeys: { grade: formKey, note: formKey }, form: STORED, stored: STORED };
  draft = openPage();
});

test("a form that is not filled yet has nothing to restore", () => {
  expect(draft.fill(filling({ formKey: "" }))).toBeNull();
  draft.type("grade", "C");
  expect(kept()).toEqual({});
});

test("typed text is kept with its base version", () => {
  draft.fill(filling());
  draft.type("grade", "C");
  draft.type("save_key", "not a field of the form");
  expect(kept()).toEqual({ "draft:5:manage:12": { grade: { text: "C", base: 3 } } });
  draft.type("grade", "B");
  expect(kept()).toEqual({});
});

describe("a reload", () => {
  test("restores what was typed with its base version", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    const restored = openPage().fill(refill(4));
    expect(restored).toMatchObject({ texts: { grade: "C" }, base: 3, isOtherRecord: false });
  });

  test("also restores text that the server had", () => {
    draft.fill(filling());
    draft.fill(filling({ form: { ...STORED, grade: "A" } }));
    expect(openPage().fill(refill(3)).texts).toEqual({ grade: "A" });
  });

  test("restores no text that the form shows and no field that it no longer has", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    draft.type("note", "New");
    const form = { grade: "C" };
    expect(openPage().fill(refill(3, form)).texts).toEqual({});
  });

  test("restores no discarded text", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    draft.giveUp();
    expect(openPage().fill(refill(3)).texts).toEqual({});
  });
});

describe("a form that is filled again in the page", () => {
  test("gets back text that the server did not have", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    draft.type("note", "New");
    draft.fill(filling({ form: { ...STORED, grade: "C" } }));
    const restored = draft.fill(refill(5));
    expect(restored).toMatchObject({ texts: { note: "New" }, base: 3 });
    expect(kept()["draft:5:manage:12"]).toEqual({ note: { text: "New", base: 3 } });
  });

  test("does not get back submitted text, but text typed after that", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    draft.type("note", "New");
    draft.submit();
    draft.type("note", "Newer");
    expect(draft.fill(refill(4)).texts).toEqual({ note: "Newer" });
  });

  test("keeps the first base version of a text until the server knows it", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    draft.fill(filling({ formKey: "12.4.2" }));
    draft.type("grade", "CC");
    expect(kept()["draft:5:manage:12"].grade.base).toBe(3);
    draft.fill(filling({ form: { ...STORED, grade: "CC" } }));
    draft.type("grade", "CCC");
    expect(kept()["draft:5:manage:12"].grade.base).toBe(4);
  });

  test("leaves a field alone that was not filled", () => {
    draft.fill(filling());
    draft.type("grade", "C");
    const next = filling({ fieldKeys: { ...server.fieldKeys, note: "12.3.2" }, formKey: "12.3.2" });
    expect(draft.fill(next).texts).toEqual({});
    expect(kept()["draft:5:manage:12"]).toEqual({ grade: { text: "C", base: 3 } });
  });

  test("returns the fields that the server changed", () => {
    draft.fill(filling());
    expect(draft.fill(refill(4, { ...STORED, grade: "A" })).changed).toEqual(["grade"]);
  });
});

describe("discarded text", () => {
  test("is not kept again by a late answer to it", () => {
    draft.fill(filling());
    draft.type("note", "Between admins only.");
    draft.giveUp();
    draft.fill(filling({ form: { ...STORED, note: "Between admins only." } }));
    expect(kept()).toEqual({});
  });

  test.each([
    ["typing", () => draft.type("note", "Again")],
    ["a new filling", () => draft.fill(refill(4, { ...STORED })) && draft.type("note", "Again")],
  ])("ends with %s", (_way, go) => {
    draft.fill(filling());
    draft.giveUp();
    go();
    expect(Object.keys(kept())).toEqual(["draft:5:manage:12"]);
  });
});

test("another record in the form gets no text of the previous one", () => {
  draft.fill(filling());
  draft.type("grade", "C");
  const formKey = "13.1.1";
  const fieldKeys = { grade: formKey, note: formKey };
  const restored = draft.fill(filling({ formKey, fieldKeys }));
  expect(restored).toMatchObject({ texts: {}, isOtherRecord: true, changed: [] });
  expect(Object.keys(kept())).toEqual(["draft:5:manage:12"]);
});

test("another owner of the page gets no text of the previous one", () => {
  draft.fill(filling());
  draft.type("note", "Between admins only.");
  store.setOwner(6);
  expect(draft.fill(refill(3, { ...STORED })).texts).toEqual({});
  expect(kept()).toEqual({});
});
