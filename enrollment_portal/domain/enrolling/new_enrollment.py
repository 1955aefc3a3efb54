"""Create enrollments: active now, completed already, or imported.

Admins, groups, paths and learners create them in the same way, also when a course is taken again;
`eligibility` decides who may. Earlier enrollments of the learner in the course stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from enrollment_portal.domain.enrollment.commands import Change, Context, Effect, SetFields
from enrollment_portal.domain.enrollment.fields import Field, Origin, Snapshot, Status, Value
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.messages import TWO_ACTIVE
from enrollment_portal.domain.shared.errors import Invalid


class CreateEnrollment(NamedTuple):
    """The command to create an enrollment; the deadline in days since 1970.

    A preview makes thousands: a named tuple takes a third of the time of a dataclass.
    """

    learner_id: int
    course_id: int
    origin: Origin
    deadline_day: int | None
    completed_at: int | None = None
    """When it was completed, in ms; `None` if it is active."""
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class ImportEnrollment:
    """The command to create an enrollment from another system's record; times in ms since 1970 UTC.

    If it is completed there, it is completed here, unless the course requires a grade and this one
    fails: then it is active, as if that grade had been given here.
    """

    learner_id: int
    course_id: int
    status: Status
    enrolled_at: int
    ended_at: int | None
    """When it was completed or cancelled, in ms; `None` while it is active."""
    grade: str | None


@dataclass(frozen=True, slots=True)
class NewEnrollment:
    """The result of creating an enrollment: like a `Change`, but without a state before it.

    History records the creation, and then the completion, if any, as a second change.
    """

    after: Snapshot
    """The new enrollment, still without an id."""
    effects: frozenset[Effect]
    completion: Change | None = None
    """The change that completes it at once, if it is created as completed; see `with_id`."""


def create_enrollment(
    command: CreateEnrollment | ImportEnrollment, context: Context
) -> NewEnrollment:
    """Return the new enrollment that a command creates.

    Args:
        command: what to create.
        context: the moment, the course, and whether the learner is active in it already.

    Raises:
        Invalid: the learner is active in the course already.
    """
    is_import = isinstance(command, ImportEnrollment)
    after = _imported(command, context) if is_import else _created(command, context.now)
    if context.has_other_active and after.status is Status.ACTIVE:
        raise Invalid({Field.STATUS: TWO_ACTIVE})
    if is_import or command.completed_at is None:
        return NewEnrollment(
            after, _EFFECTS if after.last_visit_at is None else _EFFECTS_BY_LEARNER
        )
    values: dict[Field, Value] = {
        Field.STATUS: int(Status.COMPLETED),
        Field.COMPLETED: after.enrolled_at,
    }
    if command.grade is not None:
        values[Field.GRADE] = command.grade
    return NewEnrollment(after, _EFFECTS, transition(after, SetFields(values), context))


def with_id(change: Change, id_: int) -> Change:
    """Return the change with the id that storage gave the enrollment."""
    before, after = replace(change.before, id=id_), replace(change.after, id=id_)
    return replace(change, before=before, after=after)


_EFFECTS = frozenset({Effect.REFRESH_PATHS})
_EFFECTS_BY_LEARNER = _EFFECTS | {Effect.VISIT}


def _created(command: CreateEnrollment, now: int) -> Snapshot:
    return Snapshot(
        version=1,
        learner_id=command.learner_id,
        course_id=command.course_id,
        enrolled_at=now if command.completed_at is None else min(command.completed_at, now),
        updated_at=now,
        deadline_day=command.deadline_day,
        # Being enrolled by someone is no visit; starting the course oneself is one.
        last_visit_at=now if command.origin is Origin.SELF else None,
        origin=command.origin,
    )


def _imported(command: ImportEnrollment, context: Context) -> Snapshot:
    now, status = context.now, command.status
    if status is Status.COMPLETED and context.course.is_failed(command.grade):
        status = Status.ACTIVE
    began = min(command.enrolled_at, now)
    ended = now if command.ended_at is None else min(max(command.ended_at, began), now)
    is_completed = status is Status.COMPLETED
    return Snapshot(
        version=1,
        learner_id=command.learner_id,
        course_id=command.course_id,
        status=status,
        tracked_status=status,
        progress=100 if is_completed else 0,
        enrolled_at=began,
        updated_at=now,
        completed_at=ended if is_completed else None,
        cancelled_at=ended if status is Status.CANCELLED else None,
        origin=Origin.IMPORT,
        grade=command.grade,
    )
