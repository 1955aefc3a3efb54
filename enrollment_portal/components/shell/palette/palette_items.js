/** What the palette lists besides what the server finds. */

/**
 * @typedef {object} Item
 * @property {string} group "views", "pages" or "actions"
 * @property {string} label
 * @property {string} [needs] whom it is for; nothing for everybody
 * @property {string} [lacks] whom it is not for
 * @property {string} [to] the address that it leads to
 * @property {string} [press] the selector of what it presses on the page
 */

/**
 * The items that a person may use on the open page.
 *
 * @param {Item[]} items
 * @param {string[]} rights what the person may do
 * @param {(selector: string) => boolean} canPress whether the page has something to press
 */
export const usable = (items, rights, canPress) =>
  items.filter(
    ({ needs, lacks, press }) =>
      (!needs || rights.includes(needs)) &&
      (!lacks || !rights.includes(lacks)) &&
      (!press || canPress(press)),
  );

/** @param {string} text */
const plain = (text) => text.replace(/\s+/g, " ").trim().toLowerCase();

/**
 * What the server found, for what is typed now: all of it where it answers that, and what still
 * fits of an answer to fewer letters.
 *
 * @template {{name: string, about: string}} Found
 * @param {Found[]} found
 * @param {string} searched
 * @param {string} typed
 */
export function foundFor(found, searched, typed) {
  const [before, now] = [plain(searched), plain(typed)];
  if (!before || !now.startsWith(before)) return [];
  if (before === now) return found;
  const words = now.split(" ");
  return found.filter(({ name, about }) => {
    const text = plain(`${name} ${about}`);
    return words.every((word) => text.includes(word));
  });
}

/**
 * How well an item fits a search, from 0 for not at all to 1: each typed word begins one of its
 * words, at best the search begins all of it.
 *
 * @param {string} label
 * @param {string} typed
 */
export function fit(label, typed) {
  const [text, search] = [plain(label), plain(typed)];
  if (text.startsWith(search)) return 1;
  return search.split(" ").every((word) => ` ${text}`.includes(` ${word}`)) ? 0.8 : 0;
}

/** The score of what the server found: it fits, though perhaps not from its beginning. */
const FOUND = 0.9;

/**
 * The groups with the items that fit a search, the best first; all of them where nothing is typed.
 *
 * @template {{name?: string, label?: string}} One
 * @param {{name: string, items: One[], isFound?: boolean}[]} groups
 * @param {string} typed
 */
export function ranked(groups, typed) {
  const scored = groups.map(({ name, items, isFound }) => {
    const scores = items.map((item) => ({
      item,
      score: isFound ? FOUND : fit(item.label ?? item.name ?? "", typed),
    }));
    const fitting = scores
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score);
    return { name, items: fitting.map(({ item }) => item), best: fitting[0]?.score ?? 0 };
  });
  return scored
    .filter(({ best }) => best > 0)
    .sort((one, other) => other.best - one.best)
    .map(({ name, items }) => ({ name, items }));
}

/** Whether a key press opens the palette. @param {KeyboardEvent} event @param {boolean} isApple */
export const opensPalette = (event, isApple) =>
  event.key.toLowerCase() === "k" &&
  event.metaKey === isApple &&
  event.ctrlKey !== isApple &&
  !event.altKey &&
  !event.shiftKey;
