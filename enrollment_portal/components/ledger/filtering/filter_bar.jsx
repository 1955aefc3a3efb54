import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { placeBelow } from "../../ui/place_below.js";
import { fill, plural } from "../../ui/wording.js";
import { Choices, takeFocus } from "./choices.jsx";
import { RangeEditor, ValuesEditor } from "./editors.jsx";
import { matching } from "./filter_choices.js";
import { Mark } from "./marks.jsx";

const BUTTON_ID = "ledger-filter";
const TITLE_ID = "ledger-filter-title";

/** What opens the editor of a filter from its chip, which is elsewhere on the page. */
let openEditor = (_name, _opener) => {};

/** The list of all filters. */
function Menu({ items, chips, texts, classNames, onChoose }) {
  const [typed, setTyped] = useState("");
  const isSet = new Set(chips.map(({ name }) => name));
  const options = items.map((item) => ({
    key: item.name,
    label: item.label,
    group: item.group,
    isChosen: isSet.has(item.name),
    opens: item.editor !== "switch" && !item.refusal,
    refusal: item.refusal,
    note: item.refusal,
  }));
  return (
    <Choices
      label={texts.searchFilters}
      options={matching(options, typed)}
      typed={typed}
      empty={texts.noSuchValues}
      counts={texts.found}
      classNames={classNames}
      onType={setTyped}
      onPick={({ key, isChosen }) => onChoose(key, !isChosen)}
    />
  );
}

/**
 * The button that opens the menu of filters, and the editor of each: a dialog below the button, or
 * at the bottom of a narrow screen. Choosing, typing and marking cost no trip to the server, except
 * to list a filter's values.
 */
export function FilterMenu(props) {
  const { items, chips, presets, texts, classNames, className, children } = props;
  const { onSwitch } = props;
  const dialog = useRef(null);
  const opener = useRef(null);
  const button = useRef(null);
  // Which editor is open: "" for the menu, `null` for nothing; and whether the menu led there.
  const [open, setOpen] = useState(null);
  const [isFromMenu, setFromMenu] = useState(false);
  const item = open ? items.find(({ name }) => name === open) : undefined;
  const chip = item && chips.find(({ name }) => name === item.name);

  const show = (name, from) => {
    opener.current = from;
    setFromMenu(false);
    setOpen(name);
  };
  const close = () => dialog.current?.close();

  useEffect(() => {
    openEditor = show;
    return () => {
      openEditor = () => {};
    };
  }, []);

  useLayoutEffect(() => {
    if (open === null) return undefined;
    if (!dialog.current.open) {
      opener.current?.focus(); // what takes the focus back
      dialog.current.showModal();
      takeFocus(dialog.current);
    }
    const move = () => opener.current?.isConnected && placeBelow(dialog.current, opener.current);
    move();
    window.addEventListener("resize", move);
    window.addEventListener("scroll", move, { passive: true });
    return () => {
      window.removeEventListener("resize", move);
      window.removeEventListener("scroll", move);
    };
  }, [open]);

  const choose = (name, isOn) => {
    const chosen = items.find((one) => one.name === name);
    if (chosen.editor === "switch") {
      onSwitch(name, isOn);
      close();
    } else {
      setFromMenu(true);
      setOpen(name);
    }
  };

  const Editor = item?.editor === "value" || item?.editor === "values" ? ValuesEditor : RangeEditor;
  const n = chips.length;
  return (
    <>
      <button
        ref={button}
        id={BUTTON_ID}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open !== null}
        disabled={!items.length}
        className={className}
        onClick={({ currentTarget }) => show("", currentTarget)}
      >
        {children}
        <span>{texts.filter}</span>
        {n > 0 && (
          <>
            <span aria-hidden="true" className={classNames.number}>
              {n}
            </span>
            <span className="sr-only">{plural(n, texts.set)}</span>
          </>
        )}
      </button>
      <dialog
        ref={dialog}
        data-menu=""
        aria-labelledby={TITLE_ID}
        className={classNames.dialog}
        onClose={() => setOpen(null)}
        onClick={(event) => event.target === dialog.current && close()}
      >
        {open !== null && (
          <div className={classNames.inside}>
            <div className={item ? classNames.head : classNames.menuHead}>
              {isFromMenu && (
                <button
                  type="button"
                  className={classNames.back}
                  title={texts.back}
                  onClick={() => setOpen("")}
                >
                  <Mark of="chevron-left" />
                  <span className="sr-only">{texts.back}</span>
                </button>
              )}
              <h2 id={TITLE_ID} tabIndex={-1} className={classNames.title}>
                {item ? item.label : texts.filterBy}
              </h2>
              <button type="button" className={classNames.close} onClick={close}>
                <Mark of="x" />
                <span className="sr-only">{texts.close}</span>
              </button>
            </div>
            {item ? (
              <Editor
                {...props}
                key={item.name}
                item={item}
                chip={chip}
                presets={presets[item.name] ?? []}
                onClose={close}
              />
            ) : (
              <Menu {...props} onChoose={choose} />
            )}
          </div>
        )}
      </dialog>
    </>
  );
}

function Chip({ chip, editable, texts, classNames, onRemove }) {
  const text = (
    <>
      {chip.value && <span className={classNames.chipLabel}>{`${chip.label}:`}</span>}
      <span className={classNames.chipValue}>{chip.value || chip.label}</span>
    </>
  );
  return (
    <li className={chip.is_gone ? classNames.goneChip : classNames.chip}>
      {editable ? (
        <button
          type="button"
          aria-label={fill(texts.editFilter, { filter: chip.text })}
          aria-haspopup="dialog"
          title={chip.text}
          className={classNames.chipText}
          onClick={({ currentTarget }) => openEditor(chip.name, currentTarget)}
        >
          {text}
        </button>
      ) : (
        <span title={chip.text} className={classNames.chipText}>
          {text}
        </span>
      )}
      <button
        type="button"
        aria-label={fill(texts.removeFilter, { filter: chip.text })}
        data-focus-last={`#${BUTTON_ID}`}
        className={classNames.remove}
        onClick={() => onRemove(chip.name)}
      >
        <Mark of="x" />
      </button>
    </li>
  );
}

/** The filters that are set: each can be edited and removed, and several removed at once. */
export function FilterChips({ items, chips, texts, classNames, onRemove, onClear }) {
  if (!chips.length) return null;
  const isEditable = ({ name }) =>
    items.some((item) => item.name === name && item.editor !== "switch" && !item.refusal);
  return (
    <ul aria-label={texts.filters} className={classNames.chips}>
      {chips.map((chip) => (
        <Chip
          key={chip.name}
          chip={chip}
          editable={isEditable(chip)}
          texts={texts}
          classNames={classNames}
          onRemove={onRemove}
        />
      ))}
      {chips.length > 1 && (
        <li className="shrink-0">
          <button
            type="button"
            data-focus-next={`#${BUTTON_ID}`}
            data-focus-last={`#${BUTTON_ID}`}
            className={classNames.clear}
            onClick={onClear}
          >
            {texts.clear}
          </button>
        </li>
      )}
    </ul>
  );
}
