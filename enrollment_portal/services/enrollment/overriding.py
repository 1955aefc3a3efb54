"""Find an enrollment by an id from outside, and make a person's change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope, may_see_ledger
from enrollment_portal.domain.enrollment.commands import (
    AssignInstructor,
    Change,
    Command,
    Context,
    SetFields,
    Undo,
    course_rules,
)
from enrollment_portal.domain.enrollment.completed_by_grade import needs_history, rests_on_grade
from enrollment_portal.domain.enrollment.fields import Field, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import second_active, transition
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.storage.catalog.lessons import following
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.assigned_instructors import instructors_of
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
    change = decide_change(session, enrollment, command)
    return write_change(session, actor, change, command, meta)


def write_change(
    session: Session, actor: Actor, change: Change, command: Command, meta: ChangeMeta
) -> int | None:
    """Write a change that `decide_change` returned; see `change_enrollment`."""
    author = Author("person", actor.account_id, actor.name)
    signature = Signature(author, meta.reason, meta.batch, meta.save_key)
    try:
        return make_changes(session, [change], signature).get(change.after.id)
    except IntegrityError as error:
        # Another transaction made the learner active in this course between check and write.
        is_reactivated = change.after.status is Status.ACTIVE is not change.before.status
        if is_reactivated and not is_duplicate_key(error):
            raise second_active(command) from None
        raise


def decide_change(session: Session, enrollment: StoredEnrollment, command: Command) -> Change:
    """Return the change that `change_enrollment` would make, and write nothing.

    Raises:
        Invalid: for each field, why it cannot be set, such as a second active enrollment.
        Refused: the command is not possible in the enrollment's current state.
    """
    (context,) = contexts(session, [(enrollment, command)], now_ms())
    return transition(snapshot_of(enrollment), command, context)


def contexts(
    session: Session, commands: Sequence[tuple[StoredEnrollment, Command]], now: int
) -> list[Context]:
    """Read the facts that the rules need for changes of a person, for many at once.

    Args:
        session: where they are read.
        commands: the enrollments as they were read, each with what is to happen to it.
        now: the current time, in ms.
    """
    moving = {one.id for one, command in commands if _may_move(one, command)}
    elsewhere = stored.active_elsewhere(session, moving) if moving else set()
    courses = {one.id: one for one in following(session, moving)} if moving else {}
    graded = {
        one.id
        for one, command in commands
        if _sets_grade(command) and needs_history(snapshot_of(one), command, course_rules(one))
    }
    histories = stored.histories_of(session, graded)
    assigned = {one.course_id for one, command in commands if _assigns(command)}
    taught = instructors_of(session, assigned) if assigned else {}
    return [
        Context(
            now=now,
            course=course_rules(one),
            has_other_active=one.id in elsewhere,
            rests_on_grade=one.id in graded
            and rests_on_grade(snapshot_of(one), histories[one.id], course_rules(one)),
            instructors=_with_own(taught.get(one.course_id, {}), one) if assigned else {},
            lessons_done=courses[one.id].lessons_done(one.lessons_done)
            if one.id in courses
            else None,
        )
        for one, _command in commands
    ]


def _may_move(enrollment: StoredEnrollment, command: Command) -> bool:
    """Return whether a command may move the status of an enrollment that has ended."""
    is_moving = not isinstance(command, SetFields) or command.may_move_status
    return enrollment.status != Status.ACTIVE and is_moving and not _assigns(command)


def _assigns(command: Command) -> bool:
    if isinstance(command, Undo):
        return command.assigns is not None
    return isinstance(command, AssignInstructor)


def _with_own(names: Mapping[int, str], enrollment: StoredEnrollment) -> Mapping[int, str]:
    """Return the names of a course's instructors, and of who is assigned."""
    if enrollment.instructor_id is None:
        return names
    return {enrollment.instructor_id: enrollment.instructor or "", **names}


def _sets_grade(command: Command) -> bool:
    return isinstance(command, SetFields | Undo) and Field.GRADE in command.values
