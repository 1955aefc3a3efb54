import { useEffect, useRef, useState } from "react";

const QUIET_MS = 10_000;

/** Shows its children, and reads their text out as it changes, but at most once in ten seconds. */
export function ThrottledStatus({ children }) {
  const shown = useRef(null);
  const spokenAt = useRef(Number.NEGATIVE_INFINITY);
  const [spoken, setSpoken] = useState("");

  useEffect(() => {
    const parts = [...shown.current.querySelectorAll("[data-spoken]")];
    const text = parts.map((part) => part.textContent).join(", ");
    if (text === spoken) return undefined;
    const wait = Math.max(0, spokenAt.current + QUIET_MS - performance.now());
    const timer = setTimeout(() => {
      spokenAt.current = performance.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  });

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
