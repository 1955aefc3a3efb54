"""The history of all enrollments can be filtered: a narrow table with an index for each filter."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0037"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
_FIELDS = (
    *("status", "completed_on", "deadline", "grade", "feedback", "note", "message"),
    *("progress", "tracked_status", "instructor"),
)
_COLUMNS = "at, seq, course_id, learner_id, actor_id, source, fields"
_OTHERS = ("source", "actor_id", "course_id", "learner_id")
_INDEXES = {
    "learner": (("learner_id", "at", "seq"), None),
    "course": (("course_id", "at", "seq", "fields", "source", "actor_id"), None),
    "source": (("source", "at", "seq", "fields"), None),
    "actor": (
        ("actor_id", "at", "seq", "fields", "source", "course_id"),
        "actor_id IS NOT NULL",
    ),
    **{
        name: (("at", "seq", *_OTHERS), f"(fields & {1 << bit}) <> 0")
        for bit, name in enumerate(("began", *_FIELDS))
        if name not in ("progress", "tracked_status")
    },
}


def _row(of: str) -> str:
    """Return the values of a row of history, by the table's alias."""
    # In JSON only a key is followed by a colon; a quote within a value is escaped. Both engines
    # have `replace`.
    bits = [f"CASE WHEN {of}.kind = 'began' THEN 1 ELSE 0 END"]
    bits += [
        f"CASE WHEN replace({of}.changes, '\"{name}\":', '') <> {of}.changes"
        f" THEN {2 << place} ELSE 0 END"
        for place, name in enumerate(_FIELDS)
    ]
    return (
        f"{of}.at, {of}.seq, e.course_id, e.learner_id, {of}.actor_id,"
        f" CASE WHEN {of}.undoes IS NOT NULL THEN 6"
        f" WHEN {of}.source = 'person' AND {of}.batch IS NOT NULL THEN 5"
        f" WHEN {of}.source = 'tracking' THEN 1 WHEN {of}.source = 'group' THEN 2"
        f" WHEN {of}.source = 'path' THEN 3 WHEN {of}.source = 'import' THEN 4 ELSE 0 END,"
        f" {' + '.join(bits)}"
    )


_SQLITE = f"""CREATE TRIGGER activity_insert AFTER INSERT ON enrollment_event BEGIN
        INSERT INTO activity ({_COLUMNS})
            SELECT {_row("new")} FROM enrollment e WHERE e.id = new.enrollment_id;
    END"""
_POSTGRESQL = (
    f"""CREATE FUNCTION activity_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO activity ({_COLUMNS})
            SELECT {_row("v")} FROM added v JOIN enrollment e ON e.id = v.enrollment_id;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER activity_insert AFTER INSERT ON enrollment_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION activity_insert()""",
)
_FILL = f"""INSERT INTO activity ({_COLUMNS})
    SELECT {_row("v")} FROM enrollment_event v JOIN enrollment e ON e.id = v.enrollment_id
    ORDER BY v.at, v.seq"""


def upgrade() -> None:
    """Bring the schema here; the history that there is has its rows."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "activity",
        sa.Column("at", _BIG, autoincrement=False, nullable=False),
        sa.Column("seq", _BIG, autoincrement=False, nullable=False),
        sa.Column("course_id", _BIG, nullable=False),
        sa.Column("learner_id", _BIG, nullable=False),
        sa.Column("actor_id", _BIG, nullable=True),
        sa.Column("source", _SMALL, nullable=False),
        sa.Column("fields", _SMALL, nullable=False),
        sa.PrimaryKeyConstraint("at", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    # Text of the driver: what looks like a parameter in it is none.
    op.get_bind().exec_driver_sql(_FILL)
    for name, (columns, condition) in _INDEXES.items():
        where = None if condition is None else sa.text(condition)
        op.create_index(
            f"ix_activity_{name}",
            "activity",
            [*columns],
            sqlite_where=where,
            postgresql_where=where,
        )
    for statement in (_SQLITE,) if is_sqlite else _POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
