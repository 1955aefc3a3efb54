"""Validate the forms of courses, lessons and learning paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import (
    DESCRIPTION_LENGTH,
    LESSON_LENGTH,
    MAX_DEADLINE_DAYS,
    MAX_POINTS,
    TITLE_LENGTH,
)
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, GradingScheme, has_pass_mark
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.typed_text import (
    clean_text,
    half_width,
    is_empty,
    read_number,
)
from enrollment_portal.domain.shared.wording import with_commas

Value = TypeVar("Value")


@dataclass(frozen=True)
class CourseFields:
    """The validated settings of a course; the deadline in days after enrolling, `None` for none."""

    title: str
    description: str
    deadline_days: int | None
    scheme: GradingScheme
    points: int | None
    """The highest number of points; `None` in every other grading scheme."""
    requires_grade: bool
    pass_percent: int = PASS_PERCENT
    """The lowest grade that passes, in percent, for numeric schemes."""
    may_be_retaken: bool = False
    """Learners may take it again after completing it; groups and paths may enroll them again."""
    admin_completes: bool = False
    """Whether an admin completes its enrollments, so that it needs no lessons to be published."""


@dataclass(frozen=True)
class PathFields:
    """The validated settings of a learning path."""

    title: str
    description: str
    deadline_days: int | None

    @property
    def as_course(self) -> CourseFields:
        """The same as settings of a course: a path itself is never graded."""
        return CourseFields(
            self.title, self.description, self.deadline_days, GradingScheme.FREE, None, False
        )


@dataclass(frozen=True)
class LessonFields:
    """The validated title and content of a lesson."""

    title: str
    content: str


class _FormReader:
    """Validate fields one by one, and collect the errors of all."""

    def __init__(self, typed: Mapping[str, object]) -> None:
        self.typed, self.errors = typed, dict[str, str]()

    def read(self, name: str, parse: Callable[[object], Value], otherwise: Value) -> Value:
        try:
            return parse(self.typed.get(name, ""))
        except ValueError as refusal:
            self.errors[name] = str(refusal)
            return otherwise

    def title(self) -> str:
        return self.read(
            "title", lambda raw: clean_text(raw, TITLE_LENGTH, required=True, is_line=True), ""
        )

    def description(self) -> str:
        return self.read("description", lambda raw: clean_text(raw, DESCRIPTION_LENGTH), "")

    def deadline_days(self) -> int | None:
        return self.read("deadline_days", _read_days, None)

    def check(self) -> None:
        if self.errors:
            raise Invalid(self.errors)


def read_course_fields(
    typed: Mapping[str, object], hidden_pass_percent: int = PASS_PERCENT
) -> CourseFields:
    """Check the typed settings of a course.

    Args:
        typed: the typed text of each field.
        hidden_pass_percent: the pass mark to keep if the chosen scheme hides the field.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    reader = _FormReader(typed)
    title, description = reader.title(), reader.description()
    days = reader.deadline_days()
    scheme = reader.read("scheme", _read_scheme, GradingScheme.FREE)
    points = None
    if scheme is GradingScheme.POINTS:
        points = reader.read("points", _read_points, None)
    pass_percent = reader.read("pass_percent", _read_pass_percent, hidden_pass_percent)
    if not has_pass_mark(scheme):
        # The field is hidden then, so an error would not be seen. Grades of an earlier scheme are
        # still compared with the mark.
        reader.errors.pop("pass_percent", None)
    reader.check()
    return CourseFields(
        title,
        description,
        days,
        scheme,
        points,
        requires_grade=typed.get("requires_grade") == "on",
        pass_percent=pass_percent,
        may_be_retaken=typed.get("may_be_retaken") == "on",
        admin_completes=typed.get("admin_completes") == "on",
    )


def read_path_fields(typed: Mapping[str, object]) -> PathFields:
    """Check the typed settings of a learning path.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    reader = _FormReader(typed)
    fields = PathFields(reader.title(), reader.description(), reader.deadline_days())
    reader.check()
    return fields


def read_lesson_fields(typed: Mapping[str, object]) -> LessonFields:
    """Check a typed lesson.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    reader = _FormReader(typed)
    content = reader.read("content", lambda raw: clean_text(raw, LESSON_LENGTH), "")
    fields = LessonFields(reader.title(), content)
    reader.check()
    return fields


def changed_names(before: object, after: object, labels: Mapping[str, str]) -> str:
    """Return the labels of the fields that differ: "Title, deadline"; "" for none."""
    names = [labels[n] for n in labels if getattr(before, n) != getattr(after, n)]
    return with_commas(names).capitalize()


def _read_days(raw: object) -> int | None:
    if isinstance(raw, str) and is_empty(raw):
        return None
    try:
        return read_number(raw, 0, MAX_DEADLINE_DAYS)
    except ValueError:
        raise ValueError(messages.whole_number_or_empty(0, MAX_DEADLINE_DAYS)) from None


def _read_points(raw: object) -> int:
    return read_number(raw, 1, MAX_POINTS)


def _read_pass_percent(raw: object) -> int:
    if isinstance(raw, str):
        if is_empty(raw):
            return PASS_PERCENT
        raw = half_width(raw).strip().rstrip("%\u066a")  # also the Arabic percent sign
    return read_number(raw, 0, 100)


def _read_scheme(raw: object) -> GradingScheme:
    if not isinstance(raw, str) or raw not in list(GradingScheme):
        raise ValueError(messages.CHOOSE_SCHEME)
    return GradingScheme(raw)
