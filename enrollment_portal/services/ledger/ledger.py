"""Read the ledger within the scope of one person."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    Scope,
    ledger_columns,
    ledger_filters,
    ledger_scope,
)
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, PAGE_SIZE, Kind, LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_of, day_start, now_ms, zone
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.enrollment.runs import run_numbers
from enrollment_portal.storage.history import changes
from enrollment_portal.storage.ledger import LedgerPage, LedgerRow, past
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.scopes import (
    rows_within,
    scope_contains_course,
    scope_contains_learner,
)

Counts = dict[Status, int]

_SETTLED_AFTER = 600_000
"""How long after the end of a day its rows can still change, in ms."""
_KNOWN_DAYS = 1_000
_known: MutableMapping[Database, dict[tuple[int, Kind], Counts]] = WeakKeyDictionary()
"""Cached counts of the whole ledger on past days, which never change."""


def as_seen_by(actor: Actor, query: LedgerQuery) -> LedgerQuery:
    """Return a query without filters and sorts that the actor's ledger does not have.

    An instructor's ledger has only courses, as nobody teaches a path. With one course or path the
    kind is its own. The filters are those of `ledger_filters`, and on a past day those that are
    known of it.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    allowed = ledger_filters(actor)
    if not ledger_scope(actor).has_all_courses or query.course is not None:
        query = replace(query, kind=Kind.COURSES)
    removed = [name for name in query.filters.names if name not in allowed]
    filters = query.filters.without(*removed) if removed else query.filters
    if query.as_of is not None:
        filters = filters.of_past_day()
    asks = query.only_requests and OPEN_REQUEST in allowed and query.as_of is None
    query = replace(query, only_requests=asks, filters=filters)
    columns = ledger_columns(actor)
    return query.in_columns(columns if query.as_of is None else STANDARD_COLUMNS)


def in_time(database: Database, query: LedgerQuery) -> LedgerQuery:
    """Return a query whose past day has ended; any other day means now."""
    if query.as_of is not None and query.as_of >= organization_of(database).today():
        return replace(query, as_of=None)
    return query


def at_today(database: Database, query: LedgerQuery) -> LedgerQuery:
    """Return a query whose filters are relative to the organization's today, or its past day.

    Only just before reading: tomorrow, the same filters have other rows.
    """
    return replace(query, clock=clock_of(database, query.as_of)) if query.filters else query


def clock_of(database: Database, as_of: int | None = None) -> Clock:
    """Return the organization's today, or the clock of a past day."""
    facts = organization_of(database)
    today = facts.today() if as_of is None else as_of
    return Clock(today, facts.zone, facts.pace_day().stuck_before)


