"""Test rules of learning paths: locks, circular orders, progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.commands import Context, PathMoved
from enrollment_portal.domain.enrollment.fields import Field, Origin, Snapshot, Status
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.paths.learning_paths import (
    CourseStage,
    LearningPath,
    LostCompletion,
    PathState,
    PathStep,
    StepProgress,
    circle_sentence,
    circles,
    locks,
    path_progress,
    path_state,
    stage_of,
    steps_for,
)

NOT_ENROLLED, ENROLLED, STARTED, COMPLETED = CourseStage


def path(number: int, courses: str, *, needs_previous: bool = True, gone: str = "") -> LearningPath:
    """Return a path of courses that are each named by one letter."""
    return LearningPath(
        number,
        f"Path {number}",
        tuple(
            PathStep(ord(name), name, needs_previous and place > 0, name not in gone)
            for place, name in enumerate(courses)
        ),
    )


def of(**stages: CourseStage) -> dict[int, CourseStage]:
    return {ord(name): stage for name, stage in stages.items()}


def locked(paths: list[LearningPath], **stages: CourseStage) -> dict[str, str]:
    return {chr(course): title for course, title in locks(paths, of(**stages)).items()}


class TestLocks:
    def test_a_step_is_unlocked_when_the_previous_one_is_completed(self) -> None:
        assert locked([path(1, "ABC")]) == {"B": "A", "C": "B"}
        assert locked([path(1, "ABC")], A=STARTED) == {"B": "A", "C": "B"}
        assert locked([path(1, "ABC")], A=COMPLETED, B=ENROLLED) == {"C": "B"}
        assert locked([path(1, "ABC", needs_previous=False)]) == {}

    @pytest.mark.parametrize("stage", [STARTED, COMPLETED])
    def test_a_started_or_completed_course_stays_unlocked(self, stage: CourseStage) -> None:
        assert locked([path(1, "AB")], B=stage) == {}
        assert locked([path(1, "AB")], B=ENROLLED) == {"B": "A"}

    def test_paths_do_not_lock_each_other(self) -> None:
        assert locked([path(1, "XY"), path(2, "YX")]) == {}
        assert locked([path(1, "XYZ"), path(2, "YZX")]) == {"Z": "Y"}
        assert locked([path(1, "XY"), path(2, "ZY", needs_previous=False)]) == {}

    def test_a_lock_names_a_course_that_can_be_taken_now(self) -> None:
        assert locked([path(1, "ABC"), path(2, "DC")])["C"] == "D"
        assert locked([path(2, "DC"), path(1, "ABC")])["C"] == "D"

    def test_a_course_that_nobody_can_start_locks_nothing(self) -> None:
        assert locked([path(1, "ABC", gone="B")]) == {"C": "A"}
        assert locked([path(1, "ABC", gone="A")]) == {"C": "B"}
        # Those enrolled in it continue with it first.
        assert locked([path(1, "ABC", gone="B")], A=COMPLETED, B=ENROLLED) == {"C": "B"}

    @pytest.mark.parametrize(
        ("values", "stage"),
        [
            ({"status": Status.CANCELLED, "progress": 50, "lessons_done": 2}, NOT_ENROLLED),
            ({"origin": Origin.PATH}, ENROLLED),
            ({"origin": Origin.GROUP}, ENROLLED),
            ({"origin": Origin.SELF}, STARTED),
            ({"lessons_done": 1}, STARTED),
            ({"progress": 1}, STARTED),
            ({"is_graded": True}, STARTED),
            ({"status": Status.COMPLETED}, COMPLETED),
        ],
    )
    def test_an_enrolled_learner_has_started_once_a_lesson_is_done(
        self, values: dict[str, object], stage: CourseStage
    ) -> None:
        enrolled: dict[str, object] = {
            "status": Status.ACTIVE,
            "origin": Origin.PATH,
            "progress": 0,
            "lessons_done": 0,
            "is_graded": False,
        }
        assert stage_of(**(enrolled | values)) is stage  # type: ignore[arg-type]


names = st.sampled_from("ABCDEFGH")
random_steps = st.lists(
    st.tuples(names, st.booleans(), st.booleans()), min_size=1, max_size=6, unique_by=lambda s: s[0]
)
random_paths = st.lists(random_steps, min_size=1, max_size=5).map(
    lambda paths: [
        LearningPath(
            number,
            f"Path {number}",
            tuple(
                PathStep(ord(name), name, needs and place > 0, is_offered)
                for place, (name, needs, is_offered) in enumerate(steps)
            ),
        )
        for number, steps in enumerate(paths)
    ]
)
random_stages = st.dictionaries(names.map(ord), st.sampled_from(CourseStage))


@given(random_paths, random_stages)
def test_random_paths_never_lock_every_course(
    paths: list[LearningPath], stages: dict[int, CourseStage]
) -> None:
    locked_now = locks(paths, stages)
    for one in paths:
        unfinished = [
            step.course_id
            for step in steps_for(one, stages)
            if stages.get(step.course_id) is not COMPLETED
        ]
        # Of each path one course can be gone on with, whatever the other paths say.
        assert not unfinished or any(course not in locked_now for course in unfinished)
    for course, stage in stages.items():
        if stage >= STARTED:
            assert course not in locked_now


@given(random_paths, random_stages)
def test_taking_unlocked_courses_completes_every_path(
    paths: list[LearningPath], stages: dict[int, CourseStage]
) -> None:
    courses = {step.course_id for one in paths for step in steps_for(one, stages)}
    for _ in courses:
        open_now = [
            course
            for course in courses
            if stages.get(course) is not COMPLETED and course not in locks(paths, stages)
        ]
        if open_now:
            stages = stages | {open_now[0]: COMPLETED}
    assert all(stages.get(course) is COMPLETED for course in courses)


@given(random_paths, random_stages, st.data())
def test_a_lock_names_an_unfinished_course_before_it_in_one_of_the_paths(
    paths: list[LearningPath], stages: dict[int, CourseStage], data: st.DataObject
) -> None:
    locked_now = locks(paths, stages)
    for course, title in locked_now.items():
        assert stages.get(ord(title)) is not COMPLETED
        orders = [[step.title for step in steps_for(one, stages)] for one in paths]
        assert any(
            chr(course) in order
            and title in order
            and order.index(title) == order.index(chr(course)) - 1
            for order in orders
        )
    # Another path never locks a course that was open, if it is in a path already.
    one_less = [one for one in paths if one is not data.draw(st.sampled_from(paths))]
    held = {step.course_id for one in one_less for step in steps_for(one, stages)}
    assert not (held - locks(one_less, stages).keys()) & locked_now.keys()


class TestCircles:
    def test_are_found_over_any_number_of_paths(self) -> None:
        three = [path(1, "AB"), path(2, "BC"), path(3, "CA"), path(4, "CD")]
        (circle,) = circles(three, {1})
        assert circle_sentence(circle) == (
            "“B” waits for “A” in “Path 1”, “A” waits for “C” in “Path 3” and “C” waits for “B” "
            "in “Path 2”."
        )
        assert circles(three, {1, 2, 3}) == [circle]
        assert circles(three, {4}) == []
        (pair,) = circles([path(1, "XY"), path(2, "YX")], {2})
        assert circle_sentence(pair) == (
            "“X” waits for “Y” in “Path 2” and “Y” waits for “X” in “Path 1”."
        )

    def test_the_same_order_or_no_order_has_none(self) -> None:
        assert circles([path(1, "ABC"), path(2, "AC"), path(3, "BC")], {1, 2, 3}) == []
        assert circles([path(1, "AB"), path(2, "BA", needs_previous=False)], {1, 2}) == []

    def test_the_shortest_circle_is_named(self) -> None:
        longer = [path(2, "CA"), path(3, "BC")]
        (circle,) = circles([path(1, "AB"), *longer, path(4, "BA")], {1})
        assert [wait.path for wait in circle] == ["Path 1", "Path 4"]
        (circle,) = circles([path(1, "AB"), *longer], {1})
        assert [wait.path for wait in circle] == ["Path 1", "Path 2", "Path 3"]

    def test_a_circle_that_a_path_only_depends_on_is_not_its_own(self) -> None:
        paths = [path(1, "AB"), path(2, "CA"), path(3, "DC"), path(4, "CD")]
        assert circles(paths, {1, 2}) == []
        assert len(circles(paths, {1, 3})) == 1

    def test_a_course_that_nobody_can_start_is_in_no_circle(self) -> None:
        assert circles([path(1, "AB", gone="B"), path(2, "BA", gone="B")], {1, 2}) == []


def _depends_on(paths: Sequence[LearningPath]) -> set[tuple[str, str, str]]:
    found = set()
    for one in paths:
        order = steps_for(one, {})
        for before, step in pairwise(order):
            if step.needs_previous:
                found.add((step.title, before.title, one.title))
    return found


@given(random_paths)
def test_circles_are_found_exactly_if_courses_depend_on_each_other(
    paths: list[LearningPath],
) -> None:
    waits = _depends_on(paths)
    reached = {(course, previous) for course, previous, _path in waits}
    while True:
        more = {(a, d) for a, b in reached for c, d in reached if b == c} - reached
        if not more:
            break
        reached |= more
    for one in paths:
        found = circles(paths, {one.id})
        in_circle = {w for w in waits if w[2] == one.title and (w[1], w[0]) in reached}
        assert bool(found) == bool(in_circle)
        named = {(w.course, w.previous, w.path) for circle in found for w in circle}
        assert in_circle <= named <= waits
        for circle in found:
            following = (*circle[1:], circle[0])
            assert all(w.previous == n.course for w, n in zip(circle, following, strict=True))
            assert len({w.path for w in circle}) > 1


random_progress = st.builds(
    StepProgress,
    n_lessons=st.integers(0, 5),
    is_offered=st.booleans(),
    status=st.sampled_from([None, *Status]),
    progress=st.integers(0, 100),
    lessons_done=st.integers(0, 5),
    enrolled_at=st.integers(0, 20),
)


class TestProgress:
    @pytest.mark.parametrize(
        ("courses", "progress"),
        [
            ([], 0),
            ([(0, 0, True), (100, 0, True)], 100),  # imported without lessons, all completed
            ([(100, 0, True), (50, 1, False)], 75),  # one of them, and a course at half
            ([(100, 10, True), (0, 0, False)], 90),  # a course without lessons is not left out
            ([(100, 1, True), (100, 1, False)], 99),  # a grade is missing
            ([(40, 3, True)], 100),  # completed by hand
            ([(100, 1, False)], 99),
            ([(50, 1, False), (0, 3, False)], 12),
            ([(100, 0, False)], 0),
        ],
    )
    def test_is_correct_for_every_combination(
        self, courses: list[tuple[int, int, bool]], progress: int
    ) -> None:
        assert path_progress(courses) == progress

    @given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 9), st.booleans())))
    def test_is_100_exactly_when_all_is_completed(
        self, courses: list[tuple[int, int, bool]]
    ) -> None:
        progress = path_progress(courses)
        assert 0 <= progress <= 100
        assert (progress == 100) == (bool(courses) and all(done for *_rest, done in courses))


class TestState:
    @given(
        st.lists(random_progress, max_size=5),
        st.sampled_from(Status),
        st.sampled_from(Status),
        st.none() | st.integers(0, 20),
    )
    def test_is_100_exactly_when_its_courses_complete_it(
        self, steps: list[StepProgress], status: int, tracked: int, completed_at: int | None
    ) -> None:
        state = path_state(steps, status=status, tracked=tracked, completed_at=completed_at)
        if status == Status.CANCELLED:
            assert state is None
        if state is None:
            return
        assert (state.progress == 100) == (state.tracked is Status.COMPLETED)
        if tracked == Status.ACTIVE:
            counted = [step for step in steps if step.counts]
            is_done = all(step.status == Status.COMPLETED for step in counted)
            assert (state.progress == 100) == is_done

    def test_a_cancelled_path_that_is_made_active_follows_its_courses(self) -> None:
        done = StepProgress(2, True, Status.COMPLETED, 100, 2, 5)
        given_up = Status.CANCELLED
        state = path_state([done], status=Status.ACTIVE, tracked=given_up, completed_at=None)
        assert state == PathState(100, 2, Status.COMPLETED)

    def test_courses_added_later_do_not_end_a_completion(self) -> None:
        done = StepProgress(2, True, Status.COMPLETED, 100, 2, enrolled_at=5)
        completed: dict[str, Any] = {"status": 1, "tracked": 1, "completed_at": 10}
        for later in (StepProgress(3, True), StepProgress(3, True, 0, 20, 1, enrolled_at=11)):
            assert path_state([done, later], **completed) == PathState(100, 2, Status.COMPLETED)
            assert path_state([later], **completed) is None

    def test_a_course_that_is_no_longer_completed_ends_the_completion(self) -> None:
        done = StepProgress(2, True, Status.COMPLETED, 100, 2, enrolled_at=5)
        ungraded = StepProgress(2, True, Status.ACTIVE, 100, 2, enrolled_at=5, uncompleted_at=11)
        state = path_state([done, ungraded], status=1, tracked=1, completed_at=10)
        assert state == PathState(99, 4, Status.ACTIVE)

    def test_a_course_that_nobody_can_start_counts_only_for_those_enrolled(self) -> None:
        done = StepProgress(2, True, Status.COMPLETED, 100, 2, 5)
        for status in (None, Status.CANCELLED):
            gone = StepProgress(8, False, status, 50, 4, 5)
            state = path_state([done, gone], status=0, tracked=0, completed_at=None)
            assert state == PathState(100, 2, Status.COMPLETED)
        taken = StepProgress(8, False, Status.ACTIVE, 50, 4, 5)
        state = path_state([done, taken], status=0, tracked=0, completed_at=None)
        assert state == PathState(60, 6, Status.ACTIVE)


class Walk:
    """A learner in a path whose courses change; each change has a later time."""

    def __init__(self, n_courses: int) -> None:
        self.now = 10
        step = StepProgress(2, True, Status.ACTIVE, 0, 0, enrolled_at=10, added_at=10)
        self.steps = [step] * n_courses
        self.path = Snapshot(id=1, version=1, enrolled_at=10, updated_at=10)
        self.lost: LostCompletion | None = None

    def move(self, number: int, **values: int | None) -> None:
        """Change a course's state, and update the path."""
        self.now += 5
        was = self.steps[number]
        step = replace(was, **values)  # type: ignore[arg-type]
        if was.status == Status.COMPLETED != step.status:
            step = replace(step, uncompleted_at=self.now)
        self.steps[number] = step
        self.follow()

    def add(self, step: StepProgress) -> None:
        self.now += 5
        self.steps.append(replace(step, added_at=self.now))
        self.follow()

    def complete(self, number: int) -> None:
        at = self.now + 5
        self.move(number, status=Status.COMPLETED, progress=100, lessons_done=2, completed_at=at)

    def lose_completion(self, number: int) -> StepProgress:
        """End a course's completion, and return its previous state."""
        was = self.steps[number]
        self.move(number, status=Status.ACTIVE, completed_at=None)
        return was

    def restore_completion(self, number: int, was: StepProgress) -> None:
        self.move(number, status=was.status, progress=was.progress, completed_at=was.completed_at)

    def follow(self) -> None:
        path = self.path
        state = path_state(
            self.steps,
            status=path.status,
            tracked=path.tracked_status,
            completed_at=path.completed_at,
            lost=self.lost,
        )
        if state is None:
            return
        back = state.restored
        command = PathMoved(
            state.progress, state.lessons_done, state.tracked, back and back.completed_at
        )
        change = transition(path, command, Context(self.now))
        if path.completed_at is not None and change.after.completed_at is None:
            assert change.recorded[Field.COMPLETED] == (path.completed_at, None)
            self.lost = LostCompletion(path.completed_at, self.now)
        self.path = change.after

    @property
    def held(self) -> tuple[object, ...]:
        path = self.path
        return (path.status, path.tracked_status, path.progress, path.completed_at)


