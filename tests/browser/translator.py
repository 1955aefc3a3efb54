"""A browser's page translation, which replaces text nodes by elements."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Page, expect

_TRANSLATE = """(way) => {
  const isLeft = (node) => !node.data.trim() || !node.parentElement
    || node.parentElement.closest("script, style, textarea, font");
  const translate = (node) => {
    if (isLeft(node)) return;
    const outer = document.createElement("font");
    const inner = outer.appendChild(document.createElement("font"));
    if (way === "around") {
      node.replaceWith(outer);
      inner.append(node);
    } else if (way === "beside") {
      inner.textContent = node.data;
      node.parentNode.insertBefore(outer, node);
      node.parentNode.removeChild(node);
    } else {
      inner.textContent = node.data;
      node.replaceWith(outer);
    }
  };
  const translateAll = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = root.nodeType === Node.TEXT_NODE ? [root] : [];
    while (walker.nextNode()) found.push(walker.currentNode);
    found.forEach(translate);
  };
  const options = { childList: true, characterData: true, subtree: true };
  new MutationObserver((records) => records.forEach(({ type, target, addedNodes }) =>
    (type === "characterData" ? [target] : addedNodes).forEach(translateAll)
  )).observe(document.body, options);
  translateAll(document.body);
}"""

# What React has written last, compared with the page.
_TEXTS = """() => {
  const [HOST, TEXT, SINGLETON] = [5, 6, 27];
  const skipped = ["script", "style", "textarea", "noscript"];
  const written = (fiber) => {
    if (fiber.tag === TEXT) return fiber.memoizedProps;
    if (fiber.tag === HOST || fiber.tag === SINGLETON) {
      if (skipped.includes(fiber.type)) return "";
      const { children } = fiber.memoizedProps;
      if (["string", "number"].includes(typeof children)) return String(children);
    }
    let text = "";
    for (let child = fiber.child; child; child = child.sibling) text += written(child);
    return text;
  };
  const shown = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (skipped.includes(node.localName)) return "";
    return [...node.childNodes].map(shown).join("");
  };
  const key = Object.keys(document).find((name) => name.startsWith("__reactContainer"));
  const bodyOf = (fiber) => {
    if (fiber.type === "body") return fiber;
    for (let child = fiber.child; child; child = child.sibling) {
      const found = bodyOf(child);
      if (found) return found;
    }
    return null;
  };
  const body = bodyOf(document[key].stateNode.current);
  return [written(body), shown(document.body)];
}"""

Way = Literal["instead", "beside", "around"]


def translate(page: Page, way: Way = "instead") -> None:
    """Translate a page from now on: its text, and text that appears or changes later.

    Args:
        page: that is open.
        way: an element is put in place of a text, put beside it before it is removed, or around it.
    """
    page.evaluate(_TRANSLATE, way)


def expect_current_text(page: Page) -> None:
    """Expect that the page works, and shows everywhere the text that was written last."""
    expect(page.get_by_text("This page stopped working")).to_have_count(0)
    written, shown = page.evaluate(_TEXTS)
    assert shown == written


def translate_from_the_start(page: Page, way: Way = "instead") -> None:
    """Translate all further pages while they are still loading."""
    page.add_init_script(
        "(() => { const start = () => document.body ? (" + _TRANSLATE + f")('{way}') : "
        "requestAnimationFrame(start); start(); })()"
    )
