import { useEffect, useRef, useState } from "react";

const SHOWN_MS = 60_000;
const AGAIN_MS = 1_000;

/**
 * Shows its children for a minute after `since` changed; while the focus is in them, they stay.
 *
 * `announcement` is read out once, for whoever does not see that there is something to press.
 */
export function ForAMinute({ since, announcement, className, children }) {
  const box = useRef(null);
  const [ended, setEnded] = useState("");
  const [spoken, setSpoken] = useState("");

  useEffect(() => {
    setSpoken("");
    if (!since) return undefined;
    const speak = setTimeout(() => setSpoken(announcement), 300);
    let timer = 0;
    const hide = () => {
      if (box.current?.contains(document.activeElement)) timer = setTimeout(hide, AGAIN_MS);
      else setEnded(since);
    };
    timer = setTimeout(hide, SHOWN_MS);
    return () => {
      clearTimeout(speak);
      clearTimeout(timer);
    };
  }, [since, announcement]);

  const isShown = Boolean(since) && ended !== since;
  return (
    <span ref={box} className={isShown ? className : "sr-only"}>
      {isShown && children}
      <span aria-live="polite" className="sr-only">
        {isShown ? spoken : ""}
      </span>
    </span>
  );
}

/**
 * Keeps the focus nearby: if the focused element disappears, the list is focused.
 */
export function KeepsFocus({ label, children, className }) {
  const box = useRef(null);
  const had = useRef(null);

  useEffect(() => {
    const gone = had.current;
    if (!gone || gone.isConnected || document.activeElement !== document.body) return;
    had.current = null;
    box.current?.focus();
  });

  return (
    <div
      ref={box}
      role="group"
      aria-label={label}
      tabIndex={-1}
      className={className}
      onFocus={(event) => {
        had.current = event.target === box.current ? null : event.target;
      }}
      onBlur={(event) => {
        if (event.target.isConnected && event.relatedTarget) had.current = null;
      }}
    >
      {children}
    </div>
  );
}
