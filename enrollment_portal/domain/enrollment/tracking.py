"""Compute the tracked progress and status from lessons done and grades."""

from __future__ import annotations

from enrollment_portal.domain.enrollment.fields import Status


def progress_of(done: int, total: int) -> int:
    """Return the percentage of lessons done, rounded down: 100 means all of them."""
    return min(100, 100 * done // total) if total else 0


def count_done(counted: int, n_marked: int, total: int, *, were_marked: bool = False) -> int:
    """Return how many of a course's current lessons are done.

    Args:
        counted: the enrollment's number of lessons done so far.
        n_marked: how many of the course's lessons are marked as done one by one.
        total: how many lessons the course has.
        were_marked: whether lessons had been marked one by one, though they may be gone now;
            without any marks, the count is of any lessons.
    """
    return min(n_marked if n_marked or were_marked else counted, total)


def progress_at(
    status: Status, done: int, total: int, *, before: int, is_tracked: bool = True
) -> int:
    """Return the progress of an enrollment in a course, given its new status.

    If active, it is the percentage of lessons done; if tracked as completed, 100%, whatever
    lessons were added since. If a person completed it, or it was cancelled, the progress stays. In
    a course without lessons the progress is 100% if completed, else 0.

    Args:
        status: the new status.
        done: how many lessons are done.
        total: how many the course has.
        before: the progress until now.
        is_tracked: whether the status is what is tracked.
    """
    if status is Status.COMPLETED and (is_tracked or not total):
        return 100
    if not total:
        return 0
    return progress_of(done, total) if status is Status.ACTIVE else before


def tracked_status(done: int, total: int, *, requires_grade: bool, is_graded: bool) -> Status:
    """Return the tracked status for the lessons done.

    The last lesson completes a course; where the course requires a grade, a passing one does. A
    course that has neither lessons nor requires a grade is completed by hand only.

    Args:
        done: how many lessons are done.
        total: how many the course has.
        requires_grade: whether the course asks for a grade.
        is_graded: whether there is a passing grade.
    """
    is_finished = done >= total and (is_graded if requires_grade else total > 0)
    return Status.COMPLETED if is_finished else Status.ACTIVE
