"""Test that undo restores everything, and that a reactivated enrollment follows its course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.catalog.courses import read_course, save_course, typed_course
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.catalog.paths import add_step
from enrollment_portal.services.enrolling.enroll_many import Chosen, enroll, preview
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.learning import (
    cancel_enrollment,
    read_dashboard,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_lessons,
    make_path,
)
from tests.integration import current
from tests.integration.actors import make_learner_actor
from tests.integration.steps import complete, day, enroll_in_path, graded_course, save, undo
from tests.integration.stored import enrollment_in, execute, history, rows, values_of, version_of


def state(database: Database, enrollment: int) -> tuple[Any, ...]:
    """Return an enrollment's values; of the override only whether there is one."""
    *values, override = values_of(database, enrollment)
    return (*values, override is not None)


def undo_newest(database: Database, dana: Actor, enrollment: int) -> None:
    """Undo the newest change that a person made, alone or with its batch."""
    events = read_enrollment(database, dana, enrollment).history
    newest = next(event for event in events if event.source == "person")
    if newest.batch:
        assert undo_batch(database, dana, newest.batch).left == ()
    else:
        undo(database, dana, enrollment, newest.seq)


class TestPaths:
    @pytest.fixture
    def courses(self, database: Database) -> list[tuple[int, int]]:
        return [graded_course(database) for _ in range(2)]

    def test_completions_are_restored_despite_courses_added_since(
        self, database: Database, ada: Actor, dana: Actor, courses: list[tuple[int, int]]
    ) -> None:
        ids = tuple(course for course, _lesson in courses)
        path = make_path(database, "P", ids, n_lessons=2)
        enrolled = enroll_in_path(database, ada, path)
        one, _other = (complete(database, ada, dana, course) for course in courses)
        before = values_of(database, enrolled)
        assert before[:3] == (1, 1, 100)
        add_step(database, dana, path, make_course(database, "LaterChange", n_lessons=3))
        assert values_of(database, enrolled) == before
        made = save(database, dana, one, grade="")
        assert values_of(database, enrolled)[:2] == (0, 0)
        add_step(database, dana, path, make_course(database, "Even later", n_lessons=3))
        for _ in range(2):
            made = undo(database, dana, one, made)
            assert values_of(database, enrolled) == before
            assert history(database, enrolled)[-1][1] == "tracking"
            changes = history(database, enrolled)[-1][3]
            assert changes.pop("progress")[1] == 100
            assert changes == {"status": [0, 1], "completed_on": [None, before[3]]}
            (shown,) = [e for e in read_dashboard(database, ada).enrollments if e.id == enrolled]
            assert (shown.status, shown.completed_at) == (1, before[3])
            assert read_dashboard(database, ada).locks == {}
            made = undo(database, dana, one, made)
            assert values_of(database, enrolled)[:2] == (0, 0)
        # Graded again, the course was completed again: added lessons count now.
        save(database, dana, one, grade="B")
        assert values_of(database, enrolled)[:2] == (0, 0)
        verify_history(database)

    def test_paths_that_share_a_course_are_each_restored(
        self, database: Database, ada: Actor, dana: Actor, courses: list[tuple[int, int]]
    ) -> None:
        shared, (alone, _lesson) = courses[0], courses[1]
        first, second = (make_path(database, name, (shared[0],)) for name in "AB")
        one = enroll_in_path(database, ada, first)
        enrollment = complete(database, ada, dana, shared)
        two = enroll_in_path(database, ada, second)
        before = values_of(database, one), values_of(database, two)
        third = enroll_in_path(database, ada, make_path(database, "C", (alone, shared[0])))
        unfinished = values_of(database, third)
        # A started but not completed course is not part of the completion.
        add_step(database, dana, first, alone)
        assert (values_of(database, one), values_of(database, two)) == before
        made = save(database, dana, enrollment, grade="")
        assert [values_of(database, id_)[0] for id_ in (one, two)] == [0, 0]
        undo(database, dana, enrollment, made)
        assert (values_of(database, one), values_of(database, two)) == before
        assert values_of(database, third) == unfinished

    def test_completions_are_restored_with_a_batch(
        self, database: Database, ada: Actor, dana: Actor, courses: list[tuple[int, int]]
    ) -> None:
        path = make_path(database, "P", tuple(course for course, _ in courses))
        enrolled = enroll_in_path(database, ada, path)
        ids = [complete(database, ada, dana, course) for course in courses]
        before = values_of(database, enrolled)
        batches = []
        for (course, _lesson), id_ in zip(courses, ids, strict=True):
            cleared = RowEdit(id_, version_of(database, id_), {"grade": ""})
            batches.append(grade_many(database, dana, course, [cleared]).batch)
        add_step(database, dana, path, make_course(database, n_lessons=1))
        redo = [undo_batch(database, dana, batch).batch for batch in batches]
        assert values_of(database, enrolled) == before
        undo_batch(database, dana, undo_batch(database, dana, redo[0]).batch)
        assert values_of(database, enrolled) == before

    def test_reopened_paths_are_reopened_again(
        self, database: Database, ada: Actor, dana: Actor, courses: list[tuple[int, int]]
    ) -> None:
        enrolled = enroll_in_path(database, ada, make_path(database, "P", (courses[0][0],)))
        one = complete(database, ada, dana, courses[0])
        completed = values_of(database, enrolled)
        reopened = save(database, dana, enrolled, status="active")
        before = values_of(database, enrolled)
        assert before == (0, 1, 100, None, reopened)
        made = save(database, dana, one, grade="")
        assert values_of(database, enrolled)[:2] == (0, 0)
        undo(database, dana, one, made)
        assert values_of(database, enrolled) == before
        version = version_of(database, enrolled)
        revert_to_tracked(database, dana, enrolled, version=version)
        assert values_of(database, enrolled) == completed


