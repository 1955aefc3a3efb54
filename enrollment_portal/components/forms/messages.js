/** What is announced of a search whose results are chosen. */

import { plural } from "../ui/wording.js";

/** @param {string} name */
export const chosen = (name) => `${name} chosen.`;
/** @param {number} n */
export const found = (n) => plural(n, { other: "{n} found." });
