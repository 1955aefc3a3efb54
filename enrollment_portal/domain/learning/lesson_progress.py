"""The lessons of a course for one enrollment: which are done, when, and which is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enrollment_portal.domain.enrollment.tracking import progress_of

SHOWN_LESSONS = 12
"""Up to how many lessons are shown at first; of more, those around the next lesson."""
_SHOWN_BEFORE = 3


@dataclass(frozen=True)
class LessonProgress:
    """A lesson of a course, and whether one enrollment has done it."""

    number: int
    title: str
    is_done: bool
    done_at: int | None = None
    """When it was marked as done, in ms; `None` if that is not known."""
    is_exact: bool = True
    """Whether it was marked at that time; otherwise it was done by then."""


@dataclass(frozen=True)
class CourseProgress:
    """The lessons of a course in order, each with whether one enrollment has done it."""

    lessons: tuple[LessonProgress, ...] = ()
    n_lessons: int = 0
    n_done: int = 0
    next_number: int = 0
    """The number of the first lesson that is not done, from 1; 0 if all are done."""


@dataclass(frozen=True)
class LessonWindow:
    """A part of a course's lessons, and how many are before and after it."""

    lessons: tuple[LessonProgress, ...]
    n_earlier: int
    n_later: int


def course_progress(
    lessons: Sequence[tuple[str, int | None]],
    *,
    n_lessons: int,
    n_done: int,
    reached: Iterable[tuple[int, int]] = (),
) -> CourseProgress:
    """Return the progress of an enrollment in its course's lessons.

    Args:
        lessons: of the course in order, each title with when it was marked as done.
        n_lessons: how many lessons the course counts; the titles may be unknown (an import).
        n_done: the enrollment's number of lessons done. If none is marked, these are the first
            ones.
        reached: the progress in history, oldest first: the time in ms, and the percentage. It dates
            lessons that are only counted, not marked.
    """
    is_marked = any(at is not None for _, at in lessons)
    if not is_marked:
        counted = _dated(min(n_done, len(lessons)), len(lessons), reached)
        lessons = [
            (title, counted[i] if i < len(counted) else None)
            for i, (title, _) in enumerate(lessons)
        ]
    times = Counter(at for _, at in lessons if at is not None)
    found = tuple(
        LessonProgress(
            number,
            title,
            is_done=at is not None if is_marked else number <= n_done,
            done_at=at,
            # Several lessons have the same time only if they were marked together afterwards.
            is_exact=at is None or times[at] == 1,
        )
        for number, (title, at) in enumerate(lessons, 1)
    )
    if not found:
        done = min(n_done, n_lessons)
        return CourseProgress((), n_lessons, done, done + 1 if done < n_lessons else 0)
    done = sum(lesson.is_done for lesson in found)
    following = next((lesson.number for lesson in found if not lesson.is_done), 0)
    return CourseProgress(found, len(found), done, following)


def _dated(n_done: int, total: int, reached: Iterable[tuple[int, int]]) -> list[int | None]:
    """Return when each of the first lessons was done at the latest, according to the progress."""
    dates: list[int | None] = []
    for at, progress in reached:
        while len(dates) < n_done and progress_of(len(dates) + 1, total) <= progress:
            dates.append(at)
    return dates


def window_of(progress: CourseProgress, *, shows_all: bool) -> LessonWindow:
    """Return the lessons to show: all of them, or those around the next one."""
    lessons = progress.lessons
    if shows_all or len(lessons) <= SHOWN_LESSONS:
        return LessonWindow(lessons, 0, 0)
    at = progress.next_number - 1 if progress.next_number else len(lessons)
    start = max(0, min(at - _SHOWN_BEFORE, len(lessons) - SHOWN_LESSONS))
    end = start + SHOWN_LESSONS
    return LessonWindow(lessons[start:end], start, len(lessons) - end)