class TestCourses:
    @pytest.mark.parametrize("slip", [{"grade": ""}, {"status": "active"}])
    def test_completions_are_restored_despite_lessons_added_since(
        self, database: Database, ada: Actor, dana: Actor, slip: dict[str, str]
    ) -> None:
        course = graded_course(database)
        path = enroll_in_path(database, ada, make_path(database, "P", (course[0],)))
        enrollment = complete(database, ada, dana, course)
        before, of_path = values_of(database, enrollment), values_of(database, path)
        add_lesson(database, dana, course[0], {"title": "LaterChange", "content": ""})
        assert values_of(database, enrollment) == before
        made = save(database, dana, enrollment, **slip)
        assert values_of(database, enrollment)[2] == 50, "it is active, and follows its course"
        add_lesson(database, dana, course[0], {"title": "Even later", "content": ""})
        for _ in range(2):
            made = undo(database, dana, enrollment, made)
            assert values_of(database, enrollment) == before
            assert values_of(database, path) == of_path
            made = undo(database, dana, enrollment, made)
            assert values_of(database, enrollment)[0::2][:2] == (0, 33)
        verify_history(database)

    def test_reverted_courses_have_their_original_completion_time(
        self, database: Database, ada: Actor, dana: Actor
    ) -> None:
        course = graded_course(database)
        path = enroll_in_path(database, ada, make_path(database, "P", (course[0],)))
        enrollment = complete(database, ada, dana, course)
        before = values_of(database, enrollment), values_of(database, path)
        save(database, dana, enrollment, status="active")
        version = version_of(database, enrollment)
        revert_to_tracked(database, dana, enrollment, version=version)
        assert (values_of(database, enrollment), values_of(database, path)) == before


def longer(database: Database, dana: Actor, course: int, lessons: list[int]) -> None:
    add_lesson(database, dana, course, {"title": "More", "content": ""})


def shorter(database: Database, dana: Actor, course: int, lessons: list[int]) -> None:
    current.remove_lesson(database, dana, course, lessons[0])
    current.remove_lesson(database, dana, course, lessons[2])


def done_by_removal(database: Database, dana: Actor, course: int, lessons: list[int]) -> None:
    current.remove_lesson(database, dana, course, lessons[2])


def graded(database: Database, dana: Actor, course: int, lessons: list[int]) -> None:
    stored = read_course(database, dana, course).course
    typed = typed_course(stored) | {"requires_grade": "on"}
    save_course(database, dana, course, version=stored.version, typed=typed)
    current.remove_lesson(database, dana, course, lessons[2])


