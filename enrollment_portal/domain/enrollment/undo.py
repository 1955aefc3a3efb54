"""Undo recorded changes: which can be undone, what prevents it, and the command that does it.

A change is undone by another change, which names it in `undoes`. That one can be undone as well,
which redoes the first one.

If tracking changes the enrollment in the same transaction (an enrollment that is active again
catches up with its course), that belongs to the person's change: it does not prevent undo, and is
undone with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from enrollment_portal.domain.enrollment.commands import (
    UNKNOWN,
    AssignInstructor,
    CourseRules,
    RecordedAt,
    Undo,
)
from enrollment_portal.domain.enrollment.fields import (
    Assigned,
    Field,
    Hidden,
    HistoryField,
    Sent,
    Snapshot,
    Status,
    Tracked,
    Value,
)
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
_FIELDS: tuple[HistoryField, ...] = (*Field, *Assigned, *Sent, *Tracked)
_MOVED_BY_LEARNER: frozenset[HistoryField] = frozenset({Field.STATUS, *Tracked})
_STATUS_FIELDS: frozenset[HistoryField] = frozenset({Field.STATUS, Tracked.STATUS})


class RecordedChange(Protocol):
    """A row of history with the columns that the rules need."""

    @property
    def seq(self) -> int:
        """Its number in the order of all changes."""
        ...

    @property
    def at(self) -> int:
        """When, in ms since 1970 UTC."""
        ...

    @property
    def actor_name(self) -> str:
        """The name of the person who made it; "" for no person."""
        ...

    @property
    def source(self) -> str:
        """What made it: "person", "tracking", …"""
        ...

    @property
    def kind(self) -> str:
        """Whether it created the enrollment ("began") or changed it ("changed")."""
        ...

    @property
    def undoes(self) -> int | None:
        """The `seq` of the change that it undoes."""
        ...

    @property
    def changes(self) -> Mapping[HistoryField, tuple[Value, Value]]:
        """For each field, the values before and after."""
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
    """A change cannot be undone because its fields were changed again later.

    Args:
        later: the newest change of each field that was changed again.
        now: the current time in ms, for "5 minutes ago".
    """

    def __init__(self, later: Sequence[LaterChange], now: int) -> None:
        self.later = tuple(later)
        super().__init__(
            messages.changed_again(
                (one.field.label, one.by, calendar.ago(one.at, now)) for one in self.later
            )
        )


class AlreadyUndone(Refused):
    """A change has been undone already."""

    def __init__(self, undo: RecordedChange, now: int) -> None:
        by = who(undo.actor_name, undo.source)
        super().__init__(messages.already_undone(by, calendar.ago(undo.at, now)))


def who(actor_name: str, source: str) -> str:
    """Return the shown name of who or what made a change: "Dana Ruiz", "Tracking"."""
    return actor_name or SOURCES.get(source, "System")


def labels(fields: Mapping[HistoryField, object] | set[HistoryField]) -> str:
    """Return the labels of changed fields, in the form's order: "Status, Deadline and Grade"."""
    named = [
        f for f in shown_fields(fields) if f is not Field.COMPLETED or Field.STATUS not in fields
    ]
    return listed([field.label for field in named] or ["nothing"])


def shown_fields(fields: Mapping[HistoryField, object] | set[HistoryField]) -> list[HistoryField]:
    """Return the changed fields to show, in the form's order.

    The tracked status is left out if the status is there too: it is recorded only for undo.
    """
    has_status = Field.STATUS in fields
    return [
        field
        for field in _FIELDS
        if field in fields and not (has_status and field is Tracked.STATUS)
    ]


