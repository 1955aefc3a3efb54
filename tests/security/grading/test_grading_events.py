"""Test raw events to the grading grid: forged ids and fields change and reveal nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.grading.teaching import Teaching
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)
from tests.security.pipeline import Client, event_name, pipeline

CANARY, SECRET_TITLE = "canary-grading-3141", "Secret Course"
GRID = "/teach/courses"


class School:
    """Two instructors' courses, the second one with a note that the first may not see."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.own_course = make_course(database, "Own Course")
        self.secret_course = make_course(database, SECRET_TITLE)
        self.own = make_enrollment(database, make_learner(database, "Aarav"), self.own_course)
        self.learner = make_learner(database, "Berit Secret")
        self.secret = make_enrollment(
            database, self.learner, self.secret_course, internal_note=CANARY, grade="B"
        )
        self.ingrid = make_account(database, Role.INSTRUCTOR, teaches=(self.own_course,))
        self.lead = make_account(database, Role.GROUP_LEAD, leads=(self.learner,))
        self.taker = make_account(database, Role.LEARNER, learner_id=self.learner)

    def dump(self) -> list[tuple[Any, ...]]:
        """Return every row that grading could touch."""
        with self.database.read() as session:
            return [
                tuple(row)
                for table in ("enrollment", "enrollment_event")
                for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
            ]

    def attack(self, account: int, *calls: tuple[str, str, dict[str, Any]]) -> str:
        """Send raw events as an account; return all answers."""

        async def act() -> str:
            async with pipeline() as running:
                client: Client = running.client("t1", make_session(self.database, account))
                for path, name, payload in calls:
                    await client.call(name, path, **payload)
                return client.received()

        return asyncio.run(act())


@pytest.fixture
def school(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[School]:
    """The running app's database, with two courses."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    yield School(database)
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def open_grid(course: int) -> tuple[str, str, dict[str, Any]]:
    """Return the event that opens a course's grid."""
    return f"{GRID}/{course}", event_name(Grading, "load"), {}


def save(course: int, enrollment: object, field: object, typed: object) -> Any:
    """Return the event that saves a cell."""
    return (
        f"{GRID}/{course}",
        event_name(Grading, "save_cell"),
        {"enrollment": enrollment, "field": field, "typed": typed, "version": 1, "ticket": 1},
    )


def paste(course: int, enrollment: object, field: object, clipboard: object) -> Any:
    """Return the event that pastes."""
    return (
        f"{GRID}/{course}",
        event_name(Pasting, "paste"),
        {"enrollment": enrollment, "field": field, "clipboard": clipboard},
    )


def apply(course: int) -> Any:
    """Return the event that writes what was pasted."""
    return f"{GRID}/{course}", event_name(Pasting, "apply"), {}


def test_another_instructors_course_is_neither_shown_nor_changed(school: School) -> None:
    before = school.dump()
    own, secret = school.own_course, school.secret_course
    received = school.attack(
        school.ingrid,
        open_grid(secret),
        save(secret, school.secret, "grade", "A"),
        save(own, school.secret, "note", "x"),
        paste(secret, school.secret, "grade", "A\nB"),
        apply(secret),
        open_grid(own),
        paste(own, school.secret, "grade", "A\nB"),
        apply(own),
    )
    assert school.dump() == before
    for words in (CANARY, SECRET_TITLE, "Berit"):
        assert words not in received


def test_forged_fields_change_nothing(school: School) -> None:
    before = school.dump()
    fields = ("status", "deadline", "progress", "deadline_day", "learner_id", "", None, ["grade"])
    school.attack(
        school.ingrid,
        open_grid(school.own_course),
        *(save(school.own_course, school.own, field, "completed") for field in fields),
        *(paste(school.own_course, school.own, field, "completed\nx") for field in fields),
        apply(school.own_course),
    )
    assert school.dump() == before


def test_only_batches_pasted_on_the_page_can_be_undone(school: School) -> None:
    """Their own changes elsewhere and invalid keys are no batches of this grid."""
    course = school.own_course
    school.attack(
        school.ingrid,
        open_grid(course),
        paste(course, school.own, "grade", "A\t\n"),
        apply(course),
    )
    with school.database.read() as session:
        (batch,) = session.execute(
            text("SELECT batch FROM enrollment_event WHERE batch IS NOT NULL")
        ).scalars()
    before = school.dump()
    school.attack(
        school.ingrid,
        open_grid(course),
        paste(course, school.own, "grade", "B\t\n"),
        (f"{GRID}/{course}", event_name(Pasting, "cancel"), {}),
        *(
            (f"{GRID}/{course}", event_name(Pasting, "undo_pasted"), {"batch": name})
            for name in (batch, "", None, 7, [batch], {"batch": batch}, "\0", "\ud800")
        ),
    )
    assert school.dump() == before


@pytest.mark.parametrize("who", ["lead", "taker"])
def test_leads_and_learners_get_nothing(school: School, who: str) -> None:
    before = school.dump()
    course = school.secret_course
    received = school.attack(
        getattr(school, who),
        ("/teach", event_name(Teaching, "load"), {}),
        open_grid(course),
        save(course, school.secret, "grade", "A"),
        paste(course, school.secret, "grade", "A\nB"),
        apply(course),
    )
    assert school.dump() == before
    for words in (CANARY, SECRET_TITLE):
        assert words not in received


def test_a_course_no_longer_taught_is_refused_on_the_next_event(school: School) -> None:
    async def act() -> None:
        async with pipeline() as running:
            client = running.client("t1", make_session(school.database, school.ingrid))
            opened, saving = open_grid(school.own_course), save(1, school.own, "grade", "A")
            await client.call(opened[1], opened[0])
            assert "Aarav" in client.received()
            pasting = paste(1, school.own, "grade", "A\n")
            await client.call(pasting[1], pasting[0], **pasting[2])
            with school.database.write() as session:
                session.execute(text("DELETE FROM course_teacher"))
            client.sent.clear()
            await client.call(saving[1], saving[0], **saving[2])
            await client.call(apply(1)[1], apply(1)[0])
            await client.call(opened[1], opened[0])

    before = school.dump()
    asyncio.run(act())
    assert school.dump() == before


def test_an_instructor_grades_their_own_course(school: School) -> None:
    course = school.own_course
    received = school.attack(
        school.ingrid,
        open_grid(course),
        save(course, school.own, "note", "Mine."),
        paste(course, school.own, "grade", "A\t\n"),
        apply(course),
    )
    assert "Aarav" in received
    with school.database.read() as session:
        row = session.execute(
            text("SELECT grade, internal_note FROM enrollment WHERE id = :id"), {"id": school.own}
        ).one()
    assert tuple(row) == ("A", "Mine.")
