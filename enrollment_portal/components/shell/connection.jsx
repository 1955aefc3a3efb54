import { useEffect, useLayoutEffect, useSyncExternalStore } from "react";
import { searchTypedAhead } from "../forms/drafts/controls.js";
import { pageLoad } from "../forms/drafts/page_load.js";
import { ConnectionState, TICK_MS } from "./connection_state.js";

const STAYS_MS = 100; // not while the browser asks whether to leave: no timer runs then

let sendTicket = () => {};

/** It outlives the page that is left. */
const connection = new ConnectionState({
  now: () => Date.now(),
  isOnline: () => navigator.onLine,
  isVisible: () => document.visibilityState === "visible",
  ask: (ticket) => sendTicket(ticket),
  // The socket still looks open: after an "offline" event it is closed and opened again.
  reopenSocket: () => window.dispatchEvent(new Event("offline")),
  after: (act, ms) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
});

const listen = (target, names, listener) => {
  for (const name of names) target.addEventListener(name, listener);
  return () => {
    for (const name of names) target.removeEventListener(name, listener);
  };
};

function noteClick({ target }) {
  if (target.closest?.("button, a")) pageLoad.click();
}

/**
 * Reopen the socket if a person decides to stay on a page.
 *
 * Reflex closes the socket of a page that is about to be left, and keeps it closed if its person
 * is asked and stays. It opens it again after a "visibilitychange" event.
 */
function useSocketOfWhoStays() {
  useEffect(() => {
    let timer = 0;
    const check = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (event.defaultPrevented) document.dispatchEvent(new Event("visibilitychange"));
      }, STAYS_MS);
    };
    const end = listen(window, ["beforeunload"], check);
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
}

/** A notice when the connection is lost, and when the page is up to date again. */
export function Connection({ hasErrors, isHydrated, load, answered, onAsk, classNames, texts }) {
  const phase = useSyncExternalStore(
    connection.subscribe,
    () => connection.phase,
    () => "",
  );

  useLayoutEffect(() => pageLoad.update(isHydrated, load), [isHydrated, load]);
  useEffect(searchTypedAhead, []);
  useEffect(() => listen(document, ["click"], noteClick), []);
  useSocketOfWhoStays();

  useEffect(() => {
    sendTicket = onAsk;
  });
  useEffect(() => {
    connection.start();
    const tick = () => connection.tick();
    const timer = setInterval(tick, TICK_MS);
    const endTicks = listen(document, ["visibilitychange"], tick);
    const endNetwork = listen(window, ["online", "offline"], () => connection.noteNetwork());
    return () => {
      clearInterval(timer);
      endTicks();
      endNetwork();
      connection.stop();
    };
  }, []);
  useEffect(() => {
    connection.update({ hasErrors, isHydrated, answered });
  }, [hasErrors, isHydrated, answered]);

  return (
    <div role="status" className={classNames.place}>
      {phase && <div className={`${classNames.pill} ${classNames[phase]}`}>{texts[phase]}</div>}
    </div>
  );
}
