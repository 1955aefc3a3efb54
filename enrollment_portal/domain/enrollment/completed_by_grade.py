"""Find out from history whether a completion depends on a grade.

A completion by a grade ends when the grade is cleared or fails; a completion that ended this way
comes back with the next passing grade.
"""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.enrollment.commands import Command, CourseRules, SetFields, Undo
from enrollment_portal.domain.enrollment.fields import Basis, Field, Snapshot, Status, Tracked
from enrollment_portal.domain.enrollment.undo import RecordedChange


def needs_history(before: Snapshot, command: Command, course: CourseRules) -> bool:
    """Return whether a command needs `rests_on_grade`, which reads the whole history."""
    if not isinstance(command, SetFields | Undo) or Field.GRADE not in command.values:
        return False
    if not course.requires_grade:
        return False
    if not course.passes(command.values[Field.GRADE]):
        return before.tracked_status is Status.COMPLETED
    is_done = before.status is Status.ACTIVE and before.lessons_done >= course.n_lessons
    return before.tracked_status is Status.ACTIVE and not is_done


def rests_on_grade(
    enrollment: Snapshot, history: Sequence[RecordedChange], course: CourseRules
) -> bool:
    """Return whether the completion of an enrollment depends, or depended, on its grade.

    If it is tracked as completed: whether the course required a grade when it was completed, and
    it had a passing one. If it is tracked as active: whether a cleared or failing grade ended its
    completion, and nothing has changed the status since.

    Args:
        enrollment: as it is now.
        history: all its changes, newest first.
        course: whose pass mark decides if history does not say by what it was completed: in older
            rows, and if it was created as completed.
    """
    if enrollment.tracked_status is not Status.COMPLETED:
        return _went_with_grade(history)
    grade = enrollment.grade
    for event in history:
        if Basis.BY_GRADE in event.changes:
            return bool(event.changes[Basis.BY_GRADE][1])
        moved = event.changes.get(Tracked.STATUS)
        if _completes(event):
            is_by_grade = moved is not None and moved[0] != Status.COMPLETED
            return (is_by_grade and Field.GRADE in event.changes) or course.passes(grade)
        if Field.GRADE in event.changes:
            grade = event.changes[Field.GRADE][0]
    return course.passes(grade)


def _went_with_grade(history: Sequence[RecordedChange]) -> bool:
    """Return whether the newest change of the status was a grade that ended a completion."""
    for event in history:
        if Tracked.STATUS in event.changes or Field.STATUS in event.changes:
            lost = event.changes.get(Tracked.STATUS) == (Status.COMPLETED, Status.ACTIVE)
            return lost and Field.GRADE in event.changes
    return False


def _completes(event: RecordedChange) -> bool:
    """Return whether a change set the tracked status to Completed, or confirmed it."""
    has_grade = Field.GRADE in event.changes
    is_again = event.changes.get(Tracked.STATUS) == (Status.COMPLETED, Status.COMPLETED)
    is_again = is_again and event.changes.get(Field.STATUS) == (Status.ACTIVE, Status.COMPLETED)
    if event.undoes is not None and (not has_grade or is_again):
        return False  # An undo restores a completion that an earlier change explains.
    if Tracked.STATUS in event.changes:
        before, after = event.changes[Tracked.STATUS]
        # Without a grade, a status that stays Completed only ends an override.
        return after == Status.COMPLETED and (has_grade or before != after)
    # A completion by tracking, or by a grade in older history, is recorded as the status only.
    is_completed = event.changes.get(Field.STATUS, (None, None))[1] == Status.COMPLETED
    return is_completed and (has_grade or event.source != "person")
