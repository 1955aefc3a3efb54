"""Test reading the selected rows as a table: order, columns, scope and limit, on both engines."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.selection import Selection, select_ids, select_matching
from enrollment_portal.domain.ledger.filters import Filters
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed
from enrollment_portal.services.bulk import copying
from enrollment_portal.services.bulk.copying import CopiedTable, copy_rows
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

N_ROWS = 24


class Rows:
    """Enrollments that differ in each column, in two courses of which one is taught."""

    def __init__(self, database: Database) -> None:
        make_organization(database)
        self.database = database
        self.courses = [make_course(database, title) for title in ("Fire Safety", "=Data")]
        self.ids = [self._make(n) for n in range(N_ROWS)]
        self.admin = self._actor(Role.SUPER_ADMIN)
        self.teacher = self._actor(Role.INSTRUCTOR, teaches=(self.courses[0],))
        self.lead = self._actor(Role.GROUP_LEAD)

    def _actor(self, role: Role, teaches: tuple[int, ...] = ()) -> Actor:
        account = make_account(self.database, role, teaches=teaches)
        return Actor(account, "Somebody", "somebody@x.example", role)

    def _make(self, n: int) -> int:
        learner = make_learner(
            self.database, f"Learner {n % 7} {n}", department=("Sales", "Care", "")[n % 3]
        )
        return make_enrollment(
            self.database,
            learner,
            self.courses[n % 2],
            status=n % 3,
            enrolled_at=NOW - n % 5 * DAY,
            progress=n * 37 % 100,
            grade=(None, "A", "B")[n % 3],
            deadline_day=None if n % 4 == 0 else 21_500 + n % 6,
            internal_note="Secret",
        )

    def copy(
        self,
        selection: Selection,
        *columns: ColumnKey,
        query: LedgerQuery | None = None,
        actor: Actor | None = None,
    ) -> CopiedTable:
        """Copy rows with some columns."""
        return copy_rows(
            self.database,
            actor or self.admin,
            query or LedgerQuery(),
            selection,
            Layout(columns) if columns else Layout(),
            ZoneInfo("Europe/Stockholm"),
        )


@pytest.fixture
def rows(database: Database) -> Rows:
    """The rows, on each engine."""
    return Rows(database)


def names_of(table: CopiedTable) -> list[str]:
    """Return the names in the first column."""
    return [row[0] for row in table.rows]


def test_single_rows_are_in_the_order_of_the_ledger(rows: Rows) -> None:
    chosen = set(rows.ids[3:20])
    for sort in ColumnKey:
        for descending in (False, True):
            query = LedgerQuery(sort=sort, descending=descending)
            page = read_ledger(rows.database, rows.admin, query)
            expected = [row.name for row in page.rows if row.id in chosen]
            assert len(expected) == len(chosen)
            assert names_of(rows.copy(select_ids(chosen), query=query)) == expected, query


def test_a_table_has_the_visible_columns_in_their_order_without_formulas(rows: Rows) -> None:
    columns = (ColumnKey.LEARNER, ColumnKey.GRADE, ColumnKey.COURSE, ColumnKey.DEADLINE)
    table = rows.copy(select_ids([rows.ids[1]]), *columns)
    assert table.headings == ("Learner", "Email", "Grade", "Course", "Deadline")
    assert [(row[0], *row[2:]) for row in table.rows] == [
        ("Learner 1 1", "A", "'=Data", "2028-11-13")
    ]
    assert "Secret" not in str(rows.copy(select_ids(rows.ids), *ColumnKey))


def test_all_that_match_are_copied_except_those_taken_out(rows: Rows) -> None:
    query = LedgerQuery(
        tab=Tab.ACTIVE, filters=Filters.parse({"course": str(rows.courses[0])}), descending=False
    )
    page = read_ledger(rows.database, rows.admin, query)
    assert len(page.rows) > 2
    table = rows.copy(select_matching(query, [page.rows[1].id]), query=query)
    assert names_of(table) == [page.rows[0].name, *(row.name for row in page.rows[2:])]


def test_single_rows_are_copied_after_they_left_the_filters(rows: Rows) -> None:
    query = LedgerQuery(tab=Tab.CANCELLED, search="nobody")
    assert len(rows.copy(select_ids(rows.ids), query=query).rows) == N_ROWS


def test_more_than_the_limit_and_nothing_are_refused(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "MOST_ROWS", 10)
    everything = select_matching(LedgerQuery())
    for selection in (select_ids(rows.ids[:11]), everything):
        with pytest.raises(Invalid) as refusal:
            rows.copy(selection)
        assert refusal.value.errors == {"selection": messages.too_many_to_copy(10)}
    rest = select_matching(LedgerQuery(), rows.ids[10:])
    assert len(rows.copy(rest).rows) == len(rows.copy(select_ids(rows.ids[:10])).rows) == 10
    # Those taken out need not be among those that match.
    with pytest.raises(Invalid):
        rows.copy(select_matching(LedgerQuery(), [*range(9_000, 9_020)]))
    for nothing in (select_ids([9_999]), select_matching(LedgerQuery(search="nobody"))):
        with pytest.raises(Invalid) as refusal:
            rows.copy(nothing, query=nothing.query)
        assert refusal.value.errors == {"selection": messages.NOTHING_TO_COPY}


def test_rows_and_columns_outside_the_scope_are_left_out(rows: Rows) -> None:
    taught = rows.copy(select_ids(rows.ids), *ColumnKey, actor=rows.teacher)
    assert len(taught.rows) == N_ROWS // 2
    assert "Manager" not in taught.headings
    assert "'=Data" not in str(taught.rows)
    with pytest.raises(NotAllowed):
        rows.copy(select_ids(rows.ids), actor=rows.lead)
