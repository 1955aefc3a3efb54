import { beforeEach, describe, expect, test } from "bun:test";
import {
  SessionClock,
  TICK_MS,
  WARN_MS,
} from "../../enrollment_portal/components/sessions/session_clock.js";

const HOUR = 3_600_000;
let now;
let asked; // whether each question told of activity
let clock;

const pass = (ms, isActive = false) => {
  for (const end = now + ms; now < end; ) {
    now += TICK_MS;
    if (isActive) clock.noteActivity();
    clock.tick();
  }
};
const answer = (left, canBePutOff = true) => clock.answer({ left, canBePutOff });

beforeEach(() => {
  now = 1_000_000;
  asked = [];
  clock = new SessionClock({ now: () => now, ask: (isActive) => asked.push(isActive) });
  clock.open();
});

describe("the end of a sign-in", () => {
  test("is not asked for while the page loads", () => {
    clock.tick();
    expect(asked).toEqual([]);
  });

  test("is put off by opening a page", () => {
    pass(TICK_MS);
    expect(asked).toEqual([true]);
  });

  test("is put off every five minutes while its person is active", () => {
    pass(TICK_MS);
    answer(HOUR);
    pass(HOUR, true);
    expect(asked.length).toBe(13);
    expect(asked.every(Boolean)).toBe(true);
  });

  test("is left alone by a page on which nothing is done", () => {
    pass(TICK_MS);
    answer(HOUR);
    pass(HOUR - WARN_MS - TICK_MS);
    expect(asked).toEqual([true]);
  });

  test("is asked for before the warning, as another tab may have put it off", () => {
    pass(TICK_MS);
    answer(HOUR);
    pass(HOUR - WARN_MS);
    expect(asked).toEqual([true, false]);
    answer(HOUR);
    expect(clock.phase).toBe("");
    pass(HOUR - WARN_MS);
    answer(WARN_MS);
    expect(clock.phase).toBe("ending");
  });

  test("is put off from the warning, by its button alone", () => {
    pass(TICK_MS);
    answer(WARN_MS);
    pass(60_000, true);
    expect(asked).toEqual([true]);
    clock.putOff();
    expect(asked).toEqual([true, true]);
    expect(clock.phase).toBe("");
    answer(HOUR);
    expect(clock.phase).toBe("");
  });

  test("is asked for as it has come: the answer leads to the sign-in page", () => {
    pass(TICK_MS);
    answer(WARN_MS);
    pass(WARN_MS);
    expect(asked.at(-1)).toBe(false);
  });

  test("cannot be put off at the limit", () => {
    answer(WARN_MS, false);
    expect([clock.phase, clock.canBePutOff]).toEqual(["ending", false]);
  });
});
