"""Helpers to open one enrollment's form in tabs through the app's pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text

from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)
from tests.enrollment_states import shown_in, state_of
from tests.security.pipeline import Client, Pipeline, as_json, event_name, pipeline

DANA, MAYA = "Dana Ruiz", "Maya Lindqvist"


class Office:
    """One enrollment, Maya who has its form open, and Dana who saves meanwhile."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.course = make_course(database, "Rope Access")
        self.learner = make_learner(database, "Aarav")
        self.id = make_enrollment(
            database,
            self.learner,
            self.course,
            enrolled_at=NOW - 900 * DAY,
            deadline_day=20_575,
            grade="B",
            feedback="Well done.",
            internal_note="Watch him.",
        )
        self.path = f"{LEDGER_PATH}/{self.id}/manage"
        self.maya = make_session(database, make_account(database, name=MAYA))
        self.dana = make_session(database, make_account(database, name=DANA))

    def save(self, **typed: str) -> None:
        """Let Dana save fields of the enrollment."""
        actor = who_is(self.database, self.dana)
        assert actor
        with self.database.read() as session:
            version = session.execute(
                text("SELECT version FROM enrollment WHERE id = :id"), {"id": self.id}
            ).scalar_one()
        save_enrollment(self.database, actor, self.id, version=version, typed=typed)

    def stored(self) -> tuple[Any, ...]:
        """Return grade, feedback, note and version as they are stored."""
        with self.database.read() as session:
            return tuple(
                session.execute(
                    text(
                        "SELECT grade, feedback, internal_note, version FROM enrollment"
                        " WHERE id = :id"
                    ),
                    {"id": self.id},
                ).one()
            )


class Tab:
    """A browser tab with the enrollment's form, and the merged updates sent to it."""

    def __init__(self, office: Office, client: Client) -> None:
        self._office, self._client = office, client
        self.shows: dict[str, Any] = {}
        self.redirected = ""
        """Where the last answer leads to; "" for nowhere."""

    async def call(self, handler: str, path: str = "", **payload: Any) -> None:
        """Send an event of the form, and merge its answer."""
        updates = await self._client.call(
            event_name(state_of(handler), handler), path or self._office.path, **payload
        )
        self.redirected = ""
        for update in as_json(updates):
            self.shows |= shown_in(update.get("delta", {}))
            for event in update.get("events") or ():
                if event["name"] == "_redirect":
                    self.redirected = event["payload"]["path"]

    async def type(self, field: str, typed: str) -> None:
        """Type into a field of the current form."""
        await self.call("type_in", field=field, typed=typed, key=self.shows["field_keys"][field])

    def held(self, **typed: str) -> dict[str, str]:
        """Return the fields that a save submits, with something typed."""
        return {**self.shows["form"], **typed, "filled": self.shows["form_key"]}

    async def save(self, **typed: str) -> None:
        """Submit the form."""
        await self.call("save", form=self.held(**typed))

    @property
    def said(self) -> tuple[str, bool]:
        """The notice about remote changes, and whether they can be loaded."""
        return self.shows["news"], self.shows["news_waits"]

    @property
    def conflicts(self) -> list[tuple[str, ...]]:
        """The conflicts: before, theirs, mine, by whom, how long ago."""
        names = ("field", "before", "theirs", "mine", "by", "ago")
        return [tuple(one[name] for name in names) for one in self.shows["conflicts"]]


async def open_tab(office: Office, running: Pipeline, token: str = "t1", session: str = "") -> Tab:
    """Open the form in a tab that the server does not know yet."""
    client = running.client(token, session or office.maya)
    await client.open()
    tab = Tab(office, client)
    await tab.call("load")
    return tab


def act(work: Callable[[Pipeline], Awaitable[None]]) -> None:
    """Run something in the app's pipeline."""

    async def run() -> None:
        async with pipeline() as running:
            await work(running)

    asyncio.run(run())
