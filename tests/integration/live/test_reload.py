"""Test what a page keeps when it is loaded again, on a new connection or for another record."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reflex.state import OnLoadInternalState
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.enrollment_portal import _PAGES
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import GRID_PATH
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.learning.learning_course import CourseHome, LessonRoom
from enrollment_portal.state.learning.learning_views import COURSE_PATH as HOME_PATH
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.people_search import LearnablePicker
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.people.users import INVITE_PATH, Invite
from enrollment_portal.state.shared import session
from enrollment_portal.state.shared.views import COURSES_PATH, GROUPS_PATH, PATHS_PATH, USERS_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
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
    """A browser tab, and the merged updates that the server sent to it, by state."""

    def __init__(
        self, running: Pipeline, portal: Database, token: str = "tab", account: int = 1
    ) -> None:
        self._client: Client = running.client(token, make_session(portal, account))
        self._client.connection = f"{token}-1"
        self._shows: dict[str, dict[str, Any]] = {}

    async def call(self, state: type, handler: str, path: str, /, **payload: Any) -> None:
        """Send an event of a page, and merge its answer."""
        for update in as_json(await self._client.call(event_name(state, handler), path, **payload)):
            for name, values in (update["delta"] or {}).items():
                told = {key.removesuffix("_rx_state_"): value for key, value in values.items()}
                self._shows.setdefault(name, {}).update(told)

    async def step(self, path: str, *events: tuple[type, str, dict[str, Any]]) -> None:
        """Open a page, and send an action before the server has started to answer."""
        await asyncio.gather(
            self.call(OnLoadInternalState, "on_load_internal", path),
            *(self.call(state, handler, path, **payload) for state, handler, payload in events),
        )

    async def reconnect(self, state: type, path: str) -> None:
        """Lose the connection, and load the page again over another one."""
        self._client.connection += "1"
        await self.call(state, "load", path)

    def shows(self, state: type) -> dict[str, Any]:
        """Return what the page of a state shows."""
        return self._shows[state.get_full_name()]  # type: ignore[attr-defined]


def change(portal: Database, table: str, **values: str) -> None:
    """Change the only record of a table as somebody else, with its version."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    with portal.write() as connection:
        connection.execute(text(f"UPDATE {table} SET {sets}, version = version + 1"), values)


def grades(portal: Database) -> dict[int, str]:
    """Return the grades that are stored, by enrollment."""
    with portal.read() as connection:
        rows = connection.execute(text("SELECT id, grade FROM enrollment"))
        return {row.id: row.grade or "" for row in rows}


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


async def pasted_into_group(running: Pipeline, portal: Database) -> tuple[Tab, str, dict[str, Any]]:
    """Paste a person into a group, and open the dialog again.

    Returns the tab, the page's path, and what it says of what was done.
    """
    course = make_course(portal, "Knots", state="published")
    make_learner(portal, "Ada", "ada@x.example")
    path = f"{GROUPS_PATH}/{make_group(portal, 'Sailors', courses=(course,))}"
    tab = Tab(running, portal)
    await tab.call(GroupPage, "load", path)
    await tab.call(GroupPage, "open_paste", path, is_open=True)
    await tab.call(GroupPage, "paste", path, form={"emails": "ada@x.example, who@x.example"})
    await tab.call(GroupPage, "open_paste", path, is_open=True)
    said = {name: tab.shows(GroupPage)[name] for name in ("message", "notes", "offer")}
    assert all(said.values())
    return tab, path, said


