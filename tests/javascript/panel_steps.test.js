import { describe, expect, test } from "bun:test";
import {
  AnswersAwaited,
  idIn,
  stepOf,
} from "../../enrollment_portal/components/peek/panel_steps.js";

const HEAD = { isInHead: true, isTyped: false, hasSingleKeys: true };

describe("a key in the panel", () => {
  test("leads on or back from its head", () => {
    expect(["ArrowDown", "j", "ArrowUp", "k", "x"].map((key) => stepOf(key, HEAD))).toEqual([
      "next",
      "next",
      "previous",
      "previous",
      "",
    ]);
  });

  test("scrolls its content", () => {
    expect(stepOf("ArrowDown", { ...HEAD, isInHead: false })).toBe("");
    expect(stepOf("j", { ...HEAD, isInHead: false })).toBe("next");
  });

  test("is a letter in a field", () => {
    expect(stepOf("j", { ...HEAD, isTyped: true })).toBe("");
    expect(stepOf("ArrowDown", { ...HEAD, isTyped: true })).toBe("");
  });

  test("does nothing alone where that is switched off", () => {
    expect(stepOf("j", { ...HEAD, hasSingleKeys: false })).toBe("");
    expect(stepOf("ArrowDown", { ...HEAD, hasSingleKeys: false })).toBe("next");
  });
});

test("the id of an enrollment is the end of its address", () => {
  expect(idIn("/admin/learning/enrollments/42")).toBe(42);
  expect(idIn("")).toBe(0);
});

describe("the answers of the server", () => {
  test("count once nothing is awaited", () => {
    const answers = new AnswersAwaited(3);
    expect(answers.isAnswered(3)).toBe(true);
    answers.ask();
    answers.ask();
    expect(answers.isAnswered(3)).toBe(false);
    expect(answers.isAnswered(4)).toBe(false);
    expect(answers.isAnswered(5)).toBe(true);
  });

  test("are awaited no more if the server has started anew", () => {
    const answers = new AnswersAwaited(3);
    answers.ask();
    expect(answers.isAnswered(0)).toBe(true);
  });
});
