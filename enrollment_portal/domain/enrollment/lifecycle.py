"""Every change of an enrollment: what it may be, what it leads to, and what history keeps of it.

Invariants, which hold after any sequence of commands:

- `completed_at` is set exactly while the status is Completed, `cancelled_at` exactly while it is
  Cancelled; neither lies before the enrollment began.
- A person sets `completed_at` only while the status is Completed, and to no later moment than now.
  It says when the learner completed it, not when that was recorded: a past day shows the status
  as it was recorded by then.
- A status that nobody set by hand is what is tracked, forwards and backwards. So an active
  enrollment in a course without an override has lessons left to do, or waits for a passing grade,
  or the course has neither lessons nor asks for a grade.
- A status set by hand names the row of history that set it, which tells who and when.
- Lessons done never move by hand; what is tracked moves by hand only with a grade, or as a
  learner's cancelling is taken back: by undoing it, or by making the enrollment active again.
- Progress moves by hand only with the status. Active in a course, it is the share of its lessons
  that are done; completed, it is 100 %, unless a person completed it before that. In a course
  without lessons, completed is 100 % and all else is 0.
- Lessons added to a course later, and a course that asks for more, never take a completion away.
  Nor do they where a cleared or failing grade took it: the next passing grade gives it back, as
  undoing does, while nothing else has moved the status since. Undone, it has its earlier date
  again; by another grade it is completed on the day of that grade.
- Where a course begins to ask for a grade, whoever has completed it keeps that, whatever grades are
  given and cleared afterwards. (Older history does not tell what a course asked for: there, it is
  whoever held no grade that passes now.)
- Reopened, it is completed again by a passing grade, by hand, or by its lessons done anew; not by
  those while it holds a grade that fails a course that asks for one.
- A completion that rests on a grade (the course asked for one as it came about, so a passing one
  was held; history keeps that, as the course may change its mark later) goes with that grade: one
  that does not pass by the course's rules of the day, or none, makes it Active again.
- Versions grow by one with each row of history. Without one, only the number of lessons done moves,
  where their share in whole percent stays (of a path, or of a course of many lessons), and visits
  are stamped. Whoever writes it has open pages read it again; no past day shows either.
- A learner is active in a course or path through one enrollment at most. A path that is completed,
  and begun anew, keeps its earlier completion meanwhile.
- Time in an enrollment's life only goes forward, though the clock may be set back.
- What is cancelled is not worked on, and only what is active follows a change of its course: what
  is active again catches up with it. Where that would complete it and a person has just taken its
  completion away, by setting it to Active or by undoing a grade, it is reopened: tracked as
  completed, with an override that holds it Active.
- Effects follow from what moved: paths from the status, progress and lessons done; requests from
  the status and the deadline; the learner is told of feedback; lessons and cancelling are visits.

An override ends where it is reverted, where the status is set to what is tracked, and where it
holds the status Active and tracking comes to say Active too: from then on, it follows again. A
completion or cancelling set by hand stays the person's, whatever is tracked, until it is reverted:
that can be done where tracking says the same, too, and keeps the status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, is_passing
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.fields import (
    ATTRIBUTES,
    THIS_CHANGE,
    Basis,
    Field,
    Hidden,
    HistoryField,
    Snapshot,
    Status,
    Tracked,
    Value,
    may_follow,
)
from enrollment_portal.domain.enrollment.tracking import progress_at, progress_of, tracked_status
from enrollment_portal.domain.shared.errors import Invalid, Refused

UNKNOWN = 0
"""As `override_seq`: history does not tell it."""


@dataclass(frozen=True, slots=True)
class RecordedAt:
    """A row of history, and when it was written, in ms since 1970 UTC."""

    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class SetFields:
    """A person sets fields: in Manage, in a grid, by pasting, by restoring or granting."""

    values: Mapping[Field, Value]
    """The fields that are to hold something else than they do."""

    @property
    def may_move_status(self) -> bool:
        """Whether another status may follow from them."""
        return not set(self.values) <= {Field.DEADLINE, Field.FEEDBACK, Field.NOTE}


@dataclass(frozen=True, slots=True)
class RevertToTracked:
    """A person gives an overridden status back to tracking."""

    completed_at: int | None = None
    """When what is tracked completed it, in ms, where it did and history tells the moment."""


@dataclass(frozen=True, slots=True)
class LessonsDone:
    """The learner has done so many lessons of the course."""

    count: int
    are_done_anew: bool = False
    """All of them were done since the enrollment was reopened."""


@dataclass(frozen=True, slots=True)
class CourseChanged:
    """The lessons of the course, or what it asks for, have changed."""

    count: int
    """How many of its lessons are done now."""
    are_done_anew: bool = False
    """All that are left were done since the enrollment was reopened."""


@dataclass(frozen=True, slots=True)
class PathMoved:
    """The courses of a learning path stand so that its enrollment is to hold this."""

    progress: int
    lessons_done: int
    tracked: Status
    completed_at: int | None = None
    """When the learner had completed it, in ms, where it gets a completion back."""
    override_seq: int | None = None
    """The row of history with which it had been reopened, where it gets that back."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The learner gives it up."""


