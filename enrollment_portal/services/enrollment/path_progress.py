"""Create and change enrollments, and update learning paths from their courses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from enrollment_portal.domain.enrolling.new_enrollment import NewEnrollment, with_id
from enrollment_portal.domain.enrollment.commands import (
    Change,
    Context,
    CourseChanged,
    Effect,
    PathMoved,
    RecordedAt,
    course_rules,
)
from enrollment_portal.domain.enrollment.fields import THIS_CHANGE, Snapshot, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.paths.learning_paths import LostCompletion, StepProgress, path_state
from enrollment_portal.services.enrollment.open_requests import write_and_answer
from enrollment_portal.settings import settings
from enrollment_portal.storage.catalog.lessons import following
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.enrollment.learner_messages import follow_messages
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.paths.path_enrollments import (
    StoredPath,
    lost_completions,
    paths_with_steps,
    uncompleted_at,
)

TRACKING = Signature(Author("tracking"))
COURSE_CHANGED = Signature(Author("tracking"), "The course was changed")


def create_enrollments(
    session: Session, created: Sequence[NewEnrollment], signature: Signature
) -> list[int]:
    """Write new enrollments with their history, and all effects.

    Args:
        session: in the transaction in which they were decided.
        created: as `create_enrollment` returned them.
        signature: who creates them, and why.

    Returns:
        Their ids, in order.

    Raises:
        IntegrityError: a learner is active in that course already, or either does not exist.
    """
    ids = write_new_enrollments(session, created, signature)
    completions = [
        with_id(one.completion, id_)
        for one, id_ in zip(created, ids, strict=True)
        if one.completion
    ]
    make_changes(session, completions, signature)
    refresh_paths_of(session, [one.after for one in created if Effect.REFRESH_PATHS in one.effects])
    return ids


def make_changes(
    session: Session, changes: Sequence[Change], signature: Signature
) -> dict[int, int]:
    """Write changes with their history, and all effects.

    Args:
        session: in the transaction of the changes, with the learners locked before they were read.
        changes: at most one for each enrollment.
        signature: who makes them, and why.

    Returns:
        By enrollment, the `seq` of the row of history.

    Raises:
        StaleVersion: one of them is not at the version that was read any more.
    """
    seqs = write_and_answer(session, changes, signature)
    sending = [change for change in changes if Effect.FOLLOW_MESSAGE in change.effects]
    if sending:
        by_mail = bool(settings().smtp_url)
        follow_messages(session, sending, signature, seqs, by_mail=by_mail)
    followed = _follow_courses(session, changes, seqs)
    write_and_answer(session, followed, COURSE_CHANGED)
    moved = [c.after for c in (*changes, *followed) if Effect.REFRESH_PATHS in c.effects]
    refresh_paths_of(session, moved, [c.made for c in changes if c.made])
    return seqs


def refresh_paths_of(
    session: Session, moved: Sequence[Snapshot], undone: Collection[RecordedAt] = ()
) -> None:
    """Recompute the paths that contain the courses of new or changed enrollments.

    Args:
        session: in the transaction of the change.
        moved: the enrollments as they are now.
        undone: the rows of history that are being undone.
    """
    if moved:
        learners, courses = {one.learner_id for one in moved}, {one.course_id for one in moved}
        now = max(one.updated_at for one in moved)
        refresh_paths(session, learners, courses, now=now, undone=undone)


def _follow_courses(
    session: Session, changes: Sequence[Change], seqs: Mapping[int, int]
) -> list[Change]:
    """Return the changes of enrollments that are active again, after their courses changed."""
    again = {c.after.id: c for c in changes if Effect.FOLLOW_COURSE in c.effects}
    found: list[Change] = []
    for course in following(session, again) if again else ():
        enrollment = again[course.id].after
        if enrollment.override_seq == THIS_CHANGE:
            enrollment = replace(enrollment, override_seq=seqs[enrollment.id])
        command = CourseChanged(course.lessons_done(enrollment.lessons_done))
        context = Context(enrollment.updated_at, course_rules(course))
        found.append(transition(enrollment, command, context))
    return found


def refresh_paths(
    session: Session,
    learner_ids: Collection[int],
    course_ids: Collection[int],
    *,
    now: int,
    undone: Collection[RecordedAt] = (),
) -> None:
    """Recompute the paths of these learners after something changed in these courses.

    Call it in the transaction of the change: whenever an enrollment is created, or its progress or
    status changes; `create_enrollments` and `make_changes` do. Overrides stay.
    """
    found = paths_with_steps(session, learner_ids, course_ids)
    write_and_answer(session, list(_moves(session, found, undone, now)), TRACKING)


def _moves(
    session: Session,
    found: Sequence[tuple[StoredPath, Sequence[StepProgress]]],
    undone: Collection[RecordedAt],
    now: int,
) -> Iterator[Change]:
    losing = (path for path, steps in found if _may_get_back(path, steps))
    lost = lost_completions(session, losing, undone)
    dated = {path.id: _completion(path, lost.get(path.id)) for path, _steps in found}
    unfinished = {
        id_
        for path, steps in found
        if dated[path.id] is not None
        for step in steps
        if step.status != Status.COMPLETED
        for id_ in step.ids
    }
    moments = uncompleted_at(session, unfinished)
    active = {(one.learner_id, one.path_id) for one, _steps in found if one.status == Status.ACTIVE}
    for path, steps in found:
        state = path_state(
            [_dated(step, moments) for step in steps],
            status=path.status,
            tracked=path.tracked_status,
            completed_at=path.completed_at,
            lost=lost.get(path.id),
        )
        if state:
            back = state.restored
            command = PathMoved(
                state.progress,
                state.lessons_done,
                state.tracked,
                completed_at=back and back.completed_at,
                override_seq=back and back.override_seq,
            )
            is_again = path.status != Status.ACTIVE and (path.learner_id, path.path_id) in active
            yield transition(snapshot_of(path), command, Context(now, has_other_active=is_again))


def _may_get_back(path: StoredPath, steps: Sequence[StepProgress]) -> bool:
    """Return whether a path may have a lost completion to restore."""
    is_moving = path.status != Status.CANCELLED and path.tracked_status != Status.COMPLETED
    return is_moving and any(step.status == Status.COMPLETED for step in steps)


def _completion(path: StoredPath, lost: LostCompletion | None) -> int | None:
    """Return the completion time that decides which courses a path required, if any."""
    if path.tracked_status == Status.COMPLETED:
        return path.completed_at
    return lost.completed_at if lost else None


def _dated(step: StepProgress, moments: Mapping[int, int]) -> StepProgress:
    """Return a course of a path with the time when it last lost its completion."""
    last = max((moments[id_] for id_ in step.ids if id_ in moments), default=None)
    return step if last is None else replace(step, uncompleted_at=last)
