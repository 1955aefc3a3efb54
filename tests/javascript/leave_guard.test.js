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

  test("is changed while it holds something else than what it was filled with", () => {
    expect(changes.mayLeave(true)).toBe(true);
    changes.change("Knot");
    expect(changes.isDirty).toBe(true);
    expect(changes.mayLeave(true)).toBe(false);
    changes.change("Knots");
    expect(changes.mayLeave(true)).toBe(true);
  });

  test("that was submitted may lead to another page, and its person is asked", () => {
    changes.change("Knot");
    changes.submit();
    expect(changes.mayLeave(false)).toBe(true);
    expect(changes.mayLeave(true)).toBe(false);
  });

  test.each([
    ["refused", () => changes.refuse()],
    ["changed", () => changes.change("Knotty")],
  ])("that was submitted and then %s leads nowhere", (_how, act) => {
    changes.change("Knot");
    changes.submit();
    act();
    expect(changes.mayLeave(false)).toBe(false);
  });

  test("that was filled anew is not changed", () => {
    changes.change("Knot");
    changes.fill("Knot");
    expect(changes.isDirty).toBe(false);
    expect(changes.mayLeave(true)).toBe(true);
  });
});

describe("what is saved as it is typed", () => {
  test("is waited for, and the page is left once", () => {
    const leave = new LeaveOnceSaved();
    expect(leave.check({ needsAttention: false, isUnsaved: true })).toBe("wait");
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("leave");
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("wait");
  });

  test("is asked about where it needs attention", () => {
    const leave = new LeaveOnceSaved();
    expect(leave.check({ needsAttention: true, isUnsaved: true })).toBe("ask");
    leave.leave();
    expect(leave.check({ needsAttention: false, isUnsaved: false })).toBe("wait");
  });
});
