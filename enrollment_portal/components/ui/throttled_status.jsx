import { useEffect, useRef, useState } from "react";
import { withCommas } from "./wording.js";

const QUIET_MS = 10_000;

const textOf = (element) =>
  withCommas([...element.querySelectorAll("[data-spoken]")].map((part) => part.textContent));

/** Shows its children, and reads their text out as it changes, but at most once in ten seconds. */
export function ThrottledStatus({ children }) {
  const shown = useRef(null);
  const [spoken, setSpoken] = useState("");

  useEffect(() => {
    let timer;
    let spokenAt = Number.NEGATIVE_INFINITY;
    const speak = () => {
      timer = undefined;
      spokenAt = performance.now();
      setSpoken(textOf(shown.current));
    };
    // Its children are drawn again without it.
    const observer = new MutationObserver(() => {
      timer ??= setTimeout(speak, Math.max(0, spokenAt + QUIET_MS - performance.now()));
    });
    observer.observe(shown.current, { subtree: true, childList: true, characterData: true });
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);

  return (
    <>
      <div ref={shown} className="contents">
        {children}
      </div>
      <p role="status" className="sr-only">
        {spoken}
      </p>
    </>
  );
}
