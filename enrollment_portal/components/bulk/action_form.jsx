import { useEffect, useRef, useState } from "react";
import { Combobox } from "../forms/combobox.jsx";
import { fill } from "../ui/wording.js";

const idOf = (name) => `change-${name}`;

/** A labelled control with its hint and refusal. */
function Field({ name, label, hint, errors, classNames, children }) {
  return (
    <div className={classNames.field}>
      <label htmlFor={idOf(name)} className={classNames.label}>
        {label}
      </label>
      {children}
      <div id={`${idOf(name)}-about`}>
        {errors[name] && <p className={classNames.error}>{errors[name]}</p>}
        {hint && <p className={classNames.hint}>{hint}</p>}
      </div>
    </div>
  );
}

const attributesOf = (name, errors) => ({
  id: idOf(name),
  name,
  "aria-invalid": errors[name] ? "true" : "false",
  "aria-describedby": `${idOf(name)}-about`,
});

function Input({ type = "text", ...props }) {
  const { name, errors, classNames, maxLength, inputMode, defaultValue } = props;
  return (
    <Field {...props}>
      <input
        {...attributesOf(name, errors)}
        type={type}
        maxLength={maxLength}
        inputMode={inputMode}
        defaultValue={defaultValue}
        autoComplete="off"
        className={classNames.input}
      />
    </Field>
  );
}

function TextArea(props) {
  const { name, errors, classNames } = props;
  return (
    <Field {...props}>
      <textarea {...attributesOf(name, errors)} rows={3} className={classNames.input} />
    </Field>
  );
}

