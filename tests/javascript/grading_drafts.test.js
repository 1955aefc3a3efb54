import { beforeEach, describe, expect, test } from "bun:test";
import { DraftStore } from "../../enrollment_portal/components/forms/drafts/draft_store.js";
import { GradingDrafts } from "../../enrollment_portal/components/grading/grading_drafts.js";
import { Clock, makeStorage } from "./doubles.js";

const GRADE = "7.grade";
const NOTE = "7.note";
const OTHER_ROW = "8.grade";
const THEIRS = { value: "60%", version: 2, by: "Maya", ago: "just now", before: "", is_own: false };
let clock;
let store;
let drafts;
let sent; // saves and undos, as the grid was asked to send them
let announced;
let grid;

function type(key, text, stored = { value: "", version: 1 }) {
  drafts.open(key, stored.value, stored);
  drafts.type(text);
  drafts.commit(text, stored);
}

/** The server's answer to the last save or undo that was sent. */
function answer(key, outcome, cell = {}) {
  const { ticket } = sent.at(-1);
  const nothing = { message: "", by: "", ago: "", before: "", is_own: false, is_change: true };
  drafts.answer(key, { ...nothing, ticket, outcome, value: "", version: 0, ...cell });
}

const phase = (key) => drafts.draftOf(key)?.phase;

beforeEach(() => {
  clock = new Clock();
  store = new DraftStore(() => makeStorage(), clock.now);
  store.setOwner(5);
  drafts = new GradingDrafts(store, clock.now, clock.after);
  sent = [];
  announced = [];
  grid = {
    isConnected: true,
    save: (row, field, text, version, ticket, saveKey) =>
      sent.push({ row, field, text, version, ticket, saveKey }),
    undo: (row, field, saveKey, ticket) => sent.push({ undo: `${row}.${field}`, saveKey, ticket }),
    undoBatch: (batch) => sent.push({ batch }),
    announce: (key, sentence) => announced.push(sentence({ field: "Grade", name: key })),
  };
  drafts.connect(grid);
});

describe("a cell", () => {
  test("is saved, announced, and marked as saved for a moment", () => {
    type(GRADE, "85");
    expect(phase(GRADE)).toBe("saving");
    expect(sent[0]).toMatchObject({ row: 7, field: "grade", text: "85", version: 1 });
    answer(GRADE, "saved", { value: "85%", version: 2 });
    expect(drafts.draftOf(GRADE)).toMatchObject({ phase: "saved", text: "85%" });
    expect(drafts.isUnsaved()).toBe(false);
    expect(announced).toEqual(["Grade of 7.grade saved."]);
    clock.pass(2_500);
    expect(drafts.draftOf(GRADE)).toBeUndefined();
  });

  test("names who has already set the value", () => {
    type(GRADE, "85");
    answer(GRADE, "saved", { value: "85%", version: 2, by: "Maya", is_change: false });
    expect(announced).toEqual(["Grade of 7.grade already set to this value by Maya."]);
    clock.pass(2_500);
    drafts.undoLast(["7"]);
    expect(announced.at(-1)).toBe("Nothing to undo here.");
  });

  test("is not saved without a change", () => {
    type(GRADE, "85%", { value: "85%", version: 1 });
    expect(sent).toEqual([]);
    expect(drafts.draftOf(GRADE)).toBeUndefined();
  });

  test("keeps a refused text, until it is discarded or changed", () => {
    type(GRADE, "A+");
    answer(GRADE, "refused", { message: "0 to 100." });
    expect(drafts.draftOf(GRADE)).toMatchObject({
      phase: "refused",
      text: "A+",
      message: "0 to 100.",
    });
    expect(drafts.needsAttention()).toBe(true);
    expect(announced).toEqual(["Grade of 7.grade not saved. 0 to 100."]);
    drafts.open(GRADE, "A+", { value: "", version: 1 });
    drafts.commit("A+", { value: "", version: 1 }); // unchanged: it is not sent again
    expect(sent.length).toBe(1);
    drafts.discard(GRADE);
    expect(drafts.draftOf(GRADE)).toBeUndefined();
    type(GRADE, "95");
    expect(sent.at(-1).text).toBe("95");
  });

  test("that is edited during its save is saved again, based on the saved value", () => {
    type(GRADE, "8");
    type(GRADE, "85");
    expect(sent.length).toBe(1);
    answer(GRADE, "saved", { value: "8%", version: 2 });
    expect(sent[1]).toMatchObject({ text: "85", version: 2 });
  });

  test("that is edited while it is refused keeps its base version", () => {
    type(GRADE, "A");
    type(GRADE, "85");
    answer(GRADE, "refused", { message: "0 to 100." });
    expect(sent[1]).toMatchObject({ text: "85", version: 1 });
    expect(announced).toEqual([]);
  });

  test("cannot be discarded during its save", () => {
    type(GRADE, "85");
    drafts.discard(GRADE);
    expect(phase(GRADE)).toBe("saving");
  });

  test("ignores the answer to an earlier save", () => {
    type(GRADE, "85");
    drafts.answer(GRADE, { ticket: 1, outcome: "refused", message: "", value: "", version: 0 });
    expect(phase(GRADE)).toBe("saving");
  });
});

