"""Test the actions on many enrollments: parsing, storing, and what they type into each form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import (
    MAX_DAYS,
    Action,
    ActionKind,
    Unit,
    fill_in,
    may_carry_out,
    read_action,
)
from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.people.people import NO_SECTIONS, Actor, Role, Section
from enrollment_portal.domain.shared.calendar import LAST_DAY, date_to_day
from enrollment_portal.domain.shared.errors import Invalid, Refused

FRIDAY = date_to_day(date(2026, 10, 2))


@dataclass(frozen=True)
class Row:
    """An enrollment as actions see it."""

    name: str = "Ada Byström"
    title: str = "Fire Safety"
    status: int = 0
    deadline_day: int | None = FRIDAY
    internal_note: str = ""


def actor(role: Role, sections: Section = NO_SECTIONS) -> Actor:
    return Actor(1, "Somebody", "a@b.example", role, sections)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00{}"), min_size=1, max_size=60)
ACTIONS = st.one_of(
    st.builds(Action, st.just(ActionKind.STATUS), status=st.sampled_from(Status)),
    st.builds(Action, st.just(ActionKind.DEADLINE), day=st.integers(0, LAST_DAY)),
    st.builds(
        Action,
        st.just(ActionKind.MOVE_DEADLINE),
        amount=st.integers(1, MAX_DAYS).map(lambda n: n if n % 2 else -n),
    ),
    st.builds(
        Action,
        st.just(ActionKind.MOVE_DEADLINE),
        amount=st.integers(0, 6),
        unit=st.just(Unit.WEEKDAY),
    ),
    st.builds(
        Action,
        st.just(ActionKind.ENROLL),
        course=st.integers(1, 2**53 - 1),
        day=st.none() | st.integers(0, LAST_DAY),
        again=st.booleans(),
    ),
    st.builds(Action, st.sampled_from([ActionKind.REVERT, ActionKind.RETAKE, ActionKind.CANCEL])),
    st.builds(Action, st.just(ActionKind.FEEDBACK)),
    st.builds(Action, st.just(ActionKind.INSTRUCTOR), account=st.integers(0, 9)),
    st.builds(
        Action,
        st.sampled_from([ActionKind.GRADE, ActionKind.FEEDBACK, ActionKind.NOTE]),
        text=TEXTS.filter(lambda text: text.isalnum()),
    ),
)


@given(ACTIONS)
def test_an_action_is_read_back_from_what_is_stored(action: Action) -> None:
    assert read_action(action.kind.value, action.typed()) == action
    assert action.describe()


ANYTHING = st.none() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)


@given(
    st.sampled_from(list(ActionKind)) | ANYTHING,
    st.dictionaries(
        st.sampled_from(["status", "day", "amount", "unit", "text", "course", "batch", "remove"]),
        ANYTHING,
    ),
)
def test_whatever_is_sent_is_an_action_or_refused_by_field(kind: Any, typed: Any) -> None:
    try:
        action = read_action(kind, typed)
    except Invalid as refusal:
        assert all(refusal.errors.values())
    else:
        assert read_action(action.kind.value, action.typed()) == action


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("nonsense", {}, "action"),
        (["status"], {}, "action"),
        ("status", {"status": "gone"}, "status"),
        ("deadline", {"day": ""}, "day"),
        ("deadline", {"day": "2026-02-30"}, "day"),
        ("deadline", {"day": "2300-01-01"}, "day"),
        ("status", {"status": "completed", "day": "2199-01-01"}, "day"),
        ("move_deadline", {"amount": "0"}, "amount"),
        ("move_deadline", {"amount": "1.5"}, "amount"),
        ("move_deadline", {"amount": "731"}, "amount"),
        ("move_deadline", {"amount": "7", "unit": "weekday"}, "amount"),
        ("move_deadline", {"amount": "1", "unit": "moons"}, "unit"),
        ("grade", {"text": " "}, "text"),
        ("note", {"text": "\u200b"}, "text"),
        ("note", {"text": "a\x00b"}, "text"),
        ("feedback", {"text": "Dear {name}"}, "text"),
        ("feedback", {"text": "x" * 4_001}, "text"),
        ("message", {"text": " "}, "text"),
        ("message", {"text": "Dear {name}"}, "text"),
        ("message", {"text": "x" * 2_001}, "text"),
        ("message", {"text": ["x"]}, "text"),
        ("enroll", {"course": "-1"}, "course"),
        ("undo", {"batch": "a b"}, "action"),
    ],
)
def test_bad_input_is_refused_next_to_its_field(kind: Any, typed: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_action(kind, typed)
    assert list(refusal.value.errors) == [field]


def test_unknown_placeholders_are_named() -> None:
    with pytest.raises(Invalid) as refusal:
        read_action("feedback", {"text": "Dear {name}, {Course} and {grade}"})
    assert refusal.value.errors["text"] == (
        "Nothing fills in {name} and {grade}. Use {first name} and {course}."
    )


def test_a_placeholder_may_have_any_spaces() -> None:
    text = read_action("feedback", {"text": "Dear { First   name }"}).text
    assert fill_in(text, "Sam Short", "Fire") == "Dear Sam"


def test_undoing_an_undo_is_a_redo() -> None:
    title = "Set grade to A"
    titles = [title := messages.undone_batch(title) for _ in range(3)]
    assert titles == ["Undo: Set grade to A", "Redo: Set grade to A", "Undo: Set grade to A"]


def test_placeholders_are_filled_in_once() -> None:
    filled = fill_in("Dear {First Name}, well done in { course }.", "{course} Byström", "Fire {x}")
    assert filled == "Dear {course}, well done in Fire {x}."


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"amount": "7"}, "2026-10-09"),
        ({"amount": "-2"}, "2026-09-30"),
        ({"amount": "1", "unit": "working_days"}, "2026-10-05"),
        ({"amount": "4", "unit": "weekday"}, "2026-10-09"),
        ({"amount": "0", "unit": "weekday"}, "2026-10-05"),
    ],
)
def test_a_deadline_is_moved_from_where_it_is(typed: dict[str, str], expected: str) -> None:
    action = read_action("move_deadline", typed)
    assert action.form_for(Row()) == {"deadline": expected}


def test_a_deadline_that_does_not_exist_is_not_moved() -> None:
    action = read_action("move_deadline", {"amount": "7"})
    with pytest.raises(Refused, match=messages.NO_DEADLINE):
        action.form_for(Row(deadline_day=None))
    with pytest.raises(Refused):
        action.form_for(Row(deadline_day=LAST_DAY))


def test_other_actions_type_what_a_person_would() -> None:
    def form(kind: str, row: Row | None = None, **typed: str) -> dict[str, str]:
        return read_action(kind, typed).form_for(row or Row())

    assert form("clear_deadline") == {"deadline": ""}
    assert form("deadline", day="2026-11-01") == {"deadline": "2026-11-01"}
    assert form("status", status="active", day="2026-01-01") == {"status": "active"}
    assert form("status", status="completed", day="2026-01-01") == {
        "status": "completed",
        "completed_on": "2026-01-01",
    }
    assert form("grade", remove="1") == {"grade": ""}
    assert form("grade", text="A") == {"grade": "A"}
    assert form("note", text="Called.") == {"note": "Called."}
    assert form("note", Row(internal_note="Wrote."), text="Called.") == {"note": "Wrote.\nCalled."}
    assert form("feedback", text="Well done, {first name}!") == {"feedback": "Well done, Ada!"}
    assert form("cancel") == {"status": "cancelled"}
    with pytest.raises(Refused):
        form("cancel", Row(status=1))


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (actor(Role.SUPER_ADMIN), set(ActionKind)),
        (actor(Role.ADMIN, Section.LEARNING), set(ActionKind)),
        (actor(Role.ADMIN, Section.PEOPLE), set()),
        (
            actor(Role.INSTRUCTOR),
            {
                ActionKind.GRADE,
                ActionKind.FEEDBACK,
                ActionKind.NOTE,
                ActionKind.MESSAGE,
                ActionKind.UNDO,
            },
        ),
        (actor(Role.GROUP_LEAD), set()),
        (actor(Role.LEARNER), set()),
    ],
)
def test_each_role_may_do_what_it_may_do_to_one(who: Actor, allowed: set[ActionKind]) -> None:
    assert {kind for kind in ActionKind if may_carry_out(who, Action(kind))} == allowed


def test_every_field_that_people_set_has_an_action() -> None:
    assert {Action(kind).field for kind in ActionKind} - {None} == set(Field) - {Field.COMPLETED}
