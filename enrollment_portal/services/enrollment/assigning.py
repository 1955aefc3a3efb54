"""Take from an instructor the enrollments that they were assigned, as they stop teaching."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.commands import AssignInstructor, Context, course_rules
from enrollment_portal.domain.enrollment.fields import snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.assigned_instructors import assigned_to
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.learning.tracking import lock_learners_of


def unassign(session: Session, actor: Actor, account_id: int, course_ids: Collection[int]) -> None:
    """Return the enrollments that an account was assigned in some courses to all instructors.

    Call it in the transaction in which the account stops teaching them, after that was written:
    whoever assigns it meanwhile waits, and is refused.

    Args:
        session: in that transaction.
        actor: who ends it, as history records.
        account_id: of the instructor.
        course_ids: what they teach no longer.
    """
    ids = assigned_to(session, account_id, course_ids)
    if not ids:
        return
    lock_learners_of(session, ids)
    now, changes = now_ms(), []
    for one in stored.find_enrollments(session, Everything(), ids).values():
        if one.instructor_id == account_id:
            names = {account_id: one.instructor or ""}
            context = Context(now, course_rules(one), instructors=names)
            changes.append(transition(snapshot_of(one), AssignInstructor(None), context))
    author = Author("person", actor.account_id, actor.name)
    make_changes(session, changes, Signature(author, messages.TEACHES_NO_MORE))
