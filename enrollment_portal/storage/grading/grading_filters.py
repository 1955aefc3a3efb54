"""The conditions of the grading grid's tabs in SQL: the rules of `domain.grading.teaching.is_in`.

A condition is written for one course, so that it uses only what an index of that course answers. A
test compares SQL and Python for every combination of inputs.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, false, true

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import GradingFilter
from enrollment_portal.storage.pace.stuck import is_stuck
from enrollment_portal.storage.shared.tables import Enrollment, constant, table_of

ENROLLMENT = table_of(Enrollment).alias("e")
"""The alias of the table in the conditions."""
_e = ENROLLMENT.c
_is_active = _e.status == constant(Status.ACTIVE)


@cache
def condition(
    tab: GradingFilter, *, has_lessons: bool, requires_grade: bool
) -> ColumnElement[bool]:
    """Return the condition on an enrollment of a course, parameters as in `GradingThresholds`.

    Args:
        tab: which tab.
        has_lessons: whether the course has lessons.
        requires_grade: whether a grade completes the course.
    """
    match tab:
        case GradingFilter.ALL:
            return true()
        case GradingFilter.AWAITING if requires_grade:
            is_done = _e.progress == constant(100) if has_lessons else true()
            return and_(_is_active, is_done, _e.grade.is_(None))
        case GradingFilter.OVERDUE:
            return and_(_is_active, _e.deadline_day < bindparam("today"))
        case GradingFilter.STUCK if has_lessons:
            return is_stuck(_e)
        case GradingFilter.COMPLETED:
            return _e.status == constant(Status.COMPLETED)
        case _:
            return false()


@cache
def condition_text(tab: GradingFilter, *, has_lessons: bool, requires_grade: bool) -> str:
    """Return the same as text, for statements that name their index."""
    return str(condition(tab, has_lessons=has_lessons, requires_grade=requires_grade))
