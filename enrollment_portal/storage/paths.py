"""Learning paths' enrollments and the course enrollments that they sum up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from enrollment_portal.domain.courses import CourseKind, is_offered
from enrollment_portal.domain.learning_paths import StepProgress, counting
from enrollment_portal.storage.id_lists import is_among
from enrollment_portal.storage.records import record, select_columns
from enrollment_portal.storage.tables import Course, Enrollment, PathStep


@dataclass(frozen=True, slots=True)
class StoredPath:
    """A learner's enrollment in a path."""

    id: int
    version: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    updated_at: int
    completed_at: int | None
    override_seq: int | None
    enrolled_at: int


_own = aliased(Enrollment, name="own")
_newer = aliased(Enrollment, name="newer")
_taken = aliased(Enrollment, name="taken")
_any = aliased(PathStep, name="any_step")

_PATHS = (
    select_columns(
        col(_own.id),
        col(_own.version),
        col(_own.status),
        col(_own.tracked_status),
        col(_own.progress),
        col(_own.lessons_done),
        col(_own.updated_at),
        col(_own.completed_at),
        col(_own.override_seq),
        col(_own.enrolled_at),
        col(PathStep.course_id),
        col(Course.n_lessons),
        col(Course.state),
        col(Course.requires_grade),
        col(_taken.status).label("step_status"),
        col(_taken.progress).label("step_progress"),
        col(_taken.lessons_done).label("step_lessons_done"),
        col(_taken.enrolled_at).label("step_enrolled_at"),
    )
    .join(PathStep, col(PathStep.path_id) == _own.course_id)
    .join(Course, col(Course.id) == PathStep.course_id)
    .outerjoin(
        _taken,
        and_(
            col(_taken.learner_id) == _own.learner_id, col(_taken.course_id) == PathStep.course_id
        ),
    )
    .where(
        is_among(col(_own.learner_id), "learners"),
        col(_own.course_id).in_(
            select(_any.path_id).where(
                or_(
                    is_among(col(_any.course_id), "courses"), is_among(col(_any.path_id), "courses")
                )
            )
        ),
        # An older enrollment in the same path is over.
        ~exists().where(
            col(_newer.learner_id) == _own.learner_id,
            col(_newer.course_id) == _own.course_id,
            col(_newer.id) > _own.id,
        ),
    )
    .order_by(col(_own.id), col(PathStep.position))
)


def paths_with_steps(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int]
) -> list[tuple[StoredPath, list[StepProgress]]]:
    """Return these learners' enrollments in paths that are, or hold, one of these courses.

    Each comes with the courses of its path in order, and what the learner has in each.
    """
    rows = session.exec(_PATHS, params={"learners": list(learner_ids), "courses": list(course_ids)})
    found = []
    for _id, of_path in groupby(rows, key=lambda row: row.id):
        taken = list(of_path)
        steps = [
            counting(map(_step, of_course))
            for _course, of_course in groupby(taken, key=lambda row: row.course_id)
        ]
        found.append((record(StoredPath, taken[0]), steps))
    return found


def _step(row: Any) -> StepProgress:
    return StepProgress(
        n_lessons=row.n_lessons,
        is_offered=is_offered(CourseKind.COURSE, row.state, row.n_lessons, row.requires_grade),
        status=row.step_status,
        progress=row.step_progress or 0,
        lessons_done=row.step_lessons_done or 0,
        enrolled_at=row.step_enrolled_at,
    )
