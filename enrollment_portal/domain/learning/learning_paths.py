"""Learning paths: which courses they lock, which courses wait in circles, how far a path is.

- A course is open to a learner where any of their active paths lets it be begun, or none holds it.
- What a learner has completed or begun is never locked.
- A step that needs the previous one waits for the last step before it that the learner is in or
  can begin; completing that course opens it.
- Of a learner's active paths, each that has an unfinished step has one that is open: paths never
  lock each other.
- A path reads 100 % only when all its courses are completed, and is then completed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from enrollment_portal.domain.enrollment.fields import Field, Origin, Status
from enrollment_portal.domain.enrollment.messages import MOVE_COURSES
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_to_date
from enrollment_portal.domain.shared.errors import NeedsConfirmation


class StepState(StrEnum):
    """Where a learner stands in one course of a learning path."""

    DONE = "done"
    IN_PROGRESS = "in_progress"
    LOCKED = "locked"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return {
            StepState.DONE: "Done",
            StepState.IN_PROGRESS: "In progress",
            StepState.LOCKED: "Locked",
            StepState.OPEN: "Not started",
        }[self]


class CourseStage(IntEnum):
    """What a learner has done of a course so far; of several enrollments the highest counts."""

    NOT_ENROLLED = 0
    """They are not in it, or cancelled it."""
    ENROLLED = 1
    """Somebody or something enrolled them; they have done nothing in it yet."""
    STARTED = 2
    COMPLETED = 3


@dataclass(frozen=True, slots=True)
class PathStep:
    """One course of a learning path."""

    course_id: int
    title: str
    needs_previous: bool
    is_offered: bool
    """Learners can begin the course."""


@dataclass(frozen=True, slots=True)
class LearningPath:
    """A learning path and its courses in order."""

    id: int
    title: str
    steps: tuple[PathStep, ...]


def stage_of(
    status: int, *, origin: str, progress: int, lessons_done: int, is_graded: bool
) -> CourseStage:
    """Return what one enrollment says about its learner and the course.

    Who started the course themselves has begun it; who was enrolled, once anything was done in it.
    """
    if status == Status.CANCELLED:
        return CourseStage.NOT_ENROLLED
    if status == Status.COMPLETED:
        return CourseStage.COMPLETED
    if origin == Origin.SELF or progress or lessons_done or is_graded:
        return CourseStage.STARTED
    return CourseStage.ENROLLED


def steps_for(path: LearningPath, stages: Mapping[int, CourseStage]) -> tuple[PathStep, ...]:
    """Return the steps of a path that a learner is in or can begin: the others do not count."""
    return tuple(step for step in path.steps if step.is_offered or stages.get(step.course_id))


def locks(paths: Iterable[LearningPath], stages: Mapping[int, CourseStage]) -> dict[int, str]:
    """Return the courses that are locked for a learner, each with the title that opens it.

    Args:
        paths: those that the learner is active in.
        standings: by course, what they have done of it.
    """
    opened: set[int] = set()
    waiting: dict[int, list[PathStep]] = {}
    for path in paths:
        previous: PathStep | None = None
        for step in steps_for(path, stages):
            if (
                previous is None
                or not step.needs_previous
                or stages.get(previous.course_id) is CourseStage.COMPLETED
                or stages.get(step.course_id, 0) >= CourseStage.STARTED
            ):
                opened.add(step.course_id)
            else:
                waiting.setdefault(step.course_id, []).append(previous)
            previous = step
    locked = {course_id for course_id in waiting if course_id not in opened}
    return {
        # Where several paths would open it, a course that can be taken now is named.
        course_id: min(waiting[course_id], key=lambda step: step.course_id in locked).title
        for course_id in waiting
        if course_id in locked
    }


@dataclass(frozen=True, slots=True)
class Wait:
    """A course that waits for another one in a path, all by title."""

    course: str
    previous: str
    path: str


def circles(paths: Sequence[LearningPath], of: Collection[int]) -> list[tuple[Wait, ...]]:
    """Return the circles in which courses wait for each other: A for B, B for C, C for A.

    Nobody is locked out by one (see `locks`), but the orders of its paths contradict each other.

    Args:
        paths: all that somebody may take at the same time.
        of: the ids of those paths whose circles are wanted.

    Returns:
        For each wait of the wanted paths that is in a circle the shortest one, but each wait once.
    """
    waits = [wait for path in paths for wait in _waits(path)]
    by_course: dict[int, list[_Waiting]] = {}
    for wait in waits:
        by_course.setdefault(wait.course_id, []).append(wait)
    found: list[tuple[Wait, ...]] = []
    covered: set[_Waiting] = set()
    for wait in waits:
        if wait.path_id not in of or wait in covered:
            continue
        route = _route(by_course, wait.previous_id, wait.course_id)
        if route is not None:
            circle = (wait, *route)
            covered.update(circle)
            found.append(tuple(one.words for one in circle))
    return found


def circle_words(circle: Sequence[Wait]) -> str:
    """Return a circle as a sentence for admins."""
    waits = [f"“{w.course}” waits for “{w.previous}” in “{w.path}”" for w in circle]
    return f"{', '.join(waits[:-1])} and {waits[-1]}."


@dataclass(frozen=True, slots=True)
class _Waiting:
    path_id: int
    course_id: int
    previous_id: int
    words: Wait


def _waits(path: LearningPath) -> Iterator[_Waiting]:
    previous: PathStep | None = None
    for step in path.steps:
        if not step.is_offered:
            continue
        if previous and step.needs_previous:
            words = Wait(step.title, previous.title, path.title)
            yield _Waiting(path.id, step.course_id, previous.course_id, words)
        previous = step


def _route(
    by_course: Mapping[int, Sequence[_Waiting]], start: int, end: int
) -> list[_Waiting] | None:
    """Return the shortest chain of waits from one course to another; `None` for none."""
    came_by: dict[int, _Waiting] = {}
    queue = deque([start])
    while queue:
        course = queue.popleft()
        if course == end:
            route: list[_Waiting] = []
            while course != start:
                route.append(came_by[course])
                course = came_by[course].course_id
            return route[::-1]
        for wait in by_course.get(course, ()):
            if wait.previous_id not in came_by:
                came_by[wait.previous_id] = wait
                queue.append(wait.previous_id)
    return None


def path_progress(courses: Iterable[tuple[int, int, bool]]) -> int:
    """Return the progress of a path in percent, rounded down: 100 when all is completed.

    It is the mean of the courses, each weighted by its lessons. A completed course counts as
    100 %; a course without lessons counts as one lesson, done once it is completed.

    Args:
        courses: for each its progress, its number of lessons, and whether it is completed.
    """
    weighted = total = 0
    is_done = True
    for progress, n_lessons, is_completed in courses:
        weight = max(n_lessons, 1)
        weighted += weight * (100 if is_completed else progress if n_lessons else 0)
        total += weight
        is_done = is_done and is_completed
    if not total:
        return 0
    return 100 if is_done else min(99, weighted // total)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One course of a path and the learner's enrollment in it; `status` is `None` without one.

    Moments are in ms since 1970 UTC.
    """

    n_lessons: int
    is_offered: bool
    status: int | None = None
    progress: int = 0
    lessons_done: int = 0
    enrolled_at: int | None = None
    """When the learner began the course first."""
    completed_at: int | None = None
    """When they completed it first, if it is completed."""
    uncompleted_at: int | None = None
    """When it was last no longer completed, as far as that was read from history."""
    ids: tuple[int, ...] = ()
    """Of all their enrollments in it."""
    added_at: int | None = None
    """When it was added to the path, if that is known."""

    @property
    def counts(self) -> bool:
        """Whether the path asks for it: the learner is in it, or can begin it."""
        return self.is_offered or self.status in (Status.ACTIVE, Status.COMPLETED)

    def counts_before(self, completed_at: int | None) -> bool:
        """Tell whether the path asked for it when the learner completed the path, if they have.

        Not where it was added to the path later. They were in it then, and it has been completed
        since: of where it was not, older paths do not tell otherwise that it was added later.
        """
        if self.enrolled_at is None:
            return False
        if completed_at is None:
            return True
        if self.added_at is not None and self.added_at > completed_at:
            return False
        return self.enrolled_at <= completed_at and (
            self.status == Status.COMPLETED or (self.uncompleted_at or 0) >= completed_at
        )


