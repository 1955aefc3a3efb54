"""A register of every batch of changes, and jobs that change many enrollments."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Each batch from its first row of history; an undo names the batch of the row that it undoes.
_FILL = """INSERT INTO change_batch (batch, at, kind, actor_id, actor_name, reason, undoes, n)
SELECT g.batch, v.at,
    CASE WHEN v.undoes IS NOT NULL THEN 'undo' WHEN v.source <> 'person' THEN v.source
        WHEN v.kind = 'began' THEN 'enrolling' ELSE 'edits' END,
    v.actor_id, v.actor_name, v.reason,
    (SELECT u.batch FROM enrollment_event u WHERE u.seq = v.undoes), g.n
FROM (SELECT batch, min(seq) AS first, count(*) AS n FROM enrollment_event
    WHERE batch IS NOT NULL GROUP BY batch) g
JOIN enrollment_event v ON v.seq = g.first ORDER BY g.first"""


def upgrade() -> None:
    """Bring the schema here; the batches of the history are registered."""
    _make_batches()
    _make_jobs()


def _make_batches() -> None:
    op.create_table(
        "change_batch",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_change_batch_batch", "change_batch", ["batch"], unique=True)
    op.create_index("ix_change_batch_at", "change_batch", ["at", "id"])
    op.create_index(
        "ix_change_batch_undoes",
        "change_batch",
        ["undoes", "id"],
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.execute(sa.text(_FILL))


def _make_jobs() -> None:
    op.create_table(
        "bulk_job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("accepted_at", BIG, nullable=True),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("n_todo", sa.Integer(), nullable=False),
        sa.Column("n_changed", sa.Integer(), nullable=False),
        sa.Column("n_skipped", sa.Integer(), nullable=False),
        sa.Column("n_taken_back", sa.Integer(), nullable=False),
        sa.Column("next_part", sa.Integer(), nullable=False),
        sa.Column("before_seq", BIG, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cancelled_by", BIG, nullable=True),
        sa.Column("back_batch", sa.Text(), nullable=True),
        sa.Column("lease_by", sa.Text(), nullable=False),
        sa.Column("lease_until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_bulk_job_state", "bulk_job", ["state", "accepted_at"])
    op.create_index("ix_bulk_job_actor", "bulk_job", ["actor_id", "state"])
    op.create_table(
        "bulk_part",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["bulk_job.id"]),
        sa.PrimaryKeyConstraint("job_id", "n"),
        sqlite_strict=True,
    )
    op.create_table(
        "bulk_item",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("enrollment_id", BIG, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["bulk_job.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_bulk_item_job_id", "bulk_item", ["job_id"])
