"""Test an open grading grid while others save: its rows, and what is pushed to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.live.feed import feed
from enrollment_portal.services import runtime
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.grading.grading import grade_cell
from enrollment_portal.settings import settings
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)
from tests.security.pipeline import Client, Pipeline, as_json, event_name, pipeline

DANA = "Dana Ruiz"


class School:
    """A course with two learners that Ingrid grades, and Dana who changes grades meanwhile."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.course = make_course(database, "Rope Access", requires_grade=1)
        self.aarav, self.berit = (
            make_enrollment(database, make_learner(database, name), self.course, progress=100)
            for name in ("Aarav", "Berit")
        )
        teacher = make_account(database, Role.INSTRUCTOR, name="Ingrid", teaches=(self.course,))
        self.ingrid = make_session(database, teacher)
        self.dana = make_session(database, make_account(database, name=DANA))

    def grade(self, enrollment: int, field: str, typed: str, session: str = "") -> None:
        """Change a cell elsewhere as Dana, or as the owner of a session."""
        actor = who_is(self.database, session or self.dana)
        assert actor
        with self.database.read() as reading:
            version = reading.execute(
                text("SELECT version FROM enrollment WHERE id = :id"), {"id": enrollment}
            ).scalar_one()
        grade_cell(self.database, actor, enrollment, field, typed, version)


class Tab:
    """Ingrid's tab with the grid, and the merged updates that the server sent to it."""

    def __init__(self, school: School, client: Client) -> None:
        self._path, self._client = f"/teach/courses/{school.course}", client
        self.shows: dict[str, Any] = {}

    async def call(self, handler: str, query: str = "", **payload: Any) -> None:
        """Send an event of the grid, and merge its answer."""
        path = self._path + query
        updates = await self._client.call(event_name(Grading, handler), path, **payload)
        for update in as_json(updates):
            for name, value in update["delta"].get(Grading.get_full_name(), {}).items():
                self.shows[name.removesuffix("_rx_state_")] = value

    def rows(self, *names: str) -> list[tuple[Any, ...]]:
        """Return facts of the rows on screen, in order."""
        return [tuple(row[name] for name in names) for row in self.shows["rows"]]


@pytest.fixture(params=["sqlite", "postgresql"])
def school(
    request: pytest.FixtureRequest,
    make_database_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[School]:
    """The running app's database with one course."""
    monkeypatch.setenv("DATABASE_URL", make_database_url(request.param))
    settings.cache_clear()
    database = runtime.database()
    yield School(database)
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def on_the_grid(school: School, work: Callable[[Tab], Awaitable[None]], query: str = "") -> None:
    """Open the grid, and run a function with it."""

    async def run() -> None:
        async with pipeline() as running:
            await work(await opened(running))

    async def opened(running: Pipeline) -> Tab:
        client = running.client("t1", school.ingrid)
        await client.open()
        tab = Tab(school, client)
        await tab.call("load", query)
        return tab

    asyncio.run(run())


def test_cells_changed_by_others_are_updated_and_announced(school: School) -> None:
    async def work(tab: Tab) -> None:
        assert tab.shows["counts"]["awaiting"] == "2"
        school.grade(school.berit, "grade", "A")
        school.grade(school.berit, "grade", "B")
        await tab.call("refresh")
        assert tab.rows("name", "grade") == [("Aarav", ""), ("Berit", "B")]
        assert tab.shows["counts"]["awaiting"] == "1"
        assert tab.shows["remote_changes"] == {
            f"{school.berit}.grade": {
                "value": "B",
                "version": tab.shows["rows"][1]["version"],
                "by": DANA,
                "ago": "just now",
                "before": "",
                "is_own": False,
            }
        }

    on_the_grid(school, work)


def test_ones_own_save_is_not_announced(school: School) -> None:
    async def work(tab: Tab) -> None:
        saved = {"enrollment": school.aarav, "typed": "A", "version": 1, "ticket": 5}
        await tab.call("save_cell", field="grade", **saved)
        await tab.call("refresh")
        assert not tab.shows.get("remote_changes")
        school.grade(school.aarav, "note", "Seen.")
        await tab.call("refresh")
        assert list(tab.shows["remote_changes"]) == [f"{school.aarav}.note"]
        assert tab.rows("grade", "note")[0] == ("A", "Seen.")

    on_the_grid(school, work)


def test_ones_own_other_tab_is_announced_as_such(school: School) -> None:
    async def work(tab: Tab) -> None:
        school.grade(school.aarav, "grade", "A", school.ingrid)
        await tab.call("refresh")
        assert tab.shows["remote_changes"][f"{school.aarav}.grade"]["is_own"] is True
        mine = {"enrollment": school.aarav, "typed": "C", "version": 1, "ticket": 5}
        await tab.call("save_cell", field="grade", **mine)
        assert tab.shows["cells"][f"{school.aarav}.grade"]["is_own"] is True

    on_the_grid(school, work)


def test_rows_are_not_added_or_removed_while_shown(school: School) -> None:
    async def work(tab: Tab) -> None:
        school.grade(school.aarav, "grade", "A")
        make_enrollment(school.database, make_learner(school.database, "Aaa"), school.course)
        await tab.call("refresh")
        assert tab.rows("name", "grade") == [("Aarav", "A"), ("Berit", "")]

    on_the_grid(school, work, "?show=awaiting")


def test_without_a_change_nothing_is_announced(school: School) -> None:
    async def work(tab: Tab) -> None:
        tab.shows = {}
        await tab.call("refresh")
        assert tab.shows == {}

    on_the_grid(school, work)


@pytest.mark.parametrize("look", ["refresh", "load"])
def test_a_course_no_longer_taught_leaves_nothing_on_the_page(school: School, look: str) -> None:
    async def work(tab: Tab) -> None:
        subscription = feed.subscriptions.get("")
        assert subscription
        assert subscription.subjects
        with school.database.write() as session:
            session.execute(text("DELETE FROM course_teacher"))
        school.grade(school.aarav, "note", "canary-open-grid")
        await tab.call(look)
        assert tab.shows["phase"] == "missing"
        assert (subscription.subjects, subscription.channels) == ({}, set()), (
            "nor is it told who else is there"
        )
        assert "Aarav" not in str(tab.shows)
        assert "canary-open-grid" not in str(tab.shows)

    on_the_grid(school, work)


def test_two_saves_of_one_cell_show_previous_value_person_and_time(school: School) -> None:
    async def work(tab: Tab) -> None:
        school.grade(school.aarav, "grade", "A")
        school.grade(school.aarav, "note", "Later, in another cell.")
        mine = {"enrollment": school.aarav, "typed": "C", "version": 1, "ticket": 5}
        await tab.call("save_cell", field="grade", **mine)
        cell = tab.shows["cells"][f"{school.aarav}.grade"]
        names = ("outcome", "value", "before", "by", "ago")
        assert [cell[name] for name in names] == ["conflict", "A", "", DANA, "just now"]

    on_the_grid(school, work)