def days_to_choose(database: Database, actor: Actor) -> tuple[int | None, int]:
    """Return the first and last past day of the ledger; the last one is yesterday.

    Only those who see all enrollments may know the date of the first one; `None` for others, and
    if there are no enrollments.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    facts = organization_of(database)
    yesterday = facts.today() - 1
    if not ledger_scope(actor).is_everything:
        return None, yesterday
    with database.read() as session:
        first_at = past.first_moment(session)
    if first_at is None:
        return None, yesterday
    return min(day_of(first_at, zone(facts.time_zone)), yesterday), yesterday


def read_ledger(
    database: Database,
    actor: Actor,
    query: LedgerQuery,
    page_size: int = PAGE_SIZE,
    *,
    counts_later: bool = False,
) -> LedgerPage:
    """Return one page of the actor's ledger with the counts of all tabs, read at one moment.

    A past day is shown as of its last moment in the organization's zone; names, titles and the
    actor's scope are today's.

    Args:
        database: where the ledger is.
        actor: whose ledger it is.
        query: what to read.
        page_size: how many rows a page has.
        counts_later: whether the page may come uncounted (`is_counted`) if counting takes long;
            then `count_rows` counts.

    Raises:
        NotAllowed: the actor has no ledger.
        NotFound: the course or learner that it is filtered by does not exist for the actor.
    """
    scope, query = ledger_scope(actor), as_seen_by(actor, in_time(database, query))
    query = at_today(database, query)
    zone_name = organization_of(database).time_zone
    with database.read() as session:
        check_filter(session, scope, query)
        if query.as_of is not None:
            moment = last_moment(query.as_of, zone_name)
            page = _read_past(database, session, scope, query, moment, page_size)
            return replace(page, known=-1, runs=_runs(session, page.rows))
        newest = changes.newest(session)
        page = stored.read_ledger(session, scope, query, page_size, counts_later=counts_later)
        return replace(page, known=newest, runs=_runs(session, page.rows))


def _runs(session: Session, rows: Sequence[LedgerRow]) -> dict[int, int]:
    return run_numbers(session, [row.id for row in rows])


def check_filter(session: Session, scope: Scope, query: LedgerQuery) -> None:
    """Check that a scope contains the course and the learner that a query is filtered by.

    Raises:
        NotFound: one of them does not exist for the scope.
    """
    if query.course is not None and not scope_contains_course(session, scope, query.course):
        raise NotFound
    if query.learner is not None and not scope_contains_learner(session, scope, query.learner):
        raise NotFound


def last_moment(day: int, zone_name: str) -> int:
    """Return the last millisecond of a day in a zone."""
    return day_start(day + 1, zone(zone_name)) - 1


def read_rows(
    database: Database, actor: Actor, query: LedgerQuery, ids: Sequence[int]
) -> LedgerPage:
    """Return rows of the actor's ledger by their ids, in no order, with the counts of a query.

    Rows that the actor may not see any more are left out.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope, query = ledger_scope(actor), at_today(database, as_seen_by(actor, query))
    with database.read() as session:
        newest = changes.newest(session)
        rows = rows_within(session, scope, stored.read_rows(session, ids))
        counts = stored.count_ledger(session, scope, query)
        runs = _runs(session, rows)
    return LedgerPage(query.tab, tuple(rows), counts, 0, None, None, known=newest, runs=runs)


def count_ledger(
    database: Database, scope: Scope, query: LedgerQuery
) -> tuple[dict[Status, int], int]:
    """Count the rows of a query within a scope in each status, once for all who share both.

    Returns:
        The counts, and the newest row of history at that moment.
    """
    query = at_today(database, query)
    with database.read() as session:
        newest = changes.newest(session)
        return stored.count_ledger(session, scope, query), newest


def count_rows(database: Database, actor: Actor, query: LedgerQuery) -> Counts:
    """Return how many rows a query has in the actor's ledger in each status, whatever its tab.

    Raises:
        NotAllowed: the actor has no ledger.
        NotFound: the course or learner that it is filtered by does not exist for the actor.
    """
    if query.as_of is not None:
        return read_ledger(database, actor, query).counts
    scope, query = ledger_scope(actor), at_today(database, as_seen_by(actor, query))
    with database.read() as session:
        check_filter(session, scope, query)
        return stored.count_ledger(session, scope, query)


def passing(database: Database, scope: Scope, query: LedgerQuery, ids: Sequence[int]) -> set[int]:
    """Return which of some enrollments a query has within a scope, whatever its tab."""
    query = at_today(database, query)
    with database.read() as session:
        return stored.passing(session, scope, query, ids)


def _read_past(
    database: Database,
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    moment: int,
    page_size: int,
) -> LedgerPage:
    is_filtered = (
        query.search or query.filters or query.course is not None or query.learner is not None
    )
    is_whole = scope.is_everything and not is_filtered
    days, key = _known.setdefault(database, {}), (moment, query.kind)
    counts = days.get(key) if is_whole else None
    page = past.read_past(session, scope, query, moment, page_size, counts=counts)
    if is_whole and now_ms() - moment > _SETTLED_AFTER:
        if len(days) >= _KNOWN_DAYS:
            days.clear()
        days[key] = page.counts
    return page
