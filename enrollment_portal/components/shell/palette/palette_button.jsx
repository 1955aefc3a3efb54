import { lazy, Suspense, useEffect, useState } from "react";
import { opensPalette } from "./palette_items.js";

// It and what it needs are loaded once somebody opens it.
const PaletteDialog = lazy(() => import("./palette_dialog.jsx"));

const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** The button in the header that opens the palette, as its key does on every page. */
export function PaletteButton({ texts, classNames, className, children, ...rest }) {
  const [isOpen, setOpen] = useState(false);
  const [keys, setKeys] = useState("");

  useEffect(() => {
    // Which keyboard it is, is not known where the page is built.
    setKeys(isApple() ? "⌘K" : "Ctrl K");
    const press = (event) => {
      if (!opensPalette(event, isApple()) || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat) setOpen((before) => !before);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);

  return (
    <>
      <button
        id="palette-button"
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        title={texts.open}
        className={className}
        onClick={() => setOpen(true)}
      >
        {children}
        <span className={classNames.buttonText}>{texts.open}</span>
        <span aria-hidden="true" className={classNames.keys}>
          {keys}
        </span>
      </button>
      {isOpen && (
        <Suspense>
          <PaletteDialog
            {...rest}
            texts={texts}
            classNames={classNames}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}
