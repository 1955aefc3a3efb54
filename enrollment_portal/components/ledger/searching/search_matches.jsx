import { useEffect } from "react";
import { findsTitles, matchesIn, wordsOf } from "./matches.js";

const NAME = "search-match";

/** The text nodes of an element with their places in its whole text. */
function textsOf(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  let whole = "";
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest(".label, .sr-only, [aria-hidden=true]")) continue;
    // A blank between two nodes: a word does not go on in the next one.
    texts.push({ node: walker.currentNode, start: whole.length });
    whole += `${walker.currentNode.data} `;
  }
  return { texts, whole };
}

function rangesOf(cell, words) {
  const { texts, whole } = textsOf(cell);
  return matchesIn(words, whole).flatMap(([start, end]) => {
    const { node, start: first } = texts.findLast((text) => text.start <= start);
    if (end - first > node.data.length) return [];
    const range = new Range();
    range.setStart(node, start - first);
    range.setEnd(node, end - first);
    return [range];
  });
}

/**
 * Marks what the search found in the rows of a table, and describes it at the link of each row.
 *
 * The marks are a highlight of the browser: no element of a row changes.
 */
export function SearchMatches({ table, searched, texts }) {
  useEffect(() => {
    const words = wordsOf(searched);
    const root = document.getElementById(table);
    if (!root || !words.length) return undefined;
    let waiting = 0;

    function mark() {
      waiting = 0;
      const marked = [];
      for (const row of root.querySelectorAll("tbody tr")) {
        const link = row.querySelector("a.row-link");
        const learner = row.querySelector('[data-column="learner"]');
        const course = row.querySelector('[data-column="course"]');
        if (!link) continue;
        const byLearner = learner ? rangesOf(learner, words) : [];
        const byCourse = course && findsTitles(words) ? rangesOf(course, words) : [];
        marked.push(...byLearner, ...byCourse);
        const found = byLearner.length ? (byCourse.length ? "both" : "learner") : "course";
        if (byLearner.length || byCourse.length) link.ariaDescription = texts[found];
        else link.removeAttribute("aria-description");
      }
      globalThis.CSS?.highlights?.set(NAME, new Highlight(...marked));
    }

    const observer = new MutationObserver(() => {
      waiting ||= requestAnimationFrame(mark);
    });
    observer.observe(root, { childList: true, characterData: true, subtree: true });
    mark();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(waiting);
      globalThis.CSS?.highlights?.delete(NAME);
      for (const link of root.querySelectorAll("a.row-link[aria-description]"))
        link.removeAttribute("aria-description");
    };
  }, [table, searched, texts]);
  return null;
}
