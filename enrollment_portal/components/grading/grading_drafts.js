/**
 * What was typed into a grading grid and is not saved yet, cell by cell.
 *
 * It is kept outside of the page's components, so that nothing typed is lost where those are drawn
 * again: after the connection was lost, or on the way to another page of rows and back. A cell is
 * named by its key, "<enrollment id>.<field>". Its draft goes through these phases:
 *
 *   waiting -> saving -> saved | refused | conflict
 *
 * One save of a row is under way at a time: each builds on the version that the last one made.
 */

import { draftStore } from "../forms/drafts/draft_store.js";
import { sentences } from "../ui/wording.js";
import * as messages from "./messages.js";

/** @import { DraftStore } from "../forms/drafts/draft_store.js" */

/**
 * @typedef {object} Stored what a cell holds
 * @property {string} value
 * @property {number} version
 */

/**
 * @typedef {Stored & {by: string, ago: string, before: string, is_own: boolean}} RemoteChange
 *   what somebody else stored in a cell
 */

/**
 * @typedef {object} Answer what the server says of a cell, and of its last save
 * @property {string} value
 * @property {number} version 0 where nothing is known of what is stored
 * @property {number} ticket of the save or undo that it answers
 * @property {string} outcome saved, refused, conflict, undone, or why it was not undone
 * @property {string} message
 * @property {boolean} is_change whether the save changed what was stored
 * @property {string} by
 * @property {string} ago
 * @property {string} before
 * @property {boolean} is_own
 */

/**
 * @typedef {object} CellDraft
 * @property {"waiting" | "saving" | "saved" | "refused" | "conflict"} phase
 * @property {string} text
 * @property {Stored} [base] what was stored when the text was typed
 * @property {string} [next] what was typed while the text is being saved
 * @property {number} [ticket] of the save that is under way
 * @property {string} [saveKey] the idempotency key of that save
 * @property {number} [sentAt]
 * @property {string} [message] why it was refused
 * @property {string} [label] what a saved cell says instead of "Saved"
 * @property {boolean} [isRefusal] whether that says that something was not done
 * @property {RemoteChange} [remote] the change that it conflicts with
 */

/**
 * @typedef {object} Editor
 * @property {string} key
 * @property {string} text
 * @property {string} initial what it held as it was opened
 * @property {Stored} base
 * @property {RemoteChange} [remote] set once somebody else changes the cell
 */

/**
 * @typedef {object} Undoable a change that was saved from here: of a cell, or a pasted batch
 * @property {string} [key]
 * @property {string} [saveKey]
 * @property {string} [batch]
 */

/**
 * @typedef {object} Grid the grid that is on the page
 * @property {boolean} isConnected
 * @property {(row: number, field: string, text: string, version: number, ticket: number, saveKey: string) => void} save
 * @property {(row: number, field: string, saveKey: string, ticket: number) => void} undo
 * @property {(batch: string) => void} undoBatch
 * @property {(key: string, sentence: (cell: messages.Cell) => string) => void} announce reads a sentence
 *   out; it is given what the cell is called, and of no cell it is given ""
 */

const FORM = "grading";
const SAVED_MS = 2_500;
const LATE_MS = 8_000;
const SOON_MS = 1_500;

/** @type {Grid} */
const NO_GRID = {
  isConnected: true,
  save: () => {},
  undo: () => {},
  undoBatch: () => {},
  announce: () => {},
};

/** @param {string} key */
export const rowOf = (key) => key.split(".")[0];

/** @param {string} key */
export const fieldOf = (key) => key.split(".")[1];

export class GradingDrafts {
  #store;
  #now;
  #after;
  /** @type {Editor | null} */
  #editor = null;
  #grid = NO_GRID;
  #tickets;
  /** @type {Undoable[]} */
  #undoable = []; // oldest first
  /** @type {{key: string, saveKey: string, ticket: number, sentAt: number} | null} */
  #undoing = null;
  /** @type {string[] | null} */
  #undoNext = null; // the rows in which to undo as soon as what is being saved is stored

