/** The selection of the open tab, which outlives the page, and what follows it. */

import { useSyncExternalStore } from "react";
import { NOTHING } from "./selection.js";

let selection = NOTHING;
let order = [];
const listeners = new Set();

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Changes the selection. @param {(before: typeof NOTHING) => typeof NOTHING} change */
export function select(change) {
  const after = change(selection);
  if (after === selection) return;
  selection = after;
  for (const listener of listeners) listener();
}

/** The selection as it is now. */
export const selected = () => selection;

/** The rows of the page, from top to bottom. */
export const rowsOfPage = () => order;

/** Notes which rows the page shows. @param {number[]} ids */
export function showRows(ids) {
  order = ids;
}

/** What a function reads from the selection; drawn again when that changes. */
export const useSelected = (read) =>
  useSyncExternalStore(
    subscribe,
    () => read(selection),
    () => read(NOTHING), // while the pages are built
  );
