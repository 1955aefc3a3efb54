"""Test that a socket without permission cannot tell which enrollments have an internal note."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import LEDGER_PATH
from tests.security.pipeline import as_json, event_name, pipeline
from tests.security.world import World, running_world

LOAD = event_name(Ledger, "load")
FILTERED = re.compile(r'"address[^"]*": ?\{"search": ?"[^"]*is=note')
"""The address that the ledger shows: the client's own is told back as it came."""
SWITCH = event_name(LedgerFilters, "switch")


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An organization in which no enrollment has an internal note."""
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("notes")) as built:
        with built.database.write() as session:
            session.execute(text("UPDATE enrollment SET internal_note = ''"))
        yield built


def _told(world: World, role: str) -> str:
    """Return what a role's browser is sent as it tries the filter by URL and by event."""

    async def ask() -> str:
        async with pipeline() as running:
            client = running.client("t1", world.sessions[role])
            told = [
                await client.call(LOAD),
                await client.call(SWITCH, name="note", on=True),
                await client.call(LOAD, f"{LEDGER_PATH}?is=note"),
            ]
            return json.dumps([as_json(updates) for updates in told])

    # The current moment, in ms, is in every answer.
    return re.sub(r"\b\d{13}\b", "now", asyncio.run(ask()))


def test_a_lead_is_told_the_same_whether_there_are_notes_or_not(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    without = _told(world, "lead")
    assert f'"id": {world.own.enrollment}' in without or world.own.mark in without
    assert not FILTERED.search(without)
    with world.database.write() as session:
        session.execute(
            text("UPDATE enrollment SET internal_note = 'x' WHERE id = :id"),
            {"id": world.own.enrollment},
        )
    assert _told(world, "lead") == without
    assert "internal_note" not in caplog.text
    # An admin is shown that enrollment alone.
    assert FILTERED.search(_told(world, "learning"))
