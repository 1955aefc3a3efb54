"""Enroll a learner again in a course that they have completed."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_manage_learning, require
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Outcome, Requester
from enrollment_portal.domain.enrolling.messages import NOT_COMPLETED
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.enrollment.messages import TWO_ACTIVE
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import NotFound, Refused
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.enrollment.enrollment_details import (
    reason_for,
    require_may_change_own,
)
from enrollment_portal.services.enrollment.overriding import find_visible
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.learning.tracking import lock_learner
from enrollment_portal.storage.shared.database import Database


@again_after_deadlock
def create_retake(
    database: Database, actor: Actor, enrollment_id: object, reason: object = ""
) -> int:
    """Create a retake of a completed enrollment, which stays unchanged; return its id.

    Raises:
        NotAllowed: the actor may not manage learning.
        NotFound: the enrollment does not exist for the actor.
        OwnEnrollment: it is the actor's own; where the course may be taken again, they start it
            as a learner. A Super Admin may, with a reason.
        Invalid: "reason" is too long, or missing for the actor's own enrollment.
        Refused: it is not completed, the learner is active in the course through another one, or
            nobody can be enrolled in it now; the message says which.
    """
    require(actor, may_manage_learning)
    organization, now = organization_of(database), now_ms()
    try:
        with database.write() as session:
            lock_learner(session, find_visible(session, actor, enrollment_id).learner_id)
            found = find_visible(session, actor, enrollment_id)
            require_may_change_own(actor, found.learner_id)
            why = reason_for(actor, found.learner_id, reason)
            if found.status != Status.COMPLETED:
                raise Refused(NOT_COMPLETED)
            made = plan(
                session,
                [found.learner_id],
                [found.course_id],
                origin=Origin.ADMIN,
                today=organization.today(),
                # Without `learner_id`: a retake of one's own enrollment has a reason here.
                request=EnrollRequest(Requester.ADMIN, zone(organization.time_zone), again=True),
            )
            decision = next(iter(made.decisions), None)
            if decision is None:
                raise NotFound
            if decision.outcome is not Outcome.ENROLLED:
                # An existing enrollment that is not completed is active.
                raise Refused(decision.why if decision.has_completed else TWO_ACTIVE)
            author = Author("person", actor.account_id, actor.name)
            ids = carry_out(session, made, author, now=now, reason=why)
            add_act(
                session,
                actor,
                Action.ENROLLED,
                SubjectKind.USER,
                found.learner_id,
                found.name,
                now=now,
                detail=messages.logged_again(found.title),
            )
            return ids[found.learner_id, found.course_id]
    except IntegrityError:
        raise Refused(TWO_ACTIVE) from None
