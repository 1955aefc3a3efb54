"""Learning paths tell since when they hold a course; of those they hold already nobody knows."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Bring the schema here."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE path_step ADD COLUMN added_at {kind}")
