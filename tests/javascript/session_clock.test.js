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
  test("is not requested while the page loads", () => {
    clock.tick();
    expect(asked).toEqual([]);
  });

  test("is postponed by opening a page", () => {
    pass(TICK_MS);
    expect(asked).toEqual([true]);
  });

  test("is postponed every five minutes while the person is active", () => {
    pass(TICK_MS);
    answer(HOUR);
    pass(HOUR, true);
    expect(asked.length).toBe(13);
    expect(asked.every(Boolean)).toBe(true);
  });

  test("is not postponed by an idle page", () => {
    pass(TICK_MS);
    answer(HOUR);
    pass(HOUR - WARN_MS - TICK_MS);
    expect(asked).toEqual([true]);
  });

  test("is requested before the warning, as another tab may have postponed it", () => {
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

  test("is postponed during the warning only by its button", () => {
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

  test("is requested when it is reached: the answer redirects to the sign-in page", () => {
    pass(TICK_MS);
    answer(WARN_MS);
    pass(WARN_MS);
    expect(asked.at(-1)).toBe(false);
  });

  test("cannot be postponed at the limit", () => {
    answer(WARN_MS, false);
    expect([clock.phase, clock.canBePutOff]).toEqual(["ending", false]);
  });
});