class TestActiveAgain:
    @pytest.mark.parametrize("change", [longer, shorter, done_by_removal, graded])
    @pytest.mark.parametrize("by", ["hand", "undo", "batch", "revert", "learner", "own undo"])
    def test_it_equals_an_enrollment_that_was_never_cancelled(
        self,
        database: Database,
        ada: Actor,
        dana: Actor,
        change: Callable[[Database, Actor, int, list[int]], None],
        by: str,
    ) -> None:
        twin = make_learner_actor(database, "Twin")
        course = make_course(database, n_lessons=3)
        lessons = make_lessons(database, course, 3)
        path = make_path(database, "P", (course,), n_lessons=3)
        paths = [enroll_in_path(database, someone, path) for someone in (ada, twin)]
        own, others = (enrollment_in(database, someone, course) for someone in (ada, twin))
        for someone in (ada, twin):
            for lesson in lessons[:2]:
                mark_done(database, someone, course, lesson)
        batch = None
        if by in ("learner", "own undo"):
            cancel_enrollment(database, ada, own, "Too much")
        else:
            version, typed = version_of(database, own), {"status": "cancelled"}
            batch = "b" if by == "batch" else None
            save_enrollment(database, dana, own, version=version, typed=typed, batch=batch)
        cancelled = state(database, own)
        change(database, dana, course, lessons)
        assert state(database, own) == cancelled
        n_before = len(history(database, own))
        if by in ("undo", "own undo"):
            newest = read_enrollment(database, dana, own).history[0].seq
            undo(database, dana, own, newest)
        elif by == "batch":
            undo_batch(database, dana, "b")
        elif by == "revert":
            revert_to_tracked(database, dana, own, version=version_of(database, own))
        else:
            save(database, dana, own, status="active")

        def tracked(id_: int) -> list[tuple[Any, ...]]:
            names = "status, tracked_status, progress, lessons_done, override_seq"
            return rows(database, f"SELECT {names} FROM enrollment WHERE id = {id_}")

        assert tracked(own) == tracked(others)
        assert tracked(paths[0]) == tracked(paths[1])
        made, *followed = history(database, own)[n_before:]
        assert made[1] == "person"
        assert {(one[1], one[4]) for one in followed} <= {("tracking", "The course was changed")}
        # Changes that followed from it are undone and redone with it.
        again = state(database, own), state(database, paths[0])
        for _ in range(2):
            undo_newest(database, dana, own)
            assert state(database, own) == cancelled
            undo_newest(database, dana, own)
            assert (state(database, own), state(database, paths[0])) == again
        verify_history(database)


@pytest.mark.parametrize("way", ["reopened", "grade-cleared", "adopted"])
def test_a_course_added_later_does_not_end_a_paths_completion(
    database: Database, ada: Actor, dana: Actor, way: str
) -> None:
    first, graded = make_course(database, n_lessons=1), make_course(database, "Z", n_lessons=1)
    (lesson,), (other,) = make_lessons(database, first, 1), make_lessons(database, graded, 1)
    if way == "grade-cleared":
        execute(database, f"UPDATE course SET requires_grade = 1 WHERE id = {graded}")
    path = make_path(database, "P", (first,), n_lessons=1, state="published")
    if way != "reopened":  # started before the path was completed
        start_course(database, ada, graded)
    own = enroll_in_path(database, ada, path)
    if way == "grade-cleared":
        mark_done(database, ada, graded, other)
        save(database, dana, enrollment_in(database, ada, graded), grade="A")
    mark_done(database, ada, first, lesson)
    before = values_of(database, own)
    assert before[:3] == (1, 1, 100)
    while now_ms() <= before[3]:
        pass  # the next moment
    add_step(database, dana, path, graded)
    if way == "reopened":
        typed = TypedCompletion(day(3))
        chosen = Chosen(people=[ada.learner_id], courses=[graded], completed=typed)
        shown = preview(database, dana, chosen)
        enroll(database, dana, chosen, shown.fingerprint)
    if way == "adopted":
        mark_done(database, ada, graded, other)
    taken = enrollment_in(database, ada, graded)
    assert values_of(database, taken)[0] == 1
    typed = {"grade": ""} if way == "grade-cleared" else {"status": "active"}
    save(database, dana, taken, **typed)
    assert values_of(database, taken)[0] == 0
    assert values_of(database, own) == before
    verify_history(database)
