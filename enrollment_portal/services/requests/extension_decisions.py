"""Grant and decline extension requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import Everything, is_own, may_manage_learning
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.commands import SetFields
from enrollment_portal.domain.enrollment.fields import REASON_LENGTH, Field, Status
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.requests.answers import Answer
from enrollment_portal.domain.requests.extension_requests import RequestState, read_granted_day
from enrollment_portal.domain.requests.messages import reason_of_extension
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.services.enrollment.course_deadlines import move_course_deadlines
from enrollment_portal.services.enrollment.enrollment_details import (
    reason_for,
    require_may_change_own,
)
from enrollment_portal.services.enrollment.idempotency import idempotent, saved_as
from enrollment_portal.services.enrollment.overriding import ChangeMeta, change_enrollment
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.enrollment import enrollments
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.learning import tracking
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.requests.extensions import StoredRequest
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class Decided:
    """The result of a decision."""

    seq: int | None = None
    """The `seq` of the change that set the deadline, for undo; `None` without one."""
    n_moved: int = 0
    """How many deadlines of a path's courses moved with it."""


@idempotent
@again_after_deadlock
def decide_extension(
    database: Database,
    actor: Actor,
    request_id: object,
    grant: bool,
    answer: object = "",
    *,
    day: object = None,
    moves_courses: bool = False,
    key: object = None,
) -> Decided:
    """Grant a request, which sets the deadline with history, or decline it.

    It is recorded in the access log, as declining, and some grants, write no row of history.
    Granting never moves a deadline forward that is later already. It is idempotent with a key if it
    sets a deadline.

    Args:
        database: where it is stored.
        actor: who decides.
        request_id: of the request.
        grant: whether it is granted.
        answer: a message for the learner, or "".
        day: another deadline than was asked for, as year-month-day, where it is granted; required
            once the day that was asked for is over.
        moves_courses: of a path, whether the deadlines of its courses move along; all of it is
            one batch then.
        key: the idempotency key of this request.

    Raises:
        NotAllowed: the actor does not manage enrollments, or it is their own one.
        NotFound: there is no such request.
        Refused: somebody decided it already, the enrollment is over, or the key is that of
            another save.
        Invalid: "answer" or "day" breaks a rule.
    """
    if not may_manage_learning(actor):
        raise NotAllowed
    wanted = read_id(request_id)
    if wanted is None:
        raise NotFound
    try:
        text = clean_text(answer, REASON_LENGTH)
    except ValueError as refusal:
        raise Invalid({"answer": str(refusal)}) from None
    today = organization_of(database).today()
    with database.write() as session:
        request = extensions.find_request(session, wanted)
        if request is None:
            raise NotFound
        tracking.lock_learner_of(session, request.enrollment_id)
        name = read_idempotency_key(key)
        made = saved_as(session, actor, request.enrollment_id, name)
        if made is not None:
            return Decided(made)
        enrollment = _open_for(session, request)
        require_may_change_own(actor, enrollment.learner_id)
        why = reason_of_extension(request.reason)[:REASON_LENGTH]
        if is_own(actor, enrollment.learner_id):
            text = why = reason_for(actor, enrollment.learner_id, text, field="answer")
        if grant is not True:
            _decline(session, actor, enrollment, request, text)
            return Decided()
        try:
            until = read_granted_day(day, request.requested_day, today, enrollment.deadline_day)
        except ValueError as refusal:
            raise Invalid({"day": str(refusal)}) from None
        granted = Answer(request.id, RequestState.GRANTED, text, granted_day=until)
        is_batch = moves_courses is True and enrollment.kind == CourseKind.PATH
        meta = ChangeMeta(
            why,
            batch=secrets.token_hex(8) if is_batch else None,
            save_key=name,
        )
        seq = _grant(session, actor, enrollment, granted, meta)
        if seq is None or not is_batch:
            return Decided(seq)
        meta = replace(meta, save_key=None)
        return Decided(seq, move_course_deadlines(session, actor, enrollment, until, meta))


def _open_for(session: Session, request: StoredRequest) -> StoredEnrollment:
    """Return the enrollment of a request, if it can be decided."""
    enrollment = enrollments.find_enrollment(session, Everything(), request.enrollment_id)
    if enrollment is None:
        raise NotFound
    # Read again after locking its learner.
    found = extensions.find_request(session, request.id)
    if found is None or found.state != RequestState.OPEN:
        state, by = (found.state, found.decided_by) if found else (RequestState.CLOSED, "")
        raise Refused(messages.already_decided(state, by or messages.SOMEBODY_ELSE))
    if enrollment.status != Status.ACTIVE:
        raise Refused(messages.NOT_ACTIVE)
    return enrollment


def _decline(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    request: StoredRequest,
    answer: str,
) -> None:
    now = _moment_after(enrollment)
    declined = Answer(request.id, RequestState.DECLINED, answer)
    extensions.decide(session, declined, by=actor.name, at=now)
    _log(session, actor, Action.EXTENSION_DECLINED, enrollment, now)


def _grant(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    granted: Answer,
    meta: ChangeMeta,
) -> int | None:
    now = _moment_after(enrollment)
    deadline, until = enrollment.deadline_day, granted.granted_day
    sets_deadline = deadline is None or until is None or deadline < until
    if not sets_deadline:
        granted = replace(granted, granted_day=deadline)
    extensions.decide(session, granted, by=actor.name, at=now)
    _log(session, actor, Action.EXTENSION_GRANTED, enrollment, now)
    if not sets_deadline:
        return None
    seq = change_enrollment(session, actor, enrollment, SetFields({Field.DEADLINE: until}), meta)
    if seq is not None:
        extensions.note_event(session, granted.request_id, seq)
    return seq


def _moment_after(enrollment: StoredEnrollment) -> int:
    return max(now_ms(), enrollment.updated_at, enrollment.enrolled_at)


def _log(
    session: Session, actor: Actor, action: Action, enrollment: StoredEnrollment, now: int
) -> None:
    add_act(
        session,
        actor,
        action,
        SubjectKind.USER,
        enrollment.learner_id,
        enrollment.name,
        now=now,
        detail=enrollment.title,
    )
