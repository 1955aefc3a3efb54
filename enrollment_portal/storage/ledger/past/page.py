"""Assemble one page of the ledger as of a past moment."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE, LedgerQuery
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.storage.ledger.counts import Counts as CountsOfNow
from enrollment_portal.storage.ledger.counts import count
from enrollment_portal.storage.ledger.engines import Engine, engine_of, fetch
from enrollment_portal.storage.ledger.filtering.assigned import has_assigned
from enrollment_portal.storage.ledger.filtering.rows import FilteredLedgerReader
from enrollment_portal.storage.ledger.filtering.titles import with_titles
from enrollment_portal.storage.ledger.filters import BoundFilter, bind_filter
from enrollment_portal.storage.ledger.page import LedgerPage, no_rows, page_at
from enrollment_portal.storage.ledger.past import statements
from enrollment_portal.storage.ledger.past.access_path import AccessPath, choose_access_path
from enrollment_portal.storage.ledger.past.learners import (
    with_learner_bitmap,
    without_matching_all_search,
)
from enrollment_portal.storage.ledger.past.rows import PastLedgerReader
from enrollment_portal.storage.shared.tables import EnrollmentSpan, table_of

Counts = dict[Status, int]

_FIRST = select(func.min(table_of(EnrollmentSpan).c.enrolled_at))


def first_moment(session: Session) -> int | None:
    """Return when the oldest enrollment was created, in ms; `None` without any."""
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
    """Return one page of a query within a scope as of a moment, with exact counts.

    Names, titles, and who and what belongs to the scope are those of today.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: filter, sort and place; `only_requests` is ignored, as open requests are only
            known for today.
        moment: in ms since 1970.
        page_size: how many rows a page has.
        counts: how many rows there are in each status, if known already.
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
) -> tuple[PastLedgerReader | None, Counts]:
    """Return a reader of a query's rows, `None` if its tab had none, and the exact counts.

    The arguments are those of `read_past`.
    """
    terms = search_terms(query.search)
    if terms is None:
        return None, dict.fromkeys(Status, 0)
    engine = engine_of(session)
    if statement := engine.before_past():
        fetch(session, statement, {})
    without_requests, is_assigned = (
        replace(query, only_requests=False),
        has_assigned(session, engine, query),
    )
    ledger_filter = bind_filter(engine, scope, without_requests, terms, has_assigned=is_assigned)
    ledger_filter = with_titles(session, engine, query, terms, ledger_filter)
    if not ledger_filter.statuses:
        return None, dict.fromkeys(Status, 0)
    ledger_filter = replace(
        ledger_filter, parameters={**ledger_filter.parameters, "moment": moment}
    )
    ledger_filter = without_matching_all_search(session, engine, ledger_filter)
    # The filters of the query are only conditions: no index of intervals finds their rows.
    shape = replace(ledger_filter.shape, added=())
    now = count(session, engine, replace(ledger_filter, shape=shape))
    access_path = choose_access_path(session, engine, now, moment)
    is_filtered = query.filters or ledger_filter.shape.added
    if is_filtered and access_path.reads_all_intervals and access_path.is_recent:
        reader = FilteredLedgerReader(session, engine, query, ledger_filter)
        now = replace(now, by_status=reader.count())
    ledger_filter = _of_intervals(ledger_filter)
    if access_path.reads_all_intervals:
        ledger_filter = with_learner_bitmap(session, engine, ledger_filter)
    if counts is None:
        counted = _count(session, engine, ledger_filter, now, access_path)
        counts = {
            status: n if status in ledger_filter.statuses else 0 for status, n in counted.items()
        }
    if not any(counts[status] for status in query.tab.statuses):
        return None, counts
    return PastLedgerReader(session, engine, query, ledger_filter, access_path, counts), counts


def _of_intervals(ledger_filter: BoundFilter) -> BoundFilter:
    """Return a filter with its conditions on intervals, instead of those on enrollments."""
    shape = ledger_filter.shape
    added = tuple(replace(one, sql=one.of_past or one.sql) for one in shape.added)
    return replace(ledger_filter, shape=replace(shape, added=added))


def _count(
    session: Session,
    engine: Engine,
    ledger_filter: BoundFilter,
    now: CountsOfNow,
    access_path: AccessPath,
) -> Counts:
    """Count the rows of a filter: from its driving table, or from today's counts and what changed.

    For a recent day, fewer rows have changed since than there are to count.
    """
    shape = ledger_filter.shape

    def ask(statement: str) -> list[int]:
        return [int(n) for n in fetch(session, statement, ledger_filter.parameters)[0]]

    if not (access_path.reads_all_intervals and access_path.is_recent):
        return dict(
            zip(
                Status,
                ask(statements.counts(engine, shape, access_path.driving_table)),
                strict=True,
            )
        )
    ended, started = (
        ask(statements.ended_since(engine, shape)),
        ask(statements.started_since(engine, shape)),
    )
    return {
        status: now.by_status[status] + ended[i] - started[i] for i, status in enumerate(Status)
    }
