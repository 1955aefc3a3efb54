"""Write checkpoints: every few seconds, chain the new rows of history to the last checkpoint."""

from __future__ import annotations

import asyncio
import logging

from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.storage.history import checkpoints
from enrollment_portal.storage.history.checkpoints import CHECKPOINT_LOCK, Checkpoint
from enrollment_portal.storage.history.watermark import Watermark
from enrollment_portal.storage.shared.advisory_locks import take_advisory_lock
from enrollment_portal.storage.shared.database import Database

logger = logging.getLogger(__name__)


def write_checkpoint(database: Database, watermark: Watermark | None = None) -> Checkpoint | None:
    """Write one checkpoint over new rows of history, 10,000 at most.

    Safe in several processes: an advisory lock lets one work at a time. Only rows before which no
    other row can still be committed are included.

    Args:
        database: where history is stored.
        watermark: what the caller has seen so far; while others are writing, two calls are needed
            to know which rows are settled.

    Returns:
        The new checkpoint; `None` if there are no new settled rows.
    """
    with database.read() as session:
        if not checkpoints.needs_checkpoint(session):
            return None
    with database.write() as session:
        take_advisory_lock(session, CHECKPOINT_LOCK)
        settled = (watermark or Watermark()).advance(session)
        return checkpoints.add_checkpoint(session, settled, now_ms())


def write_all_checkpoints(database: Database) -> None:
    """Write checkpoints over all settled rows of history."""
    watermark = Watermark()
    while write_checkpoint(database, watermark):
        pass


async def keep_writing_checkpoints(database: Database, every: float = 2.0) -> None:
    """Write checkpoints every few seconds, until cancelled.

    An error is logged, and it goes on.

    Args:
        database: prepared; see `runtime.prepare`.
        every: how many seconds to wait after nothing more was settled.
    """
    watermark = Watermark()
    while True:
        try:
            while await asyncio.to_thread(write_checkpoint, database, watermark):
                pass
        except Exception:
            logger.exception("A history checkpoint could not be written; it is tried again.")
        await asyncio.sleep(every)
