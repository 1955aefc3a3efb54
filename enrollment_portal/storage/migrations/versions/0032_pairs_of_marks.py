"""Enrollments have an index for each pair of marks that the ledger is filtered by."""

import itertools

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_MARKED = ("status", "enrolled_at", "id", "course_id", "learner_id")
_MARKS = {
    "by_hand": "override_seq IS NOT NULL",
    "retake": "run > 1",
    "feedback": "feedback <> ''",
    "note": "internal_note <> ''",
}


def upgrade() -> None:
    """Bring the schema here; few enrollments have two marks, so the indexes are small."""
    for one, other in itertools.combinations(_MARKS, 2):
        where = sa.text(f"{_MARKS[one]} AND {_MARKS[other]}")
        name = f"ix_enrollment_{one}_{other}"
        op.create_index(name, "enrollment", [*_MARKED], sqlite_where=where, postgresql_where=where)
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    # SQLite prefers indexes without statistics to those that have some.
    named = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"
    if connection.execute(sa.text(named)).first() is None:
        return
    has_any = "SELECT 1 FROM sqlite_stat1 WHERE tbl = 'enrollment' LIMIT 1"
    if connection.execute(sa.text(has_any)).first():
        op.execute("ANALYZE enrollment")
