"""Test that changes of people, courses, groups and accounts are recorded, and reach open pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Role
from enrollment_portal.enrollment_portal import _PAGES
from enrollment_portal.live import records as record_pages
from enrollment_portal.live.history_follower import follow_record_changes
from enrollment_portal.live.records import RecordPages
from enrollment_portal.live.subscriptions import SharedCounts, Subscription, Subscriptions
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.access.account import Forgot, OwnAccount
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.access.organization import OrganizationForm
from enrollment_portal.state.access.own_sessions import OwnSessions
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Courses, Lessons
from enrollment_portal.state.catalog.paths import PathPage, Paths
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import GRID_PATH, TEACH_PATH
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.grading.teaching import Teaching
from enrollment_portal.state.learning.homes import Home, Nowhere, SignIn
from enrollment_portal.state.learning.learning import Catalog, Learning
from enrollment_portal.state.learning.learning_course import CourseHome, LessonRoom
from enrollment_portal.state.learning.learning_views import CATALOG_PATH, COURSE_PATH
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import Groups, Members, NewGroup
from enrollment_portal.state.people.people_search import EnrollGroups, EnrollPeople, LearnablePicker
from enrollment_portal.state.people.user_page import UserPage
from enrollment_portal.state.people.users import Invite, Users, Welcome
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import (
    ACCOUNT_PATH,
    ADMINS_PATH,
    COURSES_PATH,
    ENROLL_PATH,
    GROUPS_PATH,
    LEARN_PATH,
    LEDGER_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from enrollment_portal.storage.history.record_changes import RecordChange
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
from tests.integration.office import Office, act
from tests.integration.stored import execute
from tests.security.pipeline import Client, Pipeline, app_states, as_json, event_name


def change(database: Database, statement: str, **values: Any) -> None:
    """Run one statement in a transaction, as any writer could."""
    with database.write() as session:
        session.execute(text(statement), values)


class TestTable:
    def test_renaming_is_recorded_in_its_transaction(self, database: Database) -> None:
        make_organization(database)
        learner, course = make_learner(database), make_course(database)
        (lesson,) = make_lessons(database, course, 1)
        account, group = make_account(database), make_group(database)
        history_follower = follow_record_changes(database)
        for statement, kind, id_ in (
            ("UPDATE learner SET name = 'New' WHERE id = :id", "learner", learner),
            ("UPDATE learner SET email = 'new@x.example' WHERE id = :id", "learner", learner),
            ("UPDATE learner SET department = 'New' WHERE id = :id", "learner", learner),
            ("UPDATE course SET title = 'New' WHERE id = :id", "course", course),
            ("UPDATE course SET state = 'archived' WHERE id = :id", "course", course),
            ("UPDATE account SET name = 'New' WHERE id = :id", "account", account),
            ("UPDATE account SET email = 'new@x.example' WHERE id = :id", "account", account),
            ("UPDATE people_group SET name = 'New' WHERE id = :id", "group", group),
            ("UPDATE organization SET name = 'New' WHERE id = :id", "organization", 1),
            ("UPDATE organization SET time_zone = 'Asia/Tokyo' WHERE id = :id", "organization", 1),
        ):
            change(database, statement, id=id_)
            assert [(row.kind, row.record_id) for row in history_follower.read()] == [
                (kind, id_)
            ], statement
        change(database, "UPDATE lesson SET title = 'New' WHERE id = :id", id=lesson)
        assert [(row.kind, row.record_id) for row in history_follower.read()] == [
            ("course", course)
        ]
        assert history_follower.read() == []

    def test_joining_and_leaving_a_list_are_recorded(self, database: Database) -> None:
        learner, course, account = (
            make_learner(database),
            make_course(database),
            make_account(database),
        )
        group, path = make_group(database), make_path(database, "Heights", ())
        history_follower = follow_record_changes(database)
        ids = {
            "group": group,
            "learner": learner,
            "account": account,
            "course": course,
            "path": path,
        }
        for table, columns, of in (
            ("group_member", "group_id, learner_id, joined_at", ("group", "learner")),
            ("group_lead", "group_id, account_id", ("group", "account")),
            ("group_course", "group_id, course_id, assigned_at", ("group", "course")),
            ("course_teacher", "course_id, account_id", ("course", "account")),
        ):
            told = [(of[0], ids[of[0]])]
            used = {name: ids[name] for name in of}
            values = ", ".join(f":{name}" for name in of) + ", 0" * columns.endswith("_at")
            insert = f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"
            change(database, insert, **used)
            assert [(row.kind, row.record_id) for row in history_follower.read()] == told, table
            change(database, insert, **used)
            assert history_follower.read() == [], "nothing was added"
            change(database, f"DELETE FROM {table}")
            assert [(row.kind, row.record_id) for row in history_follower.read()] == told, table
        make_path(database, "Depths", (course,))
        history_follower.read()
        change(database, "UPDATE path_step SET needs_previous = 1")
        assert [row.kind for row in history_follower.read()] == ["course"]

    def test_unshown_and_unchanged_values_are_not_recorded(self, database: Database) -> None:
        learner, account = make_learner(database, "Ada"), make_account(database)
        history_follower = follow_record_changes(database)
        change(database, "UPDATE learner SET name = 'Ada' WHERE id = :id", id=learner)
        change(database, "UPDATE learner SET n_active = 3 WHERE id = :id", id=learner)
        change(database, "UPDATE account SET last_sign_in_at = 7 WHERE id = :id", id=account)
        assert history_follower.read() == []

    def test_a_late_commit_is_not_missed(self, make_database_url: Callable[[str], str]) -> None:
        # SQLite has one writer at a time: its commits come in the order of their numbers.
        database = Database(make_database_url("postgresql"))
        first, second = make_learner(database), make_learner(database)
        rename = "UPDATE learner SET name = 'New' WHERE id = :id"
        history_follower = follow_record_changes(database)
        with database.engine.connect() as slow:
            transaction = slow.begin()
            slow.execute(text(rename), {"id": first})
            change(database, rename, id=second)
            assert [row.record_id for row in history_follower.read()] == [second]
            transaction.commit()
        assert [row.record_id for row in history_follower.read()] == [first]
        assert history_follower.read() == []
        database.close()


WITHOUT_NAMES = {
    **dict.fromkeys((SignIn, Welcome, Forgot), "nobody is signed in there"),
    **dict.fromkeys((Home, NewGroup, Invite, Nowhere), "they name no record but who is signed in"),
    **dict.fromkeys((PaceForm, OrganizationForm), "a form keeps what it was filled with"),
    OwnSessions: "it shows browsers and addresses",
    BulkJobs: "it shows what was accepted, as it was then",
    AccessLog: "it says what was so when it was written",
    Pasting: "it shows nothing before something is pasted, and is looked at for a moment",
}
"""States that load on a page and need not follow records, each with why."""


def test_every_page_follows_the_records_that_it_names() -> None:
    missing = []
    for path, _title, _page, on_load in _PAGES:
        for handler in on_load if isinstance(on_load, list) else [on_load]:
            name = handler.fn.__qualname__.partition(".")[0] if handler else ""
            state = next((s for s in app_states() if s.__name__ == name), None)
            if state and state not in WITHOUT_NAMES and not getattr(state, "_shows", ()):
                missing.append((path, name))
    assert missing == []


class TestRecordPages:
    """Which open pages are refreshed."""

    def refreshed(
        self, office: Office, changed: Sequence[RecordChange], monkeypatch: pytest.MonkeyPatch
    ) -> set[tuple[str, str]]:
        monkeypatch.setattr(record_pages, "_PAUSE_SECONDS", 0.0)
        subscriptions, calls = Subscriptions(100), set()

        def subscribe(token: str, *states: type, **rest: Any) -> Subscription:
            subscription = Subscription(token, token, 1, "/x", loaded_states=states, **rest)
            subscriptions.subscribe(subscription)
            return subscription

        view = SharedCounts.of(Everything(), LedgerQuery())
        other = make_enrollment(office.database)
        for token, shown in (("showing", office.id), ("not showing", other)):
            subscription = subscribe(token, Ledger, view=view, read_at=5)
            subscription.ledger, subscription.shown = Ledger, frozenset({str(shown)})
        reading = subscribe("reading", Ledger, view=view)
        reading.ledger = Ledger
        subscribe("past", Ledger)
        for number in range(25):
            subscribe(f"users {number}", Users)
        subscribe("course", CoursePage, Lessons)
        subscribe("log", AccessLog)
        own = subscribe("own", Groups)
        own.account_id = 77

        async def call(token: str, state: Any) -> None:
            calls.add((token, state.__name__))

        async def run() -> None:
            pages = RecordPages(subscriptions, call)
            pages.show_in(Shell)
            await pages.refresh_pages(changed)
            if pages._calling:
                await pages._calling

        asyncio.run(run())
        return calls

    def test_pages_that_show_the_person(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = self.refreshed(office, [RecordChange(1, "learner", office.learner)], monkeypatch)
        assert calls == {
            *((token, "Ledger") for token in ("showing", "reading", "past")),
            *((f"users {number}", "Users") for number in range(25)),
        }

    def test_pages_that_show_the_course(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = self.refreshed(office, [RecordChange(1, "course", office.course)], monkeypatch)
        assert calls == {
            *((token, "Ledger") for token in ("showing", "reading", "past")),
            *(("course", state) for state in ("CoursePage", "Lessons")),
        }

    def test_ones_own_account_and_the_organization_refresh_every_page(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = self.refreshed(office, [RecordChange(1, "account", 77)], monkeypatch)
        assert {token for token, state in calls if state == "Shell"} == {"own"}
        # Another process changes it: what this one keeps of it is read again with the pages.
        assert organization_of(office.database).pace.stuck_days == 14
        execute(office.database, "UPDATE organization SET stuck_days = 30")
        calls = self.refreshed(office, [RecordChange(1, "organization", 1)], monkeypatch)
        assert organization_of(office.database).pace.stuck_days == 30
        assert {("log", "Shell"), ("own", "Groups"), ("not showing", "Ledger")} <= calls


class World:
    """An organization with one of everything, and who may see it."""

    def __init__(self, office: Office) -> None:
        database = self.database = office.database
        self.office = office
        self.sessions = {"admin": office.maya}
        self.learner_account = make_account(
            database, Role.LEARNER, learner_id=office.learner, name="Aarav"
        )
        self.sessions["learner"] = make_session(database, self.learner_account)
        self.teacher = make_account(database, Role.INSTRUCTOR, teaches=(office.course,))
        self.sessions["teacher"] = make_session(database, self.teacher)
        lead = make_account(database, Role.GROUP_LEAD)
        self.sessions["lead"] = make_session(database, lead)
        self.group = make_group(
            database, "Climbers", members=(office.learner,), leads=(lead,), courses=(office.course,)
        )
        self.lessons = make_lessons(database, office.course)
        self.path = make_path(database, "Heights", (office.course,))

    def path_of(self, path: str) -> str:
        """Insert ids into a path."""
        names = {
            "course": self.office.course,
            "learner": self.office.learner,
            "group": self.group,
            "enrollment": self.office.id,
            "path": self.path,
            "lesson": self.lessons[0],
        }
        return path.format(**names)


_COURSE = ("UPDATE course SET title = 'Fresh' WHERE id = :course",)
_PERSON = ("UPDATE learner SET name = 'Fresh' WHERE id = :learner",)
_EMAIL = ("UPDATE learner SET email = 'Fresh' WHERE id = :learner",)
_GROUP = ("UPDATE people_group SET name = 'Fresh' WHERE id = :group",)
_PATH = ("UPDATE course SET title = 'Fresh' WHERE id = :path",)
_TEACHER = ("UPDATE account SET name = 'Fresh' WHERE id = :teacher",)
_MEMBER = ("DELETE FROM group_member",)
_LED = ("DELETE FROM group_lead",)
_TAUGHT = ("DELETE FROM course_teacher",)
_LESSON = ("UPDATE lesson SET title = 'Fresh' WHERE id = :lesson",)
_ORGANIZATION = ("UPDATE organization SET name = 'Fresh' WHERE id = 1",)

PAGES = [
    (Ledger, "admin", LEDGER_PATH, _PERSON),
    (Ledger, "lead", LEDGER_PATH, _PERSON),
    (Ledger, "lead", LEDGER_PATH, _EMAIL),
    (Ledger, "teacher", LEDGER_PATH, _COURSE),
    (Ledger, "admin", f"{COURSES_PATH}/{{course}}", _PERSON),
    (Details, "lead", f"{LEDGER_PATH}/{{enrollment}}", _PERSON),
    (Details, "admin", f"{LEDGER_PATH}/{{enrollment}}/manage", _COURSE),
    (Grading, "teacher", f"{GRID_PATH}/{{course}}", _PERSON),
    (Grading, "teacher", f"{GRID_PATH}/{{course}}", _COURSE),
    (Teaching, "teacher", TEACH_PATH, _COURSE),
    (Learning, "learner", LEARN_PATH, _COURSE),
    (Catalog, "learner", CATALOG_PATH, _COURSE),
    (CourseHome, "learner", f"{COURSE_PATH}/{{course}}", _COURSE),
    (CourseHome, "learner", f"{COURSE_PATH}/{{course}}", _LESSON),
    (LessonRoom, "learner", f"{COURSE_PATH}/{{course}}/lessons/{{lesson}}", _LESSON),
    (Users, "admin", USERS_PATH, _PERSON),
    (Users, "admin", USERS_PATH, _EMAIL),
    (UserPage, "admin", f"{USERS_PATH}/{{learner}}", _PERSON),
    (Groups, "admin", GROUPS_PATH, _GROUP),
    (GroupPage, "admin", f"{GROUPS_PATH}/{{group}}", _GROUP),
    (GroupPage, "admin", f"{GROUPS_PATH}/{{group}}/assigned", _COURSE),
    (Members, "admin", f"{GROUPS_PATH}/{{group}}", _PERSON),
    (Courses, "admin", COURSES_PATH, _COURSE),
    (CoursePage, "admin", f"{COURSES_PATH}/{{course}}", _COURSE),
    (CoursePage, "admin", f"{COURSES_PATH}/{{course}}/settings", _TEACHER),
    (Lessons, "admin", f"{COURSES_PATH}/{{course}}/lessons", _LESSON),
    (Paths, "admin", PATHS_PATH, _PATH),
    (PathPage, "admin", f"{PATHS_PATH}/{{path}}", _PATH),
    (PathPage, "admin", f"{PATHS_PATH}/{{path}}/courses", _COURSE),
    (Admins, "admin", ADMINS_PATH, ("UPDATE account SET name = 'Fresh' WHERE name LIKE 'Dana%'",)),
    (Shell, "learner", LEARN_PATH, _ORGANIZATION),
    (Shell, "learner", LEARN_PATH, ("UPDATE account SET name = 'Fresh' WHERE id = :own",)),
    (
        OwnAccount,
        "learner",
        ACCOUNT_PATH,
        ("UPDATE account SET email = 'Fresh@x.example' WHERE id = :own",),
    ),
]


LISTS = [
    (Groups, GROUPS_PATH, _MEMBER),
    (GroupPage, f"{GROUPS_PATH}/{{group}}", _MEMBER),
    (GroupPage, f"{GROUPS_PATH}/{{group}}/leads", _LED),
    (Members, f"{GROUPS_PATH}/{{group}}", _MEMBER),
    (CoursePage, f"{COURSES_PATH}/{{course}}/settings", _TAUGHT),
]


async def open_page(running: Pipeline, world: World, who: str, state: type, path: str) -> Client:
    """Open a page in a new tab."""
    client = running.client(f"tab-{who}", world.sessions[who])
    await client.open()
    if state is not Shell:
        await client.call(event_name(state, "load"), path)
    return client


@pytest.mark.parametrize(("state", "who", "path", "statements"), PAGES)
def test_a_refreshed_page_shows_the_new_name(
    office: Office, state: type, who: str, path: str, statements: tuple[str, ...]
) -> None:
    world = World(office)
    path = world.path_of(path)

    async def work(running: Pipeline) -> None:
        client = await open_page(running, world, who, state, path)
        assert "Fresh" not in client.received()
        ids = {
            "course": office.course,
            "learner": office.learner,
            "group": world.group,
            "path": world.path,
            "teacher": world.teacher,
            "lesson": world.lessons[0],
            "own": world.learner_account,
        }
        for statement in statements:
            used = {name: id_ for name, id_ in ids.items() if f":{name}" in statement}
            change(office.database, statement, **used)
        told = await client.call(event_name(state, "refresh"), path)
        assert "Fresh" in json.dumps(as_json(told))
        assert "failed" not in json.dumps(as_json(told))

    act(work)


@pytest.mark.parametrize(("state", "path", "statements"), LISTS)
def test_a_refreshed_page_shows_the_current_list(
    office: Office, state: type, path: str, statements: tuple[str, ...]
) -> None:
    world = World(office)
    path = world.path_of(path)

    async def work(running: Pipeline) -> None:
        client = await open_page(running, world, "admin", state, path)
        history_follower = follow_record_changes(office.database)
        change(office.database, statements[0])
        kinds = {row.kind for row in history_follower.read()}
        assert kinds & set(state._shows)  # type: ignore[attr-defined]
        told = as_json(await client.call(event_name(state, "refresh"), path))
        changed = json.dumps([update["delta"].get(state.get_full_name()) for update in told])  # type: ignore[attr-defined]
        assert any(name in changed for name in ("rows", "counts", "leads", "teachers"))

    act(work)


def test_a_form_keeps_its_fields_and_messages(office: Office) -> None:
    world = World(office)

    async def work(running: Pipeline) -> None:
        for state, path in (
            (GroupPage, f"{GROUPS_PATH}/{world.group}/settings"),
            (CoursePage, f"{COURSES_PATH}/{office.course}/settings"),
            (UserPage, f"{USERS_PATH}/{office.learner}"),
            (PathPage, f"{PATHS_PATH}/{world.path}/settings"),
        ):
            client = await open_page(running, world, "admin", state, path)
            change(office.database, "UPDATE people_group SET name = name || ' II'")
            change(office.database, "UPDATE course SET title = title || ' II'")
            change(office.database, "UPDATE learner SET name = name || ' II'")
            told = as_json(await client.call(event_name(state, "refresh"), path))
            changed = {
                name.removesuffix("_rx_state_")
                for update in told
                for name in update["delta"].get(state.get_full_name(), {})  # type: ignore[attr-defined]
            }
            assert changed, state
            assert not changed & {
                "form",
                "form_key",
                "base_version",
                "message",
                "refusal",
                "errors",
            }, state

    act(work)


def test_records_chosen_for_enrolling_have_their_current_name(office: Office) -> None:
    world = World(office)

    async def work(running: Pipeline) -> None:
        client = await open_page(running, world, "admin", Enroll, ENROLL_PATH)
        for kind, picker, typed, id_ in (
            ("people", EnrollPeople, "Aarav", office.learner),
            ("groups", EnrollGroups, "Climbers", world.group),
            ("courses", LearnablePicker, "Rope", office.course),
        ):
            await client.call(event_name(picker, "search"), ENROLL_PATH, typed=typed)
            await client.call(event_name(Enroll, "add"), ENROLL_PATH, kind=kind, chosen_id=id_)
        await client.call(event_name(Enroll, "show"), ENROLL_PATH)
        change(office.database, "UPDATE people_group SET name = 'Fresh group'")
        change(office.database, "UPDATE learner SET name = 'Fresh person'")
        change(office.database, "UPDATE course SET title = 'Fresh course' WHERE kind = 'course'")
        told = json.dumps(as_json(await client.call(event_name(Enroll, "refresh"), ENROLL_PATH)))
        for words in ("Fresh group", "Fresh person", "Fresh course"):
            assert told.count(words) >= 2, (words, told)

    act(work)


def test_a_ledger_of_a_past_day_is_read_again(office: Office) -> None:
    world = World(office)

    async def work(running: Pipeline) -> None:
        client = await open_page(running, world, "admin", Ledger, LEDGER_PATH)
        await client.call(event_name(Ledger, "show_as_of"), LEDGER_PATH, day="2026-08-01")
        change(
            office.database, "UPDATE learner SET name = 'Fresh' WHERE id = :id", id=office.learner
        )
        told = await client.call(event_name(Ledger, "refresh"), LEDGER_PATH)
        assert "Fresh" in json.dumps(as_json(told))

    act(work)
