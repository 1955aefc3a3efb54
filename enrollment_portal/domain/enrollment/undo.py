"""Taking recorded changes back: what may be, what a later change forbids, and what it leads to.

A change is taken back by a change of its own, which names it in `undoes`. That one can be taken
back in turn, which makes the first one stand again.

What tracking changes in the transaction of a person's change, as what is active again catches up
with its course or its path's courses, is a part of that change: it forbids nothing, and goes with
it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from enrollment_portal.domain.enrollment.fields import (
    Field,
    Hidden,
    HistoryField,
    Snapshot,
    Status,
    Tracked,
    Value,
)
from enrollment_portal.domain.enrollment.lifecycle import UNKNOWN, CourseRules, RecordedAt, Undo
from enrollment_portal.domain.enrollment.tracking import tracked_status
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.domain.shared.wording import listed

SOURCES = {
    "tracking": "Tracking",
    "import": "Import",
    "group": "Group rule",
    "path": "Learning path",
}
_FIELDS: tuple[HistoryField, ...] = (*Field, *Tracked)
_MOVED_BY_LEARNER: frozenset[HistoryField] = frozenset({Field.STATUS, *Tracked})
_STATUS_FIELDS: frozenset[HistoryField] = frozenset({Field.STATUS, Tracked.STATUS})


class RecordedChange(Protocol):
    """One row of history, as far as the rules need to know it."""

    @property
    def seq(self) -> int:
        """Its place in the order of all changes."""
        ...

    @property
    def at(self) -> int:
        """When, in ms since 1970 UTC."""
        ...

    @property
    def actor_name(self) -> str:
        """Who made it, "" for no person."""
        ...

    @property
    def source(self) -> str:
        """What made it: "person", "tracking", …"""
        ...

    @property
    def kind(self) -> str:
        """What it is: "began" or "changed"."""
        ...

    @property
    def undoes(self) -> int | None:
        """The `seq` of the change that it takes back."""
        ...

    @property
    def changes(self) -> Mapping[HistoryField, tuple[Value, Value]]:
        """What stood there before and after, by field."""
        ...


Row = TypeVar("Row", bound=RecordedChange)


@dataclass(frozen=True)
class LaterChange:
    """A later change of a field; `at` in ms since 1970 UTC."""

    field: HistoryField
    by: str
    at: int
    seq: int


class ChangedSince(Refused):
    """A change cannot be taken back, for what was changed later would be lost.

    Args:
        later: the newest change of each field that was changed again.
        now: this moment in ms, which the message counts from.
    """

    def __init__(self, later: Sequence[LaterChange], now: int) -> None:
        self.later = tuple(later)
        super().__init__(
            messages.changed_again(
                (one.field.label, one.by, calendar.ago(one.at, now)) for one in self.later
            )
        )


class AlreadyUndone(Refused):
    """A change was taken back before."""

    def __init__(self, undo: RecordedChange, now: int) -> None:
        by = who(undo.actor_name, undo.source)
        super().__init__(messages.already_undone(by, calendar.ago(undo.at, now)))


def who(actor_name: str, source: str) -> str:
    """Return who or what made a change, as history names it: "Dana Ruiz", "Tracking"."""
    return actor_name or SOURCES.get(source, "System")


def labels(fields: Mapping[HistoryField, object] | set[HistoryField]) -> str:
    """Return changed fields in words, in the form's order: "Status, Deadline and Grade"."""
    named = [
        f for f in shown_fields(fields) if f is not Field.COMPLETED or Field.STATUS not in fields
    ]
    return listed([field.label for field in named] or ["nothing"])


def shown_fields(fields: Mapping[HistoryField, object] | set[HistoryField]) -> list[HistoryField]:
    """Return the changed fields to show, in the form's order.

    The tracked status is recorded beside the status only so that undoing restores both; it is left
    out there.
    """
    has_status = Field.STATUS in fields
    return [
        field
        for field in _FIELDS
        if field in fields and not (has_status and field is Tracked.STATUS)
    ]


