"""Record in the access log that enrolling was undone, or redone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment


def record_enrolling(
    session: Session,
    actor: Actor,
    action: Action,
    enrollments: Sequence[StoredEnrollment],
    *,
    now: int,
) -> None:
    """Record enrolling or its undo in the access log: for one person, or for each course.

    Args:
        session: in the transaction of the act.
        actor: who did it.
        action: `ENROLLED` or `ENROLLING_UNDONE`.
        enrollments: all of them; the courses of a path among them are not mentioned.
        now: the current time, in ms.
    """
    meant = [one for one in enrollments if one.origin != Origin.PATH] or list(enrollments)
    meant.sort(key=lambda one: one.title)
    people = {one.learner_id: one.name for one in meant}
    if len(people) == 1:
        ((id_, name),) = people.items()
        titles = with_commas(dict.fromkeys(one.title for one in meant))
        add_act(session, actor, action, SubjectKind.USER, id_, name, now=now, detail=titles[:500])
        return
    for (id_, title, kind), n in Counter((o.course_id, o.title, o.kind) for o in meant).items():
        subject = SubjectKind.PATH if kind == CourseKind.PATH else SubjectKind.COURSE
        add_act(
            session,
            actor,
            action,
            subject,
            id_,
            title,
            now=now,
            detail=messages.logged_people(n),
        )
