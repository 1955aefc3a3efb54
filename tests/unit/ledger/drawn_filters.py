"""Strategies that draw filters of the ledger."""

from __future__ import annotations

from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.day_ranges import FURTHEST, DayRange, Days, Offset, Period
from enrollment_portal.domain.ledger.filters import Filters, Flag, PercentRange, is_department
from enrollment_portal.domain.shared.calendar import LAST_DAY

IDS = st.integers(1, 2**53 - 1)
DEPARTMENTS = st.text(max_size=12).filter(is_department)


@st.composite
def day_ranges(
    draw: st.DrawFn, days: st.SearchStrategy[int], offsets: st.SearchStrategy[int]
) -> DayRange:
    """Draw a range with one or two bounds, absolute or relative, in the right order."""
    bound = st.none() | days | offsets.map(Offset)
    first, last = draw(bound), draw(bound)
    if first is None and last is None:
        first = draw(days)
    if isinstance(first, int) and isinstance(last, int):
        first, last = min(first, last), max(first, last)
    if isinstance(first, Offset) and isinstance(last, Offset):
        ends = sorted((first.days, last.days))
        first, last = Offset(ends[0]), Offset(ends[1])
    return DayRange(first, last)


def any_days() -> st.SearchStrategy[Days]:
    """Draw any range of days, or a period."""
    return st.sampled_from(Period) | day_ranges(
        st.integers(0, LAST_DAY), st.integers(-FURTHEST, FURTHEST)
    )


def percent_ranges() -> st.SearchStrategy[PercentRange]:
    """Draw a range of progress."""
    percents = st.integers(0, 100)
    return st.tuples(percents, percents).map(lambda ends: PercentRange(min(ends), max(ends)))


def any_filters() -> st.SearchStrategy[Filters]:
    """Draw any filters that a URL can have."""
    optional_days, optional_id = st.none() | any_days(), st.none() | IDS
    return st.builds(
        Filters,
        courses=st.lists(IDS, max_size=5).map(tuple),
        path=optional_id,
        group=optional_id,
        departments=st.lists(DEPARTMENTS, max_size=4).map(tuple),
        instructor=optional_id,
        manager=optional_id,
        statuses=st.lists(st.sampled_from(Status), max_size=3).map(tuple),
        progress=st.none() | percent_ranges(),
        enrolled=optional_days,
        deadline=optional_days,
        completed=optional_days,
        last_visit=optional_days,
        origins=st.lists(st.sampled_from(Origin), max_size=3).map(tuple),
        flags=st.lists(st.sampled_from(Flag), max_size=4).map(tuple),
    )