def effective_changes(later: Sequence[Row]) -> list[Row]:
    """Return the changes that count, newest first: not those that took each other back.

    What followed from a change that was taken back went with it.

    Args:
        later: changes of one enrollment, newest first.
    """
    seqs = {event.seq for event in later}
    gone: set[int] = set()
    undone: set[int] = set()
    for event in later:
        target = event.undoes
        if event.seq not in gone and target in seqs:
            gone |= {event.seq, target}
            undone.add(target)
    cause: Row | None = None
    for event in reversed(later):
        if cause is None or not _followed_from(event, cause):
            cause = event
        elif cause.seq in undone:
            gone.add(event.seq)
    return [event for event in later if event.seq not in gone]


def _followed_from(event: RecordedChange, cause: RecordedChange) -> bool:
    """Tell whether tracking changed something because of the change before it.

    Both are of one transaction, and so of one moment. Only a beginning or another status leads to
    something else in the same enrollment.
    """
    leads_on = cause.kind == "began" or Field.STATUS in cause.changes
    return leads_on and event.source == "tracking" != cause.source and event.at == cause.at


def _parts(event: Row, later: Sequence[Row]) -> tuple[Row, Sequence[Row], Sequence[Row]]:
    """Return what belongs to a change, and what does not.

    Args:
        event: the change.
        later: all changes of its enrollment since, newest first.

    Returns:
        The change, or the newest one that made it stand again; what followed from that, oldest
        first; and all other changes since, newest first.
    """
    made = cause = event
    turns = {event.seq}
    followed: list[Row] = []
    others: list[Row] = []
    for one in reversed(later):
        if _followed_from(one, cause):
            (followed if cause is made else others).append(one)
            continue
        cause = one
        others.append(one)
        if one.undoes in turns:
            turns.add(one.seq)
            made, followed = one, []
    return made, followed, others[::-1]


def others_since(event: Row, later: Sequence[Row]) -> Sequence[Row]:
    """Return the changes since another one, newest first, without those that followed from it.

    Args:
        event: the change.
        later: all changes of its enrollment since, newest first.
    """
    return _parts(event, later)[2]


def _together(
    made: RecordedChange, followed: Sequence[RecordedChange]
) -> dict[HistoryField, tuple[Value, Value]]:
    """Return what a change and all that followed from it changed, as one change would."""
    together = dict(made.changes)
    for one in followed:
        changes = dict(one.changes)
        if Field.STATUS in changes:
            # Tracking moves the status to what is tracked, which then has no entry of its own.
            changes.setdefault(Tracked.STATUS, changes[Field.STATUS])
            if changes[Field.STATUS][1] == Status.COMPLETED and Field.COMPLETED in together:
                changes.setdefault(Field.COMPLETED, (None, one.at))
        if Field.COMPLETED in changes and Field.COMPLETED not in together:
            status = together.get(Field.STATUS, (None, None))
            if status[1] == Status.COMPLETED != status[0]:
                # It was completed at the moment of the change, which has no entry of its own.
                together[Field.COMPLETED] = (None, None)
        for field, (before, after) in changes.items():
            together[field] = (together.get(field, (before, after))[0], after)
    return together


def undo_of(seq: int, later: Sequence[Row]) -> Row | None:
    """Return the change by which another one is taken back as things stand."""
    return next((event for event in effective_changes(later) if event.undoes == seq), None)


