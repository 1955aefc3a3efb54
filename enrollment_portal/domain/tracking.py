"""What a learner's activity says of an enrollment: progress and status, before anyone overrides."""

from __future__ import annotations

from collections.abc import Iterable

from enrollment_portal.domain.enrollments import Status


def progress_of(done: int, total: int) -> int:
    """Return the share of lessons done in whole percent, rounded down: 100 means all of them."""
    return min(100, 100 * done // total) if total else 0


def tracked_status(done: int, total: int, *, requires_grade: bool, is_graded: bool) -> Status:
    """Return the status that the lessons done stand for.

    The last lesson completes a course; where the course requires a grade, the grade does.
    """
    is_finished = total > 0 and done >= total and (is_graded or not requires_grade)
    return Status.COMPLETED if is_finished else Status.ACTIVE


def path_progress(courses: Iterable[tuple[int, int]]) -> int:
    """Return a path's progress: the mean of its courses', each weighted by its lessons.

    Args:
        courses: for each course of the path its progress, 0 to 100, and its number of lessons.
    """
    weighted = total = 0
    for progress, n_lessons in courses:
        weighted += progress * n_lessons
        total += n_lessons
    return weighted // total if total else 0