def effective_changes(later: Sequence[Row]) -> list[Row]:
    """Return the changes that are still in effect, newest first: neither undone nor undos.

    Changes that followed from an undone change are left out too.

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
    """Return whether tracking made a change as a consequence of another change.

    Both are of one transaction, so have the same time. Only a creation or another status has such
    consequences in the same enrollment.
    """
    leads_on = cause.kind == "began" or Field.STATUS in cause.changes
    return leads_on and event.source == "tracking" != cause.source and event.at == cause.at


def _parts(event: Row, later: Sequence[Row]) -> tuple[Row, Sequence[Row], Sequence[Row]]:
    """Split the later changes into those that belong to a change, and all others.

    Args:
        event: the change.
        later: all changes of its enrollment since, newest first.

    Returns:
        The change, or the newest one that redid it; what followed from that, oldest first; and
        all other changes since, newest first.
    """
    made = cause = event
    made_again = {event.seq}
    followed: list[Row] = []
    others: list[Row] = []
    for one in reversed(later):
        if _followed_from(one, cause):
            (followed if cause is made else others).append(one)
            continue
        cause = one
        others.append(one)
        if one.undoes in made_again:
            made_again.add(one.seq)
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
    """Return the combined changes of a change and of all that followed from it."""
    together = dict(made.changes)
    for one in followed:
        changes = dict(one.changes)
        if Field.STATUS in changes:
            # If tracking changes the status, the tracked status has no entry of its own.
            changes.setdefault(Tracked.STATUS, changes[Field.STATUS])
            if changes[Field.STATUS][1] == Status.COMPLETED and Field.COMPLETED in together:
                changes.setdefault(Field.COMPLETED, (None, one.at))
        if Field.COMPLETED in changes and Field.COMPLETED not in together:
            status = together.get(Field.STATUS, (None, None))
            if status[1] == Status.COMPLETED != status[0]:
                # If it was completed at the time of the change, that has no entry of its own.
                together[Field.COMPLETED] = (None, None)
        for field, (before, after) in changes.items():
            together[field] = (together.get(field, (before, after))[0], after)
    return together


def undo_of(seq: int, later: Sequence[Row]) -> Row | None:
    """Return the change that currently undoes another one; `None` if it is not undone."""
    return next((event for event in effective_changes(later) if event.undoes == seq), None)


def require_no_later_change(
    event: RecordedChange, later: Sequence[RecordedChange], now: int
) -> None:
    """Raise if a change was undone already, or one of its fields was changed again.

    Args:
        event: the change to take back.
        later: all changes of its enrollment since, newest first.
        now: the current time in ms.

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
            continue  # The progress followed the status, and may have followed the learner since.
        if field is Sent.MESSAGE:
            continue  # A later message is another one.
        meant = _STATUS_FIELDS if field in _STATUS_FIELDS else {field}
        if field is Field.STATUS:
            # If the completion is undone, its date would be lost.
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
    """Return whether a change's status followed from its grade, which was all that was missing.

    Such a change also records the tracked status. Older ones recorded the status only: there it
    counts only if neither was changed since, and if the course's rules could lead to it.
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
    """Return the fields of a change that the person set, without those that only followed.

    The status may have followed from the grade; a completion date belongs to its status.

    Args:
        event: the change.
        enrollment: as it is now.
        course: what its course asks for.
        later: all its changes since, newest first. If the status was changed again, whether it had
            followed is unknown; the change cannot be undone then anyway.
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
    """Return whether a person may set all the fields that undoing a change would set.

    Args:
        event: the change.
        enrollment: as it is now.
        course: what its course asks for.
        editable: the fields that they may set.
        later: all its changes since, newest first, as far as they are known.
    """
    needed = set_by_hand(event, enrollment, course, later)
    if Assigned.INSTRUCTOR in event.changes:
        # Who may set the status may assign an instructor.
        needed = {*needed, Field.STATUS}
    return bool(editable) and needed <= set(editable)


