"""Test that progress and pace are stored with each change, and paces again at midnight."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.commands import Context, SetFields
from enrollment_portal.domain.enrollment.fields import Field, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.pace.pace import PaceDay, PaceSettings, is_stuck, kept_pace
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_of, now_ms
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.enrollment.path_progress import TRACKING, make_changes
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.pace import paces
from enrollment_portal.services.pace.paces import refresh_paces
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.pace import paces as stored_paces
from enrollment_portal.storage.pace.stuck import STUCK
from enrollment_portal.storage.pace.stuck import is_stuck as is_stuck_condition
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import write_pace_settings
from enrollment_portal.storage.shared.tables import Enrollment, table_of
from tests.builders import make_course, make_enrollment, make_learner, make_lessons
from tests.builders import make_organization as _make_organization
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.stored import execute, rows

UTC = ZoneInfo("UTC")
TODAY = 20_700
NOON = TODAY * MS_PER_DAY + MS_PER_DAY // 2


@pytest.fixture(autouse=True)
def organization(database: Database) -> None:
    """An organization in UTC."""
    _make_organization(database, time_zone="UTC")


def found(database: Database, id_: int) -> tuple[Any, ...]:
    """Return when progress was last made, the pace, and the version."""
    (row,) = rows(database, f"SELECT progress_at, pace, version FROM enrollment WHERE id = {id_}")
    return row


def moved(database: Database, id_: int, progress: int, days_ago: int) -> None:
    """Let a learner make progress on a past day."""
    at = NOON - days_ago * MS_PER_DAY
    changed = f"progress = {progress}, lessons_done = {progress // 10}, progress_at = {at}"
    execute(database, f"UPDATE enrollment SET {changed}, updated_at = {at} WHERE id = {id_}")


def everything_else(database: Database) -> list[tuple[Any, ...]]:
    """Return all of the enrollments but their paces, and all history."""
    names = [column.name for column in table_of(Enrollment).c if column.name != "pace"]
    return [
        *rows(database, f"SELECT {', '.join(names)} FROM enrollment ORDER BY id"),
        *rows(database, "SELECT * FROM enrollment_event ORDER BY seq"),
    ]


def paces_of(database: Database) -> dict[int, int | None]:
    """Return all stored paces."""
    return dict(map(tuple, rows(database, "SELECT id, pace FROM enrollment")))  # type: ignore[arg-type]


class TestChanges:
    def test_a_lesson_done_stores_the_time_and_the_pace(self, database: Database) -> None:
        ada, course = make_learner_actor(database), make_course(database, n_lessons=4)
        first, *_ = make_lessons(database, course, 4)
        id_ = start_course(database, ada, course)
        (enrolled_at,) = rows(database, f"SELECT enrolled_at FROM enrollment WHERE id = {id_}")[0]
        assert found(database, id_) == (enrolled_at, 0, 1)
        before = now_ms()
        mark_done(database, ada, course, first)
        progress_at, pace, version = found(database, id_)
        # A quarter within the first week.
        assert before <= progress_at <= now_ms()
        assert (pace, version) == (250, 2)

    def test_a_status_starts_again_and_other_fields_keep_both(self, database: Database) -> None:
        id_ = make_enrollment(database, enrolled_at=NOON - 100 * MS_PER_DAY)
        moved(database, id_, 20, 10)

        def set_to(at: int, **fields: Any) -> None:
            with database.write() as session:
                facts = stored.find_enrollments(session, Everything(), [id_])[id_]
                values = {Field(name): value for name, value in fields.items()}
                change = transition(snapshot_of(facts), SetFields(values), Context(at))
                make_changes(session, [change], TRACKING)

        refresh_paces(database, NOON)
        before = found(database, id_)
        assert before[:2] == (NOON - 10 * MS_PER_DAY, 50)
        set_to(NOON, grade="B", deadline=TODAY + 9)
        assert found(database, id_)[:2] == before[:2]
        set_to(NOON + 1, status=Status.CANCELLED)
        assert found(database, id_)[1] is None
        set_to(NOON + 2, status=Status.ACTIVE)
        assert found(database, id_)[:2] == (NOON + 2, 50)
        set_to(NOON + 3, status=Status.COMPLETED)
        assert found(database, id_)[1] is None

    def test_a_retake_starts_anew(self, database: Database) -> None:
        ada, course = make_learner_actor(database), make_course(database, may_be_retaken=1)
        make_enrollment(database, ada.learner_id, course, status=1, progress=100)
        again = start_course(database, ada, course)
        (enrolled_at,) = rows(database, f"SELECT enrolled_at FROM enrollment WHERE id = {again}")[0]
        assert found(database, again) == (enrolled_at, 0, 1)

    def test_a_changed_course_is_no_progress_of_the_learner(self, database: Database) -> None:
        admin, ada = make_admin(database), make_learner_actor(database)
        course = make_course(database, n_lessons=2)
        first, _ = make_lessons(database, course, 2)
        id_ = start_course(database, ada, course)
        mark_done(database, ada, course, first)
        before = found(database, id_)
        add_lesson(database, admin, course, {"title": "One more", "content": ""})
        after = found(database, id_)
        assert rows(database, f"SELECT progress FROM enrollment WHERE id = {id_}") == [(33,)]
        assert (after[0], after[1]) == (before[0], 330)


class TestMidnight:
    def test_a_new_day_stores_what_it_changes_and_nothing_else(self, database: Database) -> None:
        began = NOON - 300 * MS_PER_DAY
        still, long_ago, lately, new = (
            make_enrollment(database, enrolled_at=at) for at in (began, began, began, NOON)
        )
        moved(database, long_ago, 50, 40)
        moved(database, lately, 20, 10)
        moved(database, new, 10, 0)
        make_enrollment(database, status=1, progress=100)
        assert refresh_paces(database, NOON) == 2
        assert paces_of(database) == {
            **dict.fromkeys((still, long_ago), 0),
            lately: 50,
            new: 100,
            new + 1: None,
        }
        assert refresh_paces(database, NOON + 3_600_000) is None
        before = everything_else(database)
        # 19 days later the time before this progress is no longer within the weeks.
        assert refresh_paces(database, NOON + 18 * MS_PER_DAY) == 1
        assert (paces_of(database)[lately], paces_of(database)[new]) == (50, 39)
        assert refresh_paces(database, NOON + 19 * MS_PER_DAY) == 2
        assert (paces_of(database)[lately], paces_of(database)[new]) == (0, 37)
        assert everything_else(database) == before

    def test_stores_what_the_rule_says_for_any_history(self, database: Database) -> None:
        choose = random.Random(7)
        began: dict[int, int] = {}
        for _ in range(30):
            age = choose.randrange(1, 60)
            id_ = make_enrollment(database, enrolled_at=NOON - age * MS_PER_DAY)
            began[id_] = age
            for day in sorted(choose.sample(range(age + 1), min(age, 4)), reverse=True):
                moved(database, id_, choose.randrange(101), day)
        sql = "SELECT enrollment_id, until_at, progress FROM enrollment_span"
        spans = rows(database, sql)
        for later, weeks in product((0, 1, 20), (1, 4)):
            day = PaceDay(TODAY + later, UTC, PaceSettings(14, weeks))
            execute(database, f"UPDATE organization SET pace_weeks = {weeks}, pace_day = NULL")
            refresh_paces(database, NOON + later * MS_PER_DAY)
            for id_, progress, enrolled_at, pace in rows(
                database, "SELECT id, progress, enrolled_at, pace FROM enrollment"
            ):
                since = day.measured_since
                lowest = min(p for of, until, p in spans if of == id_ and until > since)
                wanted = kept_pace(progress, lowest, enrolled_at, day)
                assert progress == 100 or pace == wanted

    def test_is_carried_on_after_a_process_died_in_the_middle(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = [make_enrollment(database, enrolled_at=NOON - 300 * MS_PER_DAY) for _ in range(5)]
        for id_ in ids:
            moved(database, id_, 20, 10)
        monkeypatch.setattr(paces, "_WRITTEN_AT_ONCE", 2)
        real, calls = paces._refresh, []

        def dying(*args: Any) -> tuple[int, set[int]]:
            calls.append(args)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*args)

        monkeypatch.setattr(paces, "_refresh", dying)
        with pytest.raises(KeyboardInterrupt):
            refresh_paces(database, NOON)
        assert sorted(pace or 0 for pace in paces_of(database).values()) == [0, 0, 0, 50, 50]
        monkeypatch.setattr(paces, "_refresh", real)
        assert refresh_paces(database, NOON) == 3
        assert set(paces_of(database).values()) == {50}
        assert rows(database, "SELECT pace_day FROM organization") == [(TODAY,)]

    def test_a_setting_changed_meanwhile_is_not_taken_for_done(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id_ = make_enrollment(database, enrolled_at=NOON - 300 * MS_PER_DAY)
        moved(database, id_, 20, 10)
        real = paces._refresh

        def changing(*args: Any) -> tuple[int, set[int]]:
            with database.write() as session:
                write_pace_settings(session, PaceSettings(14, 1), computes_again=True)
            return real(*args)

        monkeypatch.setattr(paces, "_refresh", changing)
        refresh_paces(database, NOON)
        monkeypatch.setattr(paces, "_refresh", real)
        assert rows(database, "SELECT pace_day FROM organization") == [(None,)]
        assert refresh_paces(database, NOON) == 1
        assert paces_of(database) == {id_: 0}

    def test_a_save_and_the_refresh_never_meet(self, database: Database) -> None:
        saved, other = (
            make_enrollment(database, enrolled_at=NOON - 300 * MS_PER_DAY) for _ in range(2)
        )
        for id_ in (saved, other):
            moved(database, id_, 20, 10)
        day = PaceDay(TODAY, UTC)
        if not database.is_sqlite:  # which has one writer at a time
            with database.write() as saving:
                saving.execute(text(f"UPDATE enrollment SET grade = 'A' WHERE id = {saved}"))
                with database.write() as session:
                    n, left = stored_paces.refresh_some(session, [saved, other], day)
            assert (n, left) == (1, {saved})
        with database.read() as session:
            facts = stored.find_enrollments(session, Everything(), [saved])[saved]
        refresh_paces(database, NOON)
        assert paces_of(database) == {saved: 50, other: 50}
        # A form that was filled before the refresh is saved without a conflict.
        with database.write() as session:
            command = SetFields({Field.GRADE: "B"})
            make_changes(
                session, [transition(snapshot_of(facts), command, Context(NOON))], TRACKING
            )
        assert found(database, saved)[1:] == (50, 2)


def test_sql_and_domain_agree_on_who_is_stuck(database: Database) -> None:
    day = PaceDay(TODAY, UTC)
    courses = [make_course(database, n_lessons=n) for n in (0, 3)]
    for course, status, progress, late in product(courses, Status, (0, 99, 100), (0, 1)):
        make_enrollment(
            database,
            make_learner(database),
            course,
            status=status,
            progress=progress,
            enrolled_at=NOON - 300 * MS_PER_DAY,
            progress_at=day.stuck_before + late,
        )
    e = table_of(Enrollment).alias("e")
    with database.read() as session:
        values = {"stuck_before": day.stuck_before}
        ids = session.execute(text("SELECT id FROM enrollment")).scalars().all()
        facts = stored.find_enrollments(session, Everything(), ids).values()
        wanted = {one.id for one in facts if is_stuck(one, day.stuck_before)}
        assert len(wanted) == 2
        sql = text(f"SELECT e.id FROM enrollment e WHERE {STUCK}")
        assert set(session.execute(sql, values).scalars()) == wanted
        of_course = select(e.c.id).where(e.c.course_id == courses[1], is_stuck_condition(e.c))
        assert set(session.execute(of_course, values).scalars()) == wanted


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (
            f"SELECT e.id FROM enrollment e WHERE {STUCK} ORDER BY e.progress_at, e.id LIMIT 50",
            "ix_enrollment_stuck",
        ),
        (f"SELECT count(*) FROM enrollment e WHERE {STUCK}", "ix_enrollment_stuck"),
        (
            "SELECT e.id FROM enrollment e WHERE e.status = 0 AND (e.pace, e.id) > (10, 7)"
            " ORDER BY e.pace, e.id LIMIT 50",
            "ix_enrollment_status_pace",
        ),
        (str(stored_paces._KEPT), "ix_enrollment_status_pace"),
    ],
)
def test_stuck_and_pace_are_index_ranges(database: Database, sql: str, index: str) -> None:
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.read() as session:
        if not database.is_sqlite:  # whose choice depends on how many rows there are
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.execute(text(f"{explain} {sql}"), {"stuck_before": 5} if ":" in sql else {})
        steps = "\n".join(str(row[-1]) for row in plan)
    assert index in steps
    assert "TEMP B-TREE" not in steps
    assert "Sort" not in steps
    if database.is_sqlite:
        assert f"COVERING INDEX {index} (status=? AND p" in steps


def test_reading_paces_of_many_reads_intervals_by_their_key(
    database: Database, make_database_url: Callable[[str], str]
) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3]))
    )
    with database.read() as session:
        stored_paces._measured(session, [1, 2], PaceDay(TODAY, UTC))
        if database.is_sqlite:
            sql, values = asked[-1]
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            steps = "\n".join(row.detail for row in plan)
            assert "enrollment_span USING PRIMARY KEY (enrolled_at=? AND enrollment_id=?)" in steps


def test_the_day_of_the_organization_counts(database: Database) -> None:
    execute(database, "UPDATE organization SET time_zone = 'Pacific/Kiritimati'")
    with database.read() as session:
        day = stored_paces.pace_day(session, NOON)
    assert day.today == TODAY + 1 == day_of(NOON, ZoneInfo("Pacific/Kiritimati"))
