"""The values that `eligibility` works with: people, courses, requests to enroll, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.courses import is_offered
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, GradingScheme


class Outcome(StrEnum):
    """The outcome for one person and course: enrolled, enrolled already, or refused."""

    ENROLLED = "enrolled"
    ALREADY = "already"
    REFUSED = "refused"


class Requester(StrEnum):
    """Who requests an enrollment."""

    ADMIN = "admin"
    """An admin, on the enroll page."""
    RULE = "rule"
    """The rule of a group or a learning path."""
    LEARNER = "learner"
    """The learner, for themselves."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the directory who may be enrolled."""

    id: int
    name: str
    email: str | None
    is_suspended: int


@dataclass(frozen=True, slots=True)
class Learnable:
    """A course or a learning path, with the fields that enrolling needs."""

    id: int
    title: str
    kind: str
    state: str
    deadline_days: int | None
    n_lessons: int
    requires_grade: int
    admin_completes: int
    may_be_retaken: int = 0
    grading_scheme: str = GradingScheme.FREE
    grading_points: int | None = None
    pass_percent: int = PASS_PERCENT

    @property
    def is_offered(self) -> bool:
        """Whether people can be enrolled in it."""
        return is_offered(self)


@dataclass(frozen=True, slots=True)
class ExistingEnrollment:
    """An enrollment that a learner has in a course already; moments in ms.

    If another person cancelled it, `removed_by` and `removed_at` say who and when.
    """

    id: int
    learner_id: int
    course_id: int
    status: int
    progress: int
    enrolled_at: int
    completed_at: int | None
    removed_by: str | None
    removed_at: int | None


@dataclass(frozen=True, slots=True)
class Completion:
    """Enroll people as having completed it already."""

    at: int
    """When, in ms since 1970 UTC."""
    grades: Mapping[int, str | None]
    """The grade for each course id, in its stored form."""


@dataclass(frozen=True, slots=True)
class EnrollRequest:
    """A request to enroll people: who makes it, and its options."""

    by: Requester
    tz: ZoneInfo
    """The organization's time zone, for dates in messages."""
    again: bool = False
    """Enroll people again who have completed it, as an admin has confirmed."""
    completion: Completion | None = None
    """Enroll people as completed, which they did earlier or elsewhere; admins only."""
    learner_id: int | None = None
    """The requester's own learner id: some things they may not do for themselves."""
    deadline_day: int | None = None
    """The deadline for all of them, in days since 1970; admins only."""


class Decision(NamedTuple):
    """The decision for one person and one course or path, with the reason as a sentence.

    A preview makes thousands: a named tuple takes a third of the time of a dataclass.
    """

    person: Person
    learnable: Learnable
    outcome: Outcome
    why: str
    has_completed: bool
    """They have completed the course; an admin may still enroll them again."""

    @property
    def is_retake(self) -> bool:
        """Whether they are enrolled again after completing it, of which the admin is warned."""
        return self.has_completed and self.outcome is Outcome.ENROLLED
