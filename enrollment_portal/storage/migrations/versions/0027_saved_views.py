"""Saved views of the ledger, and each person's default view."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0028"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACTS = ("INSERT", "UPDATE")


def upgrade() -> None:
    """Bring the schema here; nobody has saved a view."""
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("deleted_at", BIG, nullable=True),
        sa.CheckConstraint(
            "audience IN ('', 'admins', 'instructors', 'leads')", name="saved_view_audience"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    _unique("ix_saved_view_owner", ["owner_id", "name_key"], "deleted_at IS NULL")
    _unique(
        "ix_saved_view_audience",
        ["audience", "name_key"],
        "deleted_at IS NULL AND audience <> ''",
    )
    op.create_table(
        "default_view",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
        sqlite_strict=True,
    )
    _follow_views()


def _unique(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "saved_view", columns, unique=True, sqlite_where=where, postgresql_where=where
    )


def _follow_views() -> None:
    """Let open pages follow the views; a view is deleted by an update."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for act in _ACTS:
        trigger = f"CREATE TRIGGER record_change_saved_view_{act.lower()} AFTER {act} ON saved_view"
        if is_sqlite:
            op.execute(
                f"""{trigger} BEGIN
            INSERT INTO record_change (kind, record_id, seq)
            VALUES ('view', new.id, (SELECT COALESCE(max(seq), 0) + 1 FROM record_change))
            ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
        END"""
            )
        else:
            op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION record_changed('view', 'id')")
