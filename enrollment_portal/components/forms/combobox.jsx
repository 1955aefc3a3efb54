import { useEffect, useRef, useState } from "react";
import { optionFrom } from "../lists/row_steps.js";
import { plural } from "../ui/wording.js";

const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const isSameSearch = (typed, searched) => plain(typed) === plain(searched);

/**
 * A search field with a list of its results below, updated while one types: arrow keys move in the
 * list, Enter chooses, Escape closes it. The focus stays in the field, which is empty after a choice.
 *
 * How many were found is announced by the text of `counts` that fits; the page announces what was
 * chosen.
 *
 * `found` answers `searched`; with another `field`, the server has emptied or filled the field.
 */
export function Combobox(props) {
  const {
    id,
    label,
    found,
    searched,
    field,
    verb,
    nothing,
    counts,
    classNames,
    onSearch,
    onPick,
    children,
  } = props;
  const input = useRef(null);
  const list = useRef(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [chosenFrom, setChosenFrom] = useState(null); // the results that the last choice was among
  // Until the answer comes, the results are those of an earlier text.
  const isAnswered = isSameSearch(input.current?.value, searched);
  // Results that are the same as before are not sent again.
  const isShown = isOpen && found.length > 0 && (found !== chosenFrom || isAnswered);
  const listId = `${id}-list`;
  const optionId = (at) => `${id}-option-${at}`;

  useEffect(() => {
    // While somebody is typing, their text is newer.
    if (document.activeElement !== input.current) input.current.value = searched;
  }, [field]);

  // The same results, sent again, keep the one that is selected.
  useEffect(() => setActive(-1), [found.map(({ id }) => id).join()]);

  useEffect(() => {
    if (isShown) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active, isShown]);

  const pick = (one) => {
    onPick(one.id); // before the next search: the server looks it up in what it found
    setChosenFrom(found);
    input.current.value = "";
    setOpen(false);
    onSearch("");
  };

  const move = (key) => {
    setOpen(true);
    if (found.length) setActive(optionFrom(key, isOpen ? active : -1, found.length));
    else onSearch(input.current.value);
  };

  const press = (event) => {
    const { key } = event;
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "ArrowDown" || key === "ArrowUp") move(key);
    else if (key === "Enter" && isShown && active >= 0) pick(found[active]);
    // The first Enter goes to the list; a second one chooses.
    else if (key === "Enter") move("ArrowDown");
    else if (key === "Escape" && isShown) setOpen(false);
    else if (key === "Escape" && input.current.value) {
      input.current.value = "";
      onSearch("");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={classNames.root}>
      <label className={classNames.box}>
        {children}
        <span className="sr-only">{label}</span>
        <input
          ref={input}
          id={id}
          // Outside of any form around it: Enter would submit that.
          form=""
          type="search"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={listId}
          aria-activedescendant={isShown && active >= 0 ? optionId(active) : undefined}
          placeholder={label}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          defaultValue={searched}
          data-search=""
          className={classNames.input}
          onChange={({ target }) => {
            setOpen(true);
            onSearch(target.value);
          }}
          onClick={() => setOpen(true)}
          onKeyDown={press}
          onBlur={() => setOpen(false)}
        />
      </label>
      {isShown && (
        <ul
          ref={list}
          id={listId}
          role="listbox"
          aria-label={label}
          className={classNames.list}
          // A list that scrolls would be a stop of Tab, and is gone as soon as the field is left.
          tabIndex={-1}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
        >
          {found.map((one, at) => (
            <li
              key={one.id}
              id={optionId(at)}
              role="option"
              aria-selected={at === active}
              className={classNames.option}
              onClick={() => pick(one)}
              onMouseMove={() => setActive(at)}
            >
              <span className={classNames.about}>
                <span className={classNames.name}>{one.name}</span>
                <span className={classNames.second}>{one.about}</span>
              </span>
              <span aria-hidden="true" className={classNames.verb}>
                {verb}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div role="status">
        {isOpen && !found.length && searched && <p className={classNames.nothing}>{nothing}</p>}
        <span className="sr-only">{isShown && isAnswered ? plural(found.length, counts) : ""}</span>
      </div>
    </div>
  );
}
