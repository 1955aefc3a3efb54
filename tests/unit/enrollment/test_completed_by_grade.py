"""Test a course that requires a grade only later, and completions that depend on a grade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.commands import (
    Cancel,
    Command,
    CourseChanged,
    CourseRules,
    LessonsDone,
    RevertToTracked,
    SetFields,
    Undo,
)
from enrollment_portal.domain.enrollment.completed_by_grade import needs_history, rests_on_grade
from enrollment_portal.domain.enrollment.fields import Basis, Field, Snapshot, Status, Tracked
from tests.unit.enrollment.model import TRACKING, Event, Model, edits, grades

UNDO = "undo"
steps = st.lists(st.one_of(grades, st.just(UNDO)), max_size=8)
failing = st.sampled_from([None, "F", "Fail", "49%"])
marks = st.sampled_from([0, 50, 90])


def grade(model: Model, value: str | None) -> None:
    model.make(SetFields(edits(model.stored, {Field.GRADE: value})))


def do_all(model: Model) -> None:
    model.make(LessonsDone(model.course.n_lessons), TRACKING)


def require_grade(model: Model, mark: int = 50) -> None:
    model.course = replace(model.course, requires_grade=True, pass_percent=mark)
    model.make(CourseChanged(model.stored.lessons_done), TRACKING)


def follow(model: Model, given: list[str | None]) -> None:
    """Give the grades one after the other, or undo the last one."""
    first = len(model.history)
    for value in given:
        if value != UNDO:
            grade(model, value)
        elif len(model.history) > first:
            model.make(model.inverse_of_last())


@given(before=grades, mark=marks, given_later=steps)
def test_grades_do_not_end_a_completion_from_before_the_course_required_one(
    before: str | None, mark: int, given_later: list[str | None]
) -> None:
    model = Model(CourseRules(n_lessons=2))
    grade(model, before)
    do_all(model)
    completed_at = model.stored.completed_at
    require_grade(model, mark)
    for value in given_later:
        follow(model, [value])
        assert (model.stored.status, model.stored.tracked_status) == (Status.COMPLETED,) * 2
        assert model.stored.completed_at == completed_at


@given(is_first=st.booleans(), given_later=steps)
def test_a_completion_that_depends_on_a_grade_follows_it(
    is_first: bool, given_later: list[str | None]
) -> None:
    model = Model(CourseRules(n_lessons=2, requires_grade=True))
    for act in (do_all, lambda one: grade(one, "A"))[:: -1 if is_first else 1]:
        act(model)
    assert model.stored.status is Status.COMPLETED
    for value in given_later:
        follow(model, [value])
        is_passed = model.course.passes(model.stored.grade)
        assert (model.stored.status is Status.COMPLETED) is is_passed
        assert model.stored.follows_tracking


def by_grade(model: Model) -> None:
    do_all(model)
    grade(model, "55%")


def by_lessons(model: Model) -> None:
    grade(model, "55%")
    do_all(model)


def by_course(model: Model) -> None:
    change_mark(model, 60)
    by_grade(model)
    assert model.stored.status is Status.ACTIVE
    change_mark(model, 50)


def again_by_grade(model: Model) -> None:
    do_all(model)
    grade(model, "A")
    model.make(SetFields({Field.STATUS: int(Status.ACTIVE)}))
    grade(model, "55%")


def again_by_a_grade_undone_and_redone(model: Model) -> None:
    again_by_grade(model)
    for _ in range(2):
        model.make(model.inverse_of_last())


def again_by_lessons(model: Model) -> None:
    by_lessons(model)
    model.make(SetFields({Field.STATUS: int(Status.ACTIVE)}))
    model.make(LessonsDone(model.course.n_lessons, are_done_again=True), TRACKING)


def under_an_overridden_completion(model: Model) -> None:
    grade(model, "55%")
    model.make(SetFields({Field.STATUS: int(Status.COMPLETED)}))
    do_all(model)
    model.make(RevertToTracked())


def over_a_learners_cancellation(model: Model) -> None:
    do_all(model)
    model.make(Cancel())
    grade(model, "55%")
    model.make(SetFields({Field.STATUS: int(Status.ACTIVE)}))
    model.make(SetFields({Field.STATUS: int(Status.COMPLETED)}))


def change_mark(model: Model, mark: int) -> None:
    model.course = replace(model.course, pass_percent=mark)
    model.make(CourseChanged(model.stored.lessons_done), TRACKING)


@pytest.mark.parametrize(
    "complete",
    [
        by_grade,
        by_lessons,
        by_course,
        again_by_grade,
        again_by_a_grade_undone_and_redone,
        again_by_lessons,
        under_an_overridden_completion,
        over_a_learners_cancellation,
    ],
)
@given(mark=st.sampled_from([0, 50, 60, 90]), wrong=st.none() | failing, last=failing)
def test_a_completion_by_grade_does_not_depend_on_the_current_pass_mark(
    complete: Callable[[Model], None], mark: int, wrong: str | None, last: str | None
) -> None:
    model = Model(CourseRules(n_lessons=2, requires_grade=True))
    complete(model)
    assert model.stored.status is Status.COMPLETED
    assert model.stored.follows_tracking
    change_mark(model, mark)
    assert model.stored.status is Status.COMPLETED
    for value in (wrong, last):
        if value != model.stored.grade:
            grade(model, value)
    is_passed = model.course.passes(model.stored.grade)
    assert (model.stored.status is Status.COMPLETED) is is_passed
    assert model.stored.follows_tracking


@given(given_later=steps, n_lessons=st.integers(1, 5), when=st.integers(0, 8))
def test_with_lessons_added_later_the_completion_still_depends_on_the_grade(
    given_later: list[str | None], n_lessons: int, when: int
) -> None:
    model = Model(CourseRules(n_lessons=1, requires_grade=True))
    do_all(model)
    grade(model, "A")
    for place, value in enumerate([*given_later, None, "A"]):
        if place == when:
            model.course = replace(model.course, n_lessons=n_lessons)
            model.make(CourseChanged(1), TRACKING)
        if value == UNDO or model.stored.grade != value:
            follow(model, [value])
        is_passed = model.course.passes(model.stored.grade)
        assert (model.stored.status is Status.COMPLETED) is is_passed
        assert model.stored.follows_tracking


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_a_completion_is_not_restored_if_the_status_has_changed_since(status: Status) -> None:
    model = Model(CourseRules(n_lessons=1, requires_grade=True))
    do_all(model)
    grade(model, "A")
    grade(model, "F")
    for one in (status, Status.ACTIVE):
        model.make(SetFields({Field.STATUS: int(one)}))
    model.course = replace(model.course, n_lessons=2)
    model.make(CourseChanged(1), TRACKING)
    grade(model, "A")
    assert model.stored.status is Status.ACTIVE


def test_a_grade_below_a_raised_pass_mark_still_explains_the_completion() -> None:
    model = Model(CourseRules(n_lessons=2, requires_grade=True))
    do_all(model)
    grade(model, "85%")
    model.course = replace(model.course, pass_percent=90)
    model.make(CourseChanged(2), TRACKING)
    assert model.stored.status is Status.COMPLETED
    grade(model, "49%")
    assert model.stored.status is Status.ACTIVE


def test_completed_by_a_grade_after_reopening_it_depends_on_that_grade() -> None:
    model = Model(CourseRules(n_lessons=2))
    do_all(model)
    require_grade(model)
    model.make(SetFields({Field.STATUS: int(Status.ACTIVE)}))
    grade(model, "A")
    assert model.stored.status is Status.COMPLETED
    grade(model, "F")
    assert model.stored.status is Status.ACTIVE


def test_undoing_the_learners_cancellation_keeps_the_cause_of_the_completion() -> None:
    model = Model(CourseRules(n_lessons=2))
    grade(model, "F")
    do_all(model)
    require_grade(model)
    model.make(SetFields({Field.STATUS: int(Status.ACTIVE)}))
    model.make(Cancel())
    model.make(model.inverse_of_last())
    for value in ("A", "F"):
        model.make(SetFields({Field.GRADE: value}))
    # Completed again by the grade that came after it was reopened.
    assert model.stored.status is Status.ACTIVE


@pytest.mark.parametrize(("grade_now", "rests"), [("A", True), ("F", False), (None, False)])
def test_completed_when_created_it_depends_on_its_first_grade(
    grade_now: str | None, rests: bool
) -> None:
    stored = replace(
        Model().stored, status=Status.COMPLETED, tracked_status=Status.COMPLETED, grade=grade_now
    )
    course = CourseRules(requires_grade=True)
    assert rests_on_grade(stored, [], course) is rests
    corrected = [Event(1, 1, "person", {Field.GRADE: ("F", grade_now)})]
    assert rests_on_grade(stored, corrected, course) is False


@pytest.mark.parametrize("before", ["A", "F", None])
def test_older_history_records_only_the_status_that_a_grade_led_to(before: str | None) -> None:
    stored = replace(Model().stored, grade="F", tracked_status=Status.COMPLETED)
    history = [
        Event(2, 2, "person", {Field.GRADE: ("A", "F")}),
        Event(1, 1, "person", {Field.GRADE: (before, "A"), Field.STATUS: (0, 1)}),
    ]
    assert rests_on_grade(stored, history, CourseRules(requires_grade=True))
    by_hand = [history[0], replace(history[1], changes={Field.STATUS: (0, 1)})]
    assert rests_on_grade(stored, by_hand, CourseRules(requires_grade=True))


ASKS = CourseRules(n_lessons=2, requires_grade=True)
DONE = replace(Model().stored, status=Status.COMPLETED, tracked_status=Status.COMPLETED, grade="A")


BY_HAND = replace(DONE, tracked_status=Status.ACTIVE, override_seq=1)
CANCELLED_BY_LEARNER = replace(DONE, status=Status.CANCELLED, tracked_status=Status.CANCELLED)


@pytest.mark.parametrize(
    ("before", "command", "course", "needs"),
    [
        (DONE, SetFields({Field.GRADE: "F"}), ASKS, True),
        (DONE, Undo(1, {Field.GRADE: None}), ASKS, True),
        (DONE, SetFields({Field.NOTE: "x"}), ASKS, False),
        (DONE, SetFields({Field.GRADE: "B"}), ASKS, False),
        (DONE, SetFields({Field.GRADE: "F"}), CourseRules(2), False),
        (Model().stored, SetFields({Field.GRADE: "F"}), ASKS, False),
        (Model().stored, SetFields({Field.GRADE: "A"}), ASKS, True),
        (replace(Model().stored, lessons_done=2), SetFields({Field.GRADE: "A"}), ASKS, False),
        (replace(BY_HAND, lessons_done=2), SetFields({Field.GRADE: "A"}), ASKS, True),
        (CANCELLED_BY_LEARNER, SetFields({Field.GRADE: "A"}), ASKS, False),
        (Model().stored, SetFields({Field.GRADE: "A"}), CourseRules(2), False),
        (DONE, Cancel(), ASKS, False),
    ],
)
def test_history_is_read_only_if_a_completion_may_end(
    before: Snapshot, command: Command, course: CourseRules, needs: bool
) -> None:
    assert needs_history(before, command, course) is needs


GIVEN = Event(2, 2, "person", {Field.GRADE: ("F", "A")})
LESSONS = Event(1, 1, "tracking", {Field.STATUS: (0, 1)})


@pytest.mark.parametrize(
    ("history", "grade", "rests"),
    [
        # A grade completed it, whether or not it passes by today's mark.
        ([Event(1, 1, "person", {Field.GRADE: (None, "9%"), Tracked.STATUS: (0, 1)})], "9%", True),
        ([Event(1, 1, "person", {Field.GRADE: (None, "9%"), Tracked.STATUS: (1, 1)})], "9%", False),
        ([Event(1, 1, "person", {Tracked.STATUS: (2, 1)})], "F", False),
        ([Event(1, 1, "person", {Tracked.STATUS: (2, 1)})], "A", True),
        ([GIVEN, LESSONS], "A", False),
        # History has what the course required then.
        ([replace(LESSONS, changes={Field.STATUS: (0, 1), Basis.BY_GRADE: (None, 1)})], "9%", True),
        ([replace(LESSONS, changes={Field.STATUS: (0, 1), Basis.BY_GRADE: (None, 0)})], "A", False),
        # Restored by undo, reverted or overridden: an earlier change explains it.
        ([Event(3, 3, "person", {Tracked.STATUS: (1, 1)}), GIVEN, LESSONS], "A", False),
        ([Event(3, 3, "person", {Tracked.STATUS: (2, 1)}, 9), GIVEN, LESSONS], "A", False),
        ([Event(3, 3, "person", {Field.STATUS: (0, 1)}), GIVEN, LESSONS], "A", False),
        (
            [
                Event(3, 3, "person", {Field.GRADE: (None, "9%"), Tracked.STATUS: (0, 1)}, 9),
                LESSONS,
            ],
            "9%",
            True,
        ),
    ],
)
def test_the_newest_change_that_explains_the_completion_decides(
    history: list[Event], grade: str, rests: bool
) -> None:
    assert rests_on_grade(replace(DONE, grade=grade), history, ASKS) is rests
