"""Test what staff see of progress: lessons of a course, courses of a path."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.state.enrollment.views.progress import LessonsView, lessons_view
from enrollment_portal.state.shared.views import details_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    HOUR,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.office import Office, act, open_tab
from tests.integration.stored import execute, rows
from tests.security.pipeline import Pipeline

UTC = ZoneInfo("UTC")


@pytest.fixture
def admin(database: Database) -> Actor:
    """An admin who manages enrollments."""
    make_organization(database)
    return make_admin(database)


def shown(details: EnrollmentDetails, now: int = 0, *, shows_all: bool = False) -> LessonsView:
    """Return the lessons as the details page shows them."""
    return lessons_view(details, UTC, now or now_ms(), shows_all=shows_all)


class TestLessons:
    def test_shows_the_lessons_done_with_dates_and_the_next_one(
        self, database: Database, admin: Actor
    ) -> None:
        ada = make_learner_actor(database)
        course = make_course(database, n_lessons=5)
        lessons = make_lessons(database, course, 5)
        enrollment = start_course(database, ada, course)
        for lesson in lessons[:3]:
            mark_done(database, ada, course, lesson)
        now = now_ms() + 38 * DAY
        view = shown(read_enrollment(database, admin, enrollment), now)
        assert view.stop == "Stopped at lesson 4, 38 days ago"
        assert [one.state for one in view.lessons] == ["done"] * 3 + ["next", ""]
        assert all(one.text.startswith("Done ") for one in view.lessons[:3])
        assert [one.text for one in view.lessons[3:]] == ["Next", "Not done"]

    def test_lessons_that_were_only_counted_have_no_date(
        self, database: Database, admin: Actor
    ) -> None:
        ada = make_learner_actor(database)
        course = make_course(database, n_lessons=4)
        lessons = make_lessons(database, course, 4)
        began = now_ms() - 40 * DAY
        values = {"enrolled_at": began, "last_visit_at": began + DAY, "updated_at": began}
        enrollment = make_enrollment(database, ada.learner_id, course, lessons_done=2, **values)
        counted = shown(read_enrollment(database, admin, enrollment))
        assert [one.text for one in counted.lessons[:3]] == ["Done", "Done", "Next"]
        mark_done(database, ada, course, lessons[2])
        found = dict(rows(database, "SELECT lesson_id, at FROM lesson_done"))
        assert [found[lesson] for lesson in lessons[:2]] == [began + DAY] * 2
        assert found[lessons[2]] > now_ms() - HOUR
        marked = shown(read_enrollment(database, admin, enrollment))
        assert [one.text.startswith("Done by ") for one in marked.lessons[:3]] == [
            True,
            True,
            False,
        ]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"lessons_done": 0}, "No lesson started, enrolled 40 days ago"),
            ({"lessons_done": 0, "visited": None}, "No lesson started, enrolled 40 days ago"),
            ({"lessons_done": 2, "visited": None}, "At lesson 3, never visited"),
            ({"lessons_done": 0, "visited": 38}, "Stopped at lesson 1, 38 days ago"),
            ({"lessons_done": 2, "visited": 0}, "At lesson 3, last visit just now"),
            ({"lessons_done": 10}, "All lessons are done."),
            ({"lessons_done": 2, "status": 1}, "Completed with 8 lessons not done."),
            (
                {"lessons_done": 2, "status": 2, "visited": 20, "cancelled": 15},
                "Stopped at lesson 3, 20 days ago",
            ),
            (
                {"lessons_done": 2, "status": 2, "visited": 1, "cancelled": 15},
                "Stopped at lesson 3, 15 days ago",
            ),
        ],
    )
    def test_the_summary_describes_the_status(
        self, database: Database, admin: Actor, values: dict[str, Any], words: str
    ) -> None:
        now = now_ms()
        stored = dict(values)
        days = stored.pop("visited", 40)
        visited = None if days is None else now - days * DAY
        moments = {"enrolled_at": now - 40 * DAY, "last_visit_at": visited}
        if (days := stored.pop("cancelled", None)) is not None:
            moments["cancelled_at"] = now - days * DAY
        enrollment = make_enrollment(database, **moments, **stored)
        assert shown(read_enrollment(database, admin, enrollment), now).stop == words

    def test_with_all_lessons_done_it_may_await_a_grade(
        self, database: Database, admin: Actor
    ) -> None:
        course = make_course(database, requires_grade=1)
        enrollment = make_enrollment(database, course_id=course, progress=100, lessons_done=10)
        details = read_enrollment(database, admin, enrollment)
        assert shown(details).stop == "All lessons are done. Awaiting grade."

    @pytest.mark.parametrize(
        ("grade", "words", "result"), [("F", " Not passed.", "Not passed"), ("D", "", "")]
    )
    def test_a_failing_grade_is_named(
        self, database: Database, admin: Actor, grade: str, words: str, result: str
    ) -> None:
        course = make_course(database, requires_grade=1, grading_scheme="letters")
        enrollment = make_enrollment(database, course_id=course, lessons_done=10, grade=grade)
        details = read_enrollment(database, admin, enrollment)
        assert shown(details).stop == f"All lessons are done.{words}"
        assert details_view(details, UTC, UTC, 20_800, now_ms()).grade_result == result

    def test_hundreds_of_lessons_are_sent_only_on_request(
        self, database: Database, admin: Actor
    ) -> None:
        course = make_course(database, n_lessons=200)
        make_lessons(database, course, 200)
        enrollment = make_enrollment(database, course_id=course, lessons_done=100)
        details = read_enrollment(database, admin, enrollment)
        view = shown(details)
        assert len(view.lessons) == 12
        assert (view.earlier, view.later) == ("97 earlier lessons", "91 later lessons")
        assert len(shown(details, shows_all=True).lessons) == 200


class TestPath:
    @pytest.fixture
    def path(self, database: Database, admin: Actor) -> dict[str, int]:
        """Ada in a path of three courses: one completed, one started, one locked."""
        ada = make_learner(database, "Ada")
        one, two, three = (make_course(database, title) for title in ("Knots", "Ropes", "Rescue"))
        path = make_path(database, "Climber", (one, two, three), needs_previous=1)
        return {
            "ada": ada,
            "one": one,
            "two": two,
            "path": make_enrollment(database, ada, path),
            "path course": path,
            "first": make_enrollment(database, ada, one, status=1, progress=100),
            "second": make_enrollment(database, ada, two, progress=40),
        }

    def test_its_courses_are_listed_with_their_enrollments(
        self, database: Database, admin: Actor, path: dict[str, int]
    ) -> None:
        courses = read_enrollment(database, admin, path["path"]).courses
        assert [
            (one.number, one.title, one.enrollment and one.enrollment.id, one.opened_by)
            for one in courses
        ] == [
            (1, "Knots", path["first"], ""),
            (2, "Ropes", path["second"], ""),
            (3, "Rescue", None, "Ropes"),
        ]
        assert read_enrollment(database, admin, path["first"]).courses == ()
        assert read_enrollment(database, admin, path["path"]).progress is None

    def test_a_group_lead_sees_enrollments_of_the_people_they_lead(
        self, database: Database, path: dict[str, int]
    ) -> None:
        account = make_account(database, Role.GROUP_LEAD, leads=(path["ada"],))
        lead = Actor(account, "Lee", "lee@x.example", Role.GROUP_LEAD)
        courses = read_enrollment(database, lead, path["path"]).courses
        assert [one.title for one in courses] == ["Knots", "Ropes", "Rescue"]

    def test_an_instructor_sees_only_the_courses_they_teach(
        self, database: Database, path: dict[str, int]
    ) -> None:
        teaches = (path["path course"], path["two"])
        account = make_account(database, Role.INSTRUCTOR, teaches=teaches)
        teacher = Actor(account, "Tom", "tom@x.example", Role.INSTRUCTOR)
        courses = read_enrollment(database, teacher, path["path"]).courses
        assert [(one.title, one.opened_by) for one in courses] == [("Ropes", "")]


class TestLive:
    def test_the_page_follows_the_learner_and_shows_all_lessons_on_request(
        self, office: Office
    ) -> None:
        make_lessons(office.database, office.course, 30)
        execute(office.database, f"UPDATE course SET n_lessons = 30 WHERE id = {office.course}")
        account = make_account(office.database, Role.LEARNER, learner_id=office.learner)
        aarav = Actor(account, "Aarav", "a@x.example", Role.LEARNER, learner_id=office.learner)
        lessons = [row[0] for row in rows(office.database, "SELECT id FROM lesson ORDER BY 1")]

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            assert tab.shows["lessons"]["stop"].startswith("No lesson started")
            await asyncio.to_thread(mark_done, office.database, aarav, office.course, lessons[0])
            await tab.call("refresh")
            assert tab.shows["lessons"]["stop"] == "At lesson 2, last visit just now"
            assert len(tab.shows["lessons"]["lessons"]) == 12
            for on, expected in ((True, 30), ("yes", 12), (True, 30), (False, 12)):
                await tab.call("show_all_lessons", on=on)
                assert len(tab.shows["lessons"]["lessons"]) == expected

        act(work)
