"""Request a later deadline, withdraw the request, and dismiss its answer."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.enrollment.fields import REASON_LENGTH, Status
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.requests.answers import Answer
from enrollment_portal.domain.requests.extension_requests import RequestState, read_requested_day
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotFound, Refused
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.learning import learning, tracking
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.shared.database import Database


def request_extension(
    database: Database, actor: Actor, enrollment_id: object, typed_day: object, reason: object
) -> int:
    """Request a later deadline for one's own active enrollment, and return the request's id.

    Args:
        database: where it is stored.
        actor: the learner.
        enrollment_id: of a course or a path of theirs.
        typed_day: the requested deadline as year-month-day; after today and after the deadline.
        reason: the reason, which is required.

    Raises:
        NotFound: the enrollment is not theirs, or does not exist.
        Refused: it is over, has no deadline, or another request is open.
        Invalid: "day" or "reason" breaks a rule.
    """
    learner, wanted = actor.learner_id, read_id(enrollment_id)
    if learner is None or wanted is None:
        raise NotFound
    today = organization_of(database).today()
    try:
        with database.write() as session:
            tracking.lock_learner(session, learner)
            enrollment = learning.own_enrollment(session, learner, wanted)
            if enrollment is None:
                raise NotFound
            if enrollment.status != Status.ACTIVE:
                raise Refused(messages.HAS_ENDED)
            if enrollment.deadline_day is None:
                raise Refused(messages.NO_DEADLINE)
            if extensions.open_request(session, wanted):
                raise Refused(messages.ALREADY_ASKED)
            day, why = _read(typed_day, reason, today, enrollment.deadline_day)
            return extensions.add_request(session, wanted, day, why, at=now_ms())
    except IntegrityError:
        raise Refused(messages.ALREADY_ASKED) from None


def withdraw_extension(database: Database, actor: Actor, request_id: object) -> None:
    """Withdraw one's own request that nobody has answered yet.

    Raises:
        NotFound: it is not theirs, or does not exist.
        Refused: it was answered already.
    """
    learner, wanted = actor.learner_id, read_id(request_id)
    if learner is None or wanted is None:
        raise NotFound
    with database.write() as session:
        tracking.lock_learner(session, learner)
        request = extensions.find_request(session, wanted)
        if request is None or not learning.own_enrollment(session, learner, request.enrollment_id):
            raise NotFound
        answer = Answer(request.id, RequestState.WITHDRAWN, is_seen=True)
        is_withdrawn = extensions.decide(session, answer, by=actor.name, at=now_ms())
        if not is_withdrawn:
            raise Refused(messages.NOT_OPEN)


def see_answer(database: Database, actor: Actor, request_id: object) -> None:
    """Dismiss the answer to one's own extension request; no effect for anything else."""
    learner, wanted = actor.learner_id, read_id(request_id)
    if learner is None or wanted is None:
        return
    with database.write() as session:
        extensions.mark_seen(session, learner, wanted)


def _read(
    typed_day: object, reason: object, today: int, deadline_day: int | None
) -> tuple[int, str]:
    errors: dict[str, str] = {}
    day, why = 0, ""
    try:
        day = read_requested_day(typed_day, today, deadline_day)
    except ValueError as refusal:
        errors["day"] = str(refusal)
    try:
        why = clean_text(reason, REASON_LENGTH, required=True)
    except ValueError as refusal:
        errors["reason"] = str(refusal)
    if errors:
        raise Invalid(errors)
    return day, why
