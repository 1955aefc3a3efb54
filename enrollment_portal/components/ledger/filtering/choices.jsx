import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { optionFrom } from "../../lists/row_steps.js";
import { plural } from "../../ui/wording.js";
import { Mark } from "./marks.jsx";

/** Whether a field that takes the focus would bring up a keyboard over half of the screen. */
const isTouched = () => window.matchMedia("(pointer: coarse)").matches;

/** Gives the focus to the search or the first choice within a part of a dialog. */
export function takeFocus(part) {
  const first = part.querySelector("input[role=combobox], [data-presets] button");
  const heading = part.closest("dialog")?.querySelector("h2");
  (isTouched() && first?.matches("input") ? heading : first)?.focus();
}

/** The options in their groups, each group with its heading; "" for options without one. */
function inGroups(options) {
  const groups = new Map();
  options.forEach((option, at) => {
    const group = option.group ?? "";
    groups.set(group, [...(groups.get(group) ?? []), { ...option, at }]);
  });
  return [...groups];
}

function Option({ option, id, isActive, isMany, classNames, onPick, onPoint }) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={option.isChosen}
      aria-disabled={Boolean(option.refusal) || undefined}
      data-active={isActive || undefined}
      className={classNames.option}
      title={option.label}
      onClick={onPick}
      onMouseMove={onPoint}
    >
      <span className={isMany ? classNames.box : classNames.tick}>
        {option.isChosen && <Mark of="check" />}
      </span>
      <span className={classNames.name}>
        <span className="block truncate">{option.label}</span>
        {option.note && <span className={classNames.note}>{option.note}</span>}
      </span>
      {option.count && <span className={classNames.count}>{option.count}</span>}
      {option.opens && <Mark of="chevron-right" className="text-ink3" />}
    </div>
  );
}

/**
 * A search field over a list of options, which takes the focus as it appears: arrow keys move in
 * the list, Enter chooses, Escape empties the field. The focus stays in the field.
 *
 * Options have `key` and `label`, and may have `group`, `count`, `note`, `opens`, `isChosen` and
 * `refusal`: why it cannot be chosen. `empty` is read where there are none.
 */
export function Choices(props) {
  const { label, options, typed, isMany = false, isBusy = false, empty, counts } = props;
  const { placeholder = label, classNames, onType, onPick } = props;
  const id = useId();
  const input = useRef(null);
  const list = useRef(null);
  const [active, setActive] = useState(-1);
  const optionId = (at) => `${id}-${at}`;
  const groups = inGroups(options);
  // In the order in which they are shown.
  const shown = groups.flatMap(([, members]) => members);

  useLayoutEffect(() => takeFocus(input.current.parentElement), []);
  // The best match is chosen by Enter; without a search nothing is, yet.
  useEffect(() => setActive(typed && shown.length ? 0 : -1), [typed]);
  useEffect(() => {
    if (active >= 0)
      document.getElementById(optionId(active))?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const pick = (option) => option && !option.refusal && onPick(option);
  const press = (event) => {
    const { key } = event;
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "ArrowDown" || key === "ArrowUp")
      setActive(optionFrom(key, Math.min(active, shown.length - 1), shown.length));
    else if (key === "Enter") pick(shown[active]);
    else if (key === "Escape" && typed) onType("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <input
        ref={input}
        // Outside of any form around it: Enter would submit that.
        form=""
        type="search"
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={shown.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[active] ? optionId(active) : undefined}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={typed}
        className={classNames.search}
        onChange={({ target }) => onType(target.value)}
        onKeyDown={press}
      />
      {shown.length > 0 && (
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label={label}
          aria-multiselectable={isMany || undefined}
          tabIndex={-1}
          className={classNames.list}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
        >
          {groups.map(([group, members]) => (
            <div key={group} role="group" aria-label={group || label}>
              {group && (
                <div aria-hidden="true" className={classNames.group}>
                  {group}
                </div>
              )}
              {members.map((option) => {
                const at = shown.findIndex(({ key }) => key === option.key);
                return (
                  <Option
                    key={option.key}
                    id={optionId(at)}
                    option={option}
                    isActive={at === active}
                    isMany={isMany}
                    classNames={classNames}
                    onPick={() => pick(option)}
                    onPoint={() => setActive(at)}
                  />
                );
              })}
            </div>
          ))}
        </div>
      )}
      <div role="status">
        {!shown.length && <p className={classNames.empty}>{empty}</p>}
        <span className="sr-only">
          {typed && shown.length && !isBusy ? plural(shown.length, counts) : ""}
        </span>
      </div>
    </>
  );
}
