import { useEffect, useRef, useState } from "react";

const SHOWN_MS = 60_000;
const AGAIN_MS = 1_000;

/**
 * Shows its children for a minute after `since` changed; while the focus is in them, they stay.
 *
 * `said` is read out once, for whoever does not see that there is something to press.
 */
export function ForAMinute({ since, said, looks, children }) {
  const box = useRef(null);
  const [over, setOver] = useState("");
  const [words, setWords] = useState("");

  useEffect(() => {
    setWords("");
    if (!since) return undefined;
    const speak = setTimeout(() => setWords(said), 300);
    let timer = 0;
    const hide = () => {
      if (box.current?.contains(document.activeElement)) timer = setTimeout(hide, AGAIN_MS);
      else setOver(since);
    };
    timer = setTimeout(hide, SHOWN_MS);
    return () => {
      clearTimeout(speak);
      clearTimeout(timer);
    };
  }, [since, said]);

  const isShown = Boolean(since) && over !== since;
  return (
    <span ref={box} className={isShown ? looks : "sr-only"}>
      {isShown && children}
      <span aria-live="polite" className="sr-only">{isShown ? words : ""}</span>
    </span>
  );
}

/**
 * Keeps the focus near where it was: whatever had it here and is gone leaves it to the list.
 */
export function KeepsFocus({ label, children, looks }) {
  const box = useRef(null);
  const had = useRef(null);

  useEffect(() => {
    const gone = had.current;
    if (!gone || gone.isConnected || document.activeElement !== document.body) return;
    had.current = null;
    box.current?.focus();
  });

  return (
    <div ref={box} role="group" aria-label={label} tabIndex={-1} className={looks}
      onFocus={(event) => { had.current = event.target === box.current ? null : event.target; }}
      onBlur={(event) => { if (event.target.isConnected && event.relatedTarget) had.current = null; }}>
      {children}
    </div>
  );
}
