/** A table of texts in the formats in which spreadsheets paste it. */

/**
 * @typedef {object} Table
 * @property {readonly string[]} headings
 * @property {readonly (readonly string[])[]} rows
 */

/** @param {string} text */
const onOneLine = (text) => text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, " ");

/** @type {Record<string, string>} */
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => ESCAPED[character]);

/** A line for each row, with tabs between the cells. @param {Table} table */
export const asText = ({ headings, rows }) =>
  [headings, ...rows].map((row) => row.map(onOneLine).join("\t")).join("\n");

/** A table element with a row of headings. @param {Table} table */
export function asHtml({ headings, rows }) {
  /** @param {readonly string[]} row @param {"th" | "td"} name */
  const line = (row, name) =>
    `<tr>${row.map((text) => `<${name}>${escaped(text)}</${name}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("");
  return `<table><thead>${line(headings, "th")}</thead><tbody>${body}</tbody></table>`;
}
