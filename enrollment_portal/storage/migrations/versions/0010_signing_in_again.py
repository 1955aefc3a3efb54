"""Links for a new password, known devices, and failed sign-ins by account, client and device."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _big() -> str:
    return "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"


def upgrade() -> None:
    """Bring the schema here; failed sign-ins of the last minute are forgotten."""
    op.execute("ALTER TABLE invitation ADD COLUMN kind TEXT NOT NULL DEFAULT 'invitation'")
    op.execute(f"ALTER TABLE invitation ADD COLUMN made_by {_big()}")
    op.drop_table("sign_in_failure")
    op.create_table(
        "sign_in_failure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_sign_in_failure_account", "sign_in_failure", ["account", "at"])
    op.create_index("ix_sign_in_failure_client", "sign_in_failure", ["client", "at"])
    op.create_table(
        "known_device",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("last_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("token_hash", "account_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_known_device_account_id", "known_device", ["account_id"])