def require_no_later_change(
    event: RecordedChange, later: Sequence[RecordedChange], now: int
) -> None:
    """Raise where a change was taken back already, or one of its fields was changed again.

    Args:
        event: the change to take back.
        later: all changes of its enrollment since, newest first.
        now: this moment in ms.

    Raises:
        AlreadyUndone: by whom, and when.
        ChangedSince: which fields, by whom, and when.
    """
    counting = effective_changes(others_since(event, later))
    undo = next((one for one in counting if one.undoes == event.seq), None)
    if undo:
        raise AlreadyUndone(undo, now)
    again: dict[HistoryField, LaterChange] = {}
    for field in shown_fields(event.changes):
        if field is Tracked.PROGRESS:
            continue  # It followed the status, and may have followed the learner since.
        meant = _STATUS_FIELDS if field in _STATUS_FIELDS else {field}
        if field is Field.STATUS:
            # Without the completion, its date would be lost.
            meant = meant | {Field.COMPLETED}
        newest = next((one for one in counting if meant & one.changes.keys()), None)
        if newest:
            by = who(newest.actor_name, newest.source)
            is_date = not newest.changes.keys() & (meant - {Field.COMPLETED})
            of = Field.COMPLETED if is_date else field
            again[of] = LaterChange(of, by, newest.at, newest.seq)
    if again:
        raise ChangedSince(tuple(again.values()), now)


def follows_grade(event: RecordedChange, enrollment: Snapshot, course: CourseRules) -> bool:
    """Tell whether a change's status came from its grade, which was all that was missing.

    Such a change records what is tracked beside the status: it moved with it, or completed what had
    been reopened. Older ones recorded the status alone: there it counts only while the change has
    the last word on both, and only where the course could lead to it.
    """
    grade, status = event.changes.get(Field.GRADE), event.changes.get(Field.STATUS)
    if not grade or not status:
        return False
    if Tracked.STATUS in event.changes:
        tracked = event.changes[Tracked.STATUS]
        return tracked == status or tracked == (Status.COMPLETED, Status.COMPLETED)
    sides = sorted(zip(status, grade, strict=True), key=lambda side: side[0] == Status.COMPLETED)
    return (
        enrollment.follows_tracking
        and [side[0] for side in sides] == [Status.ACTIVE, Status.COMPLETED]
        and all(_may_be_tracked(enrollment, course, Status(s), g) for s, g in sides)
    )


def set_by_hand(
    event: RecordedChange,
    enrollment: Snapshot,
    course: CourseRules,
    later: Sequence[RecordedChange],
) -> set[Field]:
    """Return the fields of a change that somebody set, without those that only followed.

    The status may have followed the grade; a completion date changed with the status goes with it.

    Args:
        event: the change.
        enrollment: as it is now.
        course: what its course asks for.
        later: all its changes since, newest first. Where the status was changed again, nothing
            tells any more whether it had followed; the change cannot be taken back anyway.
    """
    fields = {field for field in event.changes if isinstance(field, Field)}
    others = effective_changes(others_since(event, later))
    again = any(_STATUS_FIELDS & one.changes.keys() for one in others)
    if Field.STATUS in fields:
        fields.discard(Field.COMPLETED)
    if follows_grade(event, enrollment, course) or (again and Field.GRADE in fields):
        fields.discard(Field.STATUS)
    return fields


def may_undo(
    event: RecordedChange,
    enrollment: Snapshot,
    course: CourseRules,
    editable: Collection[Field],
    later: Sequence[RecordedChange] = (),
) -> bool:
    """Tell whether somebody may set all that taking a change back would set.

    Args:
        event: the change.
        enrollment: as it is now.
        course: what its course asks for.
        editable: the fields that they may set.
        later: all its changes since, newest first, as far as they are known.
    """
    return bool(editable) and set_by_hand(event, enrollment, course, later) <= set(editable)


