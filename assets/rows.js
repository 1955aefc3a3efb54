// A click anywhere in a row of a list opens what its link leads to, and its text can be selected.
(() => {
  const OWN = "a:not(.row-link), button, input, select, textarea, label, summary";
  const DRAG_PIXELS = 4;
  const SECOND_CLICK_MS = 250;
  let waiting = 0; // the click on text that opens its row, unless a second one selects a word
  let pressed = { x: 0, y: 0 };

  const rowOf = (target) => {
    const row = target instanceof Element && !target.closest(OWN) ? target.closest(".row") : null;
    const link = row?.querySelector(".row-link");
    return link ? { row, link } : null;
  };

  const isSelecting = (event, row) => {
    const selection = getSelection();
    const isDrag = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > DRAG_PIXELS;
    // What the keyboard presses selects nothing.
    return (
      event.detail > 0 &&
      (isDrag || event.shiftKey) &&
      !selection.isCollapsed &&
      selection.containsNode(row, true)
    );
  };

  const isOnText = ({ target, clientX, clientY }) => {
    const texts = document.createTreeWalker(target, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      range.selectNodeContents(texts.currentNode);
      const isOver = ({ left, right, top, bottom }) =>
        left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
      if ([...range.getClientRects()].some(isOver)) return true;
    }
    return false;
  };

  const mayBecomeSelection = (event) =>
    event.detail > 0 &&
    event.pointerType !== "touch" &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.shiftKey &&
    isOnText(event);

  const follow = (link, { ctrlKey, metaKey, shiftKey }) =>
    link.dispatchEvent(
      new MouseEvent("click", {
        bubbles: true,
        cancelable: true,
        view: window,
        ctrlKey,
        metaKey,
        shiftKey,
      }),
    );

  document.addEventListener(
    "pointerdown",
    ({ clientX, clientY }) => {
      pressed = { x: clientX, y: clientY };
      clearTimeout(waiting);
    },
    { capture: true },
  );

  document.addEventListener(
    "click",
    (event) => {
      const found = rowOf(event.target);
      if (!found) return;
      if (isSelecting(event, found.row)) {
        event.preventDefault();
        event.stopPropagation();
      } else if (event.target.closest(".row-link")) {
        // The link opens by itself.
      } else if (!mayBecomeSelection(event)) {
        follow(found.link, event);
      } else if (event.detail === 1) {
        waiting = setTimeout(() => follow(found.link, {}), SECOND_CLICK_MS);
      }
    },
    { capture: true },
  );

  // The middle button opens a tab, as on a link; it does not begin to scroll by itself.
  const isMiddle = (event) => event.button === 1 && !event.target.closest?.(".row-link");
  document.addEventListener("mousedown", (event) => {
    if (isMiddle(event) && rowOf(event.target)) event.preventDefault();
  });
  document.addEventListener("auxclick", (event) => {
    const found = isMiddle(event) && rowOf(event.target);
    if (found) follow(found.link, { ctrlKey: true, metaKey: true });
  });
})();
