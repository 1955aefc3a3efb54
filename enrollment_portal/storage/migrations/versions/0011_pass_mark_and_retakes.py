"""Courses have a pass mark, and say whether they may be taken again."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the schema here; every course gets the pass mark of 50 %, and is taken once."""
    small = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "SMALLINT"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(
        "ALTER TABLE course ADD COLUMN pass_percent INTEGER NOT NULL DEFAULT 50"
        " CONSTRAINT course_pass_percent CHECK (pass_percent BETWEEN 0 AND 100)"
    )
    op.execute(f"ALTER TABLE course ADD COLUMN may_be_retaken {small} NOT NULL DEFAULT 0")
