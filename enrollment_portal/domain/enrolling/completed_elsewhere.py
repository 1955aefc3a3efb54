"""Validate the form fields for enrolling people who have completed a course already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import GradingScheme, normalize_grade
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.enroll_request import Completion, Learnable
from enrollment_portal.domain.enrollment.commands import course_rules
from enrollment_portal.domain.enrollment.completion import moment_on, read_day
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.messages import NOT_TEXT
from enrollment_portal.domain.shared.typed_text import is_empty, refuse_unstorable
from enrollment_portal.domain.shared.wording import sentences

COMPLETED, GRADE = "completed", "grade"
"""The fields of the form."""


@dataclass(frozen=True)
class TypedCompletion:
    """The typed day and grade of a completion, for all people who are enrolled."""

    day: object = ""
    """Such as 2026-10-02; "" if they have not completed it."""
    grade: object = ""
    """For all of them; "" for none."""


NOT_COMPLETED = TypedCompletion()


def read_completion(
    typed: TypedCompletion, learnables: Sequence[Learnable], now: int, tz: ZoneInfo
) -> Completion | None:
    """Return the completion with which enrollments are created; `None` if as Active.

    Args:
        typed: the day and the grade.
        learnables: in which courses, whose grading schemes the grade has to fit.
        now: this moment in ms.
        tz: the organization's time zone.

    Raises:
        Invalid: by field, what is wrong with the day or the grade.
    """
    for name, text in ((COMPLETED, typed.day), (GRADE, typed.grade)):
        if not isinstance(text, str):
            raise Invalid({name: NOT_TEXT})
    day, grade = str(typed.day).strip(), str(typed.grade)
    if not day:
        if not is_empty(grade):
            raise Invalid({COMPLETED: messages.DAY_NEEDED})
        return None
    try:
        at = moment_on(read_day(day, calendar.day_of(now, tz)), now, tz)
    except ValueError as refusal:
        raise Invalid({COMPLETED: str(refusal)}) from None
    courses = [one for one in learnables if one.kind == CourseKind.COURSE]
    try:
        refuse_unstorable(grade)
        grades = {course.id: _grade(grade, course) for course in courses}
    except ValueError as refusal:
        raise Invalid({GRADE: str(refusal)}) from None
    return Completion(at, grades)


def log_text(typed: TypedCompletion) -> str:
    """Return a validated completion as text for the access log; "" for none."""
    day = str(typed.day).strip()
    return messages.logged_completed(day) if day else ""


def _grade(typed: str, course: Learnable) -> str | None:
    try:
        grade = normalize_grade(typed, GradingScheme(course.grading_scheme), course.grading_points)
    except ValueError as refusal:
        raise ValueError(sentences(messages.in_course(course.title), str(refusal))) from None
    if grade is not None and not course_rules(course).passes(grade):
        raise ValueError(messages.does_not_pass(course.title, grade))
    return grade
