/**
 * How numbers, and texts that change with them, are written: the browser's part of
 * `domain/shared/wording.py`. Only this module uses `Intl`.
 */

/** The portal's language. The document's `lang` is another one once the browser translated it. */
const language = () => globalThis.document?.documentElement.dataset.language;

/** Format a share of a hundred: "72%". @param {number} share */
export const showPercent = (share) => `${share}%`;

/** Format a number: "1,200". @param {number} n */
export const showNumber = (n) => new Intl.NumberFormat(language()).format(n);

/**
 * Put values into the placeholders of a text: `fill("{by} changed this.", { by: "Ada" })`.
 *
 * @param {string} text @param {Record<string, string>} values
 */
export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);

/** The number in a text: "1,200 requests". @param {string} text */
const readNumber = (text) => Number(text.replace(/\D/g, ""));

/**
 * The text that fits a number, which replaces "{n}"; a text for each category of the plural.
 *
 * @param {number | string} n the number, or a text with it
 * @param {Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} texts
 * @param {Record<string, string>} [values] what replaces the text's other placeholders
 */
export function plural(n, texts, values = {}) {
  const number = typeof n === "string" ? readNumber(n) : n;
  const category = new Intl.PluralRules(language()).select(number);
  return fill(texts[category] ?? texts.other, { ...values, n: showNumber(number) });
}

/**
 * Which rows a page shows, once they are counted: "1–50 of 83 enrollments".
 *
 * @param {string} total how many rows there are, as text
 * @param {{ one: string, other: string }} texts with "{first}", "{last}" and "{n}"
 * @param {{ position: number, count: number, hasNext: boolean }} page the number of its first row,
 *   an estimate where there are rows before and after it, and how many rows it shows
 */
export function pageOf(total, texts, { position, count, hasNext }) {
  const last = readNumber(total) - count + 1;
  const first = position === 1 ? 1 : hasNext ? Math.min(position, last - 1) : last;
  const shown = { first: showNumber(first), last: showNumber(first + count - 1) };
  return plural(total, texts, shown);
}

/** Join items without an "and"; those that are empty are left out. @param {string[]} items */
export const withCommas = (items) => items.filter(Boolean).join(", ");

/** Join finished sentences, each a text of its own. @param {string[]} parts */
export const sentences = (...parts) => parts.filter(Boolean).join(" ");
