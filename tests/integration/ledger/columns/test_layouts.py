"""Test who sees which columns of the ledger, where layouts are stored, and what rows show."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.ledger.layout.columns import (
    MORE_COLUMNS,
    STANDARD_COLUMNS,
    ColumnKey,
    Layout,
)
from enrollment_portal.domain.ledger.ledger_export import FileFormat
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed
from enrollment_portal.services.ledger.columns import (
    columns_of,
    read_facts,
    read_layout,
    save_layout,
)
from enrollment_portal.services.ledger.exporting import export_ledger
from enrollment_portal.services.ledger.ledger import as_seen_by, read_ledger
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
)
from tests.excel import rows_of


def _actors(database: Database) -> dict[Role, Actor]:
    """Return an admin, an instructor and a lead, who all see one enrollment."""
    boss = make_learner(database, "Zoe Boss")
    learner = make_learner(
        database, "Ana Alba", "ana@x.example", department="Sales", manager_id=boss
    )
    course = make_course(database, "Safety")
    make_enrollment(database, learner, course, grade="B+", last_visit_at=NOW)
    accounts = {
        Role.SUPER_ADMIN: make_account(database),
        Role.INSTRUCTOR: make_account(
            database, Role.INSTRUCTOR, name="Tom Teach", teaches=(course,)
        ),
        Role.GROUP_LEAD: make_account(database, Role.GROUP_LEAD, leads=(learner,)),
    }
    make_account(database, Role.INSTRUCTOR, name="Ada Teach", teaches=(course,))
    return {role: Actor(account, role.label, "", role) for role, account in accounts.items()}


def test_each_person_has_their_own_layout(database: Database) -> None:
    actors = _actors(database)
    admin, lead = actors[Role.SUPER_ADMIN], actors[Role.GROUP_LEAD]
    assert read_layout(database, admin) == Layout()
    saved = save_layout(database, admin, "learner,manager:99,grade;compact")
    assert saved == read_layout(database, admin) == Layout.parse(saved.text())
    assert saved.text() == "learner,manager:99,grade;compact"
    assert read_layout(database, lead) == Layout()
    assert save_layout(database, admin, None) == read_layout(database, admin) == Layout()


def test_what_a_person_may_not_see_is_never_in_their_layout(database: Database) -> None:
    actors = _actors(database)
    for role in (Role.INSTRUCTOR, Role.GROUP_LEAD):
        saved = save_layout(database, actors[role], "learner,manager,instructor,grade")
        assert saved.text() == "learner,grade"
    # Who had more rights when it was stored.
    admin = actors[Role.SUPER_ADMIN]
    save_layout(database, admin, "learner,manager,grade")
    demoted = replace(admin, role=Role.GROUP_LEAD)
    assert read_layout(database, demoted).text() == "learner,grade"
    with pytest.raises(NotAllowed):
        read_layout(database, replace(admin, role=Role.LEARNER))


def test_columns_follow_the_page(database: Database) -> None:
    admin = _actors(database)[Role.SUPER_ADMIN]
    assert columns_of(admin, LedgerQuery()) == tuple(ColumnKey)
    assert columns_of(admin, LedgerQuery(as_of=20_000)) == STANDARD_COLUMNS
    assert ColumnKey.COURSE not in columns_of(admin, LedgerQuery(course=1))
    assert ColumnKey.LEARNER not in columns_of(admin, LedgerQuery(learner=1))


def test_nobody_sorts_by_a_column_that_they_may_not_see(database: Database) -> None:
    actors = _actors(database)
    for sort in (SortKey.MANAGER, SortKey.INSTRUCTOR):
        query = LedgerQuery(sort=sort, descending=False)
        assert as_seen_by(actors[Role.SUPER_ADMIN], query) == query
        for role in (Role.INSTRUCTOR, Role.GROUP_LEAD):
            assert as_seen_by(actors[role], query) == LedgerQuery()
    past = LedgerQuery(sort=SortKey.GRADE, as_of=20_000)
    assert as_seen_by(actors[Role.SUPER_ADMIN], past).sort is SortKey.ENROLLED


def test_who_is_renamed_or_gets_another_manager_is_sorted_anew(database: Database) -> None:
    boss, other = make_learner(database, "Zoe Boss"), make_learner(database, "Ada Other")
    learner = make_learner(database, "Bo Berg", department="Sales", manager_id=boss)

    def sorts() -> tuple[str | None, str | None]:
        sql = f"SELECT sort_department, sort_manager FROM learner WHERE id = {learner}"
        with database.read() as session:
            row = session.connection().exec_driver_sql(sql).one()
        return row[0], row[1]

    def change(sql: str) -> None:
        with database.write() as session:
            session.connection().exec_driver_sql(f"UPDATE learner SET {sql}")

    assert sorts() == ("Sales", "zoe boss")
    change(f"sort_name = 'yan boss' WHERE id = {boss}")
    assert sorts() == ("Sales", "yan boss")
    change(f"manager_id = {other}, department = '' WHERE id = {learner}")
    assert sorts() == (None, "ada other")
    change(f"manager_id = NULL WHERE id = {learner}")
    assert sorts() == (None, None)


def test_further_columns_are_read_for_the_rows_in_scope(database: Database) -> None:
    actors = _actors(database)
    make_enrollment(database)
    admin, lead = actors[Role.SUPER_ADMIN], actors[Role.GROUP_LEAD]
    rows = read_ledger(database, admin, LedgerQuery()).rows
    assert len(rows) == 2
    assert read_facts(database, admin, rows, ()) == {}
    facts = read_facts(database, admin, rows, MORE_COLUMNS)
    assert facts.keys() == {row.id for row in rows}
    (seen,) = read_facts(database, lead, rows, MORE_COLUMNS).values()
    assert (seen.department, seen.grade, seen.last_visit_at) == ("Sales", "B+", NOW)
    assert (seen.manager, seen.instructors) == (None, ""), "what a lead may not see"
    first = next(one for one in facts.values() if one.grade)
    assert (first.manager, first.instructors) == ("Zoe Boss", "Ada Teach, Tom Teach")
    assert all(one.run == 1 for one in facts.values())


@pytest.mark.parametrize("file_format", [FileFormat.COMMA, FileFormat.EXCEL])
def test_a_file_has_the_shown_columns(database: Database, file_format: FileFormat) -> None:
    actors = _actors(database)
    admin, lead = actors[Role.SUPER_ADMIN], actors[Role.GROUP_LEAD]
    for actor in (admin, lead):
        save_layout(database, actor, "learner,grade,manager,instructor,status")
    assert _exported(database, admin, file_format) == [
        ["Learner", "Email", "Grade", "Manager", "Instructor", "Status"],
        ["Ana Alba", "ana@x.example", "B+", "Zoe Boss", "Ada Teach, Tom Teach", "Active"],
    ]
    # What a lead may not see is not in their file either.
    assert _exported(database, lead, file_format) == [
        ["Learner", "Email", "Grade", "Status"],
        ["Ana Alba", "ana@x.example", "B+", "Active"],
    ]


def _exported(database: Database, actor: Actor, file_format: FileFormat) -> list[list[Any]]:
    export = export_ledger(
        *(database, actor, LedgerQuery(), ZoneInfo("UTC"), lambda: actor, file_format),
        only_shown=True,
    )
    pieces: list[bytes] = []
    while piece := export.read():
        pieces.append(piece)
    export.close()
    content = b"".join(pieces)
    if file_format is FileFormat.EXCEL:
        return rows_of(content)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