describe("a row", () => {
  test("saves one cell at a time, each based on the version of the last save", () => {
    type(GRADE, "85");
    type(NOTE, "Fine.");
    type(OTHER_ROW, "70");
    expect(sent.map(({ row, field }) => `${row}.${field}`)).toEqual([GRADE, OTHER_ROW]);
    expect(phase(NOTE)).toBe("waiting");
    sent.pop();
    answer(GRADE, "saved", { value: "85%", version: 2 });
    drafts.answer(NOTE, { ticket: 0, outcome: "", value: "", version: 2 });
    expect(sent.at(-1)).toMatchObject({ field: "note", text: "Fine." });
  });

  test("saves the next cell over a newer version if that cell is unchanged", () => {
    type(GRADE, "85");
    type(NOTE, "Fine.");
    drafts.answer(NOTE, { ticket: 0, outcome: "", value: "", version: 2 });
    answer(GRADE, "saved", { value: "85%", version: 2 });
    expect(sent.at(-1)).toMatchObject({ field: "note", version: 2 });
  });

  test("does not save over a cell that somebody else changed", () => {
    type(GRADE, "85");
    type(NOTE, "Fine.");
    drafts.answer(NOTE, { ticket: 0, outcome: "", value: "Theirs.", version: 3 });
    answer(GRADE, "saved", { value: "85%", version: 3 });
    expect(sent.at(-1)).toMatchObject({ field: "note", version: 1 });
  });
});

describe("a conflict", () => {
  beforeEach(() => {
    type(GRADE, "90");
    answer(GRADE, "conflict", THEIRS);
  });

  test("keeps the text and asks which one to keep", () => {
    expect(drafts.draftOf(GRADE)).toMatchObject({ phase: "conflict", text: "90", remote: THEIRS });
    expect(drafts.needsAttention()).toBe(true);
    expect(announced).toEqual([
      "Grade of 7.grade changed meanwhile by Maya. Choose which to keep.",
    ]);
  });

  test("saves my value over theirs", () => {
    drafts.keepMine(GRADE);
    expect(sent[1]).toMatchObject({ text: "90", version: 2 });
    expect(sent[1].saveKey).not.toBe(sent[0].saveKey);
  });

  test("ends when their value is chosen", () => {
    drafts.discard(GRADE);
    expect(drafts.isUnsaved()).toBe(false);
    expect(sent.length).toBe(1);
  });

  test("shows a change after that", () => {
    drafts.noteRemoteChange(GRADE, { ...THEIRS, value: "61%", version: 3 });
    expect(drafts.draftOf(GRADE).remote.value).toBe("61%");
    drafts.noteRemoteChange(GRADE, THEIRS);
    expect(drafts.draftOf(GRADE).remote.value).toBe("61%");
  });

  test("ends if their value is typed, and stays with another one", () => {
    type(GRADE, "91", { value: "60%", version: 2 });
    expect(drafts.draftOf(GRADE)).toMatchObject({ phase: "conflict", text: "91" });
    type(GRADE, "60%", { value: "91", version: 2 });
    expect(drafts.draftOf(GRADE)).toBeUndefined();
  });

  test("names a change of one's own in another tab", () => {
    type(OTHER_ROW, "90");
    answer(OTHER_ROW, "conflict", { ...THEIRS, is_own: true });
    expect(announced.at(-1)).toContain("changed meanwhile by you in another tab.");
  });
});

describe("an open editor", () => {
  beforeEach(() => {
    drafts.open(GRADE, "", { value: "", version: 1 });
    drafts.type("90");
  });

  test("is unsaved once something is typed, until it is cancelled", () => {
    expect(drafts.isUnsaved()).toBe(true);
    drafts.type("");
    expect(drafts.isUnsaved()).toBe(false);
    drafts.cancel();
    expect(drafts.editor).toBeNull();
    expect(drafts.draftOf(GRADE)).toBeUndefined();
  });

  test("shows what somebody else stores meanwhile, and conflicts with it", () => {
    drafts.noteRemoteChange(GRADE, THEIRS);
    expect(drafts.remoteChangeOf(GRADE)).toEqual(THEIRS);
    expect(drafts.remoteChangeOf(NOTE)).toBeUndefined();
    expect(announced).toEqual([
      "Grade of 7.grade changed by Maya just now to 60%. What you type is kept.",
    ]);
    drafts.commit("90", { value: "60%", version: 2 });
    expect(phase(GRADE)).toBe("conflict");
    expect(sent).toEqual([]);
  });

  test("has no conflict if their value is typed", () => {
    drafts.noteRemoteChange(GRADE, THEIRS);
    drafts.commit("60%", { value: "60%", version: 2 });
    expect(drafts.draftOf(GRADE)).toBeUndefined();
  });

  test("saves over their change", () => {
    drafts.noteRemoteChange(GRADE, THEIRS);
    drafts.editOverRemote();
    expect(drafts.remoteChangeOf(GRADE)).toBeUndefined();
    drafts.commit("90", { value: "60%", version: 2 });
    expect(sent[0]).toMatchObject({ text: "90", version: 2 });
  });

  test.each([
    ["that it knows of", { ...THEIRS, version: 1 }],
    ["of another cell of the row", { ...THEIRS, value: "", version: 2 }],
  ])("does not show a change %s", (_which, change) => {
    drafts.noteRemoteChange(GRADE, change);
    expect(drafts.remoteChangeOf(GRADE)).toBeUndefined();
    expect(announced).toEqual([]);
  });

  test("has a newer version of the row as base version", () => {
    drafts.answer(GRADE, { ticket: 0, outcome: "", value: "", version: 4 });
    drafts.commit("90", { value: "", version: 4 });
    expect(sent[0].version).toBe(4);
  });
});

