"""Test what a change has besides values: effects, columns, history, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import product
from types import SimpleNamespace

import pytest

from enrollment_portal.domain.catalog.courses import CourseKind
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
from enrollment_portal.domain.enrollment.lifecycle import (
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
    is_reopened,
    transition,
)
from enrollment_portal.domain.enrollment.messages import HAS_ENDED, IS_TRACKED
from enrollment_portal.domain.shared.errors import Invalid, Refused
from tests.unit.enrollment.model import Model

ACTIVE, COMPLETED, CANCELLED = Status
FOUR = CourseRules(n_lessons=4)
BEGUN = Snapshot(id=1, version=1, enrolled_at=10, updated_at=10)
DONE = replace(
    BEGUN,
    status=COMPLETED,
    tracked_status=COMPLETED,
    progress=100,
    lessons_done=4,
    completed_at=20,
    updated_at=20,
)
BY_HAND = replace(DONE, tracked_status=ACTIVE, progress=25, lessons_done=1, override_seq=3)
REOPENED = replace(DONE, status=ACTIVE, completed_at=None, override_seq=3)
GIVEN_UP = replace(BEGUN, status=CANCELLED, tracked_status=CANCELLED, cancelled_at=15)


def change(before: Snapshot, command: Command, course: CourseRules = FOUR) -> Change:
    return transition(before, command, Context(30, course))


def set_to(before: Snapshot, **values: object) -> Change:
    return change(before, SetFields({Field[name.upper()]: v for name, v in values.items()}))  # type: ignore[misc]


class TestEffects:
    @pytest.mark.parametrize(
        ("before", "command", "effects"),
        [
            (BEGUN, LessonsDone(0), {"visit"}),
            (BEGUN, LessonsDone(1), {"visit", "refresh_paths"}),
            (BEGUN, LessonsDone(4), {"visit", "refresh_paths", "follow_request"}),
            (BEGUN, Cancel(), {"visit", "refresh_paths", "follow_request"}),
            (BEGUN, CourseChanged(0), set()),
            (BEGUN, CourseChanged(1), {"refresh_paths"}),
            (BEGUN, PathMoved(0, 0, ACTIVE), set()),
            (BEGUN, PathMoved(20, 0, ACTIVE), {"refresh_paths"}),
            (BEGUN, SetFields({Field.DEADLINE: 9}), {"follow_request"}),
            (BEGUN, SetFields({Field.NOTE: "x"}), set()),
            (BEGUN, SetFields({Field.GRADE: "A"}), set()),
            (BEGUN, SetFields({Field.STATUS: 1}), {"refresh_paths", "follow_request"}),
            (BEGUN, SetFields({Field.FEEDBACK: "Well done"}), {"tell_learner"}),
            (
                replace(BEGUN, feedback="Well done"),
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
    def test_follow_from_what_moved(
        self, before: Snapshot, command: Command, effects: set[str]
    ) -> None:
        assert change(before, command).effects == {Effect(name) for name in effects}

    def test_a_lesson_of_many_moves_the_paths_though_the_percentage_does_not(self) -> None:
        made = change(BEGUN, LessonsDone(1), CourseRules(n_lessons=300))
        assert made.after.progress == 0
        assert Effect.REFRESH_PATHS in made.effects

    def test_progress_that_moves_without_a_lesson_moves_the_paths(self) -> None:
        made = change(replace(BEGUN, lessons_done=1), CourseChanged(1))
        assert made.effects == {Effect.REFRESH_PATHS}


class TestChange:
    @pytest.mark.parametrize(
        ("before", "command", "ends"),
        [
            (BEGUN, SetFields({Field.STATUS: 1}), True),
            (BEGUN, Cancel(), True),
            (BEGUN, SetFields({Field.NOTE: "x"}), False),
            (DONE, SetFields({Field.NOTE: "x"}), False),
            (DONE, SetFields({Field.STATUS: 0}), False),
        ],
    )
    def test_ends(self, before: Snapshot, command: Command, ends: bool) -> None:
        assert change(before, command).ends is ends

    def test_writes_the_columns_that_moved(self) -> None:
        assert set_to(BEGUN, deadline=9, note="x").moved_columns == {
            "deadline_day": 9,
            "internal_note": "x",
        }
        assert set_to(BEGUN, status=1).moved_columns == {
            "status": COMPLETED,
            "override_seq": THIS_CHANGE,
            "completed_at": 30,
        }
        assert change(BEGUN, LessonsDone(0)).moved_columns == {}

    def test_names_what_it_takes_back(self) -> None:
        assert change(BEGUN, Undo(5, {Field.NOTE: "x"})).undoes == 5
        assert set_to(BEGUN, note="x").undoes is None

    def test_without_history_the_version_stays(self) -> None:
        made = change(BEGUN, LessonsDone(1), CourseRules(n_lessons=300))
        assert (made.recorded, made.after.version, made.after.lessons_done) == ({}, 1, 1)
        assert set_to(BEGUN, note="x").after.version == 2


class TestRecorded:
    @pytest.mark.parametrize(
        ("before", "command", "recorded"),
        [
            (BEGUN, LessonsDone(1), {Tracked.PROGRESS: (0, 25)}),
            (BEGUN, LessonsDone(4), {Tracked.PROGRESS: (0, 100), Field.STATUS: (0, 1)}),
            (BY_HAND, LessonsDone(1), {}),
            (BY_HAND, LessonsDone(4), {Tracked.PROGRESS: (25, 100), Tracked.STATUS: (0, 1)}),
            (BEGUN, Cancel(), {Field.STATUS: (0, 2), Tracked.STATUS: (0, 2)}),
            (BEGUN, SetFields({Field.STATUS: 2}), {Field.STATUS: (0, 2)}),
            (BEGUN, SetFields({Field.STATUS: 1}), {Field.STATUS: (0, 1)}),
            (
                BEGUN,
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
                replace(BEGUN, tracked_status=CANCELLED, override_seq=2),
                SetFields({Field.STATUS: 2}),
                {Field.STATUS: (0, 2), Tracked.STATUS: (2, 2), Hidden.OVERRIDE: (2, None)},
            ),
            (
                GIVEN_UP,
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
    def test_is_what_people_see_move(
        self, before: Snapshot, command: Command, recorded: dict[object, object]
    ) -> None:
        assert change(before, command).recorded == recorded

    def test_nothing_where_nothing_is_to_move(self) -> None:
        for before, command in (
            (DONE, CourseChanged(4)),
            (GIVEN_UP, CourseChanged(1)),
            (GIVEN_UP, PathMoved(50, 1, ACTIVE)),
        ):
            made = change(before, command)
            assert (made.before, made.after, made.recorded, made.effects) == (
                *(before, before),
                *({}, frozenset()),
            )

    def test_what_is_over_follows_only_the_number_of_lessons_done(self) -> None:
        made = change(DONE, CourseChanged(1))
        assert made.moved_columns == {"lessons_done": 1}
        assert (made.recorded, made.after.version) == ({}, 1)
        assert made.effects == {Effect.REFRESH_PATHS}


class TestLessonsDone:
    def test_fewer_take_no_completion_away(self) -> None:
        made = change(DONE, LessonsDone(1)).after
        assert (made.status, made.tracked_status, made.progress) == (COMPLETED, COMPLETED, 100)
        assert (made.lessons_done, made.completed_at) == (1, 20)

    def test_reopened_what_is_tracked_stays_but_progress_follows(self) -> None:
        made = change(REOPENED, LessonsDone(1)).after
        assert (made.status, made.tracked_status, made.progress) == (ACTIVE, COMPLETED, 25)

    def test_a_completion_by_hand_stays_the_persons(self) -> None:
        for count in (2, 4):
            made = change(BY_HAND, LessonsDone(count)).after
            assert (made.status, made.override_seq, made.completed_at) == (COMPLETED, 3, 20)
            assert made.progress == 25 * count

    def test_done_anew_completes_only_what_was_reopened(self) -> None:
        over = replace(BY_HAND, tracked_status=COMPLETED)
        assert change(over, LessonsDone(4, are_done_anew=True)).after.override_seq == 3
        assert change(REOPENED, LessonsDone(4, are_done_anew=True)).after.override_seq is None

    def test_a_cancelled_one_is_over(self) -> None:
        with pytest.raises(Refused, match=HAS_ENDED):
            change(GIVEN_UP, LessonsDone(1))


def test_a_changed_course_brings_an_active_enrollment_up_to_date() -> None:
    made = change(BEGUN, CourseChanged(1)).after
    assert (made.progress, made.lessons_done, made.status) == (25, 1, ACTIVE)
    assert change(BEGUN, CourseChanged(4)).after.status is COMPLETED
    reopened = change(REOPENED, CourseChanged(1)).after
    assert (reopened.status, reopened.tracked_status, reopened.progress) == (ACTIVE, COMPLETED, 25)
    anew = change(REOPENED, CourseChanged(4, are_done_anew=True)).after
    assert (anew.status, anew.override_seq, anew.progress) == (COMPLETED, None, 100)


@pytest.mark.parametrize(("status", "tracked", "override"), [*product(Status, Status, (None, 3))])
def test_is_reopened(status: Status, tracked: Status, override: int | None) -> None:
    one = replace(BEGUN, status=status, tracked_status=tracked, override_seq=override)
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
def test_a_passing_grade_completes_what_was_reopened(
    grade: str, asks: bool, before: Snapshot, status: Status
) -> None:
    course = replace(FOUR, requires_grade=asks)
    assert change(before, SetFields({Field.GRADE: grade}), course).after.status is status
    # Nothing but the grade does.
    graded = replace(before, grade=grade)
    other = change(graded, SetFields({Field.NOTE: "x"}), course).after
    assert (other.status, other.override_seq) == (before.status, 3)


class TestReverting:
    def test_gives_the_status_back_to_tracking(self) -> None:
        made = change(BY_HAND, RevertToTracked())
        assert (made.after.status, made.after.override_seq) == (ACTIVE, None)
        assert made.recorded[Field.STATUS] == (1, 0)

    def test_is_refused_where_nobody_set_the_status(self) -> None:
        with pytest.raises(Refused, match=IS_TRACKED):
            change(DONE, RevertToTracked())

    @pytest.mark.parametrize("moment", [None, 20, 15])
    def test_an_override_that_agrees_ends_with_history(self, moment: int | None) -> None:
        agreed = replace(DONE, override_seq=3, progress=50)
        made = change(agreed, RevertToTracked(moment))
        assert made.after.follows_tracking
        assert (made.after.completed_at, made.after.progress) == (moment or 20, 100)
        told = {
            Tracked.STATUS: (1, 1),
            Tracked.PROGRESS: (50, 100),
            Hidden.OVERRIDE: (3, None),
        }
        dated = {Field.COMPLETED: (20, 15)} if moment == 15 else {}
        assert made.recorded == told | dated

    @pytest.mark.parametrize(("moment", "completed_at"), [(17, 17), (3, 10), (None, 30)])
    def test_to_completed_gives_the_moment_back_that_it_had(
        self, moment: int | None, completed_at: int
    ) -> None:
        """Never before the enrollment began; from now on where nothing tells it."""
        cancelled = replace(REOPENED, status=CANCELLED, cancelled_at=25)
        for before in (REOPENED, cancelled):
            after = change(before, RevertToTracked(moment)).after
            assert (after.status, after.completed_at) == (COMPLETED, completed_at)

    def test_to_active_leaves_no_moment_of_completion(self) -> None:
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
    def test_it_follows_what_is_done(
        self, lessons: int, grade: str | None, asks: bool, is_path: bool, tracked: Status
    ) -> None:
        before = replace(GIVEN_UP, lessons_done=lessons, progress=25 * lessons, grade=grade)
        course = CourseRules(4, asks, is_path=is_path)
        after = change(before, SetFields({Field.STATUS: 0}), course).after
        assert (after.status, after.tracked_status) == (ACTIVE, tracked)
        assert (after.override_seq is None) is (tracked is ACTIVE)

    @pytest.mark.parametrize(("grade", "tracked"), [("A", COMPLETED), ("F", ACTIVE)])
    def test_without_lessons_a_passing_grade_is_all_that_is_done(
        self, grade: str, tracked: Status
    ) -> None:
        course = CourseRules(requires_grade=True)
        after = change(replace(GIVEN_UP, grade=grade), SetFields({Field.STATUS: 0}), course).after
        assert (after.status, after.tracked_status) == (ACTIVE, tracked)

    def test_what_its_course_became_meanwhile_is_followed_next(self) -> None:
        before = replace(GIVEN_UP, lessons_done=2, progress=50)
        shorter = CourseRules(2)
        again = change(before, SetFields({Field.STATUS: 0}), shorter).after
        assert again.follows_tracking
        after = change(again, CourseChanged(2), shorter).after
        assert (after.status, after.progress, after.override_seq) == (COMPLETED, 100, None)

    def test_other_fields_leave_the_learners_cancelling(self) -> None:
        course = replace(FOUR, requires_grade=True)
        for values in ({Field.NOTE: "x"}, {Field.GRADE: "A"}):
            after = change(GIVEN_UP, SetFields(values), course).after
            assert (after.status, after.tracked_status) == (CANCELLED, CANCELLED)

    def test_of_before_a_grade_takes_the_cancelling_back(self) -> None:
        old = replace(BEGUN, tracked_status=CANCELLED, override_seq=2, lessons_done=4)
        old = replace(old, progress=100)
        course = replace(FOUR, requires_grade=True)
        after = change(old, SetFields({Field.GRADE: "A"}), course).after
        assert (after.status, after.tracked_status) == (COMPLETED, COMPLETED)


class TestTakingBack:
    """Older history does not tell since when it had been over; the services do."""

    def test_to_completed_or_cancelled_since_that_moment(self) -> None:
        for status, completed_at, cancelled_at in ((1, 17, None), (2, None, 17)):
            after = change(BEGUN, Undo(1, {Field.STATUS: status}, ended_at=17)).after
            assert (after.completed_at, after.cancelled_at) == (completed_at, cancelled_at)
            early = change(BEGUN, Undo(1, {Field.STATUS: status}, ended_at=3)).after
            assert (early.completed_at or early.cancelled_at) == BEGUN.enrolled_at
            unknown = change(BEGUN, Undo(1, {Field.STATUS: status})).after
            assert (unknown.completed_at or unknown.cancelled_at) == 30

    def test_where_the_change_tells_the_moment_it_counts(self) -> None:
        values = {Field.STATUS: 1, Field.COMPLETED: 12}
        after = change(BEGUN, Undo(1, values, ended_at=17)).after
        assert after.completed_at == 12

    def test_the_moment_stays_where_the_status_does(self) -> None:
        for before in (DONE, GIVEN_UP):
            after = change(before, Undo(1, {Field.NOTE: "x"}, ended_at=17)).after
            assert after.completed_at == before.completed_at
            assert after.cancelled_at == before.cancelled_at
        reopened = change(DONE, Undo(1, {Field.STATUS: 0}, ended_at=17)).after
        assert (reopened.completed_at, reopened.cancelled_at) == (None, None)

    def test_the_status_stays_by_hand_unless_it_is_what_is_tracked(self) -> None:
        by_hand = change(BEGUN, Undo(1, {Field.STATUS: 1})).after
        assert by_hand.override_seq == THIS_CHANGE
        tracked = change(BEGUN, Undo(1, {Field.STATUS: 1}, tracked=COMPLETED)).after
        assert tracked.follows_tracking
        noted = change(BY_HAND, Undo(1, {Field.NOTE: "x"})).after
        assert noted.override_seq == 3

    def test_a_grade_that_comes_back_after_the_learner_went_on_moves_what_is_tracked(self) -> None:
        course, before = replace(FOUR, requires_grade=True), replace(BEGUN, lessons_done=4)
        back = Undo(1, {Field.GRADE: "A"}, is_tracked_anew=True)
        after = change(before, back, course).after
        assert (after.status, after.tracked_status) == (COMPLETED, COMPLETED)
        still = change(before, replace(back, is_tracked_anew=False), course).after
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
    def test_a_status_that_goes_back_is_overridden_by_what_takes_it_back(
        self, before: Snapshot, status: Status, override: int | None
    ) -> None:
        after = change(before, Undo(1, {Field.STATUS: int(status)})).after
        assert (after.status, after.override_seq) == (status, override)

    def test_an_override_to_active_ends_where_active_is_what_is_tracked_again(self) -> None:
        graded = replace(REOPENED, grade="A")
        after = change(graded, Undo(1, {Field.GRADE: None}, tracked=ACTIVE)).after
        assert (after.status, after.override_seq) == (ACTIVE, None)
        kept = change(graded, Undo(1, {Field.GRADE: None})).after
        assert (kept.status, kept.override_seq) == (ACTIVE, 3)

    def test_progress_goes_back_to_what_it_was_only_with_the_status(self) -> None:
        cancelled = replace(BEGUN, progress=50, lessons_done=2)
        for values, progress in (({Field.STATUS: 2}, 25), ({Field.NOTE: "x"}, 50)):
            back = Undo(1, values, progress=25)
            assert change(cancelled, back).after.progress == progress

    def test_progress_stays_where_the_status_does_though_more_lessons_are_done(self) -> None:
        behind = replace(BEGUN, lessons_done=2)
        for command in (SetFields({Field.NOTE: "x"}), Undo(1, {Field.NOTE: "x"})):
            assert change(behind, command).after.progress == 0


class TestCompletedOn:
    def test_from_the_beginning_to_this_moment(self) -> None:
        for moment in (10, 30):
            after = set_to(BEGUN, status=1, completed=moment).after
            assert after.completed_at == moment
        for moment in (9, 31, None, "10"):
            with pytest.raises(Invalid):
                set_to(BEGUN, status=1, completed=moment)

    def test_an_ended_one_first_goes_back_to_active(self) -> None:
        for before, status in ((DONE, 2), (GIVEN_UP, 1)):
            with pytest.raises(Invalid) as refusal:
                set_to(before, status=status)
            words = f"{before.status.label} can only go back to Active."
            assert refusal.value.errors == {Field.STATUS: words}


def test_time_goes_forward_from_the_beginning_and_the_last_change() -> None:
    for before in (replace(BEGUN, enrolled_at=90), replace(BEGUN, updated_at=90)):
        assert set_to(before, note="x").after.updated_at == 90
    assert set_to(BEGUN, note="x").after.updated_at == 30


@dataclass
class Row:
    kind: str = CourseKind.COURSE
    n_lessons: int = 3
    requires_grade: int = 1
    pass_percent: int = 70


def test_the_rules_of_a_course_are_read_from_its_row() -> None:
    assert course_rules(Row()) == CourseRules(3, True, 70, is_path=False)
    assert course_rules(Row(CourseKind.PATH)).is_path
    assert course_rules(Row()).passes("14/20")
    assert not course_rules(Row()).passes("13/20")
    assert not course_rules(Row()).passes(None)


def test_a_snapshot_is_read_from_what_a_row_has() -> None:
    row = SimpleNamespace(id=4, status=1, tracked_status=2, grade="B", other="x")
    read = snapshot_of(row)
    assert read == Snapshot(id=4, status=COMPLETED, tracked_status=CANCELLED, grade="B")
    assert (read.status, read.tracked_status) == (COMPLETED, CANCELLED)
    assert isinstance(read.status, Status)
    assert isinstance(read.tracked_status, Status)


def test_a_snapshot_is_empty_where_nothing_was_read_and_visits_do_not_tell_two_apart() -> None:
    empty = (0, 0, 0, 0, ACTIVE, ACTIVE, 0, 0, 0, 0, *(None,) * 5, "", "", None, Origin.ADMIN)
    assert tuple(getattr(Snapshot(), one.name) for one in fields(Snapshot)) == empty
    assert Snapshot(last_visit_at=1) == Snapshot(last_visit_at=2)


def test_this_change_is_no_row_of_history() -> None:
    assert THIS_CHANGE < 0
    model = Model()
    model.make(SetFields({Field.STATUS: 1}))
    assert model.stored.override_seq == 1


class TestWhatAGradeMoves:
    ASKS = replace(FOUR, requires_grade=True)

    def test_nothing_where_no_grade_is_set_or_none_is_asked_for(self) -> None:
        waiting = replace(BEGUN, lessons_done=4, grade="A")
        assert change(waiting, SetFields({Field.NOTE: "x"}), self.ASKS).after.status is ACTIVE
        assert change(waiting, SetFields({Field.GRADE: "B"}), FOUR).after.status is ACTIVE
        given_up = replace(GIVEN_UP, lessons_done=4)
        after = change(given_up, SetFields({Field.GRADE: "A"}), self.ASKS).after
        assert (after.status, after.tracked_status) == (CANCELLED, CANCELLED)

    def test_what_was_completed_stays_tracked_so_though_fewer_lessons_are_done(self) -> None:
        fewer = replace(REOPENED, lessons_done=1)
        assert change(fewer, SetFields({Field.GRADE: "B"})).after.tracked_status is COMPLETED

    def test_only_a_completion_that_rests_on_a_grade(self) -> None:
        done, failed = replace(DONE, grade="A"), SetFields({Field.GRADE: "F"})
        assert transition(done, failed, Context(30, self.ASKS)).after.status is COMPLETED
        rests = Context(30, self.ASKS, rests_on_grade=True)
        assert transition(done, failed, rests).after.status is ACTIVE


@pytest.mark.parametrize("name", Field)
def test_the_status_moves_by_itself_and_with_a_grade_or_the_date_of_completion_only(
    name: Field,
) -> None:
    command = SetFields({name: "A" if name is Field.GRADE else 1})
    assert command.may_move_status is (name in (Field.STATUS, Field.COMPLETED, Field.GRADE))
    assert SetFields({Field.NOTE: "x", **command.values}).may_move_status is command.may_move_status
    if command.may_move_status:
        return
    course = replace(FOUR, requires_grade=True)
    overridden = [replace(BEGUN, tracked_status=status, override_seq=3) for status in Status]
    for before in (BEGUN, DONE, BY_HAND, REOPENED, GIVEN_UP, *overridden):
        after = change(before, command, course).after
        assert (after.status, after.tracked_status) == (before.status, before.tracked_status)


def test_a_completion_by_hand_over_a_learners_cancelling_stays() -> None:
    before = replace(BY_HAND, tracked_status=CANCELLED)
    after = change(before, LessonsDone(2)).after
    assert (after.status, after.override_seq) == (COMPLETED, 3)


def test_a_learner_who_is_active_elsewhere_may_still_be_completed() -> None:
    context = Context(30, FOUR, has_other_active=True)
    assert transition(BEGUN, SetFields({Field.STATUS: 1}), context).after.status is COMPLETED


def test_the_moment_of_the_change_is_not_told_beside_the_status() -> None:
    assert set_to(BEGUN, status=1, completed=30).recorded == {Field.STATUS: (0, 1)}


def test_cancelling_what_was_reopened_ends_the_override() -> None:
    after = change(REOPENED, Cancel()).after
    assert (after.status, after.override_seq) == (CANCELLED, None)
