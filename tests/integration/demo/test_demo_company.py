"""Test the demo company: deterministic, with exact counts and a consistent history."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text
from sqlmodel import SQLModel

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.catalog.grades import GradingScheme, normalize_grade
from enrollment_portal.domain.enrollment.tracking import progress_of, tracked_status
from enrollment_portal.domain.pace.pace import PaceDay
from enrollment_portal.domain.paths.learning_paths import path_progress
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_of, zone
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_learner

NOW = 1_790_000_000_000
ENROLLMENTS = 1_000
TODAY = day_of(NOW, zone("Europe/Stockholm"))

Rows = dict[str, list[dict[str, Any]]]


def rows_of(database: Database) -> Rows:
    with database.read() as session:
        return {
            table.name: [
                dict(row)
                for row in session.execute(
                    table.select().order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in SQLModel.metadata.sorted_tables
        } | {
            "learner_lead": [
                dict(row)
                for row in session.execute(
                    text("SELECT * FROM learner_lead ORDER BY account_id, learner_id")
                ).mappings()
            ]
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


def _came(enrollment: dict[str, Any]) -> int:
    """Return an enrollment's last visit, or its start if there is none."""
    return enrollment["last_visit_at"] or enrollment["enrolled_at"]


def _without_order(rows: Rows) -> Rows:
    """Ignore the order of record changes: an engine may record many in one statement."""
    changed = [{**row, "seq": 0} for row in rows["record_change"]]
    return {**rows, "record_change": sorted(changed, key=str)}


class TestTheDatabase:
    def test_both_engines_hold_the_same_rows(self, made: Database, company: Rows) -> None:
        assert _without_order(rows_of(made)) == _without_order(company)

    def test_counts_equal_a_count_of_the_rows(self, made: Database) -> None:
        rows = rows_of(made)
        by_learner = Counter((e["learner_id"], e["status"]) for e in _in_courses(rows))
        by_course = Counter((e["course_id"], e["status"]) for e in rows["enrollment"])
        for learner in rows["learner"]:
            stored = learner["n_active"], learner["n_completed"], learner["n_cancelled"]
            assert stored == tuple(by_learner[learner["id"], status] for status in range(3))
        assert {(t["course_id"], t["status"]): t["n"] for t in rows["tally_course"]} == by_course

    def test_the_schema_is_unchanged(
        self, made: Database, make_database_url: Callable[[str], str]
    ) -> None:
        empty = Database(make_database_url("sqlite" if made.is_sqlite else "postgresql"))
        try:
            assert _schema(made) == _schema(empty)
        finally:
            empty.close()

    def test_new_rows_have_higher_keys_than_loaded_ones(self, made: Database) -> None:
        with made.write() as session:
            for table in SQLModel.metadata.sorted_tables:
                key = table.autoincrement_column
                last = session.execute(select(func.max(key))).scalar() if key is not None else None
                if key is not None and last and not made.is_sqlite:
                    following = func.nextval(func.pg_get_serial_sequence(table.name, key.name))
                    assert session.execute(select(following)).scalar_one() > last, table.name

    def test_counts_and_search_follow_later_changes(self, made: Database) -> None:
        course = make_course(made)
        learner = make_learner(made, "Xquent Zyzzyva")
        with made.write() as session:
            session.execute(
                text(
                    "INSERT INTO enrollment (learner_id, course_id, status, tracked_status,"
                    " progress, lessons_done, enrolled_at, last_visit_at, version, updated_at,"
                    " origin, feedback, internal_note)"
                    " VALUES (:learner, :course, 0, 0, 0, 0, 1, 1, 1, 1, 'self', '', '')"
                ),
                {"learner": learner, "course": course},
            )
            n = text("SELECT n_active FROM learner WHERE id = :id")
            assert session.execute(n, {"id": learner}).scalar_one() == 1
            if made.is_sqlite:
                found = "SELECT rowid FROM learner_search WHERE learner_search MATCH :word"
                for word, id_ in (("zyzzyva", learner), ("aarav", 1)):
                    assert id_ in session.execute(text(found), {"word": word}).scalars().all()
                session.execute(
                    text(
                        "INSERT INTO learner_search(learner_search, rank)"
                        " VALUES ('integrity-check', 1)"
                    )
                )

    def test_another_seed_or_time_makes_another_company(
        self, make_database_url: Callable[[str], str], company: Rows
    ) -> None:
        for seed, now in ((2, NOW), (1, NOW + MS_PER_DAY), (1, NOW)):
            database = Database(make_database_url("sqlite"))
            build_company(database, enrollments=ENROLLMENTS, seed=seed, now=now)
            assert (rows_of(database) == company) is ((seed, now) == (1, NOW))
            database.close()


