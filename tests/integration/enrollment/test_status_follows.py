"""Test that a status without an override is the tracked status, also after an override ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.enrollment.fields import Field, Hidden, Status, Tracked
from enrollment_portal.domain.enrollment.messages import NEEDS_GRADE, TWO_ACTIVE
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_of, show_day, zone
from enrollment_portal.domain.shared.errors import Invalid, Refused
from enrollment_portal.services.catalog.courses import read_course, save_course, typed_course
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.enrolling.retaking import create_retake
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.services.grading.grading import Outcome, RowEdit, grade_cell, grade_many
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.state.shared.views import details_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_course, make_enrollment, make_lessons, make_path
from tests.integration import current
from tests.integration.steps import complete, enroll_in_path, graded_course, save, undo
from tests.integration.stored import enrollment_in, history, rows, values_of, version_of


def by_revert(database: Database, dana: Actor, enrollment: int, seq: int) -> None:
    revert_to_tracked(database, dana, enrollment, version=version_of(database, enrollment))


def by_undo(database: Database, dana: Actor, enrollment: int, seq: int) -> None:
    undo_change(database, dana, enrollment, seq)


def by_override(database: Database, dana: Actor, enrollment: int, seq: int) -> None:
    save(database, dana, enrollment, status="active")


Act = Callable[[Database, Actor, int, int], None]


class TestOverriddenCompletion:
    """Overridden to completed after one of two lessons; then a lesson is removed."""

    @pytest.fixture
    def course(self, database: Database, ada: Actor) -> tuple[int, list[int], int]:
        course = make_course(database, n_lessons=2)
        lessons = make_lessons(database, course, 2)
        enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=2))
        mark_done(database, ada, course, lessons[0])
        return course, lessons, enrollment_in(database, ada, course)

    @pytest.mark.parametrize("act", [by_revert, by_undo])
    def test_without_the_override_the_remaining_lessons_complete_it(
        self, database: Database, dana: Actor, course: tuple[int, list[int], int], act: Act
    ) -> None:
        id_, lessons, enrollment = course
        made = save(database, dana, enrollment, status="completed")
        current.remove_lesson(database, dana, id_, lessons[1])
        act(database, dana, enrollment, made)
        status, tracked, progress, completed_at, override = values_of(database, enrollment)
        assert (status, tracked, progress, override) == (1, 1, 100, None)
        assert completed_at is not None
        assert history(database, enrollment)[-1][1] == "tracking"
        path = rows(database, "SELECT status, progress FROM enrollment WHERE id = 1")
        assert path == [(1, 100)]
        verify_history(database)

    @pytest.mark.parametrize("act", [by_revert, by_undo])
    def test_not_completed_if_the_lesson_done_was_removed(
        self, database: Database, dana: Actor, course: tuple[int, list[int], int], act: Act
    ) -> None:
        id_, lessons, enrollment = course
        made = save(database, dana, enrollment, status="completed")
        before = version_of(database, enrollment)
        current.remove_lesson(database, dana, id_, lessons[0])
        assert version_of(database, enrollment) == before
        act(database, dana, enrollment, made)
        assert values_of(database, enrollment) == (0, 0, 0, None, None)
        verify_history(database)

    def test_set_to_active_it_is_reopened(
        self, database: Database, ada: Actor, dana: Actor, course: tuple[int, list[int], int]
    ) -> None:
        id_, lessons, enrollment = course
        save(database, dana, enrollment, status="completed")
        current.remove_lesson(database, dana, id_, lessons[1])
        before = values_of(database, enrollment)
        made = save(database, dana, enrollment, status="active")
        assert values_of(database, enrollment) == (0, 1, 100, None, made)
        undo(database, dana, enrollment, made)
        assert values_of(database, enrollment)[:4] == before[:4]
        save(database, dana, enrollment, status="active")
        assert mark_done(database, ada, id_, lessons[0]).is_completed
        assert values_of(database, enrollment)[::4] == (1, None)

    def test_set_to_active_after_its_lesson_was_removed_it_follows(
        self, database: Database, dana: Actor, course: tuple[int, list[int], int]
    ) -> None:
        id_, lessons, enrollment = course
        save(database, dana, enrollment, status="completed")
        current.remove_lesson(database, dana, id_, lessons[0])
        save(database, dana, enrollment, status="active")
        assert values_of(database, enrollment) == (0, 0, 0, None, None)

    def test_a_grade_counts_the_remaining_lessons(
        self, database: Database, dana: Actor, course: tuple[int, list[int], int]
    ) -> None:
        id_, lessons, enrollment = course
        stored = read_course(database, dana, id_).course
        typed = typed_course(stored) | {"requires_grade": "on"}
        save_course(database, dana, id_, version=stored.version, typed=typed)
        save(database, dana, enrollment, status="completed")
        add_lesson(database, dana, id_, {"title": "More", "content": ""})
        current.remove_lesson(database, dana, id_, lessons[0])
        current.remove_lesson(database, dana, id_, lessons[1])
        save(database, dana, enrollment, grade="A")
        assert values_of(database, enrollment)[:2] == (1, 0), "the lesson that is left is not done"


def test_set_to_active_with_a_passing_grade_it_is_reopened(
    database: Database, ada: Actor, dana: Actor
) -> None:
    course = make_course(database, n_lessons=1, requires_grade=1)
    (lesson,) = make_lessons(database, course, 1)
    enrollment = make_enrollment(database, ada.learner_id, course, grade="A")
    save(database, dana, enrollment, status="completed")
    current.remove_lesson(database, dana, course, lesson)
    made = save(database, dana, enrollment, status="active")
    assert values_of(database, enrollment)[::4] == (0, made)
    by_revert(database, dana, enrollment, made)
    assert values_of(database, enrollment)[:2] == (1, 1)


def test_undoing_a_grade_that_is_no_longer_required_reopens_it(
    database: Database, ada: Actor, dana: Actor
) -> None:
    course = graded_course(database)
    make_enrollment(database, ada.learner_id, course[0])
    enrollment = complete(database, ada, dana, course)
    completed = values_of(database, enrollment)
    stored = read_course(database, dana, course[0]).course
    typed = typed_course(stored) | {"requires_grade": ""}
    save_course(database, dana, course[0], version=stored.version, typed=typed)
    made = read_enrollment(database, dana, enrollment).history[0].seq
    undone = undo(database, dana, enrollment, made)
    assert values_of(database, enrollment) == (0, 1, 100, None, undone)
    undo(database, dana, enrollment, undone)
    assert values_of(database, enrollment) == completed


def test_reopened_it_completes_when_the_lessons_not_done_again_are_removed(
    database: Database, ada: Actor, dana: Actor
) -> None:
    course = make_course(database, n_lessons=2)
    lessons = make_lessons(database, course, 2)
    enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=2))
    for lesson in lessons:
        mark_done(database, ada, course, lesson)
    enrollment = enrollment_in(database, ada, course)
    save(database, dana, enrollment, status="active")
    third = add_lesson(database, dana, course, {"title": "More", "content": ""})
    current.remove_lesson(database, dana, course, third)
    assert values_of(database, enrollment)[0] == 0, "nothing was done anew"
    mark_done(database, ada, course, lessons[0])
    current.remove_lesson(database, dana, course, lessons[1])
    status, tracked, progress, completed_at, override = values_of(database, enrollment)
    assert (status, tracked, progress, override) == (1, 1, 100, None)
    assert completed_at is not None


def test_undoing_a_failing_grade_reopens_a_reopened_enrollment_again(
    database: Database, ada: Actor, dana: Actor
) -> None:
    course = graded_course(database)
    make_enrollment(database, ada.learner_id, course[0])
    enrollment = complete(database, ada, dana, course)
    reopened = save(database, dana, enrollment, status="active")
    made = save(database, dana, enrollment, grade="F")
    assert values_of(database, enrollment)[1::3] == (0, None)
    undo(database, dana, enrollment, made)
    assert values_of(database, enrollment) == (0, 1, 100, None, reopened)
    assert history(database, enrollment)[-1][3] == {
        "grade": ["F", "A"],
        "tracked_status": [0, 1],
        "override": [None, reopened],
    }


class TestReverting:
    def test_restores_the_tracked_completion_time(
        self, database: Database, ada: Actor, dana: Actor
    ) -> None:
        enrollment = make_enrollment(
            database, ada.learner_id, status=1, progress=100, lessons_done=10
        )
        before = values_of(database, enrollment)
        save(database, dana, enrollment, status="active")
        save(database, dana, enrollment, status="cancelled")
        by_revert(database, dana, enrollment, 0)
        assert values_of(database, enrollment) == before

    def test_is_offered_if_the_tracked_status_is_equal(
        self, database: Database, ada: Actor, dana: Actor
    ) -> None:
        course, lesson = graded_course(database)
        enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=1))
        enrollment = enrollment_in(database, ada, course)
        made = save(database, dana, enrollment, status="completed")
        by_person = values_of(database, enrollment)[3]
        mark_done(database, ada, course, lesson)
        graded = save(database, dana, enrollment, grade="A")
        details = read_enrollment(database, dana, enrollment)
        assert details.override
        assert details.override.seq == made
        shown = details_view(details, zone("UTC"), zone("UTC"), 0, NOW)
        day = show_day(day_of(details.override.at, zone("UTC")))
        assert shown.tracked == (
            f"Tracked progress 100%. Marked as completed by Dana Ruiz on {day}."
        )
        by_revert(database, dana, enrollment, made)
        details = read_enrollment(database, dana, enrollment)
        assert details.override is None
        graded_at = next(event.at for event in details.history if event.seq == graded)
        assert values_of(database, enrollment) == (1, 1, 100, graded_at, None)
        assert details.history[0].changes == {
            Tracked.STATUS: (1, 1),
            Field.COMPLETED: (by_person, graded_at),
            Hidden.OVERRIDE: (made, None),
        }
        with pytest.raises(Refused, match="not overridden"):
            by_revert(database, dana, enrollment, made)
        undone = undo(database, dana, enrollment, details.history[0].seq)
        assert values_of(database, enrollment) == (1, 1, 100, by_person, made)
        undo(database, dana, enrollment, undone)
        assert values_of(database, enrollment) == (1, 1, 100, graded_at, None)
        save(database, dana, enrollment, grade="")
        assert values_of(database, enrollment)[::4] == (0, None)
        verify_history(database)


class TestTakenAgain:
    """An enrollment completed by a grade, with an active retake."""

    @pytest.fixture
    def first(self, database: Database, ada: Actor, dana: Actor) -> int:
        course = graded_course(database)
        enroll_in_path(database, ada, make_path(database, "P", (course[0],), n_lessons=1))
        enrollment = complete(database, ada, dana, course)
        create_retake(database, dana, enrollment)
        return enrollment

    def course_of(self, database: Database, first: int) -> int:
        return rows(database, f"SELECT course_id FROM enrollment WHERE id = {first}")[0][0]

    @pytest.mark.parametrize("grade", ["", "F"])
    def test_clearing_its_grade_is_refused_beside_the_field(
        self, database: Database, dana: Actor, first: int, grade: str
    ) -> None:
        before = values_of(database, first)
        version, typed = version_of(database, first), {"grade": grade}
        with pytest.raises(Invalid) as refusal:
            save_enrollment(database, dana, first, version=version, typed=typed)
        assert refusal.value.errors == {Field.GRADE: NEEDS_GRADE}
        cell = grade_cell(database, dana, first, "grade", grade, version)
        assert (cell.outcome, cell.message) == (Outcome.REFUSED, NEEDS_GRADE)
        course = self.course_of(database, first)
        with pytest.raises(Invalid) as refusal:
            grade_many(database, dana, course, [RowEdit(first, version, typed)])
        assert refusal.value.errors == {str(first): NEEDS_GRADE}
        assert values_of(database, first) == before

    def test_its_grade_cannot_be_undone(self, database: Database, dana: Actor, first: int) -> None:
        before = values_of(database, first)
        made = read_enrollment(database, dana, first).history[0].seq
        with pytest.raises(Refused) as refusal:
            undo_change(database, dana, first, made)
        assert refusal.value.message == NEEDS_GRADE
        assert values_of(database, first) == before

    def test_its_grade_cannot_be_undone_with_a_batch(
        self, database: Database, dana: Actor, first: int
    ) -> None:
        second = rows(database, f"SELECT id FROM enrollment WHERE id > {first}")[0][0]
        save(database, dana, second, status="cancelled")
        save(database, dana, first, grade="")
        course = self.course_of(database, first)
        change = RowEdit(first, version_of(database, first), {"grade": "B"})
        batch = grade_many(database, dana, course, [change]).batch
        save(database, dana, second, status="active")
        (left,) = undo_batch(database, dana, batch).left
        assert left.why == NEEDS_GRADE
        assert values_of(database, first)[0] == Status.COMPLETED

    def test_setting_it_to_active_is_refused_beside_the_status(
        self, database: Database, dana: Actor, first: int
    ) -> None:
        version = version_of(database, first)
        typed: dict[str, Any] = {"status": "active", "grade": ""}
        with pytest.raises(Invalid) as refusal:
            save_enrollment(database, dana, first, version=version, typed=typed)
        assert refusal.value.errors == {Field.STATUS: TWO_ACTIVE}
