"""Lessons have a version, by which somebody else's change of one is found out."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the schema here; every lesson is at its first version."""
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute("ALTER TABLE lesson ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
