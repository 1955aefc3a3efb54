import { describe, expect, test } from "bun:test";
import {
  fit,
  foundFor,
  opensPalette,
  ranked,
  usable,
} from "../../enrollment_portal/components/shell/palette/palette_items.js";

test("a person is offered what they may use, on a page that has it", () => {
  const items = [
    { group: "pages", label: "Account", to: "/account" },
    { group: "pages", label: "Users", needs: "people", to: "/users" },
    { group: "pages", label: "Ledger", needs: "ledger", lacks: "learning", to: "/ledger" },
    { group: "actions", label: "Export", press: "#export" },
    { group: "actions", label: "Print", press: "#print" },
  ];
  const labels = (rights) =>
    usable(items, rights, (selector) => selector === "#export").map(({ label }) => label);
  expect(labels([])).toEqual(["Account", "Export"]);
  expect(labels(["people"])).toEqual(["Account", "Users", "Export"]);
  expect(labels(["ledger"])).toEqual(["Account", "Ledger", "Export"]);
  expect(labels(["ledger", "learning"])).toEqual(["Account", "Export"]);
});

describe("what the server found", () => {
  const found = [
    { name: "Ada Byron", about: "ada@example.org" },
    { name: "Adam Berg", about: "" },
  ];

  test("is shown whole for the search that it answers", () => {
    expect(foundFor(found, "ada b", " Ada  B ")).toBe(found);
  });

  test("is narrowed while more is typed", () => {
    expect(foundFor(found, "ada", "ada by")).toEqual([found[0]]);
  });

  test("is not shown for anything else", () => {
    expect(foundFor(found, "ada", "ad")).toEqual([]);
    expect(foundFor(found, "ada", "bo")).toEqual([]);
    expect(foundFor(found, "", "")).toEqual([]);
  });
});

test("Ctrl+K opens the palette, and Command+K on a Mac", () => {
  const press = (more) => ({
    key: "k",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });
  expect(opensPalette(press({ ctrlKey: true }), false)).toBe(true);
  expect(opensPalette(press({ metaKey: true }), true)).toBe(true);
  expect(opensPalette(press({ ctrlKey: true }), true)).toBe(false);
  expect(opensPalette(press({ ctrlKey: true, shiftKey: true }), false)).toBe(false);
  expect(opensPalette(press({}), false)).toBe(false);
});

test("an item fits where each typed word begins one of its words", () => {
  const label = "Awaiting grade";
  expect(fit(label, "await")).toBe(1);
  expect(fit(label, "grade")).toBe(0.8);
  expect(fit(label, "gr aw")).toBe(0.8);
  expect(fit(label, "rade")).toBe(0);
  expect(fit(label, "grade b")).toBe(0);
});

describe("the groups", () => {
  const groups = [
    { name: "views", items: [{ name: "Set by hand" }, { name: "Hand in" }] },
    { name: "pages", items: [{ label: "Users" }] },
    { name: "people", items: [{ name: "Bo Handl" }], isFound: true },
  ];
  const named = (typed) =>
    ranked(groups, typed).map(({ name, items }) => [name, ...items.map((i) => i.name ?? i.label)]);

  test("have all items where nothing is typed", () => {
    expect(named("").map(([name]) => name)).toEqual(["views", "pages", "people"]);
  });

  test("begin with what fits best", () => {
    expect(named("hand")).toEqual([
      ["views", "Hand in", "Set by hand"],
      ["people", "Bo Handl"],
    ]);
    expect(named("by")).toEqual([
      ["people", "Bo Handl"],
      ["views", "Set by hand"],
    ]);
  });
});
