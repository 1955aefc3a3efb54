/**
 * The drafts of this page: what was typed into forms and is not saved yet.
 *
 * A draft belongs to its owner (an account), a form and a record. By field it holds the text and
 * the base version: what was stored when the text was typed. Drafts live as long as the page does;
 * those of forms that survive a reload are also written to the tab's storage.
 */

/**
 * @template {Entry} [E=Entry]
 * @typedef {Record<string, E>} Draft by field
 */

/**
 * @typedef {object} Entry
 * @property {string} text
 * @property {unknown} [base] what was stored when the text was typed
 */

/** The first part of the names of drafts in the tab's storage. */
export const PREFIX = "draft:";

/** The version of what is written there; anything else is not read. */
export const FORMAT = 1;

/** A draft in the tab's storage is given up after this time. */
export const MAX_AGE_MS = 7 * 24 * 60 * 60_000;

export class DraftStore {
  /** How often the drafts of another owner were discarded. */
  ownerChanges = 0;
  #owner = "";
  /** @type {Map<string, {form: string, record: string, draft: Draft<any>}>} */
  #drafts = new Map();
  /** @type {Set<string>} */
  #surviving = new Set();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #storage;
  #now;

  /**
   * @param {() => Storage} storage the tab's; a function, since there is none without a browser
   * @param {() => number} now
   */
  constructor(storage = () => sessionStorage, now = () => Date.now()) {
    this.#storage = storage;
    this.#now = now;
  }

  /**
   * Take note of who is signed in, and discard the drafts of everybody else.
   *
   * @param {string | number} owner an account; "" or 0 while it is not known yet
   */
  setOwner(owner) {
    const next = owner ? String(owner) : "";
    if (!next || next === this.#owner) return;
    if (this.#owner) {
      this.#drafts.clear();
      this.ownerChanges += 1;
    }
    this.#owner = next;
    for (const name of this.#storedNames()) {
      const isOwn = name.startsWith(`${PREFIX}${next}:`);
      if (!isOwn || !this.#load(name)) this.#save(name, null);
    }
    this.notify();
  }

  /**
   * Keep the drafts of a form in the tab's storage as well.
   *
   * @param {string} form
   */
  surviveReload(form) {
    this.#surviving.add(form);
  }

  /**
   * The draft of a record; undefined where nothing was typed.
   *
   * @param {string} form
   * @param {string} record
   * @returns {Draft<any> | undefined}
   */
  read(form, record) {
    const key = keyOf(form, record);
    const held = this.#drafts.get(key)?.draft;
    if (held || !this.#surviving.has(form)) return held;
    const draft = this.#load(this.#nameOf(key));
    if (draft) this.#drafts.set(key, { form, record, draft });
    return draft;
  }

  /**
   * Replace the draft of a record; an empty one is removed.
   *
   * @param {string} form
   * @param {string} record
   * @param {Draft<any>} draft
   */
  write(form, record, draft) {
    const key = keyOf(form, record);
    const isEmpty = Object.keys(draft).length === 0;
    if (isEmpty) this.#drafts.delete(key);
    else this.#drafts.set(key, { form, record, draft });
    if (this.#surviving.has(form)) this.#save(this.#nameOf(key), isEmpty ? null : draft);
    this.notify();
  }

  /**
   * Replace or remove the entry of one field.
   *
   * @param {string} form
   * @param {string} record
   * @param {string} field
   * @param {Entry | null} entry
   */
  writeField(form, record, field, entry) {
    const draft = { ...this.read(form, record) };
    if (entry) draft[field] = entry;
    else delete draft[field];
    this.write(form, record, draft);
  }

  /**
   * The drafts of a form, by record.
   *
   * @param {string} form
   * @returns {[record: string, draft: Draft<any>][]}
   */
  list(form) {
    return [...this.#drafts.values()]
      .filter((one) => one.form === form)
      .map(({ record, draft }) => [record, draft]);
  }

  /**
   * Give up the draft of a record, or all drafts of a form.
   *
   * @param {string} form
   * @param {string} [record]
   */
  discard(form, record) {
    const records = record === undefined ? this.list(form).map(([one]) => one) : [record];
    for (const one of records) this.write(form, one, {});
  }

  /**
   * Have a listener called after each change; returns what ends that.
   *
   * @param {() => void} listener
   */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  notify() {
    for (const listener of this.#listeners) listener();
  }

  /** @param {string} key */
  #nameOf(key) {
    return `${PREFIX}${this.#owner}:${key}`;
  }

  #storedNames() {
    try {
      return Object.keys(this.#storage()).filter((name) => name.startsWith(PREFIX));
    } catch {
      return []; // it is switched off
    }
  }

  /**
   * @param {string} name
   * @returns {Draft | undefined}
   */
  #load(name) {
    try {
      const { format, savedAt, fields } = JSON.parse(this.#storage().getItem(name) ?? "{}");
      const isCurrent = format === FORMAT && this.#now() - savedAt <= MAX_AGE_MS;
      return isCurrent && isDraft(fields) ? fields : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * @param {string} name
   * @param {Draft | null} fields
   */
  #save(name, fields) {
    try {
      if (!fields) this.#storage().removeItem(name);
      else {
        const stored = { format: FORMAT, savedAt: this.#now(), fields };
        this.#storage().setItem(name, JSON.stringify(stored));
      }
    } catch {
      // The storage is full or switched off: the draft lives as long as the page.
    }
  }
}

/**
 * @param {string} form
 * @param {string} record
 */
const keyOf = (form, record) => `${form}:${record}`;

/** @param {unknown} fields */
function isDraft(fields) {
  if (!fields || typeof fields !== "object") return false;
  return Object.values(fields).every((entry) => typeof entry?.text === "string");
}

/** The store that all forms of the page share. */
export const draftStore = new DraftStore();
