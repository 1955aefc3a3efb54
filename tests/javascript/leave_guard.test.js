import { beforeEach, describe, expect, test } from "bun:test";
import {
  FormChanges,
  LeaveOnceSaved,
} from "../../enrollment_portal/components/forms/drafts/leave_guard.js";

describe("a form", () => {
  let changes;
  beforeEach(() => {
    changes = new FormChanges();
    changes.fill("Knots");
  });

  test("is changed while its values differ from those it was filled with", () => {
    expect(changes.mayLeave(true)).toBe(true);
    changes.change("Knot");
    expect(changes.isDirty).toBe(true);
    expect(changes.mayLeave(true)).toBe(false);
    changes.change("Knots");
    expect(changes.mayLeave(true)).toBe(true);
  });

  test("that was submitted may open another page; leaving before the answer asks", () => {
    changes.change("Knot");
    changes.submit();
    expect(changes.mayLeave(false)).toBe(true);
    expect(changes.mayLeave(true)).toBe(false);
  });

  test.each([
    ["refused", () => changes.refuse()],
    ["changed", () => changes.change("Knotty")],
  ])("that was submitted and then %s cannot be left", (_how, act) => {
    changes.change("Knot");
    changes.submit();
    act();
    expect(changes.mayLeave(false)).toBe(false);
  });

  test("that was filled again is not changed", () => {
    changes.change("Knot");
    changes.fill("Knot");
    expect(changes.isDirty).toBe(false);
    expect(changes.mayLeave(true)).toBe(true);
  });
});

describe("text that is saved automatically", () => {
  test("delays leaving the page until it is saved", () => {
    const leave = new LeaveOnceSaved();
    expect(leave.check({ needsAttention: false, isUnsaved: true })).toBe("wait");
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("leave");
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("wait");
  });

  test("asks before leaving if it needs attention", () => {
    const leave = new LeaveOnceSaved();
    expect(leave.check({ needsAttention: true, isUnsaved: true })).toBe("ask");
    leave.leave();
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("wait");
  });
});
