/** What instructors read and hear of cells while they grade. */

import { withCommas } from "../ui/wording.js";

export const EMPTY = "empty";
export const PROGRESS = "Progress";
export const SAVED = "Saved";
export const KEEP_MINE = "Keep mine";
export const KEEP_THEIRS = "Keep theirs";
export const KEEP_OTHER_TAB = "Keep the other tab's";
export const NOTHING_TO_UNDO = "Nothing to undo here.";
export const NOT_SAVED_YET = "Not saved yet. It is sent again as soon as the server answers.";
export const SAVES_ITSELF = "Everything is saved as you type.";
export const SAVING = "Saving…";
export const DEADLINE = "Deadline: {date}";
export const DEADLINE_LEFT = "Deadline: {date}, {left}";
export const PROGRESS_IS = "Progress: {bar} {percent}";
export const STATUS_IS = "Status: {status}";

/** @typedef {{ by: string, ago: string, before: string, value: string, is_own: boolean }} Remote */
/** @typedef {{ field: string, name: string }} Cell a field, and the learner whose it is */

/** @param {Cell} cell */
export const cellOf = ({ field, name }) => `${field} of ${name}`;
/** @param {Cell} cell @param {string} value */
export const cellWithValue = ({ field, name }, value) => `${field} of ${name}: ${value || EMPTY}`;
/** @param {string} choice @param {Cell} cell */
export const choiceFor = (choice, { field, name }) => `${choice}: ${field} of ${name}`;
/** @param {{ name: string, is_editing: boolean }[]} people */
export const peopleHere = (people) =>
  withCommas(people.map((one) => (one.is_editing ? isEditing(one.name) : isHere(one.name))));
/** @param {string} name */
const isEditing = (name) => `${name} is editing`;
/** @param {string} name */
const isHere = (name) => `${name} is here`;

/** @param {Cell} cell */
export const saved = ({ field, name }) => `${field} of ${name} saved.`;
/** @param {Cell} cell @param {string} by */
export const alreadySet = ({ field, name }, by) =>
  `${field} of ${name} already set to this value by ${by}.`;
/** Of a cell that was refused; why is told after it. @param {Cell} cell */
export const notSaved = ({ field, name }) => `${field} of ${name} not saved.`;
/** @param {Cell} cell @param {Pick<Remote, "by" | "is_own">} change */
export const conflict = ({ field, name }, { by, is_own }) =>
  is_own
    ? `${field} of ${name} changed meanwhile by you in another tab. Choose which to keep.`
    : `${field} of ${name} changed meanwhile by ${by}. Choose which to keep.`;
/** @param {Cell} cell @param {Pick<Remote, "by" | "is_own" | "ago" | "value">} change */
export const remoteChange = ({ field, name }, { by, is_own, ago, value }) =>
  is_own
    ? `${field} of ${name} changed by you in another tab ${ago} to ${value || EMPTY}. What you type is kept.`
    : `${field} of ${name} changed by ${by} ${ago} to ${value || EMPTY}. What you type is kept.`;
/** @param {Cell} cell @param {string} value */
export const undone = ({ field, name }, value) => `${field} of ${name} undone: ${value || EMPTY}.`;
/** Of a change that could not be undone; why is told after it. @param {Cell} cell */
export const notUndone = ({ field, name }) => `${field} of ${name} not undone.`;

/** Who changed a cell, and when; what it was before, and is now, is told after it. @param {Remote} remote */
export function changedMeanwhile({ by, ago, is_own }) {
  if (!ago) {
    return is_own ? "Changed meanwhile by you in another tab." : `Changed meanwhile by ${by}.`;
  }
  return is_own
    ? `Changed meanwhile by you in another tab, ${ago}.`
    : `Changed meanwhile by ${by}, ${ago}.`;
}
/** The same, while somebody types in the cell. @param {Remote} remote */
export const changedWhileTyping = ({ by, ago }) => `${by} changed this ${ago}.`;
export const BEFORE = "Before: {value}.";
export const THEIRS = "Theirs: {value}";
export const OTHER_TABS = "The other tab's: {value}";
