/** Whether two query strings are of the same rows. */

/** What a page shows beside its list. */
const BESIDE = ["peek"];

/** @param {string} search */
const listOf = (search) => {
  const parameters = new URLSearchParams(search);
  for (const name of BESIDE) parameters.delete(name);
  return parameters.toString();
};

/**
 * Whether two query strings show the same list, with perhaps another record open beside it.
 *
 * @param {string} before
 * @param {string} after
 */
export const isSameList = (before, after) => listOf(before) === listOf(after);
