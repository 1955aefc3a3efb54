"""Test that courses are offered and may be published only if something can complete them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from enrollment_portal.domain.catalog.courses import (
    NOT_OFFERED,
    CourseKind,
    CourseState,
    can_be_published,
    ends_offer,
    is_offered,
    shown_state,
)


@dataclass(frozen=True)
class Course:
    """The fields of a course that the rule reads."""

    kind: str = "course"
    state: str = "published"
    n_lessons: int = 0
    requires_grade: int = 0
    admin_completes: int = 0


def every_course() -> Iterator[Course]:
    """Return every combination of the fields."""
    return (Course(*values) for values in product(CourseKind, CourseState, (0, 5), (0, 1), (0, 1)))


@pytest.mark.parametrize(
    ("course", "offered"),
    [
        (Course(n_lessons=1), True),
        (Course(requires_grade=1), True),
        (Course(admin_completes=1), True),
        (Course(), False),
        (Course(state="draft", n_lessons=5), False),
        (Course(state="draft", admin_completes=1), False),
        (Course(state="archived", n_lessons=5, requires_grade=1), False),
        (Course("path"), True),
        (Course("path", "draft", 5), False),
    ],
)
def test_a_course_is_offered_if_something_can_complete_it(course: Course, offered: bool) -> None:
    assert is_offered(course) is offered


def test_only_a_published_course_that_nothing_completes_is_labeled_not_offered() -> None:
    for course in every_course():
        is_published = course.state == CourseState.PUBLISHED
        assert is_offered(course) is (is_published and can_be_published(course))
        shown = shown_state(course)
        assert (shown == NOT_OFFERED) is (is_published and not is_offered(course))
        assert shown in (course.state, NOT_OFFERED)


def test_a_change_is_refused_only_if_it_removes_the_last_way_to_complete_a_course() -> None:
    settings = [
        {"n_lessons": lessons, "requires_grade": grade, "admin_completes": admin}
        for lessons, grade, admin in product((0, 1), (0, 1), (0, 1))
    ]
    for before in every_course():
        for values in settings:
            is_refused = ends_offer(before, replace(before, **values))
            assert is_refused is (
                is_offered(before) and before.kind == "course" and not any(values.values())
            )
