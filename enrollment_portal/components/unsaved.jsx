import { useEffect, useRef } from "react";
import { useBlocker } from "react-router";

/** Asks before a page with unsaved changes is left, by whatever way. */
export function UnsavedChanges({ isDirty, onLeave, actions, stay, leave, children }) {
  const dialog = useRef(null);
  const harmless = useRef(null);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);

  useEffect(() => {
    if (blocker.state === "blocked") {
      dialog.current?.showModal();
      harmless.current?.focus();
    } else {
      dialog.current?.close();
    }
  }, [blocker.state]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby="unsaved-title"
      onCancel={() => blocker.reset?.()}
    >
      {children}
      <div className={actions}>
        <button type="button" className={leave} onClick={() => {
          onLeave?.();
          blocker.proceed?.();
        }}>
          Leave without saving
        </button>
        <button type="button" ref={harmless} className={stay} onClick={() => blocker.reset?.()}>
          Keep editing
        </button>
      </div>
    </dialog>
  );
}
