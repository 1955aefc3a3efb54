"""The condition on stuck enrollments in SQL: the rule of `domain.pace.pace.is_stuck`.

`ix_enrollment_stuck` has all columns of the conditions, longest stuck first.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.shared.tables import constant

STUCK = (
    "e.status = 0 AND e.progress < 100 AND e.progress_at <= :stuck_before"
    " AND (e.course_id IN (SELECT id FROM course WHERE n_lessons = 0)) IS NOT TRUE"
)
"""The condition on an enrollment `e`, for statements that are text.

Its parameter is `PaceDay.stuck_before`. The courses without lessons are few: they are listed once.
"""


def is_stuck(enrollment: Any) -> ColumnElement[bool]:
    """Return the condition on an enrollment in a course that has lessons.

    Args:
        enrollment: the columns of the table; the parameter is `stuck_before`.
    """
    return and_(
        enrollment.status == constant(Status.ACTIVE),
        enrollment.progress < constant(100),
        enrollment.progress_at <= bindparam("stuck_before"),
    )
