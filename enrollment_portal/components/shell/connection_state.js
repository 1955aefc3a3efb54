/**
 * Whether the page is connected to the server.
 *
 * The connection is lost where the socket could not be opened, where the browser is offline, and
 * where the server does not answer after a sleep: a socket that broke then still looks open. It is
 * back once the server has answered a question asked after that, and the page was loaded again.
 */

export const TICK_MS = 5_000;
const SLEEP_MS = 10_000; // a tick so much too late: the machine, or the tab, has slept
export const ANSWER_MS = 5_000;
export const BACK_MS = 4_000;

/** @typedef {"" | "lost" | "back"} Phase "" where all is well; "back" for a moment */

/**
 * @typedef {object} Browser
 * @property {() => number} now
 * @property {() => boolean} isOnline
 * @property {() => boolean} isVisible
 * @property {(ticket: number) => void} ask has the server answer with a ticket
 * @property {() => void} reopenSocket
 * @property {(act: () => void, ms: number) => () => void} after does something later; returns what ends that
 */

export class ConnectionState {
  /** @type {Phase} */
  phase = "";
  #browser;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #server = { hasErrors: false, isHydrated: false, answered: 0 };
  #isOnline = true;
  #asked = 0; // the ticket that is not answered yet
  #isSilent = false; // it has not been answered for too long
  #isChecking = false; // asked whether the connection is back
  #tickedAt = 0;
  #endWait = () => {};
  #endBack = () => {};

  /** @param {Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /** A page is shown, to be followed by `update`; the phase is still that of the page before. */
  start() {
    this.#asked = 0;
    this.#isSilent = this.#isChecking = false;
    this.#isOnline = this.#browser.isOnline();
    this.#tickedAt = this.#browser.now();
    if (this.phase === "back") this.#showBack();
  }

  /** The page is left. */
  stop() {
    this.#endWait();
    this.#endBack();
  }

  /**
   * Take note of what the page knows of the server.
   *
   * @param {{hasErrors: boolean, isHydrated: boolean, answered: number}} server `answered` is the
   *   last ticket that it has answered with
   */
  update(server) {
    const isNew = server.answered !== this.#server.answered;
    this.#server = server;
    if (isNew && this.#asked) {
      if (server.answered === this.#asked) this.#endQuestion();
      else this.#awaitAnswer();
    }
    this.#check();
  }

  /** The browser has gone online or offline. */
  noteNetwork() {
    this.#isOnline = this.#browser.isOnline();
    this.#check();
  }

  /** Called every `TICK_MS`, and when the page is shown or hidden: asks after a sleep. */
  tick() {
    const now = this.#browser.now();
    const hasSlept = now - this.#tickedAt > TICK_MS + SLEEP_MS;
    this.#tickedAt = now;
    if (hasSlept && this.#browser.isVisible()) this.#ask();
  }

  /**
   * Have a listener called after each change of the phase; returns what ends that.
   *
   * @param {() => void} listener
   */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  #ask() {
    this.#asked = 1 + Math.floor(Math.random() * 1e9);
    this.#awaitAnswer();
    this.#browser.ask(this.#asked);
  }

  #awaitAnswer() {
    this.#endWait();
    this.#endWait = this.#browser.after(() => this.#noteSilence(), ANSWER_MS);
  }

  #endQuestion() {
    this.#endWait();
    this.#asked = 0;
    this.#isSilent = false;
  }

  #noteSilence() {
    if (this.#server.hasErrors || !this.#browser.isOnline()) {
      // That it is lost is known without an answer; it is asked for again after that.
      this.#endQuestion();
    } else {
      const isFirst = !this.#isSilent;
      this.#isSilent = true;
      if (isFirst) this.#browser.reopenSocket();
      this.#ask();
    }
    this.#check();
  }

  #check() {
    const isLost = this.#server.hasErrors || !this.#isOnline || this.#isSilent;
    if (isLost) {
      this.#isChecking = false;
      this.#setPhase("lost");
    } else if (this.phase === "lost") {
      // Asked after the page is being loaded again, it is answered no sooner.
      if (!this.#isChecking) {
        this.#isChecking = true;
        this.#ask();
      } else if (!this.#asked && this.#server.isHydrated) {
        this.#isChecking = false;
        this.#setPhase("back");
        this.#showBack();
      }
    }
  }

  #showBack() {
    this.#endBack();
    this.#endBack = this.#browser.after(() => this.#setPhase(""), BACK_MS);
  }

  /** @param {Phase} phase */
  #setPhase(phase) {
    if (phase === this.phase) return;
    this.#endBack();
    this.phase = phase;
    for (const listener of this.#listeners) listener();
  }
}
