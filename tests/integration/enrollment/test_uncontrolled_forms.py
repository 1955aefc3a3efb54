"""Test uncontrolled forms: messages after failures, and repeated submits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.catalog import lessons
from enrollment_portal.services.people import groups
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.people import user_page, users
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import NewGroup
from enrollment_portal.state.people.people_search import LearnablePicker
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.people.users import Invite
from enrollment_portal.state.shared.views import COURSES_PATH, GROUPS_PATH, PATHS_PATH, USERS_PATH
from tests.builders import (
    make_account,
    make_course,
    make_group,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration.office import Office, act
from tests.security.pipeline import Client, Pipeline, as_json, event_name


class Sheet:
    """A page with a form in a browser's tab: what the server has told it, put together."""

    def __init__(self, client: Client, state: type, path: str) -> None:
        self._client, self._state, self._path = client, state, path
        self.shows: dict[str, Any] = {}

    async def call(self, handler: str, path: str = "", **payload: Any) -> None:
        """Send an event of the page, and take in the answer."""
        updates = await self._client.call(
            event_name(self._state, handler), path or self._path, **payload
        )
        for update in as_json(updates):
            told = update.get("delta", {}).get(self._state.get_full_name(), {})  # type: ignore[attr-defined]
            for name, value in told.items():
                self.shows[name.removesuffix("_rx_state_")] = value

    def typed(self, **typed: str) -> dict[str, str]:
        """Return what the browser sends: the form as it was filled, with something typed."""
        return {**self.shows["form"], **typed, "filled": self.shows["form_key"]}

    def says(self) -> tuple[str, str]:
        """Return what was done last, and why nothing was."""
        return self.shows.get("message", ""), self.shows.get("refusal", "")

    async def save(self, **typed: str) -> None:
        """Type something, and send the form."""
        await self.call("save", form=self.typed(**typed))


async def open_sheet(office: Office, running: Pipeline, state: type, path: str) -> Sheet:
    """Open a page in a tab that the server does not know yet."""
    client = running.client("t1", office.maya)
    await client.call("reflex___state____state.hydrate", "/nowhere")
    sheet = Sheet(client, state, path)
    await sheet.call("load")
    return sheet


def boom(*_args: object, **_named: object) -> None:
    """Fail as a database does that cannot be reached."""
    raise RuntimeError("provoked")


def places(office: Office) -> dict[str, tuple[type, str, Mapping[str, str]]]:
    """Return pages with a form: whose state it is, its address, and something to type."""
    database = office.database
    path = make_path(database)
    return {
        "person": (UserPage, f"{USERS_PATH}/{office.learner}", {"name": "Aarav B"}),
        "invite": (Invite, f"{USERS_PATH}/new", {"name": "Ada", "email": "ada@x.example"}),
        "group": (GroupPage, f"{GROUPS_PATH}/{make_group(database)}/settings", {"name": "Crew"}),
        "new group": (NewGroup, f"{GROUPS_PATH}/new", {"name": "Crew"}),
        "course": (CoursePage, f"{COURSES_PATH}/{office.course}/settings", {"title": "Knots"}),
        "new course": (CoursePage, f"{COURSES_PATH}/new", {"title": "Knots"}),
        "path": (PathPage, f"{PATHS_PATH}/{path}/settings", {"title": "Climbing"}),
        "new path": (PathPage, f"{PATHS_PATH}/new", {"title": "Climbing"}),
        "lesson": (Lessons, f"{COURSES_PATH}/{office.course}/lessons", {"title": "Knots"}),
    }


SAVES: dict[str, tuple[object, str]] = {
    "person": (user_page, "save_user"),
    "invite": (users, "invite"),
    "group": (groups, "save_group"),
    "new group": (groups, "make_group"),
    "course": (CoursePage._services, "save"),
    "new course": (CoursePage._services, "make"),
    "path": (PathPage._services, "save"),
    "new path": (PathPage._services, "make"),
    "lesson": (lessons, "add_lesson"),
}
"""What a page's form is saved with, by where it is looked up."""

READS: dict[str, tuple[object, str]] = {
    "person": (user_page, "read_user"),
    "group": (groups, "read_group"),
    "course": (CoursePage._services, "read"),
    "path": (PathPage._services, "read"),
    "lesson": (lessons, "read_lessons"),
}


