"""Test that internal notes never reach anyone who may not read them.

Random words are written into notes and into the reasons given with them, by an admin on the Manage
page and by an instructor in the grid. Then everything is done that a socket and a browser can do,
and the words are looked for in all that comes back, and in every log record meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from enrollment_portal.domain.activity.activity_query import ACTIVITY_FILE_PATH
from enrollment_portal.domain.ledger.ledger_export import EXPORT_PATH
from enrollment_portal.enrollment_portal import app
from enrollment_portal.http.routes import transformers
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.grading.grading import grade_cell
from tests.security.pipeline import (
    Client,
    app_handlers,
    app_states,
    payloads_of,
    pipeline,
)
from tests.security.world import OWN, World, running_world

OUTSIDERS = (
    "learner",
    "lead",
    "instructor of another course",
    "people",
    "configuration",
    "support",
)
READERS = ("super admin", "learning", "instructor")


@dataclass
class Canaries:
    """The organization, and the marker words in and beside its internal notes."""

    world: World
    words: list[str] = field(default_factory=list)

    def new(self) -> str:
        """Return a new word to look for."""
        self.words.append(f"canary{secrets.token_hex(8)}")
        return self.words[-1]

    def found_in(self, told: str) -> list[str]:
        """Return which marker words a text contains."""
        return [word for word in self.words if word in told.lower()]


@pytest.fixture
def canaries(
    migrated_sqlite_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[Canaries]:
    """Notes of an admin and of an instructor, with and without other changes and reasons."""
    listen(caplog)
    with running_world(migrated_sqlite_file, tmp_path) as world:
        written = Canaries(world)
        admin, teacher, own = world.actor("learning"), world.actor("instructor"), world.own

        def save(enrollment: int, version: int, **typed: str) -> None:
            typed = {name: text or written.new() for name, text in typed.items()}
            reason = f"Because {written.new()}" if "note" in typed else "Agreed with them"
            save_enrollment(
                world.database, admin, enrollment, version=version, typed=typed, reason=reason
            )

        save(own.enrollment, 1, note="")
        save(own.enrollment, 2, note="", grade="A", feedback="Well done")
        save(own.enrollment, 3, feedback="Very well done")
        # An override whose reason was given with a note, too.
        save(own.unasked, 1, note="", status="cancelled")
        for course_enrollment, version in ((own.enrollment, 4), (own.overridden, 3)):
            for on_top in (version, version + 1):
                found = grade_cell(
                    world.database, teacher, course_enrollment, "note", written.new(), on_top
                )
                assert found.outcome == "saved", found
        world.accounts["instructor of another course"] = world.other.teacher
        with world.database.write() as session:
            session.connection().exec_driver_sql(
                "UPDATE sign_in_session SET account_id = ? WHERE account_id = ?",
                (world.other.teacher, world.other.admin),
            )
        world.keep()
        yield written


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Record every log record of the portal, and every statement that SQLAlchemy runs."""
    caplog.set_level(logging.INFO, "sqlalchemy")
    caplog.set_level(logging.DEBUG, "enrollment_portal")
    caplog.set_level(logging.DEBUG)  # last: it is the level of what takes the records, too


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that was logged, with arguments and tracebacks."""
    formatter = logging.Formatter("%(name)s %(message)s")
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    return "\n".join(formatter.format(record) for record in records)


def session_of(world: World, role: str) -> str:
    """Return a fresh session of a role."""
    from tests.builders import make_session

    return make_session(world.database, world.accounts[role])


def paths_of(world: World) -> list[str]:
    """Return the address of every page of the app, with the ids of records with notes."""
    own, addresses = world.own, []
    ids = {
        "enrollment_id": own.enrollment,
        "user_id": own.learner,
        "group_id": own.group,
        "batch_id": own.batch,
        "path_id": own.path,
        "taught_id": own.course,
        "lesson_id": own.lessons[0],
        "course_id": own.course,
    }
    for route in app._load_events:
        parts = [
            str(ids[part[1:-1]]) if part.startswith("[") else part for part in route.split("/")
        ]
        addresses.append("/" + "/".join(parts).replace("index", "").strip("/"))
    details = [f"/admin/learning/enrollments/{e}" for e in (own.unasked, own.overridden)]
    return sorted({*addresses, *details})


async def do_everything(client: Client, world: World, path: str, names: list[str]) -> None:
    """Load a page and call handlers on it, with all arguments that could reveal something."""
    handlers, own = app_handlers(), world.own
    await client.call("reflex___state____state.hydrate_and_load", path)
    for name in names:
        for payload in payloads_of(handlers[name], (own.enrollment, own.learner)):
            await client.call(name, path, **payload)


def received_by_socket(canaries: Canaries, role: str) -> str:
    """Return everything that a role's sockets receive during all handler calls."""
    world = canaries.world
    session, actor = session_of(world, role), world.actor(role)
    world.keep()
    states = {state.get_full_name(): state for state in app_states()}  # type: ignore[attr-defined]
    handlers = {n: h for n, h in app_handlers().items() if not n.endswith(".setvar")}

    def may(name: str) -> bool:
        guard: Any = handlers[name].guard
        return guard is None or guard(states[name.rpartition(".")[0]])(actor)

    async def act() -> str:
        told: list[str] = []
        async with pipeline() as running:
            for number, path in enumerate(paths_of(world)):
                client = running.client(f"{role}-{number}", session)
                # What a guard refuses does not depend on the page.
                names = [n for n in handlers if number == 0 or may(n)]
                await do_everything(client, world, path, names)
                told.append(client.received())
                world.restore()
        return "\n".join(told)

    received = asyncio.run(act())
    assert who_is(world.database, session), "they were signed in all the time"
    return received


