import { useEffect, useState } from "react";
import { usePageFocus } from "../lists/page_focus.jsx";
import { areSingleKeysOn, SingleKeys } from "../lists/single_keys.jsx";
import { Modal } from "../ui/dialog.jsx";
import { notify, onNotice } from "../ui/notices.js";

const NOTICE_MS = 4_000;
const TYPED_IN = "input, textarea, select, [contenteditable]";

const isCommand = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform);
const keyName = (key) => (isApple() ? key.replace("Ctrl", "⌘") : key);

/** The form that a save is meant for: the one in the open dialog, around the focus, or the page's. */
function formToSave(target) {
  const within = document.querySelector("dialog[open]") ?? document.querySelector("main");
  const own = target.closest("form");
  if (own && within?.contains(own)) return own;
  return within?.querySelector("form[data-saves]");
}

/** Whether something is typed in a form that the server may not know of yet. */
function isChanged(form) {
  return [...form.elements].some((control) => {
    if (control.type === "hidden") return false;
    if (control.options)
      return [...control.options].some((one) => one.selected !== one.defaultSelected);
    return control.defaultValue !== undefined && control.value !== control.defaultValue;
  });
}

/** Saves a form as its button would; returns why not, "" where it did. */
function save(form, texts) {
  const button = [...form.elements].find((part) => part.type === "submit");
  if (!button) return texts.cannot;
  if (button.ariaDisabled !== "true") button.click();
  else if (isChanged(form)) form.requestSubmit();
  else return texts.nothing;
  return "";
}

/** Does what Ctrl+S or Ctrl+Enter ask for; returns what to say, undefined where it is not theirs. */
function saveByKey(event, texts) {
  if (!isCommand(event) || !(event.target instanceof Element)) return undefined;
  const isS = event.key.toLowerCase() === "s";
  if (!isS && event.key !== "Enter") return undefined;
  // What is saved as it is typed commits what is being typed, and says so.
  if (event.target.closest("[data-saves-itself]")) return undefined;
  const form = isS ? formToSave(event.target) : event.target.closest("main form, dialog form");
  if (form) return save(form, texts);
  return isS && document.querySelector("main [data-saves-itself]") ? texts.itself : undefined;
}

/** The newest notice and its number, for a few seconds. */
function useNotice() {
  const [notice, setNotice] = useState({ text: "", number: 0 });
  useEffect(
    () => onNotice((text) => setNotice(({ number }) => ({ text, number: number + 1 }))),
    [],
  );
  useEffect(() => {
    if (!notice.text) return undefined;
    const timer = setTimeout(() => setNotice({ ...notice, text: "" }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return notice;
}

function Keys({ keys, classNames }) {
  return keys.map((key) => (
    <kbd key={key} className={classNames.key}>
      {keyName(key)}
    </kbd>
  ));
}

/** The keys of every page: those that save, and "?", which lists all of them. */
export function Shortcuts({ groups, classNames, texts }) {
  const [isOpen, setOpen] = useState(false);
  const notice = useNotice();
  const opened = usePageFocus();

  useEffect(() => {
    const open = () => setOpen(true);
    const pressSave = (event) => {
      const text = saveByKey(event, texts);
      if (text === undefined) return;
      event.preventDefault();
      if (!event.repeat) notify(text);
    };
    const press = (event) => {
      // A cell of the grading grid takes it as the first letter of what is typed.
      if (event.defaultPrevented) return;
      if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || !areSingleKeysOn())
        return;
      if (event.target.matches?.(TYPED_IN) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      open();
    };
    const click = ({ target }) => target.closest?.("[data-shortcuts]") && open();
    document.addEventListener("keydown", pressSave, true);
    document.addEventListener("keydown", press);
    document.addEventListener("click", click);
    return () => {
      document.removeEventListener("keydown", pressSave, true);
      document.removeEventListener("keydown", press);
      document.removeEventListener("click", click);
    };
  }, []);

  const close = () => setOpen(false);
  return (
    <>
      <p role="status" className="sr-only">
        {opened}
      </p>
      <div role="status" className={classNames.place}>
        {notice.text && (
          // The same sentence again is announced again.
          <div key={notice.number} className={classNames.notice}>
            {notice.text}
          </div>
        )}
      </div>
      <Modal isOpen={isOpen} onClose={close} title="shortcuts-title" className={classNames.dialog}>
        <h2 id="shortcuts-title" className={classNames.title}>
          {texts.title}
        </h2>
        {groups.map(({ title, rows }) => (
          <section key={title} className={classNames.group}>
            <h3 className={classNames.heading}>{title}</h3>
            <dl>
              {rows.map(({ keys, does }) => (
                <div key={does} className={classNames.row}>
                  <dt>{does}</dt>
                  <dd className={classNames.keys}>
                    <Keys keys={keys} classNames={classNames} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {isOpen && <SingleKeys label={texts.single} className={classNames.single} />}
        <div className={classNames.actions}>
          <button type="button" className={classNames.close} onClick={close}>
            Close
          </button>
        </div>
      </Modal>
    </>
  );
}
