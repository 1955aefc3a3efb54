/** Where a text matches what was typed into the search: the browser's part of `text_search.py`. */

const PLAIN = new Map(Object.entries({ ł: "l", ø: "o", đ: "d", ı: "i", ħ: "h", ð: "d" }));
for (const [letter, two] of Object.entries({ æ: "ae", œ: "oe", þ: "th", ß: "ss" }))
  PLAIN.set(letter, two);
const DROPPED = /[\p{M}'`´‘’‛ʹʻʼʽʾʿ′]/u;
const BETWEEN_WORDS = /[\s,;<>()[\]{}"“”„«»‹›]+/;
const SHORT = 3; // shorter words match beginnings of words, of learners only

/** @param {string} character */
const foldOne = (character) => {
  const parts = [...character.normalize("NFKD").toLowerCase()];
  return parts.map((part) => (DROPPED.test(part) ? "" : (PLAIN.get(part) ?? part))).join("");
};

/** The words that were typed, without case and accents. @param {string} typed */
export const wordsOf = (typed) => {
  const folded = [...typed].map(foldOne).join("");
  return [...new Set(folded.split(BETWEEN_WORDS).filter(Boolean))];
};

/** Whether a search also finds courses. @param {string[]} words */
export const findsTitles = (words) => words.some((word) => word.length >= SHORT);

/**
 * Where each word occurs in a text; none unless all of them do.
 *
 * @param {string[]} words @param {string} text
 * @returns {[number, number][]} the first place of each, and the place after it
 */
export function matchesIn(words, text) {
  let folded = "";
  /** @type {number[]} */
  const places = []; // of each folded character, its place in the text
  let at = 0;
  for (const character of text) {
    const plain = foldOne(character);
    folded += plain;
    for (let i = 0; i < plain.length; i++) places.push(at);
    at += character.length;
  }
  places.push(at);
  /** @type {[number, number][]} */
  const found = [];
  for (const word of words) {
    const before = found.length;
    for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + 1)) {
      if (word.length < SHORT && /[\p{L}\p{N}]/u.test(folded[i - 1] ?? "")) continue;
      found.push([places[i], places[i + word.length]]);
    }
    if (found.length === before) return [];
  }
  return found;
}
