"""Which records other than enrollments were changed last, so that open pages follow them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Table, the kind and the column of the record that it belongs to, and what pages show of it.
_FOLLOWED = (
    ("learner", "learner", "id", "name email department job_title manager_id"),
    ("account", "account", "id", "name email role sections is_suspended learner_id"),
    (
        "course",
        "course",
        "id",
        "title description state n_lessons deadline_days grading_scheme grading_points"
        " requires_grade",
    ),
    ("lesson", "course", "course_id", "title content position"),
    ("people_group", "group", "id", "name kind description"),
    ("organization", "organization", "id", "name time_zone"),
)


def _sqlite(table: str, kind: str, key: str, columns: list[str]) -> list[str]:
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    return [
        f"""CREATE TRIGGER record_change_{table} AFTER UPDATE OF {", ".join(columns)} ON {table}
        WHEN {differs} BEGIN
            INSERT INTO record_change (kind, record_id, seq)
            VALUES ('{kind}', new.{key}, (SELECT COALESCE(max(seq), 0) + 1 FROM record_change))
            ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
        END"""
    ]


def _postgresql(table: str, kind: str, key: str, columns: list[str]) -> list[str]:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    return [
        f"""CREATE TRIGGER record_change_{table} AFTER UPDATE OF {", ".join(columns)} ON {table}
        FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION record_changed('{kind}', '{key}')"""
    ]


# A rename of many records keeps one row for each, which no other transaction can be at.
_POSTGRESQL_FUNCTION = """CREATE FUNCTION record_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO record_change (kind, record_id, seq)
        VALUES (TG_ARGV[0], CAST(to_jsonb(new) ->> TG_ARGV[1] AS BIGINT),
            nextval('record_change_seq'))
        ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
        RETURN NULL;
    END $$"""


def upgrade() -> None:
    """Bring the schema here; no record counts as changed."""
    op.create_table(
        "record_change",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", BIG, autoincrement=False, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.PrimaryKeyConstraint("kind", "record_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_record_change_seq", "record_change", ["seq"], unique=True)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute("CREATE SEQUENCE record_change_seq")
        op.execute(sa.text(_POSTGRESQL_FUNCTION))
    for table, kind, key, columns in _FOLLOWED:
        make = _sqlite if is_sqlite else _postgresql
        for statement in make(table, kind, key, columns.split()):
            op.execute(sa.text(statement))
