"""Keeping learning paths in step with their courses: the path's progress and status follow."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from enrollment_portal.domain.enrollments import Field, Status, Tracked
from enrollment_portal.domain.tracking import path_progress
from enrollment_portal.storage.beginnings import Author
from enrollment_portal.storage.paths import PathStanding, path_standings
from enrollment_portal.storage.tracking import Move, write_moves


def refresh_paths(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int], *, now: int
) -> None:
    """Bring the paths of these learners up to date after something changed in these courses.

    Call it in the transaction of the change: whenever an enrollment begins, moves, or gets
    another status. A path's progress is the mean of its courses', weighted by their lessons; it
    is tracked as completed when all of them are. What a person set by hand over that stays.
    """
    moves = (_move(path, now) for path in path_standings(session, learner_ids, course_ids))
    write_moves(session, [move for move in moves if move], Author("tracking"))


def _move(path: PathStanding, now: int) -> Move | None:
    steps = path.steps
    if path.tracked_status == Status.COMPLETED:
        # Whoever has completed a path is not asked for a course that was added to it later, also
        # once they have begun it.
        steps = [step for step in steps if step.counts_before(path.completed_at)]
        if not steps:
            return None
    progress = path_progress((step.progress, step.n_lessons) for step in steps)
    done = sum(step.lessons_done for step in steps)
    is_done = bool(steps) and all(step.status == Status.COMPLETED for step in steps)
    tracked = Status.COMPLETED if is_done else Status.ACTIVE
    if path.tracked_status == Status.CANCELLED:
        tracked = Status.CANCELLED  # the learner gave the path up
    status = tracked if path.status == path.tracked_status else Status(path.status)
    changes: dict[str, tuple[int, int]] = {}
    if status != path.status:
        changes[Field.STATUS.value] = (path.status, int(status))
    elif tracked != path.tracked_status:
        changes[Tracked.STATUS.value] = (path.tracked_status, int(tracked))
    if progress != path.progress:
        changes[Tracked.PROGRESS.value] = (path.progress, progress)
    if not changes and done == path.lessons_done:
        return None
    return Move(
        id=path.id,
        version=path.version,
        status=int(status),
        tracked_status=int(tracked),
        progress=progress,
        lessons_done=done,
        at=max(now, path.updated_at),
        # Another lesson may leave the rounded progress as it is: nothing to tell in the history.
        changes=changes,
    )
