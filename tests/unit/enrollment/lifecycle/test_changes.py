"""Test what a change has besides values: effects, columns, history, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import product
from types import SimpleNamespace

import pytest

from enrollment_portal.domain.catalog.courses import CourseKind
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
    course_rules,
)
from enrollment_portal.domain.enrollment.fields import (
    THIS_CHANGE,
    Field,
    Hidden,
    Origin,
    Snapshot,
    Status,
    Tracked,
    snapshot_of,
)
from enrollment_portal.domain.enrollment.lifecycle import is_reopened, transition
from enrollment_portal.domain.enrollment.messages import HAS_ENDED, IS_TRACKED
from enrollment_portal.domain.shared.errors import Invalid, Refused
from tests.unit.enrollment.model import Model

ACTIVE, COMPLETED, CANCELLED = Status
FOUR = CourseRules(n_lessons=4)
STARTED = Snapshot(id=1, version=1, enrolled_at=10, updated_at=10)
DONE = replace(
    STARTED,
    status=COMPLETED,
    tracked_status=COMPLETED,
    progress=100,
    lessons_done=4,
    completed_at=20,
    updated_at=20,
)
BY_HAND = replace(DONE, tracked_status=ACTIVE, progress=25, lessons_done=1, override_seq=3)
REOPENED = replace(DONE, status=ACTIVE, completed_at=None, override_seq=3)
CANCELLED_BY_LEARNER = replace(STARTED, status=CANCELLED, tracked_status=CANCELLED, cancelled_at=15)


def change(before: Snapshot, command: Command, course: CourseRules = FOUR) -> Change:
    return transition(before, command, Context(30, course))


def set_to(before: Snapshot, **values: object) -> Change:
    return change(before, SetFields({Field[name.upper()]: v for name, v in values.items()}))  # type: ignore[misc]


class TestEffects:
    @pytest.mark.parametrize(
        ("before", "command", "effects"),
        [
            (STARTED, LessonsDone(0), {"visit"}),
            (STARTED, LessonsDone(1), {"visit", "refresh_paths"}),
            (STARTED, LessonsDone(4), {"visit", "refresh_paths", "follow_request"}),
            (STARTED, Cancel(), {"visit", "refresh_paths", "follow_request"}),
            (STARTED, CourseChanged(0), set()),
            (STARTED, CourseChanged(1), {"refresh_paths"}),
            (STARTED, PathMoved(0, 0, ACTIVE), set()),
            (STARTED, PathMoved(20, 0, ACTIVE), {"refresh_paths"}),
            (STARTED, SetFields({Field.DEADLINE: 9}), {"follow_request"}),
            (STARTED, SetFields({Field.NOTE: "x"}), set()),
            (STARTED, SetFields({Field.GRADE: "A"}), set()),
            (STARTED, SetFields({Field.STATUS: 1}), {"refresh_paths", "follow_request"}),
            (STARTED, SetFields({Field.FEEDBACK: "Well done"}), {"tell_learner"}),
            (
                replace(STARTED, feedback="Well done"),
                SetFields({Field.FEEDBACK: ""}),
                {"nothing_to_tell"},
            ),
            (BY_HAND, RevertToTracked(), {"refresh_paths", "follow_request", "follow_course"}),
            (
                DONE,
                SetFields({Field.STATUS: 0}),
                {"refresh_paths", "follow_request", "follow_course"},
            ),
        ],
    )
    def test_follow_from_the_changed_fields(
        self, before: Snapshot, command: Command, effects: set[str]
    ) -> None:
        assert change(before, command).effects == {Effect(name) for name in effects}

    def test_a_lesson_refreshes_the_paths_although_the_percentage_is_the_same(self) -> None:
        made = change(STARTED, LessonsDone(1), CourseRules(n_lessons=300))
        assert made.after.progress == 0
        assert Effect.REFRESH_PATHS in made.effects

    def test_progress_that_changes_without_a_lesson_refreshes_the_paths(self) -> None:
        made = change(replace(STARTED, lessons_done=1), CourseChanged(1))
        assert made.effects == {Effect.REFRESH_PATHS}


class TestChange:
    @pytest.mark.parametrize(
        ("before", "command", "ends"),
        [
            (STARTED, SetFields({Field.STATUS: 1}), True),
            (STARTED, Cancel(), True),
            (STARTED, SetFields({Field.NOTE: "x"}), False),
            (DONE, SetFields({Field.NOTE: "x"}), False),
            (DONE, SetFields({Field.STATUS: 0}), False),
        ],
    )
    def test_knows_whether_it_ends_the_enrollment(
        self, before: Snapshot, command: Command, ends: bool
    ) -> None:
        assert change(before, command).ends is ends

    def test_writes_the_changed_columns(self) -> None:
        assert set_to(STARTED, deadline=9, note="x").moved_columns == {
            "deadline_day": 9,
            "internal_note": "x",
        }
        assert set_to(STARTED, status=1).moved_columns == {
            "status": COMPLETED,
            "override_seq": THIS_CHANGE,
            "completed_at": 30,
        }
        assert change(STARTED, LessonsDone(0)).moved_columns == {}

    def test_names_the_change_that_it_undoes(self) -> None:
        assert change(STARTED, Undo(5, {Field.NOTE: "x"})).undoes == 5
        assert set_to(STARTED, note="x").undoes is None

    def test_without_history_the_version_is_unchanged(self) -> None:
        made = change(STARTED, LessonsDone(1), CourseRules(n_lessons=300))
        assert (made.recorded, made.after.version, made.after.lessons_done) == ({}, 1, 1)
        assert set_to(STARTED, note="x").after.version == 2


class TestRecorded:
    @pytest.mark.parametrize(
        ("before", "command", "recorded"),
        [
            (STARTED, LessonsDone(1), {Tracked.PROGRESS: (0, 25)}),
            (STARTED, LessonsDone(4), {Tracked.PROGRESS: (0, 100), Field.STATUS: (0, 1)}),
            (BY_HAND, LessonsDone(1), {}),
            (BY_HAND, LessonsDone(4), {Tracked.PROGRESS: (25, 100), Tracked.STATUS: (0, 1)}),
            (STARTED, Cancel(), {Field.STATUS: (0, 2), Tracked.STATUS: (0, 2)}),
            (STARTED, SetFields({Field.STATUS: 2}), {Field.STATUS: (0, 2)}),
            (STARTED, SetFields({Field.STATUS: 1}), {Field.STATUS: (0, 1)}),
            (
                STARTED,
                SetFields({Field.GRADE: "A", Field.STATUS: 1}),
                {Field.GRADE: (None, "A"), Field.STATUS: (0, 1)},
            ),
            (
                REOPENED,
                SetFields({Field.STATUS: 1}),
                {Field.STATUS: (0, 1), Hidden.OVERRIDE: (3, None)},
            ),
            (
                REOPENED,
                SetFields({Field.GRADE: "A", Field.STATUS: 1}),
                {
                    Field.GRADE: (None, "A"),
                    Field.STATUS: (0, 1),
                    Tracked.STATUS: (1, 1),
                    Hidden.OVERRIDE: (3, None),
                },
            ),
            (
                replace(STARTED, tracked_status=CANCELLED, override_seq=2),
                SetFields({Field.STATUS: 2}),
                {Field.STATUS: (0, 2), Tracked.STATUS: (2, 2), Hidden.OVERRIDE: (2, None)},
            ),
            (
                CANCELLED_BY_LEARNER,
                SetFields({Field.STATUS: 0}),
                {
                    Field.STATUS: (2, 0),
                    Tracked.STATUS: (2, 0),
                    Hidden.CANCELLED: (15, None),
                },
            ),
            (
                DONE,
                SetFields({Field.STATUS: 0}),
                {Field.STATUS: (1, 0), Field.COMPLETED: (20, None)},
            ),
            (DONE, SetFields({Field.COMPLETED: 15}), {Field.COMPLETED: (20, 15)}),
            (DONE, SetFields({Field.COMPLETED: 30}), {Field.COMPLETED: (20, 30)}),
        ],
    )
    def test_contains_the_visible_changes(
        self, before: Snapshot, command: Command, recorded: dict[object, object]
    ) -> None:
        assert change(before, command).recorded == recorded

    def test_empty_if_nothing_changes(self) -> None:
        for before, command in (
            (DONE, CourseChanged(4)),
            (CANCELLED_BY_LEARNER, CourseChanged(1)),
            (CANCELLED_BY_LEARNER, PathMoved(50, 1, ACTIVE)),
        ):
            made = change(before, command)
            assert (made.before, made.after, made.recorded, made.effects) == (
                *(before, before),
                *({}, frozenset()),
            )

    def test_an_ended_enrollment_follows_only_the_number_of_lessons_done(self) -> None:
        made = change(DONE, CourseChanged(1))
        assert made.moved_columns == {"lessons_done": 1}
        assert (made.recorded, made.after.version) == ({}, 1)
        assert made.effects == {Effect.REFRESH_PATHS}


class TestLessonsDone:
    def test_fewer_lessons_do_not_end_a_completion(self) -> None:
        made = change(DONE, LessonsDone(1)).after
        assert (made.status, made.tracked_status, made.progress) == (COMPLETED, COMPLETED, 100)
        assert (made.lessons_done, made.completed_at) == (1, 20)

    def test_after_reopening_the_tracked_status_stays_and_progress_follows(self) -> None:
        made = change(REOPENED, LessonsDone(1)).after
        assert (made.status, made.tracked_status, made.progress) == (ACTIVE, COMPLETED, 25)

    def test_an_overridden_completion_stays_an_override(self) -> None:
        for count in (2, 4):
            made = change(BY_HAND, LessonsDone(count)).after
            assert (made.status, made.override_seq, made.completed_at) == (COMPLETED, 3, 20)
            assert made.progress == 25 * count

    def test_lessons_done_again_complete_only_a_reopened_enrollment(self) -> None:
        over = replace(BY_HAND, tracked_status=COMPLETED)
        assert change(over, LessonsDone(4, are_done_again=True)).after.override_seq == 3
        assert change(REOPENED, LessonsDone(4, are_done_again=True)).after.override_seq is None

    def test_a_cancelled_enrollment_accepts_no_lesson(self) -> None:
        with pytest.raises(Refused, match=HAS_ENDED):
            change(CANCELLED_BY_LEARNER, LessonsDone(1))


def test_a_changed_course_updates_an_active_enrollment() -> None:
    made = change(STARTED, CourseChanged(1)).after
    assert (made.progress, made.lessons_done, made.status) == (25, 1, ACTIVE)
    assert change(STARTED, CourseChanged(4)).after.status is COMPLETED
    reopened = change(REOPENED, CourseChanged(1)).after
    assert (reopened.status, reopened.tracked_status, reopened.progress) == (ACTIVE, COMPLETED, 25)
    completed_again = change(REOPENED, CourseChanged(4, are_done_again=True)).after
    assert (completed_again.status, completed_again.override_seq, completed_again.progress) == (
        COMPLETED,
        None,
        100,
    )


@pytest.mark.parametrize(("status", "tracked", "override"), [*product(Status, Status, (None, 3))])
def test_reopened_enrollments_are_recognized(
    status: Status, tracked: Status, override: int | None
) -> None:
    one = replace(STARTED, status=status, tracked_status=tracked, override_seq=override)
    expected = (status, tracked, override) == (ACTIVE, COMPLETED, 3)
    assert is_reopened(one) is expected
    assert one.follows_tracking is (override is None and status is tracked)


@pytest.mark.parametrize(
    ("grade", "asks", "before", "status"),
    [
        ("A", True, REOPENED, COMPLETED),
        ("F", True, REOPENED, ACTIVE),
        ("A", False, REOPENED, ACTIVE),
        ("A", True, BY_HAND, COMPLETED),
    ],
)
def test_a_passing_grade_completes_a_reopened_enrollment(
    grade: str, asks: bool, before: Snapshot, status: Status
) -> None:
    course = replace(FOUR, requires_grade=asks)
    assert change(before, SetFields({Field.GRADE: grade}), course).after.status is status
    # Nothing but the grade does.
    graded = replace(before, grade=grade)
    other = change(graded, SetFields({Field.NOTE: "x"}), course).after
    assert (other.status, other.override_seq) == (before.status, 3)


class TestReverting:
    def test_restores_the_tracked_status(self) -> None:
        made = change(BY_HAND, RevertToTracked())
        assert (made.after.status, made.after.override_seq) == (ACTIVE, None)
        assert made.recorded[Field.STATUS] == (1, 0)

    def test_is_refused_if_the_status_is_not_overridden(self) -> None:
        with pytest.raises(Refused, match=IS_TRACKED):
            change(DONE, RevertToTracked())

    @pytest.mark.parametrize("moment", [None, 20, 15])
    def test_an_override_equal_to_the_tracked_status_ends_with_history(
        self, moment: int | None
    ) -> None:
        agreed = replace(DONE, override_seq=3, progress=50)
        made = change(agreed, RevertToTracked(moment))
        assert made.after.follows_tracking
        assert (made.after.completed_at, made.after.progress) == (moment or 20, 100)
        expected = {
            Tracked.STATUS: (1, 1),
            Tracked.PROGRESS: (50, 100),
            Hidden.OVERRIDE: (3, None),
        }
        dated = {Field.COMPLETED: (20, 15)} if moment == 15 else {}
        assert made.recorded == expected | dated

    @pytest.mark.parametrize(("moment", "completed_at"), [(17, 17), (3, 10), (None, 30)])
    def test_to_completed_restores_the_completion_time(
        self, moment: int | None, completed_at: int
    ) -> None:
        """Never before the enrollment's start; the current time if history has none."""
        cancelled = replace(REOPENED, status=CANCELLED, cancelled_at=25)
        for before in (REOPENED, cancelled):
            after = change(before, RevertToTracked(moment)).after
            assert (after.status, after.completed_at) == (COMPLETED, completed_at)

    def test_to_active_removes_the_completion_time(self) -> None:
        assert change(BY_HAND, RevertToTracked(17)).after.completed_at is None


