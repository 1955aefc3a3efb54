"""What is done to each selected enrollment, read from untrusted input and stored as text.

An action that sets fields types them, as a person would in the Manage form: `edits.read_edits`
validates them with the rules of a single save, and `lifecycle.transition` decides the change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.permissions import (
    editable_fields,
    may_manage_learning,
    may_see_ledger,
)
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.dates import add_working_days, next_weekday
from enrollment_portal.domain.enrollment.edits import UTC, show_typed
from enrollment_portal.domain.enrollment.fields import TEXT_LENGTH, Field, Status
from enrollment_portal.domain.enrollment.messages import CHOOSE_STATUS, IN_FUTURE
from enrollment_portal.domain.learning.learner_messages import MESSAGE_LENGTH
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid, Refused
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import TOO_FAR_AWAY
from enrollment_portal.domain.shared.typed_text import clean_text, is_empty

MAX_DAYS = 730
"""By how many days a deadline is moved at most."""
MAX_WORKING_DAYS = 520
_GRADE_TEXT = 200
_NAMED = 20
"""How many unknown placeholders a message names, and how much of each."""
FIRST_NAME, COURSE = "first name", "course"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BATCH = re.compile(r"[0-9a-zA-Z_-]{1,64}")


class ActionKind(StrEnum):
    """The actions; the names used in forms and in the database."""

    STATUS = "status"
    DEADLINE = "deadline"
    MOVE_DEADLINE = "move_deadline"
    CLEAR_DEADLINE = "clear_deadline"
    GRADE = "grade"
    FEEDBACK = "feedback"
    NOTE = "note"
    MESSAGE = "message"
    CANCEL = "cancel"
    REVERT = "revert"
    INSTRUCTOR = "instructor"
    RETAKE = "retake"
    ENROLL = "enroll"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The name of the action."""
        return _LABELS[self]


_LABELS = {
    ActionKind.STATUS: messages.SET_STATUS,
    ActionKind.DEADLINE: messages.SET_DEADLINE,
    ActionKind.MOVE_DEADLINE: messages.MOVE_DEADLINE,
    ActionKind.CLEAR_DEADLINE: messages.CLEAR_DEADLINE,
    ActionKind.GRADE: messages.SET_GRADE,
    ActionKind.FEEDBACK: messages.SET_FEEDBACK,
    ActionKind.NOTE: messages.ADD_NOTE,
    ActionKind.MESSAGE: messages.MESSAGE_LEARNER,
    ActionKind.CANCEL: messages.CANCEL,
    ActionKind.REVERT: messages.REVERT,
    ActionKind.INSTRUCTOR: messages.REASSIGN,
    ActionKind.RETAKE: messages.RETAKE,
    ActionKind.ENROLL: messages.ENROLL,
    ActionKind.UNDO: messages.UNDO,
}
ENROLLING = frozenset({ActionKind.RETAKE, ActionKind.ENROLL})
"""Actions that create enrollments of the selected learners, and change none of the selected."""
_FIELDS = {
    ActionKind.STATUS: Field.STATUS,
    ActionKind.CANCEL: Field.STATUS,
    ActionKind.REVERT: Field.STATUS,
    ActionKind.DEADLINE: Field.DEADLINE,
    ActionKind.MOVE_DEADLINE: Field.DEADLINE,
    ActionKind.CLEAR_DEADLINE: Field.DEADLINE,
    ActionKind.GRADE: Field.GRADE,
    ActionKind.FEEDBACK: Field.FEEDBACK,
    ActionKind.NOTE: Field.NOTE,
}


