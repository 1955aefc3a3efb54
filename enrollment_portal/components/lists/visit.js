/** Which answers of the server are still about what the browser shows. */

/** More than can be under way at once. */
const MOST = 50;

/** @param {string} search */
const withMark = (search) => (search ? `?${search.replace(/^\?/, "")}` : "");

/**
 * The query strings that a page has had since the person went to it: the one they went to, and
 * those that answers of the server have put in its place. Events were sent at one of them, unless
 * the person has gone elsewhere since. All are given with or without their question mark.
 */
export class Visit {
  /** @type {string[]} */
  #had = [];

  /**
   * Notes what the address bar shows: what no answer has put there begins a new visit.
   *
   * @param {string} search
   */
  at(search) {
    if (this.#had.at(-1) !== withMark(search)) this.#had = [withMark(search)];
  }

  /** Notes what an answer has put into the address bar. @param {string} search */
  writes(search) {
    this.#had = [...this.#had, withMark(search)].slice(-MOST);
  }

  /** Whether an event that was sent at a query string is of this visit. @param {string} asked */
  includes(asked) {
    return this.#had.includes(withMark(asked));
  }
}
