import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { noteAct, noteArrival, sayTypedAhead } from "../forms/keeps_typed.jsx";

const TICK_MS = 5_000;
const GAP_MS = 10_000; // a tick so much too late: the machine, or the tab, has slept
const ANSWER_MS = 5_000;
const AGAIN_MS = 4_000;
const STAYS_MS = 100; // not while the question is open: no timer runs then

// "" where all is well, "lost", or "again" for a moment. It outlives the page that is left.
let last = "";

const subscribe = (target, names, listener) => {
  names.forEach((name) => target.addEventListener(name, listener));
  return () => names.forEach((name) => target.removeEventListener(name, listener));
};

/**
 * Says when the connection to the server is lost, and when the page is up to date again.
 *
 * It is lost where the socket could not be opened, where the browser is offline, and where the
 * server does not answer after a sleep: a socket that broke then looks as if it stood. It is back
 * once the server has answered a question asked after that, and the page has been loaded anew.
 */
export function Connection({ hasErrors, isHydrated, arrival, proved, onProve, looks, texts }) {
  const [phase, setPhase] = useState(last);
  const [isOnline, setOnline] = useState(true);
  const [asked, setAsked] = useState(0); // the question that is not answered yet
  const [isSilent, setSilent] = useState(false); // it has not been answered for too long
  const known = useRef({});
  known.current = { hasErrors, isSilent };
  const ask = useRef(null);
  ask.current = () => {
    const ticket = 1 + Math.floor(Math.random() * 1e9);
    setAsked(ticket);
    onProve(ticket);
  };

  useLayoutEffect(() => noteArrival(isHydrated, arrival), [isHydrated, arrival]);
  useEffect(sayTypedAhead, []);
  useEffect(() => subscribe(document, ["click"], noteAct), []);

  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    look();
    return subscribe(window, ["online", "offline"], look);
  }, []);

  useEffect(() => {
    // Reflex closes the socket of a page that is about to be left, and leaves it closed where its
    // person is asked and stays: told that the page is visible, it opens it again.
    let timer = 0;
    const stay = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (event.defaultPrevented) document.dispatchEvent(new Event("visibilitychange"));
      }, STAYS_MS);
    };
    const stop = subscribe(window, ["beforeunload"], stay);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);

  useEffect(() => {
    let at = Date.now();
    const tick = () => {
      const isLate = Date.now() - at > TICK_MS + GAP_MS;
      at = Date.now();
      if (isLate && document.visibilityState === "visible") ask.current();
    };
    const timer = setInterval(tick, TICK_MS);
    const stop = subscribe(document, ["visibilitychange"], tick);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);

  useEffect(() => {
    if (!asked) return undefined;
    if (proved === asked) {
      setAsked(0);
      setSilent(false);
      return undefined;
    }
    const timer = setTimeout(() => {
      if (known.current.hasErrors || !navigator.onLine) {
        // That it is lost is known without an answer; it is asked for anew after that.
        setAsked(0);
        setSilent(false);
        return;
      }
      setSilent(true);
      // The socket believes to be open: told that the network is gone, it closes and opens anew.
      if (!known.current.isSilent) window.dispatchEvent(new Event("offline"));
      ask.current();
    }, ANSWER_MS);
    return () => clearTimeout(timer);
  }, [asked, proved]);

  const isLost = hasErrors || !isOnline || isSilent;
  const isAsking = useRef(false);
  useEffect(() => {
    if (isLost) {
      isAsking.current = false;
      setPhase("lost");
    } else if (phase === "lost") {
      // Asked after the page is being loaded anew, it is answered no sooner.
      if (!isAsking.current) {
        isAsking.current = true;
        ask.current();
      } else if (!asked && isHydrated) {
        isAsking.current = false;
        setPhase("again");
      }
    }
  }, [isLost, phase, asked, isHydrated]);

  useEffect(() => {
    last = phase;
    if (phase !== "again") return undefined;
    const timer = setTimeout(() => setPhase(""), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [phase]);

  return (
    <div role="status" className={looks.place}>
      {phase && <div className={`${looks.pill} ${looks[phase]}`}>{texts[phase]}</div>}
    </div>
  );
}
