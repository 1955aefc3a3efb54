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

const PRESS_MS = 500;
const STILL_PX = 10;

/** Has a long press on a row of a touch screen select it, as a click on its checkbox does. */
function followLongPresses() {
  let press = null;

  const end = () => {
    clearTimeout(press?.timer);
    press = null;
  };
  const onDown = (event) => {
    end();
    const box = event.target.closest?.("tr")?.querySelector("[data-select]");
    if (event.pointerType !== "touch" || !event.isPrimary || !box) return;
    const { clientX: x, clientY: y } = event;
    const timer = setTimeout(() => {
      press.isLong = true;
      box.click();
    }, PRESS_MS);
    press = { x, y, timer, isLong: false };
  };
  const onMove = ({ clientX, clientY }) => {
    if (press && Math.hypot(clientX - press.x, clientY - press.y) > STILL_PX) end();
  };
  // What a long press would do otherwise: follow the row's link, or open a menu.
  const onRest = (event) => {
    if (!press?.isLong || !event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "click") end();
  };
  const listeners = [
    ["pointerdown", onDown],
    ["pointermove", onMove],
    ["pointercancel", end],
    ["pointerup", () => !press?.isLong && end()],
    ["click", onRest],
    ["contextmenu", onRest],
  ];
  for (const [name, on] of listeners) document.addEventListener(name, on, true);
  return () => {
    end();
    for (const [name, on] of listeners) document.removeEventListener(name, on, true);
  };
}

/** The checkbox in the heading, which selects the rows of the page. */
export function SelectPage({ rows, text, className }) {
  const ids = rows.map(({ id }) => id);
  const state = useSelected((selection) => pageState(selection, ids));
  const box = useRef(null);

  useLayoutEffect(() => showRows(ids));
  useEffect(followLongPresses, []);

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
