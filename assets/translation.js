// A browser's page translation takes text nodes out of the page and puts elements of its own there.
// React keeps hold of the nodes: without this, it would fail to remove them or to insert beside
// them, and what it writes into them would not be seen. Loaded before React.
(() => {
  const { appendChild, insertBefore, removeChild, replaceChild } = Node.prototype;
  const nodeValue = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  const isText = (node) => node?.nodeType === Node.TEXT_NODE;

  /** By text node that was taken out of the page: the element that was put in its place. */
  const replacements = new WeakMap();

  // A replacement is added in the same step, or in a step before or after it at the same place.
  const replacementOf = (removal, records) => {
    for (const record of records) {
      if (record.target !== removal.target) continue;
      for (const added of record.addedNodes) {
        if (added.nodeType !== Node.ELEMENT_NODE) continue;
        const isBeside = added === removal.previousSibling || added === removal.nextSibling;
        const isAtItsPlace =
          record.previousSibling === removal.previousSibling &&
          record.nextSibling === removal.nextSibling;
        if (record === removal || isBeside || isAtItsPlace) return added;
      }
    }
    return null;
  };
  const remember = (records) => {
    for (const record of records) {
      for (const removed of record.removedNodes) {
        const added = isText(removed) && replacementOf(record, records);
        if (added) replacements.set(removed, added);
      }
    }
  };
  const observer = new MutationObserver(remember);
  observer.observe(document, { childList: true, subtree: true });
  const catchUp = () => remember(observer.takeRecords());

  /** Return what is in `parent` for a node: an element around it, its replacement, or nothing. */
  const inPlace = (parent, node) => {
    catchUp();
    let place = node;
    while (place && place.parentNode !== parent)
      place = place.parentNode ?? replacements.get(place);
    return place ?? null;
  };

  // A text that is put somewhere else does not stay where it was in another's words.
  const removeReplacement = (node, parent) => {
    if (!isText(node)) return;
    catchUp();
    const replacement = replacements.get(node);
    replacements.delete(node);
    if (replacement?.parentNode && !replacement.contains(parent)) {
      removeChild.call(replacement.parentNode, replacement);
    }
  };

  Node.prototype.removeChild = function (child) {
    if (!(child instanceof Node) || child.parentNode === this) return removeChild.call(this, child);
    const place = inPlace(this, child);
    if (place) removeChild.call(this, place);
    return child;
  };

  Node.prototype.insertBefore = function (node, before) {
    removeReplacement(node, this);
    const isMisplaced = before instanceof Node && before.parentNode !== this;
    return insertBefore.call(this, node, isMisplaced ? inPlace(this, before) : before);
  };

  Node.prototype.appendChild = function (node) {
    removeReplacement(node, this);
    return appendChild.call(this, node);
  };

  // A text that React changes is shown again, to be translated anew.
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...nodeValue,
    set(value) {
      nodeValue.set.call(this, value);
      if (!isText(this) || this.parentNode) return;
      catchUp();
      const replacement = replacements.get(this);
      if (replacement?.parentNode) replaceChild.call(replacement.parentNode, this, replacement);
    },
  });
})();
