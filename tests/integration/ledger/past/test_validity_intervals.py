"""Test validity intervals: maintained by triggers, and backfilled from history."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.ledger.validity_intervals import FOREVER, intervals_of
from enrollment_portal.storage.ledger.past import backfill, first_moment
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_course, make_enrollment, make_learner
from tests.integration.ledger.past.past_oracle import (
    Diary,
    Entry,
    PastOracle,
    change,
    make_changes_for_days,
    open_log,
    reads_at,
)
from tests.integration.ledger_oracle import assert_pages_are_right, make_company

_SPANS = text(
    "SELECT enrollment_id, from_at, until_at, status, progress, deadline_day, learner_id,"
    " course_id, enrolled_at, is_path FROM enrollment_span ORDER BY enrollment_id, from_at"
)


def intervals_in(database: Database) -> list[tuple[int, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(_SPANS)]


def fill_again(database: Database) -> None:
    with database.write() as session:
        session.execute(text("DELETE FROM enrollment_span"))
        backfill.backfill_intervals(session)


def facts(database: Database, id_: int) -> list[tuple[int, ...]]:
    return [interval[1:6] for interval in intervals_in(database) if interval[0] == id_]


class TestKeptByTriggers:
    def test_each_state_lasts_from_its_change_to_the_next(self, database: Database) -> None:
        id_ = make_enrollment(database, enrolled_at=NOW)
        diary = open_log(database)
        change(database, diary, id_, Entry(NOW + 5, 0, 40, None))
        change(database, diary, id_, Entry(NOW + 9, 1, 100, None))
        assert facts(database, id_) == [
            (NOW, NOW + 5, 0, 0, None),
            (NOW + 5, NOW + 9, 0, 40, None),
            (NOW + 9, FOREVER, 1, 100, None),
        ]

    def test_changes_at_one_moment_leave_the_last(self, database: Database) -> None:
        id_ = make_enrollment(database, enrolled_at=NOW)
        diary = open_log(database)
        for progress in (10, 20, 30):
            change(database, diary, id_, Entry(NOW + 5, 0, progress, None))
        change(database, diary, id_, Entry(NOW + 5, 0, 30, NOW // DAY + 3))
        assert facts(database, id_) == [
            (NOW, NOW + 5, 0, 0, None),
            (NOW + 5, FOREVER, 0, 30, NOW // DAY + 3),
        ]

    def test_a_clock_that_was_set_back_overlaps_nothing(self, database: Database) -> None:
        id_ = make_enrollment(database, enrolled_at=NOW)
        diary = open_log(database)
        change(database, diary, id_, Entry(NOW + 9, 0, 10, None))
        change(database, diary, id_, Entry(NOW + 4, 0, 20, None))
        assert facts(database, id_) == [(NOW, NOW + 9, 0, 0, None), (NOW + 9, FOREVER, 0, 20, None)]

    def test_fields_that_the_ledger_does_not_show_start_no_interval(
        self, database: Database
    ) -> None:
        id_ = make_enrollment(database, enrolled_at=NOW, deadline_day=NOW // DAY + 3)
        with database.write() as session:
            session.execute(
                text(
                    "UPDATE enrollment SET grade = 'A', status = 0, progress = 0, version = 2,"
                    f" deadline_day = {NOW // DAY + 3}, updated_at = {NOW + 5} WHERE id = {id_}"
                )
            )
        assert facts(database, id_) == [(NOW, FOREVER, 0, 0, NOW // DAY + 3)]

    def test_an_enrollment_entered_late_is_shown_from_then_on(self, database: Database) -> None:
        id_ = make_enrollment(database, enrolled_at=NOW - 900 * DAY, updated_at=NOW, status=1)
        assert facts(database, id_) == [(NOW, FOREVER, 1, 0, None)]

    def test_a_path_is_marked_as_one(self, database: Database) -> None:
        make_enrollment(database, course_id=make_course(database, kind="path"))
        make_enrollment(database)
        assert [interval[-1] for interval in intervals_in(database)] == [1, 0]

    def test_a_deleted_enrollment_has_no_interval(self, database: Database) -> None:
        make_enrollment(database)
        with database.write() as session:
            session.execute(text("DELETE FROM enrollment"))
        assert intervals_in(database) == []

    @pytest.mark.parametrize("values", ["0, 1, 5, 5", "9, 1, 5, 8"])
    def test_an_invalid_interval_is_refused(self, database: Database, values: str) -> None:
        with pytest.raises(IntegrityError), database.write() as session:
            session.execute(
                text(
                    "INSERT INTO enrollment_span (enrolled_at, enrollment_id, from_at, until_at,"
                    " status, progress, learner_id, course_id, is_path)"
                    f" VALUES ({values}, 0, 0, 1, 1, 0)"
                )
            )


class TestBackfill:
    @pytest.mark.parametrize("chunk", [1, 7, 10_000])
    def test_history_gives_the_same_intervals_as_the_triggers(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, chunk: int
    ) -> None:
        monkeypatch.setattr(backfill, "CHUNK", chunk)
        make_company(database, enrollments=60)
        make_changes_for_days(database, changes=120)
        kept = intervals_in(database)
        assert len(kept) > 100
        fill_again(database)
        assert intervals_in(database) == kept

    def test_the_demo_writes_the_intervals_of_its_history(self, database: Database) -> None:
        build_company(database, enrollments=400, now=NOW)
        written = intervals_in(database)
        fill_again(database)
        assert intervals_in(database) == written
        assert len(written) > 2 * 400

    def test_it_starts_with_the_first_enrollment(self, database: Database) -> None:
        with database.read() as session:
            assert first_moment(session) is None
        for days in (5, 9, 7):
            make_enrollment(database, enrolled_at=NOW - days * DAY)
        with database.read() as session:
            assert first_moment(session) == NOW - 9 * DAY


_moments = st.integers(NOW, NOW + 20)
_facts = st.tuples(st.integers(0, 2), st.sampled_from((0, 50, 100)), st.sampled_from((None, 7, 8)))


@given(first_shown_at=_moments, states=st.lists(st.tuples(_moments, _facts), max_size=8))
def test_intervals_equal_a_replay_of_history(
    first_shown_at: int, states: list[tuple[int, tuple[int, int, int | None]]]
) -> None:
    later = sorted(
        ((at, facts) for at, facts in states if at >= first_shown_at), key=lambda s: s[0]
    )
    before: tuple[int, int, int | None] = (0, 0, None)
    held: list[tuple[int, tuple[int, int, int | None]]] = [(first_shown_at, before)]
    history: list[tuple[int, str]] = []
    for at, after in later:
        pairs = {
            name: [b, a]
            for name, b, a in zip(("status", "progress", "deadline"), before, after, strict=True)
            if b != a
        }
        history.append((at, str(pairs).replace("'", '"').replace("None", "null")))
        held.append((at, after))
        before = after
    intervals = intervals_of(first_shown_at, before, history)
    assert intervals[0][0] == first_shown_at
    assert intervals[-1][1] == FOREVER
    assert all(a[1] == b[0] for a, b in pairwise(intervals))
    for moment in range(NOW - 1, NOW + 22):
        expected = [facts for at, facts in held if at <= moment][-1:]
        assert [
            interval[2:] for interval in intervals if interval[0] <= moment < interval[1]
        ] == expected


_changes = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from((0, 0, 1, DAY // 2, DAY)),
        st.integers(0, 2),
        st.sampled_from((0, 50, 100)),
        st.sampled_from((None, NOW // DAY + 9, NOW // DAY + 10)),
    ),
    max_size=12,
)

_diaries: dict[Database, Diary] = {}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=_changes, asked=st.integers(-1, 4 * DAY), sort=st.sampled_from(STANDARD_COLUMNS))
def test_any_moment_equals_a_replay_of_history(
    database: Database,
    changes: list[tuple[int, int, int, int, int | None]],
    asked: int,
    sort: SortKey,
) -> None:
    # History is only ever added to, so each example finds the ones before it.
    diary = _diaries.setdefault(database, {})
    ids = [
        make_enrollment(database, make_learner(database), enrolled_at=NOW + number * DAY // 3)
        for number in range(6)
    ]
    diary.update({id_: [entries[0]] for id_, entries in open_log(database).items() if id_ in ids})
    for which, later, status, progress, deadline in changes:
        id_ = ids[which]
        change(database, diary, id_, Entry(diary[id_][-1].at + later, status, progress, deadline))
    moment = NOW + asked
    oracle = PastOracle(database, diary, moment)
    query = LedgerQuery(sort=sort)
    assert_pages_are_right(database, oracle, Everything(), query, 9, reads_at(moment))
