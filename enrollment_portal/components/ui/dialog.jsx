import { useEffect, useRef } from "react";
import * as messages from "./messages.js";

/**
 * A dialog over the page that is open while `isOpen` says so.
 *
 * Escape calls `onClose`; the browser keeps the focus inside and returns it afterwards.
 */
export function Modal({ isOpen, onClose, title, className, children }) {
  const dialog = useRef(null);

  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);

  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={title}
      onCancel={(event) => {
        // A file field's dialog that is given up says so here as well.
        if (event.target !== dialog.current) return;
        // The server decides what is open: closed here alone, it could not be opened again.
        event.preventDefault();
        onClose?.();
      }}
      // Some browsers close it on a second Escape without asking.
      onClose={() => isOpen && onClose?.()}
    >
      {children}
    </dialog>
  );
}

/** Asks whether to leave a page with unsaved changes; `blocker` is the router's. It may wait. */
export function LeaveDialog({
  blocker,
  isWaiting = false,
  onLeave,
  title,
  actions,
  stay,
  leave,
  children,
}) {
  const harmless = useRef(null);
  const isOpen = blocker.state === "blocked" && !isWaiting;

  useEffect(() => {
    if (isOpen) harmless.current?.focus();
  }, [isOpen]);

  return (
    <Modal isOpen={isOpen} onClose={() => blocker.reset?.()} title={title}>
      {children}
      <div className={actions}>
        <button
          type="button"
          className={leave}
          onClick={() => {
            onLeave?.();
            blocker.proceed?.();
          }}
        >
          {messages.LEAVE}
        </button>
        <button type="button" ref={harmless} className={stay} onClick={() => blocker.reset?.()}>
          {messages.STAY}
        </button>
      </div>
    </Modal>
  );
}
