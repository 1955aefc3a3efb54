/**
 * What was typed into a grading grid and is not stored yet, cell by cell.
 *
 * It lives outside of the page's parts, so that nothing typed is lost where those are drawn anew:
 * after the connection was lost, or on the way to another page of rows and back. A key is
 * "<enrollment id>.<field>". A cell's draft goes through these phases:
 *
 *   waiting -> saving -> saved | refused | conflict
 *
 * One save of a row is under way at a time: each builds on the version that the last one made.
 */
const drafts = new Map();
const listeners = new Set();
const SAVED_MS = 2_500;
const LATE_MS = 8_000;

let open = null; // the editor: {key, text, base}, and `met` once somebody else changes the cell
let outlet = { send: () => {}, undo: () => {}, undoBatch: () => {}, say: () => {}, isConnected: true };
let tickets = Date.now();

// Changes stored from here that may be undone, oldest first: {key, saveKey} of a cell, or {batch}
// of what was pasted.
const undoable = [];
let undoing = null; // the one that is being undone: {key, saveKey, ticket, sentAt}
let wantsUndo = false; // what undoes as soon as what is being saved is stored

export const rowOf = (key) => key.split(".")[0];

const announce = () => listeners.forEach((listener) => listener());

function put(key, draft) {
  if (draft) drafts.set(key, draft);
  else drafts.delete(key);
  announce();
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const draftOf = (key) => drafts.get(key);

/** Say where saves go and announcements are made: to the grid that is on the page. */
export function connect(next) {
  const isBack = next.isConnected && !outlet.isConnected;
  outlet = next;
  // Whatever was under way when the connection broke may never have arrived: ask again soon.
  if (isBack) hurry();
}

/** Have every save that is under way sent again soon, unless its answer comes first. */
export function hurry() {
  for (const [key, draft] of drafts) {
    if (draft.phase === "saving") {
      drafts.set(key, { ...draft, sentAt: Date.now() - LATE_MS + 1_500 });
    }
  }
}

export const openEditor = () => open;

/** What somebody else put into the cell that is being edited, while it was. */
export const metBy = (key) => (open?.key === key ? open.met : undefined);

/** Begin to edit a cell; what is typed is kept here with what it was typed over. */
export function begin(key, text, stored) {
  const draft = drafts.get(key);
  const base = draft && draft.phase !== "saved" ? draft.base : stored;
  open = { key, text, base, before: text };
}

export function type(text) {
  if (open) open = { ...open, text };
}

export function cancel() {
  open = null;
}

/** Take over what was typed; `stored` is what the cell holds as far as is known. */
export function commit(text, stored) {
  const { key, base, before, met } = open;
  open = null;
  if (met) {
    const isMine = text !== before && text !== met.value;
    put(key, isMine ? conflictOf(text, base, met) : null);
    return;
  }
  const draft = drafts.get(key);
  if (text === before && draft && draft.phase !== "saved") return;
  if (draft?.phase === "saving") put(key, { ...draft, next: text });
  else if (draft?.phase === "conflict") {
    put(key, text === draft.theirs ? null : { ...draft, text });
  } else if (text === stored.value && base.value === stored.value) put(key, null);
  else {
    put(key, { phase: "waiting", text, base });
    pump(rowOf(key));
  }
}

/** Give up a draft: the cell shows again what is stored. */
export function discard(key) {
  if (drafts.get(key)?.phase !== "saving") put(key, null);
}

export function discardAll() {
  open = null;
  [...drafts.keys()].forEach((key) => put(key, null));
}

function conflictOf(text, base, { value, version, by, ago, before, is_own }) {
  return { phase: "conflict", text, base, theirs: value, version, by, ago, before, is_own };
}

/** Who changed a cell, within a sentence. */
export const changedBy = ({ by, is_own }) => (is_own ? "you in another tab" : by);

/** Take in that somebody else has changed a cell: what is typed there stays, and is told. */
export function tell(key, cell) {
  const draft = drafts.get(key);
  if (draft?.phase === "conflict" && draft.version < cell.version) {
    put(key, conflictOf(draft.text, draft.base, cell));
  }
  if (open?.key !== key || open.base.version >= cell.version || open.met?.version >= cell.version) return;
  if (open.base.value === cell.value) return;
  open = { ...open, met: cell };
  outlet.say(key, `changed by ${changedBy(cell)} ${cell.ago} to ${cell.value || "empty"}. What you type is kept.`);
  announce();
}

/** Go on editing over theirs, which I have seen. */
export function typeOver() {
  const { value, version } = open.met;
  open = { ...open, base: { value, version }, met: undefined };
  announce();
}

/** Save mine over theirs, which I have seen. */
export function keepMine(key) {
  const { text, theirs, version } = drafts.get(key);
  put(key, { phase: "waiting", text, base: { value: theirs, version } });
  pump(rowOf(key));
}

function pump(row) {
  const ofRow = [...drafts].filter(([key]) => rowOf(key) === row);
  if (ofRow.some(([, draft]) => draft.phase === "saving")) return;
  const next = ofRow.find(([, draft]) => draft.phase === "waiting");
  if (!next) return;
  const [key, draft] = next;
  tickets += 1;
  post(key, { ...draft, phase: "saving", ticket: tickets, saveKey: newKey() });
}

function post(key, draft) {
  put(key, { ...draft, sentAt: Date.now() });
  const [row, field] = key.split(".");
  outlet.send(Number(row), field, draft.text, draft.base.version, draft.ticket, draft.saveKey);
}

/** A name for one save: however often it is sent, it is done once. Pages without TLS have it too. */
function newKey() {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return `cell-${[...random].map((number) => number.toString(36)).join("")}`;
}

/** Take in which pasted batches can be undone, oldest first; the server removes one it has undone. */
export function setBatches(batches) {
  const kept = undoable.filter(({ batch }) => !batch || batches.includes(batch));
  const added = batches.filter((batch) => !kept.some((known) => known.batch === batch));
  undoable.splice(0, undoable.length, ...kept, ...added.map((batch) => ({ batch })));
}

/**
 * Undo the change that was stored last, pasted or in one of these rows; returns the key of a cell.
 *
 * What is still being saved is waited for. A later change by somebody else is not undone with it:
 * then the server refuses, and the cell says why.
 */
export function undoLast(rows) {
  const isSaving = [...drafts.values()].some(({ phase }) => phase === "waiting" || phase === "saving");
  wantsUndo = isSaving ? () => undoLast(rows) : false;
  if (isSaving || undoing) return undefined;
  const at = undoable.findLastIndex(({ key, batch }) => batch || rows.includes(rowOf(key)));
  if (at < 0) {
    outlet.say("", "Nothing to undo here.");
    return undefined;
  }
  if (undoable[at].batch) {
    outlet.undoBatch(undoable[at].batch);
    return undefined;
  }
  tickets += 1;
  [undoing] = undoable.splice(at, 1);
  undoing.ticket = tickets;
  sendUndo();
  return undoing.key;
}

function sendUndo() {
  undoing.sentAt = Date.now();
  const [row, field] = undoing.key.split(".");
  outlet.undo(Number(row), field, undoing.saveKey, undoing.ticket);
}

/** Say for a moment in a cell what has just become of it. */
function showFor(key, draft) {
  put(key, draft);
  setTimeout(() => drafts.get(key) === draft && put(key, null), SAVED_MS);
}

function settleUndo(key, cell) {
  undoing = null;
  if (cell.outcome === "undone") {
    showFor(key, { phase: "saved", words: "Undone", text: cell.value });
    outlet.say(key, `undone: ${cell.value || "empty"}`);
  } else {
    showFor(key, { phase: "saved", words: cell.message, isRefusal: true });
    outlet.say(key, `not undone. ${cell.message}`);
  }
}

/** Send again what has waited too long for its answer, under the same name. */
export function retry() {
  if (!outlet.isConnected) return;
  if (undoing && Date.now() - undoing.sentAt > LATE_MS) sendUndo();
  for (const [key, draft] of [...drafts]) {
    if (draft.phase === "saving" && Date.now() - draft.sentAt > LATE_MS) post(key, draft);
  }
}

/** Take in what the server says a cell holds, and what became of its last save. */
export function answer(key, cell) {
  const draft = drafts.get(key);
  if (draft?.phase === "saving" && cell.ticket === draft.ticket) settle(key, draft, cell);
  if (undoing?.key === key && undoing.ticket === cell.ticket) settleUndo(key, cell);
  if (!cell.version) {
    pump(rowOf(key));
    return;
  }
  // A save of mine in another cell made the row newer. What is typed here goes on top of that, as
  // long as this cell is still what it was typed over.
  const rebase = (base) =>
    base.value === cell.value && base.version < cell.version ? { ...base, version: cell.version } : base;
  const now = drafts.get(key);
  if (now?.phase === "waiting" || now?.phase === "refused") {
    drafts.set(key, { ...now, base: rebase(now.base) });
  }
  if (open?.key === key) open = { ...open, base: rebase(open.base) };
  pump(rowOf(key));
  if (wantsUndo) wantsUndo();
}

function settle(key, draft, cell) {
  const { next } = draft;
  const base = { value: cell.value, version: cell.version };
  if (cell.outcome === "saved") {
    // A save that found the same value stored wrote nothing that could be undone.
    if (cell.is_change) undoable.push({ key, saveKey: draft.saveKey });
    if (next !== undefined && next !== cell.value) {
      put(key, { phase: "waiting", text: next, base });
      return;
    }
    showFor(key, { phase: "saved", text: cell.value, base });
    outlet.say(key, cell.by ? `was already so, saved by ${cell.by}` : "saved");
  } else if (cell.outcome === "refused") {
    const isAnother = next !== undefined && next !== draft.text;
    if (isAnother) put(key, { phase: "waiting", text: next, base: draft.base });
    else put(key, { phase: "refused", text: draft.text, base: draft.base, message: cell.message });
    if (!isAnother) outlet.say(key, `not saved. ${cell.message}`);
  } else {
    put(key, conflictOf(next ?? draft.text, draft.base, cell));
    outlet.say(key, `changed meanwhile by ${changedBy(cell)}. Choose which to keep.`);
  }
}

/** Whether something typed needs its writer: it was refused, or met another change. */
export function needsCare() {
  return [...drafts.values()].some(({ phase }) => phase === "refused" || phase === "conflict");
}

/** Whether something typed is not stored yet. */
export function isUnsaved() {
  return Boolean(open && open.text !== open.before) || [...drafts.values()].some(({ phase }) => phase !== "saved");
}
