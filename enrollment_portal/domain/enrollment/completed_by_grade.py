"""Tells whether a completion came from a grade: then clearing or failing it ends the completion."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.enrollment.fields import Field, Snapshot, Status, Tracked
from enrollment_portal.domain.enrollment.lifecycle import Command, CourseRules, SetFields, TakeBack
from enrollment_portal.domain.enrollment.undo import Recorded


def needs_history(before: Snapshot, command: Command, course: CourseRules) -> bool:
    """Tell whether a command depends on `rests_on_grade`, which reads the whole history."""
    return (
        isinstance(command, SetFields | TakeBack)
        and Field.GRADE in command.values
        and before.tracked_status is Status.COMPLETED
        and course.requires_grade
        and not course.passes(command.values[Field.GRADE])
    )


def rests_on_grade(enrollment: Snapshot, history: Sequence[Recorded], course: CourseRules) -> bool:
    """Tell whether an enrollment that is tracked as completed held a passing grade as it was.

    Args:
        enrollment: as it is now.
        history: all its changes, newest first.
        course: whose pass mark is asked, where the completion came from lessons.
    """
    grade = enrollment.grade
    for event in history:
        moved = event.changes.get(Tracked.STATUS)
        if _completes(event):
            is_by_grade = moved is not None and moved[0] != Status.COMPLETED
            return (is_by_grade and Field.GRADE in event.changes) or course.passes(grade)
        if Field.GRADE in event.changes:
            grade = event.changes[Field.GRADE][0]
    return course.passes(grade)


def _completes(event: Recorded) -> bool:
    """Tell whether a change made what is tracked Completed, or found it so anew."""
    has_grade = Field.GRADE in event.changes
    if event.undoes is not None and not has_grade:
        return False  # It brings back a completion that an earlier change explains.
    if Tracked.STATUS in event.changes:
        return event.changes[Tracked.STATUS][1] == Status.COMPLETED
    # What tracking completes, and a grade in older history, is recorded as the status alone.
    is_completed = event.changes.get(Field.STATUS, (None, None))[1] == Status.COMPLETED
    return is_completed and (has_grade or event.source != "person")
