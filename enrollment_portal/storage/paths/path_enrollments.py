"""Read enrollments in learning paths with the course enrollments that they depend on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, type_coerce
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import is_offered
from enrollment_portal.domain.enrollment.commands import RecordedAt
from enrollment_portal.domain.enrollment.fields import Field, Hidden, Status
from enrollment_portal.domain.paths.learning_paths import LostCompletion, StepProgress, counting
from enrollment_portal.storage.enrollment.enrollments import Changes
from enrollment_portal.storage.history.undoing import ended_before
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import record, select_columns
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    EnrollmentEvent,
    PathStep,
    constant,
    table_of,
)


@dataclass(frozen=True, slots=True)
class StoredPath:
    """A learner's enrollment in a path."""

    id: int
    version: int
    learner_id: int
    path_id: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    updated_at: int
    completed_at: int | None
    override_seq: int | None
    enrolled_at: int


_p, _c, _v = table_of(PathStep).c, table_of(Course).c, table_of(EnrollmentEvent).c
_own, _newer, _taken = map(table_of(Enrollment).alias, ("own", "newer", "taken"))
_o, _n, _t = _own.c, _newer.c, _taken.c
_a = table_of(PathStep).alias("any_step").c

_PATHS = (
    select_columns(
        *(_o.id, _o.version, _o.learner_id, _p.path_id, _o.status, _o.tracked_status),
        *(_o.progress, _o.lessons_done, _o.updated_at, _o.completed_at),
        *(_o.override_seq, _o.enrolled_at),
        *(_p.course_id, _p.added_at),
        *(_c.kind, _c.n_lessons, _c.state, _c.requires_grade, _c.admin_completes),
        _t.status.label("step_status"),
        _t.progress.label("step_progress"),
        _t.lessons_done.label("step_lessons_done"),
        _t.enrolled_at.label("step_enrolled_at"),
        _t.completed_at.label("step_completed_at"),
        _t.id.label("step_id"),
    )
    .join_from(_own, _p.path_id.table, _p.path_id == _o.course_id)
    .join(_c.id.table, _c.id == _p.course_id)
    .outerjoin(_taken, and_(_t.learner_id == _o.learner_id, _t.course_id == _p.course_id))
    .where(
        is_among(_o.learner_id, "learners"),
        _o.course_id.in_(
            select(_a.path_id).where(
                or_(is_among(_a.course_id, "courses"), is_among(_a.path_id, "courses"))
            )
        ),
        # An older enrollment in the same path has ended, unless it was made active again.
        or_(
            _o.status == constant(Status.ACTIVE),
            ~exists().where(
                _n.learner_id == _o.learner_id, _n.course_id == _o.course_id, _n.id > _o.id
            ),
        ),
    )
    .order_by(_o.id, _p.position)
)


def paths_with_steps(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int]
) -> list[tuple[StoredPath, list[StepProgress]]]:
    """Return these learners' enrollments in paths that are, or contain, one of these courses.

    Each with the courses of its path in order, and the learner's enrollment in each.
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
        is_offered=is_offered(row),
        status=row.step_status,
        progress=row.step_progress or 0,
        lessons_done=row.step_lessons_done or 0,
        enrolled_at=row.step_enrolled_at,
        completed_at=row.step_completed_at,
        ids=() if row.step_id is None else (row.step_id,),
        added_at=row.added_at,
    )


_WITH_DEADLINE = (
    select(_t.id)
    .join_from(_taken, _p.path_id.table, _p.course_id == _t.course_id)
    .where(
        _p.path_id == bindparam("path"),
        _t.learner_id == bindparam("learner"),
        _t.status == constant(Status.ACTIVE),
        _t.deadline_day.is_not(None),
    )
    .order_by(_p.position)
)


def courses_with_deadline(session: Session, learner_id: int, path_id: int) -> list[int]:
    """Return a learner's active enrollments in a path's courses that have a deadline, in order."""
    return list(session.exec(_WITH_DEADLINE, params={"learner": learner_id, "path": path_id}))


_LOST = (
    select_columns(
        _v.enrollment_id, _v.seq, _v.at, type_coerce(_v.changes, Changes()).label("changes")
    )
    .where(
        is_among(_v.enrollment_id, "ids"),
        _v.source == "tracking",
        or_(_v.changes.like('%"status":[1,0]%'), _v.changes.like('%"tracked_status":[1,0]%')),
    )
    .order_by(_v.seq)
)
_UNCOMPLETED = (
    select_columns(_v.enrollment_id, func.max(_v.at).label("at"))
    .where(is_among(_v.enrollment_id, "ids"), _v.changes.like('%"status":[1,_]%'))
    .group_by(_v.enrollment_id)
)
_REOPENED = select(func.max(_v.seq)).where(
    _v.enrollment_id == bindparam("id"),
    _v.seq < bindparam("seq"),
    _v.source != "tracking",
    _v.changes.like('%"status":[1,0]%'),
)


def lost_completions(
    session: Session, paths: Iterable[StoredPath], undone: Collection[RecordedAt] = ()
) -> dict[int, LostCompletion]:
    """Return the lost completions of enrollments in paths that may be restored, by id.

    The one that was lost by a change that is being undone, else the last one.

    Args:
        session: in the transaction of the change.
        paths: the enrollments.
        undone: the rows of history of the courses that are being undone.
    """
    found: dict[int, LostCompletion] = {}
    own = {path.id: path for path in paths}
    if not own:
        return found
    lost: dict[int, Any] = {}
    is_meant: dict[int, bool] = {}
    for row in session.exec(_LOST, params={"ids": own}):
        # A path is updated in the transaction of its courses' change, so has the same time.
        is_of = any(made.seq < row.seq and made.at == row.at for made in undone)
        if is_of or not is_meant.get(row.enrollment_id):
            lost[row.enrollment_id], is_meant[row.enrollment_id] = row, is_of
    for id_, row in lost.items():
        if Field.STATUS in row.changes:
            moment = row.changes.get(Field.COMPLETED, (None, None))[0]
            if moment is None:
                # Older history does not have when it was completed, only when that was recorded.
                moment = ended_before(session, id_, row.seq, Status.COMPLETED)
            if moment is not None:
                found[id_] = LostCompletion(int(moment), row.at)
        elif own[id_].status == Status.COMPLETED:
            found[id_] = LostCompletion(own[id_].completed_at, row.at)
        else:
            reopened = row.changes.get(Hidden.OVERRIDE, (None, None))[0]
            if reopened is None:
                # Older history does not have which row had reopened it.
                values = {"id": id_, "seq": row.seq}
                reopened = session.exec(_REOPENED, params=values).one()
            found[id_] = LostCompletion(None, row.at, reopened)
    return found


def uncompleted_at(session: Session, enrollment_ids: Collection[int]) -> dict[int, int]:
    """Return when enrollments last lost their completion, in ms, by id."""
    if not enrollment_ids:
        return {}
    rows = session.exec(_UNCOMPLETED, params={"ids": enrollment_ids})
    return {row.enrollment_id: row.at for row in rows}
