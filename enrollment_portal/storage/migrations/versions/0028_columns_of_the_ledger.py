"""Each person has a layout of the ledger's columns."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0029"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema here."""
    op.create_table(
        "ledger_layout",
        sa.Column("account_id", _KEY, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
