import { useEffect, useMemo, useRef } from "react";
import { setValue, valueIn } from "./controls.js";
import { draftStore } from "./draft_store.js";
import { pageLoad } from "./page_load.js";
import { BASE_VERSION, UncontrolledDraft } from "./uncontrolled_draft.js";

let focused = { formId: "", field: "" }; // the field that had the focus last

/** Keeps the draft of an uncontrolled form; its base version is submitted with the form. */
export function UncontrolledFormDraft({ formId, formKey, record, baseVersion, owner }) {
  const draft = useMemo(
    () => new UncontrolledDraft(draftStore, pageLoad, formId, baseVersion),
    [formId],
  );
  const submitted = useRef(null); // the hidden field
  const path = useRef("");

  useEffect(() => draftStore.setOwner(owner), [owner]);

  useEffect(() => {
    path.current = location.pathname;
    const controlOf = (field) => document.getElementById(formId)?.elements.namedItem(field);
    const held = (field) => controlOf(field) && valueIn(controlOf(field));
    for (const [field, text] of draft.fill(`${path.current} ${record}`, baseVersion, held)) {
      const control = controlOf(field);
      if (control && "value" in control) setValue(control, text);
    }
    if (focused.formId === formId && document.activeElement === document.body) {
      controlOf(focused.field)?.focus?.();
    }
  }, [formId, formKey, record]);

  useEffect(() => {
    submitted.current.value = draft.rebase(baseVersion);
  }, [formId, formKey, record, baseVersion]);

  useEffect(() => {
    const type = ({ target }) => {
      if (target.form?.id === formId && target.name) draft.type(target.name, valueIn(target));
    };
    const submit = ({ target }) => {
      if (target.id === formId) draft.submit();
    };
    const enter = ({ target }) => {
      focused = { formId: target.form?.id ?? "", field: target.name ?? "" };
    };
    document.addEventListener("input", type);
    document.addEventListener("change", type);
    document.addEventListener("submit", submit, true);
    document.addEventListener("focusin", enter);
    return () => {
      document.removeEventListener("input", type);
      document.removeEventListener("change", type);
      document.removeEventListener("submit", submit, true);
      document.removeEventListener("focusin", enter);
      draft.close(path.current !== location.pathname);
    };
  }, [formId]);

  return <input type="hidden" name={BASE_VERSION} form={formId} ref={submitted} />;
}
