/** The layout of the ledger on this page. Changing it is the browser's alone; it is saved later. */

import { useSyncExternalStore } from "react";
import { layoutOf, STANDARD_LAYOUT, textOf } from "./layout.js";

const KEPT = "ledger-layout";
const SAVE_MS = 400;

const kept = () => {
  const text = globalThis.localStorage?.getItem(KEPT);
  return text ? layoutOf(text) : STANDARD_LAYOUT;
};

let now = { layout: kept(), offered: null, read: null };
const atBuild = { layout: STANDARD_LAYOUT, offered: null, read: null };
const listeners = new Set();
let save = (_text) => {};
let timer = 0;
let sent = 0;

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function set(change) {
  now = { ...now, ...change };
  for (const listener of listeners) listener();
}

/** Keeps the layout for the next page of this browser, which then shows it at once. */
function keep(layout) {
  const text = textOf(layout);
  if (text) localStorage.setItem(KEPT, text);
  else localStorage.removeItem(KEPT);
}

/** What the table shows: the layout, the columns that are offered, and those that were read. */
export const useShown = () =>
  useSyncExternalStore(
    subscribe,
    () => now,
    () => atBuild,
  );

/** The layout as it is now. */
export const layoutNow = () => now.layout;

/**
 * Changes the layout, and saves it in a moment.
 *
 * @param {import("./layout.js").Layout} layout @param {{ saves?: boolean }} [how]
 */
export function change(layout, { saves = true } = {}) {
  if (layout === now.layout) return;
  set({ layout });
  if (!saves) return;
  keep(layout);
  clearTimeout(timer);
  timer = setTimeout(flush, SAVE_MS);
}

/** Saves a changed layout now. */
export function flush() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  sent += 1;
  save(textOf(now.layout));
}

/**
 * Takes what the server has stored, unless it was changed here since.
 *
 * @param {{ stored: string, offered: string[], read: string[], answered: number }} from
 */
export function take({ stored, offered, read, answered }) {
  const isChanged = timer || answered < sent;
  const layout = isChanged || textOf(now.layout) === stored ? now.layout : layoutOf(stored);
  if (layout !== now.layout) keep(layout);
  set({ layout, offered, read });
}

/** Sets what saves a layout. @param {(text: string) => void} how @param {number} answered */
export function savesBy(how, answered) {
  save = how;
  sent = Math.max(sent, answered);
  return () => {
    flush();
    save = () => {};
  };
}
