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
from enrollment_portal.state.access.organization import OrganizationForm
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.people import user_page, users
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import NewGroup
from enrollment_portal.state.people.people_search import LearnablePicker
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.people.users import Invite
from enrollment_portal.state.shared.views import (
    COURSES_PATH,
    GROUPS_PATH,
    ORGANIZATION_PATH,
    PACE_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from tests.builders import (
    make_account,
    make_course,
    make_group,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration.form_tabs import FormTab, open_form
from tests.integration.office import Office, act
from tests.security.pipeline import Pipeline, event_name


def boom(*_args: object, **_named: object) -> None:
    """Fail as a database does that cannot be reached."""
    raise RuntimeError("provoked")


def places(office: Office) -> dict[str, tuple[type, str, Mapping[str, str]]]:
    """Return pages with a form: the state, the address, and a value to type."""
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
        "organization": (OrganizationForm, ORGANIZATION_PATH, {"name": "Acme"}),
        "pace": (PaceForm, PACE_PATH, {"stuck_days": "21"}),
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
    "organization": (OrganizationForm._services, "save"),
    "pace": (PaceForm._services, "save"),
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
    def test_a_failing_save_keeps_the_form(
        self, office: Office, place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state, path, typed = places(office)[place]

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, state, path)
            filling = form_tab.shows["form_key"]
            with monkeypatch.context() as broken:
                broken.setattr(*SAVES[place], boom)
                await form_tab.save(**typed)
            assert form_tab.shows["refusal"] == FAILED_UNKNOWN
            assert form_tab.shows.get("phase", "ready") == "ready"
            assert form_tab.shows["form_key"] == filling
            await form_tab.save(**typed)
            assert form_tab.shows["refusal"] == ""

        act(work)

    @pytest.mark.parametrize("place", READS)
    def test_a_record_that_fails_to_load_does_not_show_the_previous_one(
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
            form_tab = await open_form(office, running, state, path)
            with monkeypatch.context() as broken:
                broken.setattr(*READS[place], boom)
                await form_tab.call("load")
                assert form_tab.shows["phase"] == "ready"
                await form_tab.call("load", elsewhere)
                assert form_tab.shows["phase"] == "failed"
            await form_tab.call("load", elsewhere)
            assert form_tab.shows["phase"] == "ready"

        act(work)

    def test_a_failed_enrolling_is_reported_in_its_dialog(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(user_page, "enroll_user", boom)

        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{office.learner}"
            await open_form(office, running, UserPage, path)
            dialog = FormTab(running.client("t1", office.maya), EnrollUser, path)
            await dialog.call("open_form", is_open=True)
            await dialog.call("enroll")
            assert (dialog.shows["is_open"], dialog.shows["error"]) == (True, FAILED_UNKNOWN)

        act(work)


class TestEnrollDialog:
    def test_a_refusal_is_shown_beside_its_field_and_closed_with_the_dialog(
        self, office: Office
    ) -> None:
        other = make_course(office.database, "Knots", grading_scheme="percent")

        async def work(running: Pipeline) -> None:
            path = f"{USERS_PATH}/{office.learner}"
            await open_form(office, running, UserPage, path)
            client = running.client("t1", office.maya)
            dialog = FormTab(client, EnrollUser, path)
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


class TestRepeatedSubmit:
    @pytest.mark.parametrize("place", MADE)
    def test_a_form_submitted_twice_creates_one_record(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]
        before = count(office, MADE[place])

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, state, path)
            form = form_tab.typed(**typed)
            await form_tab.call("save", form=form)
            said = form_tab.says()
            await form_tab.call("save", form=form)
            assert count(office, MADE[place]) == before + 1
            assert form_tab.says() == said
            assert said[1] == ""
            # Another visit of the page may create one with the same name.
            await form_tab.call("load")
            await form_tab.save(**{**typed, "email": "other@x.example"})
            assert count(office, MADE[place]) == before + 2

        act(work)

    @pytest.mark.parametrize("place", MADE)
    def test_a_refused_form_can_be_submitted_again(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]
        before = count(office, MADE[place])

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, state, path)
            await form_tab.save()
            assert form_tab.says()[1] != ""
            await form_tab.save(**typed)
            assert form_tab.says()[1] == ""

        act(work)
        assert count(office, MADE[place]) == before + 1

    @pytest.mark.parametrize("place", ["person", "group", "course", "path"])
    def test_settings_submitted_twice_stay_saved(self, office: Office, place: str) -> None:
        state, path, typed = places(office)[place]

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, state, path)
            form = form_tab.typed(**typed)
            await form_tab.call("save", form=form)
            said, filling = form_tab.says(), form_tab.shows["form_key"]
            await form_tab.call("save", form=form)
            assert (form_tab.says(), form_tab.shows["form_key"]) == (said, filling)
            assert (said[0] != "", said[1]) == (True, "")

        act(work)

    def test_a_removal_confirmed_twice_stays_confirmed(self, office: Office) -> None:
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
                form_tab = await open_form(office, running, state, address)
                await form_tab.call("ask_to_remove", **asked)
                await form_tab.call("remove")
                said = form_tab.says()
                await form_tab.call("remove")
                assert form_tab.says() == said
                assert (said[0] != "", said[1]) == (True, "")

        act(work)

    def test_emails_pasted_twice_can_still_be_undone(self, office: Office) -> None:
        make_learner(office.database, "Ada", "ada@x.example")
        group = make_group(office.database, courses=(office.course,))
        path = f"{GROUPS_PATH}/{group}"

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, GroupPage, path)
            await form_tab.call("open_paste", is_open=True)
            for _click in range(2):
                await form_tab.call("paste", form={"emails": "ada@x.example"})
                assert form_tab.says()[0] == "1 person joined the group. 1 enrollment created."
                assert form_tab.shows["offer"] != ""

        act(work)


