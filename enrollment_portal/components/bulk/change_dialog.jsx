import { useEffect, useRef, useState } from "react";
import { plural } from "../ui/wording.js";
import { ActionForm } from "./action_form.jsx";
import { PreviewStep } from "./preview_step.jsx";
import { isEmpty, NOTHING, sent } from "./selection.js";
import { select, selected } from "./selection_store.jsx";

const TITLE_ID = "change-many-title";

/** What opens the dialog from elsewhere on the page. */
let open = (_n, _opener) => {};
let expect = (_opener) => {};

/** Opens the dialog to change the selected rows. @param {number} n @param {Element} opener */
export const openDialog = (n, opener) => open(n, opener);

/** A button that asks for the preview of an undo, which the dialog then shows. */
export function UndoButton({ text, className, onUndo }) {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      className={className}
      onClick={({ currentTarget }) => {
        currentTarget.setAttribute("aria-busy", "true");
        expect(currentTarget);
        onUndo();
      }}
    >
      {text}
    </button>
  );
}

/**
 * The dialog that changes many enrollments: the action with its fields, then the preview of what it
 * would do. It is opened and closed in the browser; the server answers with errors or a preview.
 */
export function ChangeDialog(props) {
  const { preview, answered, started, texts, classNames } = props;
  const { onPreview, onStart, onClose } = props;
  const dialog = useRef(null);
  const title = useRef(null);
  const opener = useRef(null);
  // What is open: "" for nothing, "form", or "preview" alone, of an undo.
  const [mode, setMode] = useState("");
  const [n, setN] = useState(0);
  // How many answers there were when something was asked for; `null` if nothing is awaited.
  const [asked, setAsked] = useState(null);
  const [isBack, setBack] = useState(false);
  const isBusy = asked !== null && asked === answered;
  const expectsUndo = useRef(false);
  const hasStarted = useRef(false);
  const showsPreview = Boolean(preview.id) && mode !== "" && !isBack;

  useEffect(() => {
    open = (count, from) => {
      opener.current = from;
      setN(count);
      setBack(false);
      setMode("form");
    };
    expect = (from) => {
      opener.current = from;
      expectsUndo.current = true;
    };
    return () => {
      open = () => {};
      expect = () => {};
    };
  }, []);

  useEffect(() => {
    setAsked(null);
    setBack(false);
    if (!expectsUndo.current) return;
    expectsUndo.current = false;
    opener.current?.removeAttribute("aria-busy");
    if (preview.id) setMode("preview");
  }, [answered]);

  useEffect(() => {
    if (mode && !dialog.current.open) {
      opener.current?.focus({ preventScroll: true }); // what takes the focus back
      dialog.current.showModal();
    }
    if (!mode && dialog.current.open) dialog.current.close();
    if (!mode && hasStarted.current) {
      hasStarted.current = false;
      // What opened it may be gone with the selection.
      const reports = document.querySelectorAll("[data-job] h3");
      (reports[reports.length - 1] ?? document.querySelector("main h1"))?.focus();
    }
  }, [mode]);

  // A new preview, and the way back, are read from their heading on.
  useEffect(() => {
    if (mode) title.current?.focus();
  }, [showsPreview, preview.id, mode]);

  useEffect(() => {
    if (!started || !mode) return;
    if (mode === "form") select(({ scope }) => ({ ...NOTHING, scope }));
    hasStarted.current = true;
    setMode("");
  }, [started]);

  const close = () => {
    setMode("");
    setAsked(null);
    onClose();
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby={TITLE_ID}
      aria-busy={isBusy}
      className={showsPreview ? classNames.wideDialog : classNames.dialog}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={() => mode && close()}
    >
      {mode !== "" && (
        <>
          <h2 id={TITLE_ID} ref={title} tabIndex={-1} className={classNames.title}>
            {showsPreview ? preview.title : plural(n, texts.heading)}
          </h2>
          {mode === "form" && (
            <div hidden={showsPreview}>
              <ActionForm
                {...props}
                isBusy={isBusy}
                onCancel={close}
                onSubmit={(form) => {
                  setAsked(answered);
                  onPreview(form, isEmpty(selected()) ? {} : sent(selected()));
                }}
              />
            </div>
          )}
          {showsPreview && (
            <PreviewStep
              {...props}
              isBusy={isBusy}
              onBack={mode === "form" ? () => setBack(true) : undefined}
              onCancel={close}
              onApply={() => {
                setAsked(answered);
                onStart(preview.id, preview.fingerprint);
              }}
            />
          )}
        </>
      )}
    </dialog>
  );
}
