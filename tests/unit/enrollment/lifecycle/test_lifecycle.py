"""Test that any sequence of commands keeps the invariants of an enrollment."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, ImportEnrollment
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.commands import (
    Cancel,
    Change,
    Command,
    Context,
    CourseChanged,
    CourseRules,
    Effect,
    LessonsDone,
    PathMoved,
    RevertToTracked,
    SetFields,
    Undo,
)
from enrollment_portal.domain.enrollment.fields import (
    Field,
    Hidden,
    Origin,
    Snapshot,
    Status,
    Tracked,
    Value,
    may_follow,
)
from enrollment_portal.domain.enrollment.lifecycle import is_reopened, second_active, transition
from enrollment_portal.domain.enrollment.messages import NEEDS_GRADE, TWO_ACTIVE
from enrollment_portal.domain.enrollment.tracking import progress_at, progress_of, tracked_status
from enrollment_portal.domain.enrollment.undo import made_by, require_no_later_change
from enrollment_portal.domain.shared.errors import Invalid, Refused
from tests.unit.enrollment.model import (
    PERSON,
    TRACKING,
    Model,
    creations,
    edits,
    grades,
    held,
    statuses,
)

ACTIVE, COMPLETED, CANCELLED = Status
N_RUNS = 4
GRADED = CourseRules(n_lessons=2, requires_grade=True)


def at_end(**values: object) -> Model:
    """Return an enrollment with all lessons done in a course that requires a grade."""
    stored = Snapshot(id=1, version=1, enrolled_at=1, updated_at=1, progress=100, lessons_done=2)
    return Model(GRADED, replace(stored, **values))  # type: ignore[arg-type]


def set_status(model: Model, status: Status) -> Change:
    return model.make(SetFields({Field.STATUS: int(status)}))


class TestGrade:
    def test_a_passing_grade_completes_and_clearing_it_makes_active_again(self) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        assert (model.stored.status, model.stored.override_seq) == (COMPLETED, None)
        change = model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.tracked_status) == (ACTIVE, ACTIVE)
        assert model.stored.completed_at is None
        assert Effect.REFRESH_PATHS in change.effects

    def test_a_failing_grade_does_not_complete(self) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "F"}))
        assert model.stored.status is ACTIVE

    def test_changing_it_to_a_failing_grade_ends_the_completion(self) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        model.make(SetFields({Field.GRADE: "Fail"}))
        assert model.stored.status is ACTIVE

    def test_later_lessons_and_another_passing_grade_keep_the_completion(
        self,
    ) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        model.course = replace(model.course, n_lessons=5)
        model.make(CourseChanged(2), TRACKING)
        model.make(SetFields({Field.GRADE: "B"}))
        assert model.stored.status is COMPLETED
        model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.progress) == (ACTIVE, 40)
        model.make(SetFields({Field.GRADE: "A"}))
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)

    def test_a_grade_does_not_end_a_completion_that_required_none(self) -> None:
        model = at_end(status=COMPLETED, tracked_status=COMPLETED, completed_at=5)
        model.make(SetFields({Field.GRADE: "F"}))
        assert model.stored.status is COMPLETED

    def test_under_an_overridden_status_it_changes_only_the_tracked_value(self) -> None:
        model = at_end()
        set_status(model, CANCELLED)
        model.make(SetFields({Field.GRADE: "A"}))
        assert (model.stored.status, model.stored.tracked_status) == (CANCELLED, COMPLETED)
        assert model.history[-1].changes == {
            Field.GRADE: (None, "A"),
            Tracked.STATUS: (0, 1),
        }

    def test_an_overridden_completion_stays_when_the_grade_is_cleared(self) -> None:
        model = at_end()
        set_status(model, COMPLETED)
        model.make(SetFields({Field.GRADE: "A"}))
        model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.tracked_status) == (COMPLETED, ACTIVE)
        assert model.stored.override_seq == 1

    def test_completes_a_course_without_lessons(self) -> None:
        model = Model(CourseRules(requires_grade=True))
        model.make(SetFields({Field.GRADE: "A"}))
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)
        assert model.history[-1].changes[Tracked.PROGRESS] == (0, 100)
        model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.progress) == (ACTIVE, 0)


class TestWithoutLessons:
    @pytest.mark.parametrize("requires_grade", [False, True])
    def test_an_overridden_completion_shows_100_until_it_is_undone(
        self, requires_grade: bool
    ) -> None:
        model = Model(CourseRules(requires_grade=requires_grade))
        for command in (RevertToTracked(), None, SetFields({Field.STATUS: 0})):
            set_status(model, COMPLETED)
            assert model.stored.progress == 100
            model.make(command or model.inverse_of_last())
            assert (model.stored.status, model.stored.progress) == (ACTIVE, 0)
        model.make(model.inverse_of_last())
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)

    @pytest.mark.parametrize("end", [SetFields({Field.STATUS: 2}), Cancel()])
    def test_cancelled_it_shows_0(self, end: Any) -> None:
        model = Model(CourseRules())
        model.make(end)
        assert model.stored.progress == 0

    def test_completed_by_removing_the_last_lesson_it_shows_100(self) -> None:
        model = Model(GRADED)
        model.make(LessonsDone(1), TRACKING)
        model.make(SetFields({Field.GRADE: "A"}))
        model.course = replace(GRADED, n_lessons=0)
        model.make(CourseChanged(0), TRACKING)
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)

    def test_lessons_added_later_keep_the_completion_at_100_until_it_is_undone(self) -> None:
        model = Model(CourseRules(requires_grade=True))
        model.make(SetFields({Field.GRADE: "A"}))
        model.course = GRADED
        model.make(CourseChanged(0), TRACKING)
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)
        model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.progress) == (ACTIVE, 0)
        model.make(model.inverse_of_last())
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 100)

    def test_further_lessons_do_not_prevent_undoing_the_status(self) -> None:
        model = Model(CourseRules())
        set_status(model, CANCELLED)
        set_status(model, ACTIVE)
        set_status(model, COMPLETED)
        set_status(model, ACTIVE)
        model.course = CourseRules(n_lessons=2)
        model.make(LessonsDone(1), TRACKING)
        later = model.history[-1:]
        require_no_later_change(model.history[-2], later, model.now)
        model.make(model.inverse(len(model.history) - 2))
        assert (model.stored.status, model.stored.progress) == (COMPLETED, 50)


class TestReopened:
    def reopened(self) -> Model:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        set_status(model, ACTIVE)
        assert is_reopened(model.stored)
        return model

    def test_completes_again_by_a_grade(self) -> None:
        model = self.reopened()
        before = held(model.stored)
        model.make(SetFields({Field.GRADE: "B"}))
        assert (model.stored.status, model.stored.override_seq) == (COMPLETED, None)
        model.make(model.inverse_of_last())
        assert held(model.stored) == before

    def test_undoing_a_cleared_grade_keeps_it_reopened(self) -> None:
        model = self.reopened()
        before = held(model.stored)
        model.make(SetFields({Field.GRADE: None}))
        assert model.stored.follows_tracking
        model.make(model.inverse_of_last())
        assert held(model.stored) == before
        assert is_reopened(model.stored)

    def test_completes_again_by_an_override(self) -> None:
        model = self.reopened()
        set_status(model, COMPLETED)
        assert model.stored.follows_tracking

    def test_completes_again_only_by_lessons_done_again(self) -> None:
        model = self.reopened()
        model.make(LessonsDone(2), TRACKING)
        assert model.stored.status is ACTIVE
        model.make(LessonsDone(2, are_done_again=True), TRACKING)
        assert (model.stored.status, model.stored.override_seq) == (COMPLETED, None)

    @pytest.mark.parametrize("command", [LessonsDone, CourseChanged])
    @pytest.mark.parametrize(
        ("grade", "completes"), [(None, True), ("A", True), ("F", False), ("49%", False)]
    )
    def test_lessons_done_again_do_not_complete_it_with_a_failing_grade(
        self,
        command: type[LessonsDone | CourseChanged],
        grade: str | None,
        completes: bool,
    ) -> None:
        model = Model(CourseRules(n_lessons=2))
        model.make(LessonsDone(2), TRACKING)
        model.course = GRADED
        set_status(model, ACTIVE)
        # What completed it needed no grade, so this one takes nothing away.
        model.stored = replace(model.stored, grade=grade)
        model.make(command(2, are_done_again=True), TRACKING)
        assert (model.stored.status is COMPLETED) is completes
        if not completes:
            model.make(SetFields({Field.GRADE: "B"}))
            assert model.stored.status is COMPLETED


class TestFurtherLessons:
    def test_undoing_a_grade_given_before_the_last_lesson_ends_the_completion(self) -> None:
        model = Model(GRADED)
        model.make(SetFields({Field.GRADE: "A"}))
        model.make(LessonsDone(2), TRACKING)
        assert model.stored.status is COMPLETED
        model.make(model.inverse(0))
        assert (model.stored.status, model.stored.tracked_status) == (ACTIVE, ACTIVE)
        assert model.stored.grade is None

    def test_undoing_a_failing_grade_given_before_the_last_lesson_completes(self) -> None:
        model = Model(GRADED)
        model.make(SetFields({Field.GRADE: "A"}))
        model.make(SetFields({Field.GRADE: "F"}))
        model.make(LessonsDone(2), TRACKING)
        model.make(model.inverse(1))
        assert (model.stored.grade, model.stored.status) == ("A", COMPLETED)

    def test_undoing_a_grade_and_a_status_set_together_restores_both(self) -> None:
        model = Model(GRADED)
        model.make(SetFields({Field.GRADE: "A", Field.STATUS: 1}))
        model.make(LessonsDone(1), TRACKING)
        change = model.make(model.inverse(0))
        assert (model.stored.status, model.stored.grade) == (ACTIVE, None)
        assert model.stored.follows_tracking
        assert change.recorded[Field.STATUS] == (COMPLETED, ACTIVE)

    def test_reopened_and_cleared_it_completes_again_by_a_grade(self) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        set_status(model, ACTIVE)
        model.make(SetFields({Field.GRADE: None}))
        assert model.stored.follows_tracking
        model.make(SetFields({Field.GRADE: "B"}))
        assert (model.stored.status, model.stored.override_seq) == (COMPLETED, None)

    @pytest.mark.parametrize("done", [1, 2])
    def test_made_active_after_a_learners_cancellation_it_follows_again(self, done: int) -> None:
        model = Model(GRADED)
        model.make(LessonsDone(done), TRACKING)
        model.make(Cancel())
        set_status(model, ACTIVE)
        assert model.stored.follows_tracking
        model.make(LessonsDone(2), TRACKING)
        model.make(SetFields({Field.GRADE: "A"}))
        assert model.stored.status is COMPLETED

    def test_made_active_by_an_older_version_it_follows_from_its_next_change(self) -> None:
        old = Snapshot(id=1, version=3, tracked_status=CANCELLED, override_seq=2, lessons_done=1)
        model = Model(GRADED, old)
        model.make(SetFields({Field.DEADLINE: 9}))
        assert (model.stored.status, model.stored.override_seq) == (ACTIVE, 2)
        model.make(CourseChanged(1), TRACKING)
        assert model.stored.follows_tracking


class TestCancel:
    def test_is_tracked_and_can_be_undone_by_a_person(self) -> None:
        model = at_end()
        change = model.make(Cancel())
        assert (model.stored.status, model.stored.tracked_status) == (CANCELLED, CANCELLED)
        assert {Effect.FOLLOW_REQUEST, Effect.REFRESH_PATHS, Effect.VISIT} <= change.effects
        model.make(model.inverse_of_last())
        assert model.stored.follows_tracking
        assert model.stored.status is ACTIVE

    def test_an_override_to_active_ends_with_further_lessons(self) -> None:
        model = Model()
        model.make(Cancel())
        set_status(model, ACTIVE)
        model.make(LessonsDone(1), TRACKING)
        assert model.stored.follows_tracking
        model.make(LessonsDone(4), TRACKING)
        assert model.stored.status is COMPLETED

    @pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
    def test_an_ended_enrollment_cannot_be_cancelled(self, status: Status) -> None:
        model = Model()
        set_status(model, status)
        with pytest.raises(Refused):
            model.decide(Cancel())


class TestCompletionDate:
    def test_is_the_time_of_the_change_which_history_need_not_record(self) -> None:
        model = Model()
        set_status(model, COMPLETED)
        assert model.stored.completed_at == model.now
        assert model.history[-1].changes == {Field.STATUS: (0, 1)}

    def test_may_be_earlier_and_is_recorded(self) -> None:
        model = Model(now=5_000)
        model.make(SetFields({Field.STATUS: 1, Field.COMPLETED: 2_000}))
        assert (model.stored.status, model.stored.completed_at) == (COMPLETED, 2_000)
        assert model.history[-1].changes == {
            Field.STATUS: (0, 1),
            Field.COMPLETED: (None, 2_000),
        }

    def test_may_be_corrected_later_and_undone_to_the_millisecond(self) -> None:
        model = Model(now=5_000)
        set_status(model, COMPLETED)
        first = model.stored.completed_at
        model.make(SetFields({Field.COMPLETED: 2_000}))
        model.make(model.inverse_of_last())
        assert model.stored.completed_at == first

    def test_is_restored_by_undoing_the_end_of_a_completion(self) -> None:
        model = Model(now=5_000)
        model.make(SetFields({Field.STATUS: 1, Field.COMPLETED: 2_000}))
        set_status(model, ACTIVE)
        assert model.history[-1].changes == {
            Field.STATUS: (1, 0),
            Field.COMPLETED: (2_000, None),
            Hidden.OVERRIDE: (1, None),
        }
        model.make(model.inverse_of_last())
        assert model.stored.completed_at == 2_000

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ({Field.COMPLETED: 2_000}, messages.NOT_COMPLETED),
            ({Field.STATUS: 2, Field.COMPLETED: 2_000}, messages.NOT_COMPLETED),
            ({Field.STATUS: 1, Field.COMPLETED: None}, messages.NO_DAY),
            ({Field.STATUS: 1, Field.COMPLETED: 999}, messages.BEFORE_ENROLLMENT),
            ({Field.STATUS: 1, Field.COMPLETED: 5_002}, messages.IN_FUTURE),
        ],
    )
    def test_is_refused(self, values: dict[Field, Value], why: str) -> None:
        model = Model(now=5_000)
        with pytest.raises(Invalid) as refusal:
            model.make(SetFields(values))
        assert refusal.value.errors == {Field.COMPLETED: why}


class TestPath:
    def test_a_cancelled_path_does_not_change(self) -> None:
        model = Model()
        set_status(model, CANCELLED)
        change = model.make(PathMoved(50, 3, ACTIVE), TRACKING)
        assert (change.recorded, change.moved_columns) == ({}, {})

    def test_a_completed_path_becomes_active_with_its_courses(self) -> None:
        model = Model()
        model.make(PathMoved(100, 3, COMPLETED), TRACKING)
        assert model.stored.status is COMPLETED
        model.make(PathMoved(60, 3, ACTIVE), TRACKING)
        assert model.stored.status is ACTIVE


class TestUndoneExactly:
    """Undoing the last change restores exactly the previous values, and redoing it the new ones."""

    def undo_and_redo(self, model: Model, command: Command, times: int = 3) -> None:
        before = held(model.stored)
        model.follow_at_once(model.make(command))
        after = held(model.stored)
        for expected in (before, after) * times:
            model.follow_at_once(model.make(model.inverse_of_last()))
            assert held(model.stored) == expected

    def test_restores_an_override_that_the_change_replaced(self) -> None:
        model = Model(CourseRules(requires_grade=True))
        set_status(model, COMPLETED)
        model.make(SetFields({Field.GRADE: "A"}))
        self.undo_and_redo(model, SetFields({Field.STATUS: 0}))
        assert (model.stored.status, model.stored.override_seq) == (ACTIVE, 3)
        model.make(model.inverse_of_last())
        model.make(SetFields({Field.GRADE: None}))
        assert (model.stored.status, model.stored.override_seq) == (COMPLETED, 1)

    def test_restores_an_override_that_the_change_ended(self) -> None:
        for status in (COMPLETED, CANCELLED):
            for values in ({Field.STATUS: 0}, {Field.STATUS: 0, Field.GRADE: "F"}):
                model = at_end()
                set_status(model, status)
                self.undo_and_redo(model, SetFields(values))

    def test_restores_a_reopening_that_a_grade_ended(self) -> None:
        model = at_end()
        model.make(SetFields({Field.GRADE: "A"}))
        set_status(model, ACTIVE)
        self.undo_and_redo(model, SetFields({Field.GRADE: "B"}))
        self.undo_and_redo(model, SetFields({Field.GRADE: "F"}))

    @pytest.mark.parametrize("moment", [None, 1_001])
    def test_restores_a_cancellation_from_before_history_was_recorded(
        self, moment: int | None
    ) -> None:
        given_up = ImportEnrollment(1, 1, CANCELLED, 900, ended_at=1_000, grade=None)
        model = Model().create_enrollment(given_up)
        self.undo_and_redo(model, SetFields({Field.STATUS: 0}))
        over = at_end(status=CANCELLED, cancelled_at=900, override_seq=7, tracked_status=COMPLETED)
        by_hand = Model(stored=over.stored)
        self.undo_and_redo(by_hand, RevertToTracked(moment))


CANCELLED_BY_HAND = Snapshot(status=CANCELLED, cancelled_at=1, override_seq=2)
COMPLETED_BY_HAND = Snapshot(status=COMPLETED, completed_at=1, override_seq=2)
GRADED_A = Snapshot(
    status=COMPLETED, tracked_status=COMPLETED, progress=100, completed_at=1, grade="A"
)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (replace(CANCELLED_BY_HAND, tracked_status=CANCELLED), SetFields({Field.STATUS: 0})),
        (CANCELLED_BY_HAND, SetFields({Field.STATUS: 0})),
        (CANCELLED_BY_HAND, RevertToTracked()),
        (CANCELLED_BY_HAND, Undo(2, {Field.STATUS: 0})),
        (COMPLETED_BY_HAND, SetFields({Field.STATUS: 0})),
        (COMPLETED_BY_HAND, RevertToTracked()),
        (COMPLETED_BY_HAND, Undo(2, {Field.STATUS: 0, Field.COMPLETED: None})),
        (GRADED_A, SetFields({Field.STATUS: 0})),
        (GRADED_A, SetFields({Field.GRADE: "F", Field.STATUS: 0})),
        (GRADED_A, Undo(2, {Field.GRADE: None, Field.STATUS: 0})),
    ],
)
def test_a_learner_is_not_active_twice_in_a_course(before: Snapshot, command: Any) -> None:
    context = Context(5, GRADED, has_other_active=True, rests_on_grade=True)
    with pytest.raises(Invalid) as refusal:
        transition(before, command, context)
    assert refusal.value.errors == {Field.STATUS: TWO_ACTIVE}
    alone = replace(context, has_other_active=False)
    assert transition(before, command, alone).after.status is ACTIVE


@pytest.mark.parametrize(
    "command",
    [
        SetFields({Field.GRADE: None}),
        SetFields({Field.GRADE: "F"}),
        Undo(2, {Field.GRADE: None, Field.STATUS: 0}, ACTIVE),
        Undo(2, {Field.GRADE: None}, is_tracked_again=True),
    ],
)
def test_a_grade_that_would_make_a_learner_active_twice_is_refused_beside_it(command: Any) -> None:
    context = Context(5, GRADED, has_other_active=True, rests_on_grade=True)
    with pytest.raises(Invalid) as refusal:
        transition(GRADED_A, command, context)
    assert refusal.value.errors == {Field.GRADE: NEEDS_GRADE}
    alone = replace(context, has_other_active=False)
    assert transition(GRADED_A, command, alone).after.status is ACTIVE


def test_a_reverted_completion_is_not_before_the_enrollments_start() -> None:
    before = Snapshot(
        enrolled_at=50, updated_at=60, tracked_status=COMPLETED, progress=100, override_seq=2
    )
    after = transition(before, RevertToTracked(completed_at=20), Context(70)).after
    assert (after.status, after.completed_at) == (COMPLETED, 50)


def test_an_enrollment_without_an_override_cannot_be_reverted() -> None:
    with pytest.raises(Refused):
        transition(Snapshot(), RevertToTracked(), Context(1))


def test_times_only_increase_even_if_the_clock_is_set_back() -> None:
    before = Snapshot(enrolled_at=50, updated_at=70)
    after = transition(before, Cancel(), Context(now=3)).after
    assert (after.updated_at, after.cancelled_at) == (70, 70)


class Runs(RuleBasedStateMachine):
    """One learner's enrollments in a course or path, and everything that people can do to them.

    `model` is the one to which everything happens next.
    """

    course = CourseRules(n_lessons=4)

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(self.course)
        self.runs = self.model.runs
        self.runs.append(self.model)
        self.before = self.model.stored

    def _make(self, command: object, source: str = PERSON) -> Change | None:
        """Make a change, and return it, or `None` where it is refused."""
        self.before = self.model.stored
        try:
            change = self.model.make(command, source)  # type: ignore[arg-type]
        except (Refused, Invalid):
            assert self.model.stored is self.before, "a refusal changes nothing"
            return None
        _check(change, command)
        if source == PERSON:
            self.model.follow_at_once(change)
        return change

    @precondition(lambda self: len(self.runs) < N_RUNS)
    @rule(command=creations)
    def create_enrollment(self, command: CreateEnrollment | ImportEnrollment) -> None:
        is_active = any(one.stored.status is Status.ACTIVE for one in self.runs)
        status = Status.ACTIVE
        if isinstance(command, ImportEnrollment):
            is_failed = self.model.course.is_failed(command.grade)
            is_failed = is_failed and command.status is Status.COMPLETED
            status = Status.ACTIVE if is_failed else command.status
        needs_none = status is Status.ACTIVE
        if is_active and needs_none:
            with pytest.raises(Invalid) as refusal:
                self.model.create_enrollment(command)
            assert refusal.value.errors == {Field.STATUS: TWO_ACTIVE}
            return
        self.model = self.model.create_enrollment(command)
        created = self.model.stored
        is_completed = created.status is Status.COMPLETED
        assert created.enrolled_at <= created.updated_at == self.model.now
        assert created.version == 1 + len(self.model.history)
        assert (created.last_visit_at is None) is (created.origin != Origin.SELF)
        if isinstance(command, ImportEnrollment):
            assert (created.status, created.tracked_status) == (status, status)
        else:
            assert is_completed is (command.completed_at is not None)

    @precondition(lambda self: len(self.runs) > 1)
    @rule(pick=st.integers(0, 99))
    def turn_to(self, pick: int) -> None:
        now = max(one.now for one in self.runs)
        self.model = self.runs[pick % len(self.runs)]
        self.model.now = now

    @rule(status=statuses, grade=grades, day=st.one_of(st.none(), st.integers(1, 9)))
    def set_fields(self, status: Status, grade: str | None, day: int | None) -> None:
        typed = {Field.STATUS: int(status), Field.GRADE: grade, Field.DEADLINE: day}
        values = edits(self.model.stored, typed)
        is_allowed = may_follow(self.model.stored.status, status)
        self._make(SetFields(values))
        if not is_allowed:
            assert self.model.stored is self.before

    @rule(moment=st.integers(990, 1_100), completes=st.booleans())
    def set_completion(self, moment: int, completes: bool) -> None:
        was = self.model.stored
        values: dict[Field, Value] = {Field.COMPLETED: moment}
        if completes and was.status is not Status.COMPLETED:
            values[Field.STATUS] = int(Status.COMPLETED)
        now = self.model.now + 1
        self._make(SetFields(values))
        is_allowed = was.status is Status.COMPLETED or (completes and was.status is Status.ACTIVE)
        if is_allowed and was.enrolled_at <= moment <= now:
            assert self.model.stored.completed_at == moment
        else:
            assert self.model.stored is was

    @rule(grade=grades, feedback=st.sampled_from(["", "Well done"]))
    def grade(self, grade: str | None, feedback: str) -> None:
        typed = {Field.GRADE: grade, Field.FEEDBACK: feedback}
        self._make(SetFields(edits(self.model.stored, typed)))

    @rule()
    def revert(self) -> None:
        was = self.model.stored
        is_overridden = not was.follows_tracking
        is_second = was.tracked_status is Status.ACTIVE is not was.status
        is_second = is_second and self.model.has_other_active
        self._make(RevertToTracked(self.model.tracked_completion()))
        assert self.model.stored.follows_tracking is not is_second
        is_made = self.model.stored.version > was.version
        assert is_made is (is_overridden and not is_second)

    @rule()
    def cancel(self) -> None:
        self._make(Cancel())

    @precondition(lambda self: self.model.last_by_person is not None)
    @rule()
    def undo(self) -> None:
        number = self.model.last_by_person or 0
        event, later = self.model.history[number], self.model.history[number + 1 :][::-1]
        require_no_later_change(event, later, self.model.now)
        before = held(self.model.befores[event.seq])
        # The core refuses it only where what is stored is not what the change left there.
        command = self.model.inverse_of_last()
        if _is_kept_open(self.model, command):
            before |= {"tracked": Status.COMPLETED, "override_seq": len(self.model.history) + 1}
        self.before = self.model.stored
        if before[Field.STATUS] == Status.ACTIVE != self.before.status and (
            self.model.has_other_active
        ):
            with pytest.raises(Invalid) as refusal:
                self.model.make(command)
            assert refusal.value.errors == second_active(command).errors
            return
        change = self.model.make(command)
        _check(change, command)
        stored, total = self.model.stored, self.model.course.n_lessons
        if self.model.course.is_path:
            # Its courses may have moved it since.
            before["progress"] = stored.progress
        elif stored.status is not self.before.status or Field.STATUS in event.changes:
            # The course may have got other lessons since, or none.
            done, progress = stored.lessons_done, self.model.befores[event.seq].progress
            before["progress"] = progress_at(
                *(stored.status, done, total),
                before=progress,
                is_tracked=stored.override_seq is None,
            )
        assert held(stored) == before
        self.model.follow_at_once(change)

    @precondition(lambda self: self.model.history)
    @rule(pick=st.integers(0, 99))
    def undo_an_older_change(self, pick: int) -> None:
        number = pick % len(self.model.history)
        event, later = self.model.history[number], self.model.history[number + 1 :][::-1]
        try:
            require_no_later_change(event, later, self.model.now)
            command = self.model.inverse(number)
        except Refused:
            return
        change = self._make(command)
        if change is None:
            return
        # A status that was redone goes back to what it was before that: its courses may have moved
        # it on between.
        before = self.model.befores[made_by(event, later).seq]
        for name in set(Field) & event.changes.keys():
            is_status = Field.STATUS in event.changes and name in (Field.STATUS, Field.COMPLETED)
            expected = before.values[name] if is_status else event.changes[name][0]
            assert change.after.values[name] == expected

    @invariant()
    def end_times_match_the_status(self) -> None:
        stored = self.model.stored
        assert (stored.completed_at is not None) == (stored.status is Status.COMPLETED)
        assert (stored.cancelled_at is not None) == (stored.status is Status.CANCELLED)
        for moment in (stored.completed_at, stored.cancelled_at):
            assert moment is None or moment >= stored.enrolled_at

    @invariant()
    def only_overrides_differ_from_the_tracked_status(self) -> None:
        stored = self.model.stored
        assert stored.override_seq is not None or stored.status == stored.tracked_status

    @invariant()
    def active_without_override_is_not_finished(self) -> None:
        stored, course = self.model.followed(), self.model.course
        if stored.status is Status.ACTIVE and stored.override_seq is None:
            is_passed = course.passes(stored.grade)
            is_done = stored.lessons_done >= course.n_lessons
            is_left = course.n_lessons == 0 and not course.requires_grade
            assert not is_done or is_left or (course.requires_grade and not is_passed)

    @invariant()
    def an_override_names_the_change_that_set_the_status(self) -> None:
        stored = self.model.stored
        if stored.override_seq is not None:
            event = self.model.history[stored.override_seq - 1]
            assert event.source == PERSON
            assert Field.STATUS in event.changes or Tracked.STATUS in event.changes

    @invariant()
    def an_override_to_active_ends_if_active_is_tracked(self) -> None:
        stored = self.model.stored
        if stored.status is Status.ACTIVE is stored.tracked_status:
            assert stored.override_seq is None

    @invariant()
    def versions_count_the_history(self) -> None:
        assert self.model.stored.version == len(self.model.history) + 1

    @invariant()
    def a_learner_is_active_once(self) -> None:
        assert sum(one.stored.status is Status.ACTIVE for one in self.runs) <= 1


class Lifecycle(Runs):
    """Enrollments in a course, to which every possible command is sent."""

    @rule(count=st.integers(0, 6), again=st.booleans())
    def do_lessons(self, count: int, again: bool) -> None:
        course = self.model.course
        was, done = self.model.stored, min(count, course.n_lessons)
        self._make(LessonsDone(done, again and done == course.n_lessons), TRACKING)
        if was.status is Status.CANCELLED:
            assert self.model.stored is was, "what is over is not worked on"
            return
        self._lessons_were_counted(was, done)
        if was.status is Status.COMPLETED:
            assert self.model.stored.override_seq == was.override_seq
            assert self.model.stored.progress >= was.progress

    @rule(
        lessons=st.integers(0, 6),
        needs=st.booleans(),
        mark=st.sampled_from([0, 50, 90]),
    )
    def change_course(self, lessons: int, needs: bool, mark: int) -> None:
        now = max(one.now for one in self.runs)
        current = self.model
        for one in self.runs:
            one.course, one.now = CourseRules(lessons, needs, pass_percent=mark), now
            self.model, was = one, one.stored
            done = min(was.lessons_done, lessons)
            self._make(CourseChanged(done), TRACKING)
            if was.status is not Status.ACTIVE:
                kept = replace(was, lessons_done=done)
                assert one.stored == kept, "what is over does not follow its course"
            else:
                self._lessons_were_counted(was, done)
        self.model = current

    def _lessons_were_counted(self, was: Snapshot, done: int) -> None:
        """Assert the tracked status after lessons are counted: no completion has ended."""
        stored, course = self.model.stored, self.model.course
        assert stored.lessons_done == done
        progress = progress_of(done, course.n_lessons)
        if stored.status is Status.COMPLETED:
            is_by_hand = stored.override_seq is not None and course.n_lessons > 0
            progress = max(progress, was.progress) if is_by_hand else 100
        assert stored.progress == progress
        is_done = tracked_status(
            done,
            course.n_lessons,
            requires_grade=course.requires_grade,
            is_graded=course.passes(was.grade),
        )
        is_completed = Status.COMPLETED in (was.tracked_status, is_done)
        assert (stored.tracked_status is Status.COMPLETED) is is_completed
        if was.status is Status.COMPLETED:
            assert stored.status is Status.COMPLETED
        elif stored.status is Status.COMPLETED and course.requires_grade and was.grade:
            assert course.passes(was.grade), "a failing grade does not complete"

    @invariant()
    def active_shows_the_share_of_lessons_done(self) -> None:
        stored, total = self.model.stored, self.model.course.n_lessons
        if stored.status is Status.ACTIVE:
            assert stored.progress == progress_of(stored.lessons_done, total)

    @invariant()
    def completed_shows_100_or_a_person_completed_it(self) -> None:
        stored = self.model.stored
        if stored.status is Status.COMPLETED and stored.override_seq is None:
            assert stored.progress == 100


class PathLifecycle(Runs):
    """Enrollments in a learning path, which its courses move."""

    course = CourseRules(is_path=True)

    @rule(
        progress=st.integers(0, 100),
        lessons=st.integers(0, 9),
        completed_at=st.none() | st.integers(900, 1_100),
        is_reopened=st.booleans(),
        at_once=st.booleans(),
    )
    def follow_courses(
        self,
        progress: int,
        lessons: int,
        completed_at: int | None,
        is_reopened: bool,
        at_once: bool,
    ) -> None:
        was = self.model.stored
        if at_once and self.model.history:
            self.model.now -= 1  # It follows from the newest change.
        tracked = Status.COMPLETED if progress > 80 else Status.ACTIVE
        progress = 100 if tracked is Status.COMPLETED else progress
        reopened = [
            event.seq
            for event in self.model.history
            if event.source == PERSON and event.changes.get(Field.STATUS) == (1, 0)
        ]
        is_back = tracked is Status.COMPLETED is not was.tracked_status
        seq = reopened[-1] if is_back and is_reopened and reopened else None
        self._make(
            PathMoved(progress, lessons, tracked, completed_at if is_back else None, seq), TRACKING
        )
        stored = self.model.stored
        is_kept = was.status is Status.COMPLETED and tracked is Status.ACTIVE
        if was.status is Status.CANCELLED or (
            is_kept and was.follows_tracking and self.model.has_other_active
        ):
            assert stored == was
            return
        assert (stored.progress, stored.lessons_done) == (progress, lessons)
        assert stored.tracked_status is tracked
        if stored.status is Status.COMPLETED is not was.status and completed_at is not None:
            assert stored.completed_at == max(completed_at, was.enrolled_at)


def _is_kept_open(model: Model, command: Undo) -> bool:
    """Tell whether undoing ends a completion that the course would restore at once."""
    stored, course = model.stored, model.course
    is_taken = command.tracked is Status.ACTIVE and command.values.get(Field.STATUS) == 0
    if not is_taken or stored.status is not stored.tracked_status:
        return False
    if course.is_path:
        return stored.status is Status.COMPLETED
    grade = command.values.get(Field.GRADE, stored.grade)
    completes = tracked_status(
        stored.lessons_done,
        course.n_lessons,
        requires_grade=course.requires_grade,
        is_graded=course.passes(grade),
    )
    return stored.status is completes is Status.COMPLETED


def _check(change: Change, command: object) -> None:
    before, after = change.before, change.after
    assert after.version == before.version + bool(change.recorded)
    assert after.updated_at >= before.updated_at
    changed = {name for name in Field if before.values[name] != after.values[name]}
    if after.completed_at == after.updated_at and before.status != after.status:
        changed.discard(Field.COMPLETED)  # the moment of the change itself
    assert changed <= change.recorded.keys(), "history keeps every field that moved"
    for name in set(Field) & change.recorded.keys():
        assert change.recorded[name] == (before.values[name], after.values[name]), "nothing else"
    assert change.moved_columns == {
        one.name: getattr(after, one.name)
        for one in fields(Snapshot)
        if getattr(before, one.name) != getattr(after, one.name)
        and one.name not in ("version", "updated_at")
    }
    if not change.recorded:
        # Open pages are sent it; no past day shows it.
        assert change.moved_columns.keys() <= {"lessons_done"}
    assert change.undoes == (command.seq if isinstance(command, Undo) else None)
    is_moved, is_fed_back = before.status != after.status, before.feedback != after.feedback
    is_counted = (before.progress, before.lessons_done) != (after.progress, after.lessons_done)
    expected = {
        Effect.VISIT: isinstance(command, LessonsDone | Cancel),
        Effect.REFRESH_PATHS: is_moved or is_counted,
        Effect.FOLLOW_COURSE: is_moved and after.status is Status.ACTIVE,
        Effect.FOLLOW_REQUEST: is_moved or before.deadline_day != after.deadline_day,
        Effect.FEEDBACK_IS_NEW: is_fed_back and after.feedback,
        Effect.FEEDBACK_IS_GONE: is_fed_back and not after.feedback,
    }
    assert change.effects == {effect for effect, follows in expected.items() if follows}
    for name, pair in (
        (Tracked.PROGRESS, (before.progress, after.progress)),
        (Tracked.STATUS, (int(before.tracked_status), int(after.tracked_status))),
    ):
        assert change.recorded.get(name, pair) == pair
        is_recorded = name in change.recorded or (is_moved and name is Tracked.STATUS)
        assert pair[0] == pair[1] or is_recorded


Lifecycle.TestCase.settings = PathLifecycle.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLifecycle, TestPathLifecycle = Lifecycle.TestCase, PathLifecycle.TestCase
