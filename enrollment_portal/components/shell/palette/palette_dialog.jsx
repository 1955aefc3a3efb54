import { Command, useCommandState } from "cmdk";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { fill, plural } from "../../ui/wording.js";
import { foundFor, ranked, usable } from "./palette_items.js";

const PAUSE_MS = 150;
const SPEAK_MS = 500;
const SHORTEST = 2; // fewer letters find too much

const VISIBLE = { visibilityProperty: true };
const MOVES = ["ArrowDown", "ArrowUp", "Home", "End"];

const keyOf = (group, item) => `${group}:${item.label ?? item.name}:${item.to ?? ""}`;

const canPress = (selector) => {
  const element = document.querySelector(selector);
  // What a closed menu hides can be pressed, too.
  return Boolean(element?.closest("details") ?? element?.checkVisibility(VISIBLE));
};

/** Says how many items there are for what is typed. */
function Count({ n, texts }) {
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(plural(n, texts.found)), SPEAK_MS);
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
  useCommandState(({ value, search, selectedItemId }) => [value, search, selectedItemId].join());
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
  const { items, sections, found, searched, ledger, texts, classNames } = props;
  const { onSearch, onClose } = props;
  const rights = [...sections, ...Object.keys(props.rights).filter((name) => props.rights[name])];
  const dialog = useRef(null);
  const input = useRef(null);
  const chosen = useRef(null);
  const [typed, setTyped] = useState("");
  const [selected, setSelected] = useState("");
  const hasMoved = useRef(false);
  // What was on the page when it was opened; the palette itself covers nothing.
  const [offered] = useState(() => usable(items, rights, canPress));
  const navigate = useNavigate();
  const text = typed.trim();
  const views = [...(rights.includes("ledger") ? props.productViews : []), ...props.views];

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
  const groups = ranked(
    [
      { name: "views", items: views.map(({ name, address }) => ({ name, to: address })) },
      { name: "actions", items: offered.filter(({ group }) => group === "actions") },
      { name: "pages", items: offered.filter(({ group }) => group === "pages") },
      { name: "people", items: shown.filter(({ group }) => group === "people"), isFound: true },
      { name: "courses", items: shown.filter(({ group }) => group === "courses"), isFound: true },
    ],
    text,
  );
  const hasLedgerSearch = rights.includes("ledger") && text !== "";
  const first = groups.length ? keyOf(groups[0].name, groups[0].items[0]) : "search";
  // What is found late is put first: until somebody moves, Enter opens what is at the top.
  useEffect(() => {
    if (!hasMoved.current) setSelected(first);
  }, [first, text]);
  const n = groups.reduce((sum, { items: all }) => sum + all.length, hasLedgerSearch ? 1 : 0);

  return (
    <dialog
      ref={dialog}
      aria-label={texts.label}
      className={classNames.dialog}
      onClose={closed}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <Command
        label={texts.label}
        loop={true}
        shouldFilter={false}
        value={selected}
        onValueChange={setSelected}
        onKeyDown={(event) => {
          if (MOVES.includes(event.key)) hasMoved.current = true;
        }}
        onPointerMove={() => {
          hasMoved.current = true;
        }}
        className={classNames.command}
      >
        <div className={classNames.top}>
          <Command.Input
            ref={input}
            value={typed}
            placeholder={texts.open}
            maxLength={200}
            className={classNames.input}
            onValueChange={(value) => {
              hasMoved.current = false;
              setTyped(value);
            }}
          />
          <button type="button" className={classNames.close} onClick={() => dialog.current.close()}>
            {texts.close}
          </button>
        </div>
        <Count n={n} texts={texts} />
        <SelectedOption dialog={dialog} />
        <Command.List label={texts.results} className={classNames.list}>
          {n === 0 && (
            // An option that cannot be chosen, as a list has options.
            <div
              role="option"
              aria-selected="false"
              aria-disabled="true"
              className={classNames.empty}
            >
              {texts.nothing}
            </div>
          )}
          {groups.map(({ name: group, items: all }) => (
            <Command.Group key={group} heading={texts.groups[group]} className={classNames.group}>
              {all.map((item) => {
                const key = keyOf(group, item);
                return (
                  <Item
                    key={key}
                    item={item}
                    value={key}
                    classNames={classNames}
                    onChoose={choose}
                  />
                );
              })}
            </Command.Group>
          ))}
          {hasLedgerSearch && (
            <Command.Group heading={texts.groups.search} className={classNames.group}>
              <Item
                item={{
                  label: fill(texts.searchLedger, { text }),
                  to: `${ledger}?${new URLSearchParams({ q: text })}`,
                }}
                value="search"
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
