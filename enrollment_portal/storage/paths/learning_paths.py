"""Read learning paths with their courses in order, and a learner's stage in courses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import bindparam, exists, or_
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseState, is_offered
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.paths import learning_paths as domain
from enrollment_portal.domain.paths.learning_paths import CourseStage, LearningPath, stage_of
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    PathStep,
    TallyCourse,
    constant,
    table_of,
)

_p, _c, _e = table_of(PathStep).c, table_of(Course).c, table_of(Enrollment).c
_t = table_of(TallyCourse).c
_path = table_of(Course).alias("path")
_STEPS = (
    select_columns(
        *(_p.path_id, _path.c.title.label("path_title")),
        *(_p.course_id, _p.needs_previous),
        *(_c.title, _c.kind, _c.state, _c.n_lessons, _c.requires_grade, _c.admin_completes),
    )
    .join_from(_p.path_id.table, _c.id.table, _c.id == _p.course_id)
    .join(_path, _path.c.id == _p.path_id)
    .order_by(_p.path_id, _p.position)
)
_WITH_IDS = _STEPS.where(is_among(_p.path_id, "paths"))
_ACTIVE = _STEPS.where(
    _p.path_id.in_(
        select(_e.course_id).where(
            _e.learner_id == bindparam("learner"), _e.status == constant(Status.ACTIVE)
        )
    )
)
_IN_USE = _STEPS.where(
    or_(
        _path.c.state == constant(CourseState.PUBLISHED),
        exists().where(
            _t.course_id == _path.c.id, _t.status == constant(Status.ACTIVE), _t.n > constant(0)
        ),
    )
)
_STANDINGS = select_columns(
    *(_e.course_id, _e.status, _e.origin, _e.progress, _e.lessons_done),
    _e.grade.is_not(None).label("is_graded"),
).where(_e.learner_id == bindparam("learner"), is_among(_e.course_id, "courses"))


def paths_with_ids(session: Session, path_ids: Collection[int]) -> list[LearningPath]:
    """Return these paths, except those without courses."""
    return _read(session, _WITH_IDS, paths=path_ids) if path_ids else []


def active_paths(session: Session, learner_id: int) -> list[LearningPath]:
    """Return the paths that a learner is active in (ix_enrollment_learner)."""
    return _read(session, _ACTIVE, learner=learner_id)


def paths_in_use(session: Session) -> list[LearningPath]:
    """Return all paths that are published or that anybody is active in: hundreds at most."""
    return _read(session, _IN_USE)


def stages_in(
    session: Session, learner_id: int, course_ids: Iterable[int]
) -> dict[int, CourseStage]:
    """Return a learner's stage in each of these courses (ix_enrollment_learner)."""
    found: dict[int, CourseStage] = {}
    rows = session.exec(_STANDINGS, params={"learner": learner_id, "courses": course_ids})
    for row in rows:
        stage = stage_of(
            row.status,
            origin=row.origin,
            progress=row.progress,
            lessons_done=row.lessons_done,
            is_graded=row.is_graded,
        )
        found[row.course_id] = max(stage, found.get(row.course_id, stage))
    return found


def _read(session: Session, statement: Any, **params: object) -> list[LearningPath]:
    titles: dict[int, str] = {}
    steps: dict[int, list[domain.PathStep]] = {}
    for row in session.exec(statement, params=params):
        titles[row.path_id] = row.path_title
        steps.setdefault(row.path_id, []).append(
            domain.PathStep(row.course_id, row.title, bool(row.needs_previous), is_offered(row))
        )
    return [LearningPath(id_, title, tuple(steps[id_])) for id_, title in titles.items()]
