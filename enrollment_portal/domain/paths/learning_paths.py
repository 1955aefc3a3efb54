"""Rules of learning paths: which courses are locked, circular orders, progress and completion.

- A course is open to a learner if any of their active paths opens it, or if none contains it.
- A course that the learner has started or completed is never locked.
- A step that needs the previous one waits for the last step before it that the learner is enrolled
  in or can start; completing that course opens it.
- Each active path with an unfinished step has an open one: paths never lock each other.
- A path is at 100% only when all its courses are completed, and is completed then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from enrollment_portal.domain.enrollment.fields import Field, Origin, Status
from enrollment_portal.domain.enrollment.messages import MOVE_COURSES
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_to_date
from enrollment_portal.domain.shared.errors import NeedsConfirmation


class StepState(StrEnum):
    """The state of a learner in one course of a learning path."""

    DONE = "done"
    IN_PROGRESS = "in_progress"
    LOCKED = "locked"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The label of the state."""
        return {
            StepState.DONE: "Done",
            StepState.IN_PROGRESS: "In progress",
            StepState.LOCKED: "Locked",
            StepState.OPEN: "Not started",
        }[self]


class CourseStage(IntEnum):
    """How far a learner is in a course; of several enrollments the highest stage counts."""

    NOT_ENROLLED = 0
    """They are not enrolled, or have cancelled."""
    ENROLLED = 1
    """They were enrolled, and have done nothing in it yet."""
    STARTED = 2
    COMPLETED = 3


@dataclass(frozen=True, slots=True)
class PathStep:
    """One course of a learning path."""

    course_id: int
    title: str
    needs_previous: bool
    is_offered: bool
    """Whether learners can start the course."""


@dataclass(frozen=True, slots=True)
class LearningPath:
    """A learning path and its courses in order."""

    id: int
    title: str
    steps: tuple[PathStep, ...]


def stage_of(
    status: int, *, origin: str, progress: int, lessons_done: int, is_graded: bool
) -> CourseStage:
    """Return the stage of one enrollment.

    It is started if the learner created it, or if anything was done in it.
    """
    if status == Status.CANCELLED:
        return CourseStage.NOT_ENROLLED
    if status == Status.COMPLETED:
        return CourseStage.COMPLETED
    if origin == Origin.SELF or progress or lessons_done or is_graded:
        return CourseStage.STARTED
    return CourseStage.ENROLLED


def steps_for(path: LearningPath, stages: Mapping[int, CourseStage]) -> tuple[PathStep, ...]:
    """Return the steps of a path that count for a learner: they are in it, or can start it."""
    return tuple(step for step in path.steps if step.is_offered or stages.get(step.course_id))


def locks(paths: Iterable[LearningPath], stages: Mapping[int, CourseStage]) -> dict[int, str]:
    """Return the courses locked for a learner, each with the title of the course that opens it.

    Args:
        paths: those that the learner is active in.
        stages: the learner's stage in each course.
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
        # If several paths would open it, name a course that can be taken now.
        course_id: min(waiting[course_id], key=lambda step: step.course_id in locked).title
        for course_id in waiting
        if course_id in locked
    }


@dataclass(frozen=True, slots=True)
class Wait:
    """A course that waits for another one in a path; all as titles."""

    course: str
    previous: str
    path: str


def circles(paths: Sequence[LearningPath], of: Collection[int]) -> list[tuple[Wait, ...]]:
    """Return the circles in which courses wait for each other: A for B, B for C, C for A.

    Nobody is locked out by one (see `locks`), but the orders of its paths contradict each other.

    Args:
        paths: all that somebody may take at the same time.
        of: the ids of the paths whose circles to return.

    Returns:
        For each wait in these paths the shortest circle that contains it, without repeating waits.
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
            found.append(tuple(one.wait for one in circle))
    return found


def circle_sentence(circle: Sequence[Wait]) -> str:
    """Return a circle as a sentence for admins."""
    return messages.circle([messages.waits_for(w.course, w.previous, w.path) for w in circle])


@dataclass(frozen=True, slots=True)
class _Waiting:
    path_id: int
    course_id: int
    previous_id: int
    wait: Wait


