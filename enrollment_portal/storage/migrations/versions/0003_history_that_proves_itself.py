"""History that proves itself: each row's hash, seals over all rows, and nothing altered after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from enrollment_portal.storage.history.history import event_hash

revision = "0003"
down_revision = "0002"

_GROWS_ONLY = ("enrollment_event", "history_seal", "admin_event")
_REFUSAL = "History is only ever added to."
_CHUNK = 20_000

_NEXT_ROWS = sa.text(
    "SELECT seq, enrollment_id, version, at, actor_id, actor_name, source, kind, changes, reason,"
    " batch, save_key, undoes FROM enrollment_event"
    " WHERE (enrollment_id, seq) > (:enrollment, :seq)"
    " ORDER BY enrollment_id, seq LIMIT :limit"
)


def upgrade() -> None:
    """Bring the schema here."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    big, blob = ("INTEGER", "BLOB") if is_sqlite else ("BIGINT", "BYTEA")
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    empty = "x''" if is_sqlite else "''"
    op.execute(f"ALTER TABLE enrollment_event ADD COLUMN hash {blob} NOT NULL DEFAULT {empty}")
    op.execute("ALTER TABLE enrollment_event ADD COLUMN save_key TEXT")
    op.execute(f"ALTER TABLE enrollment_event ADD COLUMN undoes {big}")
    _chain_all(connection)
    op.execute(
        "CREATE UNIQUE INDEX ix_event_save_key ON enrollment_event (save_key)"
        " WHERE save_key IS NOT NULL"
    )
    op.create_table(
        "history_seal",
        *(
            sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
            for name in ("id", "at", "first_seq", "until_seq", "n")
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    for statement in _sqlite_triggers() if is_sqlite else _postgresql_triggers():
        op.execute(statement)


def _chain_all(connection: sa.Connection) -> None:
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        for hashes in _hashes(connection):
            raw.executemany("UPDATE enrollment_event SET hash = ? WHERE seq = ?", hashes)
        return
    op.execute("CREATE TEMPORARY TABLE proof (hash BYTEA, seq BIGINT) ON COMMIT DROP")
    with raw.cursor() as cursor:
        for hashes in _hashes(connection):
            with cursor.copy("COPY proof (hash, seq) FROM STDIN") as copy:
                for row in hashes:
                    copy.write_row(row)
    op.execute("ANALYZE proof")
    # Every row gets a new version of itself: an index that followed each of them would cost more.
    op.execute("DROP INDEX ix_event_enrollment")
    op.execute("UPDATE enrollment_event v SET hash = p.hash FROM proof p WHERE p.seq = v.seq")
    op.execute("CREATE INDEX ix_event_enrollment ON enrollment_event (enrollment_id, seq)")


def _hashes(connection: sa.Connection) -> Iterator[list[tuple[bytes, int]]]:
    """Yield the hashes of all rows, some thousand at a time, enrollment by enrollment."""
    enrollment, seq, previous = 0, 0, b""
    while True:
        place = {"enrollment": enrollment, "seq": seq, "limit": _CHUNK}
        rows = connection.execute(_NEXT_ROWS, place).all()
        if not rows:
            return
        found: list[tuple[bytes, int]] = []
        for row in rows:
            if row[1] != enrollment:
                enrollment, previous = row[1], b""
            seq = row[0]
            previous = event_hash(previous, row[1:])
            found.append((previous, seq))
        yield found


def _sqlite_triggers() -> Iterator[str]:
    for table in _GROWS_ONLY:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )


def _postgresql_triggers() -> Iterator[str]:
    yield (
        "CREATE FUNCTION refuse_to_alter_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )
    for table in _GROWS_ONLY:
        yield (
            f"CREATE TRIGGER {table}_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_history()"
        )
