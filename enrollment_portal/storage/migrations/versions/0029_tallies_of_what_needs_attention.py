"""Active enrollments are counted by deadline, by day of the last progress, and without a grade."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0030"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
_MEASURES = (
    "CASE WHEN {0}.status = 0 THEN {0}.deadline_day END",
    "CASE WHEN {0}.status = 0 AND {0}.progress < 100 THEN {0}.progress_at / 86400000 END",
    "CASE WHEN {0}.status = 0 AND {0}.grade IS NULL"
    " THEN CASE WHEN {0}.progress = 100 THEN 1 ELSE 0 END END",
)
_SUMMED = 2
"""How many measures, from the first on, also have sums over all courses."""
_IS_PLAIN = "NOT EXISTS (SELECT 1 FROM course k WHERE k.id = {0} AND k.kind = 'path')"
_SUM = "-1 - {0} % 16"
"""In 16 parts, so that writers of different courses seldom wait for each other."""


def _sqlite_cells(row: str, measure: int) -> list[tuple[str, str]]:
    """Return the key of each cell that counts a row, and the condition that it does."""
    course, bucket = f"{row}.course_id", _MEASURES[measure].format(row)
    cells = [(course, f"{bucket} IS NOT NULL")]
    if measure < _SUMMED:
        plain = f"{bucket} IS NOT NULL AND {_IS_PLAIN.format(course)}"
        cells.append((_SUM.format(course), plain))
    return cells


def _sqlite_add(measure: int) -> str:
    bucket = _MEASURES[measure].format("new")
    return "".join(
        f"""INSERT INTO tally_need (measure, course_id, bucket, n)
            SELECT {measure}, {course}, {bucket}, 1 WHERE {condition}
            ON CONFLICT (measure, course_id, bucket) DO UPDATE SET n = n + 1;
        """
        for course, condition in _sqlite_cells("new", measure)
    )


def _sqlite_take(measure: int) -> str:
    bucket = _MEASURES[measure].format("old")
    return "".join(
        f"""UPDATE tally_need SET n = n - 1 WHERE measure = {measure} AND course_id = {course}
            AND bucket = {bucket} AND {condition};
        """
        for course, condition in _sqlite_cells("old", measure)
    )


def _sqlite() -> list[str]:
    columns = (
        "status, course_id, deadline_day",
        "status, course_id, progress, progress_at",
        "status, course_id, progress, grade",
    )
    everything = range(len(_MEASURES))
    return [
        f"""CREATE TRIGGER need_insert AFTER INSERT ON enrollment WHEN new.status = 0 BEGIN
        {"".join(_sqlite_add(measure) for measure in everything)}END""",
        f"""CREATE TRIGGER need_delete AFTER DELETE ON enrollment WHEN old.status = 0 BEGIN
        {"".join(_sqlite_take(measure) for measure in everything)}END""",
        *(
            f"""CREATE TRIGGER need_update_{measure}
        AFTER UPDATE OF {columns[measure]} ON enrollment
        WHEN old.course_id <> new.course_id
            OR {_MEASURES[measure].format("old")} IS NOT {_MEASURES[measure].format("new")} BEGIN
        {_sqlite_take(measure)}{_sqlite_add(measure)}END"""
            for measure in everything
        ),
    ]


_OF_ROW = ", ".join(f"({i}, {sql.format('r')})" for i, sql in enumerate(_MEASURES))
# Counted once per statement: what is moved within a cell locks nothing. Rows are locked in the
# order of their keys, so that two writers wait for each other instead of deadlocking.
_POSTGRESQL_COUNT = f"""WITH each AS (
            SELECT r.course_id AS course, m.measure, m.bucket, r.sign FROM changed r
            CROSS JOIN LATERAL (VALUES {_OF_ROW}) m(measure, bucket)
            WHERE r.status = 0 AND m.bucket IS NOT NULL),
        cells AS (
            SELECT measure, course, bucket, sum(sign) AS n FROM each GROUP BY 1, 2, 3
            UNION ALL SELECT measure, {_SUM.format("course")}, bucket, sum(sign) FROM each
                WHERE measure < {_SUMMED} AND {_IS_PLAIN.format("course")} GROUP BY 1, 2, 3)
        INSERT INTO tally_need AS t (measure, course_id, bucket, n)
            SELECT measure, course, bucket, n FROM cells WHERE n <> 0
            ORDER BY measure, course DESC, bucket
            ON CONFLICT (measure, course_id, bucket) DO UPDATE SET n = t.n + excluded.n"""
_USED = "course_id, status, deadline_day, progress, progress_at, grade"
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
        counted = _POSTGRESQL_COUNT.replace("WITH each", f"WITH changed AS ({changed}), each")
        made += [
            f"""CREATE FUNCTION need_{act}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {counted};
        RETURN NULL; END $$""",
            f"""CREATE TRIGGER need_{act} AFTER {act.upper()} ON enrollment
        REFERENCING {_TABLES[act]} FOR EACH STATEMENT EXECUTE FUNCTION need_{act}()""",
        ]
    return made


def upgrade() -> None:
    """Bring the schema here, and count what there is."""
    op.create_table(
        "tally_need",
        sa.Column("measure", _SMALL, autoincrement=False, nullable=False),
        sa.Column("course_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "course_id", "bucket"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for measure, sql in enumerate(_MEASURES):
        bucket = sql.format("e")
        op.execute(
            "INSERT INTO tally_need (measure, course_id, bucket, n)"
            f" SELECT {measure}, course_id, {bucket}, count(*) FROM enrollment e"
            f" WHERE e.status = 0 AND {bucket} IS NOT NULL GROUP BY course_id, {bucket}"
        )
    op.execute(
        "INSERT INTO tally_need (measure, course_id, bucket, n)"
        f" SELECT measure, {_SUM.format('course_id')} AS part, bucket, sum(n) FROM tally_need t"
        f" WHERE measure < {_SUMMED} AND {_IS_PLAIN.format('t.course_id')}"
        " GROUP BY measure, part, bucket"
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))