def counting(enrollments: Iterable[StepProgress]) -> StepProgress:
    """Return which of several enrollments in a course counts for a path.

    A completed one, else the active one, else the newest: taking a course again takes no
    completion away. The moments are those of the earliest enrollment.
    """
    ranks: dict[int | None, int] = {Status.COMPLETED: 2, Status.ACTIVE: 1}
    ordered = sorted(enrollments, key=lambda one: (ranks.get(one.status, 0), one.enrolled_at or 0))
    if len(ordered) == 1:
        return ordered[0]
    return replace(
        ordered[-1],
        enrolled_at=min((one.enrolled_at for one in ordered if one.enrolled_at), default=None),
        completed_at=min((one.completed_at for one in ordered if one.completed_at), default=None),
        ids=tuple(id_ for one in ordered for id_ in one.ids),
    )


@dataclass(frozen=True, slots=True)
class LostCompletion:
    """The completion that a path had before one of its courses was no longer completed."""

    completed_at: int | None
    """When the path had been completed, in ms; `None` where somebody had reopened it by hand."""
    lost_at: int
    """When it was lost, in ms."""
    override_seq: int | None = None
    """The row of history with which it had been reopened, if it had."""

    def is_back(self, steps: Iterable[StepProgress]) -> bool:
        """Tell whether all that the path asked for then is completed again, as it was then.

        What was completed anew is not: that completion is a later one.
        """
        counted = [step for step in steps if step.counts and step.counts_before(self.completed_at)]
        return bool(counted) and all(
            step.status == Status.COMPLETED and (step.completed_at or 0) <= self.lost_at
            for step in counted
        )


