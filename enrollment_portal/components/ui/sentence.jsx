import { createElement, Fragment } from "react";

/**
 * A whole sentence with elements in its placeholders: `<Sentence text="Before: {value}." … />`.
 *
 * `words` are classes of its words, without what is in the placeholders.
 */
export function Sentence({ text, words = "", ...values }) {
  const parts = text.split(/\{(\w+)\}/);
  const children = parts.map((part, at) => {
    if (at % 2) return values[part];
    return part && createElement("span", { className: `words ${words}`.trimEnd() }, part);
  });
  return createElement(Fragment, null, ...children);
}
