"""Courses and learning paths: kinds, states, limits of their fields, and how they are completed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


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


def learning_completes(n_lessons: int, requires_grade: object) -> bool:
    """Return whether a course can be completed by learning: by its lessons, or by a grade.

    Any other course is completed only by an admin who sets the status, so it can neither be
    published nor started by learners; its enrollments stay.
    """
    return n_lessons > 0 or bool(requires_grade)


def measures_progress(kind: str, n_lessons: int) -> bool:
    """Return whether progress can be measured: by a path's courses or a course's lessons.

    Without lessons the progress follows the status: 100 % if completed, else 0.
    """
    return kind == CourseKind.PATH or n_lessons > 0


@lru_cache(maxsize=1_000)
def is_offered(kind: str, state: str, n_lessons: int, requires_grade: object) -> bool:
    """Return whether learners can start a course, or be enrolled in a path."""
    return state == CourseState.PUBLISHED and (
        kind == CourseKind.PATH or learning_completes(n_lessons, requires_grade)
    )


NOT_OFFERED = "not_offered"
"""The shown state of a published course that nothing can complete."""


def shown_state(kind: str, state: str, n_lessons: int, requires_grade: object) -> str:
    """Return the state of a course or path as pages show it, or `NOT_OFFERED`."""
    is_published = state == CourseState.PUBLISHED
    is_shown = not is_published or is_offered(kind, state, n_lessons, requires_grade)
    return state if is_shown else NOT_OFFERED


def state_label(shown: str) -> str:
    """Return the label of a `shown_state`."""
    return "Not offered" if shown == NOT_OFFERED else CourseState(shown).label
