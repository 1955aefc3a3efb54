"""Test validating the day and grade of an earlier completion."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.enrolling.completed_elsewhere import (
    TypedCompletion,
    log_text,
    read_completion,
)
from enrollment_portal.domain.enrolling.enroll_request import Completion, Learnable
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.completion import day_sentence, moment_on, read_day
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.errors import Invalid

UTC = ZoneInfo("UTC")
TODAY = 20_576
NOW = TODAY * MS_PER_DAY + 7_000
HALF_DAY = MS_PER_DAY // 2
SQL = Learnable(2, "SQL", "course", "published", None, 3, 1, 0, grading_scheme="letters")
QUIZ = replace(SQL, id=3, title="Quiz", grading_scheme="points", grading_points=20)
PATH = replace(SQL, id=4, title="All", kind="path")


def read(day: object = "", grade: object = "", *courses: Learnable) -> Completion | None:
    return read_completion(TypedCompletion(day, grade), courses or (SQL,), NOW, UTC)


def refusal(day: object = "", grade: object = "", *courses: Learnable) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(day, grade, *courses)
    return dict(refused.value.errors)


class TestReadCompletion:
    def test_empty_fields_are_no_completion(self) -> None:
        assert read() is None
        assert read("  ", " ") is None
        assert log_text(TypedCompletion()) == ""

    def test_has_the_time_and_the_grade_as_each_course_stores_it(self) -> None:
        noon = (TODAY - 1) * MS_PER_DAY + HALF_DAY
        assert read(" 2026-05-02 ", "b") == Completion(noon, {2: "B"})
        assert read("2026-05-03") == Completion(NOW, {2: None})
        without_grade = TypedCompletion("2026-05-03")
        assert read_completion(without_grade, (SQL,), NOW, UTC) == Completion(NOW, {2: None})
        assert read("2026-05-03", "15", QUIZ, PATH) == Completion(NOW, {3: "15/20"})
        assert log_text(TypedCompletion(" 2026-05-02 ")) == "completed on 2026-05-02"

    def test_a_grade_requires_the_day(self) -> None:
        words = "Enter the day as well: only completed enrollments get a grade here."
        assert refusal("", "B") == {"completed": words}

    def test_the_grade_must_be_valid_and_pass_in_every_course(self) -> None:
        day = "2026-05-02"
        assert refusal(day, "F") == {
            "grade": "SQL: F does not pass, so the enrollment would not be completed."
        }
        assert refusal(day, "9", QUIZ)["grade"].startswith("Quiz: 9/20 does not pass")
        assert refusal(day, "A", SQL, QUIZ)["grade"].startswith("Quiz: This course is graded")
        strict = replace(QUIZ, pass_percent=90)
        assert refusal(day, "17", strict)["grade"].startswith("Quiz: 17/20 does not pass")
        assert "cannot be stored" in refusal(day, "\x00", PATH)["grade"]

    def test_a_day_must_be_a_valid_date_that_is_not_in_the_future(self) -> None:
        assert refusal("tomorrow") == {
            "completed": "This is not a date. Write it as year-month-day."
        }
        assert refusal("2026-05-04") == {"completed": messages.IN_FUTURE}
        assert refusal(7) == {"completed": "This is not text. Type it again."}
        assert refusal("", 7) == {"grade": "This is not text. Type it again."}


class TestDay:
    def test_is_accepted_from_1970_to_today(self) -> None:
        assert read_day("2026-05-03", TODAY) == TODAY
        assert read_day("1970-01-02", TODAY) == 1
        with pytest.raises(ValueError, match="too long ago"):
            read_day("1970-01-01", TODAY)

    @pytest.mark.parametrize(
        ("day", "started_at", "moment"),
        [
            (TODAY, 0, NOW),
            (TODAY, NOW + 5, NOW + 5),
            (TODAY - 1, 0, NOW - 7_000 - HALF_DAY),
            (TODAY - 1, NOW - 9_000, NOW - 9_000),
            (TODAY + 1, 0, NOW),
            (TODAY + 1, NOW + 5, NOW + 5),
        ],
    )
    def test_is_converted_to_a_time(self, day: int, started_at: int, moment: int) -> None:
        assert moment_on(day, NOW, UTC, enrolled_at=started_at) == moment

    def test_today_is_converted_to_the_current_time_also_after_noon(self) -> None:
        evening = TODAY * MS_PER_DAY + HALF_DAY + 7_000
        assert moment_on(TODAY, evening, UTC) == evening

    def test_is_a_day_in_the_organizations_time_zone(self) -> None:
        tokyo = ZoneInfo("Asia/Tokyo")
        noon = calendar.day_start(TODAY - 1, tokyo) + HALF_DAY
        assert moment_on(TODAY - 1, NOW, tokyo) == noon
        assert moment_on(1, NOW, tokyo) == moment_on(1, NOW, UTC) - 9 * 3_600_000

    def test_before_the_first_allowed_day_is_refused_with_that_day(self) -> None:
        words = "Before the enrollment on 3 May 2026. Choose that day or a later one."
        assert day_sentence(NOW, UTC) == words
