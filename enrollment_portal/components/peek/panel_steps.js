/** Which keys lead from the enrollment in the panel to the one before or after it. */

/** @type {Record<string, "previous" | "next">} */
const ARROWS = { ArrowUp: "previous", ArrowDown: "next" };
/** @type {Record<string, "previous" | "next">} */
const LETTERS = { k: "previous", j: "next" };

/**
 * Where a key leads; "" for nowhere.
 *
 * @param {string} key
 * @param {object} where
 * @param {boolean} where.isInHead whether the focus is on the panel's head, and not on a tab
 * @param {boolean} where.isTyped whether the key is typed into a field
 * @param {boolean} where.hasSingleKeys whether keys without Ctrl do something by themselves
 * @returns {"previous" | "next" | ""}
 */
export function stepOf(key, { isInHead, isTyped, hasSingleKeys }) {
  if (isTyped) return "";
  if (isInHead && ARROWS[key]) return ARROWS[key];
  return (hasSingleKeys && LETTERS[key]) || "";
}

/** The enrollment that an address leads to; 0 for none. @param {string} address */
export const idIn = (address) => Number(/\/(\d+)$/.exec(address)?.[1] ?? 0);

/**
 * What the server says that the panel shows, once it has answered what was asked of it: answers to
 * earlier clicks would lead back.
 */
export class AnswersAwaited {
  #waiting = 0;
  #seen;

  /** @param {number} answered how many answers there were before */
  constructor(answered) {
    this.#seen = answered;
  }

  ask() {
    this.#waiting += 1;
  }

  /**
   * Whether everything is answered.
   *
   * @param {number} answered how many answers there are; fewer where the server has started anew
   */
  isAnswered(answered) {
    const more = answered - this.#seen;
    this.#waiting = more < 0 ? 0 : Math.max(0, this.#waiting - more);
    this.#seen = answered;
    return this.#waiting === 0;
  }
}
