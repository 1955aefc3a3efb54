"""Move the deadlines of a learning path's courses together with the path's own."""

from __future__ import annotations

import secrets
from contextlib import suppress

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything, ledger_scope
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.commands import SetFields
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.paths.learning_paths import deadline_along
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.services.enrollment.overriding import ChangeMeta, change_enrollment
from enrollment_portal.services.enrollment.undo_event import find_event, require_rights, undo_event
from enrollment_portal.storage.enrollment import enrollments
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.history.undoing import rows_of_batch
from enrollment_portal.storage.paths.path_enrollments import courses_with_deadline


def move_course_deadlines(
    session: Session,
    actor: Actor,
    path: StoredEnrollment,
    until: int,
    meta: ChangeMeta,
) -> int:
    """Move the deadlines of a path's courses by as many days as the path's; return how many.

    Only in courses in which the learner is active, with a deadline not after the path's.

    Args:
        session: in the transaction of the change, with the learner locked.
        actor: who changes it.
        path: the enrollment in the path, as it was before; without a deadline nothing moves.
        until: the path's new deadline, in days since 1970.
        meta: the reason and batch that history records with each change.
    """
    found = _deadlines_along(session, path, until)
    for course, day in found:
        change_enrollment(session, actor, course, SetFields({Field.DEADLINE: day}), meta)
    return len(found)


def moves_any(session: Session, path: StoredEnrollment, until: int) -> bool:
    """Return whether moving the path's deadline would move any of its courses'."""
    return bool(_deadlines_along(session, path, until))


def _deadlines_along(
    session: Session, path: StoredEnrollment, until: int
) -> list[tuple[StoredEnrollment, int]]:
    """Return the enrollments in a path's courses whose deadlines would move, with the new ones."""
    if path.kind != CourseKind.PATH:
        return []
    ids = courses_with_deadline(session, path.learner_id, path.course_id)
    found = enrollments.find_enrollments(session, Everything(), ids)
    courses = [found[id_] for id_ in ids]
    days = [deadline_along(one.deadline_day, path.deadline_day, until) for one in courses]
    return [(one, day) for one, day in zip(courses, days, strict=True) if day is not None]


def undo_with_courses(
    session: Session,
    actor: Actor,
    path: StoredEnrollment,
    event: StoredEvent,
    save_key: str | None,
) -> None:
    """Undo a change; for a path's deadline, also those of the courses that moved with it.

    A course's deadline that was changed again since stays. All are undone as one batch, which can
    be redone as one. Raises what `undo_event` raises for the change itself.
    """
    courses = _moved_along(session, path, event)
    batch = secrets.token_hex(8) if courses else None
    undo_event(session, actor, path, event, save_key=save_key, batch=batch)
    found = enrollments.find_enrollments(session, ledger_scope(actor), courses)
    for enrollment_id, seq in courses.items():
        if course := found.get(enrollment_id):
            moved = find_event(session, actor, course, seq)
            require_rights(session, actor, course, moved)
            with suppress(Refused):
                undo_event(session, actor, course, moved, batch=batch)


def _moved_along(session: Session, path: StoredEnrollment, event: StoredEvent) -> dict[int, int]:
    """Return the deadline changes of the path's courses that were made in the same batch."""
    if path.kind != CourseKind.PATH or not event.batch or Field.DEADLINE not in event.changes:
        return {}
    rows = rows_of_batch(session, event.batch)
    if any(row.kind != "changed" or row.learner_id != path.learner_id for row in rows):
        return {}
    return {row.enrollment_id: row.seq for row in rows if row.enrollment_id != path.id}
