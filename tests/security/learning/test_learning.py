"""Test that a learner's socket can do nothing with other people's enrollments."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.learning.learning import Catalog, Learning
from enrollment_portal.state.learning.learning_course import (
    CancelForm,
    CourseHome,
    LessonRoom,
    RequestForm,
)
from enrollment_portal.state.requests.decisions import RequestDecision
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_session,
)
from tests.enrollment_states import state_of
from tests.security.pipeline import Client, event_name, pipeline

CANARY = "canary-note-161803"
TABLES = ("enrollment", "enrollment_event", "lesson_done", "extension_request")


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """A portal with a course of Bo's, a draft, and Ada, who takes nothing."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    course = make_course(database, "Rope Access", n_lessons=2)
    make_lessons(database, course, 2)
    draft = make_course(database, "Secret Draft", state="draft", n_lessons=1)
    make_lessons(database, draft, 1)
    bo = make_learner(database, "Bo Ek")
    make_enrollment(
        database,
        bo,
        course,
        internal_note=CANARY,
        feedback="For Bo only.",
        feedback_is_new=1,
        deadline_day=50_000,
        status=0,
    )
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                " asked_at, decided_by, answer, is_seen)"
                " VALUES (1, 60000, 'Bo is ill', 'declined', 1, 'Dana', 'Not for Ada', 0)"
            )
        )
    yield database
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def dump(database: Database) -> list[tuple[Any, ...]]:
    """Return everything that a learner's actions could change."""
    with database.read() as session:
        return [
            tuple(row)
            for table in TABLES
            for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        ]


def attack(database: Database, account: int, act: Callable[[Client], Any]) -> str:
    """Send events as an account; return everything that its socket received."""

    async def run() -> str:
        async with pipeline() as running:
            client = running.client("t1", make_session(database, account))
            await act(client)
            return client.received()

    return asyncio.run(run())


def ada_of(database: Database) -> int:
    """Write Ada and return her account."""
    learner = make_learner(database, "Ada Byström")
    return make_account(database, Role.LEARNER, learner_id=learner)


async def everything_on_bos(client: Client) -> None:
    """Return all actions on Bo's course, on the draft, and on Bo's request."""
    for path in ("/learn/courses/1", "/learn/courses/2", "/learn"):
        await client.call(event_name(CourseHome, "load"), path)
        for form in (CancelForm, RequestForm):
            await client.call(
                event_name(form, "send"),
                path,
                form={"reason": "Mine", "why": "Mine", "day": "2150-01-01"},
            )
    await client.call(event_name(CourseHome, "start"), "/learn/courses/2")
    await client.call(event_name(Catalog, "start"), "/learn/catalog", course_id=2)
    for course, lesson in ((1, 1), (1, 2), (2, 3), (1, 3)):
        path = f"/learn/courses/{course}/lessons/{lesson}"
        await client.call(event_name(LessonRoom, "load"), path)
        await client.call(event_name(LessonRoom, "mark"), path)
    await client.call(event_name(Learning, "mark_read"), "/learn", enrollment_id=1)
    await client.call(event_name(Learning, "dismiss"), "/learn", request_id=1)
    await client.call(event_name(Learning, "withdraw"), "/learn", request_id=1)
    await client.call(event_name(CourseHome, "withdraw"), "/learn/courses/1")
    await client.call(event_name(Saving, "revert"), f"{LEDGER_PATH}/1")
    for handler in ("grant_extension", "decline_extension"):
        await client.call(
            event_name(state_of(handler), handler),
            f"{LEDGER_PATH}/1",
            form={"answer": "No", "day": ""},
        )


def test_a_learner_cannot_change_others_enrollments_or_start_a_draft(portal: Database) -> None:
    ada, before = ada_of(portal), dump(portal)
    received = attack(portal, ada, everything_on_bos)
    assert dump(portal) == before
    for secret in (CANARY, "For Bo only.", "Bo is ill", "Not for Ada", "Bo Ek", "Secret Draft"):
        assert secret not in received


