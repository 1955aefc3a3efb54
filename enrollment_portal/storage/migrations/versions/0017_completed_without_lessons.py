"""In a course without lessons, completed reads 100 % and active 0 %, now and on past days."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from alembic import op

from enrollment_portal.storage.history.history import event_hash

revision = "0017"
down_revision = "0016"

_WITHOUT_LESSONS = "SELECT id FROM course WHERE kind = 'course' AND n_lessons = 0"
_WRONG = f"""SELECT e.id, e.version, e.updated_at, e.status, e.progress,
        (SELECT v.hash FROM enrollment_event v WHERE v.enrollment_id = e.id
            ORDER BY v.seq DESC LIMIT 1) AS hash
    FROM enrollment e WHERE e.course_id IN ({_WITHOUT_LESSONS})
        AND (e.status = 1 AND e.progress < 100 OR e.status = 0 AND e.progress > 0)
    ORDER BY e.id"""
_COLUMNS = (
    *("enrollment_id", "version", "at", "actor_id", "actor_name", "source", "kind", "changes"),
    *("reason", "batch", "save_key", "undoes"),
)
_RECORD = (
    f"INSERT INTO enrollment_event ({', '.join(_COLUMNS)}, hash)"
    f" VALUES ({', '.join(f':{name}' for name in _COLUMNS)}, :hash)"
)
_MOVE = """UPDATE enrollment SET progress = :progress, version = :version, updated_at = :at
    WHERE id = :enrollment_id"""
# What completed it had moved the status alone, so that no span says more.
_PAST = f"""UPDATE enrollment_span SET progress = 100
    WHERE status = 1 AND progress < 100 AND course_id IN ({_WITHOUT_LESSONS})"""
_REASON = "Without lessons, completed counts as 100 % and active as 0 %"


def upgrade() -> None:
    """Bring stored values there, each with its row of history."""
    connection, now = op.get_bind(), time.time_ns() // 1_000_000
    rows = [_changed(row, now) for row in connection.execute(sa.text(_WRONG))]
    if rows:
        connection.execute(sa.text(_RECORD), rows)
        connection.execute(sa.text(_MOVE), rows)
    op.execute(_PAST)


def _changed(row: Any, now: int) -> dict[str, Any]:
    """Return the values of an enrollment's row of history, with its progress from now on."""
    progress = 100 if row.status == 1 else 0
    changes = f'{{"progress":[{row.progress},{progress}]}}'
    at = max(now, row.updated_at)
    event = (row.id, row.version + 1, at, None, "", "tracking", "changed", changes, _REASON)
    event = (*event, None, None, None)
    hashed = event_hash(row.hash or b"", event)
    return {**dict(zip(_COLUMNS, event, strict=True)), "hash": hashed, "progress": progress}
