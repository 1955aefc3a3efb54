"""Courses and learning paths: their kinds, where they stand, and what their fields may hold."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class CourseKind(StrEnum):
    """Whether something to learn is a course or a path of courses; stored by value."""

    COURSE = "course"
    PATH = "path"


class CourseState(StrEnum):
    """Where a course or path stands; stored by value.

    Only a published one can be begun. Archiving hides it from the catalog and keeps everything.
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return self.value.capitalize()


TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 4_000
LESSON_LENGTH = 20_000
MAX_LESSONS = 200
MAX_STEPS = 50
MAX_DEADLINE_DAYS = 3_650
MAX_POINTS = 10_000


def learning_completes(n_lessons: int, requires_grade: object) -> bool:
    """Tell whether a course can be completed by learning: by its lessons, or by a grade.

    Any other course is completed only by an admin who sets the status, so it is neither published
    nor offered to learners; enrollments in it stay.
    """
    return n_lessons > 0 or bool(requires_grade)


def measures_progress(kind: str, n_lessons: int) -> bool:
    """Tell whether progress can be measured: a path has courses for it, a course its lessons.

    Without them, the progress only follows the status: 100 % where it is completed, else 0.
    """
    return kind == CourseKind.PATH or n_lessons > 0


@lru_cache(maxsize=1_000)
def is_offered(kind: str, state: str, n_lessons: int, requires_grade: object) -> bool:
    """Tell whether learners can begin a course, or an admin can enroll them in a path."""
    return state == CourseState.PUBLISHED and (
        kind == CourseKind.PATH or learning_completes(n_lessons, requires_grade)
    )


NOT_OFFERED = "not_offered"
"""How a course is shown that is published, though nothing completes it."""


def shown_state(kind: str, state: str, n_lessons: int, requires_grade: object) -> str:
    """Return the state of a course or path as pages show it, or `NOT_OFFERED`."""
    is_published = state == CourseState.PUBLISHED
    is_shown = not is_published or is_offered(kind, state, n_lessons, requires_grade)
    return state if is_shown else NOT_OFFERED


def state_label(shown: str) -> str:
    """Return a `shown_state` as people read it."""
    return "Not offered" if shown == NOT_OFFERED else CourseState(shown).label
