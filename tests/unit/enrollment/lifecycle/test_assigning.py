"""Test assigning an instructor to an enrollment, and undoing it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import (
    AssignInstructor,
    Change,
    Context,
    CourseRules,
)
from enrollment_portal.domain.enrollment.edits import show_value
from enrollment_portal.domain.enrollment.fields import (
    Assigned,
    Field,
    Hidden,
    Snapshot,
    Status,
    history_field,
)
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.messages import (
    NOT_TEACHING,
    OF_THE_COURSE,
    PATHS_ARE_NOT_TAUGHT,
)
from enrollment_portal.domain.enrollment.undo import inverse, labels, may_undo
from enrollment_portal.domain.history.messages import VALUE_CHANGED
from enrollment_portal.domain.shared.errors import Refused
from tests.unit.enrollment.model import STARTED, Event

INGRID, TOM = 7, 8
COURSE = CourseRules(n_lessons=4)
TAUGHT = Context(2_000, COURSE, instructors={INGRID: "Ingrid Berg", TOM: "Tom Adler"})


def assign(before: Snapshot, account: int | None, context: Context = TAUGHT) -> Change:
    return transition(before, AssignInstructor(account), context)


def event_of(change: Change, seq: int = 1) -> Event:
    return Event(seq, change.after.updated_at, "person", change.recorded, change.undoes)


@pytest.mark.parametrize("status", Status)
def test_only_the_instructor_changes_whatever_the_status(status: Status) -> None:
    before = replace(STARTED, status=status, tracked_status=status)
    change = assign(before, INGRID)
    assert change.after == replace(before, instructor_id=INGRID, version=2, updated_at=2_000)
    assert change.moved_columns == {"instructor_id": INGRID}
    assert change.effects == frozenset()
    assert dict(change.recorded) == {
        Assigned.INSTRUCTOR: (None, "Ingrid Berg"),
        Hidden.INSTRUCTOR: (None, INGRID),
    }
    assert next(iter(change.recorded)) is Assigned.INSTRUCTOR, "by which leads are refused the row"
    to_tom = assign(change.after, TOM)
    assert to_tom.recorded[Assigned.INSTRUCTOR] == ("Ingrid Berg", "Tom Adler")
    assert assign(to_tom.after, None).recorded[Assigned.INSTRUCTOR] == ("Tom Adler", None)


def test_who_is_assigned_already_stays() -> None:
    assigned = assign(STARTED, INGRID).after
    for before, account in ((assigned, INGRID), (STARTED, None)):
        change = assign(before, account)
        assert (change.after, change.recorded) == (before, {})


def test_nobody_else_is_assigned() -> None:
    path = Context(2_000, CourseRules(is_path=True))
    for context, why in ((TAUGHT, NOT_TEACHING), (path, PATHS_ARE_NOT_TAUGHT)):
        with pytest.raises(Refused, match=why):
            assign(STARTED, 9, context)


def test_it_is_undone_and_redone_while_they_teach() -> None:
    change = assign(STARTED, INGRID)
    command = inverse(event_of(change), change.after, COURSE)
    undone = transition(change.after, command, TAUGHT)
    assert (undone.after.instructor_id, undone.undoes) == (None, 1)
    command = inverse(event_of(undone, 2), undone.after, COURSE)
    redone = transition(undone.after, command, TAUGHT)
    assert (redone.after.instructor_id, redone.undoes) == (INGRID, 2)
    with pytest.raises(Refused, match=NOT_TEACHING):
        transition(undone.after, command, Context(2_000, COURSE))
    with pytest.raises(Refused, match=VALUE_CHANGED):
        inverse(event_of(change), assign(change.after, TOM).after, COURSE)


def test_only_who_may_set_the_status_may_undo_it() -> None:
    change = assign(STARTED, INGRID)
    for editable, may in (([Field.STATUS], True), ([Field.GRADE, Field.NOTE], False), ([], False)):
        assert may_undo(event_of(change), change.after, COURSE, editable) is may


def test_history_names_them() -> None:
    recorded = assign(STARTED, INGRID).recorded
    assert labels(recorded) == "Instructor"
    assert {history_field(str(name)) for name in recorded} == set(recorded)
    assert show_value(Assigned.INSTRUCTOR, "Ingrid Berg") == "Ingrid Berg"
    assert show_value(Assigned.INSTRUCTOR, None) == OF_THE_COURSE
