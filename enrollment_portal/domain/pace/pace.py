"""Who is stuck; the pace needed and kept, and the projected finish of an active enrollment.

The rule:

- The pace kept is how much progress rose in the last weeks, per week. Agile planning calls it
  velocity, the mean of the last few periods; what is left, divided by it, gives the projected
  finish (Project Management Institute, "Agile Practice Guide", 2017, section 5.4.1).
- The pace needed is what is left divided by the time until the deadline, as the to-complete
  performance index of earned value management is (Project Management Institute, "PMBOK Guide",
  6th edition, section 7.4.2.2).
- An enrollment is stuck if the learner has done no lesson for a number of days. The default of two
  weeks is the portal's own; Configuration changes it.

A pace is in tenths of a percent of the course per week. All of it is counted in whole days of the
organization, so that it changes at midnight or when progress changes, at no other time.
`storage.pace` has the conditions in SQL and stores the pace kept, so that it sorts by an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.pace import messages
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_of, day_start

DAYS_PER_WEEK = 7
_ALL = 100


@dataclass(frozen=True)
class PaceSettings:
    """What Configuration sets."""

    stuck_days: int = 14
    """After how many days without a lesson done an enrollment is stuck."""
    pace_weeks: int = 4
    """Over how many weeks the pace kept is measured."""


@dataclass(frozen=True)
class PaceDay:
    """The day for which paces are computed, and the settings."""

    today: int
    """In days since 1970, in the organization's zone."""
    zone: ZoneInfo
    settings: PaceSettings = PaceSettings()

    @cached_property
    def stuck_before(self) -> int:
        """The time in ms at or before which progress must have stopped to be stuck today."""
        return day_start(self.today - self.settings.stuck_days + 1, self.zone) - 1

    @cached_property
    def measured_since(self) -> int:
        """The start of the weeks over which the pace kept is measured, in ms."""
        days = self.settings.pace_weeks * DAYS_PER_WEEK
        return day_start(self.today - days, self.zone)


class WithLessons(Protocol):
    """An enrollment with the columns that decide whether lessons are left."""

    @property
    def progress(self) -> int:
        """The percentage of lessons done."""
        ...

    @property
    def n_lessons(self) -> int:
        """The number of lessons of the course."""
        ...


class Moving(WithLessons, Protocol):
    """An enrollment with the columns that decide whether it is stuck."""

    @property
    def status(self) -> int:
        """Its status."""
        ...

    @property
    def progress_at(self) -> int:
        """When the learner last did a lesson, or when it became active, in ms."""
        ...


class Paced(Moving, Protocol):
    """An enrollment with the columns that its pace is explained from."""

    @property
    def deadline_day(self) -> int | None:
        """In days since 1970."""
        ...

    @property
    def pace(self) -> int | None:
        """The pace kept, as stored; `None` where there is none."""
        ...


@dataclass(frozen=True)
class Pace:
    """The pace of an active enrollment with lessons left."""

    kept: int
    needed: int | None
    """To finish by the deadline; `None` without one, or if it has passed."""
    days_left: int | None
    """Until the end of the deadline's day, today included; 0 or less if it has passed."""
    finish_day: int | None
    """The projected finish, in days since 1970; `None` if it is never reached at this pace."""
    days_late: int | None
    """How many days the projected finish is after the deadline, negative before it; `None` without
    either."""
    still_days: int
    """For how many days there has been no progress."""
    is_stuck: bool

    @property
    def is_late(self) -> bool:
        """Whether the projected finish is after the deadline, or never."""
        if self.days_left is None:
            return False
        return self.days_late is None or self.days_late > 0


def has_lessons_left(one: WithLessons) -> bool:
    """Return whether lessons are left to do."""
    return one.n_lessons > 0 and one.progress < _ALL


def is_stuck(one: Moving, before: int) -> bool:
    """Return whether it is active with lessons left, and progress stopped at a time or before.

    Args:
        one: the enrollment.
        before: `PaceDay.stuck_before`.
    """
    return one.status == Status.ACTIVE and has_lessons_left(one) and one.progress_at <= before


def first_progress_at(progress: int, enrolled_at: int, last_visit_at: int | None) -> int:
    """Return when progress was last made in a new enrollment, in ms.

    An imported one may have progress already: it was made by the last visit at the latest.
    """
    return enrolled_at if not progress or last_visit_at is None else last_visit_at


def kept_pace(progress: int, lowest: int, enrolled_at: int, day: PaceDay) -> int:
    """Return the pace kept over the last weeks, at least 0.

    It is measured from the lowest progress of these weeks: where an override or a changed course
    lowered it, what was done since then counts. Without a change of progress it never rises from
    one day to the next. An enrollment that is younger than a week is measured over one week.

    Args:
        progress: in percent.
        lowest: the lowest progress since `day.measured_since`, in percent; not used if the
            enrollment is newer than that.
        enrolled_at: in ms.
        day: today.
    """
    gained = progress - (0 if enrolled_at >= day.measured_since else min(lowest, progress))
    if gained <= 0:
        return 0
    age = day.today - day_of(enrolled_at, day.zone)
    days = min(max(age, DAYS_PER_WEEK), day.settings.pace_weeks * DAYS_PER_WEEK)
    # Rounded, but not down to none: who moves has a projected finish.
    return max(1, (2 * gained * 10 * DAYS_PER_WEEK + days) // (2 * days))


def pace_of(one: Paced, day: PaceDay) -> Pace | None:
    """Return the pace of an enrollment; `None` unless it is active with lessons left."""
    if one.status != Status.ACTIVE or not has_lessons_left(one):
        return None
    left, kept = (_ALL - one.progress) * 10 * DAYS_PER_WEEK, one.pace or 0
    days_left = None if one.deadline_day is None else one.deadline_day - day.today + 1
    finish = day.today + -(-left // kept) if kept else None
    if finish is not None and finish > LAST_DAY:
        finish = None
    return Pace(
        kept=kept,
        needed=-(-left // days_left) if days_left is not None and days_left > 0 else None,
        days_left=days_left,
        finish_day=finish,
        days_late=_difference(finish, one.deadline_day),
        still_days=max(0, day.today - day_of(one.progress_at, day.zone)),
        is_stuck=is_stuck(one, day.stuck_before),
    )


def _difference(day: int | None, other: int | None) -> int | None:
    return None if day is None or other is None else day - other


def explain(one: Paced, day: PaceDay) -> str:
    """Return one sentence about the pace: "5% for 3 weeks; needs 4.1% a week, kept 0".

    "" unless the enrollment is active with lessons left.
    """
    pace = pace_of(one, day)
    if pace is None:
        return ""
    still = messages.still_at(one.progress, pace.still_days)
    if pace.days_left is None:
        return messages.because(still, messages.no_deadline(pace.kept))
    if pace.needed is None:
        return messages.because(still, messages.deadline_passed(pace.kept))
    if pace.days_left < DAYS_PER_WEEK:
        left = _ALL - one.progress
        return messages.because(still, messages.needs_in_days(left, pace.days_left, pace.kept))
    return messages.because(still, messages.needs_weekly(pace.needed, pace.kept))
