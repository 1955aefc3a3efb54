import { useEffect } from "react";

/**
 * Scrolls to the change that the address names, "#change-7", and marks it, once a history that has
 * it is shown. It draws nothing.
 *
 * `of` is another text for another history.
 */
export function NamedChange({ of }) {
  useEffect(() => {
    const { hash } = window.location;
    const change = /^#change-\d+$/.test(hash) ? document.getElementById(hash.slice(1)) : null;
    if (!of || !change) return;
    change.dataset.named = "";
    change.scrollIntoView({ block: "center" });
  }, [of]);
  return null;
}
