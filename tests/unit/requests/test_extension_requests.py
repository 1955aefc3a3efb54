"""Test which deadline may be granted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.requests.extension_requests import read_granted_day
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_to_date

TODAY, WANTED = 20_728, 20_740  # 2 and 14 Oct 2026


@pytest.mark.parametrize("typed", [None, "", "  "])
def test_the_default_is_the_requested_deadline(typed: object) -> None:
    assert read_granted_day(typed, WANTED, TODAY, None) == WANTED
    assert read_granted_day(typed, TODAY, TODAY, None) == TODAY
    words = r"The requested day, 1 Oct 2026, has passed\. Choose another day\."
    with pytest.raises(ValueError, match=words):
        read_granted_day(typed, TODAY - 1, TODAY, None)


@given(
    wanted=st.integers(TODAY - 400, TODAY + 400),
    day=st.integers(TODAY - 400, LAST_DAY),
    deadline=st.none() | st.integers(TODAY - 400, TODAY + 400),
)
def test_another_day_must_be_after_today_and_after_the_deadline(
    wanted: int, day: int, deadline: int | None
) -> None:
    typed = f" {day_to_date(day).isoformat()} "
    is_later = day > TODAY and (deadline is None or day > deadline)
    if is_later or (day == wanted and wanted >= TODAY):
        assert read_granted_day(typed, wanted, TODAY, deadline) == day
    else:
        with pytest.raises(ValueError, match=r"^Choose a day after .*\.$"):
            read_granted_day(typed, wanted, TODAY, deadline)


@given(st.text() | st.integers() | st.none() | st.lists(st.text()))
def test_any_input_is_a_date_or_refused(typed: object) -> None:
    try:
        assert read_granted_day(typed, WANTED, TODAY, None) >= TODAY
    except ValueError as refusal:
        assert str(refusal).endswith(".")
