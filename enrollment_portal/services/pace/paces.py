"""Keep the stored paces up to date: each midnight, and after a change of their settings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

from enrollment_portal.domain.pace.pace import PaceDay
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.storage.pace import paces as stored
from enrollment_portal.storage.shared.advisory_locks import exclusive_work
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import read_organization

logger = logging.getLogger(__name__)

PACE_LOCK = 7_230_119
"""The advisory lock for refreshing the paces."""
_READ_AT_ONCE = 1_000
_WRITTEN_AT_ONCE = 250
"""How many enrollments one transaction writes: meanwhile, SQLite keeps saves waiting."""
_ATTEMPTS = 3


def refresh_paces(database: Database, now: int | None = None) -> int | None:
    """Store the paces of today, where they differ from those stored.

    After midnight only those can differ that are not 0; after a change of the setting, all. Each
    chunk is a transaction of its own. If the process dies in between, the next call starts again.

    Args:
        database: where the enrollments are.
        now: the time in ms; the current one by default.

    Returns:
        How many were changed; `None` if they were of today already.
    """
    now = now_ms() if now is None else now
    if _due(database, now) is None:
        return None
    with exclusive_work(database, PACE_LOCK):
        due = _due(database, now)  # another process may have done it meanwhile
        if due is None:
            return None
        day, is_everything = due
        n_changed = 0
        left: set[int] = set()
        chunks = _all_chunks(database) if is_everything else _kept_chunks(database)
        for ids in _outdated(database, chunks, day):
            n, locked = _refresh(database, ids, day)
            n_changed += n
            left |= locked
        for _ in range(_ATTEMPTS):
            if left:
                n, left = _refresh(database, sorted(left), day)
                n_changed += n
        with database.write() as session:
            stored.store_pace_day(session, day)
    return n_changed


async def keep_paces_current(database: Database, every: float = 10.0) -> None:
    """Refresh the paces on each new day and after a change of the settings, until cancelled.

    An error is logged, and it goes on.

    Args:
        database: prepared; see `runtime.prepare`.
        every: how many seconds to wait before it looks again.
    """
    while True:
        try:
            await asyncio.to_thread(refresh_paces, database)
        except Exception:
            logger.exception("The paces could not be refreshed; it is tried again.")
        await asyncio.sleep(every)


def _due(database: Database, now: int) -> tuple[PaceDay, bool] | None:
    """Return the day to compute paces for, and whether all of them; `None` if nothing is due."""
    with database.read() as session:
        organization, day = read_organization(session), stored.pace_day(session, now)
    if organization is None or organization.pace_day == day.today:
        return None
    # After a clock was set back, paces may have been computed for a later day.
    before = organization.pace_day
    return day, before is None or before > day.today


def _outdated(
    database: Database, chunks: Iterator[Sequence[int]], day: PaceDay
) -> Iterator[Sequence[int]]:
    """Yield chunks of those enrollments alone whose pace must be stored, found by reading."""
    found: list[int] = []
    for ids in chunks:
        with database.read() as session:
            found += stored.outdated_ids(session, ids, day)
        while len(found) >= _WRITTEN_AT_ONCE:
            yield found[:_WRITTEN_AT_ONCE]
            del found[:_WRITTEN_AT_ONCE]
    if found:
        yield found


def _refresh(database: Database, ids: Sequence[int], day: PaceDay) -> tuple[int, set[int]]:
    with database.write() as session:
        return stored.refresh_some(session, ids, day)


def _all_chunks(database: Database) -> Iterator[Sequence[int]]:
    after = 0
    while True:
        with database.read() as session:
            ids = stored.some_ids(session, after, _READ_AT_ONCE)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _kept_chunks(database: Database) -> Iterator[Sequence[int]]:
    with database.read() as session:
        ids = sorted(stored.kept_ids(session))
    for start in range(0, len(ids), _READ_AT_ONCE):
        yield ids[start : start + _READ_AT_ONCE]