class TestReconnect:
    def test_keeps_the_notice_and_the_undo(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            tab, path, said = await pasted_into_group(running, portal)
            await tab.reconnect(GroupPage, path)
            assert tab.shows(GroupPage).items() >= {**said, "is_pasting": True}.items()
            await tab.call(GroupPage, "load", f"{path}/leads")
            assert tab.shows(GroupPage)["offer"] == ""

        act(work)


class TestTheSameRecord:
    @pytest.fixture(autouse=True)
    def five_minutes_between_actions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every action of a page is 5 minutes after the previous one."""
        minutes = itertools.count(step=5)
        monkeypatch.setattr(session, "now_ms", lambda: now_ms() + next(minutes) * 60_000)

    def test_a_link_shown_once_and_the_picked_person_are_kept(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            boss = make_learner(portal, "Bo Boss")
            tab = Tab(running, portal)
            await tab.call(Invite, "load", INVITE_PATH)
            form = {"name": "Ada", "email": "ada@x.example", "access": "learner"}
            await tab.call(Invite, "save", INVITE_PATH, form=form)
            link = tab.shows(Invite)["link"]
            await tab.call(Invite, "pick_manager", INVITE_PATH, person=boss)
            await tab.reconnect(Invite, INVITE_PATH)
            assert link
            assert tab.shows(Invite)["link"] == link
            assert tab.shows(Invite)["invited"] == "Ada"
            assert tab.shows(Invite)["manager_name"] == "Bo Boss"
            await tab.call(UserPage, "load", f"{USERS_PATH}/{boss}")
            await tab.call(Invite, "load", INVITE_PATH)
            assert tab.shows(Invite)["link"] == ""
            assert tab.shows(Invite)["manager_name"] == ""

        act(work)

    def test_a_persons_page_keeps_its_link_and_the_picked_manager(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            ada, boss = make_learner(portal, "Ada", "ada@x.example"), make_learner(portal, "Bo")
            path = f"{USERS_PATH}/{ada}"
            tab = Tab(running, portal)
            await tab.call(UserPage, "load", path)
            await tab.call(UserPage, "invite", path, access="learner")
            await tab.call(UserPage, "pick_manager", path, person=boss)
            await tab.call(UserPage, "open_suspend", path, is_open=True)
            await tab.reconnect(UserPage, path)
            shown = tab.shows(UserPage)
            assert shown["link"]
            assert shown["is_suspending"] is True
            assert (shown["manager"], shown["manager_name"]) == (boss, "Bo")
            form = {**shown["form"], "base_version": shown["base_version"]}
            await tab.call(UserPage, "save", path, form=form)
            assert tab.shows(UserPage)["message"] == "Changes saved."
            await tab.reconnect(UserPage, path)
            assert tab.shows(UserPage)["message"] == ""
            assert tab.shows(UserPage)["manager"] == boss

        act(work)

    def test_a_manager_chosen_by_others_meanwhile_is_not_overwritten(
        self, portal: Database
    ) -> None:
        async def work(running: Pipeline) -> None:
            ada, mine, theirs = (make_learner(portal, name) for name in ("Ada", "Bo", "Cy"))
            path = f"{USERS_PATH}/{ada}"
            tab = Tab(running, portal)
            await tab.call(UserPage, "load", path)
            await tab.call(UserPage, "pick_manager", path, person=mine)
            with portal.write() as connection:
                connection.execute(
                    text("UPDATE learner SET manager_id = :theirs WHERE id = :ada"),
                    {"theirs": theirs, "ada": ada},
                )
            await tab.reconnect(UserPage, path)
            assert tab.shows(UserPage)["manager"] == theirs
            assert "manager was changed meanwhile" in tab.shows(UserPage)["refusal"]

        act(work)

    def test_a_group_keeps_the_pasted_emails(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            tab, path, before = await pasted_into_group(running, portal)
            await tab.reconnect(GroupPage, path)
            shown = tab.shows(GroupPage)
            assert shown["is_pasting"] is True
            # Undo is not offered for old actions.
            assert not any(shown[name] for name in before)
            await tab.call(GroupPage, "load", f"{path}/leads")
            assert tab.shows(GroupPage)["is_pasting"] is False

        act(work)

    def test_an_open_lesson_is_kept_with_the_stored_version(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            course = make_course(portal, "Knots")
            lesson, other = make_lessons(portal, course, 2)
            path = f"{COURSES_PATH}/{course}/lessons"
            tab = Tab(running, portal)
            await tab.call(Lessons, "load", path)
            await tab.call(Lessons, "edit", path, lesson_id=lesson)
            await tab.call(Lessons, "keep", path, name="title", typed="Mine")
            await tab.call(Lessons, "ask_to_remove", path, lesson_id=other)
            await tab.reconnect(Lessons, path)
            shown = tab.shows(Lessons)
            assert (shown["editing"], shown["removing"]) == (lesson, other)
            await tab.call(Lessons, "edit", path, lesson_id=other)
            assert tab.shows(Lessons)["opening"] == other, "what is typed is asked about first"
            with portal.write() as connection:
                connection.execute(text("UPDATE lesson SET title = 'Theirs'"))
            await tab.reconnect(Lessons, path)
            assert tab.shows(Lessons)["form"]["title"] == "Theirs"
            assert tab.shows(Lessons)["opening"] == other
            await tab.call(UserPage, "load", USERS_PATH)
            await tab.call(Lessons, "load", path)
            assert tab.shows(Lessons)["editing"] == tab.shows(Lessons)["removing"] == 0

        act(work)


def states(portal: Database) -> list[str]:
    """Return the state of each course and learning path, in the order of creation."""
    with portal.read() as connection:
        return list(connection.execute(text("SELECT state FROM course ORDER BY id")).scalars())


PAGES = [
    (CoursePage, COURSES_PATH, "settings", make_course),
    (PathPage, PATHS_PATH, "courses", make_path),
]


class TestBeforeAPageHasLoaded:
    @pytest.mark.parametrize(("page", "above", "tab_path", "make"), PAGES)
    def test_the_notice_of_an_action_is_kept_by_the_load(
        self,
        portal: Database,
        page: type,
        above: str,
        tab_path: str,
        make: Callable[[Database], int],
    ) -> None:
        path = f"{above}/{make(portal)}"

        async def work(running: Pipeline) -> None:
            tab = Tab(running, portal)
            await tab.call(page, "load", path)
            await tab.step(f"{path}/{tab_path}", (page, "put", {"state": "archived"}))
            assert tab.shows(page)["message"].startswith("Archived.")
            await tab.step(f"{path}/{tab_path}", (page, "put", {"state": "archived"}))
            await tab.step(path)
            assert tab.shows(page)["message"] == ""
            await tab.step(f"{path}/{tab_path}", (page, "put", {"state": "nonsense"}))
            assert tab.shows(page)["refusal"]
            assert tab.shows(page)["state"] == "archived"

        act(work)

    @pytest.mark.parametrize(("page", "above", "tab_path", "make"), PAGES)
    def test_the_search_field_in_use_is_not_changed(
        self,
        portal: Database,
        page: type,
        above: str,
        tab_path: str,
        make: Callable[[Database], int],
    ) -> None:
        make_course(portal, "Ina on Knots")
        make_account(portal, Role.INSTRUCTOR, name="Ina")
        first, second = (f"{above}/{make(portal)}" for _ in range(2))

        async def work(running: Pipeline) -> None:
            tab = Tab(running, portal)
            await tab.call(page, "load", above)
            for path in (first, second):
                await tab.step(f"{path}/{tab_path}", (page, "search", {"typed": "ina"}))
                shown = tab.shows(page)
                assert (shown["searched"], len(shown["candidates"])) == ("ina", 1)
            assert shown["search_field"] == 0
            await tab.step(first)
            assert (shown["searched"], shown["candidates"]) == ("", [])
            await tab.step(second)
            assert shown["search_field"] == 1, "nothing is in it: somebody may have begun to type"

        act(work)


class TestAnotherRecord:
    @pytest.mark.parametrize(
        ("page", "above", "make"),
        [(CoursePage, COURSES_PATH, make_course), (PathPage, PATHS_PATH, make_path)],
    )
    def test_only_the_record_in_the_address_is_archived(
        self, portal: Database, page: type, above: str, make: Callable[[Database], int]
    ) -> None:
        first, second = (f"{above}/{make(portal)}/settings" for _ in range(2))

        async def work(running: Pipeline) -> None:
            tab = Tab(running, portal)
            await tab.call(page, "load", first)
            # Pressed as the page is on its way to another one, or to one that is to be made.
            for there in (second, f"{above}/new", above):
                await tab.call(page, "put", there, state="archived")
                await tab.call(page, "save", there, form=tab.shows(page)["form"] | {"title": "X"})
            assert states(portal) == ["published", "published"]
            assert tab.shows(page)["message"] == ""
            await tab.call(page, "load", second)
            await tab.call(page, "put", second, state="archived")

        act(work)
        assert states(portal) == ["published", "archived"]

    def test_nobody_is_enrolled_in_courses_chosen_for_somebody_else(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            make_course(portal, "Knots", state="published")
            ada, bo = (f"{USERS_PATH}/{make_learner(portal, name)}" for name in ("Ada", "Bo"))
            tab = Tab(running, portal)
            await tab.call(UserPage, "load", ada)
            await tab.call(EnrollUser, "open_form", ada, is_open=True)
            await tab.call(LearnablePicker, "search", ada, typed="Knots")
            await tab.call(EnrollUser, "choose", ada, course=1)
            assert tab.shows(EnrollUser)["can_enroll"] is True
            # Pressed as the page is on its way to somebody else.
            await tab.call(EnrollUser, "enroll", bo)
            await tab.call(UserPage, "load", bo)
            assert tab.shows(EnrollUser)["is_open"] is False
            assert tab.shows(EnrollUser)["decisions"] == []
            await tab.call(EnrollUser, "open_form", bo, is_open=True)
            await tab.call(LearnablePicker, "search", bo, typed="Knots")
            await tab.call(EnrollUser, "choose", bo, course=1)
            await tab.call(EnrollUser, "enroll", bo)
            assert tab.shows(EnrollUser)["message"]
            await tab.call(UserPage, "load", ada)
            assert tab.shows(EnrollUser)["message"] == ""

        act(work)
        with portal.read() as connection:
            rows = connection.execute(text("SELECT learner_id FROM enrollment"))
            assert [row.learner_id for row in rows] == [2]

    def test_pasted_grades_are_discarded_with_their_course(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            courses = [make_course(portal, title) for title in ("Knots", "Sails")]
            learner = make_learner(portal, "Ada")
            (mine, other) = (make_enrollment(portal, learner, course) for course in courses)
            knots, sails = (f"{GRID_PATH}/{course}" for course in courses)
            tab = Tab(running, portal)
            pasted = {"enrollment": mine, "field": "grade", "clipboard": "A"}
            await tab.call(Grading, "load", knots)
            await tab.call(Pasting, "paste", knots, **pasted)
            assert tab.shows(Pasting)["is_open"] is True
            await tab.reconnect(Grading, knots)
            await tab.call(Pasting, "load", knots)
            assert tab.shows(Pasting)["is_open"] is True
            await tab.call(Grading, "load", sails)
            await tab.call(Pasting, "apply", sails)
            await tab.call(Pasting, "load", sails)
            assert tab.shows(Pasting)["is_open"] is False
            await tab.call(Pasting, "apply", sails)
            assert grades(portal) == {mine: "", other: ""}
            await tab.call(Grading, "load", knots)
            await tab.call(Pasting, "load", knots)
            await tab.call(Pasting, "paste", knots, **pasted)
            await tab.call(Pasting, "apply", knots)
            assert grades(portal) == {mine: "A", other: ""}
            await tab.reconnect(Grading, knots)
            await tab.call(Pasting, "load", knots)
            assert tab.shows(Pasting)["offer"]
            await tab.call(Pasting, "undo", knots)
            assert grades(portal) == {mine: "", other: ""}

        act(work)

    def test_the_grid_requires_its_own_course(self) -> None:
        (handlers,) = (on_load for path, _, _, on_load in _PAGES if path.startswith(GRID_PATH))
        assert handlers == [Grading.load, Pasting.load]


class TestOldBaseVersion:
    @pytest.mark.parametrize("page", FORMS)
    def test_a_save_conflicts_with_a_change_loaded_meanwhile(
        self, portal: Database, page: type
    ) -> None:
        make, table, theirs = FORMS[page]

        async def work(running: Pipeline) -> None:
            above, record = make(portal)
            path = f"{above}/{record}"
            tab = Tab(running, portal)
            await tab.call(page, "load", path)
            mine = {**tab.shows(page)["form"], next(iter(theirs)): "Mine"}
            over = tab.shows(page)["base_version"]
            change(portal, table, **theirs)
            await tab.reconnect(page, path)
            assert tab.shows(page)["form"].items() >= theirs.items()
            await tab.call(page, "save", path, form={**mine, "base_version": over})
            assert "meanwhile" in tab.shows(page)["refusal"]
            await tab.call(
                page, "save", path, form={**mine, "base_version": tab.shows(page)["base_version"]}
            )
            assert tab.shows(page)["refusal"] == ""

        act(work)

    def test_a_lesson_conflicts_too(self, portal: Database) -> None:
        async def work(running: Pipeline) -> None:
            course = make_course(portal, "Knots")
            (lesson,) = make_lessons(portal, course, 1)
            path = f"{COURSES_PATH}/{course}/lessons"
            tab = Tab(running, portal)
            await tab.call(Lessons, "load", path)
            await tab.call(Lessons, "edit", path, lesson_id=lesson)
            mine = {
                "title": "Mine",
                "content": "",
                "base_version": tab.shows(Lessons)["base_version"],
            }
            change(portal, "lesson", title="Theirs")
            await tab.call(Lessons, "edit", path, lesson_id=lesson)
            await tab.call(Lessons, "save", path, form=mine)
            assert "meanwhile" in tab.shows(Lessons)["refusal"]

        act(work)

    @pytest.mark.parametrize("over", ["", "x", "[", "[" * 40_000, '["name"]', 7, None])
    def test_a_save_without_a_base_version_overwrites_nothing(
        self, portal: Database, over: object
    ) -> None:
        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{make_learner(portal, 'Ada Berg')}"
            tab = Tab(running, portal)
            await tab.call(UserPage, "load", path)
            change(portal, "learner", name="Theirs")
            form = {**tab.shows(UserPage)["form"], "name": "Mine", "base_version": over}
            await tab.call(UserPage, "save", path, form=form)
            assert "meanwhile" in tab.shows(UserPage)["refusal"]

        act(work)


def test_a_course_opened_again_by_a_learner_shows_the_next_lesson(portal: Database) -> None:
    course = make_course(portal, "Knots", state="published")
    first, second = make_lessons(portal, course, 2)
    account = make_account(portal, Role.LEARNER, learner_id=make_learner(portal))
    home, lesson = f"{HOME_PATH}/{course}", f"{HOME_PATH}/{course}/lessons/{first}"

    async def work(running: Pipeline) -> None:
        tab = Tab(running, portal, account=account)
        await tab.call(CourseHome, "load", home)
        await tab.call(CourseHome, "start", home)
        assert tab.shows(CourseHome)["course"]["next_lesson"] == first
        await tab.call(LessonRoom, "load", lesson)
        await tab.call(LessonRoom, "mark", lesson)
        # The page is rendered from this before it is loaded.
        assert tab.shows(CourseHome)["course"]["next_lesson"] == second
        assert tab.shows(LessonRoom)["message"] == "Marked as done."

    act(work)