  /**
   * @param {DraftStore} store
   * @param {() => number} now
   * @param {(act: () => void, ms: number) => void} after does something later
   */
  constructor(
    store = draftStore,
    now = () => Date.now(),
    after = (act, ms) => setTimeout(act, ms),
  ) {
    this.#store = store;
    this.#now = now;
    this.#after = after;
    this.#tickets = now();
    this.subscribe = store.subscribe;
    let { ownerChanges } = store;
    store.subscribe(() => {
      if (store.ownerChanges === ownerChanges) return;
      ownerChanges = store.ownerChanges;
      this.#editor = this.#undoing = this.#undoNext = null;
      this.#undoable = [];
    });
  }

  /**
   * @param {string} key
   * @returns {CellDraft | undefined}
   */
  draftOf(key) {
    return this.#store.read(FORM, rowOf(key))?.[fieldOf(key)];
  }

  get editor() {
    return this.#editor;
  }

  /**
   * What somebody else stored in the cell that is being edited, while it was.
   *
   * @param {string} key
   */
  remoteChangeOf(key) {
    return this.#editor?.key === key ? this.#editor.remote : undefined;
  }

  /** Whether something typed needs its writer: it was refused, or conflicts. */
  needsAttention = () =>
    this.#all().some(([, { phase }]) => phase === "refused" || phase === "conflict");

