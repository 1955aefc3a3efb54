"""Pages that arrive again, over a new connection or of another record: what stays, what goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.course_page import CoursePage
from enrollment_portal.state.courses import Lessons
from enrollment_portal.state.groups import GroupPage
from enrollment_portal.state.paths import PathPage
from enrollment_portal.state.user_page import UserPage
from enrollment_portal.state.views import COURSES_PATH, GROUPS_PATH, PATHS_PATH, USERS_PATH
from enrollment_portal.storage.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
    make_session,
)
from tests.integration.office import act
from tests.security.pipeline import Client, Pipeline, as_json, event_name


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The running app's database, with Maya who may change everything."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    make_account(database, name="Maya Lindqvist")
    yield database
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


class Tab:
    """Maya's tab: what the server has told it, by state, put together."""

    def __init__(self, running: Pipeline, portal: Database, token: str = "tab") -> None:
        self._client: Client = running.client(token, make_session(portal, 1))
        self._client.connection = f"{token}-1"
        self._shows: dict[str, dict[str, Any]] = {}

    async def call(self, state: type, handler: str, path: str, **payload: Any) -> None:
        """Send an event of a page, and take in the answer."""
        for update in as_json(await self._client.call(event_name(state, handler), path, **payload)):
            for name, values in (update["delta"] or {}).items():
                told = {key.removesuffix("_rx_state_"): value for key, value in values.items()}
                self._shows.setdefault(name, {}).update(told)

    async def come_back(self, state: type, path: str) -> None:
        """Lose the connection, and let the page arrive over another one."""
        self._client.connection += "1"
        await self.call(state, "arrive", path)

    def shows(self, state: type) -> dict[str, Any]:
        """Return what the page of a state shows."""
        return self._shows[state.get_full_name()]  # type: ignore[attr-defined]


def change(portal: Database, table: str, **values: str) -> None:
    """Let somebody else change the only record of a table; where it has a version, that as well."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    version = "" if table in ("lesson", "learner") else ", version = version + 1"
    with portal.write() as connection:
        connection.execute(text(f"UPDATE {table} SET {sets}{version}"), values)


FORMS: dict[type, tuple[Callable[[Database], tuple[str, int]], str, dict[str, str]]] = {
    CoursePage: (
        lambda portal: (COURSES_PATH, make_course(portal, "Knots")),
        "course",
        {"title": "Theirs"},
    ),
    PathPage: (
        lambda portal: (PATHS_PATH, make_path(portal, "Knots")),
        "course",
        {"title": "Theirs"},
    ),
    GroupPage: (
        lambda portal: (GROUPS_PATH, make_group(portal, "Knots")),
        "people_group",
        {"name": "Theirs"},
    ),
    UserPage: (
        lambda portal: (USERS_PATH, make_learner(portal, "Ada Berg")),
        "learner",
        {"name": "Theirs"},
    ),
}


class TestWhatIsTypedOverAnOlderVersion:
    @pytest.mark.parametrize("page", FORMS)
    def test_a_save_meets_the_change_that_the_page_was_filled_with_meanwhile(
        self, portal: Database, page: type
    ) -> None:
        make, table, theirs = FORMS[page]

        async def work(running: Pipeline) -> None:
            above, record = make(portal)
            path = f"{above}/{record}"
            tab = Tab(running, portal)
            await tab.call(page, "arrive", path)
            mine = {**tab.shows(page)["form"], next(iter(theirs)): "Mine"}
            over = tab.shows(page)["over"]
            change(portal, table, **theirs)
            await tab.come_back(page, path)
            assert tab.shows(page)["form"].items() >= theirs.items()
            await tab.call(page, "save", path, form={**mine, "over": over})
            assert "meanwhile" in tab.shows(page)["refusal"]
            await tab.call(page, "save", path, form={**mine, "over": tab.shows(page)["over"]})
            assert tab.shows(page)["refusal"] == ""

        act(work)

    def test_a_lesson_is_met_as_well(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            course = make_course(portal, "Knots")
            (lesson,) = make_lessons(portal, course, 1)
            path = f"{COURSES_PATH}/{course}/lessons"
            tab = Tab(running, portal)
            await tab.call(Lessons, "arrive", path)
            await tab.call(Lessons, "edit", path, lesson_id=lesson)
            mine = {"title": "Mine", "content": "", "over": tab.shows(Lessons)["over"]}
            change(portal, "lesson", title="Theirs")
            await tab.call(Lessons, "edit", path, lesson_id=lesson)
            await tab.call(Lessons, "save", path, form=mine)
            assert "meanwhile" in tab.shows(Lessons)["refusal"]

        act(work)

    @pytest.mark.parametrize("over", ["", "x", "[", "[" * 40_000, '["name"]', 7, None])
    def test_what_names_no_filling_saves_nothing_that_others_would_miss(
        self, portal: Database, over: object
    ) -> None:
        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{make_learner(portal, 'Ada Berg')}"
            tab = Tab(running, portal)
            await tab.call(UserPage, "arrive", path)
            change(portal, "learner", name="Theirs")
            form = {**tab.shows(UserPage)["form"], "name": "Mine", "over": over}
            await tab.call(UserPage, "save", path, form=form)
            assert "meanwhile" in tab.shows(UserPage)["refusal"]

        act(work)
