"""Test validating the form that overrides an enrollment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.edits import (
    read_edits,
    show_typed,
    show_value,
    typed_form,
)
from enrollment_portal.domain.enrollment.fields import Field, Status, status_choices
from enrollment_portal.domain.shared.calendar import day_to_date, show_moment
from enrollment_portal.domain.shared.errors import Invalid
from tests.unit.editables import ENROLLED, editable

STOCKHOLM = ZoneInfo("Europe/Stockholm")


NOW = 1_795_000_000_000
"""18 Nov 2026, 12:06 in Stockholm."""


class TestCompletionDate:
    """ENROLLED is 21 Sep 2026, 16:13 in Stockholm."""

    def read(self, typed: dict[str, Any], **values: Any) -> dict[Field, Any]:
        return read_edits(typed, replace(editable(**values), now=NOW), STOCKHOLM)

    def refusal(self, typed: dict[str, Any], **values: Any) -> str:
        with pytest.raises(Invalid) as refusal:
            self.read(typed, **values)
        assert refusal.value.errors.keys() == {"completed_on"}
        return refusal.value.errors["completed_on"]

    def completing(self, day: str) -> Any:
        return self.read({"status": "completed", "completed_on": day})[Field.COMPLETED]

    def test_is_converted_to_noon_of_its_day(self) -> None:
        moment = self.completing("2026-10-02")
        assert show_moment(moment, STOCKHOLM) == "2 Oct 2026, 12:00 CEST"

    def test_today_is_converted_to_the_current_time(self) -> None:
        assert self.completing("2026-11-18") == NOW

    def test_the_first_day_is_converted_to_no_time_before_the_enrollment(self) -> None:
        assert self.completing("2026-09-21") == ENROLLED

    def test_empty_is_the_time_of_the_change(self) -> None:
        assert self.read({"status": "completed", "completed_on": ""}) == {Field.STATUS: 1}

    def test_may_be_corrected_while_completed(self) -> None:
        changes = self.read({"completed_on": "2026-11-18"}, status=1, completed_on=ENROLLED)
        assert changes == {Field.COMPLETED: NOW}

    def test_the_stored_day_changes_nothing(self) -> None:
        typed = {"status": "completed", "completed_on": "2026-09-21"}
        assert self.read(typed, status=1, completed_on=ENROLLED) == {}

    def test_the_same_day_as_others_set_is_no_change(self) -> None:
        before = replace(editable(), now=NOW, stored_status=Status.COMPLETED)
        before = replace(before, stored_completed=NOW - 60_000)
        typed = {"status": "completed", "completed_on": "2026-11-18"}
        assert read_edits(typed, before, STOCKHOLM)[Field.COMPLETED] == NOW - 60_000

    @pytest.mark.parametrize(
        ("day", "why"),
        [
            ("2026-11-19", messages.IN_FUTURE),
            ("2026-09-20", "Before the enrollment on 21 Sep 2026. Choose that day or a later one."),
            ("soon", "This is not a date. Write it as year-month-day."),
            ("1969-05-05", "That is too long ago. Choose a day after 1 January 1970."),
        ],
    )
    def test_is_refused(self, day: str, why: str) -> None:
        assert self.refusal({"status": "completed", "completed_on": day}) == why

    def test_cannot_be_emptied_nor_set_without_the_status(self) -> None:
        assert self.refusal({"completed_on": ""}, status=1, completed_on=1) == messages.NO_DAY
        assert self.refusal({"completed_on": "2026-10-02"}) == messages.NOT_COMPLETED

    def test_is_ignored_with_another_status(self) -> None:
        typed = {"status": "active", "completed_on": "2026-09-21"}
        assert self.read(typed, status=1, completed_on=ENROLLED) == {Field.STATUS: 0}

    def test_is_shown_as_a_day_in_the_time_zone(self) -> None:
        midnight = 1_795_042_800_000
        assert show_typed(Field.COMPLETED, midnight, STOCKHOLM) == "2026-11-19"
        assert show_value(Field.COMPLETED, midnight, STOCKHOLM) == "19 Nov 2026"
        assert show_value(Field.COMPLETED, midnight) == "18 Nov 2026"


@given(
    status=st.sampled_from([0, 1, 2]),
    deadline=st.none() | st.integers(20_717, 60_000),
    grade=st.none() | st.sampled_from(["A", "85%", "Pass"]),
    feedback=st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=50).map(
        str.strip
    ),
)
def test_an_unedited_form_changes_nothing(
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
def test_any_input_is_a_change_or_refused_with_its_field(typed: dict[str, Any]) -> None:
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
def test_a_status_changes_only_to_and_from_active(stored: Status, wanted: Status) -> None:
    typed = {"status": wanted.name.lower()}
    before = editable(status=int(stored))
    if stored is wanted:
        assert read_edits(typed, before, STOCKHOLM) == {}
    elif Status.ACTIVE in (stored, wanted):
        assert read_edits(typed, before, STOCKHOLM) == {Field.STATUS: int(wanted)}
    else:
        with pytest.raises(Invalid):
            read_edits(typed, before, STOCKHOLM)


@given(*[st.sampled_from(list(Status))] * 3)
def test_a_status_is_checked_against_the_stored_one(
    base: Status, now: Status, wanted: Status
) -> None:
    """A form filled with an older status is refused with a message that names the current one."""
    before = replace(editable(status=int(base)), stored_status=now)
    typed = {"status": wanted.name.lower()}
    if wanted is base or wanted in status_choices(now):
        read_edits(typed, before, STOCKHOLM)
        return
    with pytest.raises(Invalid) as refusal:
        read_edits(typed, before, STOCKHOLM)
    message = refusal.value.errors["status"]
    assert f"{now.label} can only go back to Active." in message
    assert message.startswith(f"The status is now {now.label}.") == (now is not base)


def test_exactly_the_offered_statuses_may_be_saved() -> None:
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


def test_values_are_parsed_as_people_write_them() -> None:
    assert show_value(Field.STATUS, 1) == "Completed"
    assert show_value(Field.DEADLINE, 20_728) == "2 Oct 2026"
    assert show_value(Field.GRADE, None) == "none"
    assert day_to_date(20_728).isoformat() == "2026-10-02"
