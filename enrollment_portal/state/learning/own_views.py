"""A learner's own enrollments and the courses of their paths, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.links import TextPart, with_links
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status, is_completed_by_hand
from enrollment_portal.domain.enrollment.messages import ALL_DONE_AWAITING_GRADE
from enrollment_portal.domain.enrollment.runs import run_text
from enrollment_portal.domain.grading.teaching import awaits_grade
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.paths.learning_paths import StepState
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import percent
from enrollment_portal.services.paths.path_steps import Step
from enrollment_portal.storage.learning.learning import OwnEnrollment


@dataclass(frozen=True)
class OwnView:
    """A learner's own enrollment, ready to show."""

    id: int = 0
    course_id: int = 0
    course: str = ""
    run: str = ""
    """Which time they take the course: "2nd time"; "" for the first."""
    status: str = "active"
    progress: int = 0
    done: str = ""
    """How many of its lessons are done, or of a path's courses: "2 of 10 lessons"."""
    enrolled: str = ""
    deadline: calendar.Deadline = field(default_factory=calendar.Deadline)
    grade: str = ""
    feedback: str = ""
    feedback_parts: list[TextPart] = field(default_factory=list)
    """The feedback, split into text and links."""
    is_new: bool = False
    is_overdue: bool = False
    """Whether its deadline is over, and something is left to do in it."""
    waits: str = ""
    """What it waits for: a grade, a passing grade, or the course of a path that opens it.

    If it is completed, why its progress is below 100%.
    """


def own_view(
    own: OwnEnrollment,
    tz: ZoneInfo,
    organization: ZoneInfo,
    today: int,
    *,
    locked_by: str = "",
    steps: Sequence[Step] = (),
) -> OwnView:
    """Return a learner's enrollment as they read it.

    Args:
        own: as stored.
        tz: the viewer's time zone.
        organization: the zone in which deadlines end.
        today: the current day in the organization's zone.
        locked_by: the course that opens this one.
        steps: of a path, its courses.
    """
    status = Status(own.status)
    is_active = status is Status.ACTIVE
    waits = ""
    if is_active and locked_by:
        waits = messages.locked_until(locked_by)
    elif is_completed_by_hand(own.status, own.progress, own.override_seq):
        waits = messages.COMPLETED_EARLY
    elif is_active and not own.n_lessons and own.kind == CourseKind.COURSE:
        waits = completed_by(own.requires_grade, is_failed=bool(own.grade and not own.passes))
    elif awaits_grade(own):
        waits = ALL_DONE_AWAITING_GRADE
    elif is_active and own.requires_grade and not own.passes and own.progress == 100:
        waits = messages.NOT_PASSED_AFTER_LESSONS
    return OwnView(
        id=own.id,
        course_id=own.course_id,
        course=own.title,
        run=run_text(own.run),
        status=status.key,
        progress=own.progress,
        done=_done(own, steps),
        enrolled=calendar.show_day(calendar.day_of(own.enrolled_at, tz)),
        deadline=calendar.show_deadline(
            own.deadline_day, today, is_active=is_active, organization=organization, viewer=tz
        ),
        grade=own.grade or "",
        feedback=own.feedback,
        feedback_parts=with_links(own.feedback),
        is_new=bool(own.feedback_is_new and own.feedback),
        is_overdue=(
            is_active and not waits and own.deadline_day is not None and own.deadline_day < today
        ),
        waits=waits,
    )


def _done(own: OwnEnrollment, steps: Sequence[Step]) -> str:
    """Return how many lessons of a course are done, or courses of a path; "" where it has none."""
    if own.kind == CourseKind.PATH:
        done = sum(step.state is StepState.DONE for step in steps)
        return messages.courses_done(done, len(steps)) if steps else ""
    return messages.lessons_done(own.lessons_done, own.n_lessons) if own.n_lessons else ""


def completed_by(requires_grade: object, *, is_failed: bool = False) -> str:
    """Return what completes a course without lessons, as its learner reads it."""
    if not requires_grade:
        return messages.ADMIN_COMPLETES
    if is_failed:
        return messages.NOT_PASSED
    return messages.INSTRUCTOR_COMPLETES


@dataclass(frozen=True)
class StepView:
    """One course of a learning path."""

    number: int
    course_id: int
    title: str
    state: str
    label: str
    detail: str
    """Its progress if it is active; what opens it if it is locked."""


def step_view(number: int, step: Step) -> StepView:
    """Return a path's step as a learner reads it; `number` counts from 1."""
    detail = ""
    if step.state is StepState.LOCKED:
        detail = messages.opens_when(step.opened_by)
    elif step.state is StepState.IN_PROGRESS and step.enrollment:
        detail = percent(step.enrollment.progress)
    return StepView(
        number=number,
        course_id=step.step.course_id,
        title=step.step.title,
        state=step.state.value,
        label=step.state.label,
        detail=detail,
    )
