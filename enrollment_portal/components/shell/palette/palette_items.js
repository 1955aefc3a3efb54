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
 * How well an item fits a search, from 0 for not at all to 1: all words are in it, at best from its
 * beginning, or from that of its words.
 *
 * @param {string} label
 * @param {string} typed
 */
export function fit(label, typed) {
  const [text, search] = [plain(label), plain(typed)];
  if (text.startsWith(search)) return 1;
  const words = search.split(" ");
  if (words.every((word) => ` ${text}`.includes(` ${word}`))) return 0.8;
  return words.every((word) => text.includes(word)) ? 0.4 : 0;
}

/** Whether a key press opens the palette. @param {KeyboardEvent} event @param {boolean} isApple */
export const opensPalette = (event, isApple) =>
  event.key.toLowerCase() === "k" &&
  event.metaKey === isApple &&
  event.ctrlKey !== isApple &&
  !event.altKey &&
  !event.shiftKey;
