import { useEffect, useLayoutEffect, useRef } from "react";
import { fill } from "../ui/wording.js";
import { isSelected, pageState, pressed, withRows } from "./selection.js";
import { rowsOfPage, select, showRows, useSelected } from "./selection_store.jsx";

/** Moves between the checkboxes of the rows by arrow keys. */
function moveByKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const boxes = [...document.querySelectorAll("[data-select]")];
  boxes[boxes.indexOf(event.currentTarget) + step]?.focus();
  event.preventDefault();
}

/** The checkbox of a row. With Shift, all rows from the one that was pressed before change. */
export function SelectRow({ row, learner, course, text, className }) {
  const isOn = useSelected((selection) => isSelected(selection, row));
  return (
    <label className={className}>
      <input
        type="checkbox"
        aria-label={fill(text, { learner, course })}
        data-select={row}
        checked={isOn}
        onMouseDown={(event) => {
          // It would select the text between.
          if (event.shiftKey) event.preventDefault();
        }}
        onKeyDown={moveByKey}
        onChange={({ nativeEvent }) =>
          select((before) =>
            pressed(before, row, { order: rowsOfPage(), isRange: nativeEvent.shiftKey === true }),
          )
        }
      />
    </label>
  );
}

/** The checkbox in the heading, which selects the rows of the page. */
export function SelectPage({ rows, text, className }) {
  const ids = rows.map(({ id }) => id);
  const state = useSelected((selection) => pageState(selection, ids));
  const box = useRef(null);

  useLayoutEffect(() => showRows(ids));

  useEffect(() => {
    box.current.indeterminate = state === "some";
  }, [state]);

  return (
    <label className={className}>
      <input
        ref={box}
        id="select-page"
        type="checkbox"
        aria-label={text}
        checked={state === "all"}
        disabled={!ids.length}
        onChange={() => select((before) => withRows(before, ids, state !== "all"))}
      />
    </label>
  );
}
