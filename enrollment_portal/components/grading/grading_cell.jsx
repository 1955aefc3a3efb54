import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { Sentence } from "../ui/sentence.jsx";
import { gradingDrafts as drafts } from "./grading_drafts.js";
import * as messages from "./messages.js";

function grow(area) {
  if (area?.tagName !== "TEXTAREA") return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/**
 * The editor in a cell. It holds what is typed itself: nothing else is drawn while one types.
 *
 * `onDone(text, move)` commits it and moves by [rows, columns], or stays with `null`.
 */
function Editor({
  isLong,
  initial,
  label,
  describedBy,
  isInvalid,
  className,
  onDone,
  onCancel,
  onCells,
}) {
  const field = useRef(null);
  const isOver = useRef(false);
  const Tag = isLong ? "textarea" : "input";

  useLayoutEffect(() => {
    const { current } = field;
    current.focus();
    current.setSelectionRange(current.value.length, current.value.length);
    grow(current);
    return () => {
      isOver.current = true;
    };
  }, []);

  const finish = (move) => {
    if (isOver.current) return;
    isOver.current = true;
    onDone(field.current.value, move);
  };

  const press = (event) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const isEnter = event.key === "Enter";
    const isSave = event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey);
    if (isSave) {
      event.preventDefault();
      finish([0, 0]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      isOver.current = true;
      onCancel();
    } else if (event.key === "Tab") {
      event.preventDefault();
      finish([0, event.shiftKey ? -1 : 1]);
    } else if (isEnter && (!isLong || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      finish([event.shiftKey && !isLong ? -1 : 1, 0]);
    }
  };

  const paste = (event) => {
    event.stopPropagation();
    const text = event.clipboardData.getData("text/plain");
    if (isLong || !/[\t\r\n]/.test(text.trim())) return;
    event.preventDefault();
    isOver.current = true;
    onCells(text);
  };

  return (
    <Tag
      ref={field}
      {...(isLong ? { rows: 2 } : { type: "text", autoComplete: "off", spellCheck: false })}
      defaultValue={initial}
      aria-label={label}
      aria-invalid={isInvalid}
      aria-describedby={describedBy}
      className={className}
      onChange={(event) => {
        drafts.type(event.target.value);
        grow(event.target);
      }}
      onKeyDown={press}
      onPaste={paste}
      onCopy={(event) => event.stopPropagation()}
      onBlur={() => finish(null)}
    />
  );
}

/** A conflict: what somebody else saved in a cell, and what is typed there. */
function Conflict({ remote, cell, classNames, isTyping, onTheirs, onMine }) {
  const { before, value: theirs, is_own } = remote;
  const keep = is_own ? messages.KEEP_OTHER_TAB : messages.KEEP_THEIRS;
  // The field that is being edited keeps the focus while one of these is pressed.
  const stay = isTyping ? (event) => event.preventDefault() : undefined;
  return (
    <span className={classNames.conflict} onMouseDown={stay}>
      <span className="block">
        <span>
          {isTyping && !is_own
            ? messages.changedWhileTyping(remote)
            : messages.changedMeanwhile(remote)}
        </span>{" "}
        <Sentence
          text={messages.BEFORE}
          value={<span className="break-words">{before || messages.EMPTY}</span>}
        />{" "}
        <Sentence
          text={is_own ? messages.OTHER_TABS : messages.THEIRS}
          value={<b className="break-words">{theirs || messages.EMPTY}</b>}
        />
      </span>
      <span className={classNames.choices}>
        <button
          type="button"
          className={classNames.choice}
          onClick={onTheirs}
          aria-label={messages.choiceFor(keep, cell)}
        >
          {keep}
        </button>
        <button
          type="button"
          className={classNames.choice}
          onClick={onMine}
          aria-label={messages.choiceFor(messages.KEEP_MINE, cell)}
        >
          {messages.KEEP_MINE}
        </button>
      </span>
    </span>
  );
}

/** "Saving"; after a while without an answer, that it is not saved yet. */
function Saving({ classNames, isConnected }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 3_000);
    return () => clearTimeout(timer);
  }, []);
  if (isConnected && !isLate) return <span className={classNames.state}>{messages.SAVING}</span>;
  return <span className={classNames.late}>{messages.NOT_SAVED_YET}</span>;
}

/** One editable cell: what is stored or typed, and the state of its save. */
export function GradingCell(props) {
  const { row, field, stored, change, at, isActive, isEditing, isConnected, classNames } = props;
  const key = `${row.id}.${field.name}`;
  const draft = useSyncExternalStore(
    drafts.subscribe,
    () => drafts.draftOf(key),
    () => undefined,
  );
  const remote = useSyncExternalStore(
    drafts.subscribe,
    () => drafts.remoteChangeOf(key),
    () => undefined,
  );
  const cell = { field: field.label, name: row.name };
  const label = messages.cellOf(cell);
  const phase = draft?.phase;
  const text = draft && phase !== "saved" ? (draft.next ?? draft.text) : stored.value;
  const isChanged = isEditing && remote;
  const isAnswered = isChanged || phase === "refused" || phase === "conflict";
  const hint = isAnswered ? `about-${key}` : row.read_only ? `read-only-${row.id}` : undefined;
  // With another version the class is another one, and what it does begins again.
  const flash = change ? (change.version % 2 ? "flash-odd" : "flash-even") : "";
  const settle = (act) => () => {
    act(key);
    props.onSettled();
  };

  return (
    <td
      role="gridcell"
      id={`cell-${at}`}
      data-cell={at}
      tabIndex={isActive && !isEditing ? 0 : -1}
      aria-label={isEditing ? undefined : messages.cellWithValue(cell, text)}
      aria-invalid={phase === "refused"}
      aria-readonly={row.read_only ? true : undefined}
      aria-describedby={hint}
      title={row.read_only || undefined}
      className={`${row.read_only ? classNames.read_only_cell : classNames.cell} ${field.class_name} ${phase === "refused" ? classNames.invalid : flash}`}
    >
      {isEditing ? (
        <Editor
          isLong={field.is_long}
          initial={drafts.editor?.text ?? text}
          label={label}
          describedBy={hint}
          isInvalid={phase === "refused"}
          className={classNames.editor}
          onDone={(typed, move) => props.onDone(typed, stored, move)}
          onCancel={props.onCancel}
          onCells={props.onCells}
        />
      ) : (
        <span
          title={text || undefined}
          className={field.is_long ? classNames.long : classNames.text}
        >
          {text}
        </span>
      )}
      {(phase === "waiting" || phase === "saving") && (
        <Saving classNames={classNames} isConnected={isConnected} />
      )}
      {phase === "saved" && (
        <span className={draft.isRefusal ? classNames.refused : classNames.saved}>
          {draft.label ?? messages.SAVED}
        </span>
      )}
      {phase === "refused" && !isChanged && (
        <span id={hint} className={classNames.refused}>
          {draft.message}
        </span>
      )}
      {isChanged ? (
        <span id={hint}>
          <Conflict
            remote={remote}
            isTyping
            cell={cell}
            classNames={classNames}
            onTheirs={settle(drafts.cancel)}
            onMine={drafts.editOverRemote}
          />
        </span>
      ) : (
        phase === "conflict" && (
          <span id={hint}>
            <Conflict
              remote={draft.remote}
              cell={cell}
              classNames={classNames}
              onTheirs={settle(drafts.discard)}
              onMine={settle(drafts.keepMine)}
            />
          </span>
        )
      )}
    </td>
  );
}
