/** Stand-ins for what a browser gives the modules: storage, a clock and timers. */

/** A tab's storage in memory; its keys are its own, as in a browser. */
export function makeStorage(entries = {}) {
  const storage = Object.create({
    getItem(name) {
      return Object.hasOwn(this, name) ? this[name] : null;
    },
    setItem(name, value) {
      this[name] = value;
    },
    removeItem(name) {
      delete this[name];
    },
  });
  return Object.assign(storage, entries);
}

/** A clock whose time passes when a test says so, with the timers that it runs. */
export class Clock {
  time = 1_000_000;
  #timers = [];

  now = () => this.time;

  after = (act, ms) => {
    const timer = { at: this.time + ms, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };

  pass(ms) {
    const until = this.time + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.time = next.at;
      next.act();
    }
    this.time = until;
  }
}