class TestActionsBesideTheForm:
    """Actions on a person keep the text typed into their form."""

    def test_suspending_and_reinstating_keep_typed_text(self, office: Office) -> None:
        database = office.database
        learner = make_learner(database, "Sue", "sue@x.example")
        boss = make_learner(database, "Bo Boss")
        make_account(database, Role.LEARNER, learner_id=learner, email="sue@x.example", name="Sue")

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, UserPage, f"{USERS_PATH}/{learner}")
            await form_tab.call("pick_manager", person=boss)
            filling = form_tab.shows["form_key"]
            await form_tab.call("open_suspend", is_open=True)
            await form_tab.call("suspend")
            assert form_tab.shows["user"]["is_suspended"] is True
            assert form_tab.says()[0].startswith("Access suspended.")
            await form_tab.call("reinstate")
            assert form_tab.shows["user"]["is_suspended"] is False
            assert form_tab.shows["form_key"] == filling
            assert (form_tab.shows["manager"], form_tab.shows["manager_name"]) == (boss, "Bo Boss")
            await form_tab.save(name="Sue Spended")
            assert form_tab.says() == ("Changes saved.", "")
            assert form_tab.shows["form_key"] != filling
            assert form_tab.shows["manager"] == boss

        act(work)
        with database.read() as session:
            stored = session.execute(
                text("SELECT name, manager_id FROM learner WHERE id = :id"), {"id": learner}
            ).one()
        assert tuple(stored) == ("Sue Spended", boss)

    def test_inviting_keeps_typed_text_and_shows_the_access(self, office: Office) -> None:
        learner = make_learner(office.database, "Sue", "sue@x.example")

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, UserPage, f"{USERS_PATH}/{learner}")
            filling = form_tab.shows["form_key"]
            for _invitation in range(2):
                await form_tab.call("invite", access="learner")
                assert form_tab.shows["link"] != ""
                assert form_tab.shows["form_key"] == filling
                assert form_tab.shows["form"]["access"] == "learner"
            await form_tab.save(name="Sue Spended")
            assert form_tab.says() == ("Changes saved.", "")
            assert form_tab.shows["user"]["access"] == "Learner"

        act(work)

    def test_a_link_is_shown_even_where_the_person_cannot_be_read(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learner = make_learner(office.database, "Sue", "sue@x.example")

        async def work(running: Pipeline) -> None:
            form_tab = await open_form(office, running, UserPage, f"{USERS_PATH}/{learner}")
            monkeypatch.setattr(user_page, "read_user", boom)
            await form_tab.call("invite", access="learner")
            assert form_tab.shows["link"] != ""
            assert form_tab.says() == ("", FAILED_UNKNOWN)

        act(work)
