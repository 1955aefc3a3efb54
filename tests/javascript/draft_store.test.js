import { beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  DraftStore,
  FORMAT,
  MAX_AGE_MS,
  PREFIX,
} from "../../enrollment_portal/components/forms/drafts/draft_store.js";
import { Clock, makeStorage } from "./doubles.js";

const DRAFT = { grade: { text: "C", base: 3 } };
let storage;
let clock;

function openPage(owner = 5) {
  const store = new DraftStore(() => storage, clock.now);
  store.surviveReload("manage");
  store.setOwner(owner);
  return store;
}

beforeEach(() => {
  storage = makeStorage({ "list-scroll:/admin": "{}" });
  clock = new Clock();
});

describe("a draft", () => {
  test("is kept by form and record", () => {
    const store = openPage();
    store.write("settings", "1", DRAFT);
    store.write("settings", "2", { grade: { text: "B", base: 1 } });
    expect(store.read("settings", "1")).toEqual(DRAFT);
    expect(store.read("settings", "3")).toBeUndefined();
    expect(store.list("settings").map(([record]) => record)).toEqual(["1", "2"]);
  });

  test("keeps the order in which its fields were typed", () => {
    const store = openPage();
    for (const field of ["note", "grade", "note"]) {
      store.writeField("settings", "1", field, { text: field, base: 1 });
    }
    expect(Object.keys(store.read("settings", "1"))).toEqual(["note", "grade"]);
  });

  test("is deleted with its last field", () => {
    const store = openPage();
    store.write("settings", "1", DRAFT);
    store.writeField("settings", "1", "grade", null);
    expect(store.read("settings", "1")).toBeUndefined();
    expect(store.list("settings")).toEqual([]);
  });

  test("can be discarded by record and by form", () => {
    const store = openPage();
    for (const record of ["1", "2", "3"]) store.write("settings", record, DRAFT);
    store.write("lesson", "1", DRAFT);
    store.discard("settings", "2");
    expect(store.list("settings").map(([record]) => record)).toEqual(["1", "3"]);
    store.discard("settings");
    expect(store.list("settings")).toEqual([]);
    expect(store.read("lesson", "1")).toEqual(DRAFT);
  });

  test("notifies listeners until they unsubscribe", () => {
    const store = openPage();
    let n = 0;
    const end = store.subscribe(() => {
      n += 1;
    });
    store.write("settings", "1", DRAFT);
    store.discard("settings", "1");
    end();
    store.write("settings", "1", DRAFT);
    expect(n).toBe(2);
  });
});

describe("the tab's storage", () => {
  test("holds only drafts of forms that survive a reload", () => {
    const store = openPage();
    store.write("manage", "12", DRAFT);
    store.write("settings", "12", DRAFT);
    expect(Object.keys(storage)).toEqual(["list-scroll:/admin", `${PREFIX}5:manage:12`]);
    const reloaded = openPage();
    expect(reloaded.read("manage", "12")).toEqual(DRAFT);
    expect(reloaded.read("settings", "12")).toBeUndefined();
  });

  test("contains the version of its format", () => {
    openPage().write("manage", "12", DRAFT);
    const stored = JSON.parse(storage[`${PREFIX}5:manage:12`]);
    expect(stored).toEqual({ format: FORMAT, savedAt: clock.time, fields: DRAFT });
  });

  test("loses discarded drafts", () => {
    const store = openPage();
    store.write("manage", "12", DRAFT);
    store.discard("manage", "12");
    expect(Object.keys(storage)).toEqual(["list-scroll:/admin"]);
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ version: 3, typed: { grade: "C" } }),
    JSON.stringify({ format: FORMAT + 1, savedAt: 1_000_000, fields: DRAFT }),
    JSON.stringify({ format: FORMAT, savedAt: 1_000_000, fields: { grade: "C" } }),
    JSON.stringify({ format: FORMAT, savedAt: 1_000_000, fields: { grade: null } }),
    JSON.stringify({ format: FORMAT, fields: DRAFT }),
  ])("is not read where it holds something else: %p", (value) => {
    storage[`${PREFIX}5:manage:12`] = value;
    const store = new DraftStore(() => storage, clock.now);
    store.surviveReload("manage");
    expect(store.read("manage", "12")).toBeUndefined();
    store.setOwner(5);
    expect(store.read("manage", "12")).toBeUndefined();
    expect(storage.getItem(`${PREFIX}5:manage:12`)).toBeNull();
  });

  test("deletes a draft after a while", () => {
    openPage().write("manage", "12", DRAFT);
    clock.pass(MAX_AGE_MS);
    expect(openPage().read("manage", "12")).toEqual(DRAFT);
    clock.pass(1);
    expect(openPage().read("manage", "12")).toBeUndefined();
    expect(Object.keys(storage)).toEqual(["list-scroll:/admin"]);
  });

  test("may be full or switched off", () => {
    const refuse = () => {
      throw new Error("QuotaExceededError");
    };
    for (const broken of [refuse, () => makeStorage({ setItem: refuse })]) {
      const store = new DraftStore(broken, clock.now);
      store.surviveReload("manage");
      store.setOwner(5);
      store.write("manage", "12", DRAFT);
      expect(store.read("manage", "12")).toEqual(DRAFT);
    }
  });

  test("is emptied by the script that signing out runs, under the same names", () => {
    const script = readFileSync(`${import.meta.dir}/../../assets/portal.js`, "utf8");
    expect(script).toContain(`startsWith("${PREFIX}")`);
  });
});

describe("another owner", () => {
  test("never reads an earlier draft, in this page or after a reload", () => {
    const store = openPage();
    store.write("manage", "12", DRAFT);
    store.write("grading", "12", DRAFT);
    store.setOwner(6);
    expect(store.read("manage", "12")).toBeUndefined();
    expect(store.list("grading")).toEqual([]);
    expect(Object.keys(storage)).toEqual(["list-scroll:/admin"]);
    store.setOwner(5);
    expect(store.read("manage", "12")).toBeUndefined();
  });

  test("signing in on the same tab removes it", () => {
    openPage(5).write("manage", "12", DRAFT);
    expect(openPage(51).read("manage", "12")).toBeUndefined();
    expect(openPage(5).read("manage", "12")).toBeUndefined();
  });

  test("is not a person who is not known yet", () => {
    const store = new DraftStore(() => storage, clock.now);
    store.setOwner(0);
    store.write("settings", "1", DRAFT);
    store.setOwner(5);
    expect(store.read("settings", "1")).toEqual(DRAFT);
    store.setOwner("");
    expect(store.read("settings", "1")).toEqual(DRAFT);
  });
});
