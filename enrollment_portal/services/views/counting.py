"""How many enrollments a view has, within a scope; cached until something changes."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.services.ledger.attention import count_needs_within
from enrollment_portal.services.ledger.ledger import count_ledger
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history import changes, record_changes
from enrollment_portal.storage.shared.database import Database

MOST_COUNTED = 60
"""Of how many views a person sees the counts; further ones are shown without."""
_MOST_CACHED = 5_000
_Version = tuple[int, int, int]
"""The newest row of history, the newest change of a person, course or group, and the day."""
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
    n = _count(database, scope, query)
    if len(known) >= _MOST_CACHED:
        known.clear()
    # What was committed while it was counted may be missing: it makes the next version differ.
    known[key] = (version, n)
    return n


def _count(database: Database, scope: Scope, query: LedgerQuery) -> int:
    """Count a view; what needs attention has tallies."""
    plain = LedgerQuery()
    any_order = replace(query, sort=plain.sort, descending=plain.descending)
    for need in Need:
        if any_order == need.query(query.kind):
            return count_needs_within(database, scope)[query.kind][need]
    counts, _newest = count_ledger(database, scope, query)
    return sum(counts[status] for status in query.tab.statuses)


def _version(database: Database) -> _Version:
    with database.read() as session:
        newest = changes.newest(session)
        newest_record = record_changes.newest(session)
    return newest, newest_record, organization_of(database).today()
