import { expect, test } from "bun:test";
import {
  joined,
  matching,
  setFirst,
  typedOf,
} from "../../enrollment_portal/components/ledger/filtering/filter_choices.js";

test("every typed word is in a label, without case and accents", () => {
  const options = ["Completed", "Émile Ébène", "Due soon"].map((label) => ({ label }));
  const found = (typed) => matching(options, typed).map(({ label }) => label);
  expect(found("")).toHaveLength(3);
  expect(found("ebene EM")).toEqual(["Émile Ébène"]);
  expect(found("soon comp")).toEqual([]);
});

test("commas within values are escaped", () => {
  expect(joined(["Design, UX", "100 %"])).toBe("Design%2C UX,100 %25");
  expect(joined([])).toBe("");
});

test("values that are set come first, with the numbers of those that are found", () => {
  const set = [
    { value: "9", name: "Gone" },
    { value: "2", name: "Zen" },
  ];
  const found = [
    { value: "1", name: "Art", count: "3" },
    { value: "2", name: "Zen", count: "4" },
  ];
  expect(setFirst(set, found).map(({ value, count }) => [value, count])).toEqual([
    ["9", undefined],
    ["2", "4"],
    ["1", "3"],
  ]);
});

test.each([
  ["20..80", { first: "20", last: "80" }],
  ["-7d..0d", { relation: "last", number: "7" }],
  ["..-15d", { relation: "more_than_ago", number: "14" }],
  ["0d..7d", { relation: "next", number: "7" }],
  ["8d..", { relation: "more_than_ahead", number: "7" }],
  ["2026-01-02..", { first: "2026-01-02" }],
  ["2026-01-02..2026-02-03", { first: "2026-01-02", last: "2026-02-03" }],
  ["this_week", {}],
  ["-3d..4d", {}],
  ["", {}],
])("%s fills the fields that it was typed in", (param, typed) => {
  expect(typedOf(param)).toEqual(typed);
});
