"""Test the ledger in the first HTML of its page: to each person what their socket would send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.html_templates import Filling, mark
from enrollment_portal.services.ledger.columns import save_layout
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.state.ledger.first_ledger import first_ledger
from enrollment_portal.state.ledger.row_templates import CELLS
from tests.security.world import OTHER, ROLES, World, running_world

_VALUES = " ".join(
    mark(name)
    for name in ("id", "opens", "name", "email", "course", "request", "deadline_date", "label")
)
TEMPLATES = "".join(
    f'<tr role="row" data-sample="{cell}-{number}"><td class="{cell}">[{_VALUES}]</td></tr>'
    for cell, variants in CELLS.items()
    for number in range(len(variants.samples()))
) + "".join(
    f'<tr data-head="{key}-{order}">'
    + "".join(f'<th class="{cell}">{mark("label")}</th>' for cell in CELLS)
    + "</tr>"
    for key in SortKey
    for order in ("up", "down")
)
HOSTILE = """<img src=x onerror="a()">'&__VALUE_id__"""


@pytest.fixture
def world(migrated_sqlite_file: Path, tmp_path: Path) -> Iterator[World]:
    """The organization, as the app's database."""
    with running_world(migrated_sqlite_file, tmp_path) as world:
        yield world


def fill(world: World, role: str, **parameters: str) -> Filling | None:
    cookies = f"portal_zone=Europe/Stockholm; portal_session={world.sessions[role]}"
    return first_ledger(cookies, parameters, TEMPLATES)


def ids(html: str) -> list[int]:
    """Return the enrollments of the rows, in their order."""
    return [int(id_) for id_ in re.findall(r'class="learner">\[(\d+) ', html)]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_the_rows_of_its_ledger(world: World, role: str) -> None:
    filling, actor = fill(world, role), world.actor(role)
    if not may_see_ledger(actor):
        assert filling is None
        return
    assert filling is not None
    rows = read_ledger(world.database, actor, LedgerQuery()).rows
    assert ids(filling.parts["rows"]) == [row.id for row in rows] != []
    if role in ("instructor", "lead"):
        assert OTHER not in repr(filling)


@pytest.mark.parametrize("token", ["", "x" * 43, "'; DROP TABLE account; --", "\x00"])
def test_who_is_not_signed_in_gets_nothing(world: World, token: str) -> None:
    assert world.accounts
    assert first_ledger(f"portal_session={token}", {}, TEMPLATES) is None
    assert first_ledger("", {}, TEMPLATES) is None


def test_an_internal_note_is_not_in_it(world: World) -> None:
    with world.database.write() as session:
        session.execute(text("UPDATE enrollment SET internal_note = 'canary'"))
    assert "canary" not in repr(fill(world, "super admin"))


def test_who_may_only_read_gets_neither_checkboxes_nor_buttons(world: World) -> None:
    lead, admin = fill(world, "lead"), fill(world, "learning")
    assert lead is not None
    assert admin is not None
    assert 'class="select"' not in lead.parts["rows"] + lead.parts["headings"]
    assert 'class="select"' in admin.parts["rows"]


def test_names_and_titles_are_escaped(world: World) -> None:
    with world.database.write() as session:
        session.execute(text("UPDATE learner SET name = :hostile"), {"hostile": HOSTILE})
        session.execute(text("UPDATE course SET title = :hostile"), {"hostile": HOSTILE})
    filling = fill(world, "super admin")
    assert filling is not None
    assert "<img" not in filling.parts["rows"]
    assert (
        "&lt;img src=x onerror=&quot;a()&quot;&gt;&#x27;&amp;__VALUE_id__"
        in (filling.parts["rows"])
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"tab": "active"},
        {"sort": "learner"},
        {"page": "last"},
        {"sort": "-grade"},
        {"on": "2026-01-01"},
        {"q": OTHER},
        {"view": "999"},
        {"q": HOSTILE, "tab": HOSTILE, "sort": HOSTILE, "after": HOSTILE, "on": HOSTILE},
        {"q": "\x00\ud800", "after": "~" * 400, "at": "9" * 400, "view": "\x00"},
    ],
)
def test_any_address_is_answered_as_by_the_service(
    world: World, parameters: dict[str, str]
) -> None:
    for role in ("super admin", "lead"):
        filling = fill(world, role, **parameters)
        if filling is None:
            continue  # without rows, or with columns of one's own: as it is built
        rows = read_ledger(world.database, world.actor(role), LedgerQuery.parse(parameters)).rows
        assert ids(filling.parts["rows"]) == [row.id for row in rows]
        assert "<img" not in repr(filling)


def test_own_columns_are_left_to_the_app(world: World) -> None:
    save_layout(world.database, world.actor("super admin"), "learner,grade")
    assert fill(world, "super admin") is None
    assert fill(world, "learning") is not None