class Unit(StrEnum):
    """By what a deadline is moved."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    WEEKDAY = "weekday"
    """To the next such day of the week; the number is 0 for Monday to 6 for Sunday."""


class Target(Protocol):
    """The columns of an enrollment that decide what an action types into its form."""

    @property
    def name(self) -> str:
        """The learner's name."""
        ...

    @property
    def title(self) -> str:
        """The title of the enrollment's course or learning path."""
        ...

    @property
    def status(self) -> int:
        """The stored status."""
        ...

    @property
    def deadline_day(self) -> int | None:
        """The deadline."""
        ...

    @property
    def internal_note(self) -> str:
        """The internal note."""
        ...


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its values; only those of its kind are set."""

    kind: ActionKind
    status: Status | None = None
    day: int | None = None
    """The day of completion, the deadline, or the deadline of new enrollments."""
    amount: int = 0
    unit: Unit = Unit.DAYS
    text: str = ""
    """The grade, what is added to the note, or the feedback or message with placeholders; ""
    removes."""
    course: int = 0
    account: int = 0
    """The instructor to assign; 0 for all instructors of the course."""
    again: bool = False
    """Whether learners who have completed the course are enrolled again."""
    batch: str = ""
    """The batch that is undone."""

    @property
    def field(self) -> Field | None:
        """The field that it sets, `None` if it sets none itself."""
        return _FIELDS.get(self.kind)

    def typed(self) -> dict[str, str]:
        """Return the values as a form sends them; `read_action` reads them."""
        values = {
            "status": "" if self.status is None else self.status.key,
            "day": show_typed(Field.DEADLINE, self.day),
            "amount": str(self.amount) if self.kind is ActionKind.MOVE_DEADLINE else "",
            "unit": self.unit.value if self.kind is ActionKind.MOVE_DEADLINE else "",
            "text": self.text,
            "course": str(self.course or ""),
            "account": str(self.account or ""),
            "again": "1" if self.again else "",
            "batch": self.batch,
        }
        is_removed = self.kind in (ActionKind.GRADE, ActionKind.FEEDBACK) and not self.text
        if is_removed or (self.kind is ActionKind.INSTRUCTOR and not self.account):
            values["remove"] = "1"
        return {name: value for name, value in values.items() if value}

    def describe(self) -> str:
        """Return the action with its values: "Move deadline by 7 days"."""
        match self.kind:
            case ActionKind.STATUS if self.status is not None:
                label = self.status.label
                if self.day is not None:
                    return messages.status_to_on(label, calendar.show_day(self.day))
                return messages.status_to(label)
            case ActionKind.DEADLINE if self.day is not None:
                return messages.deadline_to(calendar.show_day(self.day))
            case ActionKind.MOVE_DEADLINE:
                return self._describe_move()
            case ActionKind.GRADE:
                return messages.grade_to(self.text) if self.text else messages.CLEAR_GRADE
            case ActionKind.FEEDBACK if not self.text:
                return messages.CLEAR_FEEDBACK
            case ActionKind.INSTRUCTOR if not self.account:
                return messages.UNASSIGN
        return self.kind.label

    def _describe_move(self) -> str:
        if self.unit is Unit.WEEKDAY:
            return messages.move_to_weekday(messages.WEEKDAYS[self.amount])
        if self.unit is Unit.WORKING_DAYS:
            return messages.move_by_working_days(self.amount)
        return messages.move_by_days(self.amount)

    def form_for(self, target: Target) -> dict[str, str]:
        """Return what the action types into the form of one enrollment, by field name.

        Raises:
            Refused: it is not possible for this enrollment; the message says why.
        """
        match self.kind:
            case ActionKind.STATUS if self.status is not None:
                form = {Field.STATUS.value: self.status.key}
                if self.day is not None:
                    form[Field.COMPLETED.value] = show_typed(Field.DEADLINE, self.day)
                return form
            case ActionKind.CANCEL:
                if target.status == Status.COMPLETED:
                    raise Refused(messages.CANNOT_BE_CANCELLED)
                return {Field.STATUS.value: Status.CANCELLED.key}
            case ActionKind.DEADLINE:
                return {Field.DEADLINE.value: show_typed(Field.DEADLINE, self.day)}
            case ActionKind.CLEAR_DEADLINE:
                return {Field.DEADLINE.value: ""}
            case ActionKind.MOVE_DEADLINE:
                return {Field.DEADLINE.value: self._moved(target.deadline_day)}
            case ActionKind.GRADE:
                return {Field.GRADE.value: self.text}
            case ActionKind.FEEDBACK:
                return {Field.FEEDBACK.value: fill_in(self.text, target.name, target.title)}
            case ActionKind.NOTE:
                note = target.internal_note
                return {Field.NOTE.value: f"{note}\n{self.text}" if note else self.text}
        raise AssertionError(self.kind)

    @property
    def names_course(self) -> bool:
        """Whether the text differs between the courses of a learner."""
        return any(_named(found) == COURSE for found in _PLACEHOLDER.findall(self.text))

    def _moved(self, day: int | None) -> str:
        if day is None:
            raise Refused(messages.NO_DEADLINE)
        if self.unit is Unit.WEEKDAY:
            moved = next_weekday(day, self.amount)
        elif self.unit is Unit.WORKING_DAYS:
            moved = add_working_days(day, self.amount)
        else:
            moved = day + self.amount
        if not 0 <= moved <= calendar.LAST_DAY:
            raise Refused(TOO_FAR_AWAY)
        return show_typed(Field.DEADLINE, moved)


def may_carry_out(actor: Actor, action: Action) -> bool:
    """Return whether a person may do this to enrollments of their ledger.

    Who may write feedback may write messages. An undo sets whatever its batch had set: the rights
    are checked for each change.
    """
    if action.kind in ENROLLING or action.kind is ActionKind.INSTRUCTOR:
        return may_manage_learning(actor)
    if action.field is None:
        return bool(editable_fields(actor))
    return action.field in editable_fields(actor)


def fill_in(template: str, name: str, course: str) -> str:
    """Return a text with its placeholders filled in; those within names stay as they are."""
    values = {FIRST_NAME: (name.split() or [name])[0], COURSE: course}
    return _PLACEHOLDER.sub(lambda found: values.get(_named(found[1]), found[0]), template)


def _named(typed: str) -> str:
    """Return the name of a placeholder as it is compared: "{First  Name}" is one."""
    return " ".join(typed.split()).lower()


def read_action(kind: object, typed: Mapping[str, object], tz: ZoneInfo = UTC) -> Action:
    """Return an action from a form.

    Args:
        kind: the name of the action.
        typed: its values by name; see `Action.typed`. Grades, feedback and assigned instructors
            are removed by `remove`: "1", so that an empty field by mistake removes nothing.
        tz: the organization's time zone, in which a day of completion is past.

    Raises:
        Invalid: for each field, what is wrong with it.
    """
    if not isinstance(kind, str) or kind not in list(ActionKind):
        raise Invalid({"action": messages.CHOOSE_ACTION})
    chosen = ActionKind(kind)
    match chosen:
        case ActionKind.STATUS:
            return _read_status(typed, tz)
        case ActionKind.DEADLINE:
            return Action(chosen, day=_read_day(typed.get("day"), "day", required=True))
        case ActionKind.MOVE_DEADLINE:
            return _read_move(typed)
        case ActionKind.GRADE:
            text = _read_text(typed, _GRADE_TEXT, messages.CHOOSE_GRADE, may_remove=True)
            return Action(chosen, text=text)
        case ActionKind.FEEDBACK:
            text = _read_text(typed, TEXT_LENGTH, messages.CHOOSE_FEEDBACK, may_remove=True)
            _check_placeholders(text)
            return Action(chosen, text=text)
        case ActionKind.MESSAGE:
            text = _read_text(typed, MESSAGE_LENGTH, messages.CHOOSE_MESSAGE)
            _check_placeholders(text)
            return Action(chosen, text=text)
        case ActionKind.NOTE:
            return Action(chosen, text=_read_text(typed, TEXT_LENGTH, messages.CHOOSE_NOTE))
        case ActionKind.INSTRUCTOR:
            account = 0 if _removes(typed) else read_id(typed.get("account"))
            if account is None:
                raise Invalid({"account": messages.CHOOSE_INSTRUCTOR})
            return Action(chosen, account=account)
        case ActionKind.ENROLL:
            return _read_enroll(typed)
        case ActionKind.UNDO:
            batch = typed.get("batch")
            if not isinstance(batch, str) or not _BATCH.fullmatch(batch):
                raise Invalid({"action": messages.CHOOSE_ACTION})
            return Action(chosen, batch=batch)
    return Action(chosen)


def _read_status(typed: Mapping[str, object], tz: ZoneInfo) -> Action:
    raw = typed.get("status")
    if not isinstance(raw, str) or raw.upper() not in Status.__members__:
        raise Invalid({"status": CHOOSE_STATUS})
    status, day = Status[raw.upper()], typed.get("day")
    # Only a completion has a day; the form may still hold one for another status.
    if status is not Status.COMPLETED:
        return Action(ActionKind.STATUS, status=status)
    read = _read_day(day, "day", required=False)
    today = calendar.day_of(calendar.now_ms(), tz)
    if read is not None and read > today + 1:
        raise Invalid({"day": IN_FUTURE})
    return Action(ActionKind.STATUS, status=status, day=read)


def _read_move(typed: Mapping[str, object]) -> Action:
    unit = typed.get("unit") or Unit.DAYS.value
    if not isinstance(unit, str) or unit not in list(Unit):
        raise Invalid({"unit": messages.CHOOSE_UNIT})
    raw = typed.get("amount")
    text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    is_number = re.fullmatch(r"[+-]?[0-9]{1,5}", text, re.ASCII) is not None
    amount, how = int(text) if is_number else 0, Unit(unit)
    if how is Unit.WEEKDAY:
        if not is_number or not 0 <= amount < len(messages.WEEKDAYS):
            raise Invalid({"amount": messages.CHOOSE_UNIT})
    else:
        limit = MAX_DAYS if how is Unit.DAYS else MAX_WORKING_DAYS
        if not amount or abs(amount) > limit:
            raise Invalid({"amount": messages.not_a_number_of_days(limit)})
    return Action(ActionKind.MOVE_DEADLINE, amount=amount, unit=how)


def _read_enroll(typed: Mapping[str, object]) -> Action:
    course = read_id(typed.get("course"))
    if course is None:
        raise Invalid({"course": messages.CHOOSE_COURSE})
    day = _read_day(typed.get("day"), "day", required=False)
    again = typed.get("again") in ("1", True)
    return Action(ActionKind.ENROLL, course=course, day=day, again=again)


def _removes(typed: Mapping[str, object]) -> bool:
    return typed.get("remove") in ("1", True)


def _read_text(
    typed: Mapping[str, object], limit: int, missing: str, *, may_remove: bool = False
) -> str:
    if may_remove and _removes(typed):
        return ""
    try:
        text = clean_text(typed.get("text", ""), limit)
    except ValueError as refusal:
        raise Invalid({"text": str(refusal)}) from None
    if is_empty(text):
        raise Invalid({"text": missing})
    return text


def _check_placeholders(text: str) -> None:
    known = (FIRST_NAME, COURSE)
    names = [found.strip() for found in _PLACEHOLDER.findall(text)]
    unknown = [name for name in dict.fromkeys(names) if _named(name) not in known]
    if unknown:
        named = [name[:_NAMED] for name in unknown[:_NAMED]]
        raise Invalid({"text": messages.unknown_placeholders(named, known)})


def _read_day(raw: object, field: str, *, required: bool) -> int | None:
    text = raw.strip() if isinstance(raw, str) else ""
    if not text:
        if required:
            raise Invalid({field: messages.CHOOSE_DAY})
        return None
    try:
        day = calendar.date_to_day(date.fromisoformat(text))
    except ValueError:
        raise Invalid({field: messages.NOT_A_DAY}) from None
    if not 0 <= day <= calendar.LAST_DAY:
        raise Invalid({field: TOO_FAR_AWAY})
    return day


def may_change_many(actor: Actor) -> bool:
    """Return whether a person may change enrollments of their ledger together."""
    return may_see_ledger(actor) and bool(editable_fields(actor))


def actions_of(actor: Actor) -> list[ActionKind]:
    """Return the actions that a person may choose from."""
    kinds = [kind for kind in ActionKind if kind is not ActionKind.UNDO]
    return [kind for kind in kinds if may_carry_out(actor, Action(kind))]
