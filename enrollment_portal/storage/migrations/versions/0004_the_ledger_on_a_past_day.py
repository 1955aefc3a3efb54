"""The ledger on a past day: what each enrollment held, and from when until when."""

import sqlalchemy as sa
from alembic import op

from enrollment_portal.domain.ledger.validity_intervals import FOREVER
from enrollment_portal.storage.ledger.past.backfill import backfill_intervals
from enrollment_portal.storage.shared.database import session_on

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")

_COLUMNS = (
    "enrolled_at, enrollment_id, from_at, until_at, status, progress, deadline_day, learner_id,"
    " course_id, is_path"
)
_NEW = (
    f"{FOREVER}, new.status, new.progress, new.deadline_day, new.learner_id, new.course_id,"
    " (SELECT CAST(c.kind = 'path' AS INTEGER) FROM course c WHERE c.id = new.course_id)"
)
_CURRENT = f"enrolled_at = new.enrolled_at AND enrollment_id = new.id AND until_at = {FOREVER}"

# A change at the moment of the one before it, or before it by a clock that was set back, takes
# its place: no two spans overlap, and none is empty.
_CHANGED = f"""
        UPDATE enrollment_span SET status = new.status, progress = new.progress,
            deadline_day = new.deadline_day WHERE {_CURRENT} AND from_at >= new.updated_at;
        UPDATE enrollment_span SET until_at = new.updated_at
            WHERE {_CURRENT} AND from_at < new.updated_at;
        INSERT INTO enrollment_span ({_COLUMNS}) 
            SELECT new.enrolled_at, new.id, new.updated_at, {_NEW}
            WHERE NOT EXISTS (SELECT 1 FROM enrollment_span WHERE {_CURRENT});
"""

_SQLITE = (
    f"""CREATE TRIGGER span_insert AFTER INSERT ON enrollment BEGIN
        INSERT INTO enrollment_span ({_COLUMNS})
        VALUES (new.enrolled_at, new.id, max(new.updated_at, new.enrolled_at), {_NEW});
    END""",
    f"""CREATE TRIGGER span_update AFTER UPDATE OF status, progress, deadline_day ON enrollment
    WHEN old.status <> new.status OR old.progress <> new.progress
        OR old.deadline_day IS NOT new.deadline_day BEGIN{_CHANGED}    END""",
    """CREATE TRIGGER span_delete AFTER DELETE ON enrollment BEGIN
        DELETE FROM enrollment_span
            WHERE enrolled_at = old.enrolled_at AND enrollment_id = old.id;
    END""",
)

# Each row's own trigger writes that enrollment's spans alone: no two writers meet in them.
_POSTGRESQL = (
    f"""CREATE FUNCTION span_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO enrollment_span ({_COLUMNS})
        VALUES (new.enrolled_at, new.id,
            greatest(new.updated_at, new.enrolled_at), {_NEW});
        RETURN NULL; END $$""",
    f"""CREATE FUNCTION span_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN{_CHANGED}
        RETURN NULL; END $$""",
    """CREATE FUNCTION span_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM enrollment_span
            WHERE enrolled_at = old.enrolled_at AND enrollment_id = old.id;
        RETURN NULL; END $$""",
    """CREATE TRIGGER span_insert AFTER INSERT ON enrollment
        FOR EACH ROW EXECUTE FUNCTION span_inserted()""",
    """CREATE TRIGGER span_update AFTER UPDATE OF status, progress, deadline_day ON enrollment
        FOR EACH ROW WHEN ((old.status, old.progress, old.deadline_day)
            IS DISTINCT FROM (new.status, new.progress, new.deadline_day))
        EXECUTE FUNCTION span_updated()""",
    """CREATE TRIGGER span_delete AFTER DELETE ON enrollment
        FOR EACH ROW EXECUTE FUNCTION span_deleted()""",
)


def upgrade() -> None:
    """Bring the schema here, with the spans of the enrollments that are there."""
    op.create_table(
        "enrollment_span",
        sa.Column("enrolled_at", BIG, autoincrement=False, nullable=False),
        sa.Column("enrollment_id", BIG, autoincrement=False, nullable=False),
        sa.Column("from_at", BIG, autoincrement=False, nullable=False),
        sa.Column("until_at", BIG, nullable=False),
        sa.Column("status", SMALL, nullable=False),
        sa.Column("progress", SMALL, nullable=False),
        sa.Column("deadline_day", sa.Integer(), nullable=True),
        sa.Column("learner_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("is_path", SMALL, nullable=False),
        sa.CheckConstraint("enrolled_at <= from_at", name="span_enrolled"),
        sa.CheckConstraint("from_at < until_at", name="span_lasts"),
        sa.PrimaryKeyConstraint("enrolled_at", "enrollment_id", "from_at"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    backfill_intervals(session_on(connection))
    op.create_index(
        "ix_span_until",
        "enrollment_span",
        ["until_at", "from_at", "status", "is_path", "learner_id", "course_id"],
    )
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(sa.text(statement.replace(":", "\\:")))
