/** Short sentences for the page's notice, which shows and announces each for a few seconds. */

/** @type {Set<(text: string) => void>} */
const listeners = new Set();

/**
 * Shows and announces a sentence, also where it is the one before.
 *
 * @param {string} text
 */
export function notify(text) {
  for (const listener of listeners) listener(text);
}

/**
 * Calls a listener with each sentence; returns what ends that.
 *
 * @param {(text: string) => void} listener
 * @returns {() => void}
 */
export function onNotice(listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
