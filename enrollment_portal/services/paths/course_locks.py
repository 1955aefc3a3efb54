"""Find the courses that learning paths lock for a learner."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.paths.learning_paths import CourseStage, LearningPath, locks, stage_of
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.storage.learning.learning import OwnEnrollment
from enrollment_portal.storage.paths.learning_paths import active_paths, stages_in


def locks_of(session: Session, learner_id: int) -> dict[int, str]:
    """Return the courses that are locked for a learner, each with the title that opens it."""
    paths = active_paths(session, learner_id)
    if not paths:
        return {}
    courses = {step.course_id for path in paths for step in path.steps}
    return locks(paths, stages_in(session, learner_id, courses))


def locks_among(own: Iterable[OwnEnrollment], paths: Collection[LearningPath]) -> dict[int, str]:
    """Return the same as `locks_of`, from enrollments that were read already.

    Args:
        own: all enrollments of the learner.
        paths: at least those that the learner is active in.
    """
    if not paths:
        return {}
    own = tuple(own)
    active = {e.course_id for e in own if e.kind == CourseKind.PATH and e.status == Status.ACTIVE}
    taken = [path for path in paths if path.id in active]
    return locks(taken, stages_of(own)) if taken else {}


def stages_of(own: Iterable[OwnEnrollment]) -> dict[int, CourseStage]:
    """Return the learner's stage in each course."""
    found: dict[int, CourseStage] = {}
    for one in own:
        stage = stage_of(
            one.status,
            origin=one.origin,
            progress=one.progress,
            lessons_done=one.lessons_done,
            is_graded=one.grade is not None,
        )
        found[one.course_id] = max(stage, found.get(one.course_id, stage))
    return found


def require_unlocked(session: Session, learner_id: int, course_id: int) -> None:
    """Raise if a learning path locks a course for the learner.

    Raises:
        Refused: it names the course that opens this one.
    """
    refuse_locked(locks_of(session, learner_id).get(course_id, ""))


def refuse_locked(title: str) -> None:
    """Raise if a course is locked: `title` is that of the course that opens it, else "".

    Raises:
        Refused: it names the course that opens this one.
    """
    if title:
        raise Refused(messages.locked(title))
