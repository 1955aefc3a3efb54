"""Courses, lessons and learning paths, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import shown_state, state_label
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.wording import show_number, with_dots
from enrollment_portal.storage.catalog.courses import CourseRow, Teacher
from enrollment_portal.storage.catalog.lessons import StoredLesson
from enrollment_portal.storage.catalog.path_admin import Step

NEW = "new"


@dataclass(frozen=True)
class CourseView:
    """A course or path in its list."""

    id: int
    title: str
    lessons: str
    courses: str
    grading: str
    state: str
    active: str
    completed: str


@dataclass(frozen=True)
class LessonView:
    """A lesson in its course's list; `number` counts from 1."""

    id: int
    number: int
    title: str
    about: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class StepView:
    """A course of a learning path."""

    id: int
    number: int
    title: str
    about: str
    needs_previous: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class ChoiceView:
    """A person or course that can be chosen, or is chosen."""

    id: int
    name: str
    about: str


def course_view(row: CourseRow) -> CourseView:
    """Return a course or path as its list shows it."""
    scheme = GradingScheme(row.grading_scheme)
    grading = scheme.label
    if scheme is GradingScheme.POINTS:
        grading = messages.range_of_points(row.grading_points or 100)
    state = shown_state(row)
    return CourseView(
        id=row.id,
        title=row.title,
        lessons=show_number(row.n_lessons),
        courses=show_number(row.n_courses),
        grading=messages.required(grading) if row.requires_grade else grading,
        state=state,
        active=show_number(row.n_active),
        completed=show_number(row.n_completed),
    )


def lesson_views(lessons: list[StoredLesson]) -> list[LessonView]:
    """Return a course's lessons as their list shows them."""
    return [
        LessonView(
            id=lesson.id,
            number=number,
            title=lesson.title,
            about=" ".join(lesson.content[:200].split()) or "No text yet",
            is_first=number == 1,
            is_last=number == len(lessons),
        )
        for number, lesson in enumerate(lessons, 1)
    ]


def step_views(steps: tuple[Step, ...]) -> list[StepView]:
    """Return a path's courses as their list shows them."""
    return [
        StepView(
            id=step.course_id,
            number=number,
            title=step.title,
            about=with_dots(messages.n_lessons(step.n_lessons), state_label(shown_state(step))),
            needs_previous=bool(step.needs_previous),
            is_first=number == 1,
            is_last=number == len(steps),
        )
        for number, step in enumerate(steps, 1)
    ]


def named_row(rows: Sequence[LessonView | StepView], wanted: object) -> tuple[int, str]:
    """Return the id and title of a row; 0 and "" if there is none with the id."""
    found = {row.id: row.title for row in rows if isinstance(wanted, int) and row.id == wanted}
    return next(iter(found.items()), (0, ""))


def place_text(rows: Sequence[LessonView | StepView], moved: object) -> str:
    """Announce the place of a row that was moved; "" if it is not in the list."""
    at = next((row for row in rows if isinstance(moved, int) and row.id == moved), None)
    return messages.moved(at.title, at.number, len(rows)) if at else ""


def teacher_view(teacher: Teacher) -> ChoiceView:
    """Return an instructor as the settings of a course show them."""
    return ChoiceView(teacher.account_id, teacher.name, teacher.email)


def id_under(state: rx.State, base: str) -> int | None:
    """Return the id in the open page's path; 0 on the page that creates one, `None` elsewhere."""
    path = state.router.url.path.rstrip("/")
    if not path.startswith(f"{base}/"):
        return None
    first = path.removeprefix(f"{base}/").partition("/")[0]
    return 0 if first == NEW else read_id(first) or -1
