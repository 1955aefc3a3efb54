import { useEffect, useState, useSyncExternalStore } from "react";
import { Modal } from "../ui/dialog.jsx";
import { SessionClock, TICK_MS } from "./session_clock.js";

const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchmove"];

let askServer = () => {};

/** It outlives the page that is left. */
const clock = new SessionClock({
  now: () => Date.now(),
  ask: (isActive) => askServer(isActive),
});

/** Keeps the sign-in of an active person, and warns before one ends. */
export function SessionEnd({ left, canBePutOff, askedAt, onAsk, classNames, texts }) {
  const [isPutAway, putAway] = useState(false);
  const phase = useSyncExternalStore(
    clock.subscribe,
    () => clock.phase,
    () => "",
  );

  useEffect(() => {
    askServer = onAsk;
  });
  useEffect(() => {
    clock.open();
    const note = () => clock.noteActivity();
    for (const name of ACTIVITY) window.addEventListener(name, note, { passive: true });
    const timer = setInterval(() => clock.tick(), TICK_MS);
    return () => {
      clearInterval(timer);
      for (const name of ACTIVITY) window.removeEventListener(name, note);
    };
  }, []);
  useEffect(() => {
    if (askedAt) clock.answer({ left, canBePutOff });
  }, [askedAt, left, canBePutOff]);
  useEffect(() => {
    if (!phase) putAway(false);
  }, [phase]);

  const isOver = !clock.canBePutOff;
  const close = () => (isOver ? putAway(true) : clock.putOff());
  return (
    <Modal isOpen={phase === "ending" && !isPutAway} onClose={close} title="session-end-title">
      <h2 id="session-end-title" className={classNames.heading}>
        {texts.heading}
      </h2>
      <p className={classNames.text}>{isOver ? texts.over : texts.idle}</p>
      <div className={classNames.actions}>
        <button type="button" className={classNames.button} onClick={close}>
          {isOver ? texts.close : texts.stay}
        </button>
      </div>
    </Modal>
  );
}
