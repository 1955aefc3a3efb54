"""Read the enrollments before and after one in a ledger's order, now or on a past day.

They are found from the enrollment's key in the order, as a page of the ledger is: no rows are
counted, and an enrollment that is no longer in the ledger's tab still has a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey, Tab
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.ledger.index_ranges import EXTRA
from enrollment_portal.storage.ledger.keyset import key_of
from enrollment_portal.storage.ledger.page import LedgerRow, as_shown, open_rows
from enrollment_portal.storage.ledger.past import statements as past_statements
from enrollment_portal.storage.ledger.past.page import open_past
from enrollment_portal.storage.ledger.reader import LedgerReader


@dataclass(frozen=True)
class Neighbours:
    """The rows before and after an enrollment in a ledger, `None` if there is none."""

    previous: LedgerRow | None = None
    next: LedgerRow | None = None
    then: LedgerRow | None = None
    """The enrollment itself as of the ledger's past day."""


def read_neighbours(
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    enrollment_id: int,
    *,
    moment: int | None = None,
) -> Neighbours:
    """Return the rows before and after an enrollment in the order of a query.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: filter and sort; its place is ignored.
        enrollment_id: of a row within the scope.
        moment: the last moment of a past day, in ms since 1970; `None` for now.
    """
    engine = engine_of(session)
    sql = past_statements.by_ids(engine)
    if moment is None:
        sql = statements.by_ids(engine, EXTRA.get(query.sort, ""))
    values: dict[str, Any] = {"ids": engine.list_parameter([enrollment_id])}
    if moment is not None:
        values["moment"] = moment
    found = fetch(session, sql, values)
    if not found:
        return Neighbours()
    row = found[0]
    shown = as_shown([row])[0]
    query = _in_its_tab(query, shown)
    reader = (
        open_rows(session, scope, query)
        if moment is None
        else open_past(session, scope, query, moment)[0]
    )
    then = None if moment is None else shown
    if reader is None:
        return Neighbours(then=then)
    return Neighbours(
        _nearest(reader, query, row, backwards=True),
        _nearest(reader, query, row, backwards=False),
        then,
    )


def _in_its_tab(query: LedgerQuery, row: LedgerRow) -> LedgerQuery:
    """Return a query that has a place for a row whose status is no longer in the tab.

    Within one status, that is the order with the newest first.
    """
    is_one_status = query.tab is not Tab.ALL and query.sort is SortKey.STATUS
    if is_one_status and Status(row.status) not in query.tab.statuses:
        return replace(query, sort=SortKey.ENROLLED, descending=True)
    return query


def _nearest(
    reader: LedgerReader, query: LedgerQuery, row: Sequence[Any], *, backwards: bool
) -> LedgerRow | None:
    key = reader.complete_key(key_of(query.sort, row))
    rows = reader.read(key, 1, backwards=backwards) if key is not None else []
    return as_shown(rows)[0] if rows else None