function Select({ options, value, onChange, ...props }) {
  const { name, errors, classNames } = props;
  return (
    <Field {...props}>
      <select
        {...attributesOf(name, errors)}
        value={value}
        onChange={onChange && (({ target }) => onChange(target.value))}
        className={classNames.input}
      >
        {options.map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Check({ name, label, classNames }) {
  return (
    <label className={classNames.check}>
      <input type="checkbox" name={name} value="1" />
      <span>{label}</span>
    </label>
  );
}

function StatusFields({ statuses, ...shared }) {
  const [status, setStatus] = useState(statuses[0][0]);
  const { texts } = shared;
  return (
    <>
      <Select
        {...shared}
        name="status"
        label={texts.status}
        options={statuses}
        value={status}
        onChange={setStatus}
      />
      {status === "completed" && (
        <Input {...shared} name="day" label={texts.completionDay} type="date" />
      )}
    </>
  );
}

function MoveFields({ units, weekdays, ...shared }) {
  const [unit, setUnit] = useState(units[0][0]);
  const { texts } = shared;
  return (
    <>
      <Select
        {...shared}
        name="unit"
        label={texts.moveUnit}
        options={units}
        value={unit}
        onChange={setUnit}
      />
      {unit === "weekday" ? (
        <Select {...shared} name="amount" key="day" label={texts.moveTo} options={weekdays} />
      ) : (
        <Input
          {...shared}
          key="number"
          name="amount"
          label={texts.moveBy}
          hint={texts.moveHint}
          inputMode="numeric"
          maxLength={6}
          defaultValue="7"
        />
      )}
    </>
  );
}

/** A record that is searched for and chosen; its id is sent. */
function Choice({ name, label, hint, found, ...props }) {
  const { errors, texts, classNames, comboboxClassNames } = props;
  const { findLabel, searched, field, nothing, counts, onSearch } = props;
  const [chosen, setChosen] = useState(null);
  return (
    <div className={classNames.field}>
      <span className={classNames.label}>{label}</span>
      <Combobox
        id={idOf(name)}
        label={findLabel}
        found={found}
        searched={searched}
        field={field}
        verb={texts.choose}
        nothing={nothing}
        counts={counts}
        classNames={comboboxClassNames}
        onSearch={onSearch}
        onPick={(id) => setChosen(found.find((one) => one.id === id) ?? null)}
      />
      <p role="status" className={classNames.chosen}>
        {chosen ? fill(texts.chosen, { name: chosen.name }) : ""}
      </p>
      <input type="hidden" name={name} value={chosen?.id ?? ""} />
      <p className={classNames.error}>{errors[name]}</p>
      {hint && <p className={classNames.hint}>{hint}</p>}
    </div>
  );
}

function InstructorFields({ instructors, instructorsSearched, instructorField, ...shared }) {
  const { texts, foundInstructors, onSearchInstructor } = shared;
  return (
    <>
      <Choice
        {...shared}
        name="account"
        label={texts.instructor}
        hint={texts.instructorHint}
        findLabel={texts.findInstructor}
        found={instructors}
        searched={instructorsSearched}
        field={instructorField}
        nothing={texts.noInstructors}
        counts={foundInstructors}
        onSearch={onSearchInstructor}
      />
      <Check {...shared} name="remove" label={texts.unassignInstead} />
    </>
  );
}

function EnrollFields({ courses, searchField, ...shared }) {
  const { texts, foundCourses } = shared;
  return (
    <>
      <Choice
        {...shared}
        name="course"
        label={texts.course}
        findLabel={texts.findCourse}
        found={courses}
        field={searchField}
        nothing={texts.noCourses}
        counts={foundCourses}
      />
      <Input {...shared} name="day" label={texts.newDeadline} type="date" />
      <Check {...shared} name="again" label={texts.again} />
    </>
  );
}

function FieldsOf({ kind, ...shared }) {
  const { texts } = shared;
  switch (kind) {
    case "status":
      return <StatusFields {...shared} />;
    case "deadline":
      return <Input {...shared} name="day" label={texts.deadline} type="date" />;
    case "move_deadline":
      return <MoveFields {...shared} />;
    case "grade":
      return (
        <>
          <Input {...shared} name="text" label={texts.grade} maxLength={200} />
          <Check {...shared} name="remove" label={texts.removeGrades} />
        </>
      );
    case "feedback":
      return (
        <>
          <TextArea {...shared} name="text" label={texts.feedback} hint={texts.feedbackHint} />
          <Check {...shared} name="remove" label={texts.removeFeedback} />
        </>
      );
    case "message":
      return <TextArea {...shared} name="text" label={texts.message} hint={texts.messageHint} />;
    case "note":
      return <TextArea {...shared} name="text" label={texts.note} hint={texts.noteHint} />;
    case "instructor":
      return <InstructorFields {...shared} />;
    case "enroll":
      return <EnrollFields {...shared} />;
    default:
      return null;
  }
}

/** The action, its fields, and why; what was typed stays while the server refuses it. */
export function ActionForm(props) {
  const { actions, errors, refusal, answered, isBusy, texts, classNames } = props;
  const { onSubmit, onCancel } = props;
  const form = useRef(null);
  const first = actions.some(({ kind }) => kind === "move_deadline")
    ? "move_deadline"
    : actions[0]?.kind;
  const [kind, setKind] = useState(first ?? "");

  useEffect(() => {
    const invalid = form.current.querySelector("[aria-invalid=true]");
    if (invalid) invalid.focus();
    else {
      const choice = ["course", "account"].find((name) => errors[name]);
      if (choice) document.getElementById(idOf(choice))?.focus();
    }
  }, [answered]);

  return (
    <form
      ref={form}
      noValidate={true}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit(Object.fromEntries(new FormData(form.current)));
      }}
    >
      <div className={classNames.fields}>
        <Select
          {...props}
          name="action"
          label={texts.action}
          options={actions.map((action) => [action.kind, action.label])}
          value={kind}
          onChange={setKind}
        />
        <FieldsOf {...props} key={kind} kind={kind} />
        <Input {...props} name="reason" label={texts.reason} hint={texts.reasonHint} />
      </div>
      <p role="alert" className={classNames.refusal}>
        {refusal}
      </p>
      <div className={classNames.buttons}>
        <button type="button" className={classNames.button} onClick={onCancel}>
          {texts.cancel}
        </button>
        <button type="submit" aria-disabled={isBusy} className={classNames.primary}>
          {isBusy ? texts.previewing : texts.preview}
        </button>
      </div>
    </form>
  );
}
