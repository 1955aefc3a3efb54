"""Test the file of a preview over HTTP: permissions, refusals, and that it stops with a right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.preview_file import HEADINGS, PREVIEW_PATH
from enrollment_portal.domain.bulk.selection import select_matching
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, NotSignedIn
from enrollment_portal.http import export_routes
from enrollment_portal.http.bulk import preview_routes
from enrollment_portal.services.bulk import preview_file
from enrollment_portal.services.bulk.previewing import preview
from enrollment_portal.services.runtime import database
from tests.security.world import ROLES, World, running_world


@pytest.fixture(scope="module")
def world(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The organization behind the route."""
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("preview")) as built:
        yield built


@pytest.fixture(autouse=True)
def _as_built(world: World) -> Iterator[None]:
    world.restore()
    yield
    # Each download has given back what it held.
    assert export_routes._running.total() == 0
    assert database().engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def ask(world: World, role: str | None, job: str, method: str = "GET", **headers: str) -> Any:
    """Return the response to a role's browser."""
    app = Starlette(routes=preview_routes.ROUTES)
    if role is not None:
        headers["cookie"] = f"portal_session={world.sessions[role]}"
    with TestClient(app, "http://localhost:3000") as browser:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return browser.request(method, f"{PREVIEW_PATH}?id={job}", headers=headers)


def large(world: World) -> str:
    """Return a preview of the Super Admin's of all enrollments."""
    actor = Actor(world.accounts["super admin"], "Sue", "", Role.SUPER_ADMIN)
    action = read_action("note", {"text": '=1+1, "quoted"'})
    return preview(world.database, actor, select_matching(LedgerQuery()), action).id


def test_whoever_made_it_gets_all_rows(world: World) -> None:
    answer = ask(world, "super admin", large(world))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="preview.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == HEADINGS
    with world.database.read() as session:
        sql = (
            "SELECT count(*) FROM enrollment e JOIN course c ON c.id = e.course_id"
            " WHERE c.kind <> 'path'"
        )
        assert len(rows) - 1 == session.execute(text(sql)).scalar_one()
    # A spreadsheet must not compute what somebody typed.
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "super admin"])
def test_for_everybody_else_it_does_not_exist(world: World, role: str) -> None:
    answer = ask(world, role, world.own.preview[0])
    assert (answer.status_code, answer.text) == (404, NotFound.message)
    assert ask(world, role, "nonsense").content == answer.content


def test_a_session_of_the_same_site_and_get_are_required(world: World) -> None:
    job = world.own.preview[0]
    answer = ask(world, None, job)
    assert (answer.status_code, answer.text) == (401, NotSignedIn.message)
    answer = ask(world, "super admin", job, sec_fetch_site="cross-site")
    assert (answer.status_code, answer.text) == (403, messages.EXPORT_FROM_ELSEWHERE)
    assert ask(world, "super admin", job, "HEAD").status_code == 405
    assert ask(world, "super admin", job, "POST").status_code == 405


def test_it_counts_as_an_export_of_which_a_person_has_a_few_at_a_time(world: World) -> None:
    account = world.accounts["super admin"]
    leaving = [export_routes.enter(account) for _ in range(export_routes.MOST_OF_ONE)]
    answer = ask(world, "super admin", world.own.preview[0])
    assert (answer.status_code, answer.text) == (503, messages.EXPORTS_BUSY)
    assert answer.headers["retry-after"] == "60"
    for leave in leaving:
        assert leave
        leave()
    assert ask(world, "super admin", world.own.preview[0]).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE account SET is_suspended = 1 WHERE id = :id",
        "UPDATE account SET role = 'group_lead' WHERE id = :id",
    ],
)
def test_it_stops_when_a_right_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(preview_file, "ROWS_AT_ONCE", 1)
    job, real, pieces = large(world), preview_file.PreviewFile.read, []

    def read(file: preview_file.PreviewFile) -> bytes:
        pieces.append(real(file))
        if len(pieces) == 2:
            with world.database.write() as session:
                session.execute(text(change), {"id": world.accounts["super admin"]})
        return pieces[-1]

    monkeypatch.setattr(preview_file.PreviewFile, "read", read)
    with pytest.raises((NotSignedIn, NotAllowed)):
        ask(world, "super admin", job)
    assert len(pieces) == 2
