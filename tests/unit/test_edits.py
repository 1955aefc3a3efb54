"""The rules of overriding: what becomes a change, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.calendar import day_to_date
from enrollment_portal.domain.edits import Editable, read_edits, show_value, typed_form
from enrollment_portal.domain.enrollments import Field, Status, status_choices
from enrollment_portal.domain.errors import Invalid

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ENROLLED = 1_790_000_000_000


def editable(**values: Any) -> Editable:
    stored = {
        Field.STATUS: 0,
        Field.DEADLINE: None,
        Field.GRADE: None,
        Field.FEEDBACK: "",
        Field.NOTE: "",
    }
    return Editable(ENROLLED, {**stored, **{Field(k): v for k, v in values.items()}})


@given(
    status=st.sampled_from([0, 1, 2]),
    deadline=st.none() | st.integers(20_717, 60_000),
    grade=st.none() | st.sampled_from(["A", "85%", "Pass"]),
    feedback=st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=50).map(
        str.strip
    ),
)
def test_a_form_that_nobody_touched_changes_nothing(
    status: int, deadline: int | None, grade: str | None, feedback: str
) -> None:
    before = editable(status=status, deadline=deadline, grade=grade, feedback=feedback)
    assert read_edits(typed_form(before.values), before, STOCKHOLM) == {}


@given(
    st.dictionaries(
        st.sampled_from([f.value for f in Field]) | st.text(max_size=8),
        st.none() | st.integers() | st.text(max_size=60) | st.lists(st.text(max_size=3)),
    )
)
def test_whatever_arrives_is_a_change_or_a_refusal_by_field(typed: dict[str, Any]) -> None:
    before = editable()
    try:
        changes = read_edits(typed, before, STOCKHOLM)
    except Invalid as refusal:
        assert refusal.errors
        assert set(refusal.errors) <= set(typed)
        assert all(refusal.errors.values())
    else:
        assert all(before.values[field] != value for field, value in changes.items())


@given(st.sampled_from(list(Status)), st.sampled_from(list(Status)))
def test_a_status_moves_only_to_and_from_active(stands: Status, wanted: Status) -> None:
    typed = {"status": wanted.name.lower()}
    before = editable(status=int(stands))
    if stands is wanted:
        assert read_edits(typed, before, STOCKHOLM) == {}
    elif Status.ACTIVE in (stands, wanted):
        assert read_edits(typed, before, STOCKHOLM) == {Field.STATUS: int(wanted)}
    else:
        with pytest.raises(Invalid):
            read_edits(typed, before, STOCKHOLM)


@given(*[st.sampled_from(list(Status))] * 3)
def test_a_status_is_judged_by_what_is_stored_now(
    base: Status, now: Status, wanted: Status
) -> None:
    """A form that began from another status is refused by the present one, and told of it."""
    before = replace(editable(status=int(base)), stored_status=now)
    typed = {"status": wanted.name.lower()}
    if wanted is base or wanted in status_choices(now):
        read_edits(typed, before, STOCKHOLM)
        return
    with pytest.raises(Invalid) as refusal:
        read_edits(typed, before, STOCKHOLM)
    told = refusal.value.errors["status"]
    assert f"{now.label} can only go back to Active." in told
    assert told.startswith(f"The status is {now.label} by now.") == (now is not base)


def test_what_may_be_chosen_is_what_may_be_saved() -> None:
    assert status_choices(Status.ACTIVE) == tuple(Status)
    assert status_choices(Status.COMPLETED) == (Status.ACTIVE, Status.COMPLETED)
    assert status_choices(Status.CANCELLED) == (Status.ACTIVE, Status.CANCELLED)


def test_a_deadline_before_the_enrollment_is_refused_with_its_day() -> None:
    with pytest.raises(Invalid) as refusal:
        read_edits({"deadline": "2026-09-01"}, editable(), STOCKHOLM)
    assert refusal.value.errors["deadline"] == (
        "Before the enrollment on 21 Sep 2026. Choose a later day, or remove the deadline."
    )


def test_a_deadline_can_be_removed() -> None:
    assert read_edits({"deadline": ""}, editable(deadline=21_000), STOCKHOLM) == {
        Field.DEADLINE: None
    }


def test_values_read_as_people_write_them() -> None:
    assert show_value(Field.STATUS, 1) == "Completed"
    assert show_value(Field.DEADLINE, 20_728) == "2 Oct 2026"
    assert show_value(Field.GRADE, None) == "none"
    assert day_to_date(20_728).isoformat() == "2026-10-02"
