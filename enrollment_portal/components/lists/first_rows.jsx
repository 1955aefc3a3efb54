import { useEffect, useLayoutEffect, useState } from "react";

const CONTROLS = "a, button, input, [tabindex]";

/** The table that the server has filled in this page; `null` if the app makes its own. */
const filledTable = () =>
  globalThis.document?.querySelector("#content [data-filled=rows]")?.closest("table") ?? null;

/** Where a control is in a table: what replaces the table has it at the same place. */
const placeIn = (table, control) => [...table.querySelectorAll(CONTROLS)].indexOf(control);
const controlAt = (table, place) => table.querySelectorAll(CONTROLS)[place];

/**
 * The inner HTML of the table that the server has answered with, as long as the app waits for its
 * own rows: it stays as it is, and is replaced by theirs at once. What was clicked or had the focus
 * in it is then clicked or focused in theirs.
 *
 * @param {boolean} isWaiting @param {import("react").RefObject<HTMLTableElement>} table
 */
export function useFirstHtml(isWaiting, table) {
  const [first, setFirst] = useState(() => {
    const filled = isWaiting && filledTable();
    return filled ? { html: filled.innerHTML, clicked: [], focused: -1 } : null;
  });

  useEffect(() => {
    if (!first) return;
    const early = globalThis.earlyClicks?.splice(0) ?? [];
    globalThis.earlyClicks = null; // from here on, the app answers itself
    for (const control of early) {
      first.clicked.push({ control, place: placeIn(table.current, control) });
    }
    const onClick = ({ target }) => {
      const control = target.closest?.("button, input");
      const place = control ? placeIn(table.current, control) : -1;
      if (place >= 0) first.clicked.push({ control, place });
    };
    const onFocus = ({ target }) => {
      first.focused = placeIn(table.current, target);
    };
    onFocus({ target: document.activeElement });
    document.addEventListener("click", onClick);
    document.addEventListener("focusin", onFocus);
    return () => {
      document.removeEventListener("click", onClick);
      document.removeEventListener("focusin", onFocus);
    };
  }, [first, table]);

  useLayoutEffect(() => {
    if (isWaiting || !first) return;
    setFirst(null);
    controlAt(table.current, first.focused)?.focus({ preventScroll: true });
    for (const { control, place } of first.clicked) {
      (place < 0 ? control : controlAt(table.current, place))?.click();
    }
  }, [isWaiting, first, table]);

  return isWaiting && first ? first.html : null;
}
