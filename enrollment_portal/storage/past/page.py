"""One page of the ledger as it stood at a past moment."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE, LedgerQuery
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.storage.ledger.candidates import Narrowed, narrow
from enrollment_portal.storage.ledger.counts import Counts as CountsOfNow
from enrollment_portal.storage.ledger.counts import count
from enrollment_portal.storage.ledger.engines import Engine, engine_of, fetch
from enrollment_portal.storage.ledger.page import LedgerPage, no_rows, page_at
from enrollment_portal.storage.past import statements
from enrollment_portal.storage.past.extents import Extent, extent_of
from enrollment_portal.storage.past.learners import with_learners_marked, without_vain_search
from enrollment_portal.storage.past.rows import PastReader
from enrollment_portal.storage.shared.tables import EnrollmentSpan, table_of

Counts = dict[Status, int]

_FIRST = select(func.min(table_of(EnrollmentSpan).c.enrolled_at))


def first_moment(session: Session) -> int | None:
    """Return when the first enrollment of all began, in ms; `None` without any."""
    return session.exec(_FIRST).first()


def read_past(
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    moment: int,
    page_size: int = PAGE_SIZE,
    *,
    counts: Counts | None = None,
) -> LedgerPage:
    """Return one page of what a scope held at a moment, with exact counts.

    Names, titles, and what belongs to the scope are those of now.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: what of it; `asks` is left out, as requests are of now.
        moment: in ms since 1970.
        page_size: how many rows a page has.
        counts: how many rows there are in each status, where they are known already.
    """
    reader, counts = open_past(session, scope, query, moment, counts=counts)
    if reader is None:
        return no_rows(query, counts)
    return page_at(reader, query, counts, page_size)


def open_past(
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    moment: int,
    *,
    counts: Counts | None = None,
) -> tuple[PastReader | None, Counts]:
    """Return what reads a query's rows, `None` where its tab had none, and the exact counts.

    The arguments are those of `read_past`.
    """
    terms = search_terms(query.search)
    if terms is None:
        return None, dict.fromkeys(Status, 0)
    engine = engine_of(session)
    if statement := engine.before_past():
        fetch(session, statement, {})
    narrowed = narrow(engine, scope, replace(query, asks=False), terms)
    narrowed = Narrowed(narrowed.shape, {**narrowed.parameters, "moment": moment})
    narrowed = without_vain_search(session, engine, narrowed)
    now = count(session, engine, narrowed)
    extent = extent_of(session, engine, now, moment)
    if extent.is_wide:
        narrowed = with_learners_marked(session, engine, narrowed)
    if counts is None:
        counts = _count(session, engine, narrowed, now, extent)
    if not any(counts[status] for status in query.tab.statuses):
        return None, counts
    return PastReader(session, engine, query, narrowed, extent, counts), counts


def _count(
    session: Session, engine: Engine, narrowed: Narrowed, now: CountsOfNow, extent: Extent
) -> Counts:
    """Count what a narrowing held: from its side, or from the counts of now and the changes since.

    The changes are fewer than what held unless it was long ago.
    """
    shape = narrowed.shape

    def ask(statement: str) -> list[int]:
        return [int(n) for n in fetch(session, statement, narrowed.parameters)[0]]

    if not (extent.is_wide and extent.is_recent):
        return dict(zip(Status, ask(statements.counts(engine, shape, extent.side)), strict=True))
    ended, begun = (
        ask(statements.ended_since(engine, shape)),
        ask(statements.begun_since(engine, shape)),
    )
    return {status: now.by_status[status] + ended[i] - begun[i] for i, status in enumerate(Status)}
