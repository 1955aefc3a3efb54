"""A learner's progress in a course or a path, ready to show to staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import awaits_grade
from enrollment_portal.domain.learning.lesson_progress import (
    CourseProgress,
    LessonProgress,
    window_of,
)
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.messages import days_ago
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollment_progress import PathCourse
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class LessonRowView:
    """A lesson in the list of an enrollment's details."""

    number: int
    title: str
    state: str
    """"done", "next" for the first one that is not done, or ""."""
    text: str


@dataclass(frozen=True)
class LessonsView:
    """The lessons of an enrollment's course, ready to show."""

    total: int = 0
    stop: str = ""
    """Where the learner is: "Stopped at lesson 4, 38 days ago"."""
    lessons: list[LessonRowView] = field(default_factory=list)
    earlier: str = ""
    """How many lessons before those that are shown are left out; "" for none."""
    later: str = ""


@dataclass(frozen=True)
class PathCourseView:
    """One course of a learning path in its details, ready to show."""

    number: int
    title: str
    enrollment_id: int
    """The learner's enrollment in it, 0 for none."""
    status: str
    progress: int
    text: str
    """That there is no enrollment in it, and what locks it."""


def lessons_view(
    details: EnrollmentDetails, tz: ZoneInfo, now: int, *, shows_all: bool
) -> LessonsView:
    """Return the lessons of an enrollment's course as the viewer reads them.

    Args:
        details: the enrollment.
        tz: the viewer's time zone.
        now: this moment, in milliseconds since 1970 UTC.
        shows_all: whether to show all lessons of a long course.
    """
    progress = details.progress
    if progress is None:
        return LessonsView()
    window = window_of(progress, shows_all=shows_all)
    stop = stop_text(details.facts, progress, now)
    return LessonsView(
        total=progress.n_lessons,
        stop=stop,
        lessons=[_lesson_view(one, progress.next_number, tz) for one in window.lessons],
        earlier=messages.earlier_lessons(window.n_earlier) if window.n_earlier else "",
        later=messages.later_lessons(window.n_later) if window.n_later else "",
    )


def stop_text(facts: StoredEnrollment, progress: CourseProgress, now: int) -> str:
    """Return at which lesson the learner is."""
    status = Status(facts.status)
    is_failed = status is Status.ACTIVE and bool(
        facts.requires_grade and facts.grade and not facts.passes
    )
    awaits = awaits_grade(facts)
    if not progress.n_lessons:
        return _stop_without_lessons(facts, awaits, is_failed)
    if not progress.next_number:
        if awaits:
            return messages.ALL_DONE_AWAITING_GRADE
        return messages.ALL_DONE_NOT_PASSED if is_failed else messages.ALL_DONE
    if status is Status.COMPLETED:
        return messages.completed_early(progress.n_lessons - progress.n_done)
    came_at = facts.enrolled_at if facts.last_visit_at is None else facts.last_visit_at
    if facts.cancelled_at is not None:  # a visit after cancelling does not count
        came_at = min(came_at, facts.cancelled_at)
    when = _ago_in_days(came_at, now)
    if not progress.n_done and came_at <= facts.enrolled_at:
        return messages.not_begun(when)
    if facts.last_visit_at is None:
        return messages.never_visited(progress.next_number)
    if now - came_at < _DAY_MS and status is Status.ACTIVE:
        return messages.is_at(progress.next_number, when)
    return messages.stopped_at(progress.next_number, when)


def _stop_without_lessons(facts: StoredEnrollment, awaits: bool, is_failed: bool) -> str:
    if facts.status != Status.ACTIVE:
        return ""
    if awaits:
        return messages.NO_LESSONS_AWAITING_GRADE
    if is_failed:
        return messages.NO_LESSONS_NOT_PASSED
    return messages.NO_LESSONS_GRADED if facts.requires_grade else messages.NO_LESSONS


def _ago_in_days(at_ms: int, now: int) -> str:
    """Return how long ago a moment was, up to a year in days, as for deadlines."""
    days = (now - at_ms) // _DAY_MS
    return days_ago(days) if 1 <= days <= 365 else calendar.ago(at_ms, now)


def _lesson_view(lesson: LessonProgress, following: int, tz: ZoneInfo) -> LessonRowView:
    is_next = lesson.number == following
    if not lesson.is_done:
        text = "Next" if is_next else "Not done"
    elif lesson.done_at is None:
        text = "Done"
    else:
        day = calendar.show_day(calendar.day_of(lesson.done_at, tz))
        text = messages.done_on(day) if lesson.is_exact else messages.done_by(day)
    state = "done" if lesson.is_done else "next" if is_next else ""
    return LessonRowView(lesson.number, lesson.title, state, text)


def path_course_view(course: PathCourse) -> PathCourseView:
    """Return a course of a learning path as the viewer reads it."""
    own = course.enrollment
    parts = ["Not started"] if own is None else []
    if course.opened_by:
        parts.append(messages.opens_when_completed(course.opened_by))
    return PathCourseView(
        number=course.number,
        title=course.title,
        enrollment_id=own.id if own else 0,
        status=Status(own.status).key if own else "",
        progress=own.progress if own else 0,
        text=with_dots(*parts),
    )
