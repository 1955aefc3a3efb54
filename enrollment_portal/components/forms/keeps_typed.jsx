import { useEffect, useRef } from "react";

const ARRIVING_MS = 1_000; // the page is drawn soon after the server says that it is there
let nArrivals = 0; // how often the page was loaded anew
let arrivedAt = 0; // 0 while it is being loaded
let shown = 0; // the arrival whose data it shows
let hasActed = false; // whether its person pressed something since it is there

/**
 * Takes note of whether the page is there, or is being loaded.
 *
 * A busy browser draws a whole arrival at once, and never shows that the page is being loaded:
 * `arrival`, which comes with the data, is another one all the same.
 */
export function noteArrival(isThere, arrival) {
  if (arrivedAt && (!isThere || arrival !== shown)) nArrivals += 1;
  arrivedAt = isThere ? Date.now() : 0;
  shown = arrival;
  hasActed = false;
}

/** Takes note of a click: what is drawn anew after that of a button or a link, it asked for. */
export function noteAct({ target }) {
  if (arrivedAt && target.closest?.("button, a")) hasActed = true;
}

/** Tells whether what is drawn is drawn because the page is being loaded, at first or anew. */
const isArriving = () => !arrivedAt || (!hasActed && Date.now() - arrivedAt < ARRIVING_MS);

/** The field that says over what a form was typed. */
export const OVER = "over";

/**
 * What is typed into forms that only the browser holds, while their pages are loaded anew.
 *
 * After a restart of the server, or where it has forgotten the tab, a page that comes back fills
 * its forms with what is stored, and may draw them anew. What was typed is put back then. It goes
 * with an answer to the form, with another record in it, and with the page. What was stored as it
 * was typed is kept with it: a save meets what others stored while the page was away.
 */
const typed = new Map(); // by form: over what it was typed, and the texts by field
let focused = "";

const nameOf = (formId, record) => `${location.pathname} ${formId} ${record}`;
const valueOf = (control) => (control.type === "checkbox" ? String(control.checked) : control.value);

/** Lets go of what was typed into a form, whatever record is in it. */
export function forgetTyped(formId) {
  [...typed.keys()].filter((name) => name.split(" ")[1] === formId).forEach((name) => typed.delete(name));
}

function put(control, value) {
  if (valueOf(control) === value) return;
  if (control.type === "checkbox") {
    control.click();
    return;
  }
  // Past React, which otherwise takes no note of it.
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value").set.call(control, value);
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Has searches done that were typed before the page was alive: nobody has heard of them. */
export function sayTypedAhead() {
  document.querySelectorAll("input[data-search]").forEach((box) => {
    const { value, defaultValue, selectionStart, selectionEnd } = box;
    if (value === defaultValue) return;
    box.value = defaultValue;
    put(box, value);
    box.setSelectionRange(selectionStart, selectionEnd);
  });
}

export function KeepsTyped({ formId, formKey, record, over }) {
  const held = useRef(""); // the form and its record, as it was filled last
  const stored = useRef(over); // over what it was filled last
  const told = useRef(null);
  const sentIn = useRef(-1); // the arrival of the page in which the form was sent

  useEffect(() => {
    const name = nameOf(formId, record);
    const isAnswer = sentIn.current === nArrivals;
    if (held.current && (isAnswer || !isArriving())) typed.delete(held.current);
    held.current = name;
    sentIn.current = -1;
    const form = document.getElementById(formId);
    const texts = [...(typed.get(name)?.texts ?? [])].map(([field, value]) => ({
      control: form?.elements.namedItem(field),
      value,
    }));
    // A save whose answer was lost has stored them: they are typed over that no more.
    const isStored = ({ control, value }) => control && valueOf(control) === value;
    if (over && texts.every(isStored)) typed.delete(name);
    for (const { control, value } of texts) {
      if (control && "value" in control) put(control, value);
    }
    if (focused && document.activeElement === document.body) {
      const [id, field] = focused.split(" ");
      if (id === formId) form?.elements.namedItem(field)?.focus?.();
    }
  }, [formId, formKey, record]);

  useEffect(() => {
    const kept = typed.get(held.current);
    // What its person changed beside the form, they know of.
    if (kept && kept.over === stored.current && !isArriving()) kept.over = over;
    stored.current = over;
    told.current.value = kept?.over ?? over;
  }, [formId, formKey, record, over]);

  useEffect(() => {
    const type = ({ target }) => {
      if (target.form?.id !== formId || !target.name) return;
      sentIn.current = -1;
      const name = held.current;
      if (!typed.has(name)) typed.set(name, { over: stored.current, texts: new Map() });
      typed.get(name).texts.set(target.name, valueOf(target));
    };
    const send = ({ target }) => {
      if (target.id === formId) sentIn.current = nArrivals;
    };
    const enter = ({ target }) => {
      focused = target.form?.id && target.name ? `${target.form.id} ${target.name}` : "";
    };
    document.addEventListener("input", type);
    document.addEventListener("change", type);
    document.addEventListener("submit", send, true);
    document.addEventListener("focusin", enter);
    return () => {
      document.removeEventListener("input", type);
      document.removeEventListener("change", type);
      document.removeEventListener("submit", send, true);
      document.removeEventListener("focusin", enter);
      const isLeft = held.current.split(" ")[0] !== location.pathname;
      if (isLeft || !isArriving()) typed.delete(held.current);
    };
  }, [formId]);

  return <input type="hidden" name={OVER} form={formId} ref={told} />;
}
