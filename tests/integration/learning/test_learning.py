"""Test a learner's actions: dashboard, catalog, starting and cancelling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest
from sqlalchemy import event

from enrollment_portal.domain.paths.learning_paths import StepState
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import show_day, zone
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.services.learning.learning import (
    cancel_enrollment,
    read_catalog,
    read_course,
    read_dashboard,
    read_feedback,
    read_lesson,
    start_course,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.learning.learning_views import dashboard_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration.concurrency import at_once
from tests.integration.stored import history, rows

NOTE = "canary-note-8128"
NOBODYS: tuple[object, ...] = (0, -1, 2**70, None, "x", True, 1.5, [], {}, "\x00")


@contextmanager
def _noted(database: Database) -> Iterator[list[str]]:
    """Record the statements that are executed within the block."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


class TestDashboard:
    def test_shows_only_the_learners_own_and_no_note(self, database: Database, ada: Actor) -> None:
        mine = [
            make_enrollment(database, ada.learner_id, status=status, internal_note=NOTE)
            for status in (2, 1, 0)
        ]
        make_enrollment(database, internal_note=NOTE, feedback="For other eyes.")
        page = read_dashboard(database, ada)
        assert [e.id for e in page.enrollments] == mine[::-1]
        assert NOTE not in str(asdict(page))
        assert "other eyes" not in str(asdict(page))

    def test_a_deadline_has_its_date_and_time_zone(self, database: Database, ada: Actor) -> None:
        facts = organization_of(database)
        today = facts.today()
        make_enrollment(database, ada.learner_id, deadline_day=today + 3)
        page = read_dashboard(database, ada)
        for viewer, ends in (("Asia/Tokyo", "23:59 Stockholm time"), ("Europe/Stockholm", "")):
            view = dashboard_view(page, zone(viewer), facts.zone, today)
            deadline = view.active[0].deadline
            assert (deadline.date, deadline.left) == (show_day(today + 3), "in 3 days")
            assert deadline.ends == ends

    def test_of_somebody_outside_the_directory_is_empty(self, database: Database) -> None:
        make_enrollment(database)
        page = read_dashboard(database, Actor(1, "Tom", "", Role.ADMIN))
        assert (page.enrollments, page.requests) == ((), ())

    def test_takes_the_same_number_of_statements_for_two_hundred_enrollments(
        self, database: Database, ada: Actor
    ) -> None:
        for _ in range(200):
            make_enrollment(database, ada.learner_id)
        with _noted(database) as statements:
            assert len(read_dashboard(database, ada).enrollments) == 200
        assert len([s for s in statements if s.startswith("SELECT")]) <= 4

    def test_a_path_shows_the_status_of_each_course(self, database: Database, ada: Actor) -> None:
        courses = tuple(make_course(database, title) for title in "ABCD")
        path = make_path(database, "Path", courses, needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        make_enrollment(database, ada.learner_id, courses[0], status=1)
        make_enrollment(database, ada.learner_id, courses[1])
        make_enrollment(database, ada.learner_id, courses[2], origin="path")
        page = read_dashboard(database, ada)
        steps = page.steps[enrollment]
        assert [s.state for s in steps] == [
            StepState.DONE,
            StepState.IN_PROGRESS,
            StepState.LOCKED,
            StepState.LOCKED,
        ]
        assert [s.opened_by for s in steps] == ["", "", "B", "C"]
        assert page.locks == {courses[2]: "B", courses[3]: "C"}

    def test_feedback_stays_new_until_its_learner_has_read_it(
        self, database: Database, ada: Actor
    ) -> None:
        values = {"feedback": "Well done.", "feedback_is_new": 1}
        mine, theirs = (
            make_enrollment(database, learner, **values)
            for learner in (ada.learner_id, make_learner(database))
        )
        read_feedback(database, ada, mine, "What stood there before.")
        assert rows(database, "SELECT feedback_is_new FROM enrollment ORDER BY id") == [(1,), (1,)]
        for enrollment in (mine, theirs, *NOBODYS):
            read_feedback(database, ada, enrollment, "Well done.")
        assert rows(database, "SELECT feedback_is_new, version FROM enrollment ORDER BY id") == [
            (0, 1),
            (1, 1),
        ]

    def test_opening_the_course_marks_its_feedback_as_read(
        self, database: Database, ada: Actor
    ) -> None:
        course = make_course(database)
        values = {"feedback": "Well done.", "feedback_is_new": 1}
        make_enrollment(database, ada.learner_id, course, **values)
        seen = read_course(database, ada, course)
        assert seen.enrollment is not None
        assert seen.enrollment.feedback_is_new == 1
        assert rows(database, "SELECT feedback_is_new FROM enrollment") == [(0,)]


class TestCatalog:
    def test_lists_only_published_courses_found_by_every_word(
        self, database: Database, ada: Actor
    ) -> None:
        for title, values in {
            "Rope Access": {},
            "Rope Rescue": {},
            "Rope Draft": {"state": "draft"},
            "Rope Archive": {"state": "archived"},
            "100% Knots": {},
        }.items():
            make_course(database, title, **values)
        make_path(database, "Rope Path")
        titles = lambda search: [  # noqa: E731
            row.course.title for row in read_catalog(database, ada, search, None).rows
        ]
        assert titles("") == ["100% Knots", "Rope Access", "Rope Rescue"]
        assert titles("RÓPE res") == ["Rope Rescue"]
        assert titles("00%") == ["100% Knots"]
        assert titles("_") == titles("%") == titles("\x00") == []
        assert titles("\ud800") == titles("\u200b") == titles("")
        assert titles("“Rope”, Rescue\ud800") == ["Rope Rescue"]

    def test_is_empty_for_somebody_outside_the_directory(self, database: Database) -> None:
        with pytest.raises(NotAllowed):
            read_catalog(database, Actor(1, "Tom", "", Role.ADMIN), "", None)

    def test_shows_the_learners_status(self, database: Database, ada: Actor) -> None:
        a, b, c = (make_course(database, title) for title in "ABC")
        make_enrollment(database, ada.learner_id, a)
        make_enrollment(
            database, ada.learner_id, make_path(database, "P", (a, b), needs_previous=1)
        )
        make_enrollment(database, make_learner(database), c)
        found = [
            (row.course.title, row.existing and row.existing.status, row.locked_by)
            for row in read_catalog(database, ada, "", None).rows
        ]
        assert found == [("A", 0, ""), ("B", None, "A"), ("C", None, "")]


class TestStart:
    def test_creates_the_enrollment_at_that_time_with_its_deadline(
        self, database: Database, ada: Actor
    ) -> None:
        course = make_course(database, deadline_days=30)
        enrollment = start_course(database, ada, course)
        assert rows(
            database,
            "SELECT learner_id, status, progress, origin, deadline_day, version FROM enrollment",
        ) == [(ada.learner_id, 0, 0, "self", organization_of(database).today() + 30, 1)]
        assert history(database, enrollment) == [(1, "person", ada.name, {}, "")]
        assert rows(database, "SELECT actor_id FROM enrollment_event") == [(ada.account_id,)]

    def test_repeated_starts_create_one_enrollment(self, database: Database, ada: Actor) -> None:
        course = make_course(database)
        first = at_once(*[lambda: start_course(database, ada, course)] * 6)
        assert len(set(first)) == 1
        assert start_course(database, ada, str(course)) == first[0]
        assert rows(database, "SELECT count(*) FROM enrollment") == [(1,)]
        assert rows(database, "SELECT count(*) FROM enrollment_event") == [(1,)]

    @pytest.mark.parametrize("state", ["draft", "archived"])
    def test_an_unpublished_course_is_not_found(
        self, database: Database, ada: Actor, state: str
    ) -> None:
        hidden = make_course(database, state=state)
        for wanted in (hidden, make_path(database), 999, *NOBODYS):
            with pytest.raises(NotFound):
                start_course(database, ada, wanted)
            with pytest.raises(NotFound):
                read_course(database, ada, wanted)
        assert rows(database, "SELECT count(*) FROM enrollment") == [(0,)]

    def test_a_step_is_locked_by_the_previous_one(self, database: Database, ada: Actor) -> None:
        first, second = make_course(database, "First"), make_course(database, "Second")
        make_lessons(database, second, 2)
        path = make_path(database, "Path", (first, second), needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        with pytest.raises(Refused, match="First"):
            start_course(database, ada, second)
        assert read_course(database, ada, second).locked_by == "First"
        make_enrollment(database, ada.learner_id, first, status=1)
        assert start_course(database, ada, second)
        assert rows(database, f"SELECT tracked_status FROM enrollment WHERE id = {enrollment}") == [
            (0,)
        ]

    @pytest.mark.parametrize("state", ["draft", "archived"])
    def test_a_step_that_nobody_can_start_does_not_lock_the_next(
        self, database: Database, ada: Actor, state: str
    ) -> None:
        first, second, third = (make_course(database, title) for title in ("A", "B", "C"))
        gone = make_course(database, "Gone", state=state)
        make_lessons(database, third, 2)
        path = make_path(database, "Path", (first, gone, second, third), needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        # The previous step that can be started still unlocks it.
        assert read_course(database, ada, second).locked_by == "A"
        make_enrollment(database, ada.learner_id, first, status=1)
        make_enrollment(database, ada.learner_id, gone, status=2)
        steps = read_dashboard(database, ada).steps[enrollment]
        assert [(s.step.title, s.state, s.opened_by) for s in steps] == [
            ("A", StepState.DONE, ""),
            ("B", StepState.OPEN, ""),
            ("C", StepState.LOCKED, "B"),
        ]
        # Learners already enrolled in it continue with it first.
        make_enrollment(database, ada.learner_id, second, origin="path")
        make_enrollment(database, ada.learner_id, gone)
        assert read_course(database, ada, second).locked_by == "Gone"
        steps = read_dashboard(database, ada).steps[enrollment]
        assert [s.state for s in steps] == [
            StepState.DONE,
            StepState.IN_PROGRESS,
            StepState.LOCKED,
            StepState.LOCKED,
        ]

    def test_a_first_step_that_nobody_can_start_locks_nothing(
        self, database: Database, ada: Actor
    ) -> None:
        gone, course = make_course(database, state="archived"), make_course(database)
        path = make_path(database, "Path", (gone, course), needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        (step,) = read_dashboard(database, ada).steps[enrollment]
        assert (step.state, step.opened_by) == (StepState.OPEN, "")
        assert start_course(database, ada, course)

    def test_a_lock_ends_with_the_path(self, database: Database, ada: Actor) -> None:
        first, second = make_course(database), make_course(database)
        path = make_path(database, "Path", (first, second), needs_previous=1)
        enrollment = make_enrollment(database, ada.learner_id, path)
        cancel_enrollment(database, ada, enrollment, "Other plans")
        assert start_course(database, ada, second)

    def test_a_completed_course_is_not_started_again(self, database: Database, ada: Actor) -> None:
        course = make_course(database)
        make_enrollment(database, ada.learner_id, course, status=1)
        with pytest.raises(Refused, match="Already completed"):
            start_course(database, ada, course)


CANCELLED = {"status": [0, 2], "tracked_status": [0, 2]}


class TestCancel:
    def test_cancels_with_a_reason_and_can_be_started_again(
        self, database: Database, ada: Actor
    ) -> None:
        course = make_course(database)
        old = start_course(database, ada, course)
        cancel_enrollment(database, ada, old, "  No time ")
        assert history(database, old)[-1] == (2, "person", ada.name, CANCELLED, "No time")
        stored = f"SELECT status, tracked_status, override_seq FROM enrollment WHERE id = {old}"
        assert rows(database, stored) == [(2, 2, None)]
        new = start_course(database, ada, course)
        assert new != old
        assert rows(database, stored) == [(2, 2, None)]
        with pytest.raises(Refused):
            cancel_enrollment(database, ada, old, "Again")

    @pytest.mark.parametrize("reason", ["", " ", None, 5, "x" * 501, "a\x00"])
    def test_requires_a_valid_reason(self, database: Database, ada: Actor, reason: object) -> None:
        enrollment = start_course(database, ada, make_course(database))
        with pytest.raises(Invalid) as refusal:
            cancel_enrollment(database, ada, enrollment, reason)
        assert list(refusal.value.errors) == ["reason"]
        assert len(history(database, enrollment)) == 1

    def test_others_enrollments_are_not_found(self, database: Database, ada: Actor) -> None:
        theirs = make_enrollment(database)
        for wanted in (theirs, *NOBODYS):
            with pytest.raises(NotFound):
                cancel_enrollment(database, ada, wanted, "Mine now")
        assert rows(database, "SELECT status, version FROM enrollment") == [(0, 1)]

    def test_cancelling_a_path_keeps_its_courses(self, database: Database, ada: Actor) -> None:
        course = make_course(database)
        path = make_enrollment(database, ada.learner_id, make_path(database, "P", (course,)))
        make_enrollment(database, ada.learner_id, course)
        cancel_enrollment(database, ada, path, "Too much")
        assert rows(database, "SELECT status FROM enrollment ORDER BY id") == [(2,), (0,)]

    def test_closes_the_open_extension_request(self, database: Database, ada: Actor) -> None:
        from enrollment_portal.services.requests.extensions import request_extension

        enrollment = start_course(database, ada, make_course(database, deadline_days=5))
        request_extension(database, ada, enrollment, "2150-01-01", "Holiday")
        cancel_enrollment(database, ada, enrollment, "No time")
        assert rows(database, "SELECT state, is_seen FROM extension_request") == [("closed", 1)]


class TestLesson:
    def test_can_be_opened_by_learners_of_its_course(self, database: Database, ada: Actor) -> None:
        course, other = make_course(database), make_course(database)
        lesson, foreign = make_lessons(database, course, 1)[0], make_lessons(database, other, 1)[0]
        with pytest.raises(NotFound):
            read_lesson(database, ada, course, lesson)
        enrollment = start_course(database, ada, course)
        assert read_lesson(database, ada, course, lesson).enrollment.id == enrollment
        for wanted in (foreign, *NOBODYS):
            with pytest.raises(NotFound):
                read_lesson(database, ada, course, wanted)
        cancel_enrollment(database, ada, enrollment, "No time")
        with pytest.raises(Refused, match="cancelled"):
            read_lesson(database, ada, course, lesson)

    def test_cannot_be_opened_while_a_path_locks_it(self, database: Database, ada: Actor) -> None:
        first, second = make_course(database, "First"), make_course(database)
        lesson = make_lessons(database, second, 1)[0]
        make_enrollment(database, ada.learner_id, second, origin="path")
        path = make_path(database, "Path", (first, second), needs_previous=1)
        make_enrollment(database, ada.learner_id, path)
        with pytest.raises(Refused, match="First"):
            read_lesson(database, ada, second, lesson)

    def test_opening_it_reads_the_locking_paths_once(self, database: Database, ada: Actor) -> None:
        course = make_course(database)
        (lesson,) = make_lessons(database, course, 1)
        make_path(database, "Path", (course,))
        make_enrollment(database, ada.learner_id, course)
        with _noted(database) as statements:
            read_lesson(database, ada, course, lesson)
        assert len([one for one in statements if "path_step" in one]) == 1
