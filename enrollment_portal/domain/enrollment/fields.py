"""What an enrollment holds: its status, how it began, the fields people set, all as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache

TEXT_LENGTH = 4_000
REASON_LENGTH = 500


class Status(IntEnum):
    """Where an enrollment stands; stored by value."""

    ACTIVE = 0
    COMPLETED = 1
    CANCELLED = 2

    @property
    def key(self) -> str:
        """The status as pages, pushes and forms name it: "active"."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The status as people read it: "Active"."""
        return self.name.capitalize()


def may_follow(stored: Status, wanted: Status) -> bool:
    """Tell whether a person may change a status from the stored one to this one.

    What has ended, either way, first goes back to Active.
    """
    return wanted is stored or Status.ACTIVE in (stored, wanted)


def status_choices(stored: Status, *, is_active_elsewhere: bool = False) -> tuple[Status, ...]:
    """Return the statuses that a person may choose where one is stored, itself included.

    Args:
        stored: where it stands.
        is_active_elsewhere: the learner is active in the course through another enrollment.
    """
    return tuple(
        status
        for status in Status
        if may_follow(stored, status)
        and (status is stored or status is not Status.ACTIVE or not is_active_elsewhere)
    )


def is_completed_by_hand(status: int, progress: int, override_seq: int | None) -> bool:
    """Tell whether a person completed an enrollment whose lessons are not all done.

    Args:
        status: where it stands.
        progress: the share of its lessons that are done, in percent.
        override_seq: the row of history with which a person set the status, if one did.
    """
    return status == Status.COMPLETED and progress < 100 and override_seq is not None


class Origin(StrEnum):
    """How an enrollment began; stored by value."""

    SELF = "self"
    ADMIN = "admin"
    GROUP = "group"
    PATH = "path"
    IMPORT = "import"

    @property
    def sentence(self) -> str:
        """How it began, as a sentence for the details page."""
        return {
            Origin.SELF: "The learner started the course",
            Origin.ADMIN: "Enrolled by an admin",
            Origin.GROUP: "Enrolled with a group",
            Origin.PATH: "Enrolled with a learning path",
            Origin.IMPORT: "Imported",
        }[self]


class Field(StrEnum):
    """The fields of an enrollment that people set by hand; the names used in forms and history."""

    STATUS = "status"
    COMPLETED = "completed_on"
    DEADLINE = "deadline"
    GRADE = "grade"
    FEEDBACK = "feedback"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The field as its label reads."""
        return {
            Field.STATUS: "Status",
            Field.COMPLETED: "Completed on",
            Field.DEADLINE: "Deadline",
            Field.GRADE: "Grade",
            Field.FEEDBACK: "Instructor Feedback",
            Field.NOTE: "Internal Note",
        }[self]


class Tracked(StrEnum):
    """What only the learner's activity moves; the names used in history."""

    PROGRESS = "progress"
    STATUS = "tracked_status"

    @property
    def label(self) -> str:
        """The value as history names it."""
        return {Tracked.PROGRESS: "Progress", Tracked.STATUS: "Tracked status"}[self]


class Basis(StrEnum):
    """What tracking completed an enrollment by; kept in history beside what is shown of it."""

    BY_GRADE = "by_grade"
    """Whether the course asked for a grade then, where the enrollment held one."""

    @property
    def label(self) -> str:
        """The value as history would name it."""
        return "Completed by a grade"


class Hidden(StrEnum):
    """What history keeps only so that undoing restores it; no page shows it."""

    OVERRIDE = "override"
    """The row of history with which a person set the status, where that one is replaced, ends or
    comes back; the first override of a status is told by its row alone."""
    CANCELLED = "cancelled_at"
    """The moment of cancelling, where it goes, or comes back."""

    @property
    def label(self) -> str:
        """The value as errors name it."""
        return {Hidden.OVERRIDE: "Override", Hidden.CANCELLED: "Cancelled on"}[self]


HistoryField = Field | Tracked | Basis | Hidden
"""What a row of history may say that it changed."""


@cache
def history_field(name: str) -> HistoryField:
    """Return a changed value by the name under which history stores it."""
    kinds = (Tracked, Basis, Hidden)
    return next((kind(name) for kind in kinds if name in list(kind)), None) or Field(name)


Value = int | str | None
"""A field's stored value: a status, a day or a moment as a whole number, text, or nothing."""

THIS_CHANGE = -1
"""As `override_seq`: the row of history that the change at hand is going to write."""

ATTRIBUTES: Mapping[Field, str] = {
    Field.STATUS: "status",
    Field.COMPLETED: "completed_at",
    Field.DEADLINE: "deadline_day",
    Field.GRADE: "grade",
    Field.FEEDBACK: "feedback",
    Field.NOTE: "internal_note",
}
"""Where a snapshot, like the table of enrollments, holds each field that people set."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an enrollment holds at one version; moments in ms since 1970 UTC, days since 1970.

    Whoever reads only a part of it leaves the rest at its default: what a change does not move is
    not written.
    """

    id: int = 0
    """0 before it has begun."""
    version: int = 0
    learner_id: int = 0
    course_id: int = 0
    status: Status = Status.ACTIVE
    tracked_status: Status = Status.ACTIVE
    progress: int = 0
    lessons_done: int = 0
    enrolled_at: int = 0
    updated_at: int = 0
    deadline_day: int | None = None
    completed_at: int | None = None
    cancelled_at: int | None = None
    override_seq: int | None = None
    """The row of history with which a person set the status: it tells who and when."""
    grade: str | None = None
    feedback: str = ""
    internal_note: str = ""
    last_visit_at: int | None = field(default=None, compare=False)
    """As it was read: visits are stamped beside all that changes."""
    origin: str = Origin.ADMIN

    @property
    def follows_tracking(self) -> bool:
        """Whether nobody set the status by hand: it is what is tracked."""
        return self.override_seq is None and self.status == self.tracked_status

    @property
    def values(self) -> dict[Field, Value]:
        """The fields that people set by hand."""
        return {one: getattr(self, name) for one, name in ATTRIBUTES.items()}


def snapshot_of(row: object) -> Snapshot:
    """Return what a row of enrollments holds, as far as the row has it."""
    held = {name: getattr(row, name) for name in _NAMES if hasattr(row, name)}
    for name in ("status", "tracked_status"):
        held[name] = Status(held[name])
    return Snapshot(**held)


_NAMES = tuple(Snapshot.__dataclass_fields__)