def _waits(path: LearningPath) -> Iterator[_Waiting]:
    previous: PathStep | None = None
    for step in path.steps:
        if not step.is_offered:
            continue
        if previous and step.needs_previous:
            wait = Wait(step.title, previous.title, path.title)
            yield _Waiting(path.id, step.course_id, previous.course_id, wait)
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
    100%; a course without lessons counts as one lesson, done once it is completed.

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

    Times are in ms since 1970 UTC.
    """

    n_lessons: int
    is_offered: bool
    status: int | None = None
    progress: int = 0
    lessons_done: int = 0
    enrolled_at: int | None = None
    """When the learner's first enrollment in it was created."""
    completed_at: int | None = None
    """When they first completed it, if it is completed."""
    uncompleted_at: int | None = None
    """When it last lost its completion, if that was read from history."""
    ids: tuple[int, ...] = ()
    """The ids of all their enrollments in it."""
    added_at: int | None = None
    """When it was added to the path, if known."""

    @property
    def counts(self) -> bool:
        """Whether the path requires it: the learner is enrolled in it, or can start it."""
        return self.is_offered or self.status in (Status.ACTIVE, Status.COMPLETED)

    def counts_before(self, completed_at: int | None) -> bool:
        """Return whether the path required it when the learner completed the path, if they have.

        A course that was added later does not count. Paths from before additions were dated: it
        counts if the learner was enrolled in it by then, and it has been completed.
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

    A completed one, else the active one, else the newest: a retake does not end a completion. The
    times are those of the earliest enrollment.
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
    """The completion that a path had before one of its courses lost its completion."""

    completed_at: int | None
    """When the path had been completed, in ms; `None` if a person had reopened it."""
    lost_at: int
    """When it was lost, in ms."""
    override_seq: int | None = None
    """The row of history in which it had been reopened, if it had."""

    def is_back(self, steps: Iterable[StepProgress]) -> bool:
        """Return whether all courses that the path required then have the same completion again.

        A course that was completed a second time has a later completion, so does not count.
        """
        counted = [step for step in steps if step.counts and step.counts_before(self.completed_at)]
        return bool(counted) and all(
            step.status == Status.COMPLETED and (step.completed_at or 0) <= self.lost_at
            for step in counted
        )


@dataclass(frozen=True, slots=True)
class PathState:
    """The values of a path enrollment that follow from its courses."""

    progress: int
    lessons_done: int
    tracked: Status
    restored: LostCompletion | None = None
    """The completion to restore, as the courses have theirs again."""


def path_state(
    steps: Sequence[StepProgress],
    *,
    status: int,
    tracked: int,
    completed_at: int | None,
    lost: LostCompletion | None = None,
) -> PathState | None:
    """Return the new values of a path enrollment, or `None` if nothing changes.

    - A cancelled one does not change until it is active again.
    - A completed one requires the courses that it required when the learner completed it, not those
      added later. If one of them is no longer completed, the path is tracked as active.
    - If all of them have their completions again, the path's lost completion is restored.

    Args:
        steps: its courses.
        status: its status.
        tracked: its tracked status.
        completed_at: when it was completed, in ms, if it is.
        lost: the completion that it lost last, if it has been tracked as active since.
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
    """The form has to ask first whether a path's later deadline also moves those of its courses.

    Args:
        until: the deadline, in days since 1970.
    """

    message = MOVE_COURSES

    def __init__(self, until: int) -> None:
        super().__init__({Field.DEADLINE.value: day_to_date(until).isoformat()})


def deadline_along(day: int | None, path_day: int | None, until: int) -> int | None:
    """Return the new deadline of a path's course when the path's deadline is moved.

    A later deadline of the path moves those of its courses that are not after it, by as many days.

    Args:
        day: the course's deadline, in days since 1970, as all of them.
        path_day: the path's deadline so far.
        until: the path's new deadline.

    Returns:
        The course's new deadline; `None` if it stays as it is.
    """
    if day is None or path_day is None or until <= path_day or day >= until:
        return None
    return min(day + until - path_day, LAST_DAY)
