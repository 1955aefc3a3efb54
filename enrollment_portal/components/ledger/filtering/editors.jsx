import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { fill } from "../../ui/wording.js";
import { Choices, takeFocus } from "./choices.jsx";
import { joined, matching, setFirst, typedOf } from "./filter_choices.js";
import { Mark } from "./marks.jsx";

const isSameSearch = (one, other) => one.trim() === other.trim();

/** What can be listed of a filter's values: what the server found, or of a whole list what matches. */
function useListed({ name, listed, searched, values, isComplete, onList, onSearch }) {
  const [typed, setTyped] = useState("");
  useEffect(() => {
    onList(name, "");
  }, [name]);
  const isOurs = listed === name;
  const isWhole = isOurs && isComplete && !searched;
  const type = (text) => {
    setTyped(text);
    if (!isWhole) onSearch(name, text);
  };
  const isAnswered = isWhole || (isOurs && isSameSearch(typed, searched));
  return { typed, type, isOurs, isWhole, isAnswered, found: isOurs ? values : [] };
}

/** A list of values with a search; of several, one chooses some and applies them. */
export function ValuesEditor(props) {
  const { item, chip, isComplete, texts, classNames, onApply, onClose } = props;
  const isMany = item.editor === "values";
  const [set] = useState(chip?.values ?? []); // those that were set stay first
  const [chosen, setChosen] = useState(() => set.map(({ value }) => value));
  const listing = useListed({ name: item.name, ...props });
  const { typed, isOurs, isWhole, isAnswered, found } = listing;

  const isFull = item.most > 0 && chosen.length >= item.most;
  const values = (typed && !isWhole ? found : setFirst(set, found)).map(
    ({ value, name, count }) => {
      const isChosen = chosen.includes(value);
      return {
        key: value,
        label: name,
        count,
        isChosen,
        refusal: isMany && isFull && !isChosen ? texts.atMost : "",
      };
    },
  );
  const options = isWhole ? matching(values, typed) : values;

  const pick = ({ key, isChosen }) => {
    if (!isMany) {
      if (!isChosen) onApply(item.name, joined([key]));
      onClose();
    } else setChosen(isChosen ? chosen.filter((one) => one !== key) : [...chosen, key]);
  };
  const apply = (event) => {
    event.preventDefault();
    onApply(item.name, joined(chosen));
    onClose();
  };
  const empty = typed ? texts.noSuchValues : texts.noValues;

  return (
    <form className={classNames.form} onSubmit={apply}>
      <Choices
        label={fill(texts.searchValues, { filter: item.label })}
        options={options}
        typed={typed}
        isMany={isMany}
        isBusy={!isAnswered}
        placeholder={texts.search}
        empty={isOurs && isAnswered ? empty : texts.loading}
        counts={texts.found}
        classNames={classNames}
        onType={listing.type}
        onPick={pick}
      />
      {isOurs && !isComplete && <p className={classNames.hint}>{texts.more}</p>}
      {isMany && (
        <div className={classNames.foot}>
          <p role="status" className={classNames.warning}>
            {isFull && fill(texts.atMost, { n: String(item.most) })}
          </p>
          <button type="submit" className={classNames.apply}>
            {texts.apply}
          </button>
        </div>
      )}
    </form>
  );
}

function Field({ name, label, error, classNames, ...input }) {
  const id = useId();
  return (
    <div className={classNames.field}>
      <label htmlFor={id} className={classNames.label}>
        {label}
      </label>
      <input
        id={id}
        name={name}
        autoComplete="off"
        aria-invalid={error ? "true" : undefined}
        aria-describedby={`${id}-error`}
        className={classNames.input}
        {...input}
      />
      <p id={`${id}-error`} role="alert" className={classNames.error}>
        {error}
      </p>
    </div>
  );
}

/** What a form's fields hold; a date that is not typed completely is not "". */
const typedIn = (form) =>
  Object.fromEntries(
    [...form.elements]
      .filter(({ name }) => name)
      .map(({ name, value, validity }) => [name, validity.badInput ? "?" : value]),
  );

/** Ranges to choose at once, and forms to type others; closes once what was typed is accepted. */
export function RangeEditor(props) {
  const { item, chip, presets, errors, answered, texts, classNames } = props;
  const { onApply, onApplyTyped, onClose } = props;
  const box = useRef(null);
  const [asked, setAsked] = useState(-1); // how many were answered before what was typed last
  const isAnswered = asked >= 0 && answered > asked;
  const refused = isAnswered ? errors : {};
  const before = typedOf(chip?.param ?? "");
  const isPercents = item.editor === "percents";

  useLayoutEffect(() => takeFocus(box.current), []);
  useEffect(() => {
    if (!isAnswered) return;
    if (!Object.keys(errors).length) onClose();
    else box.current.querySelector("[aria-invalid=true]")?.focus();
  }, [answered]);

  const submit = (event) => {
    event.preventDefault();
    setAsked(answered);
    onApplyTyped({ name: item.name, ...typedIn(event.currentTarget) });
  };
  const choose = (param) => {
    onApply(item.name, param);
    onClose();
  };
  const bounds = isPercents
    ? { labels: [texts.percentsFrom, texts.percentsTo], type: "text", inputMode: "numeric" }
    : { labels: [texts.datesFrom, texts.datesTo], type: "date" };
  const { labels, ...kind } = bounds;

  return (
    <div ref={box} className={classNames.ranges}>
      <ul data-presets="" className={classNames.presets}>
        {presets.map(([param, label]) => (
          <li key={param}>
            <button
              type="button"
              aria-pressed={param === chip?.param}
              className={classNames.preset}
              onClick={() => choose(param)}
            >
              <span className={classNames.tick}>
                {param === chip?.param && <Mark of="check" />}
              </span>
              {label}
            </button>
          </li>
        ))}
      </ul>
      {!isPercents && (
        <form noValidate className={classNames.typed} onSubmit={submit} aria-label={texts.relation}>
          <div className={classNames.fields}>
            <select
              name="relation"
              aria-label={texts.relation}
              defaultValue={before.relation ?? (item.name === "deadline" ? "next" : "last")}
              className={classNames.select}
            >
              {Object.entries(texts.relations).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
            <Field
              name="number"
              label={texts.nDays}
              inputMode="numeric"
              defaultValue={before.number ?? ""}
              error={refused.number}
              classNames={classNames}
            />
          </div>
          <button type="submit" className={classNames.applyTyped}>
            {texts.apply}
          </button>
        </form>
      )}
      <form
        noValidate
        className={classNames.typedBounds}
        onSubmit={submit}
        aria-label={isPercents ? texts.betweenValues : texts.betweenDates}
      >
        <div className={classNames.fields}>
          {["first", "last"].map((name, at) => (
            <Field
              key={name}
              name={name}
              label={labels[at]}
              {...kind}
              defaultValue={before.relation ? "" : (before[name] ?? "")}
              error={refused[name]}
              classNames={classNames}
            />
          ))}
        </div>
        <button type="submit" className={classNames.applyBounds}>
          {texts.apply}
        </button>
      </form>
    </div>
  );
}
