"""SQLite finds the span that a change ends by its key."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_FOREVER = 2**47 - 1
_COLUMNS = (
    "enrolled_at, enrollment_id, from_at, until_at, status, progress, deadline_day, learner_id,"
    " course_id, is_path"
)
# The signs keep the planner from the index of when spans ended: from its statistics, few end at a
# moment, but all that have not ended share one, so that each change read them all.
_CURRENT = f"enrolled_at = new.enrolled_at AND enrollment_id = new.id AND +until_at = {_FOREVER}"


def upgrade() -> None:
    """Bring the schema here; PostgreSQL's statistics know the common moment."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(sa.text("DROP TRIGGER span_update"))
    op.execute(
        sa.text(
            f"""CREATE TRIGGER span_update AFTER UPDATE OF status, progress, deadline_day
    ON enrollment WHEN old.status <> new.status OR old.progress <> new.progress
        OR old.deadline_day IS NOT new.deadline_day BEGIN
        UPDATE enrollment_span SET status = new.status, progress = new.progress,
            deadline_day = new.deadline_day WHERE {_CURRENT} AND +from_at >= new.updated_at;
        UPDATE enrollment_span SET until_at = new.updated_at
            WHERE {_CURRENT} AND +from_at < new.updated_at;
        INSERT INTO enrollment_span ({_COLUMNS})
            SELECT new.enrolled_at, new.id, new.updated_at, {_FOREVER}, new.status, new.progress,
                new.deadline_day, new.learner_id, new.course_id, (SELECT CAST(c.kind = 'path'
                AS INTEGER) FROM course c WHERE c.id = new.course_id)
            WHERE NOT EXISTS (SELECT 1 FROM enrollment_span WHERE {_CURRENT});
    END"""
        )
    )
