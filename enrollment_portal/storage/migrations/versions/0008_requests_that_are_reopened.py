"""Requests for a later deadline are withdrawn, closed, granted until another day, and reopened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_STATES = "state IN ('open', 'granted', 'declined', 'withdrawn', 'closed')"
_KEPT = (
    "id, enrollment_id, wanted_day, reason, state, asked_at, decided_at, decided_by, answer,"
    " is_seen"
)
# SQLite changes no constraint of a table that is there: it is written anew. It has no triggers,
# and no other table names it.
_SQLITE = (
    f"""CREATE TABLE extension_request_new (
        id INTEGER NOT NULL PRIMARY KEY,
        enrollment_id INTEGER NOT NULL REFERENCES enrollment (id),
        wanted_day INTEGER NOT NULL,
        reason TEXT NOT NULL,
        state TEXT NOT NULL,
        asked_at INTEGER NOT NULL,
        decided_at INTEGER,
        decided_by TEXT NOT NULL,
        answer TEXT NOT NULL,
        is_seen INTEGER NOT NULL,
        granted_day INTEGER,
        event_seq INTEGER,
        CONSTRAINT extension_state CHECK ({_STATES})
    ) STRICT""",
    f"INSERT INTO extension_request_new ({_KEPT}) SELECT {_KEPT} FROM extension_request",
    "DROP TABLE extension_request",
    "ALTER TABLE extension_request_new RENAME TO extension_request",
    "CREATE INDEX ix_extension_enrollment ON extension_request (enrollment_id, id)",
    "CREATE UNIQUE INDEX ix_extension_one_open ON extension_request (enrollment_id)"
    " WHERE state = 'open'",
)
_POSTGRESQL = (
    "ALTER TABLE extension_request DROP CONSTRAINT extension_state",
    f"ALTER TABLE extension_request ADD CONSTRAINT extension_state CHECK ({_STATES})",
    "ALTER TABLE extension_request ADD COLUMN granted_day INTEGER",
    "ALTER TABLE extension_request ADD COLUMN event_seq BIGINT",
)


def upgrade() -> None:
    """Bring the schema here; requests stay as they are."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(sa.text(statement))
