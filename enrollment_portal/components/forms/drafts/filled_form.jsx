import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { draftStore } from "./draft_store.js";
import { FilledDraft } from "./filled_draft.js";
import { UnsavedChanges } from "./unsaved.jsx";

let focused = ""; // the field that has the focus, or had it when the form was drawn again

/** Keeps the draft of a form that the server fills, and asks before its page is left. */
export function FilledFormDraft(props) {
  const { formId, formKey, fieldKeys, form, stored, owner, onRestore, onLeave, ...rest } = props;
  const draft = useMemo(() => new FilledDraft(draftStore, formId), [formId]);
  const pressed = useRef(null); // the button that was pressed and leads to the form

  const controlOf = (name) => document.getElementById(formId)?.elements.namedItem(name);

  /** Gives the focus of a button that is gone to what it led to: a choice, a field, or Save. */
  const focusNext = (changed) => {
    if (!pressed.current || pressed.current.isConnected) return;
    pressed.current = null;
    if (document.activeElement !== document.body) return;
    const choice = document.querySelector(`[data-choice-of="${formId}"] input:checked`);
    const save = document.querySelector(`button[type="submit"][form="${formId}"]`);
    const others = document.getElementById(formId)?.elements ?? [];
    const places = [choice, ...changed.map(controlOf), save, ...others];
    places.find((place) => place && !place.disabled && place.type !== "hidden")?.focus();
  };

  useLayoutEffect(() => {
    draftStore.setOwner(owner);
    const restored = draft.fill({ formKey, fieldKeys, form, stored });
    if (!restored) return;
    if (restored.isOtherRecord) {
      pressed.current = null;
      focused = "";
    }
    const texts = Object.entries(restored.texts);
    for (const [name, text] of texts) {
      const control = controlOf(name);
      if (control) control.value = text;
    }
    if (texts.length) onRestore(restored.texts, restored.base);
    // A field that was drawn again while it had the focus gets it back.
    if (focused && document.activeElement === document.body) controlOf(focused)?.focus();
    focusNext(restored.changed);
  }, [formKey, fieldKeys, form, stored, owner]);

  useEffect(() => {
    const element = document.getElementById(formId);
    if (!element) return undefined;
    const type = ({ target }) => {
      if (target.form === element) draft.type(target.name, target.value);
    };
    const submit = () => draft.submit();
    const press = ({ target }) => {
      if (!(target instanceof Element)) return;
      pressed.current = target.closest(`[data-leads-to="${formId}"]`);
      if (target.closest(`[data-gives-up="${formId}"]`)) draft.giveUp();
    };
    // An answer that comes while the portal is being left must not bring back what it cleared.
    const signOut = ({ target }) => {
      if (new URL(target.action, location).pathname === "/auth/sign-out") draft.giveUp();
    };
    const enter = ({ target }) => {
      focused = target.form === element ? target.name : "";
    };
    // A field that is taken off the page sends the same event as one that is left.
    const leave = ({ target }) =>
      setTimeout(() => {
        const isLeft = target.isConnected && document.activeElement !== target;
        if (isLeft && focused === target.name) focused = "";
      });
    document.addEventListener("input", type);
    document.addEventListener("click", press, true);
    document.addEventListener("focusin", enter);
    document.addEventListener("focusout", leave);
    document.addEventListener("submit", signOut);
    element.addEventListener("submit", submit);
    return () => {
      document.removeEventListener("input", type);
      document.removeEventListener("click", press, true);
      document.removeEventListener("focusin", enter);
      document.removeEventListener("focusout", leave);
      document.removeEventListener("submit", signOut);
      element.removeEventListener("submit", submit);
    };
  }, [formId]);

  const giveUp = () => {
    draft.giveUp();
    onLeave?.();
  };
  return <UnsavedChanges {...rest} onLeave={giveUp} />;
}
