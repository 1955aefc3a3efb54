"""A course has a version of its lessons, a path of its courses, beside that of its settings."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Bring the schema here; every list is at its first version."""
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute("ALTER TABLE course ADD COLUMN list_version INTEGER NOT NULL DEFAULT 1")
