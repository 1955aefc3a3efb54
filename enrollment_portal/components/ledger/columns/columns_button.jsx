import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { placeBelow } from "../../ui/place_below.js";
import { fill } from "../../ui/wording.js";
import {
  arranged,
  DENSITIES,
  layoutOf,
  listOrder,
  moved,
  STANDARD_LAYOUT,
  textOf,
  withColumn,
} from "./layout.js";
import { change, flush, layoutNow, savesBy, take, useShown } from "./layout_store.jsx";

const TITLE_ID = "ledger-columns-title";
const REFRESH_MS = 1_000;

const Icon = ({ path }) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    className="size-4 shrink-0"
  >
    <path d={path} />
  </svg>
);
const UP = "m18 15-6-6-6 6";
const DOWN = "m6 9 6 6 6-6";
const GRIP = "M9 5h.01M9 12h.01M9 19h.01M15 5h.01M15 12h.01M15 19h.01";

/** The list of columns: a checkbox and two buttons for each; a row can also be dragged. */
function ColumnList({ offered, labels, fixed, texts, classNames, announce }) {
  const { layout } = useShown();
  // It stays while the dialog is open, so that a hidden column keeps its place.
  const [order, setOrder] = useState(() => listOrder(layout, offered));
  const [drag, setDrag] = useState(null);
  const focus = useRef(null);
  const list = useRef(null);

  useLayoutEffect(() => {
    if (!focus.current) return;
    const [key, button] = focus.current;
    focus.current = null;
    list.current.querySelector(`[data-key="${key}"] [data-move="${button}"]`)?.focus();
  });

  // The standard layout was chosen.
  useEffect(() => {
    if (textOf(layout) === textOf({ ...STANDARD_LAYOUT, density: layout.density }))
      setOrder(listOrder(layout, offered));
  }, [layout, offered]);

  const move = (key, to) => {
    const next = moved(order, key, to);
    setOrder(next);
    change(arranged(layoutNow(), next));
    announce(
      fill(texts.moved, { column: labels[key], n: String(to + 1), total: String(next.length) }),
    );
  };
  return (
    <ul ref={list} className={classNames.list}>
      {order.map((key, at) => {
        const label = labels[key];
        const isFixed = key === fixed;
        const step = (by, name) => {
          const to = at + by;
          const isOut = to < 1 || to >= order.length;
          return (
            <button
              type="button"
              data-move={name}
              aria-disabled={isFixed || isOut}
              aria-label={fill(by < 0 ? texts.up : texts.down, { column: label })}
              className={classNames.move}
              onClick={() => {
                if (isFixed || isOut) return;
                focus.current = [key, name];
                move(key, to);
              }}
            >
              <Icon path={by < 0 ? UP : DOWN} />
            </button>
          );
        };
        return (
          <li
            key={key}
            data-key={key}
            data-over={(drag?.over === key && drag.key !== key) || undefined}
            className={classNames.item}
            draggable={!isFixed}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", label);
              setDrag({ key });
            }}
            onDragEnd={() => setDrag(null)}
            onDragOver={(event) => {
              if (!drag || isFixed) return;
              event.preventDefault();
              if (drag.over !== key) setDrag({ ...drag, over: key });
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (drag && !isFixed) move(drag.key, at);
              setDrag(null);
            }}
          >
            <span className={classNames.grip}>{!isFixed && <Icon path={GRIP} />}</span>
            <label className={classNames.check}>
              <input
                type="checkbox"
                checked={isFixed || layout.columns.includes(key)}
                disabled={isFixed}
                onChange={({ target }) =>
                  change(withColumn(layoutNow(), key, target.checked, order))
                }
              />
              <span>{label}</span>
              {isFixed && <span className={classNames.note}>{texts.always}</span>}
            </label>
            {step(-1, "up")}
            {step(1, "down")}
          </li>
        );
      })}
    </ul>
  );
}

function Densities({ layout, texts, classNames }) {
  return (
    <fieldset className={classNames.densities}>
      <legend className={classNames.legend}>{texts.density}</legend>
      <div className={classNames.choices}>
        {DENSITIES.map((density) => (
          <label key={density} className={classNames.choice}>
            <input
              type="radio"
              name="ledger-density"
              className="sr-only"
              checked={layout.density === density}
              onChange={() => change({ ...layoutNow(), density })}
            />
            {texts.densities[density]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/**
 * The button that opens the dialog of columns. What is chosen there shows at once, and is saved a
 * moment later; `stored` is what the server has, of which `answered` counts the answers.
 */
export function ColumnsButton(props) {
  const { first, stored, offered, read, answered, refusal, note, live, rows } = props;
  const { labels, texts, classNames, className, children, onSave, onRefresh } = props;
  const { layout } = useShown();
  const [isOpen, setOpen] = useState(false);
  const [spoken, setSpoken] = useState("");
  const dialog = useRef(null);
  const button = useRef(null);
  const saver = useRef(onSave);
  saver.current = onSave;

  useLayoutEffect(() => {
    if (offered.length) take({ stored, offered, read, answered });
  }, [stored, offered, read, answered]);

  useEffect(() => savesBy((text) => saver.current(text), answered), []);

  // The further cells of rows that were changed elsewhere are read again.
  const changed = rows
    .filter(({ id, version }) => live[id]?.version > version)
    .map(({ id }) => `${id}:${live[id].version}`)
    .join();
  useEffect(() => {
    if (!changed || !read.length) return undefined;
    const timer = setTimeout(() => onRefresh(), REFRESH_MS);
    return () => clearTimeout(timer);
  }, [changed, read.length]);

  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    if (!dialog.current.open) {
      button.current.focus(); // what takes the focus back
      dialog.current.showModal();
    }
    const move = () => placeBelow(dialog.current, button.current);
    move();
    window.addEventListener("resize", move);
    window.addEventListener("scroll", move, { passive: true });
    return () => {
      window.removeEventListener("resize", move);
      window.removeEventListener("scroll", move);
    };
  }, [isOpen]);

  const reset = () => {
    change(layoutOf(""));
    setSpoken(texts.wasReset);
  };
  return (
    <>
      <button
        ref={button}
        id="ledger-columns"
        type="button"
        title={texts.columns}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        disabled={!offered.length}
        className={className}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      <dialog
        ref={dialog}
        data-menu=""
        aria-labelledby={TITLE_ID}
        className={classNames.dialog}
        onClose={() => {
          flush();
          setOpen(false);
          setSpoken("");
        }}
        onClick={(event) => event.target === dialog.current && dialog.current.close()}
      >
        {isOpen && (
          <div className={classNames.inside}>
            <div className={classNames.head}>
              <h2 id={TITLE_ID} className={classNames.title}>
                {texts.columns}
              </h2>
              <button
                type="button"
                className={classNames.close}
                aria-label={texts.close}
                onClick={() => dialog.current.close()}
              >
                <Icon path="M18 6 6 18M6 6l12 12" />
              </button>
            </div>
            <ColumnList
              offered={offered}
              labels={labels}
              fixed={first}
              texts={texts}
              classNames={classNames}
              announce={setSpoken}
            />
            {note && <p className={classNames.hint}>{note}</p>}
            <p role="alert" className={classNames.refusal}>
              {refusal}
            </p>
            <div className={classNames.foot}>
              <Densities layout={layout} texts={texts} classNames={classNames} />
              <button
                type="button"
                aria-disabled={textOf(layout) === ""}
                className={classNames.reset}
                onClick={reset}
              >
                {texts.reset}
              </button>
            </div>
            <p role="status" className="sr-only">
              {spoken}
            </p>
          </div>
        )}
      </dialog>
    </>
  );
}
