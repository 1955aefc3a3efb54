"""Commands that begin an enrollment: begun now, completed already, or imported.

An admin, a group, a path and the learner begin one in the same way, the first time and when it is
taken again; `eligibility` says who may. What begins stands beside what the learner had before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from enrollment_portal.domain.enrollment.fields import Field, Origin, Snapshot, Status, Value
from enrollment_portal.domain.enrollment.lifecycle import (
    Change,
    Context,
    Effect,
    SetFields,
    transition,
)
from enrollment_portal.domain.enrollment.messages import TWO_ACTIVE
from enrollment_portal.domain.shared.errors import Invalid


class CreateEnrollment(NamedTuple):
    """An enrollment is to begin; the deadline in days since 1970.

    A preview makes thousands: a named tuple takes a third of the time of a dataclass.
    """

    learner_id: int
    course_id: int
    origin: Origin
    deadline_day: int | None
    completed_at: int | None = None
    """Where it is completed already: when, in ms."""
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class ImportEnrollment:
    """Another system has recorded an enrollment; moments in ms since 1970 UTC.

    What that system calls completed is, whatever its grade: it was completed by its rules.
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
    """What a command makes that begins an enrollment: a `Change` with nothing before it.

    History keeps that it began, and then what completes it at once.
    """

    after: Snapshot
    """What it holds as it begins; storage gives it its id."""
    effects: frozenset[Effect]
    completion: Change | None = None
    """What completes it at once, where it is enrolled as completed; `with_id` gives it its id."""


def create_enrollment(
    command: CreateEnrollment | ImportEnrollment, context: Context
) -> NewEnrollment:
    """Return what a command makes that begins an enrollment.

    Args:
        command: what is to begin.
        context: the moment, the course, and whether the learner is active in it already.

    Raises:
        Invalid: the learner is active in the course already.
    """
    is_import = isinstance(command, ImportEnrollment)
    after = _imported(command, context.now) if is_import else _created(command, context.now)
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
    """Return the change of an enrollment that has got its id since."""
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
        # Being enrolled is no visit; beginning it oneself is one.
        last_visit_at=now if command.origin is Origin.SELF else None,
        origin=command.origin,
    )


def _imported(command: ImportEnrollment, now: int) -> Snapshot:
    status, began = command.status, min(command.enrolled_at, now)
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
