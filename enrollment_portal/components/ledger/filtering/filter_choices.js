/** What can be chosen in the menu of filters, and what a filter's value is in a URL. */

/**
 * @typedef {{ value: string, name: string, count?: string }} Value
 * @typedef {{ first?: string, last?: string, relation?: string, number?: string }} Typed
 */

const ABSOLUTE = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/;
const PERCENTS = /^(\d{1,3})\.\.(\d{1,3})$/;
const RELATIONS = /** @type {const} */ ([
  [/^-(\d+)d\.\.0d$/, "last", 0],
  [/^\.\.-(\d+)d$/, "more_than_ago", -1],
  [/^0d\.\.(\d+)d$/, "next", 0],
  [/^(\d+)d\.\.$/, "more_than_ahead", -1],
]);

/** A text without case and accents. @param {string} text */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The options whose label has every word that is typed.
 *
 * @template {{ label: string }} Option
 * @param {Option[]} options
 * @param {string} typed
 */
export function matching(options, typed) {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return options.filter(({ label }) => words.every((word) => folded(label).includes(word)));
}

/** Values as a URL has them: with commas between, which are escaped within. @param {string[]} values */
export const joined = (values) =>
  values.map((value) => value.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");

/**
 * The values of a filter: first those that are set, then the others that are found.
 *
 * @param {Value[]} set
 * @param {Value[]} found
 */
export function setFirst(set, found) {
  const counts = new Map(found.map(({ value, count }) => [value, count]));
  const isSet = new Set(set.map(({ value }) => value));
  const known = set.map((one) => ({ ...one, count: counts.get(one.value) ?? one.count }));
  return [...known, ...found.filter(({ value }) => !isSet.has(value))];
}

/**
 * What is to be typed for a range as a URL has it; nothing for a range that no field can have.
 *
 * @param {string} param
 * @returns {Typed}
 */
export function typedOf(param) {
  const percents = PERCENTS.exec(param);
  if (percents) return { first: percents[1], last: percents[2] };
  for (const [shape, relation, added] of RELATIONS) {
    const found = shape.exec(param);
    if (found) return { relation, number: String(Number(found[1]) + added) };
  }
  const [, first, last] = ABSOLUTE.exec(param) ?? [];
  return { ...(first && { first }), ...(last && { last }) };
}
