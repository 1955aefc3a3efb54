"""Test the menu of the ledger's filters, and the ranges that people type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.access.permissions import ledger_filters
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import (
    FURTHEST,
    DayRange,
    last_days,
    more_than_ago,
    more_than_ahead,
    next_days,
)
from enrollment_portal.domain.ledger.filter_chips import show_days
from enrollment_portal.domain.ledger.filter_menu import GROUPS, Editor, menu
from enrollment_portal.domain.ledger.filters import NOT_OF_PAST_DAYS, FilterName, Flag, PercentRange
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, Kind, LedgerQuery
from enrollment_portal.domain.ledger.typed_filters import (
    read_dates,
    read_percents,
    read_relative,
)
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.messages import NOT_A_DATE_OR_EMPTY

ALL = frozenset({*map(str, FilterName), *map(str, Flag), OPEN_REQUEST})
PLAIN = LedgerQuery()


def names(query: LedgerQuery, allowed: frozenset[str] = ALL) -> set[str]:
    return {item.name for item in menu(query, allowed)}


class TestTheMenu:
    def test_has_every_filter_once_and_with_a_label(self) -> None:
        listed = [item.name for item in menu(PLAIN, ALL)]
        assert sorted(listed) == sorted(ALL)
        assert all(item.label for item in menu(PLAIN, ALL))
        assert {item.group for item in menu(PLAIN, ALL)} == set(GROUPS)

    def test_has_only_what_the_viewer_has(self) -> None:
        lead = Actor(1, "Lea", "lea@x.example", Role.GROUP_LEAD)
        found = names(PLAIN, ledger_filters(lead))
        assert not found & {Flag.NOTE, FilterName.INSTRUCTOR, OPEN_REQUEST}
        assert FilterName.GROUP in found

    def test_is_without_what_the_page_implies(self) -> None:
        of_course, of_learner = replace(PLAIN, course=3), replace(PLAIN, learner=3)
        by_course = {FilterName.COURSES, FilterName.PATH, FilterName.INSTRUCTOR}
        by_person = {FilterName.GROUP, FilterName.DEPARTMENT, FilterName.MANAGER}
        assert ALL - names(of_course) == by_course
        assert ALL - names(of_learner) == by_person
        of_paths = replace(PLAIN, kind=Kind.PATHS)
        assert ALL - names(of_paths) == {FilterName.COURSES, FilterName.INSTRUCTOR}

    def test_refuses_on_a_past_day_what_is_not_known_of_it(self) -> None:
        refused = {item.name for item in menu(replace(PLAIN, as_of=20_000), ALL) if item.refusal}
        assert refused == {*NOT_OF_PAST_DAYS, OPEN_REQUEST}
        assert not any(item.refusal for item in menu(PLAIN, ALL))

    def test_switches_are_what_is_on_or_off(self) -> None:
        switches = {item.name for item in menu(PLAIN, ALL) if item.editor is Editor.SWITCH}
        assert switches == {*map(str, Flag), OPEN_REQUEST}


class TestTypedRanges:
    @pytest.mark.parametrize(
        ("first", "last", "found"),
        [
            ("20", "80", PercentRange(20, 80)),
            (" 20% ", "", PercentRange(20, 100)),
            ("", "0", PercentRange(0, 0)),
            ("", "", None),
            ("0", "100", None),
            ("٢٠", "80", PercentRange(20, 80)),
        ],
    )
    def test_percents_are_read(self, first: str, last: str, found: PercentRange | None) -> None:
        assert read_percents({"first": first, "last": last}) == found

    @pytest.mark.parametrize(
        ("first", "last", "errors"),
        [
            ("101", "", {"first": messages.PERCENT_RANGE}),
            ("-1", "1.5", dict.fromkeys(("first", "last"), messages.PERCENT_RANGE)),
            ("80", "20", {"last": messages.LAST_BELOW_FIRST}),
            ("9" * 5000, "", {"first": messages.PERCENT_RANGE}),
            (None, [], dict.fromkeys(("first", "last"), messages.PERCENT_RANGE)),
        ],
    )
    def test_percents_are_refused(
        self, first: object, last: object, errors: dict[str, str]
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            read_percents({"first": first, "last": last})
        assert refusal.value.errors == errors

    def test_dates_are_read_with_one_bound_or_two(self) -> None:
        assert show_days(read_dates({"first": "2026-01-02", "last": ""})) == "from 2 Jan 2026 on"
        both = read_dates({"first": "2026-01-02", "last": "2026-01-02"})
        assert both == DayRange(both.first, both.first)

    @pytest.mark.parametrize(
        ("first", "last", "errors"),
        [
            ("", "", {"first": messages.ONE_DATE_NEEDED}),
            ("2026-02-30", "", {"first": NOT_A_DATE_OR_EMPTY}),
            ("incomplete", 5, dict.fromkeys(("first", "last"), NOT_A_DATE_OR_EMPTY)),
            ("2026-01-02", "2026-01-01", {"last": messages.LAST_BEFORE_FIRST}),
        ],
    )
    def test_dates_are_refused(self, first: object, last: object, errors: dict[str, str]) -> None:
        with pytest.raises(Invalid) as refusal:
            read_dates({"first": first, "last": last})
        assert refusal.value.errors == errors

    @pytest.mark.parametrize(
        ("relation", "found"),
        [
            ("last", last_days(7)),
            ("more_than_ago", more_than_ago(7)),
            ("next", next_days(7)),
            ("more_than_ahead", more_than_ahead(7)),
        ],
    )
    def test_relative_days_are_read(self, relation: str, found: DayRange) -> None:
        assert read_relative({"relation": relation, "number": "7"}) == found
        assert "7 days" in show_days(found)

    @pytest.mark.parametrize("number", ["", "0", "-1", "x", str(FURTHEST), None, "9" * 99])
    def test_relative_days_are_refused(self, number: object) -> None:
        with pytest.raises(Invalid) as refusal:
            read_relative({"relation": "last", "number": number})
        assert refusal.value.errors == {"number": messages.not_so_many_days(FURTHEST - 1)}
        with pytest.raises(Invalid):
            read_relative({"relation": number, "number": "7"})
