"""Read and store which columns a person sees in the ledger, and read those of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.access.permissions import ledger_columns, ledger_scope
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS, ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.storage.ledger import LedgerRow
from enrollment_portal.storage.ledger.columns import layouts
from enrollment_portal.storage.ledger.columns.facts import RowFacts, row_facts
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.scopes import rows_within


def columns_of(actor: Actor, query: LedgerQuery) -> tuple[ColumnKey, ...]:
    """Return the columns that the actor's ledger has for a query.

    Of a past day, only the standard ones are known. On the page of a course or a learner, that
    column would be the same in every row.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    columns = ledger_columns(actor) if query.as_of is None else STANDARD_COLUMNS
    left_out = {
        ColumnKey.COURSE: query.course is not None,
        ColumnKey.LEARNER: query.learner is not None,
    }
    return tuple(key for key in columns if not left_out.get(key))


def read_layout(database: Database, actor: Actor) -> Layout:
    """Return the actor's layout, with the columns that their ledger has.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    allowed = ledger_columns(actor)
    with database.read() as session:
        return Layout.parse(layouts.read_layout(session, actor.account_id)).only(allowed)


def save_layout(database: Database, actor: Actor, text: object) -> Layout:
    """Store the actor's layout and return it; nonsense, and columns they have not, are left out.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    layout = Layout.parse(text).only(ledger_columns(actor))
    with database.write() as session:
        layouts.write_layout(session, actor.account_id, layout.text())
    return layout


def read_facts(
    database: Database, actor: Actor, rows: Sequence[LedgerRow], columns: Sequence[ColumnKey]
) -> dict[int, RowFacts]:
    """Return what further columns show of those of some rows that the actor sees, by their ids.

    Without such a column, nothing is read.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope, allowed = ledger_scope(actor), ledger_columns(actor)
    if not rows or not columns:
        return {}
    with database.read() as session:
        ids = [row.id for row in rows_within(session, scope, rows)]
        with_instructors = ColumnKey.INSTRUCTOR in columns and ColumnKey.INSTRUCTOR in allowed
        facts = row_facts(session, ids, with_instructors=with_instructors)
    if ColumnKey.MANAGER in allowed:
        return facts
    return {id_: one._replace(manager=None) for id_, one in facts.items()}
