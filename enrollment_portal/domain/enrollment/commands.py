"""The commands on an enrollment, the facts that they need, and the `Change` that results.

`lifecycle.transition` decides which change follows from which command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, is_passing
from enrollment_portal.domain.enrollment.fields import Field, HistoryField, Snapshot, Status, Value

UNKNOWN = 0
"""For `override_seq`: history does not say which row set the status."""


@dataclass(frozen=True, slots=True)
class RecordedAt:
    """A row of history (`seq`) and when it was written, in ms since 1970 UTC."""

    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class SetFields:
    """A person sets fields: in the Manage form or the grading grid, by restoring or granting."""

    values: Mapping[Field, Value]
    """The fields to change, with their new values."""

    @property
    def may_move_status(self) -> bool:
        """Whether these fields can change the status."""
        return not set(self.values) <= {Field.DEADLINE, Field.FEEDBACK, Field.NOTE}


@dataclass(frozen=True, slots=True)
class RevertToTracked:
    """A person removes an override: the tracked status applies again."""

    completed_at: int | None = None
    """When tracking completed it, in ms, if it did and history has the moment."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A person sends the learner a message about the enrollment."""

    text: str


@dataclass(frozen=True, slots=True)
class AssignInstructor:
    """A person makes an instructor responsible for the enrollment."""

    account_id: int | None
    """`None` for all instructors of the course."""


@dataclass(frozen=True, slots=True)
class LessonsDone:
    """The learner has done so many lessons of the course."""

    count: int
    are_done_again: bool = False
    """All lessons were done again since the enrollment was reopened."""


@dataclass(frozen=True, slots=True)
class CourseChanged:
    """The lessons of the course, or its grade requirement, have changed."""

    count: int
    """How many of its lessons are done now."""
    are_done_again: bool = False
    """All remaining lessons were done since the enrollment was reopened."""


@dataclass(frozen=True, slots=True)
class PathMoved:
    """Set a path's enrollment to what follows from its courses."""

    progress: int
    lessons_done: int
    tracked: Status
    completed_at: int | None = None
    """When the learner had completed it, in ms, if a completion is restored."""
    override_seq: int | None = None
    """The row of history in which it had been reopened, if that override is restored."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The learner cancels it."""


@dataclass(frozen=True, slots=True)
class Undo:
    """A person undoes a recorded change; `undo.inverse` builds this command."""

    seq: int
    """The row of the change to undo."""
    values: Mapping[Field, Value]
    tracked: Status | None = None
    """The new tracked status, if that changes too."""
    is_tracked_again: bool = False
    """The learner has done lessons since: the tracked status follows from the restored grade."""
    progress: int | None = None
    """The progress to restore with the status, unless it follows from the status."""
    ended_at: int | None = None
    """When it had ended, in ms, if the status is restored to an end and `values` do not have the
    moment; else now."""
    toggles_override: bool = False
    """The change ended an override but kept the status, or undid that."""
    override_seq: int | None = UNKNOWN
    """The row of history that had set the status before the change; `None` if none had."""
    made: RecordedAt | None = field(default=None, compare=False)
    """The row that made the change, or that last redid it."""
    message: tuple[Value, Value] | None = None
    """For the change that sent a message: its text now, and then; `None` where it is withdrawn."""
    assigns: AssignInstructor | None = None
    """For the change of the assigned instructor: who is assigned again."""


Command = (
    SetFields
    | RevertToTracked
    | SendMessage
    | AssignInstructor
    | LessonsDone
    | CourseChanged
    | PathMoved
    | Cancel
    | Undo
)


class Effect(StrEnum):
    """An effect of a change on other records."""

    REFRESH_PATHS = "refresh_paths"
    """Recompute the learning paths that contain the course."""
    FOLLOW_COURSE = "follow_course"
    """It is active again: recompute it from its course, which may have changed meanwhile."""
    FOLLOW_REQUEST = "follow_request"
    """Check whether this answers an open extension request; see `requests`."""
    FEEDBACK_IS_NEW = "tell_learner"
    """Mark the feedback as not read by the learner."""
    FEEDBACK_IS_GONE = "nothing_to_tell"
    """Remove that mark: the feedback was removed."""
    FOLLOW_MESSAGE = "follow_message"
    """Send the learner a message, withdraw it, or show it again."""
    VISIT = "visit"
    """Store the learner's visit."""


@dataclass(frozen=True, slots=True)
class CourseRules:
    """The settings of a course that decide when it is completed."""

    n_lessons: int = 0
    requires_grade: bool = False
    pass_percent: int = PASS_PERCENT
    is_path: bool = False
    """It is a learning path, completed by its courses."""

    def passes(self, grade: Value) -> bool:
        """Return whether a grade passes the course."""
        text = None if grade is None else str(grade)
        return is_passing(text, self.pass_percent)

    def accepts(self, grade: Value) -> bool:
        """Return whether lessons alone complete the course with this grade (or without a grade)."""
        return not self.requires_grade or self.passes(grade)

    def is_failed(self, grade: Value) -> bool:
        """Return whether the course requires a grade, and this one does not pass."""
        return self.requires_grade and bool(grade) and not self.passes(grade)


class GradedCourse(Protocol):
    """A row with the columns that decide how its course is completed."""

    @property
    def kind(self) -> str:
        """Whether it is a course or a learning path."""
        ...

    @property
    def n_lessons(self) -> int:
        """The number of its lessons."""
        ...

    @property
    def requires_grade(self) -> int:
        """Whether it requires a grade."""
        ...

    @property
    def pass_percent(self) -> int:
        """Its pass mark."""
        ...


def course_rules(row: GradedCourse) -> CourseRules:
    """Return the completion rules of a course, or of an enrollment's course."""
    return CourseRules(
        n_lessons=row.n_lessons,
        requires_grade=bool(row.requires_grade),
        pass_percent=row.pass_percent,
        is_path=row.kind == CourseKind.PATH,
    )


@dataclass(frozen=True, slots=True)
class Context:
    """The facts besides the enrollment that the rules need."""

    now: int
    """The current time in ms since 1970 UTC."""
    course: CourseRules = CourseRules()
    has_other_active: bool = False
    """The learner is active in the course through another enrollment."""
    rests_on_grade: bool = False
    """The tracked completion needed the grade, or is gone since a grade ended it. See
    `completed_by_grade`."""
    instructors: Mapping[int, str] = field(default_factory=dict)
    """The names of the course's instructors who can sign in, and of who is assigned, by account;
    read only if the command assigns one."""
    lessons_done: int | None = None
    """How many lessons of the course are done, if the enrollment has ended and so does not follow
    its course; by default, its own count."""


@dataclass(frozen=True, slots=True)
class Change:
    """The result of a command on an enrollment."""

    before: Snapshot
    after: Snapshot
    recorded: Mapping[HistoryField, tuple[Value, Value]]
    """What history records: for each field the values before and after; empty for no row."""
    effects: frozenset[Effect] = frozenset()
    undoes: int | None = None
    """The `seq` of the change that this one undoes."""
    made: RecordedAt | None = None
    """The row that made that change, or that last redid it."""

    @property
    def moved_columns(self) -> dict[str, Any]:
        """The columns that differ, except for the version and the time."""
        return {
            name: after
            for name in _WRITTEN
            if (after := getattr(self.after, name)) != getattr(self.before, name)
        }

    @property
    def ends(self) -> bool:
        """Whether it completes or cancels the enrollment."""
        return self.after.status != self.before.status and self.after.status != Status.ACTIVE


_WRITTEN = tuple(
    name for name in Snapshot.__dataclass_fields__ if name not in ("version", "updated_at")
)
