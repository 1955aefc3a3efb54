"""What the filters of a ledger mean on one day: which statuses, and which values of each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.day_ranges import Clock, Days, Span
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.shared.calendar import SOON_DAYS

ANY: Span = (None, None)
_STATUSES_OF: dict[Flag, Status] = {
    Flag.OVERDUE: Status.ACTIVE,
    Flag.DUE_SOON: Status.ACTIVE,
    Flag.AWAITING_GRADE: Status.ACTIVE,
    Flag.STUCK: Status.ACTIVE,
}
"""The only status that enrollments with a flag have."""


@dataclass(frozen=True)
class Bounds:
    """The values that enrollments must have for the filters that compare numbers, days or times.

    Spans have both ends included; moments are in ms since 1970.
    """

    statuses: tuple[Status, ...]
    progress: Span = ANY
    deadline: Span = ANY
    enrolled: Span = ANY
    completed: Span = ANY
    last_visit: Span = ANY
    has_deadline: bool | None = None
    """Whether there must be a deadline; `None` for either."""
    is_visited: bool | None = None
    """Whether the learner must have visited the course; `None` for either."""
    stuck_before: int | None = None
    """When progress must have stopped at the latest; `None` if it need not have."""

    @property
    def is_impossible(self) -> bool:
        """Whether no enrollment can pass."""
        spans = (self.progress, self.deadline, self.enrolled, self.completed, self.last_visit)
        return not self.statuses or any(_is_empty(span) for span in spans)


def bounds_of(filters: Filters, clock: Clock) -> Bounds:
    """Return what filters mean today.

    Completing, visiting and progress come after enrolling, so their last moment is also one for
    that: an index by the date of enrollment then reads no later ones.
    """
    flags = filters.flags
    statuses = [*(filters.statuses or Status)]
    for flag in flags:
        if flag in _STATUSES_OF:
            statuses = [status for status in statuses if status is _STATUSES_OF[flag]]
    if filters.completed:
        statuses = [status for status in statuses if status is Status.COMPLETED]
    deadlines = [filters.deadline.resolve(clock)] if filters.deadline else []
    if Flag.OVERDUE in flags:
        deadlines.append((None, clock.today - 1))
    if Flag.DUE_SOON in flags:
        deadlines.append((clock.today, clock.today + SOON_DAYS))
    completed = _moments(filters.completed, clock)
    last_visit = _moments(filters.last_visit, clock)
    enrolled = _moments(filters.enrolled, clock)
    stuck_before = clock.stuck_before if Flag.STUCK in flags else None
    enrolled = _both([enrolled, (None, completed[1]), (None, last_visit[1]), (None, stuck_before)])
    lacks_deadline, is_unvisited = Flag.NO_DEADLINE in flags, Flag.NEVER_VISITED in flags
    contradicts = (lacks_deadline and deadlines) or (is_unvisited and filters.last_visit)
    return Bounds(
        () if contradicts else tuple(statuses),
        (filters.progress.least, filters.progress.most) if filters.progress else ANY,
        _both(deadlines),
        enrolled,
        completed,
        last_visit,
        has_deadline=False if lacks_deadline else True if deadlines else None,
        is_visited=False if is_unvisited else True if filters.last_visit else None,
        stuck_before=stuck_before,
    )


def _moments(days: Days | None, clock: Clock) -> Span:
    """Return the first and the last moment of a range of days."""
    if days is None:
        return ANY
    first, last = days.resolve(clock)
    return (
        None if first is None else clock.start_of(first),
        None if last is None else clock.start_of(last + 1) - 1,
    )


def _both(spans: Sequence[Span]) -> Span:
    """Return what is in every span."""
    firsts = [first for first, _ in spans if first is not None]
    lasts = [last for _, last in spans if last is not None]
    return max(firsts, default=None), min(lasts, default=None)


def _is_empty(span: Span) -> bool:
    first, last = span
    return first is not None and last is not None and first > last
