import { useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { LeaveDialog } from "../ui/dialog.jsx";
import { forgetTyped, OVER } from "./keeps_typed.jsx";

function useLeaving(isDirty, mayPass) {
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);

  return useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty && currentLocation.pathname !== nextLocation.pathname && !mayPass?.(),
  );
}

/** Asks before a page with unsaved changes is left, by whatever way. */
export function UnsavedChanges({ isDirty, ...rest }) {
  return <LeaveDialog blocker={useLeaving(isDirty)} {...rest} />;
}

const PATIENCE_MS = 500;

/**
 * The same for what is saved by itself as it is typed: the page is left once all of it is stored.
 * It asks only where that takes long, or where something `needsCare`.
 *
 * `onTakeOver` takes over what is still being typed, as leaving its field would.
 */
export function UnsavedSaves({ isUnsaved, needsCare, subscribe, onTakeOver, onLeave, ...rest }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && isUnsaved(),
  );
  const isBlocked = blocker.state === "blocked";
  const [asks, setAsks] = useState(false);
  const isLeaving = useRef(false);

  useEffect(() => {
    if (!isBlocked) return undefined;
    isLeaving.current = false;
    const look = () => {
      if (isLeaving.current) return;
      if (needsCare()) setAsks(true);
      if (isUnsaved()) return;
      isLeaving.current = true;
      blocker.proceed();
    };
    const stop = subscribe(look);
    const timer = setTimeout(() => setAsks(true), PATIENCE_MS);
    onTakeOver();
    look();
    return () => {
      stop();
      clearTimeout(timer);
      setAsks(false);
    };
  }, [isBlocked]);

  return (
    <LeaveDialog blocker={blocker} isWaiting={!asks} {...rest} onLeave={() => {
      isLeaving.current = true;
      onLeave();
    }} />
  );
}

const contentOf = (form) =>
  JSON.stringify(
    [...new FormData(form)].filter(([name, value]) => name !== OVER && typeof value === "string"),
  );

const isOfAPerson = () => ["click", "popstate"].includes(window.event?.type);

/**
 * The same for a form whose text only the browser holds: it compares the form with what it held
 * when it was filled, which is whenever `formKey` changes.
 *
 * Once a form is sent, its answer may lead to another page. Whoever leaves of their own accord is
 * still asked: that a form was refused as before cannot be told from an answer yet to come.
 */
export function FormGuard({ formId, formKey, refusal, ...rest }) {
  const [isDirty, setDirty] = useState(false);
  const filled = useRef("");
  const isSent = useRef(false);

  useEffect(() => {
    const form = document.getElementById(formId);
    if (!form) return undefined;
    filled.current = contentOf(form);
    isSent.current = false;
    setDirty(false);
    const compare = (event) => {
      if (event.target.form !== form) return;
      isSent.current = false;
      setDirty(contentOf(form) !== filled.current);
    };
    const send = () => {
      isSent.current = true;
    };
    document.addEventListener("input", compare);
    form.addEventListener("submit", send);
    return () => {
      document.removeEventListener("input", compare);
      form.removeEventListener("submit", send);
    };
  }, [formId, formKey]);

  useEffect(() => {
    if (refusal) isSent.current = false;
  }, [refusal]);

  const blocker = useLeaving(isDirty, () => isSent.current && !isOfAPerson());
  return <LeaveDialog blocker={blocker} onLeave={() => forgetTyped(formId)} {...rest} />;
}
