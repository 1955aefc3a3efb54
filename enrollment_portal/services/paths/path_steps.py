"""Read the courses of a learner's path, in order, each with their state in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.paths.learning_paths import (
    CourseStage,
    LearningPath,
    PathStep,
    StepState,
    steps_for,
)
from enrollment_portal.services.paths.course_locks import locks_among, stages_of
from enrollment_portal.storage.learning import learning as stored
from enrollment_portal.storage.learning.learning import OwnEnrollment
from enrollment_portal.storage.paths import learning_paths


@dataclass(frozen=True)
class Step:
    """One course of a path, and the learner's state in it."""

    step: PathStep
    state: StepState
    enrollment: OwnEnrollment | None
    opened_by: str = ""
    """If it is locked, the title of the course that opens it."""


def steps_of(
    path: LearningPath, own: Sequence[OwnEnrollment], locked: Mapping[int, str]
) -> tuple[Step, ...]:
    """Return the steps of a path that the learner is enrolled in, or can start.

    Args:
        path: the path.
        own: all enrollments of the learner, the active and newest first.
        locked: the courses that are locked for them, each with the title that opens it.
    """
    stages = stages_of(own)
    chosen: dict[int, OwnEnrollment] = {}
    for enrollment in own:
        before = chosen.setdefault(enrollment.course_id, enrollment)
        if enrollment.status == Status.COMPLETED and before.status == Status.ACTIVE:
            chosen[enrollment.course_id] = enrollment
    return tuple(
        Step(
            step,
            _state_of(stages.get(step.course_id), step.course_id in locked),
            chosen.get(step.course_id),
            locked.get(step.course_id, ""),
        )
        for step in steps_for(path, stages)
    )


def _state_of(stage: CourseStage | None, is_locked: bool) -> StepState:
    if stage is CourseStage.COMPLETED:
        return StepState.DONE
    if is_locked:
        return StepState.LOCKED
    return StepState.IN_PROGRESS if stage else StepState.OPEN


def path_steps(session: Session, learner: int, path_id: int) -> tuple[Step, ...]:
    """Return the steps of one of a learner's paths; see `steps_of`."""
    own = stored.own_enrollments(session, learner)
    paths = learning_paths.paths_with_ids(session, path_ids_of(own))
    path = next((one for one in paths if one.id == path_id), None)
    return steps_of(path, own, locks_among(own, paths)) if path else ()


def path_ids_of(own: Sequence[OwnEnrollment]) -> set[int]:
    """Return the ids of the paths among a learner's enrollments."""
    return {one.course_id for one in own if one.kind == CourseKind.PATH}
