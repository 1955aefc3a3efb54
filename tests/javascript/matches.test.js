import { expect, test } from "bun:test";
import {
  findsTitles,
  matchesIn,
  wordsOf,
} from "../../enrollment_portal/components/ledger/searching/matches.js";

const marked = (typed, text) =>
  matchesIn(wordsOf(typed), text).map(([start, end]) => text.slice(start, end));

test.each([
  ["safe", "Fire Safety", ["Safe"]],
  ["FIRE safety", "Fire Safety", ["Fire", "Safety"]],
  ["emile", "Émile Ébène", ["Émile"]],
  ["strasse", "Große Straße", ["Straße"]],
  ["an", "Ana Jordan", ["An"]],
  ["ana", "Diana Ana", ["ana", "Ana"]],
  ["safety gone", "Fire Safety", []],
  ["obrien", "Pat O’Brien", ["O’Brien"]],
])("%s is marked in %s", (typed, text, parts) => {
  expect(marked(typed, text)).toEqual(parts);
});

test("one or two letters find no courses", () => {
  expect([findsTitles(wordsOf("an")), findsTitles(wordsOf("an safe"))]).toEqual([false, true]);
});

test("nothing typed marks nothing", () => {
  expect(matchesIn(wordsOf("  "), "Fire Safety")).toEqual([]);
});
