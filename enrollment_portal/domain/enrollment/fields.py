"""The fields of an enrollment, their names in history, and `Snapshot`: all values of a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache

TEXT_LENGTH = 4_000
REASON_LENGTH = 500


class Status(IntEnum):
    """The status of an enrollment; stored by value."""

    ACTIVE = 0
    COMPLETED = 1
    CANCELLED = 2

    @property
    def key(self) -> str:
        """The name used in pages, pushed messages and forms: "active"."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The status as shown to people: "Active"."""
        return self.name.capitalize()


def may_follow(stored: Status, wanted: Status) -> bool:
    """Return whether a person may change the stored status to this one.

    A completed or cancelled enrollment must first be set back to Active.
    """
    return wanted is stored or Status.ACTIVE in (stored, wanted)


def status_choices(stored: Status, *, is_active_elsewhere: bool = False) -> tuple[Status, ...]:
    """Return the statuses that a person may choose, including the stored one.

    Args:
        stored: the stored status.
        is_active_elsewhere: the learner is active in the course through another enrollment.
    """
    return tuple(
        status
        for status in Status
        if may_follow(stored, status)
        and (status is stored or status is not Status.ACTIVE or not is_active_elsewhere)
    )


def is_completed_by_hand(status: int, progress: int, override_seq: int | None) -> bool:
    """Return whether a person completed an enrollment whose lessons are not all done.

    Args:
        status: the stored status.
        progress: the share of its lessons that are done, in percent.
        override_seq: the row of history with which a person set the status, if one did.
    """
    return status == Status.COMPLETED and progress < 100 and override_seq is not None


class Origin(StrEnum):
    """How an enrollment was created; stored by value."""

    SELF = "self"
    ADMIN = "admin"
    GROUP = "group"
    PATH = "path"
    IMPORT = "import"

    @property
    def sentence(self) -> str:
        """How it was created, as a sentence for the details page."""
        return {
            Origin.SELF: "The learner started the course",
            Origin.ADMIN: "Enrolled by an admin",
            Origin.GROUP: "Enrolled with a group",
            Origin.PATH: "Enrolled with a learning path",
            Origin.IMPORT: "Imported",
        }[self]


class Field(StrEnum):
    """The fields of an enrollment that people may set; the names used in forms and history."""

    STATUS = "status"
    COMPLETED = "completed_on"
    DEADLINE = "deadline"
    GRADE = "grade"
    FEEDBACK = "feedback"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The label of the field."""
        return {
            Field.STATUS: "Status",
            Field.COMPLETED: "Completed on",
            Field.DEADLINE: "Deadline",
            Field.GRADE: "Grade",
            Field.FEEDBACK: "Instructor Feedback",
            Field.NOTE: "Internal Note",
        }[self]


class Tracked(StrEnum):
    """The values that only the learner's activity changes; the names used in history."""

    PROGRESS = "progress"
    STATUS = "tracked_status"

    @property
    def label(self) -> str:
        """The label in the history."""
        return {Tracked.PROGRESS: "Progress", Tracked.STATUS: "Tracked status"}[self]


class Basis(StrEnum):
    """What completed an enrollment; recorded in history, but not shown."""

    BY_GRADE = "by_grade"
    """Whether the course required a grade then, if the enrollment had one."""

    @property
    def label(self) -> str:
        """A label; it is not shown."""
        return "Completed by a grade"


class Hidden(StrEnum):
    """Values that history records only so that undo can restore them; no page shows them."""

    OVERRIDE = "override"
    """The row of history in which a person set the status, if that override is replaced, ends or is
    restored; the first override of a status is recorded by its own row."""
    CANCELLED = "cancelled_at"
    """The moment of cancelling, if it is removed or restored."""
    INSTRUCTOR = "instructor_id"
    """The account of the assigned instructor, whose name is recorded with it."""

    @property
    def label(self) -> str:
        """The value as errors name it."""
        return {
            Hidden.OVERRIDE: "Override",
            Hidden.CANCELLED: "Cancelled on",
            Hidden.INSTRUCTOR: "Instructor",
        }[self]


class Assigned(StrEnum):
    """Who was assigned to an enrollment; recorded by name."""

    INSTRUCTOR = "instructor"

    @property
    def label(self) -> str:
        """The label in the history."""
        return "Instructor"


class Sent(StrEnum):
    """What a person sent to the learner; it changes no value of the enrollment."""

    MESSAGE = "message"

    @property
    def label(self) -> str:
        """The label in the history."""
        return "Message"


HistoryField = Field | Tracked | Basis | Hidden | Sent | Assigned
"""The values that a row of history can record."""


@cache
def history_field(name: str) -> HistoryField:
    """Return the field for a name that is stored in history."""
    kinds = (Tracked, Basis, Hidden, Sent, Assigned)
    return next((kind(name) for kind in kinds if name in list(kind)), None) or Field(name)


Value = int | str | None
"""A field's stored value: a status, a day or a moment as a whole number, text, or nothing."""

THIS_CHANGE = -1
"""For `override_seq`: the row of history that this very change will write."""

ATTRIBUTES: Mapping[Field, str] = {
    Field.STATUS: "status",
    Field.COMPLETED: "completed_at",
    Field.DEADLINE: "deadline_day",
    Field.GRADE: "grade",
    Field.FEEDBACK: "feedback",
    Field.NOTE: "internal_note",
}
"""The attribute of `Snapshot`, and the column of `enrollment`, for each field that people set."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All values of an enrollment at one version; times in ms since 1970 UTC, days since 1970.

    A caller that reads only some columns leaves the others at their defaults: only the columns
    that a change modifies are written.
    """

    id: int = 0
    """0 before it is stored."""
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
    """The row of history in which a person set the status: it has who and when."""
    grade: str | None = None
    feedback: str = ""
    internal_note: str = ""
    last_visit_at: int | None = field(default=None, compare=False)
    """As it was read: visits are stored apart from changes."""
    origin: str = Origin.ADMIN
    instructor_id: int | None = None
    """The account of the assigned instructor; `None` for all instructors of the course."""

    @property
    def follows_tracking(self) -> bool:
        """Whether the status is the tracked one, without an override."""
        return self.override_seq is None and self.status == self.tracked_status

    @property
    def values(self) -> dict[Field, Value]:
        """The fields that people may set."""
        return {one: getattr(self, name) for one, name in ATTRIBUTES.items()}


def snapshot_of(row: object) -> Snapshot:
    """Return the snapshot of a row of enrollments, from those columns that the row has."""
    values = {name: getattr(row, name) for name in _NAMES if hasattr(row, name)}
    for name in ("status", "tracked_status"):
        values[name] = Status(values[name])
    return Snapshot(**values)


_NAMES = tuple(Snapshot.__dataclass_fields__)