class TestRefusals:
    @pytest.mark.parametrize("make", [make_learner, make_course, make_account])
    def test_a_database_in_use_is_unchanged(
        self, database: Database, make: Callable[[Database], int]
    ) -> None:
        make(database)
        before = rows_of(database)
        with pytest.raises(PortalError, match="already holds people or courses"):
            build_company(database, enrollments=10, now=NOW)
        assert rows_of(database) == before

    def test_a_failure_leaves_no_rows(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        schema = _schema(database)

        def fail(*_: object) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr("enrollment_portal.storage.shared.bulk.recount", fail)
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

    def test_a_killed_second_process_leaves_no_rows(
        self, make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_: object) -> Iterator[object]:
            yield [], [], [], []
            os._exit(1)

        monkeypatch.setattr("enrollment_portal.demo.company._AHEAD_FROM", 1)
        monkeypatch.setattr("enrollment_portal.demo.enrollment.enrollments.Chronicle.chunks", die)
        database = Database(make_database_url("sqlite"))
        with pytest.raises(RuntimeError, match="ended early"):
            build_company(database, enrollments=50, now=NOW)
        assert not any(rows_of(database).values())
        database.close()

    @pytest.mark.parametrize("enrollments", [1, 2, 5, 6, 7, 41])
    def test_small_companies_have_the_exact_requested_size(
        self, make_database_url: Callable[[str], str], enrollments: int
    ) -> None:
        database = Database(make_database_url("sqlite"))
        build_company(database, enrollments=enrollments, now=NOW)
        rows = rows_of(database)
        database.close()
        assert len(_in_courses(rows)) == enrollments
        assert len(_in_paths(rows)) <= 3
        assert len(rows["learner"]) == 40 + 7
        assert sum(account["role"] == Role.LEARNER for account in rows["account"]) == 36


class TestHistory:
    def test_it_starts_once_and_has_consecutive_versions(self, company: Rows) -> None:
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

    def test_replaying_it_gives_the_stored_values(self, company: Rows) -> None:
        columns = {
            "status": ("status", 0),
            "progress": ("progress", 0),
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
            assert event["source"] in ("person", "tracking", "import", "group")
            assert bool(event["actor_name"]) == (event["source"] in ("person", "import"))


class TestEnrollments:
    def test_progress_is_the_share_of_lessons_done(self, company: Rows) -> None:
        courses = _courses(company)
        lessons = Counter(lesson["course_id"] for lesson in company["lesson"])
        assert set(lessons) == set(courses)
        for id_, course in courses.items():
            assert 4 <= course["n_lessons"] == lessons[id_] <= 24
        for enrollment in _in_courses(company):
            course = courses[enrollment["course_id"]]
            done, all_ = enrollment["lessons_done"], course["n_lessons"]
            assert enrollment["progress"] == progress_of(done, all_) == 100 * done // all_
            assert enrollment["tracked_status"] == tracked_status(
                done,
                all_,
                requires_grade=bool(course["requires_grade"]),
                is_graded=enrollment["grade"] is not None,
            )

    def test_where_a_course_requires_a_grade_the_grade_completes_it(self, company: Rows) -> None:
        graded = {id_ for id_, course in _courses(company).items() if course["requires_grade"]}
        seen = Counter[str]()
        for enrollment, events in _with_history(company):
            if enrollment["course_id"] not in graded:
                continue
            if enrollment["tracked_status"] == 1:
                last = next(e for e in events if '"grade"' in e["changes"])
                assert json.loads(last["changes"])["status"] == [0, 1]
                assert (last["source"], last["at"]) == ("person", enrollment["completed_at"])
                seen["graded"] += 1
            elif enrollment["progress"] == 100:
                assert (enrollment["status"], enrollment["grade"]) == (0, None)
                seen["awaiting"] += 1
            elif enrollment["status"] == 1:
                assert enrollment["override_seq"] is not None
        assert seen["graded"] > 20
        assert seen["awaiting"] > 2

    def test_times_are_in_order(self, company: Rows) -> None:
        in_paths = [enrollment["enrolled_at"] for enrollment in _in_paths(company)]
        assert in_paths == sorted(in_paths)
        begun = [enrollment["enrolled_at"] for enrollment in _in_courses(company)]
        assert begun == sorted(begun)
        assert NOW - 731 * MS_PER_DAY < begun[0] < NOW - 700 * MS_PER_DAY
        assert NOW - 6 * 3_600_000 < begun[-1] < NOW
        for enrollment in company["enrollment"]:
            at = enrollment["enrolled_at"]
            for moment in ("last_visit_at", "completed_at", "cancelled_at", "updated_at"):
                assert enrollment[moment] is None or at <= enrollment[moment] <= NOW

    def test_deadlines_and_their_changes_are_never_before_the_enrollment(
        self, company: Rows
    ) -> None:
        for enrollment, events in _with_history(company):
            day = day_of(enrollment["enrolled_at"], zone("Europe/Stockholm"))
            deadlines = [enrollment["deadline_day"]]
            for event in events:
                deadlines += json.loads(event["changes"]).get("deadline", [])
            assert all(deadline is None or deadline >= day for deadline in deadlines)

    def test_grades_are_valid_in_their_course(self, company: Rows) -> None:
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

    def test_every_kind_exists(self, company: Rows) -> None:
        rows = _in_courses(company)
        assert len(rows) == ENROLLMENTS
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
        assert sum(_came(row) < long_ago and row["progress"] < 25 for row in active) > 20
        by_hand = [row for row in rows if row["status"] == 1 and row["tracked_status"] == 0]
        assert len(by_hand) > 5
        assert all(row["progress"] < 60 for row in by_hand)
        assert sum(row["feedback"] != "" for row in rows) > 50
        assert 2 < sum(row["feedback_is_new"] for row in rows) < 20
        assert all(row["feedback"] for row in rows if row["feedback_is_new"])
        assert sum(row["internal_note"].startswith("Extended") for row in rows) > 2
        assert {row["origin"] for row in rows} == {"self", "admin", "group", "path", "import"}

    def test_there_are_retakes_but_only_one_active_enrollment_for_each_course(
        self, company: Rows
    ) -> None:
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
        staff = [a for a in company["account"] if a["learner_id"] > 100]
        assert len(set(emails)) == len(emails) == 100 + len(staff)
        for email in emails:
            assert email.isascii()
            assert email.endswith("@northwind.example")
            assert email == email.lower()

    def test_search_texts_follow_the_rules(self, company: Rows) -> None:
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

    def test_every_course_has_an_instructor_and_known_accounts_have_tasks(
        self, company: Rows
    ) -> None:
        by_name = {account["name"]: account["id"] for account in company["account"]}
        teaches = company["course_teacher"]
        assert {t["course_id"] for t in teaches} == set(_courses(company))
        taught = {t["course_id"] for t in teaches if t["account_id"] == by_name["Ingrid Solberg"]}
        assert len(taught) == 3
        graded = [e for e in company["enrollment"] if e["course_id"] in taught and e["grade"]]
        assert len(graded) > 5
        led = [
            row for row in company["learner_lead"] if row["account_id"] == by_name["Kwame Mensah"]
        ]
        assert {row["learner_id"] for row in led} == {1, *range(4, 15)}
        reports = [learner for learner in company["learner"] if learner["manager_id"] == 3]
        assert 0 < len(reports) < 12

    def test_every_account_is_a_person_of_the_directory(self, company: Rows) -> None:
        learners = {learner["id"]: learner for learner in company["learner"]}
        accounts = company["account"]
        assert len({account["learner_id"] for account in accounts}) == len(accounts)
        for account in accounts:
            learner = learners[account["learner_id"]]
            assert (learner["name"], learner["email"]) == (account["name"], account["email"])
            last = account["last_sign_in_at"]
            assert last is None or account["created_at"] <= last <= NOW
        learner_accounts = [a for a in accounts if a["role"] == Role.LEARNER]
        assert len(learner_accounts) == 94
        assert sum(account["is_suspended"] for account in accounts) == 1
        assert not any(account["is_suspended"] for account in accounts[:6])
        recent = [a for a in accounts[:6] if NOW - a["last_sign_in_at"] < 7 * MS_PER_DAY]
        assert len(recent) == 6
        takers = {enrollment["learner_id"] for enrollment in company["enrollment"]}
        assert max(takers) <= 100

    def test_everyone_has_a_title_and_reports_to_someone_or_heads(self, company: Rows) -> None:
        learners = {learner["id"]: learner for learner in company["learner"]}
        heads = 0
        for learner in learners.values():
            assert learner["job_title"]
            above, seen = learner, set[int]()
            while above["manager_id"] is not None:
                assert above["id"] not in seen
                seen.add(above["id"])
                above = learners[above["manager_id"]]
            heads += learner["manager_id"] is None
            if learner["manager_id"] is None:
                assert learner["job_title"].startswith(("Head of ", "Chief "))
        assert heads == 12 + 1
        teams = Counter(learner["manager_id"] for learner in learners.values())
        assert max(n for manager, n in teams.items() if manager) < 25

    def test_everyone_joined_before_their_first_enrollment(self, company: Rows) -> None:
        joined = {learner["id"]: learner["joined_at"] for learner in company["learner"]}
        assert all(NOW - 9 * 365 * MS_PER_DAY < at < NOW for at in joined.values())
        assert any(at > NOW - 600 * MS_PER_DAY for at in joined.values())
        for enrollment in company["enrollment"]:
            assert joined[enrollment["learner_id"]] <= enrollment["enrolled_at"]

    def test_aarav_has_one_enrollment_of_each_kind(self, company: Rows) -> None:
        aarav = next(learner for learner in company["learner"] if learner["name"] == "Aarav Menon")
        rows = [row for row in _in_courses(company) if row["learner_id"] == aarav["id"]]
        active = [row for row in rows if row["status"] == 0]
        assert 5 <= len(rows) <= 6
        assert any(0 <= row["deadline_day"] - TODAY <= 7 for row in active)
        assert any(row["deadline_day"] < TODAY for row in active)
        assert any(row["status"] == 1 and row["grade"] and row["feedback"] for row in rows)
        assert any(row["internal_note"] for row in rows)
        assert [row["feedback_is_new"] for row in rows if row["feedback"]] == [0, 1]
        paths = [row for row in _in_paths(company) if row["learner_id"] == aarav["id"]]
        assert [row["status"] for row in paths] == [0]
        requests = [
            request
            for request in company["extension_request"]
            if request["enrollment_id"] in [row["id"] for row in rows]
        ]
        assert [(r["state"], r["is_seen"]) for r in requests] == [("granted", 0)]

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_each_kind_of_care_is_needed_in_the_courses_of_ingrid(
        self, make_database_url: Callable[[str], str], seed: int
    ) -> None:
        database = Database(make_database_url("sqlite"))
        build_company(database, enrollments=ENROLLMENTS, seed=seed, now=NOW)
        rows = rows_of(database)
        database.close()
        taught = {t["course_id"] for t in rows["course_teacher"] if t["account_id"] == 4}
        active = [e for e in rows["enrollment"] if e["course_id"] in taught and e["status"] == 0]
        stuck_before = PaceDay(TODAY, zone("Europe/Stockholm")).stuck_before
        assert sum(e["progress"] == 100 and e["grade"] is None for e in active) >= 3
        assert any(e["deadline_day"] is not None and e["deadline_day"] < TODAY for e in active)
        assert any(e["progress"] < 100 and e["progress_at"] <= stuck_before for e in active)
        ids = {e["id"] for e in active}
        asked = [r for r in rows["extension_request"] if r["state"] == "open"]
        assert sum(request["enrollment_id"] in ids for request in asked) >= 2


class TestCourses:
    def test_unpublished_courses_have_few_or_no_enrollments(self, company: Rows) -> None:
        states = Counter(course["state"] for course in _courses(company).values())
        assert states == {"published": 20, "archived": 2, "draft": 2}
        for course in company["course"]:
            begun = [
                row["enrolled_at"]
                for row in company["enrollment"]
                if row["course_id"] == course["id"]
            ]
            if course["state"] == "draft":
                assert not begun
            else:
                assert begun
            if course["state"] == "archived":
                assert max(begun) < NOW - 299 * MS_PER_DAY

    def test_they_have_descriptions(self, company: Rows) -> None:
        for course in company["course"]:
            assert course["description"].endswith(".")
        for lesson in company["lesson"]:
            assert lesson["content"].count(".") >= 2
        courses = _courses(company).values()
        assert sum(course["deadline_days"] is not None for course in courses) == 9
        assert sum(course["requires_grade"] for course in courses) == 4


class TestPaths:
    def test_they_contain_courses_in_order(self, company: Rows) -> None:
        courses, paths = _courses(company), _paths(company)
        assert Counter(path["state"] for path in paths.values()) == {"published": 3, "draft": 1}
        assert min(paths) > max(courses)
        waiting = 0
        for id_, path in paths.items():
            steps = [step for step in company["path_step"] if step["path_id"] == id_]
            steps.sort(key=lambda step: step["position"])
            assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
            assert len(steps) >= 3
            taken = [courses[step["course_id"]] for step in steps]
            assert path["n_lessons"] == sum(course["n_lessons"] for course in taken)
            assert all(course["state"] == "published" for course in taken)
            assert not steps[0]["needs_previous"]
            waiting += any(step["needs_previous"] for step in steps)
        assert waiting == 2

    def test_their_progress_follows_their_courses(self, company: Rows) -> None:
        courses = _courses(company)
        taken: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for enrollment in _in_courses(company):
            pair = enrollment["learner_id"], enrollment["course_id"]
            taken.setdefault(pair, []).append(enrollment)
        statuses = Counter[int]()
        through_paths = set[int]()
        for path in _in_paths(company):
            steps = [s for s in company["path_step"] if s["path_id"] == path["course_id"]]
            best = [
                min(
                    taken[path["learner_id"], step["course_id"]],
                    key=lambda e: (e["status"], -e["enrolled_at"], -e["id"]),
                )
                for step in steps
            ]
            assert path["progress"] == path_progress(
                (e["progress"], courses[e["course_id"]]["n_lessons"], e["status"] == 1)
                for e in best
            )
            assert path["lessons_done"] == sum(e["lessons_done"] for e in best)
            came = [e["last_visit_at"] for e in best if e["last_visit_at"] is not None]
            assert path["last_visit_at"] == (max(path["enrolled_at"], *came) if came else None)
            is_done = all(e["status"] == 1 for e in best)
            assert path["tracked_status"] == int(is_done)
            if is_done:
                assert path["completed_at"] == max(e["completed_at"] for e in best)
            assert path["status"] in ((1,) if is_done else (0, 2))
            assert (path["status"] == 2) == (path["override_seq"] is not None)
            assert path["grade"] is None
            assert path["origin"] in ("admin", "group")
            statuses[path["status"]] += 1
            through_paths |= {e["id"] for e in best}
        assert 12 <= statuses.total() <= 0.03 * ENROLLMENTS
        assert statuses[1] > 0
        assert all(e["id"] in through_paths for e in company["enrollment"] if e["origin"] == "path")

    def test_a_locked_course_has_no_progress(self, company: Rows) -> None:
        by_pair = {(e["learner_id"], e["course_id"]): e for e in _in_courses(company)}
        untouched = 0
        for path in _in_paths(company):
            before: dict[str, Any] | None = None
            for step in company["path_step"]:
                if step["path_id"] != path["course_id"]:
                    continue
                enrollment = by_pair[path["learner_id"], step["course_id"]]
                if step["needs_previous"] and before and before["status"] != 1:
                    assert enrollment["lessons_done"] == 0
                    assert enrollment["last_visit_at"] is None
                    untouched += 1
                before = enrollment
        assert untouched > 2


class TestGroups:
    def test_there_is_one_of_each_department_and_some_of_each_kind(self, company: Rows) -> None:
        groups = {group["id"]: group for group in company["people_group"]}
        kinds = Counter(group["kind"] for group in groups.values())
        assert kinds == {
            GroupKind.DEPARTMENT: 12,
            GroupKind.LOCATION: 5,
            GroupKind.COHORT: 2,
            GroupKind.PARTNER: 2,
            GroupKind.CUSTOMER: 1,
            GroupKind.PROJECT_TEAM: 2,
            GroupKind.ROLE_LEVEL: 1,
            GroupKind.OTHER: 1,
        }
        departments = {learner["id"]: learner["department"] for learner in company["learner"]}
        members: dict[int, set[int]] = {id_: set() for id_ in groups}
        for member in company["group_member"]:
            members[member["group_id"]].add(member["learner_id"])
            assert member["joined_at"] <= NOW
        assert all(members.values())
        for id_, group in groups.items():
            assert group["sort_name"] == sort_text(group["name"])
            if group["kind"] == GroupKind.DEPARTMENT:
                theirs = {who for who, where in departments.items() if where == group["name"]}
                assert members[id_] == theirs

    def test_leads_are_group_leads_and_assigned_courses_are_published(self, company: Rows) -> None:
        roles = {account["id"]: account["role"] for account in company["account"]}
        leads = [lead["account_id"] for lead in company["group_lead"]]
        assert {roles[lead] for lead in leads} == {Role.GROUP_LEAD}
        assert len(leads) >= 3
        states = {course["id"]: course["state"] for course in company["course"]}
        assigned = [row["course_id"] for row in company["group_course"]]
        assert {states[id_] for id_ in assigned} == {"published"}
        assert set(_paths(company)) & set(assigned)


class TestRequests:
    def test_some_are_open_and_granted_ones_changed_the_deadline(self, company: Rows) -> None:
        enrollments = {e["id"]: (e, events) for e, events in _with_history(company)}
        states = Counter(request["state"] for request in company["extension_request"])
        assert states["open"] == 8
        assert 15 <= states["granted"] + states["declined"] <= 25
        for request in company["extension_request"]:
            enrollment, events = enrollments[request["enrollment_id"]]
            assert enrollment["status"] == 0
            assert enrollment["enrolled_at"] <= request["asked_at"] <= NOW
            if request["state"] == "open":
                assert request["wanted_day"] > max(TODAY, enrollment["deadline_day"])
                assert request["decided_at"] is None
                continue
            assert request["asked_at"] <= request["decided_at"] <= NOW
            assert request["decided_by"] == "Dana Ruiz"
            moved = [
                json.loads(event["changes"]).get("deadline", [None, None])[1]
                for event in events
                if event["at"] == request["decided_at"]
            ]
            assert (request["wanted_day"] in moved) == (request["state"] == "granted")


class TestTheAccessLog:
    def test_it_names_existing_records(self, company: Rows) -> None:
        rows = company["admin_event"]
        assert 120 <= len(rows) <= 220
        times = [row["at"] for row in rows]
        assert times == sorted(times)
        assert times[0] > NOW - 91 * MS_PER_DAY
        assert NOW - MS_PER_DAY < times[-1] <= NOW
        accounts = {account["id"]: account["name"] for account in company["account"]}
        by_kind: dict[str, dict[int, str]] = {
            SubjectKind.USER: {x["id"]: x["name"] for x in company["learner"]},
            SubjectKind.GROUP: {x["id"]: x["name"] for x in company["people_group"]},
            SubjectKind.COURSE: {i: x["title"] for i, x in _courses(company).items()},
            SubjectKind.PATH: {i: x["title"] for i, x in _paths(company).items()},
            SubjectKind.ADMIN: accounts,
            SubjectKind.SESSION: accounts,
        }
        for row in rows:
            assert row["action"] in list(Action)
            assert by_kind[row["subject_kind"]][row["subject_id"]] == row["subject"]
            assert row["actor_id"] is None or accounts[row["actor_id"]] == row["actor_name"]
            words = f"{row['actor_name']} {row['subject']} {row['detail']}"
            assert row["search"] == search_text(words, None)
        assert len({row["action"] for row in rows}) > 18


def _courses(rows: Rows) -> dict[int, dict[str, Any]]:
    return {course["id"]: course for course in rows["course"] if course["kind"] == "course"}


def _paths(rows: Rows) -> dict[int, dict[str, Any]]:
    return {course["id"]: course for course in rows["course"] if course["kind"] == "path"}


def _in_courses(rows: Rows) -> list[dict[str, Any]]:
    courses = _courses(rows)
    return [e for e in rows["enrollment"] if e["course_id"] in courses]


def _in_paths(rows: Rows) -> list[dict[str, Any]]:
    paths = _paths(rows)
    return [e for e in rows["enrollment"] if e["course_id"] in paths]


def _with_history(rows: Rows) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    events: dict[int, list[dict[str, Any]]] = {}
    for event in rows["enrollment_event"]:
        events.setdefault(event["enrollment_id"], []).append(event)
    return [(enrollment, events[enrollment["id"]]) for enrollment in rows["enrollment"]]


def _schema(database: Database) -> list[Any]:
    """Return the database's own description of every index, trigger and reference."""
    with database.read() as session:
        if database.is_sqlite:
            question = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            return sorted(map(tuple, session.execute(text(question))))
        inspector = inspect(session.connection())
        keys = [
            (table, sorted(map(repr, inspector.get_foreign_keys(table))))
            for table in sorted(inspector.get_table_names())
        ]
        indexes = session.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        )
        triggers = session.execute(
            text("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        )
        return [keys, sorted(map(tuple, indexes)), sorted(map(tuple, triggers))]


class TestActors:
    """Nobody acts without access, and everybody who acts has signed in before."""

    def test_active_learners_have_an_account_and_have_signed_in(self, company: Rows) -> None:
        accounts = {account["learner_id"]: account for account in company["account"]}
        learned = never = 0
        for enrollment in company["enrollment"]:
            if enrollment["last_visit_at"] is None:
                assert not enrollment["lessons_done"]
                assert enrollment["origin"] != "self"
                never += 1
                continue
            account = accounts[enrollment["learner_id"]]
            assert account["last_sign_in_at"], account
            # A session lasts twelve hours.
            assert enrollment["last_visit_at"] <= account["last_sign_in_at"] + MS_PER_DAY // 2
            assert account["created_at"] <= enrollment["last_visit_at"]
            learned += 1
        assert learned > 900
        assert never > 20

    def test_people_who_never_signed_in_have_no_progress(self, company: Rows) -> None:
        with_account = {account["learner_id"] for account in company["account"]}
        assert {learner["id"] for learner in company["learner"]} - with_account
        assert [a for a in company["account"] if a["last_sign_in_at"] is None]

    def test_people_acted_with_an_account_that_existed_and_was_used(self, company: Rows) -> None:
        accounts = {account["id"]: account for account in company["account"]}
        for event in (*company["enrollment_event"], *company["admin_event"]):
            if event["actor_id"] is None:
                continue
            account = accounts[event["actor_id"]]
            assert account["created_at"] <= event["at"] <= NOW
            assert event["at"] <= account["last_sign_in_at"] + MS_PER_DAY // 2

    def test_the_access_log_has_each_last_sign_in_of_its_weeks(self, company: Rows) -> None:
        last: dict[int, int] = {}
        for event in company["admin_event"]:
            if event["action"] == Action.SIGNED_IN:
                last[event["actor_id"]] = event["at"]
        expected = {
            account["id"]: account["last_sign_in_at"]
            for account in company["account"]
            if account["last_sign_in_at"] and NOW - account["last_sign_in_at"] < 90 * MS_PER_DAY
        }
        assert last == expected

    def test_suspended_people_do_nothing_meanwhile(self, company: Rows) -> None:
        suspended = {account["id"] for account in company["account"] if account["is_suspended"]}
        since = {
            event["subject_id"]: event["at"]
            for event in company["admin_event"]
            if event["action"] == Action.SUSPENDED
        }
        assert suspended
        for account in company["account"]:
            if account["learner_id"] in since:
                assert account["last_sign_in_at"] < since[account["learner_id"]]
        assert {a["learner_id"] for a in company["account"] if a["id"] in suspended} <= since.keys()

    def test_invited_people_got_their_account_then(self, company: Rows) -> None:
        accounts = {account["learner_id"]: account for account in company["account"]}
        invited = [e for e in company["admin_event"] if e["action"] == Action.INVITED]
        assert len(invited) == 3
        for event in invited:
            assert accounts[event["subject_id"]]["created_at"] == event["at"]

    def test_groups_are_older_than_their_members_and_courses(self, company: Rows) -> None:
        made = {group["id"]: group["created_at"] for group in company["people_group"]}
        joined = {learner["id"]: learner["joined_at"] for learner in company["learner"]}
        for member in company["group_member"]:
            since = max(made[member["group_id"]], joined[member["learner_id"]])
            assert since <= member["joined_at"] <= NOW
        for assigned in company["group_course"]:
            assert made[assigned["group_id"]] <= assigned["assigned_at"] <= NOW
        for event in company["admin_event"]:
            if event["action"] == Action.GROUP_MADE:
                assert made[event["subject_id"]] == event["at"]

    def test_a_group_rule_enrolled_its_members_of_that_time(self, company: Rows) -> None:
        since: dict[tuple[int, int], int] = {}
        for assigned in company["group_course"]:
            for member in company["group_member"]:
                if member["group_id"] == assigned["group_id"]:
                    key = member["learner_id"], assigned["course_id"]
                    at = max(member["joined_at"], assigned["assigned_at"])
                    since[key] = min(at, since.get(key, at))
        by_rule = [e for e in company["enrollment"] if e["origin"] == "group"]
        assert by_rule
        for enrollment in by_rule:
            # Aarav's enrollments are fixed, not random.
            if enrollment["learner_id"] != 1:
                key = enrollment["learner_id"], enrollment["course_id"]
                assert since[key] <= enrollment["enrolled_at"]
