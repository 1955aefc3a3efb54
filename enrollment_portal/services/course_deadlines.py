"""Moving the deadlines of a learning path's courses along with the path's own."""

from __future__ import annotations

from sqlmodel import Session, col, select

from enrollment_portal.domain.calendar import LAST_DAY
from enrollment_portal.domain.courses import CourseKind
from enrollment_portal.domain.enrollment.lifecycle import SetFields
from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import Everything
from enrollment_portal.services.overriding import Kept, change_enrollment
from enrollment_portal.storage import enrollments
from enrollment_portal.storage.enrollments import StoredEnrollment
from enrollment_portal.storage.tables import Enrollment, PathStep


def move_course_deadlines(
    session: Session,
    actor: Actor,
    path: StoredEnrollment,
    until: int,
    kept: Kept,
) -> int:
    """Put off the deadlines of a path's courses by as many days as the path's, if they end before.

    Only of courses in which its learner is active and has a deadline. Returns how many moved.

    Args:
        session: in the transaction of the change, with the learner locked.
        actor: who changes it.
        path: the enrollment in the path, as it was before; without a deadline nothing moves.
        until: the path's new deadline, in days since 1970.
        kept: what history keeps with each, the name of the batch among it.
    """
    if path.kind != CourseKind.PATH or path.deadline_day is None:
        return 0
    days = until - path.deadline_day
    ids = session.exec(
        select(Enrollment.id)
        .join(PathStep, col(PathStep.course_id) == Enrollment.course_id)
        .where(
            PathStep.path_id == path.course_id,
            Enrollment.learner_id == path.learner_id,
            Enrollment.status == Status.ACTIVE.value,
            col(Enrollment.deadline_day) < until,
        )
        .order_by(col(PathStep.position))
    ).all()
    found = enrollments.find_enrollments(session, Everything(), [id_ for id_ in ids if id_])
    for id_ in ids:
        course = found[id_ or 0]
        day = min((course.deadline_day or 0) + days, LAST_DAY)
        change_enrollment(session, actor, course, SetFields({Field.DEADLINE: day}), kept)
    return len(ids)
