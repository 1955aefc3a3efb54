// Keeps the keyboard focus where a person can follow it. A browser drops it to the body where the
// focused element goes, or is disabled by what it did.
(() => {
  const FOCUSABLE =
    "a[href], button:not(:disabled), input:not(:disabled):not([type=hidden])," +
    " select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

  let last = null; // what had the focus
  let opener = null; // what had it before a dialog was opened
  let place = null; // where that was, if it is gone

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

  /** Return where an element was that has just been removed, and by what it was replaced. */
  const placeOf = (element, records) => {
    const record = records.find(({ removedNodes }) =>
      [...removedNodes].some((node) => node.contains(element)),
    );
    if (!record) return null;
    const removed = [...record.removedNodes].find((node) => node.contains(element));
    const instead = records.findLast(
      ({ addedNodes, target, nextSibling }) =>
        addedNodes.length && target === record.target && nextSibling === record.nextSibling,
    );
    const after = instead ? [...instead.addedNodes].at(-1) : record.nextSibling;
    return { removed, parent: record.target, after, before: record.previousSibling };
  };

  // What answers a form takes the focus, unless its person types on.
  let awaitsAnswer = false;
  document.addEventListener("submit", () => (awaitsAnswer = true), true);
  document.addEventListener("input", () => (awaitsAnswer = false), true);
  const giveToAnswer = (records) => {
    const active = document.activeElement;
    // The heading has it where the page has just been opened.
    const isFree = !active || active.matches("body, button, h1");
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
    const isInDialog = target instanceof Element && target.closest("dialog");
    if (isInDialog && last && !last.closest("dialog")) [opener, place] = [last, null];
    last = target instanceof Element ? target : null;
  });

  // A button that cannot be pressed is not `disabled` where it was perhaps pressed just now: it
  // keeps the focus, and ignores being pressed, also by Enter in a field of its form.
  const ignorePress = (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[aria-disabled=true]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("click", ignorePress, { capture: true });

  // Whoever clicks beside everything gives the focus up.
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && !target.closest(FOCUSABLE)) last = null;
  });

  new MutationObserver((records) => {
    giveToAnswer(records);
    if (opener && !opener.isConnected) place ??= placeOf(opener, records);
    if (!last || !isLost()) return;
    const focused = last;
    last = null;
    const selector = focused.getAttribute("data-focus-next");
    const next = selector ? document.querySelector(selector) : null;
    const gone = focused.isConnected ? null : placeOf(focused, records);
    const removed = gone?.removed instanceof Element ? gone.removed : null;
    // Another page: the app moves the focus there.
    if (removed?.matches("main") || removed?.querySelector("main")) return;
    // The last one of a list, which went with it.
    const selectorOfLast = removed?.matches("ul, ol") && focused.getAttribute("data-focus-last");
    const insteadOfList = selectorOfLast ? document.querySelector(selectorOfLast) : null;
    const isOfDialog = focused.closest("dialog") || removed?.matches("dialog");
    if (isOfDialog && place?.parent.isConnected) {
      // The dialog gave the focus back to what is gone.
      restore(place.parent, place.after, place.before);
    } else if (!focused.isConnected) {
      const heading = gone && focused.matches("h1") ? document.querySelector("#content h1") : null;
      const answer = next ?? insteadOfList ?? heading;
      if (answer) focusOn(answer);
      else if (gone?.parent.isConnected) restore(gone.parent, gone.after, gone.before);
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
