"""Test the permission matrix with the services; see `matrix.py` for how to read it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from enrollment_portal import services
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.storage.shared.database import Database
from tests.security import matrix, matrix_bulk, matrix_undoing
from tests.security.activity import matrix_activity
from tests.security.ledger import matrix_columns, matrix_rows
from tests.security.matrix import Asked, Row
from tests.security.views import matrix_views
from tests.security.world import OTHER, OWN, ROLES, World, build_world, sqlite_world

MATRIX = (
    *(*matrix.MATRIX, *matrix_undoing.MATRIX),
    *(*matrix_bulk.MATRIX, *matrix_rows.MATRIX),
    *(*matrix_columns.MATRIX, *matrix_views.MATRIX, *matrix_activity.MATRIX),
)
REFUSALS: dict[str, type[Exception]] = {"n": NotAllowed, "f": NotFound, "i": Invalid}
SAMPLE = (
    "enrollments.save_enrollment grade",
    "extension_decisions.decide_extension",
    "grading.grade_many within one's own course",
    "groups.assign",
    "users.save_user an admin",
)
"""Rows that are asked of PostgreSQL as well: the rights are the same code on both engines."""


def service_functions() -> dict[str, Callable[..., Any]]:
    """Return every public function of a service that takes `(database, actor, …)`."""
    found: dict[str, Callable[..., Any]] = {}
    for info in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        module = importlib.import_module(info.name)
        module_name = info.name.rpartition(".")[2]
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            parameters = list(inspect.signature(function).parameters)
            if function.__module__ == module.__name__ and parameters[:2] == ["database", "actor"]:
                found[f"{module_name}.{name}"] = function
    return found


FUNCTIONS = service_functions()


def test_every_service_function_is_in_the_matrix_and_the_matrix_names_no_other() -> None:
    assert len(FUNCTIONS) > 80
    assert sorted({row.function for row in MATRIX}) == sorted(FUNCTIONS)


def test_every_row_has_a_cell_for_every_role() -> None:
    for row in MATRIX:
        cells = row.cells.split()
        assert len(cells) == len(ROLES), row.id
        assert {len(cell) for cell in cells} == ({2} if row.has_object else {1}), row.id
        assert set("".join(cells)) <= set("aonfir"), row.id
    ids = [row.id for row in MATRIX]
    assert len(ids) == len(set(ids))


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The organization, in SQLite; each test puts it back."""
    with sqlite_world(migrated_sqlite_file, tmp_path_factory.mktemp("matrix")) as built:
        yield built


def judge(row: Row, asked: Asked, expected: str, before: dict[str, Any]) -> list[str]:
    """Call a row's function and return the differences as text."""
    world, side = asked.world, asked.side
    wanted = row.call(asked)
    wrong: list[str] = []
    actor, told = world.actor(asked.role), ""
    try:
        result = FUNCTIONS[row.function](world.database, actor, *wanted.args, **dict(wanted.kwargs))
    except (NotAllowed, NotFound, Invalid) as refusal:
        told = f"{refusal!r} {vars(refusal)}"
        if type(refusal) is not REFUSALS.get(expected):
            wrong.append(f"{refusal!r}")
    except Exception as error:
        wrong.append(f"{error!r}")
    else:
        told = repr(result)
        if expected in REFUSALS:
            wrong.append(f"returned {told[:200]}")
    after = world.dump()
    changed = [name for name in after if after[name] != before[name]]
    if expected == "a" and row.changes and not changed:
        wrong.append("changed nothing")
    if changed and not (expected == "a" and row.changes):
        wrong.append(f"changed {changed}")
    if expected == "a" and not row.changes and row.tells:
        marks = [side.mark] if row.has_object else [OWN, OTHER]
        wrong += [f"tells nothing of {mark}" for mark in marks if mark not in told]
    if expected == "o" and OWN not in told:
        wrong.append("tells nothing of what is their own")
    if expected != "a" and OTHER in told:
        wrong.append(f"tells of the other's: {told[:200]}")
    if expected in "nfir" and OWN in told:
        wrong.append(f"tells though it refuses: {told[:200]}")
    return wrong


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.id)
def test_each_role_gets_the_result_of_the_matrix(world: World, row: Row) -> None:
    world.restore()
    before, wrong = world.dump(), []
    for role, cell in zip(ROLES, row.cells.split(), strict=True):
        for side, expected in zip((world.own, world.other), cell, strict=False):
            found = judge(row, Asked(world, side, role), expected, before)
            wrong += [f"{role}, {side.mark}, expected {expected}: {word}" for word in found]
            if found or (expected == "a" and row.changes):
                world.restore()
    assert wrong == []


@pytest.mark.parametrize("engine", ["postgresql"])
def test_postgresql_agrees(engine: str, make_database_url: Callable[[str], str]) -> None:
    world = build_world(Database(make_database_url(engine)))
    try:
        for row in (row for row in MATRIX if row.id in SAMPLE):
            # What is refused first: it leaves the world as it is.
            asked = [
                (role, side, expected)
                for role, cell in zip(ROLES, row.cells.split(), strict=True)
                for side, expected in zip((world.own, world.other), cell, strict=True)
            ]
            allowed = next(one for one in asked if one[2] == "a")
            for role, side, expected in [one for one in asked if one[2] != "a"] + [allowed]:
                before = world.dump()
                found = judge(row, Asked(world, side, role), expected, before)
                assert found == [], (row.id, role, side.mark, found)
    finally:
        world.database.close()


def test_the_sample_is_in_the_matrix() -> None:
    assert set(SAMPLE) <= {row.id for row in MATRIX}
