import { useEffect, useState } from "react";
import { createPortal } from "react-dom";

/** How long a text is once it is sent, where line ends and quotes take two characters each. */
const sizeOf = (text) => JSON.stringify(text ?? "").length;
const isTyped = (control) => control.type !== "hidden" && typeof control.value === "string";

/** Refuses what is too long to send, with a sentence: the server would close the connection. */
export function LongPaste({ longest, text, classNames }) {
  const [place, setPlace] = useState(null);

  useEffect(() => {
    const check = (event, size) => {
      if (size <= longest) return setPlace(null);
      event.preventDefault();
      event.stopImmediatePropagation();
      // Only what is in an open dialog is seen and read out.
      return setPlace(event.target.closest("dialog") ?? document.body);
    };
    const paste = (event) => {
      const pasted = (event.clipboardData ?? event.dataTransfer)?.getData("text/plain");
      check(event, sizeOf(pasted) + sizeOf(event.target.value));
    };
    const submit = (event) => {
      const sizes = [...event.target.elements].filter(isTyped).map(({ value }) => sizeOf(value));
      check(
        event,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    };
    const forget = () => setPlace(null);
    const listeners = Object.entries({ paste, drop: paste, submit, input: forget });
    for (const [name, listener] of listeners) document.addEventListener(name, listener, true);
    return () => {
      for (const [name, listener] of listeners) document.removeEventListener(name, listener, true);
    };
  }, [longest]);

  if (!place) return null;
  return createPortal(
    <div className={classNames.place}>
      <p role="alert" className={classNames.notice}>
        {text}
      </p>
    </div>,
    place,
  );
}
