"""Validate the form that overrides an enrollment, and format values for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.grades import GradingScheme, normalize_grade
from enrollment_portal.domain.enrollment import completion, messages
from enrollment_portal.domain.enrollment.fields import (
    REASON_LENGTH,
    TEXT_LENGTH,
    Assigned,
    Field,
    HistoryField,
    Status,
    Tracked,
    Value,
    may_follow,
)
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid, NeedsConfirmation
from enrollment_portal.domain.shared.messages import NOT_A_DATE_OR_EMPTY, NOT_TEXT, TOO_FAR_AWAY
from enrollment_portal.domain.shared.typed_text import clean_text, refuse_unstorable
from enrollment_portal.domain.shared.wording import percent

UTC = calendar.zone("UTC")


class WouldReopen(NeedsConfirmation):
    """The form has to ask first whether to reopen a completed enrollment or to create a new one."""

    message = messages.SET_TO_ACTIVE

    def __init__(self) -> None:
        super().__init__({Field.STATUS.value: Status.ACTIVE.key})


@dataclass(frozen=True)
class Editable:
    """The values of an enrollment and its course that validating an edit needs."""

    enrolled_at: int
    values: Mapping[Field, Value]
    scheme: GradingScheme = GradingScheme.FREE
    points: int | None = None
    stored_status: Status | None = None
    """The stored status, if `values` are those of the form's base version."""
    stored_completed: int | None = None
    """The stored moment of completion, likewise."""
    now: int = dataclasses.field(default_factory=calendar.now_ms)
    """The current time in ms since 1970 UTC."""


def typed_form(values: Mapping[Field, Value], tz: ZoneInfo = UTC) -> dict[str, str]:
    """Return stored values as a form shows them: the status by name, the day as 2026-10-02."""
    return {field.value: show_typed(field, value, tz) for field, value in values.items()}


def show_typed(field: Field, value: Value, tz: ZoneInfo = UTC) -> str:
    """Return one stored value as its form field shows it.

    `tz` is the organization's time zone; only the completion date depends on it.
    """
    if value is None:
        return ""
    if field is Field.STATUS:
        return Status(int(value)).key
    if field is Field.COMPLETED:
        return calendar.day_to_date(calendar.day_of(int(value), tz)).isoformat()
    if field is Field.DEADLINE:
        return calendar.day_to_date(int(value)).isoformat()
    return str(value)


def show_value(field: HistoryField, value: Value, tz: ZoneInfo = UTC) -> str:
    """Return one stored value as history and conflicts show it; "none" where there is none.

    `tz` is the organization's time zone; only the completion date depends on it.
    """
    if field is Assigned.INSTRUCTOR and value is None:
        return messages.OF_THE_COURSE
    if value is None or value == "":
        return "none"
    if field in (Field.STATUS, Tracked.STATUS):
        return Status(int(value)).label
    if field is Field.COMPLETED:
        return calendar.show_day(calendar.day_of(int(value), tz))
    if field is Field.DEADLINE:
        return calendar.show_day(int(value))
    return percent(int(value)) if field is Tracked.PROGRESS else str(value)


def read_edits(typed: Mapping[str, object], before: Editable, tz: ZoneInfo) -> dict[Field, Value]:
    """Validate a form, and return the fields that differ from what is stored.

    Args:
        typed: the form's text for each field name; fields that are left out stay unchanged.
        before: the enrollment as it is stored.
        tz: the organization's time zone, in which days begin and end.

    Returns:
        The changed fields with their new stored values.

    Raises:
        Invalid: one message for each field that breaks a rule; nothing is to be changed.
    """
    errors: dict[str, str] = {}
    changes: dict[Field, Value] = {}
    for field in Field:
        if field.value not in typed:
            continue
        if field is Field.COMPLETED and Field.STATUS.value in errors:
            continue
        try:
            if field is Field.COMPLETED:
                status = changes.get(Field.STATUS, before.values[Field.STATUS])
                value = _read_completed(typed[field.value], status, before, tz)
            else:
                value = _read(field, typed[field.value], before, tz)
        except ValueError as refusal:
            errors[field.value] = str(refusal)
            continue
        if value != before.values[field]:
            changes[field] = value
    if errors:
        raise Invalid(errors)
    return changes


