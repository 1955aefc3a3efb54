/** What a page's rows show at its width, and which of its texts are cut off. */
(() => {
  const ROWS = "main :is(tbody > tr, li, dl)";
  const root = document.documentElement;
  const isHiddenBox = (part) =>
    part.clientWidth <= 1 && part.clientHeight <= 1 && getComputedStyle(part).overflow === "hidden";
  const isShown = (part) => {
    if (!part.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    for (let at = part; at && at !== root; at = at.parentElement) if (isHiddenBox(at)) return false;
    return true;
  };
  const textsIn = (part) => {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (data.trim() && !parentElement.closest("option, [aria-hidden=true]") && isShown(parentElement))
        texts.push(data);
    }
    return texts.map((text) => text.replace(/\s+/g, ""));
  };
  const rows = [...document.querySelectorAll(ROWS)]
    .filter((row) => !row.parentElement.closest(ROWS) && isShown(row))
    .map((row) => ({
      texts: textsIn(row),
      bars: [...row.querySelectorAll("progress")].filter(isShown).length,
    }));
  const isCut = (part) => {
    const { overflowX, overflowY } = getComputedStyle(part);
    const hides = (overflow) => overflow === "hidden" || overflow === "clip";
    return (
      (hides(overflowX) && part.scrollWidth > part.clientWidth + 1) ||
      (hides(overflowY) && part.scrollHeight > part.clientHeight + 2)
    );
  };
  const isNarrow = innerWidth < 1024;
  const hasWayToRead = (part) =>
    // What is stacked has room for all of its text; a title is for a pointer alone.
    part.closest("[title]") && !(isNarrow && part.closest("table.ledger"));
  const cut = [...document.querySelectorAll("main *, dialog:modal *, #header *")]
    .filter((part) => part.innerText?.trim() && !part.matches("input, textarea, select, option"))
    .filter((part) => isShown(part) && isCut(part) && !hasWayToRead(part))
    .map((part) => part.outerHTML.slice(0, 200));
  const wide = root.scrollWidth > root.clientWidth ? [`wider than ${root.clientWidth}`] : [];
  return { rows, faults: [...wide, ...cut.map((part) => `cut off: ${part}`)] };
})();
