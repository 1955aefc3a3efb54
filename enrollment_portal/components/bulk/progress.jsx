import { useEffect, useRef } from "react";

const SOON_MS = 400;
const LATER_MS = 1200;

/**
 * Asks how far the jobs are while one runs, each time after the answer before; and once when the
 * ledger was read again, as somebody's job may be why. `onEnd` is called when the last one ends.
 */
export function AskProgress({ isRunning, asked, known, onAsk, onEnd }) {
  const seen = useRef(known);
  const wasRunning = useRef(false);

  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setTimeout(onAsk, asked ? LATER_MS : SOON_MS);
    // An answer that is lost with its connection is asked for again.
    const again = setInterval(onAsk, 10 * LATER_MS);
    return () => {
      clearTimeout(timer);
      clearInterval(again);
    };
  }, [isRunning, asked]);

  useEffect(() => {
    if (wasRunning.current && !isRunning) onEnd?.();
    wasRunning.current = isRunning;
  }, [isRunning]);

  useEffect(() => {
    const isLater = seen.current > 0 && known > seen.current;
    seen.current = known;
    if (isLater && !isRunning) onAsk();
  }, [known]);

  return null;
}
