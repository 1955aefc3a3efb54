"""How many enrollments a view has, within a scope; cached until something changes."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.filter_bounds import bounds_of
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.services.ledger.attention import count_needs_within
from enrollment_portal.services.ledger.ledger import clock_of, count_ledger
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history import changes, record_changes
from enrollment_portal.storage.ledger.attention.view_counts import (
    count_by_hand,
    count_completed,
    count_due,
    has_tallies,
)
from enrollment_portal.storage.shared.database import Database

MOST_COUNTED = 60
"""Of how many views a person sees the counts; further ones are shown without."""
_MOST_CACHED = 5_000
_Version = tuple[int, int, int, int]
"""The round, the newest row of history, the newest change of a person or course, and the day."""
_rounds: MutableMapping[Database, int] = WeakKeyDictionary()
_cached: MutableMapping[Database, dict[tuple[Scope, LedgerQuery], tuple[_Version, int]]] = (
    WeakKeyDictionary()
)


def count_view(database: Database, scope: Scope, query: LedgerQuery) -> int | None:
    """Return how many enrollments of a scope a view shows; `None` for one of a past day.

    Requests for an extension are no rows of history, so what they filter is counted each time.
    """
    if query.as_of is not None:
        return None
    known, version = _cached.setdefault(database, {}), _version(database)
    key = (scope, query)
    before = known.get(key)
    if before and before[0] == version and not query.only_requests:
        return before[1]
    n = count_anew(database, scope, query)
    if len(known) >= _MOST_CACHED:
        known.clear()
    # What was committed while it was counted may be missing: it makes the next version differ.
    known[key] = (version, n)
    return n


def start_round(database: Database) -> None:
    """Count every view again: something was committed, perhaps before what is the newest row."""
    _rounds[database] = _rounds.get(database, 0) + 1


def count_anew(database: Database, scope: Scope, query: LedgerQuery) -> int:
    """Count a view: from tallies, if it is one that they answer."""
    plain = LedgerQuery()
    shown = replace(query, sort=plain.sort, descending=plain.descending)
    for need in Need:
        if shown == need.query(query.kind):
            return count_needs_within(database, scope)[query.kind][need]
    if (n := _tallied(database, scope, shown)) is not None:
        return n
    counts, _newest = count_ledger(database, scope, query)
    return sum(counts[status] for status in query.tab.statuses)


def _tallied(database: Database, scope: Scope, shown: LedgerQuery) -> int | None:
    """Count by the only filter of a query; `None` if there are no tallies of it."""
    filters, kind, tab = shown.filters, shown.kind, shown.tab
    if not has_tallies(scope) or shown != LedgerQuery(kind=kind, tab=tab, filters=filters):
        return None
    clock = clock_of(database)
    bounds = bounds_of(filters, clock)
    with database.read() as session:
        if tab is Tab.ACTIVE and filters == Filters(deadline=filters.deadline):
            return count_due(session, scope, kind, bounds.deadline) if filters else None
        if tab in (Tab.ALL, Tab.COMPLETED) and filters == Filters(completed=filters.completed):
            return count_completed(session, scope, kind, bounds.completed) if filters else None
        if tab is Tab.ALL and filters == Filters(flags=(Flag.BY_HAND,)):
            return count_by_hand(session, scope, kind)
    return None


def _version(database: Database) -> _Version:
    number = _rounds.get(database, 0)
    with database.read() as session:
        newest = changes.newest(session)
        newest_record = record_changes.newest(session)
    return number, newest, newest_record, organization_of(database).today()
