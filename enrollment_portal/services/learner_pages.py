"""What a learner's own pages show, and where they stand in each course of a path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from enrollment_portal.domain.courses import CourseKind, CourseState
from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.errors import NotFound
from enrollment_portal.domain.learning import StepState, step_states
from enrollment_portal.services.tracking import awaits_grade, done_lessons
from enrollment_portal.storage import extensions
from enrollment_portal.storage import learning as stored
from enrollment_portal.storage.beginnings import Standing
from enrollment_portal.storage.extensions import ExtensionAsk
from enrollment_portal.storage.learning import (
    CatalogCourse,
    Learnable,
    LessonTitle,
    OwnEnrollment,
    OwnStep,
)


@dataclass(frozen=True)
class Step:
    """One course of a path, and where the learner stands in it."""

    step: OwnStep
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
    def awaits_grade(self) -> bool:
        """Whether all lessons are done and the course waits for a grade."""
        own = self.enrollment
        return own is not None and awaits_grade(own, len(self.done), len(self.lessons))


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
    path: OwnEnrollment, steps: list[OwnStep], own: list[OwnEnrollment]
) -> tuple[Step, ...]:
    """Return a path's steps that the learner has begun, or can begin.

    Of several enrollments in a course a completed one opens the next.
    """
    chosen: dict[int, OwnEnrollment] = {}
    for enrollment in own:
        before = chosen.setdefault(enrollment.course_id, enrollment)
        if enrollment.status == Status.COMPLETED and before.status == Status.ACTIVE:
            chosen[enrollment.course_id] = enrollment
    begun = {e.course_id for e in own if e.status != Status.CANCELLED}
    in_order = [
        step
        for step in steps
        if step.path_id == path.course_id
        and (step.state == CourseState.PUBLISHED or step.course_id in begun)
    ]
    standing = [chosen.get(step.course_id) for step in in_order]
    states = step_states(
        (bool(step.needs_previous), Status(e.status) if e else None)
        for step, e in zip(in_order, standing, strict=True)
    )
    return tuple(
        Step(
            step,
            state,
            enrollment,
            in_order[number - 1].title if state is StepState.LOCKED else "",
        )
        for number, (step, state, enrollment) in enumerate(
            zip(in_order, states, standing, strict=True)
        )
    )


def course_page(session: Session, learner: int, wanted: int) -> CoursePage:
    """Return a published course, or whatever a learner is or was enrolled in.

    Raises:
        NotFound: there is no such thing for them.
    """
    course = stored.find_learnable(session, wanted)
    own = stored.own_in_course(session, learner, wanted)
    if course is None or (own is None and not is_offered(course)):
        raise NotFound
    request = extensions.open_request(session, own.id) if own else None
    if course.kind == CourseKind.PATH and own:
        steps = stored.steps_of_paths(session, [wanted])
        return CoursePage(
            course,
            own,
            steps=steps_of(own, steps, stored.own_enrollments(session, learner)),
            request=request,
        )
    lessons = stored.lessons_of(session, wanted)
    locked_by = stored.blocked(session, learner, [wanted]).get(wanted, "")
    has_ended = own is None or own.status == Status.CANCELLED
    return CoursePage(
        course,
        own,
        lessons=tuple(lessons),
        done=frozenset(done_lessons(session, own, lessons)) if own else frozenset(),
        request=request,
        locked_by=locked_by,
        may_start=has_ended and is_offered(course) and not locked_by,
    )


def is_offered(course: Learnable) -> bool:
    """Tell whether learners can begin it by themselves."""
    return course.kind == CourseKind.COURSE and course.state == CourseState.PUBLISHED
