"""Read the selected rows of a ledger as a table to paste into a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope, ledger_scope
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import may_change_many
from enrollment_portal.domain.bulk.selection import Selection
from enrollment_portal.domain.ledger.filters import NONE
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_export import columns_of_file, headings
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed
from enrollment_portal.domain.shared.spreadsheets import defused
from enrollment_portal.services.ledger.columns import columns_of
from enrollment_portal.services.ledger.csv_file import cells
from enrollment_portal.services.ledger.ledger import as_seen_by, at_today, check_filter
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.ledger import LedgerRow, exported
from enrollment_portal.storage.ledger.columns.facts import row_facts
from enrollment_portal.storage.ledger.exported import ExportedRow
from enrollment_portal.storage.shared.database import Database

MOST_ROWS = 1_000
"""How many rows are copied at most."""


@dataclass(frozen=True)
class CopiedTable:
    """The texts of a table."""

    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


def copy_rows(
    database: Database,
    actor: Actor,
    query: LedgerQuery,
    selection: Selection,
    layout: Layout,
    tz: ZoneInfo,
) -> CopiedTable:
    """Return the selected rows of a ledger in its order, written as in an exported file.

    Args:
        database: where the ledger is.
        actor: whose ledger it is.
        query: of the ledger, which shows today.
        selection: which rows; single ones that the actor may not see are left out.
        layout: the columns, of which the actor gets those that their ledger has.
        tz: the viewer's time zone.

    Raises:
        NotAllowed: the actor cannot select.
        NotFound: the course or learner that it is filtered by does not exist for the actor.
        Invalid: the selection has no rows, or more than `MOST_ROWS`.
    """
    if not may_change_many(actor):
        raise NotAllowed
    scope = ledger_scope(actor)
    query = at_today(database, replace(as_seen_by(actor, query), place=None))
    offered = columns_of(actor, query)
    shown = [key for key in layout.columns if key in offered]
    columns = columns_of_file(shown)
    pick = itemgetter(*columns)
    with database.read() as session:
        check_filter(session, scope, query)
        rows = _selected(session, scope, query, selection)
        facts = row_facts(
            session,
            [row.id for row in rows],
            with_instructors=ColumnKey.INSTRUCTOR in shown,
        )
        kind = exported.kind_of(session, query.course) if query.course else query.kind
    return CopiedTable(
        headings(None, tz.key, kind, columns),
        [pick(cells(ExportedRow(row, facts[row.id]), tz, defused)) for row in rows],
    )


def _selected(
    session: Session, scope: Scope, query: LedgerQuery, selection: Selection
) -> Sequence[LedgerRow]:
    """Return the selected rows in the order of a query."""
    too_many = Invalid({"selection": messages.too_many_to_copy(MOST_ROWS)})
    if selection.query is None:
        if len(selection.ids) > MOST_ROWS:
            raise too_many
        # A row stays selected when it leaves the tab, or the filters.
        every = replace(query, tab=Tab.ALL, search="", only_requests=False, filters=NONE)
        rows = stored.read_listed(session, scope, every, sorted(selection.ids))
    else:
        reader, counts = stored.open_ledger(session, scope, query)
        total = sum(counts[status] for status in query.tab.statuses)
        if total - len(selection.excluded) > MOST_ROWS:
            raise too_many
        chunks = () if reader is None else reader.all_rows(MOST_ROWS)
        found = (row for chunk in chunks for row in stored.as_shown(chunk))
        kept = (row for row in found if row.id not in selection.excluded)
        rows = list(islice(kept, MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise too_many
    if not rows:
        raise Invalid({"selection": messages.NOTHING_TO_COPY})
    return rows