def test_invalid_arguments_change_nothing_and_raise_no_error(
    portal: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ada, before = ada_of(portal), dump(portal)

    async def act(client: Client) -> None:
        for value in (None, "", "\x00", -1, 2**70, 1.5, True, [], {}, "x" * 9000):
            await client.call(event_name(Catalog, "start"), course_id=value)
            await client.call(event_name(Learning, "mark_read"), enrollment_id=value)
            await client.call(event_name(Learning, "dismiss"), request_id=value)
            await client.call(event_name(Learning, "withdraw"), request_id=value)
            for form in (CancelForm, RequestForm):
                await client.call(event_name(form, "send"), form=value)
                await client.call(
                    event_name(form, "send"), form={"reason": value, "why": value, "day": value}
                )
        for path in ("/learn/courses/x", "/learn/courses/99999999999999999999/lessons/0", "/"):
            for state in (CourseHome, LessonRoom):
                await client.call(event_name(state, "load"), path)
            await client.call(event_name(LessonRoom, "mark"), path)

    attack(portal, ada, act)
    assert dump(portal) == before
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def test_bo_may_do_all_of_it_on_his_own(portal: Database) -> None:
    bo = make_account(portal, Role.LEARNER, learner_id=1)

    async def act(client: Client) -> None:
        await client.call(event_name(LessonRoom, "load"), "/learn/courses/1/lessons/2")
        await client.call(event_name(LessonRoom, "mark"), "/learn/courses/1/lessons/2")
        await client.call(event_name(Learning, "dismiss"), "/learn", request_id=1)
        await client.call(event_name(CourseHome, "load"), "/learn/courses/1")
        form = {"reason": "Still ill", "day": "2150-01-01"}
        await client.call(event_name(RequestForm, "send"), "/learn/courses/1", form=form)
        await client.call(
            event_name(CancelForm, "send"), "/learn/courses/1", form={"why": "Too ill"}
        )

    received = attack(portal, bo, act)
    assert "For Bo only." in received
    assert CANARY not in received
    with portal.read() as session:
        row = session.execute(
            text("SELECT status, progress, feedback_is_new FROM enrollment")
        ).one()
        asked = session.execute(
            text("SELECT state, is_seen FROM extension_request ORDER BY id")
        ).all()
    assert tuple(row) == (2, 50, 0)
    assert [tuple(r) for r in asked] == [("declined", 1), ("closed", 1)]


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.GROUP_LEAD])
def test_roles_that_may_not_decide_receive_and_decide_no_request(
    portal: Database, role: Role
) -> None:
    with portal.write() as session:
        session.execute(text("UPDATE extension_request SET state = 'open'"))
    teaches = (1,) if role is Role.INSTRUCTOR else ()
    leads = (1,) if role is Role.GROUP_LEAD else ()
    account = make_account(portal, role, teaches=teaches, leads=leads)
    before = dump(portal)

    async def act(client: Client) -> None:
        await client.call(event_name(Details, "load"), f"{LEDGER_PATH}/1")
        form = {"answer": "No", "day": "2150-01-01"}
        await client.call(
            event_name(RequestDecision, "grant_extension"), f"{LEDGER_PATH}/1", form=form
        )
        await client.call(event_name(RequestDecision, "decline_extension"), form=form)
        await client.call(event_name(Saving, "revert"))

    assert "Bo is ill" not in attack(portal, account, act)
    assert dump(portal) == before


def test_an_admin_with_learning_decides(portal: Database) -> None:
    with portal.write() as session:
        session.execute(text("UPDATE extension_request SET state = 'open'"))
    account = make_account(portal, Role.ADMIN, sections=Section.LEARNING)

    async def act(client: Client) -> None:
        await client.call(event_name(Details, "load"), f"{LEDGER_PATH}/1")
        nonsense = (None, [], "x", {"answer": "x" * 501}, {"answer": []}, {"day": 5}, {"day": "x"})
        for form in nonsense:
            await client.call(
                event_name(RequestDecision, "grant_extension"), f"{LEDGER_PATH}/1", form=form
            )
        with portal.read() as session:
            states = session.execute(text("SELECT state FROM extension_request"))
            assert states.scalars().all() == ["open"]
        form = {"day": "", "answer": "Get well"}
        await client.call(
            event_name(RequestDecision, "grant_extension"), f"{LEDGER_PATH}/1", form=form
        )

    assert "Bo is ill" in attack(portal, account, act)
    with portal.read() as session:
        row = session.execute(text("SELECT deadline_day FROM enrollment")).one()
    assert tuple(row) == (60_000,)