class TestMadeActiveAgain:
    @pytest.mark.parametrize(
        ("lessons", "grade", "asks", "is_path", "tracked"),
        [
            (4, None, False, False, COMPLETED),
            (4, None, False, True, ACTIVE),
            (3, None, False, False, ACTIVE),
            (4, "A", True, False, COMPLETED),
            (4, "F", True, False, ACTIVE),
        ],
    )
    def test_it_follows_the_lessons_done(
        self, lessons: int, grade: str | None, asks: bool, is_path: bool, tracked: Status
    ) -> None:
        before = replace(
            CANCELLED_BY_LEARNER, lessons_done=lessons, progress=25 * lessons, grade=grade
        )
        course = CourseRules(4, asks, is_path=is_path)
        after = change(before, SetFields({Field.STATUS: 0}), course).after
        assert (after.status, after.tracked_status) == (ACTIVE, tracked)
        assert (after.override_seq is None) is (tracked is ACTIVE)

    @pytest.mark.parametrize(("grade", "tracked"), [("A", COMPLETED), ("F", ACTIVE)])
    def test_without_lessons_a_passing_grade_completes_it(
        self, grade: str, tracked: Status
    ) -> None:
        course = CourseRules(requires_grade=True)
        after = change(
            replace(CANCELLED_BY_LEARNER, grade=grade), SetFields({Field.STATUS: 0}), course
        ).after
        assert (after.status, after.tracked_status) == (ACTIVE, tracked)

    def test_later_changes_of_its_course_are_followed_next(self) -> None:
        before = replace(CANCELLED_BY_LEARNER, lessons_done=2, progress=50)
        shorter = CourseRules(2)
        again = change(before, SetFields({Field.STATUS: 0}), shorter).after
        assert again.follows_tracking
        after = change(again, CourseChanged(2), shorter).after
        assert (after.status, after.progress, after.override_seq) == (COMPLETED, 100, None)

    def test_other_fields_keep_the_learners_cancellation(self) -> None:
        course = replace(FOUR, requires_grade=True)
        for values in ({Field.NOTE: "x"}, {Field.GRADE: "A"}):
            after = change(CANCELLED_BY_LEARNER, SetFields(values), course).after
            assert (after.status, after.tracked_status) == (CANCELLED, CANCELLED)

    def test_undoing_a_grade_given_before_it_reverts_the_cancellation(self) -> None:
        old = replace(STARTED, tracked_status=CANCELLED, override_seq=2, lessons_done=4)
        old = replace(old, progress=100)
        course = replace(FOUR, requires_grade=True)
        after = change(old, SetFields({Field.GRADE: "A"}), course).after
        assert (after.status, after.tracked_status) == (COMPLETED, COMPLETED)