def inverse(
    event: RecordedChange,
    enrollment: Snapshot,
    course: CourseRules,
    later: Sequence[RecordedChange] = (),
) -> Undo:
    """Return the command that takes a change back which has the last word on its fields.

    Args:
        event: the change to take back.
        enrollment: as it is now.
        course: what its course asks for.
        later: all changes of the enrollment since, newest first.

    Raises:
        Refused: no person made it, it is how the enrollment began, or its fields hold something
            else than it left there.
    """
    if event.kind != "changed":
        raise Refused(messages.CREATION_STAYS)
    if event.source != "person":
        raise Refused(messages.TRACKED_STAYS)
    made, followed, others = _parts(event, later)
    changes = _together(made, followed)
    fields = {f: pair for f, pair in changes.items() if isinstance(f, Field)}
    if any(enrollment.values[field] != after for field, (_before, after) in fields.items()):
        raise Refused(messages.VALUE_CHANGED)
    values: dict[Field, Value] = {
        field: before for field, (before, after) in fields.items() if before != after
    }
    tracked: Status | None = None
    turns_override = False
    if Tracked.STATUS in changes:
        before, after = changes[Tracked.STATUS]
        if enrollment.tracked_status != after:
            raise Refused(messages.TRACKED_STATUS_CHANGED)
        tracked = Status(before)
        turns_override = before == after and Field.STATUS not in fields
    elif follows_grade(made, enrollment, course):
        tracked = Status(values[Field.STATUS])
    elif (
        fields.get(Field.STATUS) == (Status.ACTIVE, Status.CANCELLED)
        and enrollment.tracked_status is Status.CANCELLED
    ):
        # The learner's own cancelling, of before it recorded what is tracked: it goes back with it.
        tracked = Status.ACTIVE
    goes_on = any(_MOVED_BY_LEARNER & one.changes.keys() for one in effective_changes(others))
    is_tracked_anew = tracked is None and Field.GRADE in values and goes_on
    earlier, left = changes.get(Tracked.PROGRESS, (None, None))
    progress = int(earlier or 0) if left == enrollment.progress else None
    cancelled_at = changes.get(Hidden.CANCELLED, (None, None))[0]
    return Undo(
        event.seq,
        values,
        tracked,
        is_tracked_anew,
        progress,
        ended_at=None if cancelled_at is None else int(cancelled_at),
        turns_override=turns_override,
        override_seq=_override_before(made, followed, enrollment),
        made=RecordedAt(made.seq, made.at),
    )


def _override_before(
    made: RecordedChange, followed: Sequence[RecordedChange], enrollment: Snapshot
) -> int | None:
    """Return which row of history had set the status before a change; `UNKNOWN` if nothing tells.

    Args:
        made: the change.
        followed: what followed from it.
        enrollment: as it is now.
    """
    for one in (made, *followed):
        if Hidden.OVERRIDE in one.changes:
            before = one.changes[Hidden.OVERRIDE][0]
            # What the change itself had set, nothing had set before.
            return None if before in (None, made.seq) else int(before)
    return None if enrollment.override_seq == made.seq else UNKNOWN


def undo_creation(seq: int, made: RecordedAt | None = None) -> Undo:
    """Return the command that takes back how an enrollment began: it is cancelled.

    Args:
        seq: of the row of history with which it began.
        made: that row, or the one that made it stand again last.
    """
    return Undo(seq, {Field.STATUS: int(Status.CANCELLED)}, made=made)


def made_by(event: RecordedChange, later: Sequence[RecordedChange]) -> RecordedAt:
    """Return the row that made a change, or that made it stand again last.

    Args:
        event: the change.
        later: all changes of its enrollment since, newest first.
    """
    made, _followed, _others = _parts(event, later)
    return RecordedAt(made.seq, made.at)


def _may_be_tracked(
    enrollment: Snapshot, course: CourseRules, status: Status, grade: Value
) -> bool:
    """Tell whether a status can be tracked with a grade, or without one, as the course is now.

    A course that waits for a grade may have been active with one: it was given before the last
    lesson, or the course did not wait for it then.
    """
    if status is not Status.COMPLETED:
        return course.requires_grade
    return status is tracked_status(
        enrollment.lessons_done,
        course.n_lessons,
        requires_grade=course.requires_grade,
        is_graded=course.passes(grade),
    )
