"""Test that all lists, pages and services agree on locked courses with several paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.paths.learning_paths import StepState
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.learning.learning import (
    cancel_enrollment,
    read_catalog,
    read_course,
    read_dashboard,
    read_lesson,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.paths.course_locks import locks_among, locks_of
from enrollment_portal.state.learning.learning_views import catalog_view
from enrollment_portal.storage.learning import learning
from enrollment_portal.storage.paths import learning_paths
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.stored import execute


def set_status(database: Database, enrollment: int, status: int) -> None:
    """Write a tracked status."""
    completed_at = "updated_at" if status == 1 else "NULL"
    execute(
        database,
        f"UPDATE enrollment SET status = {status}, tracked_status = {status},"
        f" completed_at = {completed_at} WHERE id = {enrollment}",
    )


def everywhere(database: Database, ada: Actor, course: int) -> set[str]:
    """Return which course each list and page names as the lock; "" if it is unlocked."""
    said = {
        read_course(database, ada, course).locked_by,
        read_dashboard(database, ada).locks.get(course, ""),
        next(
            row.locked_by
            for row in read_catalog(database, ada, "", None).rows
            if row.course.id == course
        ),
    }
    for steps in read_dashboard(database, ada).steps.values():
        said |= {step.opened_by for step in steps if step.step.course_id == course}
    dana = make_admin(database)
    for own in read_dashboard(database, ada).enrollments:
        if own.kind == "path":
            details = read_enrollment(database, dana, own.id)
            said |= {
                one.opened_by
                for one in details.courses
                if one.title == read_course(database, ada, course).course.title
            }
    return said


class TestTwoPaths:
    def test_of_opposite_order_do_not_lock_every_course(
        self, database: Database, ada: Actor
    ) -> None:
        x, y = make_course(database, "X"), make_course(database, "Y")
        lessons = {course: make_lessons(database, course, 2) for course in (x, y)}
        for order in ((x, y), (y, x)):
            path = make_path(database, "", order, needs_previous=1)
            make_enrollment(database, ada.learner_id, path)
        for course in (x, y):
            make_enrollment(database, ada.learner_id, course, origin="path")
            assert everywhere(database, ada, course) == {""}
            read_lesson(database, ada, course, lessons[course][0])
            mark_done(database, ada, course, lessons[course][0])

    def test_a_course_unlocked_by_one_path_is_unlocked_in_the_other(
        self, database: Database, ada: Actor
    ) -> None:
        first, second, alone = (make_course(database, title) for title in ("A", "B", "C"))
        locking = make_path(database, "Locking", (first, second, alone), needs_previous=1)
        make_enrollment(database, ada.learner_id, locking)
        assert everywhere(database, ada, second) == {"A"}
        free = make_path(database, "Free", (second,))
        other = make_enrollment(database, ada.learner_id, free)
        assert everywhere(database, ada, second) == {""}
        assert everywhere(database, ada, alone) == {"B"}
        cancel_enrollment(database, ada, other, "Too much")
        assert everywhere(database, ada, second) == {"A"}
        with pytest.raises(Refused, match="“A” first"):
            start_course(database, ada, second)


class TestAssignedLater:
    @pytest.mark.parametrize(
        "values",
        [
            {"status": 1, "origin": "admin"},
            {"lessons_done": 1, "progress": 50, "origin": "admin"},
            {"origin": "self"},
        ],
    )
    def test_a_path_does_not_lock_completed_or_started_courses(
        self, database: Database, ada: Actor, values: dict[str, object]
    ) -> None:
        first, taken = make_course(database, "A"), make_course(database, "B", n_lessons=3)
        lessons = make_lessons(database, taken, 3)
        make_enrollment(database, ada.learner_id, taken, **values)
        path = make_path(database, "P", (first, taken), needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        assert everywhere(database, ada, taken) == {""}
        read_lesson(database, ada, taken, lessons[0])
        mark_done(database, ada, taken, lessons[1])
        state = read_dashboard(database, ada).steps[enrollment][1].state
        assert state is (StepState.DONE if "status" in values else StepState.IN_PROGRESS)

    def test_a_course_enrolled_in_but_not_started_is_locked(
        self, database: Database, ada: Actor
    ) -> None:
        first, second = make_course(database, "A"), make_course(database, "B", n_lessons=2)
        lesson, _other = make_lessons(database, second, 2)
        path = make_path(database, "P", (first, second), needs_previous=1)
        make_enrollment(database, ada.learner_id, path)
        done = make_enrollment(database, ada.learner_id, first, status=1, origin="path")
        make_enrollment(database, ada.learner_id, second, origin="path")
        assert everywhere(database, ada, second) == {""}
        set_status(database, done, 0)
        assert everywhere(database, ada, second) == {"A"}
        (row,) = [
            row for row in read_catalog(database, ada, "", None).rows if row.course.id == second
        ]
        assert catalog_view(row).own_status == "Opens when you complete A"
        set_status(database, done, 1)
        mark_done(database, ada, second, lesson)
        set_status(database, done, 0)
        assert everywhere(database, ada, second) == {""}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_queries_agree_on_random_paths(database: Database) -> None:
    make_organization(database)
    courses = [make_course(database, state=s) for s in ("published", "draft", "published") * 2]

    @given(
        orders=st.lists(st.permutations(courses), min_size=1, max_size=3),
        taken=st.dictionaries(
            st.sampled_from(courses),
            st.tuples(
                st.integers(0, 2), st.sampled_from(["self", "path", "group"]), st.integers(0, 1)
            ),
        ),
    )
    def agree(orders: list[list[int]], taken: dict[int, tuple[int, str, int]]) -> None:
        learner = make_learner_actor(database).learner_id or 0
        for order in orders:
            path = make_path(database, "", tuple(order[:4]), needs_previous=1)
            make_enrollment(database, learner, path, status=order[5] % 2)
        for course, (status, origin, done) in taken.items():
            values = {"status": status, "origin": origin, "lessons_done": done}
            make_enrollment(database, learner, course, **values)
        with database.read() as session:
            own = learning.own_enrollments(session, learner)
            every = learning_paths.paths_in_use(session)
            assert locks_among(own, every) == locks_of(session, learner)

    agree()
