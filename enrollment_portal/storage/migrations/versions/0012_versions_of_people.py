"""People and accounts have versions, by which a form finds out that others were faster."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the schema here; everybody is at their first version."""
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    for table in ("learner", "account"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