class TestUndo:
    """Older history does not record when it ended; the services pass that time."""

    def test_restores_completed_or_cancelled_with_the_given_time(self) -> None:
        for status, completed_at, cancelled_at in ((1, 17, None), (2, None, 17)):
            after = change(STARTED, Undo(1, {Field.STATUS: status}, ended_at=17)).after
            assert (after.completed_at, after.cancelled_at) == (completed_at, cancelled_at)
            early = change(STARTED, Undo(1, {Field.STATUS: status}, ended_at=3)).after
            assert (early.completed_at or early.cancelled_at) == STARTED.enrolled_at
            unknown = change(STARTED, Undo(1, {Field.STATUS: status})).after
            assert (unknown.completed_at or unknown.cancelled_at) == 30

    def test_a_time_recorded_in_the_change_is_used(self) -> None:
        values = {Field.STATUS: 1, Field.COMPLETED: 12}
        after = change(STARTED, Undo(1, values, ended_at=17)).after
        assert after.completed_at == 12

    def test_the_time_is_unchanged_if_the_status_is(self) -> None:
        for before in (DONE, CANCELLED_BY_LEARNER):
            after = change(before, Undo(1, {Field.NOTE: "x"}, ended_at=17)).after
            assert after.completed_at == before.completed_at
            assert after.cancelled_at == before.cancelled_at
        reopened = change(DONE, Undo(1, {Field.STATUS: 0}, ended_at=17)).after
        assert (reopened.completed_at, reopened.cancelled_at) == (None, None)

    def test_the_status_stays_overridden_unless_it_equals_the_tracked_one(self) -> None:
        overridden = change(STARTED, Undo(1, {Field.STATUS: 1})).after
        assert overridden.override_seq == THIS_CHANGE
        tracked = change(STARTED, Undo(1, {Field.STATUS: 1}, tracked=COMPLETED)).after
        assert tracked.follows_tracking
        noted = change(BY_HAND, Undo(1, {Field.NOTE: "x"})).after
        assert noted.override_seq == 3

    def test_a_grade_restored_after_further_lessons_changes_the_tracked_status(self) -> None:
        course, before = replace(FOUR, requires_grade=True), replace(STARTED, lessons_done=4)
        back = Undo(1, {Field.GRADE: "A"}, is_tracked_again=True)
        after = change(before, back, course).after
        assert (after.status, after.tracked_status) == (COMPLETED, COMPLETED)
        still = change(before, replace(back, is_tracked_again=False), course).after
        assert (still.status, still.tracked_status) == (ACTIVE, ACTIVE)
        both = replace(back, values={Field.GRADE: "A", Field.STATUS: 1})
        assert change(before, both, course).after.override_seq is None
        apart = replace(back, values={Field.GRADE: "A", Field.STATUS: 2})
        assert change(before, apart, course).after.override_seq == THIS_CHANGE

    @pytest.mark.parametrize(
        ("before", "status", "override"),
        [
            (BY_HAND, CANCELLED, THIS_CHANGE),
            (BY_HAND, ACTIVE, None),
            (REOPENED, CANCELLED, THIS_CHANGE),
            (REOPENED, COMPLETED, None),
            (DONE, CANCELLED, THIS_CHANGE),
        ],
    )
    def test_a_restored_status_is_an_override_by_the_undoing_change(
        self, before: Snapshot, status: Status, override: int | None
    ) -> None:
        after = change(before, Undo(1, {Field.STATUS: int(status)})).after
        assert (after.status, after.override_seq) == (status, override)

    def test_an_override_to_active_ends_once_active_is_tracked_again(self) -> None:
        graded = replace(REOPENED, grade="A")
        after = change(graded, Undo(1, {Field.GRADE: None}, tracked=ACTIVE)).after
        assert (after.status, after.override_seq) == (ACTIVE, None)
        kept = change(graded, Undo(1, {Field.GRADE: None})).after
        assert (kept.status, kept.override_seq) == (ACTIVE, 3)

    def test_progress_is_restored_only_with_the_status(self) -> None:
        cancelled = replace(STARTED, progress=50, lessons_done=2)
        for values, progress in (({Field.STATUS: 2}, 25), ({Field.NOTE: "x"}, 50)):
            back = Undo(1, values, progress=25)
            assert change(cancelled, back).after.progress == progress

    def test_progress_is_unchanged_if_the_status_is_even_with_more_lessons_done(self) -> None:
        behind = replace(STARTED, lessons_done=2)
        for command in (SetFields({Field.NOTE: "x"}), Undo(1, {Field.NOTE: "x"})):
            assert change(behind, command).after.progress == 0


