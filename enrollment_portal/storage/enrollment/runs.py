"""Number the runs of learners in courses: the first enrollment, the second, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlmodel import Session

from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import Enrollment, table_of

_e = table_of(Enrollment)
_b = _e.alias("b")


def is_earlier_run(before: Any, one: Any) -> Any:
    """Return the condition that an enrollment is an earlier one of the same learner and course.

    Uses ix_enrollment_learner: the sum keeps SQLite from reading all enrollments of the course.
    """
    return and_(
        before.learner_id == one.learner_id,
        before.course_id + 0 == one.course_id,
        or_(
            before.enrolled_at < one.enrolled_at,
            and_(before.enrolled_at == one.enrolled_at, before.id < one.id),
        ),
    )


_NUMBERS = (
    select_columns(_e.c.id, (func.count() + 1).label("run"))
    .join_from(_e, _b, is_earlier_run(_b.c, _e.c))
    .where(is_among(_e.c.id, "ids"))
    .group_by(_e.c.id)
)
_RUNS = (
    select_columns(
        *(_e.c.id, _e.c.status, _e.c.enrolled_at, _e.c.completed_at, _e.c.cancelled_at),
        _e.c.grade,
    )
    .where(
        _e.c.learner_id == bindparam("learner"),
        _e.c.course_id + 0 == bindparam("course"),
    )
    .order_by(_e.c.enrolled_at, _e.c.id)
)


@dataclass(frozen=True, slots=True)
class Run:
    """One of a learner's enrollments in a course; moments in ms."""

    id: int
    status: int
    enrolled_at: int
    completed_at: int | None
    cancelled_at: int | None
    grade: str | None


def run_numbers(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return the run numbers of these enrollments, except of first ones."""
    return {row.id: row.run for row in session.exec(_NUMBERS, params={"ids": ids})}


def runs_of(session: Session, learner_id: int, course_id: int) -> list[Run]:
    """Return all enrollments of a learner in a course, the first one first."""
    values = {"learner": learner_id, "course": course_id}
    return records(Run, session.exec(_RUNS, params=values))
