"""Overriding an enrollment: finding it, writing what changed, and what follows from its status."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.calendar import now_ms
from enrollment_portal.domain.edits import Value
from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.domain.errors import Invalid, NotFound
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import ledger_scope, may_see_ledger
from enrollment_portal.domain.tracking import tracked_status
from enrollment_portal.services.meeting_saves import conflict_of
from enrollment_portal.services.open_requests import Written, follow_change
from enrollment_portal.services.path_progress import refresh_paths
from enrollment_portal.storage import enrollments as stored
from enrollment_portal.storage.enrollments import StoredEnrollment
from enrollment_portal.storage.overrides import write_override
from enrollment_portal.storage.save_keys import is_of_save_key

_MAX_ID = 2**53
_TWO_ACTIVE = (
    "This learner already has another active enrollment in this course. Cancel or complete "
    "that one first."
)


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


def apply_changes(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    typed: Mapping[str, object],
    changes: Mapping[Field, Value],
    reason: str,
    *,
    batch: str | None = None,
    save_key: str | None = None,
    undoes: int | None = None,
    tracked: Status | None = None,
    ended_at: int | None = None,
    holds_status: bool = False,
) -> None:
    """Write changed fields with history, and what follows a status that moves.

    Args:
        session: in the transaction of the change.
        actor: who changes it.
        enrollment: as it was read, with its learner locked.
        typed: what the form held, by field name.
        changes: the new values.
        reason: why, or "".
        batch: the name of the changes that it was made together with.
        save_key: the browser's name for the save.
        undoes: the `seq` of the change that it takes back.
        tracked: what is tracked from now on; by default what a grade leads to.
        ended_at: since when the enrollment has been over, in ms, where its status goes back to
            that; by default since now.
        holds_status: somebody set the status by hand, though it is what is tracked: it stays.

    Raises:
        Invalid: the learner would be active in the course twice.
        Conflict: someone else has written meanwhile.
    """
    # A status that nobody sets by hand, now or before, follows what is tracked.
    is_tracked = enrollment.status == enrollment.tracked_status and not holds_status
    follows = Field.STATUS not in changes and is_tracked
    status = tracked if follows else changes.get(Field.STATUS)
    reactivates = status == Status.ACTIVE
    # The clock may be set back; time in an enrollment's life only goes forward.
    now = max(now_ms(), enrollment.updated_at, enrollment.enrolled_at)
    if reactivates and stored.has_other_active(session, enrollment):
        raise Invalid({Field.STATUS: _TWO_ACTIVE})
    try:
        written = write_override(
            session,
            enrollment,
            changes,
            now=now,
            actor_id=actor.account_id,
            actor_name=actor.name,
            reason=reason,
            tracked_status=_completed_by_grade(enrollment, changes) if tracked is None else tracked,
            batch=batch,
            save_key=save_key,
            undoes=undoes,
            ended_at=ended_at,
            holds_status=holds_status,
        )
    except IntegrityError as error:
        # Another transaction made the learner active in this course between check and write.
        if reactivates and not is_of_save_key(error):
            raise Invalid({Field.STATUS: _TWO_ACTIVE}) from None
        raise
    if not written:
        current = find_visible(session, actor, enrollment.id)
        raise conflict_of(session, actor, current, enrollment.version, typed, changes)
    after = find_visible(session, actor, enrollment.id)
    if after.status != enrollment.status:
        refresh_paths(session, {enrollment.learner_id}, {enrollment.course_id}, now=now)
    follow_change(session, enrollment, after, Written(written, actor.name, now, undoes))


def _completed_by_grade(
    enrollment: StoredEnrollment, changes: Mapping[Field, Value]
) -> Status | None:
    """Return the status that a grade makes tracked: it was all that was missing."""
    if not changes.get(Field.GRADE) or not enrollment.requires_grade:
        return None
    tracked = tracked_status(
        enrollment.lessons_done, enrollment.n_lessons, requires_grade=True, is_graded=True
    )
    is_moved = enrollment.tracked_status == Status.ACTIVE and tracked is Status.COMPLETED
    return tracked if is_moved else None
