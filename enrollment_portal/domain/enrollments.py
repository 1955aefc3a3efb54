"""The enrollment's words: its status, how it began, and the fields a person may set by hand."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import cache


class Status(IntEnum):
    """Where an enrollment stands; stored by value."""

    ACTIVE = 0
    COMPLETED = 1
    CANCELLED = 2

    @property
    def label(self) -> str:
        """The status as people read it: "Active"."""
        return self.name.capitalize()


def may_follow(stored: Status, wanted: Status) -> bool:
    """Tell whether a person may set a status where another one is stored.

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


HistoryField = Field | Tracked
"""What a row of history may say that it changed."""


@cache
def history_field(name: str) -> HistoryField:
    """Return a changed value by the name under which history stores it."""
    return Tracked(name) if name in list(Tracked) else Field(name)


GRADE_LENGTH = 32
TEXT_LENGTH = 4_000
REASON_LENGTH = 500
