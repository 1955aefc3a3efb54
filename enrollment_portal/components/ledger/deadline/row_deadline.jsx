import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { placeBelow } from "../../ui/place_below.js";
import { fill } from "../../ui/wording.js";

const TITLE_ID = "row-deadline-title";
const DATE_ID = "row-deadline-date";
const ERROR_ID = "row-deadline-error";

/** What a row's button says of its row. */
function rowOf(button) {
  const { editDeadline, version, day, learner, course } = button.dataset;
  return { id: Number(editDeadline), version: Number(version), day, learner, course };
}

/** A name for one submit: sent again, it is done once. */
const newKey = () => `row.${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;

/** The button of a row, which may have been drawn again. */
const buttonOf = (id) => document.querySelector(`[data-edit-deadline="${id}"]`);

/**
 * The dialog below a row's deadline that changes it. A row's button opens it without a trip to the
 * server, which then says to which dates the steps lead, and answers what is saved.
 *
 * `answered` counts the answers, `saved` those that saved something; `version` is newer than the
 * row's after a refusal because somebody else changed the deadline.
 */
export function RowDeadline(props) {
  const { steps, error, version, answered, saved, texts, classNames } = props;
  const { onOpen, onSave, onMove } = props;
  const dialog = useRef(null);
  const field = useRef(null);
  const [row, setRow] = useState(null);
  // How many answers there were when it was opened, and when something was sent.
  const [seen, setSeen] = useState(0);
  const [asked, setAsked] = useState(null);
  const known = useRef({ answered, saved });
  const isBusy = asked !== null && asked === answered;
  const isRefused = row !== null && answered > seen && !isBusy && error !== "";

  useEffect(() => {
    known.current = { answered, saved };
  });

  useEffect(() => {
    const open = (event) => {
      const button =
        event.target instanceof Element && event.target.closest("[data-edit-deadline]");
      if (!button || dialog.current?.open) return;
      setSeen(known.current.answered);
      setAsked(null);
      setRow(rowOf(button));
      onOpen(button.dataset.day);
    };
    document.addEventListener("click", open);
    return () => document.removeEventListener("click", open);
  }, []);

  useLayoutEffect(() => {
    if (!row) return undefined;
    const opener = buttonOf(row.id);
    if (!dialog.current.open) {
      opener?.focus({ preventScroll: true }); // what takes the focus back
      dialog.current.showModal();
    }
    const move = () => {
      const button = buttonOf(row.id);
      if (button && dialog.current) placeBelow(dialog.current, button);
    };
    move();
    window.addEventListener("resize", move);
    window.addEventListener("scroll", move, { passive: true });
    return () => {
      window.removeEventListener("resize", move);
      window.removeEventListener("scroll", move);
    };
  }, [row]);

  useEffect(() => {
    if (saved && row && asked !== null) dialog.current?.close();
  }, [saved]);

  useEffect(() => {
    if (!isRefused) return;
    field.current?.focus();
  }, [isRefused, answered]);

  const closed = () => {
    const button = buttonOf(row?.id);
    setRow(null);
    // The row may have been drawn again while the dialog was open.
    if (button && document.activeElement === document.body) button.focus({ preventScroll: true });
  };

  const send = (act) => {
    if (isBusy) return;
    setAsked(answered);
    // What was refused for somebody's newer change is based on that change, which was shown.
    act(isRefused && version > row.version ? version : row.version, newKey());
  };

  return (
    <dialog
      ref={dialog}
      data-menu=""
      aria-labelledby={TITLE_ID}
      aria-busy={isBusy}
      className={classNames.dialog}
      onClose={closed}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      {row && (
        <form
          noValidate
          className={classNames.form}
          onSubmit={(event) => {
            event.preventDefault();
            send((base, key) => onSave(row.id, base, field.current.value, key));
          }}
        >
          <h2 id={TITLE_ID} className={classNames.title}>
            {fill(texts.title, row)}
          </h2>
          <label htmlFor={DATE_ID} className={classNames.label}>
            {texts.date}
          </label>
          <div className={classNames.line}>
            <input
              ref={field}
              id={DATE_ID}
              type="date"
              name="deadline"
              defaultValue={row.day}
              aria-invalid={isRefused}
              aria-describedby={ERROR_ID}
              className={classNames.input}
            />
            <button type="submit" aria-disabled={isBusy} className={classNames.primary}>
              {isBusy ? texts.saving : texts.save}
            </button>
          </div>
          <p id={ERROR_ID} role="alert" className={classNames.error}>
            {isRefused ? error : ""}
          </p>
          <div className={classNames.steps}>
            {Object.entries(texts.steps).map(([step, label]) => (
              <button
                key={step}
                type="button"
                aria-disabled={isBusy}
                className={classNames.step}
                onClick={() => send((base, key) => onMove(row.id, base, row.day, step, key))}
              >
                <span>{label}</span>
                <span className={classNames.stepDate}>{steps[step]}</span>
              </button>
            ))}
            {row.day && (
              <button
                type="button"
                aria-disabled={isBusy}
                className={classNames.step}
                onClick={() => send((base, key) => onSave(row.id, base, "", key))}
              >
                {texts.clear}
              </button>
            )}
          </div>
        </form>
      )}
    </dialog>
  );
}
