// Records what a screen reader would announce; `window.announcements` is read by the test.
(() => {
  const REGIONS =
    "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]";
  const spoken = []; // in order, since the last `take`
  const known = new WeakMap(); // regions, each with its last text

  /** Return what a screen reader reads of a node: not what is hidden, nor a blank between blocks. */
  const textOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (!(node instanceof Element)) return "";
    if (node.ariaHidden === "true" || !node.checkVisibility({ visibilityProperty: true })) return "";
    const text = [...node.childNodes].map(textOf).join("");
    return getComputedStyle(node).display.startsWith("inline") ? text : ` ${text} `;
  };
  const clean = (text) => text.replace(/\s+/g, " ").trim();

  /** Whether the region is in the accessibility tree: not hidden, nor behind an open dialog. */
  const isHeard = (region) => {
    if (region.closest("[aria-hidden=true], [inert], [aria-live=off]")) return false;
    const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
    return (!modal || modal.contains(region)) && region.checkVisibility({ visibilityProperty: true });
  };
  // `role` sets both implicitly, except for a log.
  const isAtomic = (region) =>
    region.ariaAtomic ? region.ariaAtomic === "true" : region.matches("[role=status], [role=alert]");
  const hasNewText = (region, records) =>
    records.some(
      ({ type, target, addedNodes }) =>
        type === "childList" &&
        region.contains(target) &&
        [...addedNodes].some((node) => clean(textOf(node))),
    );

  const addedTo = (region, records) =>
    records
      .flatMap(({ type, target, addedNodes }) => (type === "childList" ? [...addedNodes] : [target]))
      .filter((node, i, all) => region.contains(node) && !all.some((one) => one !== node && one.contains(node)))
      .filter((node, i, all) => all.indexOf(node) === i)
      .map(textOf)
      .join(" ");

  const listen = (records) => {
    for (const region of document.querySelectorAll(REGIONS)) {
      // The innermost region speaks.
      const inner = [...region.querySelectorAll(REGIONS)];
      const text = clean(inner.length ? "" : textOf(region));
      const before = known.get(region);
      known.set(region, text);
      const isNew = before === undefined;
      // The same text is announced again only where its elements are new ones.
      const isSame = text === before && !hasNewText(region, records);
      // A region that comes with its text is silent, except for an alert.
      if (!text || isSame || (isNew && region.role !== "alert") || !isHeard(region)) continue;
      spoken.push(isNew || isAtomic(region) ? text : clean(addedTo(region, records)) || text);
    }
  };

  const start = () => {
    listen([]);
    spoken.length = 0;
    new MutationObserver(listen).observe(document.documentElement, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["class", "hidden", "open"],
    });
  };
  if (document.documentElement) start();
  else document.addEventListener("readystatechange", start, { once: true });

  window.announcements = { take: () => spoken.splice(0), now: () => [...spoken] };
})();
