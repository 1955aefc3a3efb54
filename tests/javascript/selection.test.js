import { expect, test } from "bun:test";
import {
  countOf,
  isEmpty,
  isSelected,
  NOTHING,
  pageState,
  pressed,
  sent,
  withAll,
  within,
  withRows,
} from "../../enrollment_portal/components/bulk/selection.js";

const ORDER = [5, 4, 3, 2, 1];
const press = (selection, id, isRange = false) => pressed(selection, id, { order: ORDER, isRange });
const idsOf = (selection) => sent(selection).ids.toSorted();

test("a row is selected, and taken out again", () => {
  const one = press(NOTHING, 4);
  expect(idsOf(one)).toEqual([4]);
  expect([isSelected(one, 4), isSelected(one, 5)]).toEqual([true, false]);
  expect(isEmpty(press(one, 4))).toBe(true);
  expect(isEmpty(NOTHING)).toBe(true);
});

test("Shift selects a range in both directions, and becomes what its first row is", () => {
  expect(idsOf(press(press(NOTHING, 4), 2, true))).toEqual([2, 3, 4]);
  expect(idsOf(press(press(NOTHING, 2), 5, true))).toEqual([2, 3, 4, 5]);
  const page = withRows(NOTHING, ORDER, true);
  expect(idsOf(press(press(page, 4), 2, true))).toEqual([1, 5]);
});

test("Shift without a row before it, or with one of another page, selects one row", () => {
  expect(idsOf(press(NOTHING, 3, true))).toEqual([3]);
  const other = { ...NOTHING, ids: new Set([9]), anchor: 9 };
  expect(idsOf(press(other, 3, true))).toEqual([3, 9]);
});

test("the page is selected, and what was selected on others stays", () => {
  const before = withRows(NOTHING, [8], true);
  const page = withRows(before, ORDER, true);
  expect(idsOf(page)).toEqual([1, 2, 3, 4, 5, 8]);
  expect(pageState(page, ORDER)).toBe("all");
  expect(pageState(press(page, 1), ORDER)).toBe("some");
  expect(pageState(before, ORDER)).toBe("none");
  expect(pageState(NOTHING, [])).toBe("none");
  expect(idsOf(withRows(page, ORDER, false))).toEqual([8]);
});

test("all that match are selected except those that are taken out", () => {
  const all = withAll({ ...withRows(NOTHING, [1], true), scope: "here" });
  expect(countOf(all, 48_210)).toBe(48_210);
  const less = press(press(all, 4), 2, true);
  expect([isSelected(less, 5), isSelected(less, 3)]).toEqual([true, false]);
  expect(countOf(less, 48_210)).toBe(48_207);
  expect(sent(less)).toEqual({ scope: "here", all: true, ids: [4, 3, 2] });
  expect(isEmpty(less)).toBe(false);
  expect(countOf(withRows(less, ORDER, true), 48_210)).toBe(48_210);
});

test("other rows clear it, and say so where something was selected", () => {
  const some = { ...press(NOTHING, 4), scope: "a" };
  expect(within(some, "a")).toBe(some);
  const cleared = within(some, "b");
  expect([cleared.scope, cleared.wasCleared, isEmpty(cleared)]).toEqual(["b", true, true]);
  expect(press(cleared, 3).wasCleared).toBe(false);
  expect(within({ ...NOTHING, scope: "a" }, "b").wasCleared).toBe(false);
  expect(within(some, "").wasCleared).toBe(false);
});
