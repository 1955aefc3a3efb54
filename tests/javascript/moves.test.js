import { describe, expect, test } from "bun:test";
import { moveBy } from "../../enrollment_portal/components/grading/grid_moves.js";
import {
  leadsToFirst,
  optionFrom,
  stepFrom,
} from "../../enrollment_portal/components/lists/row_steps.js";

describe("a key in the grid", () => {
  const GRID = { nRows: 30, nColumns: 6, isHidden: () => false };
  const PHONE = { ...GRID, isHidden: (column) => column === 1 || column === 2 };
  const move = (key, from, grid = GRID) => moveBy({ key, isCommand: false }, from, grid);
  const moveFar = (key, from) => moveBy({ key, isCommand: true }, from, GRID);

  test.each([
    ["ArrowUp", [4, 3]],
    ["ArrowDown", [6, 3]],
    ["ArrowLeft", [5, 2]],
    ["ArrowRight", [5, 4]],
    ["Home", [5, 0]],
    ["End", [5, 5]],
    ["PageUp", [0, 3]],
    ["PageDown", [15, 3]],
  ])("%s moves", (key, to) => {
    expect(move(key, [5, 3])).toEqual(to);
  });

  test.each([
    ["ArrowUp", [0, 3]],
    ["ArrowDown", [29, 3]],
    ["ArrowLeft", [5, 0]],
    ["ArrowRight", [5, 5]],
    ["Home", [0, 0]],
    ["End", [29, 5]],
  ])("Ctrl+%s moves to the edge", (key, to) => {
    expect(moveFar(key, [5, 3])).toEqual(to);
  });

  test("stops at the edge", () => {
    expect(move("ArrowUp", [0, 3])).toEqual([0, 3]);
    expect(move("ArrowLeft", [0, 0])).toEqual([0, 0]);
    expect(move("PageDown", [25, 3])).toEqual([29, 3]);
    expect(move("ArrowRight", [0, 5])).toEqual([0, 5]);
  });

  test("skips columns that are hidden", () => {
    expect(move("ArrowLeft", [5, 3], PHONE)).toEqual([5, 0]);
    expect(move("ArrowRight", [5, 0], PHONE)).toEqual([5, 3]);
  });

  test("that is no movement does nothing", () => {
    expect(move("a", [5, 3])).toBeUndefined();
    expect(move("Enter", [5, 3])).toBeUndefined();
  });
});

describe("a key in the rows of a table", () => {
  test.each([
    ["ArrowDown", 1, 2],
    ["j", 1, 2],
    ["ArrowUp", 1, 0],
    ["k", 1, 0],
    ["Home", 1, 0],
    ["End", 1, 2],
    ["ArrowDown", 2, undefined],
    ["k", 0, undefined],
    ["ArrowUp", 0, "search"],
    ["ArrowDown", -1, 0],
    ["ArrowUp", -1, undefined],
    ["Home", -1, undefined],
    ["End", -1, undefined],
    ["a", 1, undefined],
    ["constructor", 1, undefined],
  ])("%s from row %i of three", (key, at, to) => {
    expect(stepFrom(key, at, 3)).toBe(to);
  });

  test.each([
    ["j", "page", true],
    ["ArrowDown", "page", false],
    ["ArrowDown", "search", true],
    ["Enter", "search", false],
    ["j", "search", false],
    ["Enter", "dialog search", true],
    ["ArrowDown", "dialog search", true],
  ])("%s from the %s", (key, place, leads) => {
    expect(leadsToFirst(key, place)).toBe(leads);
  });
});

test.each([
  ["ArrowDown", -1, 0],
  ["ArrowDown", 2, 0],
  ["ArrowUp", 1, 0],
  ["ArrowUp", 0, 2],
  ["ArrowUp", -1, 2],
])("%s in a list of three options, from %i", (key, active, to) => {
  expect(optionFrom(key, active, 3)).toBe(to);
  expect(optionFrom(key, active, 0)).toBe(-1);
});
