/** Whether a person goes on by themselves while a page that they opened is still loading. */

const FIELDS = ["input", "select", "textarea"];

/**
 * Notes what a person does on a page from now on until `end` is called. Whoever has done something
 * keeps the focus; otherwise the page moves it to its heading.
 */
export class OwnActs {
  hasActed = false;
  #page;

  /** @param {Pick<Document, "addEventListener" | "removeEventListener">} page */
  constructor(page) {
    this.#page = page;
    page.addEventListener("focusin", this.#enterField);
    page.addEventListener("keydown", this.#act, true);
    page.addEventListener("pointerdown", this.#act, true);
  }

  #act = () => {
    this.hasActed = true;
  };

  /** Assistive technology focuses a field without a key or a pointer. @param {Event} event */
  #enterField = ({ target }) => {
    const element = /** @type {Element | null} */ (target);
    if (element && FIELDS.includes(element.localName) && element.closest("#content")) this.#act();
  };

  /**
   * Whether the page may move the focus, which is on its body or on an element.
   *
   * @param {boolean} isOnBody
   */
  mayMoveFocus(isOnBody) {
    return isOnBody || !this.hasActed;
  }

  end() {
    this.#page.removeEventListener("focusin", this.#enterField);
    this.#page.removeEventListener("keydown", this.#act, true);
    this.#page.removeEventListener("pointerdown", this.#act, true);
  }
}
