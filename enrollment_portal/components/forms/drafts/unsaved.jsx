import { useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { LeaveDialog } from "../../ui/dialog.jsx";
import { draftStore } from "./draft_store.js";
import { FormChanges, LeaveOnceSaved } from "./leave_guard.js";
import { BASE_VERSION } from "./uncontrolled_draft.js";

const isOtherPage = ({ currentLocation, nextLocation }) =>
  currentLocation.pathname !== nextLocation.pathname;

/** Have the browser ask before the window is closed or loads another document. */
function useCloseGuard(isDirty) {
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
}

/** Asks before a page with unsaved changes is left. */
export function UnsavedChanges({ isDirty, ...rest }) {
  useCloseGuard(isDirty);
  const blocker = useBlocker((leave) => isDirty && isOtherPage(leave));
  return <LeaveDialog blocker={blocker} {...rest} />;
}

const PATIENCE_MS = 500;

/**
 * The same for what is saved as it is typed: the page is left once all of it is stored. It asks
 * only where that takes long, or where something `needsAttention`.
 *
 * `onCommit` commits what is still being typed, as leaving its field would.
 */
export function UnsavedSaves({ isUnsaved, needsAttention, subscribe, onCommit, onLeave, ...rest }) {
  const blocker = useBlocker((leave) => isOtherPage(leave) && isUnsaved());
  const isBlocked = blocker.state === "blocked";
  const [isAsking, setIsAsking] = useState(false);
  const leaving = useRef(new LeaveOnceSaved());

  useEffect(() => {
    if (!isBlocked) return undefined;
    leaving.current = new LeaveOnceSaved();
    const check = () => {
      const changes = { needsAttention: needsAttention(), isUnsaved: isUnsaved() };
      const step = leaving.current.check(changes);
      if (step === "ask") setIsAsking(true);
      if (step === "leave") blocker.proceed();
    };
    const end = subscribe(check);
    const timer = setTimeout(() => setIsAsking(true), PATIENCE_MS);
    onCommit();
    check();
    return () => {
      end();
      clearTimeout(timer);
      setIsAsking(false);
    };
  }, [isBlocked]);

  const leave = () => {
    leaving.current.leave();
    onLeave();
  };
  return <LeaveDialog blocker={blocker} isWaiting={!isAsking} onLeave={leave} {...rest} />;
}

const contentOf = (form) =>
  JSON.stringify(
    [...new FormData(form)].filter(
      ([name, value]) => name !== BASE_VERSION && typeof value === "string",
    ),
  );

const isByPerson = () => ["click", "popstate"].includes(window.event?.type);

/**
 * The same for an uncontrolled form, which is filled whenever `formKey` changes.
 *
 * `refusal` is the answer to a form that was refused.
 */
export function FormGuard({ formId, formKey, refusal, ...rest }) {
  const [isDirty, setDirty] = useState(false);
  const changes = useRef(new FormChanges());

  useEffect(() => {
    const form = document.getElementById(formId);
    if (!form) return undefined;
    changes.current.fill(contentOf(form));
    setDirty(false);
    const compare = (event) => {
      if (event.target.form !== form) return;
      changes.current.change(contentOf(form));
      setDirty(changes.current.isDirty);
    };
    const submit = () => changes.current.submit();
    document.addEventListener("input", compare);
    form.addEventListener("submit", submit);
    return () => {
      document.removeEventListener("input", compare);
      form.removeEventListener("submit", submit);
    };
  }, [formId, formKey]);

  useEffect(() => {
    if (refusal) changes.current.refuse();
  }, [refusal]);

  useCloseGuard(isDirty);
  const blocker = useBlocker(
    (leave) => isOtherPage(leave) && !changes.current.mayLeave(isByPerson()),
  );
  return <LeaveDialog blocker={blocker} onLeave={() => draftStore.discard(formId)} {...rest} />;
}
