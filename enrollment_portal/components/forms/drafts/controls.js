/** The values of a form's controls. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * What a control holds; a checkbox, whether it is checked.
 *
 * @param {Control} control
 */
export const valueIn = (control) =>
  control instanceof HTMLInputElement && control.type === "checkbox"
    ? String(control.checked)
    : control.value;

/**
 * Put a value into a control as if it was typed.
 *
 * @param {Control} control
 * @param {string} value
 */
export function setValue(control, value) {
  if (valueIn(control) === value) return;
  if (control.type === "checkbox") {
    control.click();
    return;
  }
  // Past React, which otherwise takes no note of it.
  const prototype = Object.getPrototypeOf(control);
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(control, value);
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Have the searches done that were typed before the page's scripts ran. */
export function searchTypedAhead() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("input[data-search]");
  for (const box of boxes) {
    const { value, defaultValue, selectionStart, selectionEnd } = box;
    if (value === defaultValue) continue;
    box.value = defaultValue;
    setValue(box, value);
    box.setSelectionRange(selectionStart, selectionEnd);
  }
}
