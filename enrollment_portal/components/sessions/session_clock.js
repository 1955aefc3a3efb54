/**
 * When a sign-in ends, and when its person is to be warned.
 *
 * Activity puts the end off: the server is told of it now and then. Before a warning, and as the
 * time is over, the server is asked first: another tab may have put the end off, too.
 */

export const WARN_MS = 120_000;
export const TICK_MS = 10_000;
const TELL_MS = 300_000; // so often is the server told of activity
const FIRST_MS = 5_000; // the first question waits until the page has loaded

/** @typedef {"" | "ending"} Phase */

/**
 * @typedef {object} Browser
 * @property {() => number} now in ms
 * @property {(isActive: boolean) => void} ask has the server say how long the sign-in lasts
 */

export class SessionClock {
  /** @type {Phase} */
  phase = "";
  canBePutOff = true;
  #browser;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #openedAt = 0;
  #endsAt = Number.POSITIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #isActive = false;

  /** @param {Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /** @param {() => void} listener */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A page is shown: that is activity. */
  open() {
    this.#openedAt = this.#browser.now();
    this.#isActive = true;
  }

  /** @param {{ left: number, canBePutOff: boolean }} answer what the server said, in ms */
  answer({ left, canBePutOff }) {
    this.#answeredAt = this.#browser.now();
    this.#endsAt = this.#answeredAt + left;
    this.canBePutOff = canBePutOff;
    this.#show(left <= WARN_MS ? "ending" : "");
  }

  /** The person does something; a warning is answered with its button. */
  noteActivity() {
    if (!this.phase) this.#isActive = true;
  }

  /** Look at the time. */
  tick() {
    const now = this.#browser.now();
    if (now < this.#openedAt + FIRST_MS) return;
    if (this.#isActive && now >= this.#askedAt + TELL_MS) this.#ask(true);
    else if (now >= this.#endsAt) this.#ask(false);
    else if (!this.phase && now >= this.#endsAt - WARN_MS && this.#answeredAt >= this.#askedAt)
      this.#ask(this.#isActive);
  }

  /** The person wants to stay. */
  putOff() {
    this.#ask(true);
    this.#show("");
  }

  /** @param {boolean} isActive */
  #ask(isActive) {
    this.#askedAt = this.#browser.now();
    this.#isActive = false;
    this.#browser.ask(isActive);
  }

  /** @param {Phase} phase */
  #show(phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    for (const listener of this.#listeners) listener();
  }
}
