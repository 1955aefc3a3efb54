/** Where the keys lead to from a row of a table, a result of a search or an option of a list. */

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

/**
 * The row that a key leads to; "search" for the field above the first row, undefined for nothing.
 *
 * @param {string} key
 * @param {number} at the row that has the focus; -1 for none
 * @param {number} count how many rows there are
 * @returns {number | "search" | undefined}
 */
export function stepFrom(key, at, count) {
  if (key === "Home" || key === "End") {
    if (at < 0) return undefined;
    return key === "Home" ? 0 : count - 1;
  }
  const step = STEPS[key];
  if (step === undefined) return undefined;
  if (key === "ArrowUp" && at === 0) return "search";
  const to = at + step;
  return to >= 0 && to < count ? to : undefined;
}

/**
 * Whether a key leads to the first row from where no row has the focus.
 *
 * @param {string} key
 * @param {"page" | "search" | "dialog search"} place
 */
export function leadsToFirst(key, place) {
  if (place === "page") return key === "j";
  return key === "ArrowDown" || (place === "dialog search" && key === "Enter");
}

/**
 * The option of a list that an arrow key leads to, around its ends; -1 is none.
 *
 * @param {string} key
 * @param {number} active the option before; -1 for none
 * @param {number} count how many options there are
 */
export function optionFrom(key, active, count) {
  if (!count) return -1;
  if (key === "ArrowDown") return (active + 1) % count;
  return active <= 0 ? count - 1 : active - 1;
}
