"""What a new enrollment holds: begun now, completed already, or imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from enrollment_portal.domain.enrollment.fields import Field, Origin, Snapshot, Status, Value
from enrollment_portal.domain.enrollment.lifecycle import (
    Change,
    Context,
    CourseRules,
    SetFields,
    transition,
)


class Recorded(Protocol):
    """An enrollment as another system has recorded it; moments in ms since 1970 UTC."""

    @property
    def status(self) -> Status:
        """Where it stands."""
        ...

    @property
    def enrolled_at(self) -> int:
        """When it began."""
        ...

    @property
    def ended_at(self) -> int | None:
        """Since when it is over, if it is."""
        ...

    @property
    def grade(self) -> str | None:
        """The grade, as it is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Beginning:
    """An enrollment that is to begin; the deadline in days since 1970."""

    learner_id: int
    course_id: int
    origin: Origin
    deadline_day: int | None
    completed_at: int | None = None
    """Where it is completed already: when, in ms."""
    grade: str | None = None


def begin(beginning: Beginning, now: int) -> Snapshot:
    """Return what a new enrollment holds.

    Args:
        beginning: what is to begin.
        now: the moment, in ms.
    """
    return Snapshot(
        version=1,
        learner_id=beginning.learner_id,
        course_id=beginning.course_id,
        enrolled_at=now if beginning.completed_at is None else min(beginning.completed_at, now),
        updated_at=now,
        deadline_day=beginning.deadline_day,
        # Being enrolled is no visit; beginning it oneself is one.
        last_visit_at=now if beginning.origin is Origin.SELF else None,
        origin=beginning.origin,
    )


def imported(pair: tuple[int, int], record: Recorded, now: int) -> Snapshot:
    """Return what an enrollment holds that another system has recorded, as that system tells it.

    What it calls completed is, whatever its grade: it was completed by that system's rules.

    Args:
        pair: the learner and the course.
        record: what the other system says.
        now: the moment of the import, in ms.
    """
    is_completed = record.status is Status.COMPLETED
    return Snapshot(
        version=1,
        learner_id=pair[0],
        course_id=pair[1],
        status=record.status,
        tracked_status=record.status,
        progress=100 if is_completed else 0,
        enrolled_at=record.enrolled_at,
        updated_at=now,
        completed_at=record.ended_at if is_completed else None,
        cancelled_at=record.ended_at if record.status is Status.CANCELLED else None,
        origin=Origin.IMPORT,
        grade=record.grade,
    )


def complete(begun: Snapshot, beginning: Beginning, rules: CourseRules, now: int) -> Change:
    """Return the change that completes an enrollment as it begins.

    Args:
        begun: it, as it is stored.
        beginning: how it began, with when it was completed and the grade.
        rules: what its course says about completing it.
        now: the moment, in ms.
    """
    values: dict[Field, Value] = {
        Field.STATUS: int(Status.COMPLETED),
        Field.COMPLETED: begun.enrolled_at,
    }
    if beginning.grade is not None:
        values[Field.GRADE] = beginning.grade
    return transition(begun, SetFields(values), Context(now, rules))
