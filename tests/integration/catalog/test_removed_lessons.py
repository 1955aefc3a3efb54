"""Test how many lessons count as done after one was removed, for staff and learners."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.learning.learner_pages import CoursePage
from enrollment_portal.services.learning.learning import read_course, read_dashboard
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.state.learning.learning_views import course_view, dashboard_view
from enrollment_portal.state.shared.views import DetailsView, details_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_lessons,
    make_path,
)
from tests.integration import current
from tests.integration.stored import execute, rows

UTC = zone("UTC")
TODAY = 20_000


def staff_view(database: Database, admin: Actor, enrollment: int) -> DetailsView:
    return details_view(read_enrollment(database, admin, enrollment), UTC, UTC, TODAY, now_ms())


def learner_page(database: Database, learner: Actor, course: int) -> CoursePage:
    return read_course(database, learner, course)


def shown(database: Database, admin: Actor, learner: Actor, enrollment: int) -> tuple[str, ...]:
    """Return the lessons done as shown by details, the learner's course page and the dashboard."""
    course = rows(database, f"SELECT course_id FROM enrollment WHERE id = {enrollment}")[0][0]
    dashboard = dashboard_view(read_dashboard(database, learner), UTC, UTC, TODAY)
    cards = [
        *(dashboard.active + dashboard.completed + dashboard.cancelled),
        *(path.own for path in dashboard.paths),
    ]
    return (
        staff_view(database, admin, enrollment).done,
        course_view(learner_page(database, learner, course), UTC, UTC, TODAY).own.done,
        next(card.done for card in cards if card.id == enrollment),
    )


def test_a_completed_course_and_its_path_count_the_remaining_lessons(
    database: Database, ada: Actor, dana: Actor
) -> None:
    course, other = make_course(database, n_lessons=2), make_course(database, n_lessons=1)
    path = make_path(database, "P", (course, other), n_lessons=3)
    first, second = make_lessons(database, course, 2)
    make_lessons(database, other, 1)
    on_path, own, _other = (
        make_enrollment(database, ada.learner_id, id_) for id_ in (path, course, other)
    )
    for lesson in (first, second):
        mark_done(database, ada, course, lesson)
    assert shown(database, dana, ada, on_path) == ("1 of 2", "1 of 2 courses", "1 of 2 courses")
    version = rows(database, f"SELECT version FROM enrollment WHERE id = {own}")
    current.remove_lesson(database, dana, course, first)
    assert shown(database, dana, ada, own) == ("1 of 1", "1 of 1 lesson", "1 of 1 lesson")
    assert shown(database, dana, ada, on_path) == ("1 of 2", "1 of 2 courses", "1 of 2 courses")
    assert staff_view(database, dana, own).done_label == "Lessons"
    assert staff_view(database, dana, on_path).done_label == "Courses"
    assert rows(database, f"SELECT version FROM enrollment WHERE id = {own}") == version
    add_lesson(database, dana, course, {"title": "New", "content": ""})
    assert shown(database, dana, ada, own) == ("1 of 2", "1 of 2 lessons", "1 of 2 lessons")
    assert staff_view(database, dana, own).status == "completed"


@pytest.mark.parametrize(
    ("status", "marked", "counted", "removed", "expected"),
    [
        (1, (0, 1, 2, 3), 4, 0, 3),
        (1, (0, 1), 2, 1, 1),
        (1, (0, 1), 2, 3, 2),
        (2, (1, 3), 2, 1, 1),
        (2, (3,), 1, 3, 0),
        # Imports count without marking: then the first ones are meant.
        (1, (), 4, 2, 3),
        (2, (), 2, 0, 1),
        (2, (), 2, 3, 2),
        (2, (), 0, 0, 0),
    ],
)
def test_ended_enrollments_count_no_removed_lesson(
    database: Database,
    ada: Actor,
    dana: Actor,
    *,
    status: int,
    marked: tuple[int, ...],
    counted: int,
    removed: int,
    expected: int,
) -> None:
    course = make_course(database, n_lessons=4)
    lessons = make_lessons(database, course, 4)
    values = {"status": status, "progress": 25 * counted, "lessons_done": counted}
    own = make_enrollment(database, ada.learner_id, course, **values)
    for place in marked:
        execute(database, f"INSERT INTO lesson_done VALUES ({own}, {lessons[place]}, 5)")
    current.remove_lesson(database, dana, course, lessons[removed])
    learner = f"{expected} of 3 lessons"
    assert shown(database, dana, ada, own) == (f"{expected} of 3", learner, learner)
    assert staff_view(database, dana, own).progress == 25 * counted
    add_lesson(database, dana, course, {"title": "New", "content": ""})
    assert staff_view(database, dana, own).done == f"{expected} of 4"
