"""Test the ledger's filters: URLs, relative days, and chips."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import (
    FURTHEST,
    Clock,
    DayRange,
    Offset,
    Period,
    last_days,
    more_than_ago,
    next_days,
    read_days,
)
from enrollment_portal.domain.ledger.filter_chips import Chip, FilterNames, chips, show_days
from enrollment_portal.domain.ledger.filters import (
    FLAGS,
    MOST_COURSES,
    NOT_OF_PAST_DAYS,
    FilterName,
    Filters,
    Flag,
    PercentRange,
)
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.shared.calendar import LAST_DAY, date_to_day, day_start
from tests.unit.ledger.drawn_filters import any_days, any_filters

SET = Filters(
    courses=(7, 3, 7),
    path=4,
    group=5,
    departments=("R&D, north", "100% remote"),
    instructor=6,
    manager=8,
    statuses=(Status.CANCELLED, Status.ACTIVE),
    progress=PercentRange(20, 80),
    enrolled=DayRange(date_to_day(date(2026, 1, 31)), None),
    deadline=next_days(7),
    completed=Period.THIS_MONTH,
    last_visit=more_than_ago(14),
    origins=(Origin.IMPORT, Origin.SELF),
    flags=tuple(Flag),
)


@given(any_filters())
def test_filters_written_to_a_url_are_read_back(filters: Filters) -> None:
    assert Filters.parse(filters.params()) == filters
    assert bool(filters) == bool(filters.params()) == bool(filters.names)


def test_a_url_has_readable_filters() -> None:
    assert SET.params() == {
        "courses": "3,7",
        "path": "4",
        "group": "5",
        "department": "100%25 remote,R&D%2C north",
        "instructor": "6",
        "manager": "8",
        "status": "active,cancelled",
        "progress": "20..80",
        "enrolled": "2026-01-31..",
        "deadline": "0d..7d",
        "completed": "this_month",
        "visited": "..-15d",
        "origin": "self,import",
        "is": "overdue,due_soon,no_deadline,awaiting_grade,stuck,never_visited,by_hand,retake,"
        "feedback,note",
    }


@pytest.mark.parametrize(
    ("params", "understood"),
    [
        ({"courses": "3,x,,-1,0,3,٣,7"}, Filters(courses=(3, 7))),
        ({"courses": ",".join(map(str, range(1, 999)))}, Filters(courses=(*range(1, 51),))),
        ({"path": "4,5"}, Filters()),
        ({"group": 5}, Filters()),
        ({"manager": ["8"]}, Filters()),
        ({"department": "," + "x" * 201 + ",a\x00b,Sales,"}, Filters(departments=("Sales",))),
        ({"department": "%zz,%ff"}, Filters(departments=("%zz",))),
        ({"department": "\ud800"}, Filters()),
        ({"status": "active,overdue,0"}, Filters(statuses=(Status.ACTIVE,))),
        ({"progress": "..20"}, Filters(progress=PercentRange(0, 20))),
        ({"progress": "20.."}, Filters(progress=PercentRange(20, 100))),
        ({"progress": "0..100"}, Filters()),
        ({"progress": "80..20"}, Filters()),
        ({"progress": "20"}, Filters()),
        ({"progress": "1..101"}, Filters()),
        ({"progress": "01..٣"}, Filters()),
        ({"enrolled": ".."}, Filters()),
        ({"enrolled": "2026-02-30.."}, Filters()),
        ({"enrolled": "2026-02-03..2026-02-02"}, Filters()),
        ({"deadline": "7d..0d"}, Filters()),
        ({"deadline": "+7d.."}, Filters()),
        ({"deadline": "-0d.."}, Filters()),
        ({"deadline": f"{FURTHEST + 1}d.."}, Filters()),
        ({"visited": "someday"}, Filters()),
        ({"origin": "self,hand"}, Filters(origins=(Origin.SELF,))),
        ({FLAGS: "retake,nonsense,retake"}, Filters(flags=(Flag.RETAKE,))),
        ({FLAGS: "9" * 1_000_000, "courses": "1," * 1_000_000}, Filters(courses=(1,))),
        ({"overdue": "1"}, Filters()),
    ],
)
def test_what_is_not_understood_is_left_out(params: dict[str, object], understood: Filters) -> None:
    assert Filters.parse(params) == understood
    assert MOST_COURSES == 50


def test_one_filter_is_set_as_a_url_sets_it() -> None:
    filters = Filters(group=5).with_text("visited", "..-15d").with_text(FLAGS, "retake")
    assert filters == Filters(group=5, last_visit=more_than_ago(14), flags=(Flag.RETAKE,))
    assert filters.with_text("group", "x") == filters.without("group")
    assert filters.with_text("tab", "active") == filters.with_text(None, 3) == filters
    assert filters.with_flag(Flag.NOTE, on=True).flags == (Flag.RETAKE, Flag.NOTE)
    assert filters.with_flag(Flag.RETAKE, on=False) == filters.without("retake")


@given(any_filters())
def test_filters_are_removed_by_their_names(filters: Filters) -> None:
    for name in filters.names:
        rest = filters.without(name)
        assert rest.names == tuple(other for other in filters.names if other != name)
    assert filters.without(*filters.names) == filters.without(FLAGS, *FilterName) == Filters()


def test_a_past_day_has_the_filters_that_are_known_of_it() -> None:
    kept = set(SET.names) - NOT_OF_PAST_DAYS
    assert set(SET.of_past_day().names) == kept
    assert {"status", "progress", "deadline", "enrolled", "overdue", "courses"} <= kept
    assert len(kept) == len(SET.names) - len(NOT_OF_PAST_DAYS)


WEDNESDAY = Clock(date_to_day(date(2026, 12, 30)), ZoneInfo("Europe/Stockholm"))


class TestDays:
    @pytest.mark.parametrize(
        ("days", "first", "last"),
        [
            (next_days(7), date(2026, 12, 30), date(2027, 1, 6)),
            (last_days(7), date(2026, 12, 23), date(2026, 12, 30)),
            (more_than_ago(14), None, date(2026, 12, 15)),
            (DayRange(5, Offset(0)), date(1970, 1, 6), date(2026, 12, 30)),
            (Period.LAST_WEEK, date(2026, 12, 21), date(2026, 12, 27)),
            (Period.THIS_WEEK, date(2026, 12, 28), date(2027, 1, 3)),
            (Period.NEXT_WEEK, date(2027, 1, 4), date(2027, 1, 10)),
            (Period.LAST_MONTH, date(2026, 11, 1), date(2026, 11, 30)),
            (Period.THIS_MONTH, date(2026, 12, 1), date(2026, 12, 31)),
            (Period.NEXT_MONTH, date(2027, 1, 1), date(2027, 1, 31)),
        ],
    )
    def test_are_resolved_against_today(
        self, days: DayRange | Period, first: date | None, last: date | None
    ) -> None:
        expected = tuple(None if day is None else date_to_day(day) for day in (first, last))
        assert days.resolve(WEDNESDAY) == expected

    @given(st.integers(0, LAST_DAY), any_days())
    def test_of_any_today_are_in_order(self, today: int, days: DayRange | Period) -> None:
        first, last = days.resolve(Clock(today, ZoneInfo("UTC")))
        is_mixed = isinstance(days, DayRange) and type(days.first) is not type(days.last)
        assert is_mixed or first is None or last is None or first <= last
        assert read_days(days.text()) == days

    def test_begin_in_the_organizations_zone_also_beyond_the_calendar(self) -> None:
        assert WEDNESDAY.start_of(20_000) == day_start(20_000, WEDNESDAY.zone)
        assert WEDNESDAY.start_of(-1) == day_start(0, WEDNESDAY.zone)
        assert WEDNESDAY.start_of(10**6) == day_start(LAST_DAY + 1, WEDNESDAY.zone)


class TestChips:
    def test_name_each_filter_that_is_set(self) -> None:
        names = FilterNames({3: "Fire", 7: "Data"}, "Onboarding", "Board", "Ada", "Bo")
        query = LedgerQuery(filters=SET, only_requests=True)
        found = chips(query, names)
        assert [chip.name for chip in found] == [*SET.names, "asks"]
        assert not any(chip.is_gone for chip in found)
        assert [chip.text for chip in found] == [
            "Course: Data or Fire",
            "Learning path: Onboarding",
            "Group: Board",
            "Department: 100% remote or R&D, north",
            "Instructor: Ada",
            "Manager: Bo",
            "Status: Active or Cancelled",
            "Progress: 20% to 80%",
            "Enrolled: from 31 Jan 2026 on",
            "Deadline: next 7 days",
            "Completed: this month",
            "Last Visit: more than 14 days ago",
            "Origin: Started by the learner or Imported",
            "Overdue",
            "Due soon",
            "No deadline",
            "Awaiting grade",
            "Stuck",
            "Never visited",
            "Set by hand",
            "Retake",
            "Has feedback",
            "Has internal note",
            "Open request",
        ]

    def test_say_which_records_are_gone(self) -> None:
        filters = Filters(courses=(3, 7), path=1, group=2, instructor=3, manager=4)
        found = chips(LedgerQuery(filters=filters), FilterNames())
        assert [chip.value for chip in found] == list(messages.GONE.values())
        assert all(chip.is_gone for chip in found)
        (one,) = chips(LedgerQuery(filters=Filters(courses=(3, 7))), FilterNames({7: "Data"}))
        assert one == Chip("courses", "Course", "Data or Course that no longer exists")

    def test_count_the_values_that_have_no_room(self) -> None:
        filters = Filters(departments=("A", "B", "C", "D"))
        (one,) = chips(LedgerQuery(filters=filters), FilterNames())
        assert one.value == "A, B and 2 more"

    def test_every_filter_has_a_label(self) -> None:
        assert set(messages.FILTER_LABELS) == {*FilterName, *Flag, "asks"}
        assert set(messages.ORIGINS) == set(Origin)
        assert set(messages.PERIODS) == set(Period)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("0d..1d", "next 1 day"),
            ("-30d..0d", "last 30 days"),
            ("0d..0d", "today"),
            ("..-1d", "before today"),
            ("..-2d", "more than 1 day ago"),
            ("1d..", "after today"),
            ("8d..", "in more than 7 days"),
            ("0d..", "from today on"),
            ("..0d", "until today"),
            ("..7d", "until 7 days from now"),
            ("-7d..", "from 7 days ago on"),
            ("-1d..1d", "yesterday to tomorrow"),
            ("2026-01-31..2026-01-31", "31 Jan 2026"),
            ("2026-01-31..2026-02-05", "31 Jan 2026 to 5 Feb 2026"),
            ("2026-01-31..0d", "31 Jan 2026 to today"),
            ("..2026-01-31", "until 31 Jan 2026"),
            ("next_month", "next month"),
        ],
    )
    def test_name_days_in_words(self, text: str, words: str) -> None:
        days = read_days(text)
        assert days is not None
        assert show_days(days) == words

    @pytest.mark.parametrize(
        ("text", "words"),
        [("..20", "up to 20%"), ("20..", "20% or more"), ("5..5", "5%"), ("0..0", "0%")],
    )
    def test_name_progress_in_words(self, text: str, words: str) -> None:
        filters = Filters.parse({"progress": text})
        (one,) = chips(LedgerQuery(filters=filters), FilterNames())
        assert one.value == words
