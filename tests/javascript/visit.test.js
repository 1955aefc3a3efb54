import { beforeEach, expect, test } from "bun:test";
import { Visit } from "../../enrollment_portal/components/lists/visit.js";

let visit;
beforeEach(() => {
  visit = new Visit();
  visit.at("?view=overdue");
});

test("an answer to what was asked for at the shown address is of the visit", () => {
  expect(visit.includes("view=overdue")).toBe(true);
  expect(visit.includes("")).toBe(false);
});

test("an answer to the link before is not", () => {
  visit.at("?view=stuck");
  expect(visit.includes("view=overdue")).toBe(false);
  expect(visit.includes("view=stuck")).toBe(true);
});

test("two acts at the same address are both answered", () => {
  visit.writes("?view=overdue&tab=active");
  visit.at("?view=overdue&tab=active");
  expect(visit.includes("view=overdue")).toBe(true);
  expect(visit.includes("view=overdue&tab=active")).toBe(true);
});

test("a step back ends the visit", () => {
  visit.writes("?view=overdue&tab=active");
  visit.at("?view=overdue");
  expect(visit.includes("view=overdue&tab=active")).toBe(false);
});

test("an address without a query string is one like others", () => {
  visit.at("");
  expect(visit.includes("")).toBe(true);
  expect(visit.includes("view=overdue")).toBe(false);
});

test("what it remembers is bounded", () => {
  for (let n = 0; n < 100; n += 1) visit.writes(`?q=${n}`);
  expect(visit.includes("q=99")).toBe(true);
  expect(visit.includes("q=9")).toBe(false);
});