def read_reason(typed: object) -> str:
    """Return the reason of a change as it is stored, "" if none was given.

    Raises:
        Invalid: it is not text, or too long.
    """
    try:
        return clean_text(typed, REASON_LENGTH)
    except ValueError as refusal:
        raise Invalid({"reason": str(refusal)}) from None


def _read(field: Field, raw: object, before: Editable, tz: ZoneInfo) -> Value:
    if not isinstance(raw, str):
        raise ValueError(NOT_TEXT)
    match field:
        case Field.STATUS:
            if raw.upper() not in Status.__members__:
                raise ValueError(messages.CHOOSE_STATUS)
            return _read_status(Status[raw.upper()], before)
        case Field.COMPLETED:
            raise AssertionError("It depends on the status.")
        case Field.DEADLINE:
            return _read_deadline(raw.strip(), before, tz)
        case Field.GRADE:
            refuse_unstorable(raw)
            # An unchanged grade is not validated again: the scheme may have changed since.
            if raw == before.values[Field.GRADE]:
                return raw
            return normalize_grade(raw, before.scheme, before.points)
        case Field.FEEDBACK | Field.NOTE:
            # Nor is an unchanged text; older ones may consist of invisible characters only.
            return raw if raw == before.values[field] else clean_text(raw, TEXT_LENGTH)


def _read_status(wanted: Status, before: Editable) -> int:
    base = Status(int(before.values[Field.STATUS] or 0))
    now = base if before.stored_status is None else before.stored_status
    # A status that the person did not change is not validated, whatever is stored now.
    refusal = "" if wanted is base else status_refusal(now, wanted, has_changed=now is not base)
    if refusal:
        raise ValueError(refusal)
    return int(wanted)


def _read_completed(raw: object, status: Value, before: Editable, tz: ZoneInfo) -> Value:
    """Validate the typed completion date; `status` is the status that is saved with it."""
    if not isinstance(raw, str):
        raise ValueError(NOT_TEXT)
    text, stored = raw.strip(), before.values[Field.COMPLETED]
    if text == show_typed(Field.COMPLETED, stored, tz):
        return stored
    is_completed = status == Status.COMPLETED
    if not text:
        # Without a status Completed there is no date; a new completion is dated today by default.
        if is_completed and before.values[Field.STATUS] == Status.COMPLETED:
            raise ValueError(messages.NO_DAY)
        return stored
    if not is_completed:
        raise ValueError(messages.NOT_COMPLETED)
    day = completion.read_day(text, calendar.day_of(before.now, tz))
    if text == show_typed(Field.COMPLETED, before.stored_completed, tz):
        return before.stored_completed
    if day < calendar.day_of(before.enrolled_at, tz):
        raise ValueError(completion.day_sentence(before.enrolled_at, tz))
    return completion.moment_on(day, before.now, tz, enrolled_at=before.enrolled_at)


def status_refusal(now: Status, wanted: Status, *, has_changed: bool) -> str:
    """Return why a status cannot be set where another one is stored; "" if it can.

    Args:
        now: what is stored.
        wanted: what was chosen.
        has_changed: whether something else was stored when it was chosen.
    """
    if may_follow(now, wanted):
        return ""
    if has_changed:
        return messages.first_back_to_active_now(now.label, wanted.label)
    return messages.first_back_to_active(now.label, wanted.label)


def _read_deadline(text: str, before: Editable, tz: ZoneInfo) -> int | None:
    if not text:
        return None
    try:
        day = calendar.date_to_day(date.fromisoformat(text))
    except ValueError:
        raise ValueError(NOT_A_DATE_OR_EMPTY) from None
    if day == before.values[Field.DEADLINE]:
        return day
    enrolled = calendar.day_of(before.enrolled_at, tz)
    if day < enrolled:
        raise ValueError(messages.deadline_before_enrollment(calendar.show_day(enrolled)))
    if day > calendar.LAST_DAY:
        raise ValueError(TOO_FAR_AWAY)
    return day
