"""What a learner's activity says of an enrollment: progress and status, before anyone overrides."""

from __future__ import annotations

from enrollment_portal.domain.enrollment.fields import Status


def progress_of(done: int, total: int) -> int:
    """Return the share of lessons done in whole percent, rounded down: 100 means all of them."""
    return min(100, 100 * done // total) if total else 0


def count_done(counted: int, n_marked: int, total: int, *, were_marked: bool = False) -> int:
    """Return how many of the lessons that a course has now are done.

    Args:
        counted: how many the enrollment counts as done until now.
        n_marked: how many of the course's lessons are marked as done one by one.
        total: how many lessons the course has.
        were_marked: whether lessons had been marked one by one, though they may be gone now;
            without any marks, the count stands for any lessons.
    """
    return min(n_marked if n_marked or were_marked else counted, total)


def progress_at(
    status: Status, done: int, total: int, *, before: int, is_tracked: bool = True
) -> int:
    """Return the progress of an enrollment in a course that has got a status.

    An active one reads the share of its lessons that are done; one that is tracked as completed
    100 %, whatever lessons were added since. What a person completes, and what is cancelled, keeps
    its progress. In a course without lessons only the status tells anything: completed is 100 %,
    all else 0.

    Args:
        status: where it stands now.
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
    """Return the status that the lessons done stand for.

    The last lesson completes a course; where the course requires a grade, a passing one does. A
    course that has neither lessons nor requires a grade is completed by hand only.

    Args:
        done: how many lessons are done.
        total: how many the course has.
        requires_grade: whether the course asks for a grade.
        is_graded: whether there is a grade that passes.
    """
    is_finished = done >= total and (is_graded if requires_grade else total > 0)
    return Status.COMPLETED if is_finished else Status.ACTIVE
