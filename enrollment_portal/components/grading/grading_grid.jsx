import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Link } from "react-router";
import { draftStore } from "../forms/drafts/draft_store.js";
import { UnsavedSaves } from "../forms/drafts/unsaved.jsx";
import { Sentence } from "../ui/sentence.jsx";
import { fill, showPercent } from "../ui/wording.js";
import { GradingCell } from "./grading_cell.jsx";
import { gradingDrafts as drafts, fieldOf, rowOf } from "./grading_drafts.js";
import { moveBy } from "./grid_moves.js";
import * as messages from "./messages.js";

const FIRST_FIELD = 3; // after the learner, the progress and the status
const place = (row, column) => `${row}-${column}`;

/** Whether a cell is not shown: on a phone, some columns are not. */
const isHidden = (row, column) =>
  document.getElementById(`cell-${place(row, column)}`)?.offsetParent === null;

/** What a cell holds: the newer one of what came with the page and what answered a save. */
function storedIn(row, field, cell) {
  if (cell?.version && cell.version >= row.version)
    return { value: cell.value, version: cell.version };
  return { value: row[field.name], version: row.version };
}

/** The deadline of a row, in the colour of how near it is. */
function Deadline({ row, classNames }) {
  const { short, left, tone } = row.deadline;
  const colour = classNames.deadlines[tone];
  return (
    <Sentence
      text={left ? messages.DEADLINE_LEFT : messages.DEADLINE}
      date={<span className={`${classNames.date} ${colour}`}>{short}</span>}
      left={<span className={colour}>{left}</span>}
    />
  );
}

const Row = memo(
  function Row(props) {
    const {
      row,
      at,
      cells,
      changes,
      here,
      fields,
      active,
      isEditing,
      isConnected,
      to,
      classNames,
      texts,
      acts,
    } = props;
    const fixed = (column) => ({
      id: `cell-${place(at, column)}`,
      "data-cell": place(at, column),
      "aria-readonly": true,
      tabIndex: active === column ? 0 : -1,
    });
    return (
      <tr className={classNames.row}>
        <th scope="row" className={classNames.learner}>
          <span aria-hidden="true" className={`${classNames.avatar} ${classNames.tones[row.tone]}`}>
            {row.initials}
          </span>
          <Link
            to={`${to}/${row.id}`}
            className={classNames.name}
            title={row.name}
            id={`cell-${place(at, 0)}`}
            data-cell={place(at, 0)}
            tabIndex={active === 0 ? 0 : -1}
          >
            {row.name}
          </Link>
          {here ? (
            <span title={here} className={classNames.here}>
              {here}
            </span>
          ) : (
            <span title={row.email} className={classNames.email}>
              {row.email}
            </span>
          )}
          {row.read_only && (
            <span aria-hidden="true" title={row.read_only} className={classNames.read_only}>
              {texts.read_only}
            </span>
          )}
          {row.read_only && (
            <span id={`read-only-${row.id}`} hidden>
              {row.read_only}
            </span>
          )}
          <span className={classNames.phone}>
            <Sentence
              text={messages.PROGRESS_IS}
              bar={
                <progress
                  value={row.progress}
                  max={100}
                  aria-label={messages.PROGRESS}
                  className={`w-5 ${row.status} p${row.progress}`}
                />
              }
              percent={showPercent(row.progress)}
            />
          </span>
          <span className={classNames.phone}>
            {fill(messages.STATUS_IS, { status: row.status_label })}
          </span>
          {row.deadline.short && (
            <span className={classNames.phone}>
              <Deadline row={row} classNames={classNames} />
            </span>
          )}
        </th>
        <td role="gridcell" {...fixed(1)} className={classNames.progress}>
          <progress
            value={row.progress}
            max={100}
            aria-label={messages.PROGRESS}
            className={`w-16 ${row.status} p${row.progress}`}
          />
          <span aria-hidden="true" className={classNames.percent}>
            {showPercent(row.progress)}
          </span>
        </td>
        <td role="gridcell" {...fixed(2)} className={classNames.status}>
          <span className={`${classNames.badge} ${classNames.statuses[row.status]}`}>
            {row.status_label}
          </span>
          {row.deadline.short && (
            <span className={classNames.deadline}>
              <Deadline row={row} classNames={classNames} />
            </span>
          )}
        </td>
        {fields.map((field, i) => (
          <GradingCell
            key={field.name}
            row={row}
            field={field}
            stored={storedIn(row, field, cells[i])}
            change={changes[i]}
            at={place(at, FIRST_FIELD + i)}
            isActive={active === FIRST_FIELD + i}
            isEditing={isEditing && active === FIRST_FIELD + i}
            isConnected={isConnected}
            classNames={classNames}
            {...acts}
          />
        ))}
      </tr>
    );
  },
  (before, after) =>
    Object.keys(after).every((name) =>
      name === "cells" || name === "changes"
        ? after[name].every((cell, i) => cell === before[name][i])
        : after[name] === before[name],
    ),
);

