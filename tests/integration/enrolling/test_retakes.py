"""Test retakes: who may create one, what stays unchanged, and that it is created once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.services.catalog import paths
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Changed, Chosen
from enrollment_portal.services.enrolling.retaking import create_retake
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.learning.learning import (
    read_catalog,
    read_course,
    read_lesson,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.people import groups, users
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.actors import make_learner_actor
from tests.integration.stored import rows

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN, Section.LEARNING)
EARLIER = NOW - 300 * DAY


@pytest.fixture(autouse=True)
def _organization(database: Database) -> None:
    make_organization(database)


def completed(database: Database, learner: int, course: int, at: int = EARLIER) -> int:
    """Write an enrollment that was completed long ago, with a grade."""
    return make_enrollment(
        database,
        learner,
        course,
        status=1,
        progress=100,
        lessons_done=3,
        grade="B",
        enrolled_at=at - DAY,
        completed_at=at,
    )


def runs(database: Database, course: int) -> list[tuple[Any, ...]]:
    """Return the status, grade and origin of a course's enrollments, the oldest first."""
    return rows(
        database,
        "SELECT status, grade, progress, origin FROM enrollment"
        f" WHERE course_id = {course} ORDER BY enrolled_at, id",
    )


FIRST = (1, "B", 100, "self")


class TestByAnAdmin:
    def test_many_people_retake_only_if_the_admin_chooses_it(self, database: Database) -> None:
        course = make_course(database, "SQL", n_lessons=3)
        ada, bo = make_learner(database, "Ada"), make_learner(database, "Bo")
        completed(database, ada, course)
        chosen = Chosen([ada, bo], [], [course])
        shown = enroll_many.preview(database, DANA, chosen)
        assert [(d.outcome, d.has_completed) for d in shown.plan.decisions] == [
            (Outcome.ALREADY, True),
            (Outcome.ENROLLED, False),
        ]
        again = Chosen([ada, bo], [], [course], again=True)
        meant = enroll_many.preview(database, DANA, again)
        assert [d.why for d in meant.plan.decisions] == [
            "Already completed on 25 Nov 2025. They start it for the 2nd time.",
            "",
        ]
        # What was shown without it is not what would be done with it.
        with pytest.raises(Changed):
            enroll_many.enroll(database, DANA, again, shown.fingerprint)
        enroll_many.enroll(database, DANA, again, meant.fingerprint)
        assert runs(database, course) == [FIRST, *[(0, None, 0, "admin")] * 2]
        with pytest.raises(Changed) as twice:
            enroll_many.enroll(database, DANA, again, meant.fingerprint)
        assert twice.value.preview.plan.count(Outcome.ALREADY) == 2

    def test_a_persons_retake_is_a_new_enrollment(self, database: Database) -> None:
        course, ada = make_course(database, "SQL", n_lessons=3), make_learner(database)
        first = completed(database, ada, course)
        before = rows(database, f"SELECT * FROM enrollment WHERE id = {first}")
        assert users.enroll_user(database, DANA, ada, [course])[0].outcome is Outcome.ALREADY
        shown = users.preview_enroll_user(database, DANA, ada, [course], again=True).decisions
        assert users.enroll_user(database, DANA, ada, [course], again=True) == shown
        assert shown[0].why.endswith("They start it for the 2nd time.")
        assert runs(database, course) == [FIRST, (0, None, 0, "admin")]
        assert rows(database, f"SELECT * FROM enrollment WHERE id = {first}") == before
        counts = rows(database, f"SELECT n_active, n_completed FROM learner WHERE id = {ada}")
        assert counts == [(1, 1)]