describe("without an answer", () => {
  test("a save is sent again under the same idempotency key", () => {
    type(GRADE, "85");
    clock.pass(8_000);
    drafts.resendLate();
    expect(sent.length).toBe(1);
    clock.pass(1);
    drafts.resendLate();
    expect(sent[1]).toEqual(sent[0]);
  });

  test("a save is sent again soon after the connection is back, and not before", () => {
    type(GRADE, "85");
    drafts.connect({ ...grid, isConnected: false });
    clock.pass(60_000);
    drafts.resendLate();
    expect(sent.length).toBe(1);
    drafts.connect(grid);
    drafts.resendLate();
    expect(sent.length).toBe(1);
    clock.pass(1_501);
    drafts.resendLate();
    expect(sent[1]).toEqual(sent[0]);
  });
});

describe("undoing", () => {
  function save(key, text, version) {
    type(key, text);
    answer(key, "saved", { value: text, version });
    clock.pass(2_500);
  }

  test("undoes from the last change on, in these rows only", () => {
    save(GRADE, "85", 2);
    save(OTHER_ROW, "70", 2);
    const { saveKey } = sent[0];
    expect(drafts.undoLast(["7"])).toBe(GRADE);
    expect(sent.at(-1)).toMatchObject({ undo: GRADE, saveKey });
    answer(GRADE, "undone", { value: "", version: 3 });
    expect(drafts.draftOf(GRADE)).toMatchObject({ phase: "saved", label: "Undone" });
    expect(announced.at(-1)).toBe("Grade of 7.grade undone: empty.");
    expect(drafts.undoLast(["7"])).toBeUndefined();
    expect(announced.at(-1)).toBe("Nothing to undo here.");
  });

  test("waits for running saves", () => {
    type(GRADE, "85");
    expect(drafts.undoLast(["7"])).toBeUndefined();
    expect(sent.length).toBe(1);
    answer(GRADE, "saved", { value: "85", version: 2 });
    expect(sent.at(-1)).toMatchObject({ undo: GRADE });
  });

  test("is refused with a reason", () => {
    save(GRADE, "85", 2);
    drafts.undoLast(["7"]);
    answer(GRADE, "refused", { message: "Maya changed it.", version: 3, value: "60" });
    expect(drafts.draftOf(GRADE)).toMatchObject({ label: "Maya changed it.", isRefusal: true });
    expect(announced.at(-1)).toBe("Grade of 7.grade not undone. Maya changed it.");
  });

  test("is sent again without an answer, and done one at a time", () => {
    save(GRADE, "85", 2);
    drafts.undoLast(["7"]);
    drafts.undoLast(["7"]);
    expect(sent.length).toBe(2);
    clock.pass(8_001);
    drafts.resendLate();
    expect(sent[2]).toEqual(sent[1]);
  });

  test("undoes pasted batches in their order", () => {
    save(GRADE, "85", 2);
    drafts.setBatches(["first", "second"]);
    drafts.undoLast(["7"]);
    expect(sent.at(-1)).toEqual({ batch: "second" });
    drafts.setBatches(["first"]);
    drafts.undoLast(["7"]);
    expect(sent.at(-1)).toEqual({ batch: "first" });
    drafts.setBatches([]);
    expect(drafts.undoLast(["7"])).toBe(GRADE);
  });
});

test("leaving the grid discards all typed text", () => {
  type(GRADE, "85");
  drafts.open(OTHER_ROW, "", { value: "", version: 1 });
  drafts.type("70");
  drafts.discardAll();
  expect(drafts.isUnsaved()).toBe(false);
  expect(drafts.draftOf(GRADE)).toBeUndefined();
});

test("another owner of the page gets no text of the previous one", () => {
  type(GRADE, "85");
  answer(GRADE, "saved", { value: "85%", version: 2 });
  type(OTHER_ROW, "70");
  drafts.open(NOTE, "", { value: "", version: 1 });
  drafts.type("Mine.");
  store.setOwner(6);
  expect(drafts.editor).toBeNull();
  expect(drafts.isUnsaved()).toBe(false);
  drafts.undoLast(["7"]);
  expect(announced.at(-1)).toBe("Nothing to undo here.");
});