added_later = st.builds(
    StepProgress,
    n_lessons=st.integers(1, 3),
    is_offered=st.booleans(),
    status=st.sampled_from([None, *Status]),
    progress=st.integers(0, 99),
    # Also if they had started it before they completed the path, in another path.
    enrolled_at=st.integers(10, 999),
)


@given(
    st.integers(1, 4),
    st.data(),
    st.lists(added_later, max_size=2),
    st.lists(added_later, max_size=2),
)
def test_restoring_lost_course_completions_restores_the_path_despite_added_courses(
    n_courses: int,
    data: st.DataObject,
    before: list[StepProgress],
    meanwhile: list[StepProgress],
) -> None:
    walk = Walk(n_courses)
    for number in range(n_courses):
        walk.complete(number)
    held = walk.held
    assert held[:3] == (Status.COMPLETED, Status.COMPLETED, 100)
    for step in before:
        walk.add(step)
        assert walk.held == held, "what is added takes no completion away"
        walk.complete(len(walk.steps) - 1)
        walk.lose_completion(len(walk.steps) - 1)
        assert walk.held == held, "nor does what is completed there, and no longer"
    for _round in range(2):
        slips = data.draw(st.lists(st.integers(0, n_courses - 1), min_size=1, unique=True))
        held_by = {number: walk.lose_completion(number) for number in slips}
        assert walk.held[:2] == (Status.ACTIVE, Status.ACTIVE)
        for step in meanwhile:
            walk.add(step)
        for number in data.draw(st.permutations(slips)):
            assert walk.path.status is Status.ACTIVE
            walk.restore_completion(number, held_by[number])
        assert walk.held == held


@given(st.integers(1, 4), st.data())
def test_courses_completed_again_complete_the_path_again(
    n_courses: int, data: st.DataObject
) -> None:
    walk = Walk(n_courses)
    for number in range(n_courses):
        walk.complete(number)
    number = data.draw(st.integers(0, n_courses - 1))
    walk.lose_completion(number)
    walk.complete(number)
    assert walk.held == (Status.COMPLETED, Status.COMPLETED, 100, walk.now)
    walk.lose_completion(number)
    walk.add(StepProgress(2, True, Status.ACTIVE, 0, 0, walk.now))
    walk.complete(number)
    assert walk.held[:2] == (Status.ACTIVE, Status.ACTIVE), "all that it holds counts now"
    walk.complete(n_courses)
    assert walk.held == (Status.COMPLETED, Status.COMPLETED, 100, walk.now)
