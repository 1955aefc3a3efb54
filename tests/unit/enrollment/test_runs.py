"""Test the text for a learner's 2nd, 3rd and later enrollment in a course."""

from __future__ import annotations

from enrollment_portal.domain.enrollment.runs import run_text


def test_text_of_an_enrollments_run() -> None:
    assert [run_text(n) for n in (13, 111, 113)] == ["13th time", "111th time", "113th time"]
    assert [run_text(n) for n in (1, 2, 3, 4, 11, 21, 112)] == [
        *("", "2nd time", "3rd time", "4th time", "11th time", "21st time", "112th time")
    ]