@dataclass(frozen=True, slots=True)
class PathState:
    """What a path enrollment is to hold by its courses."""

    progress: int
    lessons_done: int
    tracked: Status
    restored: LostCompletion | None = None
    """The completion that it gets back, as the courses that had taken it hold theirs again."""


def path_state(
    steps: Sequence[StepProgress],
    *,
    status: int,
    tracked: int,
    completed_at: int | None,
    lost: LostCompletion | None = None,
) -> PathState | None:
    """Return what a path enrollment is to hold, or `None` where it stays as it is.

    - A cancelled one stays as it is, until it is active again.
    - A completed one asks for the courses that it asked for when the learner completed it, not for
      courses added later. Where one of those is no longer completed, it is tracked as active.
    - Where all of those are completed again as they were, the path gets back what it lost.

    Args:
        steps: its courses.
        status: what it holds.
        tracked: the status that is tracked.
        completed_at: when it was completed, in ms, if it is.
        lost: the completion that it lost last, if it is tracked as active since.
    """
    if status == Status.CANCELLED:
        return None
    counted = [step for step in steps if step.counts]
    restored = lost if lost and tracked != Status.COMPLETED and lost.is_back(counted) else None
    if restored:
        counted = [step for step in counted if step.counts_before(restored.completed_at)]
    elif tracked == Status.COMPLETED:
        counted = [step for step in counted if step.counts_before(completed_at)]
    if not counted:
        return None
    progress = path_progress(
        (step.progress, step.n_lessons, step.status == Status.COMPLETED) for step in counted
    )
    is_done = all(step.status == Status.COMPLETED for step in counted)
    return PathState(
        progress=progress,
        lessons_done=sum(step.lessons_done for step in counted),
        tracked=Status.COMPLETED if is_done else Status.ACTIVE,
        restored=restored,
    )


class CoursesWouldMove(NeedsConfirmation):
    """A later deadline of a path is only set by a form, which asks about those of its courses.

    Args:
        until: the deadline, in days since 1970.
    """

    message = MOVE_COURSES

    def __init__(self, until: int) -> None:
        super().__init__({Field.DEADLINE.value: day_to_date(until).isoformat()})


def deadline_along(day: int | None, path_day: int | None, until: int) -> int | None:
    """Return the deadline of a path's course once it moves along with that of the path.

    A later deadline of the path puts off by as many days those of its courses that end before it.

    Args:
        day: the course's deadline, in days since 1970, as all of them.
        path_day: the path's deadline so far.
        until: the path's new deadline.

    Returns:
        The course's new deadline; `None` where it stays as it is.
    """
    if day is None or path_day is None or until <= path_day or day >= until:
        return None
    return min(day + until - path_day, LAST_DAY)
