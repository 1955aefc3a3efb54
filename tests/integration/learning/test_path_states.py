"""Test path enrollments while their courses change, also with courses without lessons."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.enrollment.path_progress import refresh_paths
from enrollment_portal.services.learning.learning import cancel_enrollment, read_dashboard
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.state.learning.learning_views import dashboard_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_lessons,
    make_path,
)
from tests.integration.actors import make_admin
from tests.integration.steps import enroll_in_path
from tests.integration.stored import history, progress_of, rows, version_of


class TestCombinations:
    @pytest.mark.parametrize(
        ("imported", "half", "progress", "is_completed"),
        [(2, 0, 100, True), (1, 1, 66, False), (0, 1, 50, False)],
    )
    def test_courses_without_lessons_count_as_one_lesson_each(
        self,
        database: Database,
        ada: Actor,
        imported: int,
        half: int,
        progress: int,
        is_completed: bool,
    ) -> None:
        done = [make_course(database, n_lessons=0, state="archived") for _ in range(imported)]
        begun = [make_course(database, n_lessons=2) for _ in range(half)]
        for course in done:
            make_enrollment(
                database, ada.learner_id, course, status=1, progress=100, origin="import"
            )
        for course in begun:
            make_enrollment(database, ada.learner_id, course, progress=50, lessons_done=1)
        path = enroll_in_path(database, ada, make_path(database, "P", (*done, *begun)))
        assert progress_of(database, path)[:3] == (int(is_completed), int(is_completed), progress)

    def test_an_unfinished_course_without_lessons_keeps_it_below_100(
        self, database: Database, ada: Actor
    ) -> None:
        course, other = make_course(database), make_course(database, n_lessons=0, requires_grade=1)
        make_enrollment(database, ada.learner_id, course, status=1, progress=100, lessons_done=10)
        path = enroll_in_path(database, ada, make_path(database, "P", (course, other)))
        assert progress_of(database, path)[:3] == (0, 0, 90)


class TestCancelled:
    @pytest.mark.parametrize("by", ["learner", "admin"])
    def test_it_is_unchanged_until_it_is_active_again(
        self, database: Database, ada: Actor, by: str
    ) -> None:
        dana = make_admin(database)
        course = make_course(database, n_lessons=2)
        lessons = make_lessons(database, course, 2)
        path = enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=2))
        if by == "learner":
            cancel_enrollment(database, ada, path, "Too much")
        else:
            save_enrollment(database, dana, path, version=1, typed={"status": "cancelled"})
        cancelled = progress_of(database, path)
        assert cancelled[:2] == (2, 2 if by == "learner" else 0)
        mark_done(database, ada, course, lessons[0])
        mark_done(database, ada, course, lessons[1])
        assert progress_of(database, path) == cancelled
        save_enrollment(database, dana, path, version=cancelled[4], typed={"status": "active"})
        assert progress_of(database, path)[:4] == (1, 1, 100, 2)


class TestLostCompletions:
    def test_a_course_that_is_no_longer_completed_ends_the_paths_completion(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        courses = [make_course(database, n_lessons=1) for _ in range(2)]
        lessons = [make_lessons(database, course, 1)[0] for course in courses]
        path = enroll_in_path(database, ada, make_path(database, "P", tuple(courses), n_lessons=2))
        for course, lesson in zip(courses, lessons, strict=True):
            mark_done(database, ada, course, lesson)
        assert progress_of(database, path)[:3] == (1, 1, 100)
        ((at,),) = rows(database, f"SELECT completed_at FROM enrollment WHERE id = {path}")
        ((one,),) = rows(database, f"SELECT id FROM enrollment WHERE course_id = {courses[0]}")
        save_enrollment(
            database,
            dana,
            one,
            version=version_of(database, one),
            typed={"status": "active"},
        )
        assert progress_of(database, path)[:3] == (0, 0, 99)
        assert rows(database, f"SELECT completed_at FROM enrollment WHERE id = {path}") == [(None,)]
        assert history(database, path)[-1][3] == {
            "progress": [100, 99],
            "status": [1, 0],
            "completed_on": [at, None],
        }

    def test_a_retake_does_not_end_a_completion(self, database: Database, ada: Actor) -> None:
        course, other = make_course(database, n_lessons=2), make_course(database, n_lessons=2)
        for one in (course, other):
            make_enrollment(database, ada.learner_id, one, status=1, progress=100, lessons_done=2)
        path = enroll_in_path(database, ada, make_path(database, "P", (course, other), n_lessons=4))
        before = progress_of(database, path)
        assert before[:4] == (1, 1, 100, 4)
        make_enrollment(database, ada.learner_id, course, enrolled_at=now_ms() + 5)
        with database.write() as session:
            refresh_paths(session, {ada.learner_id or 0}, {course}, now=now_ms())
        assert progress_of(database, path) == before


def test_a_path_started_again_keeps_its_earlier_completion(database: Database, ada: Actor) -> None:
    course = make_course(database, n_lessons=2)
    path = make_path(database, "P", (course,), n_lessons=2)
    in_course = make_enrollment(
        database, ada.learner_id, course, status=1, progress=100, lessons_done=2
    )
    anew = make_enrollment(database, ada.learner_id, path, progress=100, lessons_done=2)
    earlier = make_enrollment(
        database, ada.learner_id, path, status=1, progress=100, lessons_done=2
    )
    typed = {"status": "active"}
    save_enrollment(database, make_admin(database), in_course, version=1, typed=typed)
    assert progress_of(database, anew)[0] == 0
    assert progress_of(database, earlier)[:3] == (1, 1, 100)


def test_an_overridden_path_explains_progress_below_100(database: Database, ada: Actor) -> None:
    dana = make_admin(database)
    course = make_course(database)
    path = enroll_in_path(database, ada, make_path(database, "P", (course,)))
    save_enrollment(database, dana, path, version=1, typed={"status": "completed"})
    view = dashboard_view(read_dashboard(database, ada), zone("UTC"), zone("UTC"), 20_000)
    (shown,) = view.paths
    assert (shown.own.status, shown.own.progress) == ("completed", 0)
    assert shown.own.waits == "Completed by an admin before everything in it was done."
