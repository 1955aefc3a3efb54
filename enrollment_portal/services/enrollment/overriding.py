"""Find an enrollment by an id from outside, and make a person's change of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope, may_see_ledger
from enrollment_portal.domain.enrollment.commands import Command, Context, SetFields, course_rules
from enrollment_portal.domain.enrollment.completed_by_grade import needs_history, rests_on_grade
from enrollment_portal.domain.enrollment.fields import Snapshot, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import second_active, transition
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.storage.catalog.lessons import following
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.enrollment.idempotency_keys import is_duplicate_key
from enrollment_portal.storage.history.history import Author, Signature

_MAX_ID = 2**53


@dataclass(frozen=True, slots=True)
class ChangeMeta:
    """What history records with a person's change: reason, batch, idempotency key."""

    reason: str = ""
    batch: str | None = None
    """The name shared by changes that were made together."""
    save_key: str | None = None
    """The idempotency key of the save."""


def find_visible(session: Session, actor: Actor, enrollment_id: object) -> StoredEnrollment:
    """Return an enrollment of the actor's ledger by an id from outside.

    Raises:
        NotFound: it does not exist, or the actor may not see it: both look the same.
    """
    is_id = isinstance(enrollment_id, int) and not isinstance(enrollment_id, bool)
    if not is_id or not 0 < enrollment_id < _MAX_ID or not may_see_ledger(actor):  # type: ignore[operator]
        raise NotFound
    found = stored.find_enrollment(session, ledger_scope(actor), enrollment_id)  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    return found


def change_enrollment(
    session: Session, actor: Actor, enrollment: StoredEnrollment, command: Command, meta: ChangeMeta
) -> int | None:
    """Make a person's change of an enrollment, with history and all effects.

    Args:
        session: in the transaction of the change.
        actor: who changes it.
        enrollment: as it was read, with its learner locked.
        command: the change to make.
        meta: the reason and batch that history records.

    Returns:
        The `seq` of the row of history; `None` if nothing changed.

    Raises:
        Invalid: for each field, why it cannot be set, such as a second active enrollment.
        Refused: the command is not possible in the enrollment's current state.
        StaleVersion: someone else has written meanwhile.
    """
    context = _context(session, enrollment, command)
    change = transition(snapshot_of(enrollment), command, context)
    author = Author("person", actor.account_id, actor.name)
    signature = Signature(author, meta.reason, meta.batch, meta.save_key)
    try:
        return make_changes(session, [change], signature).get(enrollment.id)
    except IntegrityError as error:
        # Another transaction made the learner active in this course between check and write.
        is_reactivated = change.after.status is Status.ACTIVE is not change.before.status
        if is_reactivated and not is_duplicate_key(error):
            raise second_active(command) from None
        raise


def _context(session: Session, enrollment: StoredEnrollment, command: Command) -> Context:
    """Read the facts that the rules need for a person's change."""
    course, before = course_rules(enrollment), snapshot_of(enrollment)
    has_ended = enrollment.status != Status.ACTIVE
    may_move = has_ended and (not isinstance(command, SetFields) or command.may_move_status)
    return Context(
        now=now_ms(),
        course=course,
        has_other_active=may_move and stored.has_other_active(session, enrollment),
        rests_on_grade=needs_history(before, command, course)
        and rests_on_grade(before, stored.history_since(session, enrollment.id, 0), course),
        lessons_done=_lessons_done(session, before) if may_move else None,
    )


def _lessons_done(session: Session, before: Snapshot) -> int | None:
    """Return how many lessons of its course are done for an enrollment that has ended."""
    course = next(iter(following(session, [before.id])), None)
    return course.lessons_done(before.lessons_done) if course else None
