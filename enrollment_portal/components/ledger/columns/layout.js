/**
 * The layout of the ledger's table: visible columns in their order, widths, and the density. The
 * browser's part of `domain/ledger/layout/columns.py`, with the same text form.
 */

/**
 * @typedef {object} Layout
 * @property {string[]} columns the visible ones, each once; the learner is always the first
 * @property {Record<string, number>} widths of visible columns, in sixteenths of a rem
 * @property {string} density
 */

export const LEARNER = "learner";
export const STANDARD = ["learner", "course", "status", "progress", "enrolled", "deadline"];
export const DENSITIES = ["comfortable", "compact", "spacious"];
export const LEAST_WIDTH = 64;
export const MOST_WIDTH = 640;
export const WIDTH_STEP = 16;

/**
 * The width that each column has by itself.
 *
 * @type {Record<string, number>}
 */
export const OWN_WIDTHS = {
  learner: 272,
  course: 240,
  status: 128,
  progress: 184,
  enrolled: 118,
  deadline: 176,
  visited: 122,
  grade: 96,
  completed: 122,
  department: 160,
  manager: 168,
  instructor: 184,
  origin: 192,
  pace: 128,
  run: 80,
};

/** @type {Layout} */
export const STANDARD_LAYOUT = { columns: STANDARD, widths: {}, density: DENSITIES[0] };

/** @param {string[]} columns */
const isStandardOrder = (columns) =>
  columns.length === STANDARD.length && columns.every((key, at) => key === STANDARD[at]);

/** Whether columns and widths are the standard ones. @param {Layout} layout */
export const hasStandardColumns = ({ columns, widths }) =>
  isStandardOrder(columns) && !Object.keys(widths).length;

/** @param {number} width */
const bounded = (width) => Math.min(Math.max(Math.round(width), LEAST_WIDTH), MOST_WIDTH);

/** The text form of a layout. @param {Layout} layout */
export function textOf({ columns, widths, density }) {
  const listed = hasStandardColumns({ columns, widths, density })
    ? ""
    : columns.map((key) => (widths[key] ? `${key}:${widths[key]}` : key)).join(",");
  return density === DENSITIES[0] ? listed : `${listed};${density}`;
}

/** The layout of a text; what is not understood is left out. @param {unknown} text */
export function layoutOf(text) {
  if (typeof text !== "string") return STANDARD_LAYOUT;
  const [listed, density] = text.split(/;(.*)/s);
  /** @type {string[]} */
  const columns = [];
  /** @type {Record<string, number>} */
  const widths = {};
  for (const part of listed.split(",")) {
    const [key, width] = part.split(":");
    if (!(key in OWN_WIDTHS) || columns.includes(key)) continue;
    columns.push(key);
    if (/^\d{1,5}$/.test(width ?? "")) widths[key] = bounded(Number(width));
  }
  return {
    columns: columns.length ? [LEARNER, ...columns.filter((key) => key !== LEARNER)] : STANDARD,
    widths,
    density: DENSITIES.includes(density) ? density : DENSITIES[0],
  };
}

/**
 * The visible columns of a table, in their order.
 *
 * @param {Layout} layout
 * @param {string[] | null} offered those that its viewer may see; `null` if not known yet
 * @param {string} first the column that names the rows: on a learner's page, the course
 */
export function visibleColumns({ columns }, offered, first) {
  const others = columns.filter(
    (key) => key !== first && key !== LEARNER && (!offered || offered.includes(key)),
  );
  return [first, ...others];
}

/**
 * The layout with a column shown or hidden.
 *
 * @param {Layout} layout @param {string} key @param {boolean} on
 * @param {string[]} order all columns, in the order of their list
 */
export function withColumn(layout, key, on, order) {
  const shown = order.filter((one) => (one === key ? on : layout.columns.includes(one)));
  return arranged({ ...layout, columns: [...shown, ...notIn(layout, order)] }, order);
}

/**
 * The layout with its columns in the order of a list; those that are not in the list, as the open
 * page cannot show them, come last. Widths of hidden columns are dropped.
 *
 * @param {Layout} layout @param {string[]} order
 */
export function arranged(layout, order) {
  const listed = order.filter((key) => layout.columns.includes(key));
  const others = [...listed, ...notIn(layout, order)].filter((key) => key !== LEARNER);
  const columns = [LEARNER, ...others];
  const kept = Object.entries(layout.widths).filter(([key]) => columns.includes(key));
  return { ...layout, columns, widths: Object.fromEntries(kept) };
}

/** @param {Layout} layout @param {string[]} order */
const notIn = ({ columns }, order) => columns.filter((key) => !order.includes(key));

/**
 * The layout with a width of a column; `null` for its own.
 *
 * @param {Layout} layout @param {string} key @param {number | null} width
 */
export function withWidth(layout, key, width) {
  const { [key]: _, ...others } = layout.widths;
  return { ...layout, widths: width === null ? others : { ...others, [key]: bounded(width) } };
}

/**
 * A list with one item at another place.
 *
 * @param {string[]} order @param {string} key @param {number} to
 */
export function moved(order, key, to) {
  const rest = order.filter((one) => one !== key);
  return [...rest.slice(0, to), key, ...rest.slice(to)];
}

/**
 * The layout with a column before or after another visible one; the learner stays the first.
 *
 * @param {Layout} layout @param {string} key @param {string} other @param {boolean} isAfter
 */
export function besides(layout, key, other, isAfter) {
  if (key === other || key === LEARNER || !layout.columns.includes(key)) return layout;
  const rest = layout.columns.filter((one) => one !== key);
  const at = Math.max(1, rest.indexOf(other) + (isAfter ? 1 : 0));
  return { ...layout, columns: moved(layout.columns, key, at) };
}

/**
 * The columns of a list to choose from: the visible ones, then the others.
 *
 * @param {Layout} layout @param {string[]} offered
 */
export const listOrder = (layout, offered) => [
  ...layout.columns.filter((key) => offered.includes(key)),
  ...offered.filter((key) => !layout.columns.includes(key)),
];

/**
 * The width of a table, in rem: what its columns need.
 *
 * @param {Layout} layout @param {string[]} columns
 */
export const neededWidth = (layout, columns) =>
  columns.reduce((sum, key) => sum + (layout.widths[key] ?? OWN_WIDTHS[key]), 0) / 16;

/**
 * The column that takes the room that is left, if no width was given to all.
 *
 * @param {Layout} layout @param {string[]} columns
 */
export const flexibleColumn = (layout, columns) =>
  ["course", LEARNER, ...columns].find((key) => columns.includes(key) && !layout.widths[key]);