class TestFromACompletedEnrollment:
    def test_a_retake_is_created_with_all_rules(self, database: Database) -> None:
        course, ada = make_course(database, "SQL", n_lessons=3), make_learner(database, "Ada")
        first = completed(database, ada, course)
        before = rows(database, f"SELECT * FROM enrollment WHERE id = {first}")
        second = create_retake(database, DANA, first, "Taken again")
        assert runs(database, course) == [FIRST, (0, None, 0, "admin")]
        assert rows(database, f"SELECT * FROM enrollment WHERE id = {first}") == before
        assert rows(
            database,
            f"SELECT kind, actor_name, reason FROM enrollment_event WHERE enrollment_id = {second}",
        ) == [("began", "Dana Ruiz", "Taken again")]
        assert rows(database, "SELECT action, subject, detail FROM admin_event") == [
            ("enrolled", "Ada", "SQL, again")
        ]
        with pytest.raises(Refused, match="already has another active enrollment"):
            create_retake(database, DANA, first)
        with pytest.raises(Refused, match="Only a completed enrollment"):
            create_retake(database, DANA, second)
        assert len(runs(database, course)) == 2

    def test_not_in_a_course_that_is_no_longer_offered(self, database: Database) -> None:
        course = make_course(database, "SQL", state="archived")
        first = completed(database, make_learner(database), course)
        with pytest.raises(Refused, match="This is archived"):
            create_retake(database, DANA, first)


class TestByAGroup:
    def test_once_for_each_joining_if_the_course_allows_it(self, database: Database) -> None:
        again = make_course(database, "Safety", n_lessons=3, may_be_retaken=1)
        once = make_course(database, "SQL", n_lessons=3)
        make_lessons(database, again, 3)
        ada = make_learner(database, "Ada")
        for course in (again, once):
            completed(database, ada, course)
        group = make_group(database, "Pilots", members=(ada,))
        assert groups.assign(database, DANA, group, once).n_enrolled == 0
        assert groups.assign(database, DANA, group, again).n_enrolled == 1
        assert runs(database, again) == [FIRST, (0, None, 0, "group")]
        second = rows(database, f"SELECT max(id) FROM enrollment WHERE course_id = {again}")[0][0]
        # It is completed, and the rule runs again: as the course is published once more.
        with database.write() as session:
            session.execute(
                text(
                    "UPDATE enrollment SET status = 1, tracked_status = 1,"
                    f" completed_at = enrolled_at WHERE id = {second}"
                )
            )
        for state in ("archived", "published"):
            current.set_course_state(database, DANA, again, state)
        assert len(runs(database, again)) == 2
        # Leaving and joining is another joining.
        groups.remove_members(database, DANA, group, [ada])
        assert groups.add_members(database, DANA, group, [ada]).n_enrolled == 1
        assert len(runs(database, again)) == 3
        assert runs(database, once) == [FIRST]


class TestByAPath:
    def test_a_path_enrolls_in_allowed_retakes_and_keeps_other_enrollments(
        self, database: Database
    ) -> None:
        again = make_course(database, "Safety", n_lessons=3, may_be_retaken=1)
        once = make_course(database, "SQL", n_lessons=3)
        path = make_path(database, "Path", (again, once), n_lessons=6)
        ada = make_learner(database, "Ada")
        for course in (again, once):
            completed(database, ada, course)
        users.enroll_user(database, DANA, ada, [path])
        assert runs(database, again) == [FIRST, (0, None, 0, "path")]
        assert runs(database, once) == [FIRST]

    def test_a_course_added_to_a_path_is_retaken_once(self, database: Database) -> None:
        again = make_course(database, "Safety", n_lessons=3, may_be_retaken=1)
        make_lessons(database, again, 3)
        path = make_path(database, "Path", (make_course(database, "SQL"),), n_lessons=10)
        ada, bo = make_learner(database, "Ada"), make_learner(database, "Bo")
        completed(database, ada, again)
        users.enroll_user(database, DANA, ada, [path])
        users.enroll_user(database, DANA, bo, [path])
        completed(database, bo, again, NOW + 10_000 * DAY)  # after joining the path
        paths.add_step(database, DANA, path, again)
        assert runs(database, again)[:2] == [FIRST, (0, None, 0, "path")]
        assert len(runs(database, again)) == 3
        for state in ("archived", "published"):
            current.set_course_state(database, DANA, again, state)
        assert len(runs(database, again)) == 3


