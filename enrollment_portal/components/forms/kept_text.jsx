import { useEffect, useLayoutEffect, useRef } from "react";
import { UnsavedChanges } from "./unsaved.jsx";

/**
 * What is typed into a form over one record, kept in this tab until it is saved or given up.
 *
 * The server holds what is typed as well, but what it holds dies with it, and what it has not
 * received yet is gone with a field that is filled anew. So each text is kept with the version it
 * was typed over; a form that comes without it shows it again and hands it back.
 */
const PREFIX = "kept-text:";
const recordOf = (formKey) => formKey.split(".")[0];
const slotOf = (keeper, formKey) => `${PREFIX}${keeper}:${recordOf(formKey)}`;
const versionOf = (formKey) => Number(formKey.split(".")[1]);

const saveOf = (formId) => document.querySelector(`button[type="submit"][form="${formId}"]`);

let focused = ""; // the field that has the focus, or had it as the form was drawn anew

function recall(slot) {
  try {
    const { version, typed } = JSON.parse(sessionStorage.getItem(slot) ?? "null") ?? {};
    return Number.isInteger(version) && typed && typeof typed === "object" ? { version, typed } : null;
  } catch {
    return null;
  }
}

function keep(slot, kept) {
  try {
    if (kept) sessionStorage.setItem(slot, JSON.stringify(kept));
    else sessionStorage.removeItem(slot);
  } catch {
    // A full storage keeps nothing more; what is typed stands in the form all the same.
  }
}

/** What other people kept in this tab is none of this one's. */
function forgetOthers(keeper) {
  Object.keys(sessionStorage)
    .filter((name) => name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}${keeper}:`))
    .forEach((name) => sessionStorage.removeItem(name));
}

export function KeptChanges(props) {
  const { formId, formKey, fieldKeys, form, stored, keeper, onTakeBack, onLeave, ...rest } = props;
  const known = useRef(props);
  const typed = useRef(new Map()); // by field: {text, over, isKnown}: whether the server holds it
  const last = useRef(null);
  const isGivenUp = useRef(false);
  const led = useRef(null); // the button that was pressed and leads to the form
  const controlOf = (name) => document.getElementById(formId)?.elements.namedItem(name);

  const remember = () => {
    const now = known.current;
    if (!now.formKey || isGivenUp.current) return;
    let version = versionOf(now.formKey);
    const texts = {};
    for (const name of Object.keys(now.form)) {
      const one = typed.current.get(name);
      const text = one ? one.text : now.form[name];
      if (text === now.stored[name]) continue;
      texts[name] = text;
      if (one && !one.isKnown) version = Math.min(version, one.over);
    }
    const isAny = Object.keys(texts).length > 0;
    keep(slotOf(now.keeper, now.formKey), isAny ? { version, typed: texts } : null);
  };

  const giveUp = () => {
    isGivenUp.current = true;
    typed.current.clear();
    keep(slotOf(known.current.keeper, known.current.formKey), null);
  };

  /** Gives the focus of a button that is gone to what it led to: a choice, a field, or Save. */
  const leadOn = (changed) => {
    if (!led.current || led.current.isConnected) return;
    led.current = null;
    if (document.activeElement !== document.body) return;
    const element = document.getElementById(formId);
    const choice = document.querySelector(`[data-choice-of="${formId}"] input:checked`);
    const places = [choice, ...changed.map(controlOf), saveOf(formId), ...(element?.elements ?? [])];
    places.find((place) => place && !place.disabled && place.type !== "hidden")?.focus();
  };

  useLayoutEffect(() => {
    known.current = props;
    if (!formKey) return;
    if (last.current && recordOf(last.current.formKey) !== recordOf(formKey)) {
      // Filled with another record, the form begins anew: text and focus were in the one before.
      typed.current.clear();
      last.current = led.current = null;
      isGivenUp.current = false;
      focused = "";
    }
    const back = {};
    const before = last.current?.form ?? form;
    let over = versionOf(formKey);
    if (!last.current) {
      forgetOthers(keeper);
      const kept = recall(slotOf(keeper, formKey));
      over = kept?.version ?? over;
      for (const [name, text] of Object.entries(kept?.typed ?? {})) {
        if (name in form && form[name] !== text) back[name] = text;
      }
    } else {
      if (last.current.formKey !== formKey) isGivenUp.current = false;
      for (const [name, one] of typed.current) {
        if (form[name] === one.text) typed.current.set(name, { ...one, isKnown: true });
        if (fieldKeys[name] === last.current.fieldKeys[name]) continue;
        typed.current.delete(name);
        if (!one.isKnown && form[name] !== one.text) {
          back[name] = one.text;
          over = Math.min(over, one.over);
        }
      }
    }
    last.current = { formKey, fieldKeys, form };
    for (const [name, text] of Object.entries(back)) {
      const control = controlOf(name);
      if (control) control.value = text;
      typed.current.set(name, { text, over, isKnown: false });
    }
    if (Object.keys(back).length) onTakeBack(back, over);
    remember();
    // A field that was drawn anew while it had the focus has it again.
    if (focused && document.activeElement === document.body) controlOf(focused)?.focus();
    leadOn(Object.keys(form).filter((name) => form[name] !== before[name]));
  }, [formKey, fieldKeys, form, stored, keeper]);

  useEffect(() => {
    const element = document.getElementById(formId);
    if (!element) return undefined;
    const type = ({ target }) => {
      if (target.form !== element || !(target.name in known.current.form)) return;
      isGivenUp.current = false;
      const before = typed.current.get(target.name);
      const over = before && !before.isKnown ? before.over : versionOf(known.current.formKey);
      typed.current.set(target.name, { text: target.value, over, isKnown: false });
      remember();
    };
    // What is sent is known: only what is typed after that may have to be handed back.
    const send = () => {
      for (const [name, one] of typed.current) typed.current.set(name, { ...one, isKnown: true });
    };
    const press = ({ target }) => {
      if (!(target instanceof Element)) return;
      led.current = target.closest(`[data-leads-to="${formId}"]`);
      if (target.closest(`[data-gives-up="${formId}"]`)) giveUp();
    };
    // An answer that comes while the portal is being left must not bring back what it cleared.
    const signOut = ({ target }) => {
      if (new URL(target.action, location).pathname === "/auth/sign-out") giveUp();
    };
    const enter = ({ target }) => {
      focused = target.form === element ? target.name : "";
    };
    // A field that is taken off the page says so as one that is left does: that it is gone, later.
    const leave = ({ target }) => setTimeout(() => {
      if (target.isConnected && document.activeElement !== target && focused === target.name) focused = "";
    });
    document.addEventListener("input", type);
    document.addEventListener("click", press, true);
    document.addEventListener("focusin", enter);
    document.addEventListener("focusout", leave);
    document.addEventListener("submit", signOut);
    element.addEventListener("submit", send);
    return () => {
      document.removeEventListener("input", type);
      document.removeEventListener("click", press, true);
      document.removeEventListener("focusin", enter);
      document.removeEventListener("focusout", leave);
      document.removeEventListener("submit", signOut);
      element.removeEventListener("submit", send);
    };
  }, [formId]);

  return <UnsavedChanges {...rest} onLeave={() => {
    giveUp();
    onLeave?.();
  }} />;
}
