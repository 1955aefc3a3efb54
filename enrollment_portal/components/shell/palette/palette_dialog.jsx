import { Command, useCommandState } from "cmdk";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { fill, plural } from "../../ui/wording.js";
import { fit, foundFor, usable } from "./palette_items.js";

const PAUSE_MS = 150;
const SHORTEST = 2; // fewer letters find too much
const FOUND_GROUPS = ["people", "courses"];
const FOUND = 0.6; // the score of what the server found: above what only has the letters in it
const LAST = 0.001; // the score of what is listed last

const canPress = (selector) => {
  const element = document.querySelector(selector);
  return Boolean(element?.checkVisibility({ visibilityProperty: true }));
};

/** Says how many items there are for what is typed. */
function Count({ texts }) {
  const n = useCommandState(({ filtered }) => filtered.count);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(plural(n, texts.found)), 500);
    return () => clearTimeout(timer);
  }, [n]);
  return (
    <p role="status" className="sr-only">
      {spoken}
    </p>
  );
}

/** Keeps the field and the list at the selected option: they would name one that is gone. */
function SelectedOption({ dialog }) {
  useCommandState(({ value, search, selectedItemId, filtered }) =>
    [value, search, selectedItemId, filtered.count].join(),
  );
  useEffect(() => {
    const option = dialog.current?.querySelector("[role=option][aria-selected=true]");
    for (const part of dialog.current?.querySelectorAll("[role=combobox], [role=listbox]") ?? []) {
      if (option) part.setAttribute("aria-activedescendant", option.id);
      else part.removeAttribute("aria-activedescendant");
    }
  });
  return null;
}

function Item({ item, value, classNames, onChoose }) {
  return (
    <Command.Item value={value} className={classNames.item} onSelect={() => onChoose(item)}>
      <span className={classNames.name}>{item.label ?? item.name}</span>
      {item.about && <span className={classNames.about}>{item.about}</span>}
    </Command.Item>
  );
}

/**
 * The palette: what is typed filters views, pages and actions here, and finds people and courses
 * at the server, after a pause. Moving and filtering cost no trip to the server.
 */
export default function PaletteDialog(props) {
  const { items, views, sections, found, searched, ledger, texts, classNames } = props;
  const { onSearch, onClose } = props;
  const rights = [...sections, ...Object.keys(props.rights).filter((name) => props.rights[name])];
  const dialog = useRef(null);
  const input = useRef(null);
  const chosen = useRef(null);
  const [typed, setTyped] = useState("");
  // What was on the page when it was opened; the palette itself covers nothing.
  const [offered] = useState(() => usable(items, rights, canPress));
  const navigate = useNavigate();
  const text = typed.trim();

  useLayoutEffect(() => {
    dialog.current.showModal();
    input.current.focus(); // not the box around it, which takes the focus, too
  }, []);

  useEffect(() => {
    if (text.length < SHORTEST || text === searched) return undefined;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const choose = (item) => {
    chosen.current = item;
    dialog.current.close();
  };
  /** Once the focus is back on the page. */
  const closed = () => {
    const item = chosen.current;
    onClose();
    if (item?.to) navigate(item.to);
    else if (item?.press) document.querySelector(item.press)?.click();
  };

  const shown = foundFor(found, searched, text);
  const groups = [
    ["views", rights.includes("ledger") ? views.map((view) => ({ ...view, group: "views" })) : []],
    ["actions", offered.filter(({ group }) => group === "actions")],
    ["pages", offered.filter(({ group }) => group === "pages")],
    ["people", shown.filter(({ group }) => group === "people")],
    ["courses", shown.filter(({ group }) => group === "courses")],
  ];
  const hasLedgerSearch = rights.includes("ledger") && text !== "";
  // What the server found fits; the rest is filtered here.
  const score = (value, search) => {
    const [group] = value.split(":", 1);
    if (FOUND_GROUPS.includes(group)) return FOUND;
    return group === "search" ? LAST : fit(value.slice(group.length + 1), search);
  };

  return (
    <dialog
      ref={dialog}
      aria-label={texts.label}
      className={classNames.dialog}
      onClose={closed}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <Command label={texts.label} loop={true} filter={score} className={classNames.command}>
        <div className={classNames.top}>
          <Command.Input
            ref={input}
            value={typed}
            placeholder={texts.open}
            maxLength={200}
            className={classNames.input}
            onValueChange={setTyped}
          />
          <button type="button" className={classNames.close} onClick={() => dialog.current.close()}>
            {texts.close}
          </button>
        </div>
        <Count texts={texts} />
        <SelectedOption dialog={dialog} />
        <Command.List label={texts.results} className={classNames.list}>
          <Command.Empty className={classNames.empty}>{texts.nothing}</Command.Empty>
          {groups.map(
            ([group, list]) =>
              list.length > 0 && (
                <Command.Group
                  key={group}
                  heading={texts.groups[group]}
                  className={classNames.group}
                >
                  {list.map((item) => {
                    const name = item.label ?? item.name;
                    return (
                      <Item
                        key={item.to ?? name}
                        item={item}
                        value={`${group}:${name}${FOUND_GROUPS.includes(group) ? item.to : ""}`}
                        classNames={classNames}
                        onChoose={choose}
                      />
                    );
                  })}
                </Command.Group>
              ),
          )}
          {hasLedgerSearch && (
            <Command.Group heading={texts.groups.search} className={classNames.group}>
              <Item
                item={{
                  label: fill(texts.searchLedger, { text }),
                  to: `${ledger}?${new URLSearchParams({ q: text })}`,
                }}
                value="search:"
                classNames={classNames}
                onChoose={choose}
              />
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}
