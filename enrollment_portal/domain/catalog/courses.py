"""Courses and learning paths: kinds, states, limits of their fields, and how they are completed."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class CourseKind(StrEnum):
    """Whether a row of `course` is a course or a learning path; stored by value."""

    COURSE = "course"
    PATH = "path"


class CourseState(StrEnum):
    """Whether a course or path is published; stored by value.

    Only a published one can be started. Archiving hides it from the catalog and deletes nothing.
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The state as shown to people."""
        return self.value.capitalize()


TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 4_000
LESSON_LENGTH = 20_000
MAX_LESSONS = 200
MAX_STEPS = 50
MAX_DEADLINE_DAYS = 3_650
MAX_POINTS = 10_000


def measures_progress(kind: str, n_lessons: int) -> bool:
    """Return whether progress can be measured: by a path's courses or a course's lessons.

    Without lessons the progress follows the status: 100 % if completed, else 0.
    """
    return kind == CourseKind.PATH or n_lessons > 0


class Offerable(Protocol):
    """A course or learning path, with the fields that decide whether it is offered."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def n_lessons(self) -> int: ...
    @property
    def requires_grade(self) -> object: ...
    @property
    def admin_completes(self) -> object: ...


def can_be_published(course: Offerable) -> bool:
    """Return whether a course or path may be published.

    A course needs something that completes it: a lesson, a grade or, where its settings say so, an
    admin. Without any it cannot be told from an empty draft.
    """
    return (
        course.kind == CourseKind.PATH
        or course.n_lessons > 0
        or bool(course.requires_grade or course.admin_completes)
    )


def is_offered(course: Offerable) -> bool:
    """Return whether learners can start a course, or be enrolled in a path."""
    return course.state == CourseState.PUBLISHED and can_be_published(course)


def ends_offer(before: Offerable, after: Offerable) -> bool:
    """Return whether a change leaves a published course with nothing that completes it."""
    return is_offered(before) and not can_be_published(after)


NOT_OFFERED = "not_offered"
"""The shown state of a published course that nothing can complete."""


def shown_state(course: Offerable) -> str:
    """Return the state of a course or path as pages show it, or `NOT_OFFERED`."""
    is_published = course.state == CourseState.PUBLISHED
    return NOT_OFFERED if is_published and not can_be_published(course) else course.state


def state_label(shown: str) -> str:
    """Return the label of a `shown_state`."""
    return "Not offered" if shown == NOT_OFFERED else CourseState(shown).label
