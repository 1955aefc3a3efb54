"""Messages to learners, each about one enrollment, with the mail that is sent of it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema here; there are no messages yet."""
    op.create_table(
        "learner_message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("event_seq", BIG, nullable=False),
        sa.Column("enrollment_id", BIG, nullable=False),
        sa.Column("learner_id", BIG, nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", BIG, nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_withdrawn", SMALL, nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("mail_at", BIG, nullable=True),
        sa.CheckConstraint(
            "mail IN ('none', 'waiting', 'sending', 'sent', 'failed', 'withdrawn')",
            name="learner_message_mail",
        ),
        sa.CheckConstraint("state IN ('new', 'read', 'dismissed')", name="learner_message_state"),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"]),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_learner_message_event", "learner_message", ["event_seq"], unique=True)
    op.create_index("ix_learner_message_learner", "learner_message", ["learner_id", "id"])
    op.create_index("ix_learner_message_batch", "learner_message", ["batch", "mail"])
    op.create_index(
        "ix_learner_message_mail",
        "learner_message",
        ["mail", "id"],
        sqlite_where=sa.text("mail IN ('waiting', 'sending')"),
        postgresql_where=sa.text("mail IN ('waiting', 'sending')"),
    )
