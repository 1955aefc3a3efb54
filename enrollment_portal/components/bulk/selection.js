/**
 * Which rows of the ledger are selected: some by id, or all that match except some. Selecting is
 * the browser's alone; what is selected is sent when an action is previewed.
 */

/**
 * @typedef {object} Selection
 * @property {string} scope what is selected among: another one for a query with other rows
 * @property {boolean} isAll whether all that match are selected, except `ids`
 * @property {ReadonlySet<number>} ids
 * @property {number | null} anchor the row from which Shift selects a range
 * @property {boolean} wasCleared whether it was cleared, as other rows are shown
 */

/** @type {Selection} */
export const NOTHING = { scope: "", isAll: false, ids: new Set(), anchor: null, wasCleared: false };

/** @param {Selection} selection @param {number} id */
export const isSelected = ({ isAll, ids }, id) => ids.has(id) !== isAll;

/** How many are selected. @param {Selection} selection @param {number} total that match */
export const countOf = ({ isAll, ids }, total) =>
  isAll ? Math.max(0, total - ids.size) : ids.size;

/** @param {Selection} selection */
export const isEmpty = ({ isAll, ids }) => !isAll && !ids.size;

/**
 * The selection with rows selected, or not selected any more.
 *
 * @param {Selection} selection @param {number[]} rows @param {boolean} on
 */
export function withRows(selection, rows, on) {
  const ids = new Set(selection.ids);
  for (const id of rows) {
    if (on !== selection.isAll) ids.add(id);
    else ids.delete(id);
  }
  return { ...selection, ids, wasCleared: false };
}

/**
 * The selection after a row was pressed: it alone, or with Shift all up to it from the row that was
 * pressed before.
 *
 * @param {Selection} selection
 * @param {number} id
 * @param {{ order: number[], isRange: boolean }} how the rows on the page; whether Shift is pressed
 */
export function pressed(selection, id, { order, isRange }) {
  const { anchor } = selection;
  const from = anchor === null ? -1 : order.indexOf(anchor);
  if (isRange && from >= 0) {
    const to = order.indexOf(id);
    const rows = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    // The whole range becomes what its first row is.
    return withRows(selection, rows, isSelected(selection, /** @type {number} */ (anchor)));
  }
  return { ...withRows(selection, [id], !isSelected(selection, id)), anchor: id };
}

/** All that match. @param {Selection} selection */
export const withAll = ({ scope }) => ({ ...NOTHING, scope, isAll: true });

/**
 * The selection among the rows that are shown now; it is cleared where they are of another query.
 *
 * @param {Selection} selection @param {string} scope
 */
export function within(selection, scope) {
  if (selection.scope === scope) return selection;
  return { ...NOTHING, scope, wasCleared: Boolean(scope) && !isEmpty(selection) };
}

/**
 * Whether all rows of a page are selected, some, or none.
 *
 * @param {Selection} selection @param {number[]} order @returns {"all" | "some" | "none"}
 */
export function pageState(selection, order) {
  const n = order.filter((id) => isSelected(selection, id)).length;
  if (!n) return "none";
  return n === order.length ? "all" : "some";
}

/** What is sent of it. @param {Selection} selection */
export const sent = ({ scope, isAll, ids }) => ({ scope, all: isAll, ids: [...ids] });
