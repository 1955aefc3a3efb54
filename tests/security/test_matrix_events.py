"""Test the permission matrix with raw events: what each role's socket reads and changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reflex_base.utils.format import json_dumps

from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.catalog.courses import CoursePage, Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.learning.learning_course import (
    CancelForm,
    CourseHome,
    LessonRoom,
    RequestForm,
)
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.user_page import UserPage
from tests.security import matrix, matrix_bulk, matrix_undoing
from tests.security.activity import matrix_activity
from tests.security.ledger import matrix_columns, matrix_rows
from tests.security.matrix import Asked, Row, Step
from tests.security.pipeline import (
    Client,
    Pipeline,
    app_handlers,
    app_states,
    event_name,
    payloads_of,
    pipeline,
)
from tests.security.views import matrix_views
from tests.security.world import ADMINS, OTHER, OWN, ROLES, World, sqlite_world

_TABLES = (
    *(matrix, matrix_undoing, matrix_bulk, matrix_rows, matrix_columns, matrix_views),
    matrix_activity,
)
ROWS = [row for table in _TABLES for row in table.MATRIX if row.steps]
READ_ONLY = {
    "AccessLog": "clear_search refresh search try_again turn",
    "Admins": "ask_to_remove open_adding refresh try_again",
    "BatchPage": "clear_search filter_by refresh search show_more_skipped try_again turn",
    "Batches": "clear_search filter_by refresh search try_again turn",
    "BulkChanges": "close refresh",
    "BulkJobs": "dismiss refresh",
    "Catalog": "clear_search filter_by refresh search try_again turn",
    "CopyingRows": "end",
    "Changes": "choose_day clear clear_search filter_by refresh search show_fresh try_again turn",
    "CourseHome": "put_news_away refresh",
    "CoursePage": "refresh",
    "Courses": "clear_search filter_by refresh search try_again turn",
    "Details": "refresh show_all_lessons",
    "Editing": "keep leave merge_remote_changes remove_deadline restore_draft settle type_in",
    "Enroll": "add choose_again choose_completion choose_deadline load refresh remove start_over",
    "EnrollUser": "change_completion change_deadline choose_again drop open_form",
    "FilterSearch": "choose",
    "Forgot": "load",
    "Grading": "attend clear_search filter_by search try_again turn",
    "GroupPage": "open_paste refresh",
    "Groups": "clear_search filter_by refresh search try_again turn",
    "Home": "load load_admin",
    "Invite": "load pick_manager",
    "Learning": "put_news_away refresh",
    "LedgerColumns": "refresh",
    "LedgerFilters": "apply_typed clear remove show_need switch",
    "LedgerPlace": "refresh",
    "Ledger": "clear_search refresh search show_kind show_new_rows show_now show_tab"
    " sort_by try_again turn",
    "LessonRoom": "refresh",
    "Lessons": "ask_to_remove discard edit keep refresh stay",
    "Members": "clear_search filter_by refresh search try_again turn",
    "NewGroup": "load",
    "Nowhere": "load",
    "Pasting": "cancel choose load undo_pasted",  # without a batch that was pasted there
    "OwnAccount": "load refresh",
    "OwnSessions": "load",
    "Printing": "end load_rows",
    "Palette": "search",
    "Peek": "close load refresh",
    "PathPage": "ask_to_remove refresh",
    "Paths": "clear_search filter_by refresh search try_again turn",
    "Retaking": "cancel",
    "RowDeadline": "dismiss show_steps",
    "SavedViews": "refresh",
    "SessionEnd": "ask",
    "Shell": "check_connection refresh",
    "SignIn": "load",
    "Teaching": "refresh try_again",
    "UserPage": "open_suspend pick_manager refresh",
    "Users": "clear_search filter_by refresh search try_again turn",
    "ViewActs": "clear_default show_saved",  # without a default
    "ViewForm": "close open_copy open_new",
    "Welcome": "load",
}
"""Handlers that no row of the matrix ends with, by state: a test proves that they only read."""


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The organization, as the database of the running app; each test puts it back."""
    with (
        sqlite_world(migrated_sqlite_file, tmp_path_factory.mktemp("events")) as built,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("DATABASE_URL", built.database.url)
        settings.cache_clear()
        yield built
        runtime.database().close()
    settings.cache_clear()


async def send(client: Client, step: Step) -> str:
    """Send one event and return the answer as text."""
    updates = await client.call(
        event_name(step.state, step.handler), step.path, **dict(step.payload)
    )
    return "\n".join(json_dumps(update) for update in updates)


async def judge(
    running: Pipeline, row: Row, number: int, asked: Asked, expected: str, start: dict[str, Any]
) -> list[str]:
    """Send a row's events as a role and return the differences as text."""
    world, side = asked.world, asked.side
    steps = row.steps[number](asked)
    client = running.client(f"{asked.role}-{side.mark}-{number}", world.sessions[asked.role])
    await client.open()
    for step in steps[:-1]:
        await send(client, step)
    before = world.dump() if len(steps) > 1 else start
    told = await send(client, steps[-1])
    after = world.dump()
    may_change = expected == "a" and row.changes
    wrong: list[str] = []
    if may_change and after == before:
        wrong.append(f"changed nothing: {told[:500]}")
    if not may_change and after != start:
        wrong.append(f"changed {[name for name in after if after[name] != start[name]]}")
    if expected == "a" and not row.changes and row.tells:
        marks = [side.mark] if row.has_object else [OWN, OTHER]
        wrong += [f"tells nothing of {mark}: {told[:500]}" for mark in marks if mark not in told]
    if expected == "o" and OWN not in told:
        wrong.append("tells nothing of what is their own")
    if expected != "a" and row.tells and OTHER in told:
        wrong.append(f"tells of the other's: {told[:500]}")
    if expected not in "ao" and asked.role in ADMINS and row.tells and OWN in told:
        wrong.append(f"tells though it refuses: {told[:500]}")
    return wrong


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_roles_socket_gets_the_result_of_the_matrix(world: World, row: Row) -> None:
    async def ask() -> list[str]:
        wrong: list[str] = []
        async with pipeline() as running:
            for role, cell in zip(ROLES, (row.by_event or row.cells).split(), strict=True):
                for side, expected in zip((world.own, world.other), cell, strict=False):
                    for number in range(len(row.steps)):
                        asked = Asked(world, side, role)
                        found = await judge(running, row, number, asked, expected, start)
                        wrong += [f"{role}, {side.mark}, {expected}: {word}" for word in found]
                        if found or (expected == "a" and row.changes):
                            world.restore()
        return wrong

    world.restore()
    start = world.dump()
    assert asyncio.run(ask()) == []


def _names() -> dict[str, str]:
    """Return each handler's full name by "State.handler"."""
    return {
        f"{state.__name__}.{name.rpartition('.')[2]}": name
        for state in app_states()
        for name in app_handlers()
        if name.rpartition(".")[0] == state.get_full_name()  # type: ignore[attr-defined]
        and not name.endswith(".setvar")
    }


def _judged(world: World) -> set[str]:
    """Return the handlers that a row of the matrix ends with, as "State.handler"."""
    asked = Asked(world, world.own, "super admin")
    ends = [steps(asked)[-1] for row in ROWS for steps in row.steps]
    return {f"{step.state.__name__}.{step.handler}" for step in ends}


def _read_only() -> set[str]:
    return {f"{state}.{name}" for state, names in READ_ONLY.items() for name in names.split()}


def test_every_handler_is_in_the_matrix_or_listed_as_read_only(world: World) -> None:
    assert sorted(_names().keys() - _judged(world)) == sorted(_read_only())


@pytest.mark.parametrize("role", ["super admin", "learning", "people", "instructor", "learner"])
def test_handlers_listed_as_read_only_change_nothing(world: World, role: str) -> None:
    world.restore()
    own, names, handlers = world.own, _names(), app_handlers()
    paths = [
        (f"/admin/learning/enrollments/{own.enrollment}/manage", own.enrollment),
        (f"/admin/learning/courses/{own.course}/lessons", own.lessons[0]),
        (f"/admin/learning/paths/{own.path}/courses", own.course),
        (f"/admin/people/users/{own.learner}/enrollments", own.learner),
        (f"/admin/people/groups/{own.group}", own.learner),
        ("/admin/configuration/admins", own.admin),
        (f"/teach/courses/{own.course}", own.enrollment),
        ("/learn/catalog", own.spare),
    ]

    async def call_all() -> list[str]:
        changing: list[str] = []
        async with pipeline() as running:
            for path, id_ in paths:
                client = running.client(path, world.sessions[role])
                await client.open()
                before = world.dump()
                # If an event of the matrix opens the page, it is open while others act.
                for name in [n for n in names if n.endswith(".load")]:
                    if name not in ("CourseHome.load", "LessonRoom.load"):
                        await client.call(names[name], path)
                for name in sorted(_read_only()):
                    for payload in payloads_of(handlers[names[name]], (id_,)):
                        await client.call(names[name], path, **payload)
                if world.dump() != before:
                    changing.append(path)
        return changing

    assert asyncio.run(call_all()) == []


OF_A_RECORD = (
    *(CoursePage, Lessons, PathPage, GroupPage, GroupChanges, UserPage),
    *(CourseHome, CancelForm, RequestForm, LessonRoom),
)
"""States that act on the record that their page loaded."""


def test_the_page_of_another_record_changes_nothing_before_it_has_loaded(world: World) -> None:
    async def act_on_the_other_page(running: Pipeline, row: Row, number: int) -> list[str]:
        cells = zip(ROLES, (row.by_event or row.cells).split(), strict=True)
        role = next((role for role, cell in cells if cell.startswith("a")), "super admin")
        *before, act = row.steps[number](Asked(world, world.own, role))
        there = row.steps[number](Asked(world, world.other, role))[-1].path
        if act.state not in OF_A_RECORD or act.path == there:
            return []
        client = running.client(f"{row.id}-{number}", world.sessions[role])
        await client.open()
        for step in before:
            await send(client, step)
        stood = world.dump()
        await send(client, replace(act, path=there))
        changed = world.dump() != stood
        world.restore()
        return [f"{row.id}: {act.state.__name__}.{act.handler}"] if changed else []

    async def act_on_all() -> list[str]:
        async with pipeline() as running:
            return [
                word
                for row in ROWS
                if row.changes
                for number in range(len(row.steps))
                for word in await act_on_the_other_page(running, row, number)
            ]

    world.restore()
    assert asyncio.run(act_on_all()) == []