@dataclass(frozen=True, slots=True)
class Undo:
    """A person takes a recorded change back; `undo` says what that means."""

    seq: int
    """Of the change that is taken back."""
    values: Mapping[Field, Value]
    tracked: Status | None = None
    """What is tracked from now on, where that moves too."""
    is_tracked_anew: bool = False
    """The learner went on since: what is tracked follows the grade that comes back."""
    progress: int | None = None
    """What the progress goes back to where the status does, unless that says it already."""
    ended_at: int | None = None
    """Since when it has been over, in ms, where the status goes back to that and `values` do not
    say it; else since now."""
    turns_override: bool = False
    """The change ended an override and kept the status, or took that back."""
    override_seq: int | None = UNKNOWN
    """The row of history that set the status before the change, where history tells; `None` where
    it tells that none did."""
    made: RecordedAt | None = field(default=None, compare=False)
    """The row that made the change, or that made it stand again last."""


Command = SetFields | RevertToTracked | LessonsDone | CourseChanged | PathMoved | Cancel | Undo


class Effect(StrEnum):
    """What follows a change elsewhere."""

    REFRESH_PATHS = "refresh_paths"
    """The learning paths that hold the course follow it."""
    FOLLOW_COURSE = "follow_course"
    """It is active again: what is tracked follows what its course has become meanwhile."""
    FOLLOW_REQUEST = "follow_request"
    """An open request for a later deadline may be answered by it; see `requests`."""
    TELL_LEARNER = "tell_learner"
    """There is feedback that the learner has not read."""
    NOTHING_TO_TELL = "nothing_to_tell"
    """The feedback was removed."""
    VISIT = "visit"
    """The learner was there."""


@dataclass(frozen=True, slots=True)
class CourseRules:
    """What a course says about completing it."""

    n_lessons: int = 0
    requires_grade: bool = False
    pass_percent: int = PASS_PERCENT
    is_path: bool = False
    """It is a learning path, which its courses complete."""

    def passes(self, grade: Value) -> bool:
        """Tell whether a grade passes the course."""
        text = None if grade is None else str(grade)
        return is_passing(text, self.pass_percent)

    def accepts(self, grade: Value) -> bool:
        """Tell whether its lessons complete the course with this grade, or without one."""
        return not self.requires_grade or self.passes(grade)

    def is_failed(self, grade: Value) -> bool:
        """Tell whether the course asks for a grade, and this one does not pass."""
        return self.requires_grade and bool(grade) and not self.passes(grade)


class GradedCourse(Protocol):
    """A row of storage, as far as it says how its course is completed."""

    @property
    def kind(self) -> str:
        """A course or a learning path."""
        ...

    @property
    def n_lessons(self) -> int:
        """How many lessons it has."""
        ...

    @property
    def requires_grade(self) -> int:
        """Whether it asks for a grade."""
        ...

    @property
    def pass_percent(self) -> int:
        """Its pass mark."""
        ...


