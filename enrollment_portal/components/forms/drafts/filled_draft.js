/**
 * The draft of a form that the server fills, and to which each change is sent.
 *
 * The server holds what is typed as well, but what it holds is lost when it restarts, and it may
 * not have received the last keys when it fills a field again. So each text is kept with its base
 * version: a form that is filled without it shows it again and sends it to the server.
 */

/** @import { DraftStore } from "./draft_store.js" */

/**
 * @typedef {object} Filling
 * @property {string} formKey "<record>.<version>.<count>"; "" before the form was filled
 * @property {Record<string, string>} fieldKeys by field, the filling that it shows
 * @property {Record<string, string>} form by field, what the server holds as typed
 * @property {Record<string, string>} stored by field, what is stored
 */

/**
 * @typedef {object} Typed
 * @property {string} text
 * @property {number} base the version that it was typed over
 * @property {boolean} isKnown whether the server holds it
 */

/**
 * @typedef {object} Restored
 * @property {Record<string, string>} texts by field, what the form has to show again
 * @property {number} base their base version
 * @property {string[]} changed the fields that the server changed
 * @property {boolean} isOtherRecord whether the form was filled with another record
 */

/** @param {string} formKey */
const recordOf = (formKey) => formKey.split(".")[0];

/** @param {string} formKey */
const versionOf = (formKey) => Number(formKey.split(".")[1]);

export class FilledDraft {
  #store;
  #form;
  /** @type {Map<string, Typed>} */
  #typed = new Map();
  /** @type {Filling} */
  #now = { formKey: "", fieldKeys: {}, form: {}, stored: {} };
  /** @type {Filling | null} */
  #last = null; // the filling that was restored last
  #isGivenUp = false;
  #ownerChanges;

  /**
   * @param {DraftStore} store
   * @param {string} form
   */
  constructor(store, form) {
    this.#store = store;
    this.#form = form;
    this.#ownerChanges = store.ownerChanges;
    store.surviveReload(form);
  }

  /**
   * The form was filled, or the server has heard of what was typed: returns what to restore.
   *
   * @param {Filling} next
   * @returns {Restored | null}
   */
  fill(next) {
    this.#now = next;
    if (!next.formKey) return null;
    const isOtherOwner = this.#ownerChanges !== this.#store.ownerChanges;
    this.#ownerChanges = this.#store.ownerChanges;
    const isOtherRecord = this.#last !== null && recordOf(this.#last.formKey) !== this.#record;
    if (isOtherRecord || isOtherOwner) {
      this.#typed.clear();
      this.#last = null;
      this.#isGivenUp = false;
    }
    const before = this.#last?.form ?? next.form;
    if (this.#last && this.#last.formKey !== next.formKey) this.#isGivenUp = false;
    const { texts, base } = this.#last ? this.#unknownTo(next, this.#last) : this.#kept(next);
    this.#last = next;
    for (const [field, text] of Object.entries(texts)) {
      this.#typed.set(field, { text, base, isKnown: false });
    }
    this.#keep();
    const changed = Object.keys(next.form).filter((name) => next.form[name] !== before[name]);
    return { texts, base, changed, isOtherRecord };
  }

  /**
   * What an earlier page kept and the form does not hold.
   *
   * @param {Filling} next
   */
  #kept(next) {
    const kept = Object.entries(this.#store.read(this.#form, this.#record) ?? {});
    const bases = kept.map(([, entry]) => entry.base).filter(Number.isInteger);
    const lost = kept.filter(([name, { text }]) => name in next.form && next.form[name] !== text);
    return {
      texts: Object.fromEntries(lost.map(([name, { text }]) => [name, text])),
      base: bases.length ? Math.min(...bases) : versionOf(next.formKey),
    };
  }

  /**
   * What was typed into fields that were filled again before the server knew of it.
   *
   * @param {Filling} next
   * @param {Filling} last
   */
  #unknownTo(next, last) {
    /** @type {Record<string, string>} */
    const texts = {};
    let base = versionOf(next.formKey);
    for (const [name, one] of this.#typed) {
      if (next.form[name] === one.text) this.#typed.set(name, { ...one, isKnown: true });
      if (next.fieldKeys[name] === last.fieldKeys[name]) continue;
      this.#typed.delete(name);
      if (one.isKnown || next.form[name] === one.text) continue;
      texts[name] = one.text;
      base = Math.min(base, one.base);
    }
    return { texts, base };
  }

  /**
   * @param {string} field
   * @param {string} text
   */
  type(field, text) {
    if (!(field in this.#now.form)) return;
    this.#isGivenUp = false;
    const before = this.#typed.get(field);
    const base = before && !before.isKnown ? before.base : versionOf(this.#now.formKey);
    this.#typed.set(field, { text, base, isKnown: false });
    this.#keep();
  }

  /** The form is submitted: only what is typed after that may have to be restored. */
  submit() {
    for (const [field, one] of this.#typed) this.#typed.set(field, { ...one, isKnown: true });
  }

  /** Give up what was typed; nothing is kept until more is typed or the form is filled again. */
  giveUp() {
    this.#isGivenUp = true;
    this.#typed.clear();
    if (this.#now.formKey) this.#store.discard(this.#form, this.#record);
  }

  get #record() {
    return recordOf(this.#now.formKey);
  }

  #keep() {
    if (!this.#now.formKey || this.#isGivenUp) return;
    const { form, stored, formKey } = this.#now;
    /** @type {Record<string, {text: string, base: number}>} */
    const draft = {};
    for (const name of Object.keys(form)) {
      const one = this.#typed.get(name);
      const text = one ? one.text : form[name];
      if (text === stored[name]) continue;
      const isUnknown = one && !one.isKnown;
      const version = versionOf(formKey);
      draft[name] = { text, base: isUnknown ? Math.min(version, one.base) : version };
    }
    this.#store.write(this.#form, this.#record, draft);
  }
}
