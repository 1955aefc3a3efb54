"""Test failing grades, and completions that end and are restored with a grade, on both engines."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.enrollment.undo import labels
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.catalog.courses import read_course, save_course, typed_course
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.timeline import newest
from enrollment_portal.services.learning.learning import read_dashboard
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_lessons, make_path
from tests.integration.steps import enroll_in_path, save, undo
from tests.integration.stored import enrollment_in, rows

ACTIVE, COMPLETED = 0, 1


class Graded:
    """A learner in a path: a course of one lesson, and another that it locks."""

    def __init__(self, database: Database, ada: Actor, dana: Actor, **course: object) -> None:
        self.database, self.ada, self.dana = database, ada, dana
        self.course = make_course(database, "Knots", n_lessons=1, **course)
        (self.lesson,) = make_lessons(database, self.course, 1)
        self.next = make_course(database, "Splices", n_lessons=1)
        make_lessons(database, self.next, 1)
        path = make_path(database, "P", (self.course, self.next), n_lessons=2, needs_previous=1)
        enroll_in_path(database, ada, path)
        self.id = enrollment_in(database, ada, self.course)

    def change_course(self, **typed: str) -> None:
        found = read_course(self.database, self.dana, self.course).course
        typed = typed_course(found) | typed
        save_course(self.database, self.dana, self.course, version=found.version, typed=typed)

    def save(self, **typed: str) -> int:
        """Save fields, and return the row of history."""
        return save(self.database, self.dana, self.id, **typed)

    def grade(self, grade: str) -> int:
        return self.save(grade=grade)

    def learn(self) -> None:
        mark_done(self.database, self.ada, self.course, self.lesson)

    @property
    def status(self) -> int:
        """The status, checking that the next course is unlocked only if it is completed."""
        sql = f"SELECT status FROM enrollment WHERE id = {self.id}"
        ((status,),) = rows(self.database, sql)
        is_locked = self.next in read_dashboard(self.database, self.ada).locks
        assert is_locked is (status != COMPLETED)
        verify_history(self.database)
        return status


@pytest.mark.parametrize("scheme", [scheme for scheme in GradingScheme if scheme != "points"])
def test_failing_points_do_not_pass_under_another_scheme(
    database: Database, ada: Actor, dana: Actor, scheme: GradingScheme
) -> None:
    one = Graded(database, ada, dana, requires_grade=1, grading_scheme="points", grading_points=100)
    one.learn()
    one.change_course(pass_percent="80")
    one.grade("70")
    one.change_course(scheme=scheme.value, points="", pass_percent="80")
    assert one.status == ACTIVE
    if scheme in (GradingScheme.LETTERS, GradingScheme.PASS_FAIL):
        # The field is hidden: what cannot be read leaves the mark as it is.
        one.change_course(pass_percent="eighty", title="Bends")
        assert one.status == ACTIVE


def test_lessons_done_again_do_not_complete_with_a_failing_grade(
    database: Database, ada: Actor, dana: Actor
) -> None:
    one = Graded(database, ada, dana)
    one.learn()
    one.change_course(requires_grade="on", scheme="letters")
    one.save(status="active")
    one.grade("F")
    one.learn()
    assert one.status == ACTIVE
    one.change_course(title="Bends", deadline_days="9", scheme="free")
    assert one.status == ACTIVE
    one.grade("A")
    assert one.status == COMPLETED


def test_without_a_grade_lessons_done_again_complete_it_again(
    database: Database, ada: Actor, dana: Actor
) -> None:
    one = Graded(database, ada, dana)
    one.learn()
    one.change_course(requires_grade="on", scheme="letters")
    one.save(status="active")
    one.learn()
    assert one.status == COMPLETED


def test_a_cleared_grade_ends_the_completion_under_any_pass_mark(
    database: Database, ada: Actor, dana: Actor
) -> None:
    one = Graded(database, ada, dana, requires_grade=1, grading_scheme="percent")
    one.grade("55")
    one.learn()
    assert one.status == COMPLETED
    one.change_course(pass_percent="60")
    assert one.status == COMPLETED
    one.grade("")
    assert one.status == ACTIVE


def test_a_completion_by_a_lower_pass_mark_ends_with_the_grade(
    database: Database, ada: Actor, dana: Actor
) -> None:
    one = Graded(database, ada, dana, requires_grade=1, grading_scheme="percent", pass_percent=60)
    one.learn()
    one.grade("55")
    one.change_course(pass_percent="50")
    assert one.status == COMPLETED
    one.change_course(pass_percent="60")
    assert one.status == COMPLETED
    completed = read_enrollment(database, dana, one.id)
    assert {str(name) for event in completed.history for name in event.changes} >= {"by_grade"}
    # What it rests on is kept, and shown nowhere.
    timeline = newest(completed)
    assert "by_grade" not in map(str, timeline.fields)
    assert all("grade" not in labels(e.event.changes) for e in timeline.entries)
    one.grade("20")
    assert one.status == ACTIVE
    one.grade("")
    assert one.status == ACTIVE


@pytest.mark.parametrize("slip", ["F", ""])
@pytest.mark.parametrize("is_undone", [True, False])
def test_a_corrected_grade_restores_the_completion_despite_a_new_lesson(
    database: Database, ada: Actor, dana: Actor, slip: str, is_undone: bool
) -> None:
    one = Graded(database, ada, dana, requires_grade=1, grading_scheme="letters")
    one.learn()
    one.grade("A")
    add_lesson(database, dana, one.course, {"title": "More", "content": ""})
    assert one.status == COMPLETED
    made = one.grade(slip)
    assert one.status == ACTIVE
    if is_undone:
        undo(database, dana, one.id, made)
    else:
        one.grade("A")
    assert one.status == COMPLETED


def test_a_grade_required_later_ends_no_passing_completion(
    database: Database, ada: Actor, dana: Actor
) -> None:
    one = Graded(database, ada, dana, grading_scheme="percent")
    one.grade("55")
    one.learn()
    one.change_course(requires_grade="on")
    for grade in ("20", "", "80", "10"):
        one.grade(grade)
        assert one.status == COMPLETED
