"""Asking for a later deadline, and deciding it."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.admin_log import Action, SubjectKind
from enrollment_portal.domain.calendar import now_ms
from enrollment_portal.domain.enrollments import REASON_LENGTH, Field, Status
from enrollment_portal.domain.errors import Invalid, NotAllowed, NotFound, Overtaken
from enrollment_portal.domain.learning import Refused, RequestState, read_wanted_day
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import Everything, is_learning_admin
from enrollment_portal.domain.save_keys import read_save_key
from enrollment_portal.domain.typed_text import clean_text
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.retrying import again_after_deadlock
from enrollment_portal.services.saving_once import once, was_saved
from enrollment_portal.storage import enrollments, extensions, learning, overrides, tracking
from enrollment_portal.storage.admin_log import add_act
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.extensions import ExtensionAsk

_ASKED = "You have asked already. Wait for the answer."


def ask_extension(
    database: Database, actor: Actor, enrollment_id: object, typed_day: object, reason: object
) -> int:
    """Ask for a later deadline of one's own active enrollment, and return the request's id.

    Args:
        database: where it is stored.
        actor: the learner.
        enrollment_id: of a course or a path of theirs.
        typed_day: until when, as year-month-day; after today and after the deadline.
        reason: why, which is required.

    Raises:
        NotFound: the enrollment is not theirs, or does not exist.
        Refused: it is over, or another request is open.
        Invalid: "day" or "reason" breaks a rule.
    """
    learner, wanted = actor.learner_id, read_id(enrollment_id)
    if learner is None or wanted is None:
        raise NotFound
    today = organization_of(database).today()
    try:
        with database.write() as connection:
            tracking.lock_learner(connection, learner)
            enrollment = learning.own_enrollment(connection, learner, wanted)
            if enrollment is None:
                raise NotFound
            if enrollment.status != Status.ACTIVE:
                raise Refused("This enrollment is over; its deadline no longer counts.")
            if extensions.open_request(connection, wanted):
                raise Refused(_ASKED)
            day, why = _read(typed_day, reason, today, enrollment.deadline_day)
            return extensions.add_request(connection, wanted, day, why, at=now_ms())
    except IntegrityError:
        raise Refused(_ASKED) from None


@once
@again_after_deadlock
def decide_extension(
    database: Database,
    actor: Actor,
    request_id: object,
    grant: bool,
    answer: object = "",
    *,
    key: object = None,
) -> None:
    """Grant a request, which sets the deadline with history, or decline it with an answer.

    The access log tells which, as neither a refusal nor every grant leaves a row of history.
    Granting never brings a deadline forward that has been put off further meanwhile. Where it set
    one under a key, sending it once more changes nothing and succeeds.

    Raises:
        NotAllowed: the actor does not manage enrollments.
        NotFound: there is no such request.
        Refused: somebody decided it already, the enrollment is over, or the key is that of
            another save.
        Invalid: "answer" is too long or cannot be stored.
    """
    if not is_learning_admin(actor):
        raise NotAllowed
    wanted = read_id(request_id)
    if wanted is None:
        raise NotFound
    try:
        words = clean_text(answer, REASON_LENGTH)
    except ValueError as refusal:
        raise Invalid({"answer": str(refusal)}) from None
    with database.write() as connection:
        request = extensions.find_request(connection, wanted)
        if request is None:
            raise NotFound
        tracking.lock_learner_of(connection, request.enrollment_id)
        name = read_save_key(key)
        if not was_saved(connection, actor, request.enrollment_id, name):
            _decide(connection, actor, request, grant is True, words, name)


def see_answer(database: Database, actor: Actor, request_id: object) -> None:
    """Put away the answer to one's own request; anything else is left as it is."""
    learner, wanted = actor.learner_id, read_id(request_id)
    if learner is None or wanted is None:
        return
    with database.write() as connection:
        extensions.mark_seen(connection, learner, wanted)


def _read(
    typed_day: object, reason: object, today: int, deadline_day: int | None
) -> tuple[int, str]:
    errors: dict[str, str] = {}
    day, why = 0, ""
    try:
        day = read_wanted_day(typed_day, today, deadline_day)
    except ValueError as refusal:
        errors["day"] = str(refusal)
    try:
        why = clean_text(reason, REASON_LENGTH, required=True)
    except ValueError as refusal:
        errors["reason"] = str(refusal)
    if errors:
        raise Invalid(errors)
    return day, why


def _decide(
    connection: Connection,
    actor: Actor,
    request: ExtensionAsk,
    grant: bool,
    answer: str,
    save_key: str | None,
) -> None:
    enrollment = enrollments.find_enrollment(connection, Everything(), request.enrollment_id)
    if enrollment is None:
        raise NotFound
    now = max(now_ms(), enrollment.updated_at, enrollment.enrolled_at)
    state = RequestState.GRANTED if grant else RequestState.DECLINED
    is_first = extensions.decide(
        connection, request.id, state.value, by=actor.name, answer=answer, at=now
    )
    if not is_first:
        decided = extensions.find_request(connection, request.id)
        by = (decided.decided_by if decided else "") or "somebody else"
        word = decided.state if decided else "decided"
        raise Refused(f"This request was {word} already, by {by}.")
    if enrollment.status != Status.ACTIVE:
        raise Refused("This enrollment is no longer active; there is nothing to extend.")
    add_act(
        connection,
        actor,
        Action.EXTENSION_GRANTED if grant else Action.EXTENSION_DECLINED,
        SubjectKind.USER,
        enrollment.learner_id,
        enrollment.name,
        now=now,
        detail=enrollment.title,
    )
    deadline = enrollment.deadline_day
    if grant and (deadline is None or deadline < request.wanted_day):
        written = overrides.write_override(
            connection,
            enrollment,
            {Field.DEADLINE: request.wanted_day},
            now=now,
            actor_id=actor.account_id,
            actor_name=actor.name,
            reason=f"Extension: {request.reason}"[:REASON_LENGTH],
            save_key=save_key,
        )
        if not written:
            raise Overtaken
