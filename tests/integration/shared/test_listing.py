"""Test keyset pages of a list while rows appear and disappear."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import col, select

from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import Course, Learner
from tests.builders import make_learner

NAMES = ("ada", "ada", "bo", "cem", "cem", "cem", "dea", "eli", "fay", "gus", "hal")


def page(
    database: Database, place: Place | None, *, size: int = 4, descending: bool = False
) -> Slice:
    with database.read() as session:
        total = session.connection().exec_driver_sql("SELECT count(*) FROM learner").scalar_one()
        n_courses = select(func.count()).select_from(Course).scalar_subquery()
        found = select_slice(
            session,
            select_columns(col(Learner.id), col(Learner.name), n_courses.label("n")).where(
                col(Learner.id) > 0
            ),
            order=Order((col(Learner.sort_name), col(Learner.id)), descending),
            total=total,
            place=place,
            size=size,
        )
    return found.of([row.id for row in found.rows])


def walk(database: Database, place: Place | None, way: str, **options: object) -> list[Slice]:
    pages = [page(database, place, **options)]  # type: ignore[arg-type]
    while following := getattr(pages[-1], way):
        pages.append(page(database, following, **options))  # type: ignore[arg-type]
        assert len(pages) < 50
    return pages


@pytest.fixture
def people(database: Database) -> list[int]:
    """People, by name and id."""
    made = [(name, make_learner(database, name)) for name in reversed(NAMES)]
    return [id_ for _, id_ in sorted(made)]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 3, 4, 11, 50])
def test_the_pages_show_every_row_once(
    database: Database, people: list[int], size: int, descending: bool
) -> None:
    expected = people[::-1] if descending else people
    forwards = walk(database, None, "next", size=size, descending=descending)
    assert [id_ for p in forwards for id_ in p.rows] == expected
    assert forwards[0].previous is None
    numbers = [p.position for p in forwards]
    assert numbers == list(range(1, len(people) + 1, size))
    backwards = walk(database, Place("last"), "previous", size=size, descending=descending)
    assert [p.rows for p in reversed(backwards)] == [p.rows for p in forwards]
    assert [p.position for p in reversed(backwards)] == numbers


def test_a_page_before_the_second_one_is_full(database: Database, people: list[int]) -> None:
    second = page(database, page(database, None).next)
    make_learner(database, "aaa")
    assert second.previous
    first = page(database, second.previous)
    assert first.rows[-1] == people[3]
    earlier = first.previous
    assert earlier
    assert page(database, earlier) == page(database, None)


def test_a_position_of_a_removed_row_gives_the_nearest_page(
    database: Database, people: list[int]
) -> None:
    assert page(database, Place("after", ("zzz", 1), 400)).rows == tuple(people[-3:])
    assert page(database, Place("before", ("", 1), 5)).rows == tuple(people[:4])


def test_an_empty_list_has_one_page(database: Database) -> None:
    for place in (None, Place("last"), Place("after", ("a", 1), 5), Place("before", ("a", 1), 5)):
        assert page(database, place) == Slice((), 0, 0, None, None)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(("next", "previous", "last", "first")), max_size=8))
def test_pages_in_any_order_show_consecutive_rows(
    database: Database, people: list[int], turns: list[str]
) -> None:
    shown = page(database, None, size=3)
    for turn in turns:
        places = {"first": None, "last": Place("last")}
        place = places.get(turn) or getattr(shown, turn, None)
        if place or turn in places:
            shown = page(database, place, size=3)
        at = people.index(shown.rows[0])
        assert list(shown.rows) == people[at : at + len(shown.rows)]
