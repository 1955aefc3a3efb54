"""Learning paths with their courses in order, and what a learner has done of courses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from enrollment_portal.domain import learning_paths as domain
from enrollment_portal.domain.courses import CourseKind, CourseState, is_offered
from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.learning_paths import CourseStanding, LearningPath, standing_of
from enrollment_portal.storage.tables import Course, Enrollment, PathStep

_path = aliased(Course, name="path")


def paths_with_ids(session: Session, path_ids: Collection[int]) -> list[LearningPath]:
    """Return these paths; one without courses is left out."""
    return _read(session, col(PathStep.path_id).in_(path_ids)) if path_ids else []


def active_paths(session: Session, learner_id: int) -> list[LearningPath]:
    """Return the paths that a learner is active in (ix_enrollment_learner)."""
    active = select(col(Enrollment.course_id)).where(
        col(Enrollment.learner_id) == learner_id, col(Enrollment.status) == Status.ACTIVE
    )
    return _read(session, col(PathStep.path_id).in_(active))


def published_paths(session: Session) -> list[LearningPath]:
    """Return all published paths, of which there are hundreds at most."""
    return _read(session, col(_path.state) == CourseState.PUBLISHED.value)


def standings_in(
    session: Session, learner_id: int, course_ids: Iterable[int]
) -> dict[int, CourseStanding]:
    """Return what a learner has done of these courses (ix_enrollment_learner)."""
    rows = session.execute(
        select(
            col(Enrollment.course_id),
            col(Enrollment.status),
            col(Enrollment.origin),
            col(Enrollment.progress),
            col(Enrollment.lessons_done),
            col(Enrollment.grade).is_not(None).label("is_graded"),
        ).where(
            col(Enrollment.learner_id) == learner_id,
            col(Enrollment.course_id).in_(list(course_ids)),
        )
    )
    found: dict[int, CourseStanding] = {}
    for row in rows:
        standing = standing_of(
            row.status,
            origin=row.origin,
            progress=row.progress,
            lessons_done=row.lessons_done,
            is_graded=row.is_graded,
        )
        found[row.course_id] = max(standing, found.get(row.course_id, standing))
    return found


def _read(session: Session, condition: ColumnElement[bool]) -> list[LearningPath]:
    titles: dict[int, str] = {}
    steps: dict[int, list[domain.PathStep]] = {}
    for row in session.execute(_steps().where(condition)):
        titles[row.path_id] = row.path_title
        offered = is_offered(CourseKind.COURSE, row.state, row.n_lessons, row.requires_grade)
        steps.setdefault(row.path_id, []).append(
            domain.PathStep(row.course_id, row.title, bool(row.needs_previous), offered)
        )
    return [LearningPath(id_, title, tuple(steps[id_])) for id_, title in titles.items()]


def _steps() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(PathStep.path_id),
            col(_path.title).label("path_title"),
            col(PathStep.course_id),
            col(PathStep.needs_previous),
            col(Course.title),
            col(Course.state),
            col(Course.n_lessons),
            col(Course.requires_grade),
        )
        .join(Course, col(Course.id) == col(PathStep.course_id))
        .join(_path, col(_path.id) == col(PathStep.path_id))
        .order_by(col(PathStep.path_id), col(PathStep.position))
    )
