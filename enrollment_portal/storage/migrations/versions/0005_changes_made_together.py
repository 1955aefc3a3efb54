"""Changes that were made together are found by the name of their batch."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema here."""
    op.execute(
        "CREATE INDEX ix_event_batch ON enrollment_event (batch, seq) WHERE batch IS NOT NULL"
    )