/** Who else is at a row, in words: "Sam Okafor is editing". */
function peopleAt(id, here, me) {
  const others = (here ?? []).filter((one) => one.enrollment_id === id && one.account_id !== me);
  return messages.peopleHere(others);
}

/**
 * A course's enrollments as a grid for grading, used like a spreadsheet.
 *
 * One cell is active and the only stop of the Tab key. Arrows move; typing, Enter or F2 edits.
 */
export function GradingGrid(props) {
  const { rows, cells, changes, batches, here, me, isConnected, label, to } = props;
  const { onSave, onUndo, onUndoBatch, onPaste, onAttend } = props;
  // These never change, though each render passes them as new objects.
  const { fields, classNames, texts } = useRef(props).current;
  const [active, setActive] = useState([0, FIRST_FIELD]);
  const [isEditing, setEditing] = useState(false);
  const [isInside, setInside] = useState(false); // whether the focus is in the grid
  const [announcement, setAnnouncement] = useState("");
  const wantsFocus = useRef(false);
  const known = useRef({});
  known.current = { rows, cells, active, onSave, onUndo, onUndoBatch, onPaste };

  const at = [Math.min(active[0], Math.max(0, rows.length - 1)), active[1]];
  const ids = rows.map((row) => row.id).join();

  const go = useCallback(
    (row, column, edits = false) => {
      const { rows: all } = known.current;
      wantsFocus.current = true;
      setActive([
        Math.max(0, Math.min(row, all.length - 1)),
        Math.max(0, Math.min(column, FIRST_FIELD + fields.length - 1)),
      ]);
      setEditing(edits);
    },
    [fields],
  );

  useLayoutEffect(() => {
    if (!wantsFocus.current || isEditing) return;
    wantsFocus.current = false;
    document.getElementById(`cell-${place(...at)}`)?.focus();
  });

  useEffect(() => draftStore.setOwner(me), [me]);

  useEffect(() => {
    drafts.connect({
      isConnected,
      save: (...save) => known.current.onSave(...save),
      undo: (...change) => known.current.onUndo(...change),
      undoBatch: (batch) => known.current.onUndoBatch(batch),
      announce: (key, sentence) => {
        if (!key) setAnnouncement(sentence({ field: "", name: "" }));
        const row = known.current.rows.find(({ id }) => String(id) === rowOf(key));
        const field = fields.find(({ name }) => name === fieldOf(key));
        if (row && field) setAnnouncement(sentence({ field: field.label, name: row.name }));
      },
    });
  }, [isConnected, fields]);

  // Other rows: begin at the top. Where an editor was open when the page was drawn again, it opens;
  // without its row, what was typed there is committed, as if one had clicked elsewhere.
  useEffect(() => {
    const lost = drafts.editor;
    const row = lost ? rows.findIndex(({ id }) => String(id) === rowOf(lost.key)) : -1;
    const field = lost ? fields.findIndex(({ name }) => name === fieldOf(lost.key)) : -1;
    if (row >= 0 && field >= 0) go(row, FIRST_FIELD + field, true);
    else {
      if (lost) drafts.commit(lost.text, lost.base);
      setActive([0, FIRST_FIELD]);
      setEditing(false);
    }
  }, [ids]);

  useEffect(() => {
    drafts.resendSoon();
    const timer = setInterval(drafts.resendLate, 1_000);
    const ask = (event) => drafts.isUnsaved() && event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => {
      clearInterval(timer);
      window.removeEventListener("beforeunload", ask);
    };
  }, []);

  useEffect(() => {
    for (const [key, cell] of Object.entries(cells)) drafts.answer(key, cell);
  }, [cells]);

  useEffect(() => {
    for (const [key, change] of Object.entries(changes)) drafts.noteRemoteChange(key, change);
  }, [changes]);

  useEffect(() => drafts.setBatches(batches), [batches]);

  // Others see in which row somebody is, unless they only pass by.
  const attended = isInside ? (rows[at[0]]?.id ?? 0) : 0;
  useEffect(() => {
    const timer = setTimeout(() => onAttend(attended, isEditing), 150);
    return () => clearTimeout(timer);
  }, [attended, isEditing, isConnected]);

  const keyOf = (row, column) => `${rows[row].id}.${fields[column - FIRST_FIELD].name}`;

  /** Opens the editor of a cell; returns what is stored in the cell. */
  const openEditor = (row, column) => {
    const key = keyOf(row, column);
    const stored = storedIn(rows[row], fields[column - FIRST_FIELD], cells[key]);
    const draft = drafts.draftOf(key);
    const shown = draft && draft.phase !== "saved" ? (draft.next ?? draft.text) : stored.value;
    drafts.open(key, shown, stored);
    return stored;
  };

  const edit = (row, column, initial) => {
    if (!fields[column - FIRST_FIELD] || !rows[row]) return;
    if (rows[row].read_only) {
      setAnnouncement(rows[row].read_only);
      return;
    }
    openEditor(row, column);
    if (initial !== undefined) drafts.type(initial);
    // At once: the letter that is being pressed, or composed, belongs into the field.
    flushSync(() => {
      setActive([row, column]);
      setEditing(true);
    });
  };

  const acts = useRef(null);
  acts.current ??= {
    onDone: (typed, stored, move) => {
      drafts.commit(typed, stored);
      const [row, column] = known.current.active;
      if (move) go(row + move[0], column + move[1]);
      else setEditing(false);
    },
    onCancel: () => {
      drafts.cancel();
      go(...known.current.active);
    },
    onCells: (text) => {
      drafts.cancel();
      const [row, column] = known.current.active;
      go(row, column);
      const { rows: all, onPaste: paste } = known.current;
      paste(all[row].id, fields[column - FIRST_FIELD].name, text);
    },
    onSettled: () => go(...known.current.active),
  };

  const clear = (row, column) => {
    if (rows[row].read_only) setAnnouncement(rows[row].read_only);
    else drafts.commit("", openEditor(row, column));
  };

  const undo = () => {
    const key = drafts.undoLast(rows.map(({ id }) => String(id)));
    if (!key) return;
    const row = rows.findIndex(({ id }) => String(id) === rowOf(key));
    go(row, FIRST_FIELD + fields.findIndex(({ name }) => name === fieldOf(key)));
  };

  const commitOpen = () => {
    if (!drafts.editor) return;
    document.activeElement?.blur();
    go(...known.current.active);
  };

  const cellOf = (event) => {
    const cell = event.target instanceof Element ? event.target.closest("[data-cell]") : null;
    return cell ? cell.dataset.cell.split("-").map(Number) : null;
  };

  const press = (event) => {
    const cell = cellOf(event);
    // Buttons in a cell have keys of their own.
    if (!cell || event.target.closest("button") || event.nativeEvent.isComposing) return;
    const [row, column] = cell;
    const isCommand = event.ctrlKey || event.metaKey;
    const moved = moveBy({ key: event.key, isCommand }, cell, {
      nRows: rows.length,
      nColumns: FIRST_FIELD + fields.length,
      isHidden: (at) => isHidden(row, at),
    });
    const key = column >= FIRST_FIELD ? keyOf(row, column) : "";
    const isLetter = (letter) =>
      isCommand && !event.altKey && !event.shiftKey && event.key.toLowerCase() === letter;
    let isOurs = true;
    if (moved && !event.altKey && !event.shiftKey) go(...moved);
    else if (isLetter("z")) undo();
    else if (isLetter("s")) setAnnouncement(messages.SAVES_ITSELF);
    else if (!key || event.altKey || isCommand) isOurs = false;
    else if (event.key === "Enter" || event.key === "F2") edit(row, column);
    else if (event.key === "Delete") clear(row, column);
    else if (event.key === "Backspace") edit(row, column, "");
    else if (event.key === "Escape") drafts.discard(key);
    else if (event.keyCode === 229) {
      edit(row, column, ""); // an input method composes: the key goes on into the field
      isOurs = false;
    } else if (event.key.length === 1) edit(row, column, event.key);
    else isOurs = false;
    if (isOurs) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const click = (event) => {
    const cell = cellOf(event);
    if (!cell || event.target.closest("button, a, input, textarea")) return;
    const [row, column] = cell;
    const isAgain = row === at[0] && column === at[1] && event.detail === 1 && pressed.current;
    if (column >= FIRST_FIELD && (event.detail === 2 || isAgain)) edit(row, column);
    else go(row, column);
  };
  // Whether the cell was active before it was pressed: a second click edits it.
  const pressed = useRef(false);
  const pressDown = (event) => {
    const cell = cellOf(event);
    pressed.current = document.activeElement?.id === `cell-${cell && place(...cell)}`;
  };

  const paste = (event) => {
    const cell = cellOf(event);
    if (!cell || cell[1] < FIRST_FIELD) return;
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    if (/[\t\r\n]/.test(text.replace(/\r?\n$/, ""))) {
      onPaste(rows[cell[0]].id, fields[cell[1] - FIRST_FIELD].name, text);
    } else edit(...cell, text.replace(/\r?\n$/, ""));
  };

  const copy = (event) => {
    const cell = cellOf(event);
    if (!cell || cell[1] < FIRST_FIELD || String(window.getSelection())) return;
    const field = fields[cell[1] - FIRST_FIELD];
    const row = rows[cell[0]];
    event.clipboardData.setData(
      "text/plain",
      storedIn(row, field, cells[`${row.id}.${field.name}`]).value,
    );
    event.preventDefault();
  };

  return (
    <>
      <div className={classNames.scroller}>
        <table
          role="grid"
          data-saves-itself=""
          aria-label={label}
          aria-rowcount={rows.length + 1}
          className={classNames.table}
          onKeyDown={press}
          onMouseDown={pressDown}
          onClick={click}
          onPaste={paste}
          onCopy={copy}
          onBlur={(event) => setInside(event.currentTarget.contains(event.relatedTarget))}
          onFocus={(event) => {
            setInside(true);
            const cell = cellOf(event);
            const isElsewhere = cell && place(...cell) !== place(...at);
            if (isElsewhere && !isEditing) setActive(cell);
          }}
        >
          <thead>
            <tr className={classNames.headings}>
              {[...texts.columns, ...fields.map((field) => field.label)].map((name, i) => (
                <th
                  key={name}
                  scope="col"
                  className={`${classNames.heading} ${classNames.widths[i]}`}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Row
                key={row.id}
                row={row}
                at={i}
                cells={fields.map(({ name }) => cells[`${row.id}.${name}`])}
                changes={fields.map(({ name }) => changes[`${row.id}.${name}`])}
                here={peopleAt(row.id, here, me)}
                fields={fields}
                active={i === at[0] ? at[1] : null}
                isEditing={i === at[0] && isEditing}
                isConnected={isConnected}
                to={to}
                classNames={classNames}
                texts={texts}
                acts={acts.current}
              />
            ))}
          </tbody>
        </table>
      </div>
      <div role="status" aria-live="polite" className="sr-only">
        {announcement}
      </div>
      <UnsavedSaves
        isUnsaved={drafts.isUnsaved}
        needsAttention={drafts.needsAttention}
        subscribe={drafts.subscribe}
        onCommit={commitOpen}
        onLeave={drafts.discardAll}
        title="unsaved-grades"
        actions={classNames.actions}
        stay={classNames.stay}
        leave={classNames.leave}
      >
        <h2 id="unsaved-grades" className={classNames.question}>
          {texts.unsaved}
        </h2>
        <p className={classNames.explanation}>{texts.about_unsaved}</p>
      </UnsavedSaves>
    </>
  );
}
