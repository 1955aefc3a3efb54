/** What instructors read and hear of cells while they grade. */

export const EMPTY = "empty";
export const KEEP_MINE = "Keep mine";
export const KEEP_THEIRS = "Keep theirs";
export const KEEP_OTHER_TAB = "Keep the other tab's";
export const NOTHING_TO_UNDO = "Nothing to undo here.";
export const NOT_SAVED_YET = "Not saved yet. It is sent again as soon as the server answers.";
export const SAVES_ITSELF = "Everything is saved as you type.";
export const SAVING = "Saving…";
const OWN_TAB = "you in another tab";

/** @typedef {{ by: string, ago: string, before: string, value: string, is_own: boolean }} Remote */

/** @param {string} field @param {string} name */
export const cellOf = (field, name) => `${field} of ${name}`;
/** @param {string} cell @param {string} value */
export const cellWithValue = (cell, value) => `${cell}: ${value || EMPTY}`;
/** @param {string} choice @param {string} cell */
export const choiceFor = (choice, cell) => `${choice}: ${cell}`;
/** @param {{ name: string, is_editing: boolean }[]} people */
export const peopleHere = (people) =>
  people.map(({ name, is_editing }) => `${name} is ${is_editing ? "editing" : "here"}`).join(", ");
/** @param {{ by: string, is_own: boolean }} change */
export const changedBy = ({ by, is_own }) => (is_own ? OWN_TAB : by);

/** @param {string} cell */
export const saved = (cell) => `${cell} saved.`;
/** @param {string} cell @param {string} by */
export const alreadySet = (cell, by) => `${cell} already set to this value by ${by}.`;
/** @param {string} cell @param {string} why */
export const notSaved = (cell, why) => `${cell} not saved. ${why}`;
/** @param {string} cell @param {Pick<Remote, "by" | "is_own">} change */
export const conflict = (cell, change) =>
  `${cell} changed meanwhile by ${changedBy(change)}. Choose which to keep.`;
/** @param {string} cell @param {Pick<Remote, "by" | "is_own" | "ago" | "value">} change */
export const remoteChange = (cell, change) =>
  `${cell} changed by ${changedBy(change)} ${change.ago} to ${change.value || EMPTY}.` +
  " What you type is kept.";
/** @param {string} cell @param {string} value */
export const undone = (cell, value) => `${cell} undone: ${value || EMPTY}.`;
/** @param {string} cell @param {string} why */
export const notUndone = (cell, why) => `${cell} not undone. ${why}`;

/** The start of a conflict in a cell: who changed it, and when. @param {Remote} remote */
export const changedMeanwhile = (remote) =>
  `Changed meanwhile by ${changedBy(remote)}${remote.ago && `, ${remote.ago}`}. Before: `;
/** The same, while somebody types in the cell. @param {Remote} remote */
export const changedWhileTyping = ({ by, ago }) => `${by} changed this ${ago}. Before: `;
/** What comes between the value before and theirs. @param {boolean} isOwn */
export const theirValue = (isOwn) => (isOwn ? ". The other tab's: " : ". Theirs: ");
