"""What an enrollment holds, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enrollment_portal.domain.enrollments import Field, Origin, Status

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
