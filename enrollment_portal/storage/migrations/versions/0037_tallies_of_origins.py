"""Enrollments are counted by their origin."""

from alembic import op

revision = "0037"
down_revision = "0035"

_ORIGINS = ("self", "admin", "group", "path", "import")
"""In the order of their buckets."""


def _bucket(row: str) -> str:
    cases = " ".join(f"WHEN '{origin}' THEN {n}" for n, origin in enumerate(_ORIGINS))
    return f"CASE {row}.origin {cases} END"


_DIFFERS = "old.origin <> new.origin OR old.course_id <> new.course_id"
_ADD = f"""INSERT INTO tally_view (measure, bucket, course_id, n)
        VALUES (2, {_bucket("new")}, new.course_id, 1)
        ON CONFLICT (measure, bucket, course_id) DO UPDATE SET n = tally_view.n + 1;"""
_TAKE = f"""UPDATE tally_view SET n = n - 1 WHERE measure = 2
        AND bucket = {_bucket("old")} AND course_id = old.course_id;"""
_SQLITE = (
    f"CREATE TRIGGER origin_insert AFTER INSERT ON enrollment BEGIN {_ADD} END",
    f"CREATE TRIGGER origin_delete AFTER DELETE ON enrollment BEGIN {_TAKE} END",
    f"""CREATE TRIGGER origin_update AFTER UPDATE OF origin, course_id ON enrollment
        WHEN {_DIFFERS} BEGIN {_TAKE} {_ADD} END""",
)


def _postgresql(act: str, table: str, sign: str) -> list[str]:
    # Counted once per statement. Rows are locked in the order of their keys, so that two writers
    # wait for each other instead of deadlocking.
    return [
        f"""CREATE FUNCTION origin_{act}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO tally_view AS t (measure, bucket, course_id, n)
            SELECT 2, {_bucket("r")} AS bucket, r.course_id, {sign}count(*) FROM changed r
            GROUP BY 2, 3 ORDER BY 2, 3
            ON CONFLICT (measure, bucket, course_id) DO UPDATE SET n = t.n + excluded.n;
        RETURN NULL; END $$""",
        f"""CREATE TRIGGER origin_{act} AFTER {act.upper()} ON enrollment
        REFERENCING {table} TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION origin_{act}()""",
    ]


_POSTGRESQL = (
    *_postgresql("insert", "NEW", ""),
    *_postgresql("delete", "OLD", "-"),
    # A trigger of some columns has no table of changed rows; neither column changes by itself.
    f"""CREATE FUNCTION origin_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {_TAKE} {_ADD}
        RETURN NULL; END $$""",
    f"""CREATE TRIGGER origin_update AFTER UPDATE OF origin, course_id ON enrollment
        FOR EACH ROW WHEN ({_DIFFERS}) EXECUTE FUNCTION origin_update()""",
)


def upgrade() -> None:
    """Bring the schema here, and count what there is."""
    op.execute(
        "INSERT INTO tally_view (measure, bucket, course_id, n)"
        f" SELECT 2, {_bucket('e')} AS bucket, course_id, count(*) FROM enrollment e"
        " GROUP BY bucket, course_id"
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(statement)
