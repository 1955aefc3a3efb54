"""Making changes of enrollments, and keeping learning paths in step with their courses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import (
    Change,
    Context,
    Effect,
    PathMoved,
    transition,
)
from enrollment_portal.domain.learning_paths import path_state
from enrollment_portal.services.open_requests import write_and_answer
from enrollment_portal.storage.history import Author, Signature
from enrollment_portal.storage.paths import paths_with_steps

TRACKING = Signature(Author("tracking"))


def make_changes(
    session: Session, changes: Sequence[Change], signature: Signature
) -> dict[int, int]:
    """Write changes with their history, and all that follows them.

    Args:
        session: in the transaction of the changes, with the learners locked before they were read.
        changes: at most one of each enrollment.
        signature: who makes them, and why.

    Returns:
        By enrollment, the `seq` of the row of history.

    Raises:
        StaleVersion: one of them is not at the version that was read any more.
    """
    seqs = write_and_answer(session, changes, signature)
    moved = [change.after for change in changes if Effect.REFRESH_PATHS in change.effects]
    if moved:
        learners, courses = {one.learner_id for one in moved}, {one.course_id for one in moved}
        refresh_paths(session, learners, courses, now=max(one.updated_at for one in moved))
    return seqs


def refresh_paths(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int], *, now: int
) -> None:
    """Bring the paths of these learners up to date after something changed in these courses.

    Call it in the transaction of the change: whenever an enrollment begins, moves, or gets
    another status; `make_changes` does. What a person set by hand over it stays.
    """
    write_and_answer(session, list(_moves(session, learner_ids, course_ids, now)), TRACKING)


def _moves(
    session: Session, learner_ids: Collection[int], course_ids: Collection[int], now: int
) -> Iterator[Change]:
    for path, steps in paths_with_steps(session, learner_ids, course_ids):
        state = path_state(
            steps, status=path.status, tracked=path.tracked_status, completed_at=path.completed_at
        )
        if state:
            command = PathMoved(state.progress, state.lessons_done, state.tracked)
            yield transition(snapshot_of(path), command, Context(now))
