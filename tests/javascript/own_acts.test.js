import { beforeEach, describe, expect, test } from "bun:test";
import { OwnActs } from "../../enrollment_portal/components/lists/own_acts.js";

/** A document that only tells its listeners of events. */
class Page {
  #listeners = new Set();

  addEventListener(type, listener) {
    this.#listeners.add({ type, listener });
  }

  removeEventListener(type, listener) {
    for (const one of this.#listeners)
      if (one.type === type && one.listener === listener) this.#listeners.delete(one);
  }

  happen(type, target = null) {
    for (const one of this.#listeners) if (one.type === type) one.listener({ target });
  }

  get count() {
    return this.#listeners.size;
  }
}

const element = (localName, { isContent = true } = {}) => ({
  localName,
  closest: (selector) => (isContent && selector === "#content" ? {} : null),
});

let page;
let acts;
beforeEach(() => {
  page = new Page();
  acts = new OwnActs(page);
});

describe("while a page loads", () => {
  test("it may move the focus from wherever the last page left it", () => {
    expect(acts.mayMoveFocus(true)).toBe(true);
    expect(acts.mayMoveFocus(false)).toBe(true);
  });

  test.each(["input", "select", "textarea"])("a %s that was entered keeps the focus", (name) => {
    page.happen("focusin", element(name));
    expect(acts.mayMoveFocus(false)).toBe(false);
  });

  test.each([
    ["a heading", element("h1")],
    ["a link", element("a")],
    ["a field of the header", element("input", { isContent: false })],
    ["the document", null],
  ])("%s that the app focused does not", (_name, target) => {
    page.happen("focusin", target);
    expect(acts.mayMoveFocus(false)).toBe(true);
  });

  test.each(["keydown", "pointerdown"])("what a %s led to keeps the focus", (type) => {
    page.happen(type);
    expect(acts.mayMoveFocus(false)).toBe(false);
  });

  test("a focus that was lost meanwhile is moved", () => {
    page.happen("focusin", element("input"));
    expect(acts.mayMoveFocus(true)).toBe(true);
  });
});

test("once the page is left nothing is noted any more", () => {
  acts.end();
  expect(page.count).toBe(0);
  page.happen("focusin", element("input"));
  page.happen("keydown");
  expect(acts.hasActed).toBe(false);
});
