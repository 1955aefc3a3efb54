import { beforeEach, describe, expect, test } from "bun:test";
import { DraftStore } from "../../enrollment_portal/components/forms/drafts/draft_store.js";
import { PageLoad } from "../../enrollment_portal/components/forms/drafts/page_load.js";
import { UncontrolledDraft } from "../../enrollment_portal/components/forms/drafts/uncontrolled_draft.js";
import { Clock, makeStorage } from "./doubles.js";

const PAGE = "/admin/learning/courses/1/settings ";
let clock;
let store;
let pageLoad;
let draft;
let fields; // what the form shows

const fill = (record, base) => draft.fill(record, base, (field) => fields[field]);

function type(field, text) {
  fields[field] = text;
  draft.type(field, text);
}

/** Reloads the page, which fills its form with the stored values. */
function reloadData(base, stored) {
  pageLoad.update(false, 1);
  pageLoad.update(true, 2);
  fields = { ...stored };
  const texts = fill(PAGE, base);
  return [texts, draft.rebase(base)];
}

beforeEach(() => {
  clock = new Clock();
  store = new DraftStore(() => makeStorage(), clock.now);
  pageLoad = new PageLoad(clock.now);
  pageLoad.update(true, 1);
  fields = { title: "Knots" };
  draft = new UncontrolledDraft(store, pageLoad, "settings", "1");
  fill(PAGE, "1");
  clock.pass(5_000);
});

describe("a page that is loaded again", () => {
  test("restores typed text with its base version", () => {
    type("title", "Mine");
    expect(reloadData("2", { title: "Theirs" })).toEqual([[["title", "Mine"]], "1"]);
  });

  test("restores it again after each load", () => {
    type("title", "Mine");
    reloadData("2", { title: "Theirs" });
    type("title", "Mine still");
    expect(reloadData("3", { title: "Theirs" })).toEqual([[["title", "Mine still"]], "1"]);
  });

  test("restores it if the form is rendered by another component", () => {
    type("title", "Mine");
    pageLoad.update(false, 1);
    draft.close(false);
    draft = new UncontrolledDraft(store, pageLoad, "settings", "2");
    fields = { title: "Theirs" };
    expect(fill(PAGE, "2")).toEqual([["title", "Mine"]]);
    expect(draft.rebase("2")).toBe("1");
  });

  test("takes the new base version if an unanswered save had stored the text", () => {
    type("title", "Mine");
    draft.submit();
    expect(reloadData("2", { title: "Mine" })).toEqual([[["title", "Mine"]], "2"]);
    expect(store.list("settings")).toEqual([]);
  });

  test("restores submitted text whose answer was lost", () => {
    type("title", "Mine");
    draft.submit();
    expect(reloadData("1", { title: "Knots" })).toEqual([[["title", "Mine"]], "1"]);
  });
});

describe("a draft is discarded", () => {
  const isGone = () => store.list("settings").length === 0;

  test("with the answer to the form", () => {
    type("title", "Mine");
    draft.submit();
    expect(fill(PAGE, "2")).toEqual([]);
    expect(isGone()).toBe(true);
  });

  test("with another record that its person opened", () => {
    type("title", "Mine");
    pageLoad.click();
    expect(fill(`${PAGE}2`, "1")).toEqual([]);
    expect(isGone()).toBe(true);
  });

  test("with the page", () => {
    type("title", "Mine");
    pageLoad.update(false, 1);
    draft.close(true);
    expect(isGone()).toBe(true);
  });

  test("with its form, unless the page is being loaded", () => {
    type("title", "Mine");
    draft.close(false);
    expect(isGone()).toBe(true);
  });

  test("but not with another record that a load put into the form", () => {
    type("title", "Mine");
    pageLoad.update(false, 1);
    fill(`${PAGE}2`, "1");
    expect(fill(PAGE, "1")).toEqual([["title", "Mine"]]);
  });
});

describe("the base version", () => {
  test("follows what the person changes outside the form", () => {
    type("title", "Mine");
    pageLoad.click();
    expect(draft.rebase("2")).toBe("2");
  });

  test("does not follow what others changed while the page was away", () => {
    type("title", "Mine");
    reloadData("2", { title: "Theirs" });
    clock.pass(5_000);
    expect(draft.rebase("3")).toBe("1");
  });

  test("is that of the page if nothing is typed", () => {
    expect(draft.rebase("7")).toBe("7");
  });
});

describe("the load of a page", () => {
  test("lasts until the loaded data is rendered", () => {
    const load = new PageLoad(clock.now);
    expect(load.isLoading).toBe(true);
    load.update(true, 1);
    expect(load.isLoading).toBe(true);
    clock.pass(1_000);
    expect(load.isLoading).toBe(false);
  });

  test("ends with a click", () => {
    const load = new PageLoad(clock.now);
    load.click();
    load.update(true, 1);
    expect(load.isLoading).toBe(true);
    load.click();
    expect(load.isLoading).toBe(false);
  });

  test("is counted if the page is not there, and if it is rendered at once", () => {
    const load = new PageLoad(clock.now);
    load.update(true, 1);
    expect(load.count).toBe(0);
    load.update(false, 1);
    load.update(true, 2);
    expect(load.count).toBe(1);
    load.update(true, 3);
    expect(load.count).toBe(2);
    load.update(true, 3);
    expect(load.count).toBe(2);
  });
});