class TestAFailure:
    @pytest.mark.parametrize("place", SAVES)
    def test_a_save_that_fails_leaves_the_form_where_it_is(
        self, office: Office, place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state, path, typed = places(office)[place]

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, state, path)
            filling = sheet.shows["form_key"]
            with monkeypatch.context() as broken:
                broken.setattr(*SAVES[place], boom)
                await sheet.save(**typed)
            assert sheet.shows["refusal"] == FAILED_UNKNOWN
            assert sheet.shows.get("phase", "ready") == "ready"
            assert sheet.shows["form_key"] == filling
            await sheet.save(**typed)
            assert sheet.shows["refusal"] == ""

        act(work)

    @pytest.mark.parametrize("place", READS)
    def test_a_record_that_does_not_load_is_not_shown_as_the_one_before(
        self, office: Office, place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state, path, _ = places(office)[place]
        part = path.split("/")
        other = {
            "person": lambda: make_learner(office.database, "Berit"),
            "group": lambda: make_group(office.database),
            "course": lambda: make_course(office.database, "Other"),
            "path": lambda: make_path(office.database),
            "lesson": lambda: make_course(office.database, "Other"),
        }[place]()
        elsewhere = "/".join(str(other) if piece.isdigit() else piece for piece in part)

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, state, path)
            with monkeypatch.context() as broken:
                broken.setattr(*READS[place], boom)
                await sheet.call("load")
                assert sheet.shows["phase"] == "ready"
                await sheet.call("load", elsewhere)
                assert sheet.shows["phase"] == "failed"
            await sheet.call("load", elsewhere)
            assert sheet.shows["phase"] == "ready"

        act(work)

    def test_enrolling_that_fails_says_so_in_its_dialog(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(user_page, "enroll_user", boom)

        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{office.learner}"
            await open_sheet(office, running, UserPage, path)
            dialog = Sheet(running.client("t1", office.maya), EnrollUser, path)
            await dialog.call("open_form", is_open=True)
            await dialog.call("enroll")
            assert (dialog.shows["is_open"], dialog.shows["error"]) == (True, FAILED_UNKNOWN)

        act(work)


class TestTheDialogThatEnrolls:
    def test_a_refusal_stands_beside_its_field_and_goes_with_it(self, office: Office) -> None:
        other = make_course(office.database, "Knots", grading_scheme="percent")

        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{office.learner}"
            await open_sheet(office, running, UserPage, path)
            client = running.client("t1", office.maya)
            dialog = Sheet(client, EnrollUser, path)
            await dialog.call("open_form", is_open=True)
            await client.call(event_name(LearnablePicker, "search"), path, typed="Knots")
            await dialog.call("choose", course=other)
            assert (dialog.shows["can_enroll"], dialog.shows["error"]) == (True, "")
            for name, typed, why in (
                ("completed", "2090-05-04", "This day is in the future."),
                ("completed", "2026-05-03", ""),
                ("grade", "49", "49% does not pass"),
                ("grade", "92,5 %", ""),
            ):
                await dialog.call("change_completion", name=name, typed=typed)
                assert why in dialog.shows["errors"][name]
                assert any(dialog.shows["errors"].values()) is bool(why)
                assert dialog.shows["can_enroll"] is not bool(why)
                assert dialog.shows["error"] == "", "said once"
            await dialog.call("change_deadline", typed="2090-01-01")
            assert "Completed enrollments have no deadline." in dialog.shows["errors"]["deadline"]

        act(work)


def count(office: Office, table: str) -> int:
    """Return how many rows a table has."""
    with office.database.read() as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


MADE = {
    "invite": "learner",
    "new group": "people_group",
    "new course": "course",
    "new path": "course",
    "lesson": "lesson",
}
"""The table that a page's form adds a row to."""


class TestASecondClick:
    @pytest.mark.parametrize("place", MADE)
    def test_a_form_that_is_sent_twice_makes_one(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]
        before = count(office, MADE[place])

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, state, path)
            form = sheet.typed(**typed)
            await sheet.call("save", form=form)
            said = sheet.says()
            await sheet.call("save", form=form)
            assert count(office, MADE[place]) == before + 1
            assert sheet.says() == said
            assert said[1] == ""
            # Whoever comes back to the page may make one that is called the same.
            await sheet.call("load")
            await sheet.save(**{**typed, "email": "other@x.example"})
            assert count(office, MADE[place]) == before + 2

        act(work)

    @pytest.mark.parametrize("place", MADE)
    def test_a_form_that_was_refused_is_sent_again(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]
        before = count(office, MADE[place])

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, state, path)
            await sheet.save()
            assert sheet.says()[1] != ""
            await sheet.save(**typed)
            assert sheet.says()[1] == ""

        act(work)
        assert count(office, MADE[place]) == before + 1

    @pytest.mark.parametrize("place", ["person", "group", "course", "path"])
    def test_settings_that_are_sent_twice_stay_saved(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, state, path)
            form = sheet.typed(**typed)
            await sheet.call("save", form=form)
            said, filling = sheet.says(), sheet.shows["form_key"]
            await sheet.call("save", form=form)
            assert (sheet.says(), sheet.shows["form_key"]) == (said, filling)
            assert (said[0] != "", said[1]) == (True, "")

        act(work)

    def test_a_removal_that_is_confirmed_twice_stays_confirmed(self, office: Office) -> None:
        lesson, _ = make_lessons(office.database, office.course, 2)
        path = make_path(office.database, courses=(office.course, make_course(office.database)))
        boss = make_account(office.database, name="Bo Boss")
        removals: tuple[tuple[type, str, dict[str, Any]], ...] = (
            (Lessons, f"{COURSES_PATH}/{office.course}/lessons", {"lesson_id": lesson}),
            (PathPage, f"{PATHS_PATH}/{path}/courses", {"course_id": office.course}),
            (Admins, "/admin/configuration/admins", {"account_id": boss}),
        )

        async def work(running: Pipeline) -> None:
            for state, address, asked in removals:
                sheet = await open_sheet(office, running, state, address)
                await sheet.call("ask_to_remove", **asked)
                await sheet.call("remove")
                said = sheet.says()
                await sheet.call("remove")
                assert sheet.says() == said
                assert (said[0] != "", said[1]) == (True, "")

        act(work)

    def test_emails_that_are_pasted_twice_can_still_be_taken_back(self, office: Office) -> None:
        make_learner(office.database, "Ada", "ada@x.example")
        group = make_group(office.database, courses=(office.course,))
        path = f"{GROUPS_PATH}/{group}"

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, GroupPage, path)
            await sheet.call("open_paste", is_open=True)
            for _click in range(2):
                await sheet.call("paste", form={"emails": "ada@x.example"})
                assert sheet.says()[0] == "1 person joined the group. 1 enrollment created."
                assert sheet.shows["offer"] != ""

        act(work)


