/**
 * Whether the page is being loaded, at first or again.
 *
 * After a restart of the server, or where it has forgotten the tab, a page that comes back fills
 * its forms with what is stored, and may draw them again. This tells it from what the person on the
 * page asked for.
 */

const DRAWING_MS = 1_000; // the page is drawn soon after the server says that it is loaded

export class PageLoad {
  /** How often the page was loaded again. */
  count = 0;
  #loadedAt = 0; // 0 while it is being loaded
  #shown = 0;
  #hasClicked = false;
  #now;

  /** @param {() => number} now */
  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /**
   * Take note of what the server says of the page.
   *
   * A busy browser draws a whole load at once, and never shows that the page is being loaded: the
   * number of the load, which comes with the data, is another one all the same.
   *
   * @param {boolean} isLoaded
   * @param {number} load the number of the load whose data the page shows
   */
  update(isLoaded, load) {
    if (this.#loadedAt && (!isLoaded || load !== this.#shown)) this.count += 1;
    this.#loadedAt = isLoaded ? this.#now() : 0;
    this.#shown = load;
    this.#hasClicked = false;
  }

  /** Take note of a click on a button or a link: it asked for what is drawn after it. */
  click() {
    if (this.#loadedAt) this.#hasClicked = true;
  }

  /** Whether what is drawn now is drawn because the page is being loaded. */
  get isLoading() {
    if (!this.#loadedAt) return true;
    return !this.#hasClicked && this.#now() - this.#loadedAt < DRAWING_MS;
  }
}

/** The load of the page that is open. */
export const pageLoad = new PageLoad();
