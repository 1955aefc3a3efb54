/**
 * The draft of an uncontrolled form: only the browser knows what is typed until it is submitted.
 *
 * It is restored where the page is loaded again while something is typed. It is given up with an
 * answer to the form, with another record in it, and with the page. The base version is kept with
 * it, so that a save of a restored draft is checked against what others saved meanwhile.
 */

/** @import { DraftStore } from "./draft_store.js" */
/** @import { PageLoad } from "./page_load.js" */

/** The name of the form's field that holds the base version. */
export const BASE_VERSION = "base_version";

export class UncontrolledDraft {
  #store;
  #pageLoad;
  #form;
  #base;
  #record = ""; // "" until the form was filled
  #sentIn = -1; // the load of the page in which the form was submitted

  /**
   * @param {DraftStore} store
   * @param {PageLoad} pageLoad
   * @param {string} form
   * @param {string} base the version that the form is filled with
   */
  constructor(store, pageLoad, form, base) {
    this.#store = store;
    this.#pageLoad = pageLoad;
    this.#form = form;
    this.#base = base;
  }

  /**
   * The form was filled: returns the texts to restore, by field.
   *
   * @param {string} record
   * @param {string} base
   * @param {(field: string) => string | undefined} held what a field holds now
   * @returns {[field: string, text: string][]}
   */
  fill(record, base, held) {
    const isAnswer = this.#sentIn === this.#pageLoad.count;
    if (this.#record && (isAnswer || !this.#pageLoad.isLoading)) this.discard();
    this.#record = record;
    this.#sentIn = -1;
    /** @type {[string, string][]} */
    const texts = Object.entries(this.#draft).map(([field, { text }]) => [field, text]);
    // A save whose answer was lost has stored them: their base version is the new one.
    if (base && texts.every(([field, text]) => held(field) === text)) this.discard();
    return texts;
  }

  /**
   * The page shows another version, or was filled; returns the base version to submit.
   *
   * @param {string} base
   * @returns {string}
   */
  rebase(base) {
    // What its owner changed beside the form, they know of.
    if (this.#typedBase === this.#base && !this.#pageLoad.isLoading) {
      const entries = Object.entries(this.#draft);
      const rebased = entries.map(([field, entry]) => [field, { ...entry, base }]);
      this.#store.write(this.#form, this.#record, Object.fromEntries(rebased));
    }
    this.#base = base;
    return this.#typedBase ?? base;
  }

  /**
   * @param {string} field
   * @param {string} text
   */
  type(field, text) {
    this.#sentIn = -1;
    const entry = { text, base: this.#typedBase ?? this.#base };
    this.#store.writeField(this.#form, this.#record, field, entry);
  }

  submit() {
    this.#sentIn = this.#pageLoad.count;
  }

  /**
   * The form is taken off the page.
   *
   * @param {boolean} isPageLeft whether the address is another page's already
   */
  close(isPageLeft) {
    if (isPageLeft || !this.#pageLoad.isLoading) this.discard();
  }

  discard() {
    this.#store.discard(this.#form, this.#record);
  }

  get #draft() {
    return this.#store.read(this.#form, this.#record) ?? {};
  }

  /** @returns {string | undefined} */
  get #typedBase() {
    return Object.values(this.#draft)[0]?.base;
  }
}
