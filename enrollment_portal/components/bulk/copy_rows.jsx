import { useEffect, useRef, useState } from "react";
import { notify } from "../ui/notices.js";
import { plural } from "../ui/wording.js";
import { asHtml, asText } from "./copied_table.js";
import { sent } from "./selection.js";
import { isTaken } from "./selection_bar.jsx";
import { selected } from "./selection_store.jsx";

const ANSWER_MS = 15_000;

/** Puts a table that is yet to come on the clipboard, while the person's act still permits it. */
function writeToClipboard(table) {
  const blob = (type, write) => {
    const made = table.then((found) => new Blob([write(found)], { type }));
    made.catch(() => {}); // `table` says why
    return made;
  };
  return navigator.clipboard.write([
    new ClipboardItem({
      "text/plain": blob("text/plain", asText),
      "text/html": blob("text/html", asHtml),
    }),
  ]);
}

/**
 * The button that copies the selected rows as a table; Ctrl+C and Cmd+C do the same where no text
 * is selected.
 *
 * The rows are requested with a ticket (`onCopy`); the server's `answer` to it has the same.
 */
export function CopyRows({ answer, onCopy, onEnd, texts, className }) {
  const [isBusy, setIsBusy] = useState(false);
  const asked = useRef(null);
  const copy = useRef(null);

  useEffect(() => {
    if (asked.current?.ticket === answer.ticket) asked.current.hear(answer);
  }, [answer]);

  copy.current = async () => {
    if (asked.current) return;
    if (!navigator.clipboard?.write || typeof ClipboardItem === "undefined") {
      notify(texts.cannot);
      return;
    }
    const ticket = 1 + Math.floor(Math.random() * 1e9);
    setIsBusy(true);
    let timer = 0;
    const table = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(texts.noAnswer)), ANSWER_MS);
      const hear = (found) => {
        if (found.refusal) reject(new Error(found.refusal));
        else resolve(found);
      };
      asked.current = { ticket, hear };
    });
    onCopy(ticket, sent(selected()));
    let text = texts.mayNot;
    try {
      const written = writeToClipboard(table);
      written.catch(() => {}); // awaited below
      text = await table.then(
        ({ rows }) => written.then(() => plural(rows.length, texts.copied)),
        (why) => why.message,
      );
    } catch {
      // The browser refuses.
    }
    clearTimeout(timer);
    asked.current = null;
    setIsBusy(false);
    onEnd();
    notify(text);
  };

  useEffect(() => {
    const onKey = (event) => {
      const isCopy = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isCopy || event.key.toLowerCase() !== "c" || event.defaultPrevented) return;
      if (isTaken(event) || !document.getSelection().isCollapsed) return;
      event.preventDefault();
      copy.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <button
      type="button"
      data-copy-rows=""
      title={texts.hint}
      className={className}
      // Not `disabled`: it keeps the focus while the rows are read.
      aria-disabled={isBusy}
      onClick={() => copy.current()}
    >
      {texts.copy}
    </button>
  );
}
