"""Test the order of enrollments on a learner's dashboard."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.learning.learning import read_dashboard
from enrollment_portal.state.learning.learning_views import dashboard_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_learner, make_organization, make_path

TODAY, UTC = 20_800, ZoneInfo("UTC")


def test_overdue_enrollments_come_first_the_longest_overdue_first(database: Database) -> None:
    make_organization(database)
    learner = make_learner(database, "Ada")

    def enroll(title: str, deadline: int | None, status: int = 0) -> None:
        course = make_course(database, title)
        make_enrollment(database, learner, course, deadline_day=deadline, status=status)

    enroll("A day over", TODAY - 1)
    enroll("Today", TODAY)
    enroll("A week over", TODAY - 7)
    enroll("Without", None)
    enroll("Completed late", TODAY - 9, status=1)
    awaiting = make_course(database, "Awaiting a grade", requires_grade=1)
    make_enrollment(
        database, learner, awaiting, deadline_day=TODAY - 3, lessons_done=10, progress=100
    )
    for title, deadline in (("Path over", TODAY - 2), ("Path ahead", TODAY + 5)):
        make_enrollment(database, learner, make_path(database, title), deadline_day=deadline)
    actor = Actor(1, "Ada", "ada@x.example", Role.LEARNER, learner_id=learner)
    view = dashboard_view(read_dashboard(database, actor), UTC, UTC, TODAY)
    assert [own.course for own in view.overdue] == ["A week over", "A day over"]
    assert {own.course for own in view.active} == {"Today", "Without", "Awaiting a grade"}
    assert [path.own.course for path in view.paths] == ["Path over", "Path ahead"]


def test_with_all_lessons_done_the_missing_grade_is_named(database: Database) -> None:
    make_organization(database)
    learner = make_learner(database, "Ada")
    done = {"progress": 100, "lessons_done": 10}
    for title, grade, mark in (
        ("Awaiting", None, 50),
        ("Failed", "49%", 50),
        ("Barely failed", "59%", 60),
        ("Not finished", "10%", 50),
    ):
        course = make_course(
            database, title, requires_grade=1, grading_scheme="percent", pass_percent=mark
        )
        values = done if title != "Not finished" else {"progress": 90, "lessons_done": 9}
        make_enrollment(database, learner, course, grade=grade, **values)
    needs_none = make_course(database, "Needs no grade")
    make_enrollment(database, learner, needs_none, grade="Fail", tracked_status=1, **done)
    actor = Actor(1, "Ada", "ada@x.example", Role.LEARNER, learner_id=learner)
    view = dashboard_view(read_dashboard(database, actor), UTC, UTC, TODAY)
    failed = "All lessons are done. Not passed: a passing grade completes the course."
    assert {own.course: own.waits for own in view.active} == {
        "Awaiting": "All lessons are done. Awaiting grade.",
        "Failed": failed,
        "Barely failed": failed,
        "Not finished": "",
        "Needs no grade": "",
    }