class TestCompletedOn:
    def test_is_accepted_from_the_enrollments_start_until_now(self) -> None:
        for moment in (10, 30):
            after = set_to(STARTED, status=1, completed=moment).after
            assert after.completed_at == moment
        for moment in (9, 31, None, "10"):
            with pytest.raises(Invalid):
                set_to(STARTED, status=1, completed=moment)

    def test_an_ended_enrollment_must_first_be_made_active(self) -> None:
        for before, status in ((DONE, 2), (CANCELLED_BY_LEARNER, 1)):
            with pytest.raises(Invalid) as refusal:
                set_to(before, status=status)
            words = f"{before.status.label} can only go back to Active."
            assert refusal.value.errors == {Field.STATUS: words}


def test_time_is_never_before_the_start_or_the_last_change() -> None:
    for before in (replace(STARTED, enrolled_at=90), replace(STARTED, updated_at=90)):
        assert set_to(before, note="x").after.updated_at == 90
    assert set_to(STARTED, note="x").after.updated_at == 30


@dataclass
class Row:
    kind: str = CourseKind.COURSE
    n_lessons: int = 3
    requires_grade: int = 1
    pass_percent: int = 70


def test_course_rules_are_read_from_its_row() -> None:
    assert course_rules(Row()) == CourseRules(3, True, 70, is_path=False)
    assert course_rules(Row(CourseKind.PATH)).is_path
    assert course_rules(Row()).passes("14/20")
    assert not course_rules(Row()).passes("13/20")
    assert not course_rules(Row()).passes(None)


