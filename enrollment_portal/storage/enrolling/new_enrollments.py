"""Read what enrolling needs to know, and write new enrollments, one or many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import case, func, insert
from sqlmodel import Session

from enrollment_portal.domain.enrolling.enroll_request import ExistingEnrollment, Learnable, Person
from enrollment_portal.domain.enrolling.new_enrollment import NewEnrollment
from enrollment_portal.domain.enrollment.fields import Snapshot, Status
from enrollment_portal.domain.pace.pace import first_progress_at
from enrollment_portal.storage.history.history import NewEvent, Signature, add_events
from enrollment_portal.storage.shared.bulk import insert_on_sqlite
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    Enrollment,
    EnrollmentEvent,
    Learner,
    PathStep,
    constant,
    table_of,
)

Pair = tuple[int, int]
"""A learner's id and the id of a course or path."""


_l, _a, _c = table_of(Learner).c, table_of(Account).c, table_of(Course).c
_s, _v = table_of(PathStep).c, table_of(EnrollmentEvent).c
_e = table_of(Enrollment).c
_PEOPLE = (
    select_columns(
        *(_l.id, _l.name, _l.email),
        func.coalesce(func.max(_a.is_suspended), 0).label("is_suspended"),
    )
    .join_from(_l.id.table, _a.id.table, _a.learner_id == _l.id, isouter=True)
    .where(is_among(_l.id, "ids"))
    .group_by(_l.id, _l.name, _l.email, _l.sort_name)
    .order_by(_l.sort_name, _l.id)
)
_LEARNABLES = (
    select_columns(
        *(_c.id, _c.title, _c.kind, _c.state, _c.deadline_days),
        *(_c.n_lessons, _c.requires_grade, _c.admin_completes, _c.may_be_retaken),
        *(_c.grading_scheme, _c.grading_points, _c.pass_percent),
    )
    .where(is_among(_c.id, "ids"))
    .order_by(_c.sort_title, _c.id)
)
_STEPS = (
    select_columns(_s.path_id, _s.course_id)
    .where(is_among(_s.path_id, "ids"))
    .order_by(_s.path_id, _s.position)
)
_is_cancelled = _e.status == constant(Status.CANCELLED)
_EXISTING = (
    select_columns(
        *(_e.id, _e.learner_id, _e.course_id, _e.status, _e.progress),
        *(_e.enrolled_at, _e.completed_at),
        case((_is_cancelled, _v.actor_name)).label("removed_by"),
        case((_is_cancelled, _v.at)).label("removed_at"),
    )
    .join_from(_e.id.table, _v.seq.table, _v.seq == _e.override_seq, isouter=True)
    .where(is_among(_e.learner_id, "learners"), is_among(_e.course_id, "courses"))
    .order_by(_e.status, _e.enrolled_at.desc(), _e.id.desc())
)
_INSERT_RETURNING = insert(_e.id.table).returning(_e.id, sort_by_parameter_order=True)


def people(session: Session, ids: Iterable[int]) -> list[Person]:
    """Return the people with these ids, by name."""
    return records(Person, session.exec(_PEOPLE, params={"ids": ids}))


def learnables(session: Session, ids: Iterable[int]) -> list[Learnable]:
    """Return the courses and paths with these ids, by title."""
    return records(Learnable, session.exec(_LEARNABLES, params={"ids": ids}))


def steps_of(session: Session, path_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the course ids of each path, in order."""
    steps: dict[int, list[int]] = defaultdict(list)
    for step in session.exec(_STEPS, params={"ids": path_ids}):
        steps[step.path_id].append(step.course_id)
    return steps


def existing(
    session: Session, learner_ids: Iterable[int], course_ids: Iterable[int]
) -> dict[Pair, list[ExistingEnrollment]]:
    """Return the enrollments of these learners in these courses: active first, then the newest."""
    found: dict[Pair, list[ExistingEnrollment]] = defaultdict(list)
    values = {"learners": learner_ids, "courses": course_ids}
    for enrollment in records(ExistingEnrollment, session.exec(_EXISTING, params=values)):
        found[enrollment.learner_id, enrollment.course_id].append(enrollment)
    return found


def write_new_enrollments(
    session: Session, created: Sequence[NewEnrollment], signature: Signature
) -> list[int]:
    """Write new enrollments, each with its first row of history.

    If they are completed at once, `write_changes` writes that.

    Args:
        session: in the transaction of all effects.
        created: as `create_enrollment` returned them.
        signature: who creates them, and why.

    Returns:
        Their ids, in order.

    Raises:
        IntegrityError: a learner is active in that course already, or either does not exist.
    """
    if not created:
        return []
    rows = [values_of(one.after) for one in created]
    if is_sqlite(session):
        ids = insert_on_sqlite(session, _INSERT_SQLITE, rows)
    else:
        named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        ids = list(session.connection().execute(_INSERT_RETURNING, named).scalars())
    author, reason, batch = signature.author, signature.reason, signature.batch
    events = [
        NewEvent(id_, a.version, a.updated_at, author, "began", {}, reason, batch)
        for id_, a in zip(ids, (one.after for one in created), strict=True)
    ]
    add_events(session, events)
    return ids


def values_of(created: Snapshot) -> tuple[Any, ...]:
    """Return the column values of a new enrollment, in the order of `COLUMNS`."""
    status, tracked, origin = int(created.status), int(created.tracked_status), str(created.origin)
    progress_at = first_progress_at(created.progress, created.enrolled_at, created.last_visit_at)
    # What progress a new one has was made earlier, at a pace that is not known.
    pace = 0 if status == _ACTIVE and created.progress < _DONE else None
    return (0, status, tracked, origin, progress_at, pace, *_values(created))


_ACTIVE, _DONE = int(Status.ACTIVE), 100
_OWN_TYPES = ("feedback_is_new", "status", "tracked_status", "origin", "progress_at", "pace")
"""Columns with values made here: there is no feedback yet, and the drivers take several times as
long for an enumeration as for its stored value."""
_EMPTY = ("id", "instructor_id")
_AS_THEY_ARE = (n for n in Snapshot.__dataclass_fields__ if n not in (*_EMPTY, *_OWN_TYPES))
COLUMNS = (*_OWN_TYPES, *_AS_THEY_ARE)
"""The columns of a new enrollment."""
_values = attrgetter(*COLUMNS[len(_OWN_TYPES) :])
_INSERT_SQLITE = f"INSERT INTO enrollment ({', '.join(COLUMNS)})"
