// Records what is wrong at each element that Tab reaches; `window.focusWalk` is read by the test.
(() => {
  const PROPERTIES = [
    "outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor",
    "borderTopColor", "borderTopWidth", "borderTopStyle", "textDecorationLine",
  ];
  const TABBABLE =
    "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled)," +
    " textarea:not(:disabled), summary, [tabindex]";

  const look = (element) => {
    // The box around a field, or the row around a link, may show the focus instead.
    const parts = [];
    for (let part = element, n = 0; part && n < 4; part = part.parentElement, n++) {
      for (const pseudo of [undefined, "::before", "::after"]) {
        const style = getComputedStyle(part, pseudo);
        if (pseudo && style.content === "none") continue;
        const outlined = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
        parts.push(
          PROPERTIES.map((name) =>
            name.startsWith("outline") && !outlined ? "" : style[name],
          ).join("|"),
        );
      }
    }
    return parts.join("\n");
  };

  const named = (element) => {
    const name = element.getAttribute("aria-label") || element.textContent.trim().slice(0, 40);
    const id = element.id ? `#${element.id}` : "";
    return `<${element.localName}${id} ${element.getAttribute("role") || ""}> ${name}`;
  };

  const isShown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.getClientRects().length > 0;

  // A link in a text has a box on each line.
  const isHit = (element) => [...element.getClientRects()].some((box) => isHitIn(box, element));
  const isHitIn = (box, element) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) return false;
    for (const x of [0.5, 0.1, 0.9]) {
      for (const y of [0.5, 0.1, 0.9]) {
        const hit = document.elementFromPoint(
          left + x * (right - left), top + y * (bottom - top),
        );
        if (hit && (element.contains(hit) || hit.closest("label")?.contains(element))) return true;
      }
    }
    return false;
  };

  const walk = { problems: new Set(), reached: new Set(), last: null, count: 0 };
  const note = (what, element) => walk.problems.add(`${what}: ${named(element)}`);

  const left = () => {
    if (walk.last && walk.last.element.isConnected && document.activeElement !== walk.last.element) {
      if (look(walk.last.element) === walk.last.look) note("invisible", walk.last.element);
    }
    walk.last = null;
  };

  document.addEventListener("focusin", (event) => {
    left();
    const element = event.target;
    // A date shows it on the box around its parts.
    if (!element.matches(":focus-visible, input[type=date]")) return;
    walk.count++;
    walk.reached.add(element);
    walk.last = { element, look: look(element) };
    if (!isShown(element)) note("hidden", element);
    else if (!isHit(element)) note("off screen or covered", element);
  });

  walk.finish = () => {
    const scope = document.querySelector("dialog:modal") || document.body;
    const group = (element) =>
      element.type === "radio" ? `radio ${element.name}` : element;
    const reached = new Set([...walk.reached].map(group));
    for (const element of scope.querySelectorAll(TABBABLE)) {
      if (element.tabIndex < 0 || element.closest("[inert]") || !isShown(element)) continue;
      if (!reached.has(group(element))) note("never reached", element);
    }
    return [...walk.problems];
  };
  window.focusWalk = walk;
})();