def test_a_snapshot_is_read_from_the_columns_of_a_row() -> None:
    row = SimpleNamespace(id=4, status=1, tracked_status=2, grade="B", other="x")
    read = snapshot_of(row)
    assert read == Snapshot(id=4, status=COMPLETED, tracked_status=CANCELLED, grade="B")
    assert (read.status, read.tracked_status) == (COMPLETED, CANCELLED)
    assert isinstance(read.status, Status)
    assert isinstance(read.tracked_status, Status)


def test_a_snapshot_defaults_to_empty_and_compares_without_visits() -> None:
    nothing = (None,) * 5
    empty = (0, 0, 0, 0, ACTIVE, ACTIVE, 0, 0, 0, 0, *nothing, "", "", None, Origin.ADMIN, None)
    assert tuple(getattr(Snapshot(), one.name) for one in fields(Snapshot)) == empty
    assert Snapshot(last_visit_at=1) == Snapshot(last_visit_at=2)


def test_the_marker_of_this_change_is_no_id_of_a_history_row() -> None:
    assert THIS_CHANGE < 0
    model = Model()
    model.make(SetFields({Field.STATUS: 1}))
    assert model.stored.override_seq == 1


class TestEffectOfAGrade:
    ASKS = replace(FOUR, requires_grade=True)

    def test_none_if_no_grade_is_set_or_required(self) -> None:
        waiting = replace(STARTED, lessons_done=4, grade="A")
        assert change(waiting, SetFields({Field.NOTE: "x"}), self.ASKS).after.status is ACTIVE
        assert change(waiting, SetFields({Field.GRADE: "B"}), FOUR).after.status is ACTIVE
        given_up = replace(CANCELLED_BY_LEARNER, lessons_done=4)
        after = change(given_up, SetFields({Field.GRADE: "A"}), self.ASKS).after
        assert (after.status, after.tracked_status) == (CANCELLED, CANCELLED)

    def test_a_completed_enrollment_stays_tracked_as_completed_with_fewer_lessons_done(
        self,
    ) -> None:
        fewer = replace(REOPENED, lessons_done=1)
        assert change(fewer, SetFields({Field.GRADE: "B"})).after.tracked_status is COMPLETED

    def test_only_a_completion_that_depends_on_a_grade_changes(self) -> None:
        done, failed = replace(DONE, grade="A"), SetFields({Field.GRADE: "F"})
        assert transition(done, failed, Context(30, self.ASKS)).after.status is COMPLETED
        rests = Context(30, self.ASKS, rests_on_grade=True)
        assert transition(done, failed, rests).after.status is ACTIVE


