import { useEffect, useRef, useState } from "react";

const ANSWER_MS = 10_000;

/**
 * The button that prints every row of a list; Ctrl+P and Cmd+P do the same.
 *
 * The rows are requested with a ticket (`onLoad`); once they are in the page, the server's
 * `ready` is that ticket. Without an answer, the page is printed as it is.
 */
export function PrintRows({ ready, onLoad, onEnd, title, className, children }) {
  const [asked, setAsked] = useState(0);
  const ask = useRef(null);
  ask.current = () => {
    const ticket = 1 + Math.floor(Math.random() * 1e9);
    setAsked(ticket);
    onLoad(ticket);
  };

  useEffect(() => {
    const press = (event) => {
      const isPrint = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isPrint || event.key.toLowerCase() !== "p") return;
      event.preventDefault();
      ask.current();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);

  useEffect(() => {
    if (!asked) return undefined;
    const print = () => {
      setAsked(0);
      window.addEventListener("afterprint", () => onEnd(), { once: true });
      window.print();
    };
    if (ready === asked) {
      print();
      return undefined;
    }
    const timer = setTimeout(print, ANSWER_MS);
    return () => clearTimeout(timer);
  }, [asked, ready]);

  return (
    <button
      type="button"
      title={title}
      className={className}
      // Not `disabled`: it keeps the focus while the rows are loaded.
      aria-disabled={asked > 0}
      onClick={() => asked || ask.current()}
    >
      {children}
    </button>
  );
}
