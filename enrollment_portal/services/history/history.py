"""Sealing history: what was added is chained to all that was there before, every few seconds."""

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
    """Seal history that is settled, 10,000 rows at most.

    Several processes may do so at once: one works at a time.

    Args:
        database: where history is stored.
        watermark: what the caller has seen of this database until now; where others are writing,
            nothing is settled at first sight.

    Returns:
        The new seal; `None` if nothing is left, or nothing more is settled yet.
    """
    with database.read() as session:
        if not checkpoints.needs_checkpoint(session):
            return None
    with database.write() as session:
        take_advisory_lock(session, CHECKPOINT_LOCK)
        settled = (watermark or Watermark()).advance(session)
        return checkpoints.add_checkpoint(session, settled, now_ms())


def write_all_checkpoints(database: Database) -> None:
    """Seal all history that is settled."""
    watermark = Watermark()
    while write_checkpoint(database, watermark):
        pass


async def keep_writing_checkpoints(database: Database, every: float = 2.0) -> None:
    """Seal what is added to history, until cancelled.

    An error is logged, and the next time it is tried again.

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
            logger.exception("History could not be sealed; it is tried again.")
        await asyncio.sleep(every)