@pytest.mark.parametrize("name", Field)
def test_the_status_changes_alone_or_with_a_grade_or_completion_date_only(
    name: Field,
) -> None:
    command = SetFields({name: "A" if name is Field.GRADE else 1})
    assert command.may_move_status is (name in (Field.STATUS, Field.COMPLETED, Field.GRADE))
    assert SetFields({Field.NOTE: "x", **command.values}).may_move_status is command.may_move_status
    if command.may_move_status:
        return
    course = replace(FOUR, requires_grade=True)
    overridden = [replace(STARTED, tracked_status=status, override_seq=3) for status in Status]
    for before in (STARTED, DONE, BY_HAND, REOPENED, CANCELLED_BY_LEARNER, *overridden):
        after = change(before, command, course).after
        assert (after.status, after.tracked_status) == (before.status, before.tracked_status)


def test_an_overridden_completion_after_a_learners_cancellation_stays() -> None:
    before = replace(BY_HAND, tracked_status=CANCELLED)
    after = change(before, LessonsDone(2)).after
    assert (after.status, after.override_seq) == (COMPLETED, 3)


def test_a_learner_with_another_active_enrollment_may_still_be_completed() -> None:
    context = Context(30, FOUR, has_other_active=True)
    assert transition(STARTED, SetFields({Field.STATUS: 1}), context).after.status is COMPLETED


def test_the_time_of_the_change_is_not_recorded_with_the_status() -> None:
    assert set_to(STARTED, status=1, completed=30).recorded == {Field.STATUS: (0, 1)}


def test_cancelling_a_reopened_enrollment_ends_the_override() -> None:
    after = change(REOPENED, Cancel()).after
    assert (after.status, after.override_seq) == (CANCELLED, None)