def course_rules(row: GradedCourse) -> CourseRules:
    """Return what a course, or the course of an enrollment, says about completing it."""
    return CourseRules(
        n_lessons=row.n_lessons,
        requires_grade=bool(row.requires_grade),
        pass_percent=row.pass_percent,
        is_path=row.kind == CourseKind.PATH,
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules need to know beside the enrollment."""

    now: int
    """This moment in ms since 1970 UTC."""
    course: CourseRules = CourseRules()
    has_other_active: bool = False
    """The learner is active in the course through another enrollment."""
    rests_on_grade: bool = False
    """What is tracked as completed needed the grade; or it is tracked as active since a grade took
    its completion. See `completed_by_grade`."""
    lessons_done: int | None = None
    """How many lessons of the course are done, where the enrollment is over and so does not follow
    its course; by default, as many as it holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a command makes of an enrollment."""

    before: Snapshot
    after: Snapshot
    recorded: Mapping[HistoryField, tuple[Value, Value]]
    """What history keeps: by field, the value before and after; empty where nothing is kept."""
    effects: frozenset[Effect] = frozenset()
    undoes: int | None = None
    """The `seq` of the change that it takes back."""
    made: RecordedAt | None = None
    """The row that made that change, or that made it stand again last."""

    @property
    def moved_columns(self) -> dict[str, Any]:
        """The columns that hold something else after it, but for version and moment."""
        return {
            name: after
            for name in _WRITTEN
            if (after := getattr(self.after, name)) != getattr(self.before, name)
        }

    @property
    def ends(self) -> bool:
        """Whether the enrollment is over by it."""
        return self.after.status != self.before.status and self.after.status != Status.ACTIVE


_WRITTEN = tuple(
    name for name in Snapshot.__dataclass_fields__ if name not in ("version", "updated_at")
)


def transition(before: Snapshot, command: Command, context: Context) -> Change:
    """Return the change that a command makes.

    Args:
        before: the enrollment as it is stored.
        command: what is to happen to it.
        context: the moment, the course, and what else is so.

    Raises:
        Invalid: by field, why a person cannot set it so.
        Refused: the command does not fit the enrollment as it is; the message says why.
    """
    change = _decide(before, command, context)
    is_activated = change.after.status is Status.ACTIVE is not before.status
    if is_activated and context.has_other_active:
        raise second_active(command)
    return change


def second_active(command: Command) -> Invalid:
    """Return why a command is refused that would make the learner active in a course twice."""
    if isinstance(command, SetFields | Undo) and Field.GRADE in command.values:
        goes_with_grade = isinstance(command, Undo) and command.tracked is not None
        if goes_with_grade or Field.STATUS not in command.values:
            return Invalid({Field.GRADE: messages.NEEDS_GRADE})
    return Invalid({Field.STATUS: messages.TWO_ACTIVE})


def _decide(before: Snapshot, command: Command, context: Context) -> Change:
    match command:
        case SetFields():
            return _set_fields(before, command.values, context)
        case RevertToTracked():
            return _revert(before, command, context)
        case LessonsDone():
            return _do_lessons(before, command, context)
        case CourseChanged():
            return _follow_course(before, command, context)
        case PathMoved():
            return _move_path(before, command, context)
        case Cancel():
            return _cancel(before, context)
        case Undo():
            return _undo(before, command, context)


def _set_fields(before: Snapshot, values: Mapping[Field, Value], context: Context) -> Change:
    tracked = _tracked_by_hand(before, values, context)
    if Field.STATUS in values:
        status = Status(values[Field.STATUS])
        if not may_follow(before.status, status):
            raise Invalid({Field.STATUS: messages.only_back_to_active(before.status.label)})
        override = None if status == tracked else THIS_CHANGE
    elif _is_completed_again(before, values, context.course):
        status, override = Status.COMPLETED, None
    else:
        status, override = _followed(before, tracked)
    if Field.COMPLETED in values:
        _check_completed(before, status, values[Field.COMPLETED], context)
    change = _by_hand(before, values, (status, override), tracked, context)
    is_again = Field.STATUS not in values and status is Status.COMPLETED is not before.status
    if tracked is Status.COMPLETED and (tracked is not before.tracked_status or is_again):
        return _with_basis(change, context.course)
    return change


def _check_completed(before: Snapshot, status: Status, moment: Value, context: Context) -> None:
    """Raise where a person may not set the moment of completion so."""
    why = ""
    if status is not Status.COMPLETED:
        why = messages.NOT_COMPLETED
    elif not isinstance(moment, int):
        why = messages.NO_DAY
    elif moment < before.enrolled_at:
        why = messages.BEFORE_ENROLLMENT
    elif moment > _now(before, context):
        why = messages.IN_FUTURE
    if why:
        raise Invalid({Field.COMPLETED: why})


def _revert(before: Snapshot, command: RevertToTracked, context: Context) -> Change:
    if before.follows_tracking:
        raise Refused(messages.IS_TRACKED)
    tracked = before.tracked_status
    values: dict[Field, Value] = {}
    if tracked is Status.COMPLETED and command.completed_at is not None:
        values[Field.COMPLETED] = max(command.completed_at, before.enrolled_at)
    return _by_hand(before, values, (tracked, None), tracked, context)


def _undo(before: Snapshot, command: Undo, context: Context) -> Change:
    tracked = before.tracked_status if command.tracked is None else command.tracked
    # Each field goes back to what it held: a status that is not among them stays as it is.
    set_status = command.values.get(Field.STATUS)
    status = before.status if set_status is None else Status(set_status)
    override = before.override_seq
    if command.is_tracked_anew:
        tracked = _tracked_by_hand(before, command.values, context)
        if set_status is None:
            status, override = _followed(before, tracked)
    if command.override_seq != UNKNOWN:
        override = command.override_seq
    elif set_status is not None:
        override = None if status == tracked else THIS_CHANGE
    elif command.turns_override:
        override = THIS_CHANGE if override is None else None
    if status is Status.ACTIVE is tracked:
        grade = command.values.get(Field.GRADE, before.grade)
        if before.status is before.tracked_status is Status.COMPLETED:
            tracked = _caught_up(before, grade, context)
        override = None
    if override is None and status != tracked:
        # It was overridden as well before the change that is taken back, which ended that; or its
        # completion is taken away, which its course would give back.
        override = THIS_CHANGE
    values, is_moved = dict(command.values), status != before.status
    since = None if command.ended_at is None else max(command.ended_at, before.enrolled_at)
    if is_moved and status is Status.COMPLETED:
        values.setdefault(Field.COMPLETED, since)
    change = _by_hand(before, values, (status, override), tracked, context, command.progress)
    if is_moved and status is Status.ACTIVE and command.tracked not in (None, tracked):
        # It is reopened, for it would complete again; that the grade's completion went is told.
        tracked_move = (int(before.tracked_status), int(tracked))
        change = replace(change, recorded={**change.recorded, Tracked.STATUS: tracked_move})
    if is_moved and status is Status.CANCELLED and since not in (None, change.after.cancelled_at):
        hidden: dict[HistoryField, tuple[Value, Value]] = {Hidden.CANCELLED: (None, since)}
        change = replace(
            change,
            after=replace(change.after, cancelled_at=since),
            recorded={**change.recorded, **hidden},
        )
    return replace(change, undoes=command.seq, made=command.made)


def _by_hand(
    before: Snapshot,
    values: Mapping[Field, Value],
    status_and_override: tuple[Status, int | None],
    tracked: Status,
    context: Context,
    progress: int | None = None,
) -> Change:
    """Return a person's change of fields, with what it makes of the status and of tracking.

    Args:
        before: the enrollment as it is stored.
        values: the fields that they set.
        status_and_override: what the status becomes, and who overrides it.
        tracked: the status that is tracked.
        context: the moment, and the course.
        progress: what goes on from there where the status moves, or goes back to what it was before
            it moved to and fro; the progress as it is by default.
    """
    status, override = status_and_override
    is_turned = status == before.status and (override is None) != (before.override_seq is None)
    is_turned = is_turned and tracked == before.tracked_status
    if status == before.status and not is_turned and progress is None:
        progress = before.progress
    else:
        progress = before.progress if progress is None else progress
        if not context.course.is_path:
            done, total = before.lessons_done, context.course.n_lessons
            progress = progress_at(
                status, done, total, before=progress, is_tracked=override is None
            )
    recorded: dict[HistoryField, tuple[Value, Value]] = {
        name: (before.values[name], value)
        for name, value in values.items()
        if name is not Field.COMPLETED
    }
    if status != before.status:
        recorded[Field.STATUS] = (int(before.status), int(status))
    if progress != before.progress:
        recorded[Tracked.PROGRESS] = (before.progress, progress)
    # Where a grade, or the learner's cancelling, could have led to the status, what is tracked is
    # told beside it though it has not moved: so taking the change back tells them apart.
    is_unclear = Field.GRADE in values or status is Status.CANCELLED
    is_reached = status != before.status and status == tracked
    # An override that ends, or comes back, without the status is told by that alone.
    if tracked != before.tracked_status or (is_reached and is_unclear) or is_turned:
        recorded[Tracked.STATUS] = (int(before.tracked_status), int(tracked))
    after = {ATTRIBUTES[name]: value for name, value in values.items()}
    after |= {"status": status, "tracked_status": tracked, "override_seq": override}
    return _change(before, after | {"progress": progress}, recorded, context)


def _is_completed_again(
    before: Snapshot, values: Mapping[Field, Value], course: CourseRules
) -> bool:
    """Tell whether a grade completes an enrollment that was completed once and reopened by hand."""
    return bool(
        is_reopened(before)
        and Field.GRADE in values
        and course.requires_grade
        and course.passes(values[Field.GRADE])
    )


def is_reopened(enrollment: Snapshot) -> bool:
    """Tell whether a person made an enrollment active again that is tracked as completed."""
    return (
        enrollment.status == Status.ACTIVE
        and enrollment.tracked_status == Status.COMPLETED
        and enrollment.override_seq is not None
    )


def _tracked_by_hand(before: Snapshot, values: Mapping[Field, Value], context: Context) -> Status:
    """Return what is tracked once a person sets these fields.

    A grade moves it; and whoever makes an enrollment active again takes the learner's cancelling
    back, so that it follows what is done from then on.
    """
    tracked, grade = before.tracked_status, values.get(Field.GRADE, before.grade)
    course = context.course
    status = values.get(Field.STATUS, before.status)
    is_moved = Field.GRADE in values or Field.STATUS in values
    if tracked is Status.CANCELLED and status == Status.ACTIVE and is_moved:
        # What its course has become meanwhile is followed next.
        was_done = before.progress == 100 or not course.n_lessons
        if course.is_path or not was_done:
            return Status.ACTIVE
        return _tracked(before.lessons_done, grade, course)
    if Field.GRADE in values and course.requires_grade and tracked is not Status.CANCELLED:
        if course.passes(grade):
            is_done = _caught_up(before, grade, context) is Status.COMPLETED
            # What it had completed before a grade took that is not lost over lessons added since.
            is_done = is_done or context.rests_on_grade
            tracked = Status.COMPLETED if is_done else tracked
        elif context.rests_on_grade:
            tracked = Status.ACTIVE
    if before.status is Status.COMPLETED and status == tracked == Status.ACTIVE:
        return _caught_up(before, grade, context)
    return tracked


def _caught_up(before: Snapshot, grade: Value, context: Context) -> Status:
    """Return what would be tracked of an enrollment had it followed its course until now."""
    if context.course.is_path:
        return before.tracked_status
    done = context.lessons_done
    return _tracked(before.lessons_done if done is None else done, grade, context.course)


def _tracked(lessons_done: int, grade: Value, course: CourseRules) -> Status:
    return tracked_status(
        lessons_done,
        course.n_lessons,
        requires_grade=course.requires_grade,
        is_graded=course.passes(grade),
    )


def _do_lessons(before: Snapshot, command: LessonsDone, context: Context) -> Change:
    if before.status == Status.CANCELLED:
        raise Refused(messages.IS_OVER)
    course = context.course
    tracked = _tracked(command.count, before.grade, course)
    if before.tracked_status is Status.COMPLETED:
        tracked = Status.COMPLETED
    status, override = _followed(before, tracked)
    if is_reopened(before) and command.are_done_anew and not course.is_failed(before.grade):
        status, override = Status.COMPLETED, None
    progress = max(progress_of(command.count, course.n_lessons), before.progress)
    progress = progress_at(
        *(status, command.count, course.n_lessons), before=progress, is_tracked=override is None
    )
    change = _learned(before, (status, override), tracked, progress, command.count, context)
    return replace(change, effects=change.effects | {Effect.VISIT})


def _follow_course(before: Snapshot, command: CourseChanged, context: Context) -> Change:
    if before.status is not Status.ACTIVE:
        done = min(before.lessons_done, command.count)
        is_moved = done != before.lessons_done
        effects = frozenset({Effect.REFRESH_PATHS} if is_moved else ())
        return Change(before, replace(before, lessons_done=done), {}, effects)
    course = context.course
    tracked = before.tracked_status
    if tracked is not Status.COMPLETED:
        tracked = _tracked(command.count, before.grade, course)
    followed = _followed(before, tracked)
    if is_reopened(before) and command.are_done_anew and not course.is_failed(before.grade):
        followed = Status.COMPLETED, None
    progress = progress_at(followed[0], command.count, course.n_lessons, before=before.progress)
    return _learned(before, followed, tracked, progress, command.count, context)


def _learned(
    before: Snapshot,
    followed: tuple[Status, int | None],
    tracked: Status,
    progress: int,
    lessons_done: int,
    context: Context,
) -> Change:
    """Return what lessons done, or a change of the course, make of an enrollment in it."""
    change = _moved(before, followed, tracked, progress, lessons_done, context)
    is_reached = tracked is Status.COMPLETED is not before.tracked_status
    if is_reached or followed[0] is Status.COMPLETED is not before.status:
        return _with_basis(change, context.course)
    return change


def _with_basis(change: Change, course: CourseRules) -> Change:
    """Return a change that completes an enrollment in a course, with whether that took its grade.

    History keeps it, since the course may ask for something else later. A grade that the change
    itself sets, in a course that asks for one, tells it already where it moves what is tracked.
    """
    is_recorded = Field.GRADE in change.recorded and Tracked.STATUS in change.recorded
    is_recorded = is_recorded and change.before.tracked_status != change.after.tracked_status
    if not change.after.grade or (is_recorded and course.requires_grade):
        return change
    basis = {Basis.BY_GRADE: (None, int(course.requires_grade))}
    return replace(change, recorded={**change.recorded, **basis})


def _move_path(before: Snapshot, command: PathMoved, context: Context) -> Change:
    if before.status is Status.CANCELLED:
        return Change(before, before, {})
    tracked, progress = command.tracked, command.progress
    followed = _followed(before, tracked)
    if context.has_other_active and followed[0] is Status.ACTIVE is not before.status:
        return Change(before, before, {})
    if before.follows_tracking and command.override_seq is not None:
        followed = before.status, command.override_seq
    completed_at = None
    if command.completed_at is not None and before.status is not Status.COMPLETED is followed[0]:
        completed_at = max(command.completed_at, before.enrolled_at)
    return _moved(
        before,
        followed,
        tracked,
        progress,
        command.lessons_done,
        context,
        completed_at=completed_at,
    )


def _followed(before: Snapshot, tracked: Status) -> tuple[Status, int | None]:
    """Return the status, and who overrides it, once something is tracked."""
    # Active by hand over a learner's cancelling: from what moves it next, it follows again.
    is_given_up = before.status is Status.ACTIVE and before.tracked_status is Status.CANCELLED
    if before.follows_tracking or (is_given_up and tracked is not Status.CANCELLED):
        return tracked, None
    is_caught_up = before.status is Status.ACTIVE and tracked is Status.ACTIVE
    return before.status, None if is_caught_up else before.override_seq


def _moved(
    before: Snapshot,
    followed: tuple[Status, int | None],
    tracked: Status,
    progress: int,
    lessons_done: int,
    context: Context,
    *,
    completed_at: int | None = None,
) -> Change:
    status, override = followed
    recorded: dict[HistoryField, tuple[Value, Value]] = {}
    if progress != before.progress:
        recorded[Tracked.PROGRESS] = (before.progress, progress)
    if status != before.status:
        recorded[Field.STATUS] = (int(before.status), int(status))
    elif tracked != before.tracked_status:
        recorded[Tracked.STATUS] = (int(before.tracked_status), int(tracked))
    after = {
        "status": status,
        "tracked_status": tracked,
        "override_seq": override,
        "progress": progress,
        "lessons_done": lessons_done,
    }
    if completed_at is not None:
        after["completed_at"] = completed_at
    return _change(before, after, recorded, context)


def _cancel(before: Snapshot, context: Context) -> Change:
    if before.status != Status.ACTIVE:
        raise Refused(messages.IS_OVER)
    cancelled = Status.CANCELLED
    change = _change(
        before,
        {"status": cancelled, "tracked_status": cancelled, "override_seq": None},
        {
            Field.STATUS: (int(before.status), int(cancelled)),
            Tracked.STATUS: (int(before.tracked_status), int(cancelled)),
        },
        context,
    )
    return replace(change, effects=change.effects | {Effect.VISIT})


def _change(
    before: Snapshot,
    values: Mapping[str, Any],
    recorded: Mapping[HistoryField, tuple[Value, Value]],
    context: Context,
) -> Change:
    """Return a change with its moments and effects.

    History keeps the moments of completion and cancelling wherever they change, but not that of the
    change itself: the status tells it then. Of the row that set a status by hand it keeps likewise
    all but the change itself.
    """
    now = _now(before, context)
    after = replace(before, **values, updated_at=now)
    effects: set[Effect] = set()
    is_moved = after.status != before.status
    if is_moved:
        after = replace(
            after,
            completed_at=values.get("completed_at") or now
            if after.status is Status.COMPLETED
            else None,
            cancelled_at=now if after.status is Status.CANCELLED else None,
        )
        effects.add(Effect.REFRESH_PATHS)
        if after.status is Status.ACTIVE:
            effects.add(Effect.FOLLOW_COURSE)
    if after.completed_at != before.completed_at and not (is_moved and after.completed_at == now):
        recorded = {**recorded, Field.COMPLETED: (before.completed_at, after.completed_at)}
    if before.cancelled_at is not None and after.cancelled_at != before.cancelled_at:
        recorded = {**recorded, Hidden.CANCELLED: (before.cancelled_at, None)}
    if recorded and after.override_seq != before.override_seq:
        now_set = None if after.override_seq == THIS_CHANGE else after.override_seq
        if before.override_seq is not None or now_set is not None:
            recorded = {**recorded, Hidden.OVERRIDE: (before.override_seq, now_set)}
    after = replace(after, version=before.version + bool(recorded))
    if Field.FEEDBACK in recorded:
        effects.add(Effect.TELL_LEARNER if after.feedback else Effect.NOTHING_TO_TELL)
    if Tracked.PROGRESS in recorded or after.lessons_done != before.lessons_done:
        effects.add(Effect.REFRESH_PATHS)
    if after.status != before.status or after.deadline_day != before.deadline_day:
        effects.add(Effect.FOLLOW_REQUEST)
    return Change(before, after, recorded, frozenset(effects))


def _now(before: Snapshot, context: Context) -> int:
    """Return this moment, as far as time only goes forward in an enrollment's life."""
    return max(context.now, before.updated_at, before.enrolled_at)
