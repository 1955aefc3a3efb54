"""Who may be enrolled in what, and who asks: the values that `eligibility` decides by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.courses import is_offered
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, GradingScheme


class Outcome(StrEnum):
    """Whether a person is enrolled in a course or path, was already, or is refused."""

    ENROLLED = "enrolled"
    ALREADY = "already"
    REFUSED = "refused"


class Requester(StrEnum):
    """Who asks for an enrollment."""

    ADMIN = "admin"
    """An admin, by hand."""
    RULE = "rule"
    """What a group or a learning path is assigned."""
    LEARNER = "learner"
    """The learner, for themselves."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the directory who may be enrolled."""

    id: int
    name: str
    email: str | None
    is_suspended: int


@dataclass(frozen=True, slots=True)
class Learnable:
    """A course or a learning path, as far as enrolling needs to know it."""

    id: int
    title: str
    kind: str
    state: str
    deadline_days: int | None
    n_lessons: int
    requires_grade: int
    may_be_retaken: int = 0
    grading_scheme: str = GradingScheme.FREE
    grading_points: int | None = None
    pass_percent: int = PASS_PERCENT

    @property
    def is_offered(self) -> bool:
        """Whether people can be enrolled in it now."""
        return is_offered(self.kind, self.state, self.n_lessons, self.requires_grade)


@dataclass(frozen=True, slots=True)
class ExistingEnrollment:
    """An enrollment that a learner has in a course already; moments in ms.

    Where someone else cancelled it by hand, `removed_by` and `removed_at` say who and when.
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
    """That those who are enrolled have completed it already."""

    at: int
    """When, in ms since 1970 UTC."""
    grades: Mapping[int, str | None]
    """By course, the grade as it is stored there."""


@dataclass(frozen=True, slots=True)
class EnrollRequest:
    """A request to enroll people: who makes it, and what it says."""

    by: Requester
    tz: ZoneInfo
    """The organization's time zone, in which days are told."""
    again: bool = False
    """An admin has confirmed that people who have completed it are enrolled once more."""
    completion: Completion | None = None
    """An admin enrolls those who have completed it already, before or elsewhere."""
    learner_id: int | None = None
    """The learner record of whoever asks: what they may not do for themselves is refused."""
    deadline_day: int | None = None
    """An admin sets this deadline for all of them, in days since 1970."""


class Decision(NamedTuple):
    """What becomes of one person in one course or path, and why, as a sentence.

    A preview makes thousands: a named tuple takes a third of the time of a dataclass.
    """

    person: Person
    learnable: Learnable
    outcome: Outcome
    why: str
    has_completed: bool
    """They have completed the course; an admin may enroll them again all the same."""

    @property
    def is_retake(self) -> bool:
        """Whether a new enrollment begins beside a completed one, of which an admin is warned."""
        return self.has_completed and self.outcome is Outcome.ENROLLED