def inverse(
    event: RecordedChange,
    enrollment: Snapshot,
    course: CourseRules,
    later: Sequence[RecordedChange] = (),
) -> Undo:
    """Return the command that undoes a change whose fields were not changed again.

    Args:
        event: the change to take back.
        enrollment: as it is now.
        course: what its course asks for.
        later: all changes of the enrollment since, newest first.

    Raises:
        Refused: no person made it, it created the enrollment, or its fields do not have the
            values that it set.
    """
    if event.kind != "changed":
        raise Refused(messages.CREATION_STAYS)
    if event.source != "person":
        raise Refused(messages.TRACKED_STAYS)
    made, followed, others = _parts(event, later)
    if Sent.MESSAGE in event.changes:
        before, after = event.changes[Sent.MESSAGE]
        return Undo(event.seq, {}, message=(after, before), made=RecordedAt(made.seq, made.at))
    if Hidden.INSTRUCTOR in event.changes:
        before, after = event.changes[Hidden.INSTRUCTOR]
        if enrollment.instructor_id != after:
            raise Refused(messages.VALUE_CHANGED)
        assigns = AssignInstructor(None if before is None else int(before))
        return Undo(event.seq, {}, assigns=assigns, made=RecordedAt(made.seq, made.at))
    changes = _together(made, followed)
    fields = {f: pair for f, pair in changes.items() if isinstance(f, Field)}
    if any(enrollment.values[field] != after for field, (_before, after) in fields.items()):
        raise Refused(messages.VALUE_CHANGED)
    values: dict[Field, Value] = {
        field: before for field, (before, after) in fields.items() if before != after
    }
    tracked: Status | None = None
    toggles_override = False
    if Tracked.STATUS in changes:
        before, after = changes[Tracked.STATUS]
        if enrollment.tracked_status != after:
            raise Refused(messages.TRACKED_STATUS_CHANGED)
        tracked = Status(before)
        toggles_override = before == after and Field.STATUS not in fields
    elif follows_grade(made, enrollment, course):
        tracked = Status(values[Field.STATUS])
    elif (
        fields.get(Field.STATUS) == (Status.ACTIVE, Status.CANCELLED)
        and enrollment.tracked_status is Status.CANCELLED
    ):
        # An old row of the learner's cancelling, without the tracked status: undo both.
        tracked = Status.ACTIVE
    goes_on = any(_MOVED_BY_LEARNER & one.changes.keys() for one in effective_changes(others))
    is_tracked_again = tracked is None and Field.GRADE in values and goes_on
    earlier, left = changes.get(Tracked.PROGRESS, (None, None))
    progress = int(earlier or 0) if left == enrollment.progress else None
    cancelled_at = changes.get(Hidden.CANCELLED, (None, None))[0]
    return Undo(
        event.seq,
        values,
        tracked,
        is_tracked_again,
        progress,
        ended_at=None if cancelled_at is None else int(cancelled_at),
        toggles_override=toggles_override,
        override_seq=_override_before(made, followed, enrollment),
        made=RecordedAt(made.seq, made.at),
    )


def _override_before(
    made: RecordedChange, followed: Sequence[RecordedChange], enrollment: Snapshot
) -> int | None:
    """Return the row that overrode the status before a change; `UNKNOWN` if history has it not.

    Args:
        made: the change.
        followed: what followed from it.
        enrollment: as it is now.
    """
    for one in (made, *followed):
        if Hidden.OVERRIDE in one.changes:
            before = one.changes[Hidden.OVERRIDE][0]
            # If the change itself was the override, there was none before.
            return None if before in (None, made.seq) else int(before)
    return None if enrollment.override_seq == made.seq else UNKNOWN


def undo_creation(seq: int, made: RecordedAt | None = None) -> Undo:
    """Return the command that undoes the creation of an enrollment: it is cancelled.

    Args:
        seq: the row of history that created it.
        made: that row, or the one that last redid it.
    """
    return Undo(seq, {Field.STATUS: int(Status.CANCELLED)}, made=made)


def made_by(event: RecordedChange, later: Sequence[RecordedChange]) -> RecordedAt:
    """Return the row that made a change, or that last redid it.

    Args:
        event: the change.
        later: all changes of its enrollment since, newest first.
    """
    made, _followed, _others = _parts(event, later)
    return RecordedAt(made.seq, made.at)


def _may_be_tracked(
    enrollment: Snapshot, course: CourseRules, status: Status, grade: Value
) -> bool:
    """Return whether a tracked status is possible with a grade (or without) by the course's rules.

    In a course that requires a grade, an enrollment may be active with one: it was given before
    the last lesson, or the course did not require it then.
    """
    if status is not Status.COMPLETED:
        return course.requires_grade
    return status is tracked_status(
        enrollment.lessons_done,
        course.n_lessons,
        requires_grade=course.requires_grade,
        is_graded=course.passes(grade),
    )
