"""An enrollment may have one of its course's instructors as its own."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_INDEX = ("course_id", "instructor_id", "status", "enrolled_at", "id")


def upgrade() -> None:
    """Bring the schema here; no enrollment has an instructor of its own yet."""
    integer = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE enrollment ADD COLUMN instructor_id {integer} REFERENCES account (id)")
    is_assigned = sa.text("instructor_id IS NOT NULL")
    op.create_index(
        "ix_enrollment_instructor",
        "enrollment",
        [*_INDEX],
        sqlite_where=is_assigned,
        postgresql_where=is_assigned,
    )
