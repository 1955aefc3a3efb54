"""Test planning who is enrolled in what, and carrying out the plan."""

from __future__ import annotations

from typing import Any

from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Outcome, Requester
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.services.enrolling.enrolling import Plan, carry_out, plan
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_cancelled_by_hand,
    make_course,
    make_enrollment,
    make_learner,
    make_path,
)
from tests.integration.stored import rows

TODAY = NOW // DAY
STOCKHOLM = zone("Europe/Stockholm")
DANA = Author("person", 7, "Dana Ruiz")


def planned(database: Database, people: list[int], courses: list[int], **options: Any) -> Plan:
    by, again = options.pop("by", Requester.ADMIN), options.pop("again", False)
    request = EnrollRequest(by, STOCKHOLM, again, deadline_day=options.pop("deadline_day", None))
    options = {"origin": Origin.ADMIN, "request": request, **options}
    with database.read() as session:
        return plan(session, people, courses, today=TODAY, **options)


def enroll(
    database: Database, people: list[int], courses: list[int], **options: Any
) -> dict[tuple[int, int], int]:
    made = planned(database, people, courses, **options)
    with database.write() as session:
        return carry_out(session, made, DANA, now=NOW, batch="b1", reason="Autumn")


def outcomes(made: Plan) -> dict[tuple[str, str], tuple[Outcome, str]]:
    return {(d.person.name, d.learnable.title): (d.outcome, d.why) for d in made.decisions}


class TestPlan:
    def test_lists_enrolled_already_enrolled_and_refused_people(self, database: Database) -> None:
        sql = make_course(database, "SQL")
        draft = make_course(database, "Draft", state="draft")
        ada, bo, cem = (make_learner(database, n) for n in ("Ada", "Bo", "Cem"))
        dea = make_learner(database, "Dea")
        make_account(database, learner_id=dea, is_suspended=1)
        make_enrollment(database, bo, sql, progress=40)
        make_enrollment(database, cem, sql, status=1, completed_at=NOW)
        found = outcomes(planned(database, [ada, bo, cem, dea, 999], [sql, draft, 998]))
        assert found["Ada", "SQL"] == (Outcome.ENROLLED, "")
        assert found["Bo", "SQL"] == (Outcome.ALREADY, "Already active, at 40%.")
        assert found["Cem", "SQL"] == (Outcome.ALREADY, "Already completed on 21 Sep 2026.")
        assert found["Dea", "SQL"] == (Outcome.REFUSED, "Their access is suspended.")
        assert found["Ada", "Draft"][0] is Outcome.REFUSED
        assert len(found) == 8

    def test_people_may_enroll_again_after_a_cancellation_but_group_rules_may_not(
        self, database: Database
    ) -> None:
        sql, ada, bo = make_course(database, "SQL"), make_learner(database, "Ada"), 0
        bo = make_learner(database, "Bo")
        make_cancelled_by_hand(database, ada, sql)
        make_enrollment(database, bo, sql, status=2)
        by_hand = outcomes(planned(database, [ada, bo], [sql]))
        assert {o for o, _ in by_hand.values()} == {Outcome.ENROLLED}
        by_rule = outcomes(planned(database, [ada, bo], [sql], by=Requester.RULE))
        assert by_rule["Ada", "SQL"] == (
            Outcome.REFUSED,
            "Removed by Dana Ruiz on 21 Sep 2026. A group does not enroll them again.",
        )
        assert by_rule["Bo", "SQL"][1].startswith("They cancelled it themselves")


class TestCarryOut:
    def test_creates_each_with_history_batch_and_deadline(self, database: Database) -> None:
        soon = make_course(database, "Soon", deadline_days=10)
        open_ended = make_course(database, "Open")
        ada = make_learner(database, "Ada")
        ids = enroll(database, [ada], [soon, open_ended])
        assert set(ids) == {(ada, soon), (ada, open_ended)}
        assert rows(
            database,
            "SELECT course_id, status, version, origin, deadline_day, enrolled_at FROM enrollment"
            " ORDER BY course_id",
        ) == [
            (soon, 0, 1, "admin", TODAY + 10, NOW),
            (open_ended, 0, 1, "admin", None, NOW),
        ]
        assert rows(
            database,
            "SELECT enrollment_id, version, actor_id, actor_name, source, kind, reason, batch"
            " FROM enrollment_event ORDER BY enrollment_id",
        ) == [
            (id_, 1, 7, "Dana Ruiz", "person", "began", "Autumn", "b1")
            for id_ in sorted(ids.values())
        ]
        assert enroll(database, [ada], [soon, open_ended]) == {}

    def test_a_path_enrolls_in_its_courses_and_keeps_existing_enrollments(
        self, database: Database
    ) -> None:
        done = make_course(database, "Done", n_lessons=10)
        half = make_course(database, "Half", n_lessons=30)
        fresh = make_course(database, "Fresh", n_lessons=10, deadline_days=5)
        path = make_path(database, "Path", (done, half, fresh), n_lessons=50)
        ada = make_learner(database, "Ada")
        make_enrollment(database, ada, done, status=1, progress=100, lessons_done=10)
        make_enrollment(database, ada, half, progress=50, lessons_done=15)
        ids = enroll(database, [ada], [path], deadline_day=TODAY + 90)
        assert set(ids) == {(ada, path), (ada, fresh)}
        assert rows(
            database,
            "SELECT course_id, progress, lessons_done, origin, deadline_day FROM enrollment"
            f" WHERE course_id IN ({path}, {fresh}) ORDER BY course_id",
        ) == [
            (fresh, 0, 0, "path", TODAY + 5),
            (path, 50, 25, "admin", TODAY + 90),
        ]
        # The learner's counts are those of courses: the path is not one more.
        counts = rows(database, f"SELECT n_active, n_completed FROM learner WHERE id = {ada}")
        assert counts == [(2, 1)]

    def test_a_path_whose_courses_are_all_completed_is_completed_at_once(
        self, database: Database
    ) -> None:
        course = make_course(database)
        path = make_path(database, "Path", (course,))
        ada = make_learner(database, "Ada")
        make_enrollment(database, ada, course, status=1, progress=100)
        enroll(database, [ada], [path])
        assert rows(
            database,
            "SELECT status, tracked_status, progress, version, completed_at FROM enrollment"
            f" WHERE course_id = {path}",
        ) == [(1, 1, 100, 2, NOW)]
        assert rows(
            database, "SELECT source, changes FROM enrollment_event ORDER BY seq DESC LIMIT 1"
        ) == [("tracking", '{"progress":[0,100],"status":[0,1]}')]

    def test_a_group_rule_does_not_enroll_in_a_cancelled_course(self, database: Database) -> None:
        kept, removed = make_course(database), make_course(database)
        path = make_path(database, "Path", (kept, removed))
        ada = make_learner(database, "Ada")
        make_cancelled_by_hand(database, ada, removed)
        ids = enroll(database, [ada], [path], origin=Origin.GROUP, by=Requester.RULE)
        assert set(ids) == {(ada, path), (ada, kept)}

    def test_a_course_enrolled_along_with_its_path_keeps_its_own_origin(
        self, database: Database
    ) -> None:
        course = make_course(database)
        path = make_path(database, "Path", (course,))
        ada = make_learner(database, "Ada")
        enroll(database, [ada], [path, course], deadline_day=TODAY + 3)
        assert rows(
            database, f"SELECT origin, deadline_day FROM enrollment WHERE course_id = {course}"
        ) == [("admin", TODAY + 3)]
