"""The demo company: deterministic, exact in its counts, true to its history, believable."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.calendar import MS_PER_DAY, day_of, zone
from enrollment_portal.domain.errors import PortalError
from enrollment_portal.domain.grades import GradingScheme, normalize_grade
from enrollment_portal.domain.people import Role, Section
from enrollment_portal.domain.text_search import search_text, sort_text
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.migrate import migrate
from tests.builders import make_account, make_course, make_learner

NOW = 1_790_000_000_000
ENROLLMENTS = 1_000
TODAY = day_of(NOW, zone("Europe/Stockholm"))

Rows = dict[str, list[dict[str, Any]]]


def rows_of(database: Database) -> Rows:
    with database.read() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(
                    table.select().order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of a company with 1,000 enrollments."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('company') / 'portal.db'}")
    migrate(database)
    build_company(database, enrollments=ENROLLMENTS, seed=1, now=NOW)
    rows = rows_of(database)
    database.close()
    return rows


@pytest.fixture
def made(database: Database) -> Database:
    """A database of each engine with the same company."""
    build_company(database, enrollments=ENROLLMENTS, seed=1, now=NOW)
    return database


class TestTheDatabase:
    def test_both_engines_hold_the_same_rows(self, made: Database, company: Rows) -> None:
        assert rows_of(made) == company

    def test_counts_equal_a_count_of_the_rows(self, made: Database) -> None:
        rows = rows_of(made)
        by_learner = Counter((e["learner_id"], e["status"]) for e in rows["enrollment"])
        by_course = Counter((e["course_id"], e["status"]) for e in rows["enrollment"])
        for learner in rows["learner"]:
            stored = learner["n_active"], learner["n_completed"], learner["n_cancelled"]
            assert stored == tuple(by_learner[learner["id"], status] for status in range(3))
        assert {(t["course_id"], t["status"]): t["n"] for t in rows["tally_course"]} == by_course

    def test_the_schema_is_what_it_was(
        self, made: Database, make_database_url: Callable[[str], str]
    ) -> None:
        empty = Database(make_database_url("sqlite" if made.is_sqlite else "postgresql"))
        try:
            assert _schema(made) == _schema(empty)
        finally:
            empty.close()

    def test_counts_and_search_follow_later_changes(self, made: Database) -> None:
        course = make_course(made)
        learner = make_learner(made, "Xquent Zyzzyva")
        with made.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO enrollment (learner_id, course_id, status, tracked_status,"
                    " progress, lessons_done, enrolled_at, last_visit_at, version, updated_at,"
                    " origin, feedback, internal_note)"
                    " VALUES (:learner, :course, 0, 0, 0, 0, 1, 1, 1, 1, 'self', '', '')"
                ),
                {"learner": learner, "course": course},
            )
            n = text("SELECT n_active FROM learner WHERE id = :id")
            assert connection.execute(n, {"id": learner}).scalar_one() == 1
            if made.is_sqlite:
                found = "SELECT rowid FROM learner_search WHERE learner_search MATCH :word"
                for word, id_ in (("zyzzyva", learner), ("aarav", 1)):
                    assert id_ in connection.execute(text(found), {"word": word}).scalars().all()
                connection.execute(
                    text(
                        "INSERT INTO learner_search(learner_search, rank)"
                        " VALUES ('integrity-check', 1)"
                    )
                )

    def test_another_seed_or_moment_makes_another_company(
        self, make_database_url: Callable[[str], str], company: Rows
    ) -> None:
        for seed, now in ((2, NOW), (1, NOW + MS_PER_DAY), (1, NOW)):
            database = Database(make_database_url("sqlite"))
            build_company(database, enrollments=ENROLLMENTS, seed=seed, now=now)
            assert (rows_of(database) == company) is ((seed, now) == (1, NOW))
            database.close()


class TestRefusals:
    @pytest.mark.parametrize("make", [make_learner, make_course, make_account])
    def test_a_database_in_use_is_left_alone(
        self, database: Database, make: Callable[[Database], int]
    ) -> None:
        make(database)
        before = rows_of(database)
        with pytest.raises(PortalError, match="already holds people or courses"):
            build_company(database, enrollments=10, now=NOW)
        assert rows_of(database) == before

    def test_a_failure_on_the_way_leaves_nothing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        schema = _schema(database)

        def fail(*_: object) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr("enrollment_portal.storage.bulk.recount", fail)
        with pytest.raises(RuntimeError):
            build_company(database, enrollments=50, now=NOW)
        assert not any(rows_of(database).values())
        assert _schema(database) == schema

    def test_a_second_process_makes_the_same_rows(
        self,
        make_database_url: Callable[[str], str],
        company: Rows,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("enrollment_portal.demo.company._AHEAD_FROM", 1)
        database = Database(make_database_url("sqlite"))
        build_company(database, enrollments=ENROLLMENTS, seed=1, now=NOW)
        assert rows_of(database) == company
        database.close()

    def test_a_second_process_that_dies_leaves_nothing(
        self, make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_: object) -> Iterator[object]:
            yield [], []
            os._exit(1)

        monkeypatch.setattr("enrollment_portal.demo.company._AHEAD_FROM", 1)
        monkeypatch.setattr("enrollment_portal.demo.enrollments.Chronicle.chunks", die)
        database = Database(make_database_url("sqlite"))
        with pytest.raises(RuntimeError, match="ended early"):
            build_company(database, enrollments=50, now=NOW)
        assert not any(rows_of(database).values())
        database.close()

    @pytest.mark.parametrize("enrollments", [1, 2, 5, 6, 7, 41])
    def test_small_companies_have_exactly_what_was_asked_for(
        self, make_database_url: Callable[[str], str], enrollments: int
    ) -> None:
        database = Database(make_database_url("sqlite"))
        build_company(database, enrollments=enrollments, now=NOW)
        rows = rows_of(database)
        database.close()
        assert len(rows["enrollment"]) == enrollments
        assert len(rows["learner"]) == 40


class TestHistory:
    def test_it_begins_once_and_its_versions_follow_each_other(self, company: Rows) -> None:
        for enrollment, events in _with_history(company):
            assert [event["kind"] for event in events] == ["began"] + ["changed"] * (
                len(events) - 1
            )
            assert [event["version"] for event in events] == list(range(1, len(events) + 1))
            assert enrollment["version"] == len(events)
            times = [event["at"] for event in events]
            assert times == sorted(times)
            assert times[0] == enrollment["enrolled_at"]
            assert enrollment["updated_at"] == times[-1] <= NOW

    def test_replaying_it_gives_what_is_stored(self, company: Rows) -> None:
        columns = {
            "status": ("status", 0),
            "deadline": ("deadline_day", None),
            "grade": ("grade", None),
            "feedback": ("feedback", ""),
            "note": ("internal_note", ""),
        }
        for enrollment, events in _with_history(company):
            state = {
                name: (enrollment[column] if name == "deadline" else start)
                for name, (column, start) in columns.items()
            }
            for event in events:
                for name, (before, after) in json.loads(event["changes"]).items():
                    if name != "deadline":
                        assert state[name] == before
                    assert before != after
                    state[name] = after
            assert state == {name: enrollment[column] for name, (column, _) in columns.items()}

    def test_overrides_name_the_row_that_made_them(self, company: Rows) -> None:
        seen = Counter[int]()
        for enrollment, events in _with_history(company):
            if enrollment["override_seq"] is None:
                assert enrollment["status"] == enrollment["tracked_status"]
                continue
            event = next(e for e in events if e["seq"] == enrollment["override_seq"])
            assert json.loads(event["changes"])["status"] == [0, enrollment["status"]]
            assert (event["source"], event["actor_name"]) == ("person", "Dana Ruiz")
            assert event["reason"]
            seen[enrollment["status"]] += 1
        assert seen[1] > 5
        assert seen[2] > 20

    def test_people_in_it_exist(self, company: Rows) -> None:
        names = {account["id"]: account["name"] for account in company["account"]}
        for event in company["enrollment_event"]:
            if event["actor_id"] is not None:
                assert names[event["actor_id"]] == event["actor_name"]
            assert event["source"] in ("person", "tracking", "import")


class TestEnrollments:
    def test_progress_is_the_share_of_lessons_done(self, company: Rows) -> None:
        lessons = Counter(lesson["course_id"] for lesson in company["lesson"])
        for course in company["course"]:
            assert 4 <= course["n_lessons"] == lessons[course["id"]] <= 24
        for enrollment in company["enrollment"]:
            done, all_ = enrollment["lessons_done"], lessons[enrollment["course_id"]]
            assert enrollment["progress"] == 100 * done // all_
            if enrollment["tracked_status"] == 1:
                assert done == all_
            else:
                assert done < all_

    def test_moments_follow_each_other(self, company: Rows) -> None:
        begun = [enrollment["enrolled_at"] for enrollment in company["enrollment"]]
        assert begun == sorted(begun)
        assert NOW - 731 * MS_PER_DAY < begun[0] < NOW - 700 * MS_PER_DAY
        assert NOW - 6 * 3_600_000 < begun[-1] < NOW
        for enrollment in company["enrollment"]:
            at = enrollment["enrolled_at"]
            for moment in ("last_visit_at", "completed_at", "cancelled_at", "updated_at"):
                assert enrollment[moment] is None or at <= enrollment[moment] <= NOW

    def test_deadlines_and_their_changes_never_lie_before_the_enrollment(
        self, company: Rows
    ) -> None:
        for enrollment, events in _with_history(company):
            day = day_of(enrollment["enrolled_at"], zone("Europe/Stockholm"))
            deadlines = [enrollment["deadline_day"]]
            for event in events:
                deadlines += json.loads(event["changes"]).get("deadline", [])
            assert all(deadline is None or deadline >= day for deadline in deadlines)

    def test_grades_are_what_the_course_allows(self, company: Rows) -> None:
        courses = {course["id"]: course for course in company["course"]}
        schemes = Counter[str]()
        for enrollment in company["enrollment"]:
            if enrollment["grade"] is not None:
                course = courses[enrollment["course_id"]]
                scheme = GradingScheme(course["grading_scheme"])
                grade = normalize_grade(enrollment["grade"], scheme, course["grading_points"])
                assert grade == enrollment["grade"]
                schemes[scheme.value] += 1
        assert set(schemes) == {scheme.value for scheme in GradingScheme}

    def test_every_kind_is_there(self, company: Rows) -> None:
        rows = company["enrollment"]
        status = Counter(row["status"] for row in rows)
        assert 350 <= status[0] <= 450
        assert 500 <= status[1] <= 600
        assert 30 <= status[2] <= 80
        assert 550 <= sum(row["deadline_day"] is not None for row in rows) <= 680
        active = [row for row in rows if row["status"] == 0]
        left = [row["deadline_day"] - TODAY for row in active if row["deadline_day"] is not None]
        assert sum(days < 0 for days in left) >= 10
        assert sum(0 <= days <= 7 for days in left) >= 20
        assert sum(days > 60 for days in left) >= 20
        long_ago = NOW - 21 * MS_PER_DAY
        assert sum(row["last_visit_at"] < long_ago and row["progress"] < 25 for row in active) > 20
        by_hand = [row for row in rows if row["status"] == 1 and row["tracked_status"] == 0]
        assert len(by_hand) > 5
        assert all(row["progress"] < 60 for row in by_hand)
        assert sum(row["feedback"] != "" for row in rows) > 50
        assert sum(row["internal_note"].startswith("Extended") for row in rows) > 2
        assert {row["origin"] for row in rows} == {"self", "admin", "group", "path", "import"}

    def test_courses_are_taken_again_but_active_only_once(self, company: Rows) -> None:
        pairs = Counter((row["learner_id"], row["course_id"]) for row in company["enrollment"])
        assert 2 in pairs.values()
        active = Counter(
            (row["learner_id"], row["course_id"])
            for row in company["enrollment"]
            if row["status"] == 0
        )
        assert set(active.values()) == {1}


class TestPeople:
    def test_names_come_from_many_scripts(self, company: Rows) -> None:
        scripts = {
            unicodedata.name(character).split()[0]
            for learner in company["learner"]
            for character in learner["name"]
            if character.isalpha()
        }
        expected = {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HANGUL"}
        assert expected <= scripts
        names = " ".join(learner["name"] for learner in company["learner"])
        assert all(letter in names for letter in "İßłø")

    def test_emails_are_unique_plain_and_in_the_company(self, company: Rows) -> None:
        emails = [learner["email"] for learner in company["learner"]]
        assert len(set(emails)) == len(emails) == 100
        for email in emails:
            assert email.isascii()
            assert email.endswith("@northwind.example")
            assert email == email.lower()

    def test_what_they_are_found_by_is_what_the_rules_say(self, company: Rows) -> None:
        for learner in company["learner"]:
            assert learner["search"] == search_text(learner["name"], learner["email"])
            assert learner["sort_name"] == sort_text(learner["name"])

    def test_there_is_one_well_known_account_of_each_role(self, company: Rows) -> None:
        first: dict[str, dict[str, Any]] = {}
        for account in company["account"]:
            first.setdefault(account["role"], account)
        assert {role: account["email"].split("@")[0] for role, account in first.items()} == {
            Role.SUPER_ADMIN: "maya.lindqvist",
            Role.ADMIN: "dana.ruiz",
            Role.INSTRUCTOR: "ingrid.solberg",
            Role.GROUP_LEAD: "kwame.mensah",
            Role.LEARNER: "aarav.menon",
        }
        tom = next(a for a in company["account"] if a["name"] == "Tom Becker")
        assert (tom["role"], tom["sections"]) == ("admin", Section.SUPPORT | Section.BILLING)
        assert first["admin"]["sections"] == Section.LEARNING | Section.PEOPLE
        assert all(account["password_hash"] is None for account in company["account"])
        learners = {learner["id"]: learner for learner in company["learner"]}
        for role in (Role.INSTRUCTOR, Role.GROUP_LEAD, Role.LEARNER):
            account = first[role]
            learner = learners[account["learner_id"]]
            assert (learner["name"], learner["email"]) == (account["name"], account["email"])

    def test_every_course_has_a_teacher_and_the_well_known_have_work(self, company: Rows) -> None:
        by_name = {account["name"]: account["id"] for account in company["account"]}
        teaches = company["course_teacher"]
        assert {t["course_id"] for t in teaches} == {c["id"] for c in company["course"]}
        taught = {t["course_id"] for t in teaches if t["account_id"] == by_name["Ingrid Solberg"]}
        assert len(taught) == 3
        graded = [e for e in company["enrollment"] if e["course_id"] in taught and e["grade"]]
        assert len(graded) > 5
        led = [
            row for row in company["learner_lead"] if row["account_id"] == by_name["Kwame Mensah"]
        ]
        assert len(led) == 12

    def test_aarav_has_one_enrollment_of_each_kind(self, company: Rows) -> None:
        aarav = next(learner for learner in company["learner"] if learner["name"] == "Aarav Menon")
        rows = [row for row in company["enrollment"] if row["learner_id"] == aarav["id"]]
        active = [row for row in rows if row["status"] == 0]
        assert 5 <= len(rows) <= 6
        assert any(0 <= row["deadline_day"] - TODAY <= 7 for row in active)
        assert any(row["deadline_day"] < TODAY for row in active)
        assert any(row["status"] == 1 and row["grade"] and row["feedback"] for row in rows)
        assert any(row["internal_note"] for row in rows)


def _with_history(rows: Rows) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    events: dict[int, list[dict[str, Any]]] = {}
    for event in rows["enrollment_event"]:
        events.setdefault(event["enrollment_id"], []).append(event)
    return [(enrollment, events[enrollment["id"]]) for enrollment in rows["enrollment"]]


def _schema(database: Database) -> list[Any]:
    """Return every index, trigger and reference, as the database itself describes them."""
    with database.read() as connection:
        if database.is_sqlite:
            question = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            return sorted(map(tuple, connection.execute(text(question))))
        inspector = inspect(connection)
        keys = [
            (table, sorted(map(repr, inspector.get_foreign_keys(table))))
            for table in sorted(inspector.get_table_names())
        ]
        indexes = connection.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        )
        triggers = connection.execute(
            text("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        )
        return [keys, sorted(map(tuple, indexes)), sorted(map(tuple, triggers))]
