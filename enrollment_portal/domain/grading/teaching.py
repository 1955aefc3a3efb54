"""The tabs of the grading grid, and the rules for which enrollments are in each.

`storage.grading.grading_filters` has the same rules in SQL, for lists and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.pace.pace import Moving, WithLessons, has_lessons_left, is_stuck

GRID_FIELDS = (Field.GRADE, Field.FEEDBACK, Field.NOTE)
"""The fields that the grading grid edits, in the order of its columns."""

MAX_PASTED_ROWS = 500
"""How many rows can be graded at once."""


class GradingFilter(StrEnum):
    """Which enrollments of a course the grading grid shows; stored in the URL by value."""

    ALL = "all"
    AWAITING = "awaiting"
    OVERDUE = "overdue"
    STUCK = "stuck"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """The label of the tab."""
        return {GradingFilter.AWAITING: "Awaiting grade"}.get(self, self.value.capitalize())


@dataclass(frozen=True)
class GradingThresholds:
    """The dates that decide whether an enrollment is overdue or stuck."""

    today: int
    """In days since 1970-01-01, in the organization's time zone."""
    stuck_before: int
    """In ms; see `domain.pace.pace.is_stuck`."""

    @property
    def parameters(self) -> dict[str, int]:
        """The parameters of the SQL statements."""
        return {"today": self.today, "stuck_before": self.stuck_before}


class Gradable(WithLessons, Protocol):
    """An enrollment with the columns that decide whether it awaits a grade."""

    @property
    def status(self) -> int:
        """Its status."""
        ...

    @property
    def grade(self) -> str | None:
        """Its grade, if any."""
        ...

    @property
    def requires_grade(self) -> int:
        """Whether the course requires a grade."""
        ...


class Attended(Gradable, Moving, Protocol):
    """An enrollment with the columns that decide whether it is overdue or stuck."""

    @property
    def deadline_day(self) -> int | None:
        """In days since 1970."""
        ...


def awaits_grade(one: Gradable) -> bool:
    """Return whether all lessons are done and only a grade is missing.

    In a course without lessons this is so from the start.
    """
    return bool(
        one.status == Status.ACTIVE
        and one.requires_grade
        and not one.grade
        and not has_lessons_left(one)
    )


def is_overdue(one: Attended, today: int) -> bool:
    """Return whether the deadline of an active enrollment has passed."""
    return one.status == Status.ACTIVE and one.deadline_day is not None and one.deadline_day < today


def is_in(tab: GradingFilter, one: Attended, moment: GradingThresholds) -> bool:
    """Return whether an enrollment is in a tab of the grading grid."""
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
