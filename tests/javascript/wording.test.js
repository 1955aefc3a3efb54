import { expect, test } from "bun:test";
import { fill, pageOf, plural, showNumber } from "../../enrollment_portal/components/ui/wording.js";

const LESSONS = { one: "{n} lesson", other: "{n} lessons" };

test.each([
  [0, "0 lessons"],
  [1, "1 lesson"],
  [2, "2 lessons"],
  [1200, "1,200 lessons"],
])("%i chooses the whole text", (n, text) => {
  expect(plural(n, LESSONS)).toBe(text);
});

test.each([
  ["1,200", 1, 50, true, "1–50 of 1,200"],
  ["1,200", 101, 50, true, "101–150 of 1,200"],
  ["120", 101, 50, true, "70–119 of 120"],
  ["120", 51, 20, false, "101–120 of 120"],
  ["1", 1, 1, false, "1–1 of 1"],
])("of %s rows, the page at %i is named", (total, position, count, hasNext, text) => {
  const texts = { one: "{first}–{last} of {n}", other: "{first}–{last} of {n}" };
  expect(pageOf(total, texts, { position, count, hasNext })).toBe(text);
});

test("a number in a text is read", () => {
  const shown = ["1", "1,200", "8 long lessons"].map((n) => plural(n, LESSONS));
  expect(shown).toEqual(["1 lesson", "1,200 lessons", "8 lessons"]);
});

test("a plural has other placeholders, whose values may contain anything", () => {
  const texts = { one: "{by} removed {n} row.", other: "{by} removed {n} rows." };
  expect(plural(1, texts, { by: "{n}" })).toBe("{n} removed 1 row.");
});

test("an unknown placeholder stays", () => {
  expect(fill("{by} and {who}", { by: "Ada" })).toBe("Ada and {who}");
});

test("numbers are grouped", () => {
  expect(showNumber(1234567)).toBe("1,234,567");
});
