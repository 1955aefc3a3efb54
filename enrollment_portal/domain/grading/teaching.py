"""What an instructor looks after in a course: the tabs over the grading grid, and who is in each.

`storage.grading_filters` says the same to the database, for lists and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

STUCK_DAYS = 14
"""An active enrollment is stuck when its lessons are not all done and nobody came for so long."""

GRID_FIELDS = (Field.GRADE, Field.FEEDBACK, Field.NOTE)
"""The fields that the grading grid edits, in the order of its columns."""

MAX_PASTED_ROWS = 500
"""So many rows are graded at once."""


class GradingFilter(StrEnum):
    """Which enrollments of a course the grading grid shows; stored in the URL by value."""

    ALL = "all"
    AWAITING = "awaiting"
    OVERDUE = "overdue"
    STUCK = "stuck"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """The tab as it reads."""
        return {GradingFilter.AWAITING: "Awaiting grade"}.get(self, self.value.capitalize())


@dataclass(frozen=True)
class GradingThresholds:
    """When something is overdue or stuck."""

    today: int
    """In days since 1970-01-01, in the organization's time zone."""
    stuck_before: int
    """In ms: whoever came last at this moment or before is stuck, or was enrolled then and never
    came."""

    @property
    def parameters(self) -> dict[str, int]:
        """The moment as the statements take it."""
        return {"today": self.today, "stuck_before": self.stuck_before}


def stuck_before(now: int) -> int:
    """Return the moment up to which whoever came last is stuck now, in ms."""
    return now - STUCK_DAYS * MS_PER_DAY


class Gradable(Protocol):
    """An enrollment, as far as it says whether it waits for a grade, and its course."""

    @property
    def status(self) -> int:
        """Where it stands."""
        ...

    @property
    def progress(self) -> int:
        """The share of the lessons that are done, in percent."""
        ...

    @property
    def grade(self) -> str | None:
        """Its grade, if it has one."""
        ...

    @property
    def n_lessons(self) -> int:
        """How many lessons the course has."""
        ...

    @property
    def requires_grade(self) -> int:
        """Whether a grade completes the course."""
        ...


class Attended(Gradable, Protocol):
    """An enrollment, as far as it says whether its learner is overdue or stuck; moments in ms."""

    @property
    def deadline_day(self) -> int | None:
        """In days since 1970."""
        ...

    @property
    def last_visit_at(self) -> int | None:
        """When the learner was last there."""
        ...

    @property
    def enrolled_at(self) -> int:
        """When it began."""
        ...


def awaits_grade(one: Gradable) -> bool:
    """Tell whether all is done that the learner can do, and only a grade is missing.

    In a course without lessons that is so from the beginning.
    """
    return bool(
        one.status == Status.ACTIVE
        and one.requires_grade
        and not one.grade
        and not _has_lessons_left(one)
    )


def is_overdue(one: Attended, today: int) -> bool:
    """Tell whether the deadline of an active enrollment has passed."""
    return one.status == Status.ACTIVE and one.deadline_day is not None and one.deadline_day < today


def is_stuck(one: Attended, before: int) -> bool:
    """Tell whether lessons are left, and the learner has not come since a moment.

    Who never came is stuck from the beginning on.
    """
    came_at = one.enrolled_at if one.last_visit_at is None else one.last_visit_at
    return one.status == Status.ACTIVE and _has_lessons_left(one) and came_at <= before


def is_in(tab: GradingFilter, one: Attended, moment: GradingThresholds) -> bool:
    """Tell whether a tab of the grading grid shows an enrollment."""
    match tab:
        case GradingFilter.ALL:
            return True
        case GradingFilter.AWAITING:
            return awaits_grade(one)
        case GradingFilter.OVERDUE:
            return is_overdue(one, moment.today)
        case GradingFilter.STUCK:
            return is_stuck(one, moment.stuck_before)
        case GradingFilter.COMPLETED:
            return one.status == Status.COMPLETED


def _has_lessons_left(one: Gradable) -> bool:
    return one.n_lessons > 0 and one.progress < 100