class TestByTheLearner:
    def test_only_if_the_course_allows_it(self, database: Database) -> None:
        ada = make_learner_actor(database)
        again = make_course(database, "Safety", n_lessons=3, may_be_retaken=1)
        once = make_course(database, "SQL", n_lessons=3)
        for course in (again, once):
            make_lessons(database, course, 3)
            completed(database, ada.learner_id or 0, course)
        with pytest.raises(Refused, match="Already completed on 25 Nov 2025"):
            start_course(database, ada, once)
        assert not read_course(database, ada, once).may_start
        assert read_course(database, ada, again).may_start
        catalog = {row.course.title: row for row in read_catalog(database, ada, "", None).rows}
        assert catalog["Safety"].course.may_be_retaken
        assert not catalog["SQL"].course.may_be_retaken
        second = start_course(database, ada, again)
        page = read_course(database, ada, again)
        assert page.enrollment is not None
        assert (page.enrollment.id, page.done, page.may_start) == (second, frozenset(), False)
        assert start_course(database, ada, again) == second
        assert runs(database, again) == [FIRST, (0, None, 0, "self")]


class TestReopened:
    """A completed enrollment that an admin made active again."""

    def reopened(self, database: Database, **values: Any) -> tuple[Actor, int, int, list[int]]:
        """Return a learner, the course, the reopened enrollment, and the lessons."""
        ada = make_learner_actor(database)
        course = make_course(database, "SQL", n_lessons=3, **values)
        lessons = make_lessons(database, course, 3)
        enrollment = start_course(database, ada, course)
        for lesson in lessons:
            mark_done(database, ada, course, lesson)
        self.set_status(database, enrollment, "active")
        return ada, course, enrollment, lessons

    def set_status(self, database: Database, enrollment: int, status: str) -> None:
        version = read_enrollment(database, DANA, enrollment).facts.version
        save_enrollment(
            database, DANA, enrollment, version=version, typed={"status": status}, reason=""
        )

    def test_lessons_done_again_complete_it_again(self, database: Database) -> None:
        ada, course, enrollment, lessons = self.reopened(database)
        page = read_course(database, ada, course)
        assert page.is_reopened
        assert page.done == frozenset()
        assert page.enrollment is not None
        assert page.enrollment.progress == 100
        assert read_lesson(database, ada, course, lessons[0]).done == frozenset()
        before = rows(database, f"SELECT at FROM lesson_done WHERE lesson_id = {lessons[0]}")
        assert not mark_done(database, ada, course, lessons[0]).is_completed
        assert rows(database, f"SELECT at FROM lesson_done WHERE lesson_id = {lessons[0]}") > before
        assert read_course(database, ada, course).done == {lessons[0]}
        # Once more is not anew.
        mark_done(database, ada, course, lessons[0])
        assert not mark_done(database, ada, course, lessons[1]).is_completed
        assert runs(database, course) == [(0, None, 100, "self")]
        assert mark_done(database, ada, course, lessons[2]).is_completed
        assert runs(database, course) == [(1, None, 100, "self")]
        assert read_course(database, ada, course).done == set(lessons)
        found = rows(database, f"SELECT override_seq FROM enrollment WHERE id = {enrollment}")
        assert found == [(None,)]
        # Reopened a second time, all of it is to be done once more.
        self.set_status(database, enrollment, "active")
        assert read_course(database, ada, course).done == frozenset()

    def test_lessons_from_before_the_import_do_not_count(self, database: Database) -> None:
        ada = make_learner_actor(database)
        course = make_course(database, "SQL", n_lessons=2)
        lessons = make_lessons(database, course, 2)
        enrollment = completed(database, ada.learner_id or 0, course)
        with database.write() as session:
            session.execute(text("UPDATE enrollment SET lessons_done = 2"))
        self.set_status(database, enrollment, "active")
        assert read_course(database, ada, course).done == frozenset()
        assert not mark_done(database, ada, course, lessons[1]).is_completed
        assert read_course(database, ada, course).done == {lessons[1]}
        assert mark_done(database, ada, course, lessons[0]).is_completed

    def test_completes_by_an_override_and_by_a_grade(self, database: Database) -> None:
        _ada, course, enrollment, _lessons = self.reopened(database)
        self.set_status(database, enrollment, "completed")
        assert runs(database, course)[0][0] == 1
        graded = make_course(database, "Essay", n_lessons=3, requires_grade=1)
        ada = make_learner(database)
        second = completed(database, ada, graded)
        self.set_status(database, second, "active")
        version = read_enrollment(database, DANA, second).facts.version
        typed = {"grade": "A"}
        save_enrollment(database, DANA, second, version=version, typed=typed, reason="")
        assert runs(database, graded) == [(1, "A", 100, "self")]
