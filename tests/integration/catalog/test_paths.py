"""Test creating, changing and publishing learning paths, and updating enrollments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import MAX_STEPS
from enrollment_portal.domain.enrollment.commands import SetFields
from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.services.catalog import lessons, paths
from enrollment_portal.services.catalog.course_changes import find_course
from enrollment_portal.services.catalog.path_changes import find_path
from enrollment_portal.services.enrollment.enrollment_details import find_locked
from enrollment_portal.services.enrollment.overriding import ChangeMeta, change_enrollment
from enrollment_portal.services.learning.learning import read_course
from enrollment_portal.storage.catalog import lessons as stored_lessons
from enrollment_portal.storage.catalog import path_admin
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.actors import DANA, make_learner_actor
from tests.integration.concurrency import run_during_write
from tests.integration.stored import admin_events, changes_of, progress_of, rows

TYPED = {"title": "Onboarding", "description": "", "deadline_days": "90"}


def steps(database: Database, path: int) -> list[tuple[Any, ...]]:
    found = paths.read_path(database, DANA, path).steps
    return [(step.course_id, step.needs_previous) for step in found]


class TestSettings:
    def test_a_path_is_created_changed_and_published(self, database: Database) -> None:
        make_organization(database)
        path = paths.make_path(database, DANA, TYPED)
        with pytest.raises(NotAllowed, match="needs a published course"):
            current.set_path_state(database, DANA, path, "published")
        paths.add_step(database, DANA, path, make_course(database, "Draft", state="draft"))
        with pytest.raises(NotAllowed):
            current.set_path_state(database, DANA, path, "published")
        course = make_course(database, "SQL")
        paths.add_step(database, DANA, path, course)
        assert current.set_path_state(database, DANA, path, "published").state == "published"
        with pytest.raises(NotAllowed):
            current.remove_step(database, DANA, path, course)
        saved = paths.save_path(
            database, DANA, path, version=2, typed=TYPED | {"deadline_days": ""}
        )
        assert (saved.deadline_days, saved.version, saved.n_lessons) == (None, 3, 20)
        with pytest.raises(PortalError, match="was changed meanwhile"):
            paths.save_path(database, DANA, path, version=2, typed=TYPED)
        assert admin_events(database) == [
            ("path_made", "Onboarding", ""),
            ("path_changed", "Onboarding", "“Draft” added"),
            ("path_changed", "Onboarding", "“SQL” added"),
            ("path_changed", "Onboarding", "Published"),
            ("path_changed", "Onboarding", "Deadline"),
        ]


class TestSteps:
    def test_a_path_contains_each_course_once_and_no_path(self, database: Database) -> None:
        make_organization(database)
        course = make_course(database)
        path = make_path(database, "P", (course,))
        with pytest.raises(NotAllowed, match="already"):
            paths.add_step(database, DANA, path, course)
        for other in (path, make_path(database, "Q"), 999, "x"):
            with pytest.raises(NotFound):
                paths.add_step(database, DANA, path, other)
        full = make_path(database, "F", tuple(make_course(database) for _ in range(MAX_STEPS)))
        with pytest.raises(NotAllowed, match="at most"):
            paths.add_step(database, DANA, full, course)

    def test_courses_move_and_depend_on_the_previous_one(self, database: Database) -> None:
        a, b, c = (make_course(database) for _ in range(3))
        path = make_path(database, "P", (a, b, c), state="draft")
        current.set_needs_previous(database, DANA, path, b, is_on=True)
        current.set_needs_previous(database, DANA, path, a, is_on=True)
        assert steps(database, path) == [(a, 0), (b, 1), (c, 0)]
        current.move_step(database, DANA, path, c, down=True)
        current.move_step(database, DANA, path, c, down=False)
        assert steps(database, path) == [(a, 0), (c, 0), (b, 1)]
        current.remove_step(database, DANA, path, a)
        current.move_step(database, DANA, path, b, down=False)
        # The first one has none before it; moved back, it waits as it did.
        assert steps(database, path) == [(b, 1), (c, 0)]
        current.move_step(database, DANA, path, b, down=True)
        assert steps(database, path) == [(c, 0), (b, 1)]

    def test_the_first_course_is_unlocked_after_moving(self, database: Database) -> None:
        make_organization(database)
        a, b = make_course(database), make_course(database)
        path, ada = make_path(database, "P", (a, b)), make_learner_actor(database)
        for course in (path, a, b):
            make_enrollment(database, ada.learner_id, course, origin="admin")
        current.set_needs_previous(database, DANA, path, b, is_on=True)
        assert read_course(database, ada, b).locked_by
        current.move_step(database, DANA, path, b, down=False)
        assert steps(database, path) == [(b, 1), (a, 0)]
        assert not read_course(database, ada, b).locked_by
        assert paths.read_path(database, DANA, path).circles == ()

    def test_moving_keeps_the_date_on_which_a_course_was_added(self, database: Database) -> None:
        a, b, c = (make_course(database) for _ in range(3))
        path = make_path(database, "P", (a,), state="draft", added_at=None)
        began = now_ms()
        for course in (b, c):
            paths.add_step(database, DANA, path, course)
        by_course = "SELECT course_id, added_at FROM path_step ORDER BY course_id"
        dated = rows(database, by_course)
        assert dated[0] == (a, None), "nobody knows"
        assert all(began <= at <= now_ms() for _course, at in dated[1:])
        current.move_step(database, DANA, path, a, down=True)
        current.set_needs_previous(database, DANA, path, c, is_on=True)
        current.remove_step(database, DANA, path, b)
        assert rows(database, by_course) == [dated[0], dated[2]]

    def test_active_learners_are_enrolled_in_an_added_course(self, database: Database) -> None:
        make_organization(database)
        old, new = make_course(database, "Old"), make_course(database, "New", deadline_days=5)
        path = make_path(database, "P", (old,), n_lessons=10)
        ada, bo, cem, dea, eli = (make_learner(database) for _ in range(5))
        make_account(database, learner_id=eli, is_suspended=1)
        for learner in (ada, bo, dea, eli):
            make_enrollment(database, learner, old, progress=50, lessons_done=5)
        on_path = [
            make_enrollment(database, learner, path, progress=50, lessons_done=5)
            for learner in (ada, bo, dea, eli)
        ]
        done = make_enrollment(database, cem, old, status=1, progress=100, lessons_done=10)
        finished = make_enrollment(database, cem, path, status=1, progress=100, lessons_done=10)
        taken = make_enrollment(database, bo, new, progress=10, lessons_done=1)
        make_enrollment(database, dea, new, status=2)
        assert paths.add_step(database, DANA, path, new) == 1
        assert rows(
            database,
            "SELECT learner_id, origin, status FROM enrollment"
            f" WHERE course_id = {new} ORDER BY id",
        ) == [(bo, "self", 0), (dea, "self", 2), (ada, "path", 0)]
        begun = "SELECT source, actor_name FROM enrollment_event e WHERE e.kind = 'began'"
        assert rows(database, begun) == [("path", "P")]
        assert [progress_of(database, e)[2] for e in on_path] == [25, 30, 25, 25]
        assert changes_of(database, on_path[1]) == [(2, "tracking", {"progress": [50, 30]})]
        # Learners who have completed the path need not take courses added later.
        assert progress_of(database, finished) == (1, 1, 100, 10, 1)
        assert (progress_of(database, done)[4], progress_of(database, taken)[4]) == (1, 1)
        current.remove_step(database, DANA, path, old)
        assert [progress_of(database, e)[2] for e in on_path] == [0, 10, 0, 0]
        assert rows(database, f"SELECT n_lessons FROM course WHERE id = {path}") == [(10,)]

    def test_learners_are_enrolled_on_publishing_and_archived_courses_do_not_count(
        self, database: Database
    ) -> None:
        make_organization(database)
        done, draft = make_course(database), make_course(database, state="draft")
        path, ada = make_path(database, "P", (done, draft)), make_learner(database)
        bo = make_learner(database)
        make_enrollment(database, ada, done, progress=50, lessons_done=5)
        make_enrollment(database, bo, done, status=1, progress=100, lessons_done=10)
        hers = make_enrollment(database, ada, path, progress=50, lessons_done=5)
        his = make_enrollment(database, bo, path, status=1, progress=100, lessons_done=10)
        current.set_course_state(database, DANA, draft, "published")
        assert progress_of(database, hers) == (0, 0, 25, 5, 2)
        assert progress_of(database, his) == (1, 1, 100, 10, 1)
        assert rows(
            database, f"SELECT learner_id, origin FROM enrollment WHERE course_id = {draft}"
        ) == [(ada, "path")]


def cancel_later(enrollment: int) -> Callable[[Session], None]:
    """Return a function that cancels an enrollment in a transaction of somebody else."""

    def cancel(session: Session) -> None:
        found = find_locked(session, DANA, enrollment)
        command = SetFields({Field.STATUS: Status.CANCELLED})
        change_enrollment(session, DANA, found, command, ChangeMeta("Left"))

    return cancel


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
class TestConcurrentChanges:
    @pytest.mark.parametrize("change", ["remove", "archive", "add", "lengthen"])
    def test_a_concurrent_cancellation_is_kept_by_a_change_of_the_path(
        self, database: Database, change: str
    ) -> None:
        make_organization(database)
        done, other, third = (make_course(database, n_lessons=2) for _ in range(3))
        make_lessons(database, done, 2)
        path = make_path(database, "P", (done, other), n_lessons=4)
        ada = make_learner(database)
        make_enrollment(database, ada, done, status=1, progress=100, lessons_done=2)
        hers = make_enrollment(database, ada, path, progress=50, lessons_done=2)

        changes: dict[str, Callable[[], object]] = {
            "remove": lambda: current.remove_step(database, DANA, path, other),
            "archive": lambda: current.set_course_state(database, DANA, other, "archived"),
            "add": lambda: paths.add_step(database, DANA, path, third),
            "lengthen": lambda: lessons.add_lesson(database, DANA, done, {"title": "More"}),
        }
        answer = run_during_write(database, cancel_later(hers), changes[change])
        assert not isinstance(answer, Exception)
        assert progress_of(database, hers)[0] == Status.CANCELLED
        versions = [version for version, *_rest in changes_of(database, hers)]
        assert versions == list(range(2, progress_of(database, hers)[4] + 1))

    def test_a_lesson_added_while_its_course_is_added_to_a_path_counts(
        self, database: Database
    ) -> None:
        make_organization(database)
        course, path = make_course(database, n_lessons=0), make_path(database, "P")

        def lengthen(session: Session) -> None:
            find_course(session, course)
            stored_lessons.add_lesson(session, course, "One", "")
            stored_lessons.count_lessons(session, course, now=1)

        run_during_write(database, lengthen, lambda: paths.add_step(database, DANA, path, course))
        assert rows(database, f"SELECT n_lessons FROM course WHERE id = {path}") == [(1,)]

    def test_a_course_added_to_a_path_while_another_gets_a_lesson_counts(
        self, database: Database
    ) -> None:
        make_organization(database)
        course, new = make_course(database, n_lessons=0), make_course(database, n_lessons=5)
        path = make_path(database, "P", (course,), n_lessons=0)

        def add(session: Session) -> None:
            find_path(session, path)
            path_admin.add_step(session, path, new, now=now_ms())
            path_admin.sum_lessons(session, path, now=1)

        more = {"title": "One", "content": ""}
        run_during_write(database, add, lambda: lessons.add_lesson(database, DANA, course, more))
        assert rows(database, f"SELECT n_lessons FROM course WHERE id = {path}") == [(6,)]
