"""Enrollments are counted by the day of completion, and those whose status a person set."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
_MEASURES = (
    "CASE WHEN {0}.status = 1 THEN {0}.completed_at / 86400000 END",
    "CASE WHEN {0}.override_seq IS NOT NULL THEN 0 END",
)
_COLUMNS = ("status, completed_at, course_id", "override_seq, course_id")
_COUNTS = "{0}.status = 1 OR {0}.override_seq IS NOT NULL"


def _sqlite_add(measure: int) -> str:
    bucket = _MEASURES[measure].format("new")
    return f"""INSERT INTO tally_view (measure, bucket, course_id, n)
            SELECT {measure}, {bucket}, new.course_id, 1 WHERE {bucket} IS NOT NULL
            ON CONFLICT (measure, bucket, course_id) DO UPDATE SET n = n + 1;
        """


def _sqlite_take(measure: int) -> str:
    return f"""UPDATE tally_view SET n = n - 1 WHERE measure = {measure}
            AND bucket = {_MEASURES[measure].format("old")} AND course_id = old.course_id;
        """


def _sqlite() -> list[str]:
    everything = range(len(_MEASURES))
    return [
        f"""CREATE TRIGGER view_insert AFTER INSERT ON enrollment
        WHEN {_COUNTS.format("new")} BEGIN
        {"".join(_sqlite_add(measure) for measure in everything)}END""",
        f"""CREATE TRIGGER view_delete AFTER DELETE ON enrollment
        WHEN {_COUNTS.format("old")} BEGIN
        {"".join(_sqlite_take(measure) for measure in everything)}END""",
        *(
            f"""CREATE TRIGGER view_update_{measure}
        AFTER UPDATE OF {_COLUMNS[measure]} ON enrollment
        WHEN old.course_id <> new.course_id
            OR {_MEASURES[measure].format("old")} IS NOT {_MEASURES[measure].format("new")} BEGIN
        {_sqlite_take(measure)}{_sqlite_add(measure)}END"""
            for measure in everything
        ),
    ]


_OF_ROW = ", ".join(f"({i}, {sql.format('r')})" for i, sql in enumerate(_MEASURES))
# Counted once per statement: what does not change a cell locks nothing. Rows are locked in the
# order of their keys, so that two writers wait for each other instead of deadlocking.
_POSTGRESQL_COUNT = f"""WITH cells AS (
            SELECT m.measure, m.bucket, r.course_id, sum(r.sign) AS n FROM changed r
            CROSS JOIN LATERAL (VALUES {_OF_ROW}) m(measure, bucket)
            WHERE ({_COUNTS.format("r")}) AND m.bucket IS NOT NULL GROUP BY 1, 2, 3)
        INSERT INTO tally_view AS t (measure, bucket, course_id, n)
            SELECT measure, bucket, course_id, n FROM cells WHERE n <> 0
            ORDER BY measure, bucket, course_id
            ON CONFLICT (measure, bucket, course_id) DO UPDATE SET n = t.n + excluded.n"""
_USED = "course_id, status, completed_at, override_seq"
_CHANGED = {
    "insert": f"SELECT 1 AS sign, {_USED} FROM added",
    "delete": f"SELECT -1 AS sign, {_USED} FROM removed",
    "update": f"SELECT 1 AS sign, {_USED} FROM added UNION ALL SELECT -1, {_USED} FROM removed",
}
_TABLES = {
    "insert": "NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
}


def _postgresql() -> list[str]:
    made: list[str] = []
    for act, changed in _CHANGED.items():
        counted = _POSTGRESQL_COUNT.replace("WITH cells", f"WITH changed AS ({changed}), cells")
        made += [
            f"""CREATE FUNCTION view_{act}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {counted};
        RETURN NULL; END $$""",
            f"""CREATE TRIGGER view_{act} AFTER {act.upper()} ON enrollment
        REFERENCING {_TABLES[act]} FOR EACH STATEMENT EXECUTE FUNCTION view_{act}()""",
        ]
    return made


def upgrade() -> None:
    """Bring the schema here, and count what there is."""
    op.create_table(
        "tally_view",
        sa.Column("measure", _SMALL, autoincrement=False, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "bucket", "course_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for measure, sql in enumerate(_MEASURES):
        bucket = sql.format("e")
        op.execute(
            "INSERT INTO tally_view (measure, bucket, course_id, n)"
            f" SELECT {measure}, {bucket}, course_id, count(*) FROM enrollment e"
            f" WHERE {bucket} IS NOT NULL GROUP BY {bucket}, course_id"
        )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))
