"""Decide every change of an enrollment: `transition(before, command, context)` returns a `Change`.

A `Change` has the enrollment before and after, what history records, and the effects elsewhere.
"Tracked" is what the system computes from lessons and grades; an override is a status that a
person set instead. These invariants hold after any sequence of commands:

- `completed_at` is set exactly while the status is Completed, `cancelled_at` exactly while it is
  Cancelled; neither is before the enrollment was created.
- A person sets `completed_at` only while the status is Completed, and to no later moment than now.
  It is when the learner completed it, not when that was recorded: the ledger of a past day shows
  the status that was recorded by then.
- Without an override the status is the tracked status, forwards and backwards. So an active
  enrollment in a course without an override has lessons left to do, or waits for a passing grade,
  or the course has no lessons and requires no grade.
- An override names the row of history that set it, which has who and when.
- A person never changes the number of lessons done; and the tracked status only by a grade, or by
  reversing a learner's cancelling: by undoing it, or by making the enrollment active again.
- A person changes the progress only through the status. Active in a course, it is the percentage
  of its lessons done; completed, it is 100%, unless a person completed it before that. In a course
  without lessons, completed is 100% and all else is 0.
- Lessons added to a course later, and stricter settings of a course, never end a completion.
  If a cleared or failing grade ended it, the next passing grade restores it even so, as undo does,
  unless something else has changed the status since. After undo it has its earlier date again;
  by another grade it is completed on the day of that grade.
- If a course starts to require a grade, existing completions stay, whatever grades are given and
  cleared afterwards. (Older history does not record what a course required: there, this applies to
  completions without a grade that passes now.)
- Reopened, it is completed again by a passing grade, by hand, or by its lessons done again; not by
  those while it holds a grade that fails a course that asks for one.
- A completion that depends on a grade (the course required one when it was completed; history
  records that, as the course may change its settings later) ends with that grade: a grade that does
  not pass by the course's current rules, or none, makes it Active again.
- Each row of history increases the version by one. Without one, only visits are stored, and the
  number of lessons done if the percentage stays the same (of a path, or of a course of many
  lessons). Its writer has open pages refresh; past days show neither.
- An enrollment may have one of its course's instructors as its own, who is then responsible for
  it: the ledger's column, filter and order by instructor go by this one instead of by all of them.
  It gives no rights and takes none: every instructor of the course sees and grades it, and nobody
  else does. Who stops teaching the course is assigned to none of its enrollments any more.
- A learner is active in a course or path through one enrollment at most. A path that is completed,
  and started again, keeps its earlier completion.
- Times in an enrollment never decrease, even if the clock is set back.
- Nothing is learned in a cancelled enrollment, and only an active one follows a change of its
  course: one that becomes active again catches up. If that would complete it, and a person has
  just ended its completion (by setting it to Active or by undoing a grade), it is reopened: tracked
  as completed, with an override that keeps it Active.
- Effects follow from the changed values: status, progress and lessons done update paths; status
  and deadline may answer requests; feedback is shown as new; lessons and cancelling are visits.

An override ends when it is reverted, when the status is set to the tracked status, and when an
override to Active meets the tracked status Active: from then on the status follows tracking again.
An override to Completed or Cancelled stays, whatever is tracked, until it is reverted; that is
possible also if the tracked status is the same, and then keeps the status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.commands import (
    UNKNOWN,
    AssignInstructor,
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
    SendMessage,
    SetFields,
    Undo,
)
from enrollment_portal.domain.enrollment.fields import (
    ATTRIBUTES,
    THIS_CHANGE,
    Assigned,
    Basis,
    Field,
    Hidden,
    HistoryField,
    Sent,
    Snapshot,
    Status,
    Tracked,
    Value,
    may_follow,
)
from enrollment_portal.domain.enrollment.tracking import progress_at, progress_of, tracked_status
from enrollment_portal.domain.shared.errors import Invalid, Refused


def transition(before: Snapshot, command: Command, context: Context) -> Change:
    """Return the change that a command makes.

    Args:
        before: the enrollment as it is stored.
        command: what is to happen to it.
        context: the time, the course and further facts.

    Raises:
        Invalid: for each field, why a person cannot set this value.
        Refused: the command is not possible in the current state; the message says why.
    """
    change = _decide(before, command, context)
    is_activated = change.after.status is Status.ACTIVE is not before.status
    if is_activated and context.has_other_active:
        raise second_active(command)
    return change


def second_active(command: Command) -> Invalid:
    """Return the error of a command that would make the learner active in a course twice."""
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
        case SendMessage():
            return _change(before, {}, {Sent.MESSAGE: (None, command.text)}, context)
        case AssignInstructor():
            return _assign(before, command.account_id, context)
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
    tracked = _tracked_with(before, values, context)
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
    change = _set_by_person(before, values, (status, override), tracked, context)
    is_again = Field.STATUS not in values and status is Status.COMPLETED is not before.status
    if tracked is Status.COMPLETED and (tracked is not before.tracked_status or is_again):
        return _with_basis(change, context.course)
    return change


def _check_completed(before: Snapshot, status: Status, moment: Value, context: Context) -> None:
    """Raise if a person may not set this moment of completion.

    `edits` refuses a typed day first, and names the day of the enrollment in the person's zone.
    """
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
    return _set_by_person(before, values, (tracked, None), tracked, context)


def _assign(before: Snapshot, account_id: int | None, context: Context) -> Change:
    if account_id == before.instructor_id:
        return Change(before, before, {})
    names = {None: None, **context.instructors}
    if account_id not in names:
        is_path = context.course.is_path
        raise Refused(messages.PATHS_ARE_NOT_TAUGHT if is_path else messages.NOT_TEACHING)
    recorded: dict[HistoryField, tuple[Value, Value]] = {
        Assigned.INSTRUCTOR: (names.get(before.instructor_id), names[account_id]),
        Hidden.INSTRUCTOR: (before.instructor_id, account_id),
    }
    return _change(before, {"instructor_id": account_id}, recorded, context)


def _undo(before: Snapshot, command: Undo, context: Context) -> Change:
    if command.assigns is not None:
        change = _assign(before, command.assigns.account_id, context)
        return replace(change, undoes=command.seq, made=command.made)
    if command.message is not None:
        change = _change(before, {}, {Sent.MESSAGE: command.message}, context)
        return replace(change, undoes=command.seq, made=command.made)
    tracked = before.tracked_status if command.tracked is None else command.tracked
    # Each recorded field gets its value back: a status that was not recorded stays.
    set_status = command.values.get(Field.STATUS)
    status = before.status if set_status is None else Status(set_status)
    override = before.override_seq
    if command.is_tracked_again:
        tracked = _tracked_with(before, command.values, context)
        if set_status is None:
            status, override = _followed(before, tracked)
    if command.override_seq != UNKNOWN:
        override = command.override_seq
    elif set_status is not None:
        override = None if status == tracked else THIS_CHANGE
    elif command.toggles_override:
        override = THIS_CHANGE if override is None else None
    if status is Status.ACTIVE is tracked:
        grade = command.values.get(Field.GRADE, before.grade)
        if before.status is before.tracked_status is Status.COMPLETED:
            tracked = _caught_up(before, grade, context)
        override = None
    if override is None and status != tracked:
        # The change that is undone had ended another override; or the completion is undone, but
        # the lessons of the course would complete it again.
        override = THIS_CHANGE
    values, is_moved = dict(command.values), status != before.status
    since = None if command.ended_at is None else max(command.ended_at, before.enrolled_at)
    if is_moved and status is Status.COMPLETED:
        values.setdefault(Field.COMPLETED, since)
    change = _set_by_person(before, values, (status, override), tracked, context, command.progress)
    if is_moved and status is Status.ACTIVE and command.tracked not in (None, tracked):
        # It is reopened, as it would be completed again; history records that the completion ended.
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


def _set_by_person(
    before: Snapshot,
    values: Mapping[Field, Value],
    status_and_override: tuple[Status, int | None],
    tracked: Status,
    context: Context,
    progress: int | None = None,
) -> Change:
    """Return the change for fields that a person sets, with the resulting status.

    Args:
        before: the enrollment as it is stored.
        values: the fields that they set.
        status_and_override: the new status, and the row that overrides it.
        tracked: the new tracked status.
        context: the time, and the course.
        progress: the progress to continue from if the status changes; by default the current one.
    """
    status, override = status_and_override
    is_toggled = status == before.status and (override is None) != (before.override_seq is None)
    is_toggled = is_toggled and tracked == before.tracked_status
    if status == before.status and not is_toggled and progress is None:
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
    # If a grade or the learner's cancelling could also have led to this status, record the tracked
    # status even if it is unchanged: undo can then tell the cases apart.
    is_unclear = Field.GRADE in values or status is Status.CANCELLED
    is_reached = status != before.status and status == tracked
    # An override that ends or comes back without another status is recorded by this alone.
    if tracked != before.tracked_status or (is_reached and is_unclear) or is_toggled:
        recorded[Tracked.STATUS] = (int(before.tracked_status), int(tracked))
    after = {ATTRIBUTES[name]: value for name, value in values.items()}
    after |= {"status": status, "tracked_status": tracked, "override_seq": override}
    return _change(before, after | {"progress": progress}, recorded, context)


def _is_completed_again(
    before: Snapshot, values: Mapping[Field, Value], course: CourseRules
) -> bool:
    """Return whether a grade completes an enrollment again that a person had reopened."""
    return bool(
        is_reopened(before)
        and Field.GRADE in values
        and course.requires_grade
        and course.passes(values[Field.GRADE])
    )


def is_reopened(enrollment: Snapshot) -> bool:
    """Return whether a person made an enrollment active again that is tracked as completed."""
    return (
        enrollment.status == Status.ACTIVE
        and enrollment.tracked_status == Status.COMPLETED
        and enrollment.override_seq is not None
    )


def _tracked_with(before: Snapshot, values: Mapping[Field, Value], context: Context) -> Status:
    """Return the tracked status after a person sets these fields.

    A grade can change it; and setting a cancelled enrollment to Active reverses the learner's
    cancelling, so that it follows tracking from then on.
    """
    tracked, grade = before.tracked_status, values.get(Field.GRADE, before.grade)
    course = context.course
    status = values.get(Field.STATUS, before.status)
    is_moved = Field.GRADE in values or Field.STATUS in values
    if tracked is Status.CANCELLED and status == Status.ACTIVE and is_moved:
        # Changes of its course meanwhile are applied next.
        was_done = before.progress == 100 or not course.n_lessons
        if course.is_path or not was_done:
            return Status.ACTIVE
        return _tracked(before.lessons_done, grade, course)
    if Field.GRADE in values and course.requires_grade and tracked is not Status.CANCELLED:
        if course.passes(grade):
            is_done = _caught_up(before, grade, context) is Status.COMPLETED
            # A completion that a grade had ended is restored even if lessons were added since.
            is_done = is_done or context.rests_on_grade
            tracked = Status.COMPLETED if is_done else tracked
        elif context.rests_on_grade:
            tracked = Status.ACTIVE
    if before.status is Status.COMPLETED and status == tracked == Status.ACTIVE:
        return _caught_up(before, grade, context)
    return tracked


def _caught_up(before: Snapshot, grade: Value, context: Context) -> Status:
    """Return the tracked status of an enrollment after following its course up to now."""
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
        raise Refused(messages.HAS_ENDED)
    course = context.course
    tracked = _tracked(command.count, before.grade, course)
    if before.tracked_status is Status.COMPLETED:
        tracked = Status.COMPLETED
    status, override = _followed(before, tracked)
    if is_reopened(before) and command.are_done_again and not course.is_failed(before.grade):
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
    if is_reopened(before) and command.are_done_again and not course.is_failed(before.grade):
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
    """Return the change for lessons done, or for a change of the course."""
    change = _moved(before, followed, tracked, progress, lessons_done, context)
    is_reached = tracked is Status.COMPLETED is not before.tracked_status
    if is_reached or followed[0] is Status.COMPLETED is not before.status:
        return _with_basis(change, context.course)
    return change


def _with_basis(change: Change, course: CourseRules) -> Change:
    """Return a completing change that also records whether the course required a grade.

    History needs it, since the course may require something else later. Not if the change itself
    sets a grade that the course requires, and changes the tracked status: that says it already.
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
    """Return the status and its override after the tracked status changed."""
    # Set to Active by a person after the learner cancelled: the next change of tracking ends that.
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
        raise Refused(messages.HAS_ENDED)
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
    """Return a change with its times and effects.

    History records the moments of completion and cancelling if they change, unless it is the moment
    of the change itself. Likewise it records the row that overrides the status, unless it is the
    row of the change itself.
    """
    now = _now(before, context)
    values = {**values, "updated_at": now}
    effects: set[Effect] = set()
    status = values.get("status", before.status)
    is_moved = status != before.status
    if is_moved:
        is_completed = status is Status.COMPLETED
        values["completed_at"] = (values.get("completed_at") or now) if is_completed else None
        values["cancelled_at"] = now if status is Status.CANCELLED else None
        effects.add(Effect.REFRESH_PATHS)
        if status is Status.ACTIVE:
            effects.add(Effect.FOLLOW_COURSE)
    completed_at = values.get("completed_at", before.completed_at)
    cancelled_at = values.get("cancelled_at", before.cancelled_at)
    override_seq = values.get("override_seq", before.override_seq)
    if completed_at != before.completed_at and not (is_moved and completed_at == now):
        recorded = {**recorded, Field.COMPLETED: (before.completed_at, completed_at)}
    if before.cancelled_at is not None and cancelled_at != before.cancelled_at:
        recorded = {**recorded, Hidden.CANCELLED: (before.cancelled_at, None)}
    if recorded and override_seq != before.override_seq:
        now_set = None if override_seq == THIS_CHANGE else override_seq
        if before.override_seq is not None or now_set is not None:
            recorded = {**recorded, Hidden.OVERRIDE: (before.override_seq, now_set)}
    # Once: replacing values takes as long as all the rest.
    after = replace(before, **values, version=before.version + bool(recorded))
    if Sent.MESSAGE in recorded:
        effects.add(Effect.FOLLOW_MESSAGE)
    if Field.FEEDBACK in recorded:
        effects.add(Effect.FEEDBACK_IS_NEW if after.feedback else Effect.FEEDBACK_IS_GONE)
    if Tracked.PROGRESS in recorded or after.lessons_done != before.lessons_done:
        effects.add(Effect.REFRESH_PATHS)
    if after.status != before.status or after.deadline_day != before.deadline_day:
        effects.add(Effect.FOLLOW_REQUEST)
    return Change(before, after, recorded, frozenset(effects))


def _now(before: Snapshot, context: Context) -> int:
    """Return the current time, but not before the last change: times never decrease."""
    return max(context.now, before.updated_at, before.enrolled_at)
