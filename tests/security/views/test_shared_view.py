"""Test that a shared view tells its viewer nothing that their own ledger would not."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.state.views.acts import ViewActs
from enrollment_portal.state.views.saved_views import SavedViews
from enrollment_portal.state.views.view_form import ViewForm
from tests.security.pipeline import as_json, event_name, pipeline
from tests.security.world import OTHER, World, running_world

LOAD, LIST = event_name(Ledger, "load"), event_name(SavedViews, "load")
_FILTERED = re.compile(r'"(?:url|opens|file)[^"]*": ?"[^"]*is=[^"]*note')
"""An address that the server tells: the client's own is told back as it came."""


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Each side's views filter by internal notes."""
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("views")) as built:
        yield built


def told(world: World, role: str, *events: tuple[str, str, dict[str, Any]]) -> str:
    """Return what a role's socket is sent: the handler, the query string and the arguments."""

    async def ask() -> str:
        async with pipeline() as running:
            client = running.client(f"shared-{role}", world.sessions[role])
            answers = [
                await client.call(name, f"{LEDGER_PATH}{search}", **args)
                for name, search, args in events
            ]
            return json.dumps([as_json(updates) for updates in answers])

    # The current moment, in ms, is in every answer.
    return re.sub(r"\b\d{13}\b", "now", asyncio.run(ask()))


@pytest.mark.parametrize(("role", "audience"), [("lead", "leads"), ("learning", "admins")])
def test_a_note_filter_of_a_view_is_only_for_who_may_read_notes(
    world: World, role: str, audience: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = world.own.views[audience]
    heard = told(
        world,
        role,
        (LOAD, f"?view={key}", {}),
        (LIST, f"?view={key}", {}),
        (event_name(ViewForm, "open_edit"), "", {"key": key}),
        (event_name(ViewActs, "show_saved"), "", {}),
        (LOAD, f"?view={key}&is=note&tab=active", {}),
        (event_name(ViewForm, "open_copy"), "", {}),
    )
    assert f"View {audience} {world.own.mark}" in heard
    shows_filter = messages.FILTER_LABELS["note"] in heard or bool(_FILTERED.search(heard))
    assert shows_filter is (role == "learning")
    assert "is=note" not in caplog.text


def test_anothers_private_view_is_answered_as_one_that_does_not_exist(world: World) -> None:
    def answers(key: str) -> str:
        acts = (
            (event_name(state, handler), "", {"key": key})
            for state, handler in (
                (ViewForm, "open_edit"),
                (ViewActs, "delete"),
                (ViewActs, "undo_delete"),
                (ViewActs, "make_default"),
            )
        )
        return told(world, "lead", (LOAD, f"?view={key}", {}), (LIST, "", {}), *acts)

    before = world.dump()
    private, nothing = answers(world.other.views[""]), answers("987654")
    address = re.compile(r'view(?:=|": ")\d+')
    assert address.sub("view=#", private) == address.sub("view=#", nothing)
    assert OTHER not in private
    assert world.dump() == before
