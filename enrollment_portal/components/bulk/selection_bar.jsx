import { useEffect, useLayoutEffect, useState } from "react";
import { fill, plural, withCommas } from "../ui/wording.js";
import { openDialog } from "./change_dialog.jsx";
import { countOf, isEmpty, NOTHING, pageState, withAll, within, withRows } from "./selection.js";
import { select, selected, useSelected } from "./selection_store.jsx";

const numberIn = (text) => Number(String(text).replace(/\D/g, ""));

/** Whether a key is somebody else's: of a dialog, or of a field with a text of its own. */
export const isTaken = ({ target }) =>
  document.querySelector("dialog[open]") ||
  (target instanceof Element &&
    target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]"));

/** Clears the selection, and leaves the focus among the rows. */
function clear() {
  const { anchor } = selected();
  select(({ scope }) => ({ ...NOTHING, scope }));
  const row = document.querySelector(`[data-select="${anchor}"]`);
  (row ?? document.querySelector("[data-select]"))?.focus({ preventScroll: true });
}

/**
 * The bar that says how many rows are selected and among which, with what can be done to them. It
 * also clears the selection where the ledger shows the rows of another query. `children` are
 * further buttons.
 */
export function SelectionBar({ scope, rows, total, filters, texts, classNames, children }) {
  const selection = useSelected((now) => now);
  const [spoken, setSpoken] = useState("");
  const isOfScope = selection.scope === scope;
  const ids = rows.map(({ id }) => id);
  const n = countOf(selection, numberIn(total));
  const isShown = isOfScope && !isEmpty(selection);
  const filter = withCommas(filters);
  const count = plural(n, selection.isAll && !selection.ids.size ? texts.all : texts.selected);
  const text = filter ? `${count} ${fill(texts.among, { filter })}` : count;
  const isWholePage = pageState(selection, ids) === "all";
  const isAllThere = selection.isAll || numberIn(total) <= n;

  useLayoutEffect(() => select((before) => within(before, scope)), [scope]);

  useEffect(() => {
    if (isShown) setSpoken(text);
    else if (isOfScope && selection.wasCleared) setSpoken(texts.otherRows);
    else setSpoken((before) => before && texts.cleared);
  }, [text, isShown, isOfScope, selection.wasCleared]);

  useEffect(() => {
    if (!isShown) return undefined;
    const onKey = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || isTaken(event)) return;
      event.preventDefault();
      clear();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isShown]);

  return (
    <>
      <p role="status" className="sr-only">
        {spoken}
      </p>
      {isShown && (
        <section aria-label={texts.selection} data-selection="" className={classNames.bar}>
          <p className={classNames.count}>{text}</p>
          <div className={classNames.acts}>
            {!isWholePage && !selection.isAll && (
              <button
                type="button"
                className={classNames.button}
                onClick={() => select((before) => withRows(before, ids, true))}
              >
                {texts.page}
              </button>
            )}
            {isWholePage && !isAllThere && (
              <button type="button" className={classNames.button} onClick={() => select(withAll)}>
                {plural(numberIn(total), texts.matching)}
              </button>
            )}
            <button
              type="button"
              aria-haspopup="dialog"
              className={classNames.primary}
              onClick={({ currentTarget }) => openDialog(n, currentTarget)}
            >
              {texts.change}
            </button>
            {children}
            <button type="button" className={classNames.button} onClick={clear}>
              {texts.clear}
            </button>
          </div>
        </section>
      )}
      {isOfScope && selection.wasCleared && (
        <div data-selection="" className={classNames.bar}>
          <p className={classNames.count}>{texts.otherRows}</p>
          <button
            type="button"
            className={classNames.button}
            onClick={() => select((before) => ({ ...before, wasCleared: false }))}
          >
            {texts.close}
          </button>
        </div>
      )}
    </>
  );
}
