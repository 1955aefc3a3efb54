"""Test that the palette finds what a role may see, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from enrollment_portal.state.palette.palette import MOST_OF_A_KIND, Palette
from tests.security.pipeline import as_json, event_name, pipeline
from tests.security.world import OTHER, OWN, World, running_world

SEARCH = event_name(Palette, "search")


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("palette")) as built:
        yield built


def _told(world: World, role: str, typed: object) -> str:
    async def ask() -> str:
        async with pipeline() as running:
            client = running.client("t1", world.sessions.get(role))
            return json.dumps(as_json(await client.call(SEARCH, "/account", typed=typed)))

    return asyncio.run(ask())


@pytest.mark.parametrize("role", ["super admin", "learning", "people"])
def test_who_manages_finds_everybody(world: World, role: str) -> None:
    assert OWN in _told(world, role, OWN)
    assert OTHER in _told(world, role, OTHER)


@pytest.mark.parametrize("role", ["instructor", "lead"])
def test_who_has_a_scope_finds_people_and_courses_in_it(world: World, role: str) -> None:
    told = _told(world, role, OWN)
    assert '"group": "people"' in told
    assert '"group": "courses"' in told
    found = json.dumps(json.loads(_told(world, role, OTHER)))
    assert found.count(OTHER) == found.count(f'"{OTHER}"')  # only what was typed


@pytest.mark.parametrize("role", ["configuration", "support", "learner"])
def test_who_sees_no_ledger_finds_no_people(world: World, role: str) -> None:
    assert '"group": "people"' not in _told(world, role, "mark")


@pytest.mark.parametrize("typed", ["", "o", " ", None, 3, ["mark"], "\x00", "\ud800", "x" * 9_999])
def test_what_is_no_search_finds_nothing(world: World, typed: object) -> None:
    assert '"group"' not in _told(world, "super admin", typed)


def test_a_search_finds_a_few_of_a_kind(world: World) -> None:
    assert _told(world, "super admin", "mark").count('"group": "people"') <= MOST_OF_A_KIND


def test_nobody_who_is_not_signed_in_finds_anything(world: World) -> None:
    assert '"group"' not in _told(world, "nobody", "mark")
