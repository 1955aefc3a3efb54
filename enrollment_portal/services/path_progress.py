"""Keeping learning paths in step with their courses: the path's progress and status follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import Session

from enrollment_portal.domain.enrollments import Field, Status, Tracked
from enrollment_portal.domain.learning_paths import StepProgress, path_state
from enrollment_portal.storage.beginnings import Author
from enrollment_portal.storage.paths import StoredPath, paths_with_steps
from enrollment_portal.storage.tracking import Move, write_moves


def refresh_paths(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int], *, now: int
) -> None:
    """Bring the paths of these learners up to date after something changed in these courses.

    Call it in the transaction of the change: whenever an enrollment begins, moves, or gets
    another status. What its courses say of a path is `path_state`; what a person set by hand over
    that stays.
    """
    moves = (
        _move(path, steps, now)
        for path, steps in paths_with_steps(session, learner_ids, course_ids)
    )
    write_moves(session, [move for move in moves if move], Author("tracking"))


def _move(path: StoredPath, steps: Sequence[StepProgress], now: int) -> Move | None:
    state = path_state(
        steps, status=path.status, tracked=path.tracked_status, completed_at=path.completed_at
    )
    if state is None:
        return None
    tracked, progress, done = state.tracked, state.progress, state.lessons_done
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
