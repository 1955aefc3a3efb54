"""What a learner's own pages show, and where they stand in each course of a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from enrollment_portal.domain.courses import CourseKind, is_offered
from enrollment_portal.domain.enrollment.candidates import Standing
from enrollment_portal.domain.enrollment.eligibility import may_start_again
from enrollment_portal.domain.enrollment.fields import Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import is_reopened
from enrollment_portal.domain.errors import NotFound
from enrollment_portal.domain.learning import StepState
from enrollment_portal.domain.learning_paths import (
    CourseStanding,
    LearningPath,
    PathStep,
    steps_for,
)
from enrollment_portal.services.course_locks import locks_among, locks_of, standings_of
from enrollment_portal.services.tracking import done_lessons
from enrollment_portal.storage import extensions, learning_paths
from enrollment_portal.storage import learning as stored
from enrollment_portal.storage.extensions import ExtensionAsk
from enrollment_portal.storage.learning import (
    CatalogCourse,
    Learnable,
    LessonTitle,
    OwnEnrollment,
)


@dataclass(frozen=True)
class Step:
    """One course of a path, and where the learner stands in it."""

    step: PathStep
    state: StepState
    enrollment: OwnEnrollment | None
    opened_by: str = ""
    """Where it is locked, the course that opens it."""


@dataclass(frozen=True)
class Dashboard:
    """Everything that a learner's own first page shows."""

    enrollments: tuple[OwnEnrollment, ...]
    """Courses and paths; active first, then completed, then cancelled; newest first."""
    steps: Mapping[int, tuple[Step, ...]]
    """For each path enrollment's id, its courses in order."""
    requests: tuple[ExtensionAsk, ...]
    """Open requests, and answers that were not put away yet."""
    locks: Mapping[int, str] = field(default_factory=dict)
    """For each course that is locked now, the title of the course that opens it."""


@dataclass(frozen=True)
class CoursePage:
    """A course or path as one learner sees it."""

    course: Learnable
    enrollment: OwnEnrollment | None
    """The one that counts: the active, else a completed, else the newest."""
    lessons: tuple[LessonTitle, ...] = ()
    done: frozenset[int] = frozenset()
    steps: tuple[Step, ...] = ()
    request: ExtensionAsk | None = None
    locked_by: str = ""
    may_start: bool = False

    @property
    def is_reopened(self) -> bool:
        """Whether it was completed, and somebody made it active again."""
        return self.enrollment is not None and is_reopened(snapshot_of(self.enrollment))


@dataclass(frozen=True)
class LessonPage:
    """A lesson to read, and its place in the course."""

    course: Learnable
    enrollment: OwnEnrollment
    lesson: LessonTitle
    content: str
    lessons: tuple[LessonTitle, ...]
    done: frozenset[int]


@dataclass(frozen=True)
class CatalogRow:
    """A published course, and where the learner stands in it."""

    course: CatalogCourse
    standing: Standing | None
    locked_by: str


def steps_of(
    path: LearningPath, own: Sequence[OwnEnrollment], locked: Mapping[int, str]
) -> tuple[Step, ...]:
    """Return a path's steps that the learner is in, or can begin.

    Args:
        path: the path.
        own: all enrollments of the learner, the active and newest first.
        locked: the courses that are locked for them, each with the title that opens it.
    """
    standings = standings_of(own)
    chosen: dict[int, OwnEnrollment] = {}
    for enrollment in own:
        before = chosen.setdefault(enrollment.course_id, enrollment)
        if enrollment.status == Status.COMPLETED and before.status == Status.ACTIVE:
            chosen[enrollment.course_id] = enrollment
    return tuple(
        Step(
            step,
            _state_of(standings.get(step.course_id), step.course_id in locked),
            chosen.get(step.course_id),
            locked.get(step.course_id, ""),
        )
        for step in steps_for(path, standings)
    )


def _state_of(standing: CourseStanding | None, is_locked: bool) -> StepState:
    if standing is CourseStanding.COMPLETED:
        return StepState.DONE
    if is_locked:
        return StepState.LOCKED
    return StepState.IN_PROGRESS if standing else StepState.OPEN


def course_page(session: Session, learner: int, wanted: int) -> CoursePage:
    """Return a published course, or whatever a learner is or was enrolled in.

    Raises:
        NotFound: there is no such thing for them.
    """
    course = stored.find_learnable(session, wanted)
    own = stored.own_in_course(session, learner, wanted)
    if course is None or (own is None and not may_begin(course)):
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
        may_start=has_ended and may_begin(course) and not locked_by,
    )


def path_steps(session: Session, learner: int, path_id: int) -> tuple[Step, ...]:
    """Return the steps of one of a learner's paths; see `steps_of`."""
    own = stored.own_enrollments(session, learner)
    paths = learning_paths.paths_with_ids(session, path_ids_of(own))
    path = next((one for one in paths if one.id == path_id), None)
    return steps_of(path, own, locks_among(own, paths)) if path else ()


def path_ids_of(own: Sequence[OwnEnrollment]) -> set[int]:
    """Return the ids of the paths among a learner's enrollments."""
    return {one.course_id for one in own if one.kind == CourseKind.PATH}


def may_begin(course: Learnable) -> bool:
    """Tell whether learners can begin it by themselves: a course that is offered, but no path."""
    return course.kind == CourseKind.COURSE and is_offered(
        course.kind, course.state, course.n_lessons, course.requires_grade
    )
