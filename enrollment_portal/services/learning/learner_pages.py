"""Read the data of a learner's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind, is_offered
from enrollment_portal.domain.enrolling.eligibility import may_start_again
from enrollment_portal.domain.enrolling.enroll_request import ExistingEnrollment
from enrollment_portal.domain.enrollment.fields import snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import is_reopened
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.learning.lessons_done import done_lessons
from enrollment_portal.services.paths.course_locks import locks_of
from enrollment_portal.services.paths.path_steps import Step, path_steps
from enrollment_portal.storage.enrollment.learner_messages import StoredMessage
from enrollment_portal.storage.learning import learning as stored
from enrollment_portal.storage.learning.learning import (
    CatalogCourse,
    Learnable,
    LessonTitle,
    OwnEnrollment,
)
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.requests.extensions import StoredRequest


@dataclass(frozen=True)
class Dashboard:
    """The data of a learner's dashboard."""

    enrollments: tuple[OwnEnrollment, ...]
    """Courses and paths; active first, then completed, then cancelled; newest first."""
    steps: Mapping[int, tuple[Step, ...]]
    """For each path enrollment's id, its courses in order."""
    requests: tuple[StoredRequest, ...]
    """Open requests, and answers that were not dismissed yet."""
    locks: Mapping[int, str] = field(default_factory=dict)
    """For each course that is locked now, the title of the course that opens it."""
    messages: tuple[StoredMessage, ...] = ()
    """Those that were not dismissed yet, newest first."""


@dataclass(frozen=True)
class CoursePage:
    """The data of a course's or path's page for one learner."""

    course: Learnable
    enrollment: OwnEnrollment | None
    """The learner's enrollment: the active one, else a completed one, else the newest."""
    lessons: tuple[LessonTitle, ...] = ()
    done: frozenset[int] = frozenset()
    steps: tuple[Step, ...] = ()
    request: StoredRequest | None = None
    locked_by: str = ""
    may_start: bool = False

    @property
    def is_reopened(self) -> bool:
        """Whether a person reopened it after it was completed."""
        return self.enrollment is not None and is_reopened(snapshot_of(self.enrollment))


@dataclass(frozen=True)
class LessonPage:
    """The data of a lesson's page."""

    course: Learnable
    enrollment: OwnEnrollment
    lesson: LessonTitle
    content: str
    lessons: tuple[LessonTitle, ...]
    done: frozenset[int]


@dataclass(frozen=True)
class CatalogRow:
    """A published course, and the learner's enrollment in it."""

    course: CatalogCourse
    existing: ExistingEnrollment | None
    locked_by: str


def course_page(session: Session, learner: int, wanted: int) -> CoursePage:
    """Return a published course, or whatever a learner is or was enrolled in.

    Raises:
        NotFound: there is no such thing for them.
    """
    course = stored.find_learnable(session, wanted)
    own = stored.own_in_course(session, learner, wanted)
    if course is None or (own is None and not can_start(course)):
        raise NotFound
    request = extensions.open_request(session, own.id) if own else None
    if course.kind == CourseKind.PATH and own:
        return CoursePage(course, own, steps=path_steps(session, learner, wanted), request=request)
    lessons = stored.lessons_of(session, wanted)
    locked_by = locks_of(session, learner).get(wanted, "")
    has_ended = own is None or may_start_again(own.status, course.may_be_retaken)
    return CoursePage(
        course,
        own,
        lessons=tuple(lessons),
        done=frozenset(done_lessons(session, own, lessons)) if own else frozenset(),
        request=request,
        locked_by=locked_by,
        may_start=has_ended and can_start(course) and not locked_by,
    )


def can_start(course: Learnable) -> bool:
    """Return whether learners can start it themselves: a course that is offered, but no path."""
    return course.kind == CourseKind.COURSE and is_offered(course)