  /** Whether something typed is not stored yet. */
  isUnsaved = () =>
    Boolean(this.#editor && this.#editor.text !== this.#editor.initial) ||
    this.#all().some(([, { phase }]) => phase !== "saved");

  /**
   * Set the grid that is on the page, which sends saves and makes announcements.
   *
   * @param {Grid} grid
   */
  connect(grid) {
    const isBack = grid.isConnected && !this.#grid.isConnected;
    this.#grid = grid;
    // Whatever was under way when the connection broke may never have arrived.
    if (isBack) this.resendSoon();
  }

  /** Have every save that is under way sent again soon, unless its answer comes first. */
  resendSoon() {
    const sentAt = this.#now() - LATE_MS + SOON_MS;
    for (const [key, draft] of this.#all()) {
      if (draft.phase === "saving") this.#put(key, { ...draft, sentAt });
    }
  }

  /** Send again what has waited too long for its answer, under the same idempotency key. */
  resendLate = () => {
    if (!this.#grid.isConnected) return;
    const isLate = (/** @type {number} */ sentAt) => this.#now() - sentAt > LATE_MS;
    if (this.#undoing && isLate(this.#undoing.sentAt)) this.#sendUndo();
    for (const [key, draft] of this.#all()) {
      if (draft.phase === "saving" && isLate(draft.sentAt ?? 0)) this.#send(key, draft);
    }
  };

  /**
   * Open the editor of a cell; what is typed is kept with what it is typed over.
   *
   * @param {string} key
   * @param {string} text
   * @param {Stored} stored
   */
  open(key, text, stored) {
    const draft = this.draftOf(key);
    const base = (draft?.phase !== "saved" && draft?.base) || stored;
    this.#editor = { key, text, base, initial: text };
  }

  /** @param {string} text */
  type(text) {
    if (this.#editor) this.#editor = { ...this.#editor, text };
  }

  /** Close the editor and forget what was typed into it. */
  cancel = () => {
    this.#editor = null;
  };

  /**
   * Close the editor and save what was typed into it.
   *
   * @param {string} text
   * @param {Stored} stored what the cell holds as far as is known
   */
  commit(text, stored) {
    if (!this.#editor) return;
    const { key, base, initial, remote } = this.#editor;
    this.#editor = null;
    if (remote) {
      const isMine = text !== initial && text !== remote.value;
      this.#put(key, isMine ? { phase: "conflict", text, base, remote } : null);
      return;
    }
    const draft = this.draftOf(key);
    if (text === initial && draft && draft.phase !== "saved") return;
    if (draft?.phase === "saving") this.#put(key, { ...draft, next: text });
    else if (draft?.phase === "conflict") {
      this.#put(key, text === draft.remote?.value ? null : { ...draft, text });
    } else if (text === stored.value && base.value === stored.value) this.#put(key, null);
    else this.#save(key, text, base);
  }

  /**
   * Give up a draft: the cell shows again what is stored.
   *
   * @param {string} key
   */
  discard = (key) => {
    if (this.draftOf(key)?.phase !== "saving") this.#put(key, null);
  };

  discardAll = () => {
    this.#editor = null;
    this.#store.discard(FORM);
  };

  /**
   * Somebody else has changed a cell: what is typed there stays, and the change is announced.
   *
   * @param {string} key
   * @param {RemoteChange} remote
   */
  noteRemoteChange(key, remote) {
    const draft = this.draftOf(key);
    if (draft?.phase === "conflict" && draft.remote && draft.remote.version < remote.version) {
      this.#put(key, { ...draft, remote });
    }
    const editor = this.#editor;
    if (editor?.key !== key || editor.base.version >= remote.version) return;
    if (editor.remote && editor.remote.version >= remote.version) return;
    if (editor.base.value === remote.value) return;
    this.#editor = { ...editor, remote };
    this.#grid.announce(key, (cell) => messages.remoteChange(cell, remote));
    this.#store.notify();
  }

  /** Go on editing over the change of somebody else, which the writer has seen. */
  editOverRemote = () => {
    if (!this.#editor?.remote) return;
    const { value, version } = this.#editor.remote;
    this.#editor = { ...this.#editor, base: { value, version }, remote: undefined };
    this.#store.notify();
  };

  /**
   * Save what was typed over the change that it conflicts with, which the writer has seen.
   *
   * @param {string} key
   */
  keepMine = (key) => {
    const draft = this.draftOf(key);
    if (!draft?.remote) return;
    const { value, version } = draft.remote;
    this.#save(key, draft.text, { value, version });
  };

  /**
   * Take note of which pasted batches can be undone, oldest first; the server removes one that it
   * has undone.
   *
   * @param {string[]} batches
   */
  setBatches(batches) {
    const kept = this.#undoable.filter(({ batch }) => !batch || batches.includes(batch));
    const added = batches.filter((batch) => !kept.some((known) => known.batch === batch));
    this.#undoable = [...kept, ...added.map((batch) => ({ batch }))];
  }

  /**
   * Undo the change that was stored last, pasted or in one of these rows; returns the cell's key.
   *
   * What is still being saved is waited for. A later change by somebody else is not undone with
   * it: then the server refuses, and the cell says why.
   *
   * @param {string[]} rows
   * @returns {string | undefined}
   */
  undoLast(rows) {
    const isSaving = this.#all().some(([, { phase }]) => phase === "waiting" || phase === "saving");
    this.#undoNext = isSaving ? rows : null;
    if (isSaving || this.#undoing) return undefined;
    const at = this.#undoable.findLastIndex(
      ({ key, batch }) => batch || (key && rows.includes(rowOf(key))),
    );
    if (at < 0) {
      this.#grid.announce("", () => messages.NOTHING_TO_UNDO);
      return undefined;
    }
    const { key, saveKey, batch } = this.#undoable[at];
    if (batch) {
      this.#grid.undoBatch(batch);
      return undefined;
    }
    if (!key || !saveKey) return undefined;
    this.#undoable.splice(at, 1);
    this.#tickets += 1;
    this.#undoing = { key, saveKey, ticket: this.#tickets, sentAt: 0 };
    this.#sendUndo();
    return key;
  }

  /**
   * Take note of what the server says a cell holds, and of the answer to its last save.
   *
   * @param {string} key
   * @param {Answer} answer
   */
  answer(key, answer) {
    const draft = this.draftOf(key);
    if (draft?.phase === "saving" && answer.ticket === draft.ticket) {
      this.#settle(key, draft, answer);
    }
    if (this.#undoing?.key === key && this.#undoing.ticket === answer.ticket) {
      this.#settleUndo(key, answer);
    }
    if (!answer.version) {
      this.#sendNext(rowOf(key));
      return;
    }
    this.#rebase(key, answer);
    this.#sendNext(rowOf(key));
    if (this.#undoNext) this.undoLast(this.#undoNext);
  }

  /**
   * A save in another cell made the row newer: what is typed here is typed over that, as long as
   * this cell still holds what it was typed over.
   *
   * @param {string} key
   * @param {Stored} stored
   */
  #rebase(key, { value, version }) {
    const isNewer = (/** @type {Stored | undefined} */ base) =>
      base?.value === value && base.version < version;
    const draft = this.draftOf(key);
    const isOpen = draft?.phase === "waiting" || draft?.phase === "refused";
    if (isOpen && isNewer(draft.base)) this.#put(key, { ...draft, base: { value, version } });
    const editor = this.#editor;
    if (editor?.key === key && isNewer(editor.base)) {
      this.#editor = { ...editor, base: { value, version } };
    }
  }

  /**
   * @param {string} key
   * @param {CellDraft} draft
   * @param {Answer} answer
   */
  #settle(key, draft, answer) {
    const { text, next, base, saveKey } = draft;
    const { value, version, outcome, message, by, ago, before, is_own } = answer;
    if (outcome === "saved") {
      // A save that found the same value stored wrote nothing that could be undone.
      if (answer.is_change) this.#undoable.push({ key, saveKey });
      if (next !== undefined && next !== value) {
        this.#put(key, { phase: "waiting", text: next, base: { value, version } });
        return;
      }
      this.#showBriefly(key, { phase: "saved", text: value, base: { value, version } });
      this.#grid.announce(key, (cell) =>
        by ? messages.alreadySet(cell, by) : messages.saved(cell),
      );
    } else if (outcome === "refused") {
      if (next !== undefined && next !== text) {
        this.#put(key, { phase: "waiting", text: next, base });
        return;
      }
      this.#put(key, { phase: "refused", text, base, message });
      this.#grid.announce(key, (cell) => sentences(messages.notSaved(cell), message));
    } else {
      const remote = { value, version, by, ago, before, is_own };
      this.#put(key, { phase: "conflict", text: next ?? text, base, remote });
      this.#grid.announce(key, (cell) => messages.conflict(cell, answer));
    }
  }

  /**
   * @param {string} key
   * @param {Answer} answer
   */
  #settleUndo(key, { outcome, value, message }) {
    this.#undoing = null;
    if (outcome === "undone") {
      this.#showBriefly(key, { phase: "saved", label: "Undone", text: value });
      this.#grid.announce(key, (cell) => messages.undone(cell, value));
    } else {
      this.#showBriefly(key, { phase: "saved", label: message, isRefusal: true, text: "" });
      this.#grid.announce(key, (cell) => sentences(messages.notUndone(cell), message));
    }
  }

  /**
   * @param {string} key
   * @param {string} text
   * @param {Stored} base
   */
  #save(key, text, base) {
    this.#put(key, { phase: "waiting", text, base });
    this.#sendNext(rowOf(key));
  }

  /** @param {string} row */
  #sendNext(row) {
    const cells = Object.entries(this.#store.read(FORM, row) ?? {});
    if (cells.some(([, { phase }]) => phase === "saving")) return;
    const next = cells.find(([, { phase }]) => phase === "waiting");
    if (!next) return;
    const [field, draft] = next;
    this.#tickets += 1;
    const saveKey = newSaveKey();
    this.#send(`${row}.${field}`, { ...draft, phase: "saving", ticket: this.#tickets, saveKey });
  }

  /**
   * @param {string} key
   * @param {CellDraft} draft
   */
  #send(key, draft) {
    const { text, base, ticket = 0, saveKey = "" } = draft;
    this.#put(key, { ...draft, sentAt: this.#now() });
    this.#grid.save(Number(rowOf(key)), fieldOf(key), text, base?.version ?? 0, ticket, saveKey);
  }

  #sendUndo() {
    if (!this.#undoing) return;
    const { key, saveKey, ticket } = this.#undoing;
    this.#undoing.sentAt = this.#now();
    this.#grid.undo(Number(rowOf(key)), fieldOf(key), saveKey, ticket);
  }

  /**
   * @param {string} key
   * @param {CellDraft} draft
   */
  #showBriefly(key, draft) {
    this.#put(key, draft);
    this.#after(() => {
      if (this.draftOf(key) === draft) this.#put(key, null);
    }, SAVED_MS);
  }

  /** @returns {[key: string, draft: CellDraft][]} */
  #all() {
    return this.#store
      .list(FORM)
      .flatMap(([row, cells]) =>
        Object.entries(cells).map(([field, draft]) => [`${row}.${field}`, draft]),
      );
  }

  /**
   * @param {string} key
   * @param {CellDraft | null} draft
   */
  #put(key, draft) {
    this.#store.writeField(FORM, rowOf(key), fieldOf(key), draft);
  }
}

/** A key of one save: however often it is sent, it is done once. Pages without TLS have it too. */
function newSaveKey() {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return `cell-${[...random].map((number) => number.toString(36)).join("")}`;
}

/** The drafts of the grid that is on the page. */
export const gradingDrafts = new GradingDrafts();
