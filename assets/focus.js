// Keeps the keyboard focus where a person can follow it. A browser drops it to the body where the
// focused element goes, or is disabled by what it did.
(() => {
  const FOCUSABLE =
    "a[href], button:not(:disabled), input:not(:disabled):not([type=hidden])," +
    " select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

  let last = null; // what had the focus

  const isUsable = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");
  // What is disabled or hidden keeps the focus until the next frame.
  const isLost = () => {
    const active = document.activeElement;
    return !active || active === document.body || active.matches(":disabled") || !isUsable(active);
  };

  /** Focus an element, also one that takes no focus by itself: a heading, or a message. */
  const focusOn = (element) => {
    if (!element.matches(`${FOCUSABLE}, [tabindex]`)) {
      element.tabIndex = -1;
      element.classList.add("outline-none");
    }
    element.focus({ preventScroll: true });
  };

  /** Find the first, or the last, usable element from a node on, among its siblings. */
  const near = (from, isForward) => {
    for (let node = from; node; node = isForward ? node.nextSibling : node.previousSibling) {
      if (!(node instanceof HTMLElement)) continue;
      const within = [...node.querySelectorAll(FOCUSABLE)];
      const all = (node.matches(FOCUSABLE) ? [node, ...within] : within).filter(isUsable);
      const found = isForward ? all[0] : all.at(-1);
      if (found) return found;
    }
    return null;
  };

  /** Move the focus to what stands next to a place, or to the heading over it. */
  const restore = (parent, after, before) => {
    for (let at = parent, next = after, previous = before; at; ) {
      const found = near(next, true) ?? near(previous, false);
      if (found instanceof HTMLElement) return focusOn(found);
      if (!(at instanceof HTMLElement)) return;
      const heading = at.querySelector("h1, h2, h3");
      if (heading instanceof HTMLElement && isUsable(heading)) return focusOn(heading);
      if (at.matches("main, dialog, body")) return;
      next = at.nextSibling;
      previous = at.previousSibling;
      at = at.parentNode;
    }
  };

  // What answers a form takes the focus, unless its person types on.
  let awaitsAnswer = false;
  document.addEventListener("submit", () => (awaitsAnswer = true), true);
  document.addEventListener("input", () => (awaitsAnswer = false), true);
  const giveToAnswer = (records) => {
    const active = document.activeElement;
    const isFree = !active || active.matches("body, button");
    if (!isFree && !awaitsAnswer) return;
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        const answer = node.matches("[data-takes-focus]")
          ? node
          : node.querySelector("[data-takes-focus]");
        if (!answer) continue;
        awaitsAnswer = false;
        focusOn(answer.querySelector("input:checked") ?? answer.querySelector(FOCUSABLE) ?? answer);
        return;
      }
    }
  };

  document.addEventListener("focusin", ({ target }) => {
    last = target instanceof Element ? target : null;
  });

  // Whoever clicks beside everything gives the focus up.
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && !target.closest(FOCUSABLE)) last = null;
  });

  new MutationObserver((records) => {
    giveToAnswer(records);
    if (!last || !isLost()) return;
    const focused = last;
    last = null;
    const selector = focused.getAttribute("data-focus-next");
    const next = selector ? document.querySelector(selector) : null;
    if (!focused.isConnected) {
      const record = records.find(({ removedNodes }) =>
        [...removedNodes].some((node) => node.contains(focused)),
      );
      // Another page: the app moves the focus there.
      const isPage = [...(record?.removedNodes ?? [])].some(
        (node) => node instanceof Element && (node.matches("main") || node.querySelector("main")),
      );
      if (!isPage && next) focusOn(next);
      else if (!isPage && record?.target.isConnected)
        restore(record.target, record.nextSibling, record.previousSibling);
    } else if (focused.matches(":disabled") || !isUsable(focused)) {
      if (next) focusOn(next);
      else restore(focused.parentNode, focused.nextSibling, focused.previousSibling);
    }
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["disabled", "hidden", "class", "open"],
  });
})();