def received_by_http(canaries: Canaries, role: str) -> str:
    """Return all responses to a role's browser from every address of the app."""
    served: Any = app._api
    for transformer in transformers({}, "/templates"):
        if hasattr(transformer, "mount"):
            transformer.mount("", served)
            served = transformer
        else:
            served = transformer(served)
    world = canaries.world
    session = session_of(world, role)
    of_notes = f"{ACTIVITY_FILE_PATH}?field=note&learner={world.own.learner}"
    addresses = {
        *paths_of(world),
        "/api/health",
        EXPORT_PATH,
        f"{EXPORT_PATH}?course={world.own.course}&asks=1",
        f"{EXPORT_PATH}?learner={world.own.learner}&on=2026-06-01",
        # The history with its notes is a file for those who may read them.
        *((ACTIVITY_FILE_PATH, of_notes) if role in OUTSIDERS else ()),
        "/ping",
        "/_health",
        "/_event/?EIO=4&transport=polling",
        "/auth/sign-in",
        "/auth/demo",
        "/auth/welcome",
        "/auth/link",
        "/auth/forgotten",
        "/auth/password",
        "/auth/sign-out",
        "/nothing",
        *(getattr(route, "path", "/") for route in app._api.routes),  # type: ignore[union-attr]
    }
    told: list[str] = []
    with TestClient(served, follow_redirects=False) as browser:
        for address in sorted(addresses, key=lambda a: a == "/auth/sign-out"):
            for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
                answer = browser.request(
                    method,
                    address,
                    headers={
                        "cookie": f"portal_session={session}",
                        "origin": "http://localhost:3000",
                        "host": "localhost:3000",
                    },
                    data={"email": f"mia@{OWN}.example", "password": "x"}
                    if method == "POST"
                    else None,
                )
                told.append(f"{answer.status_code} {answer.headers} {answer.text}")
    return "\n".join(told)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_a_note_never_reaches_a_socket_without_permission(
    canaries: Canaries, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = received_by_socket(canaries, role)
    assert canaries.found_in(told) == []
    assert canaries.found_in(logged(caplog)) == []
    if role in ("learner", "lead", "people"):
        assert "Well done" in told or OWN in told


@pytest.mark.parametrize("role", [*OUTSIDERS, *READERS])
def test_a_note_is_in_no_response_over_http(
    canaries: Canaries, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = received_by_http(canaries, role)
    assert canaries.found_in(told) == []
    assert canaries.found_in(logged(caplog)) == []
    assert '"status":"ok"' in told


@pytest.mark.parametrize("role", READERS)
def test_a_note_reaches_people_who_may_read_it(
    canaries: Canaries, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = canaries.world

    async def open_details() -> str:
        async with pipeline() as running:
            client = running.client("t1", world.sessions[role])
            for enrollment in (world.own.enrollment, world.own.overridden, world.own.unasked):
                path = f"/admin/learning/enrollments/{enrollment}"
                await client.call("reflex___state____state.hydrate_and_load", path)
            return client.received()

    told = asyncio.run(open_details())
    # Nobody teaches the draft, whose note an instructor does not see either.
    n_hidden = 2 if role == "instructor" else 0
    assert len(canaries.found_in(told)) == len(canaries.words) - n_hidden
    assert canaries.found_in(logged(caplog)) == []


def test_the_log_is_checked(canaries: Canaries, caplog: pytest.LogCaptureFixture) -> None:
    assert "sqlalchemy.engine" in logged(caplog)
    logging.getLogger("enrollment_portal.test").debug("a note: %s", canaries.words[0])
    assert canaries.found_in(logged(caplog)) == [canaries.words[0]]