class TestActsBesideTheForm:
    """What is done to a person while their form is being filled in leaves what is typed there."""

    def test_suspending_and_reinstating_keep_what_is_typed(self, office: Office) -> None:
        database = office.database
        learner = make_learner(database, "Sue", "sue@x.example")
        boss = make_learner(database, "Bo Boss")
        make_account(database, Role.LEARNER, learner_id=learner, email="sue@x.example", name="Sue")

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, UserPage, f"{USERS_PATH}/{learner}")
            await sheet.call("pick_manager", person=boss)
            filling = sheet.shows["form_key"]
            await sheet.call("open_suspend", is_open=True)
            await sheet.call("suspend")
            assert sheet.shows["user"]["is_suspended"] is True
            assert sheet.says()[0].startswith("Access suspended.")
            await sheet.call("reinstate")
            assert sheet.shows["user"]["is_suspended"] is False
            assert sheet.shows["form_key"] == filling
            assert (sheet.shows["manager"], sheet.shows["manager_name"]) == (boss, "Bo Boss")
            await sheet.save(name="Sue Spended")
            assert sheet.says() == ("Changes saved.", "")
            assert sheet.shows["form_key"] != filling
            assert sheet.shows["manager"] == boss

        act(work)
        with database.read() as session:
            stored = session.execute(
                text("SELECT name, manager_id FROM learner WHERE id = :id"), {"id": learner}
            ).one()
        assert tuple(stored) == ("Sue Spended", boss)

    def test_inviting_keeps_what_is_typed_and_brings_the_access(self, office: Office) -> None:
        learner = make_learner(office.database, "Sue", "sue@x.example")

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, UserPage, f"{USERS_PATH}/{learner}")
            filling = sheet.shows["form_key"]
            for _invitation in range(2):
                await sheet.call("invite", access="learner")
                assert sheet.shows["link"] != ""
                assert sheet.shows["form_key"] == filling
                assert sheet.shows["form"]["access"] == "learner"
            await sheet.save(name="Sue Spended")
            assert sheet.says() == ("Changes saved.", "")
            assert sheet.shows["user"]["access"] == "Learner"

        act(work)

    def test_a_link_is_shown_even_where_the_person_cannot_be_read(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learner = make_learner(office.database, "Sue", "sue@x.example")

        async def work(running: Pipeline) -> None:
            sheet = await open_sheet(office, running, UserPage, f"{USERS_PATH}/{learner}")
            monkeypatch.setattr(user_page, "read_user", boom)
            await sheet.call("invite", access="learner")
            assert sheet.shows["link"] != ""
            assert sheet.says() == ("", FAILED_UNKNOWN)

        act(work)
