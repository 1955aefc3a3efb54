"""Enrollments have indexes for the ledger's filters, and the number of their run."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

# With course and learner, filters by them are checked in the index alone.
_MARKED = ("status", "enrolled_at", "id", "course_id", "learner_id")
_INDEXES = (
    ("ix_enrollment_status_visit", ("status", "last_visit_at", "id"), None),
    ("ix_enrollment_origin", ("origin", *_MARKED), None),
    ("ix_enrollment_completed", ("completed_at", "id"), "status = 1"),
    ("ix_enrollment_by_hand", _MARKED, "override_seq IS NOT NULL"),
    ("ix_enrollment_retake", _MARKED, "run > 1"),
    ("ix_enrollment_feedback", _MARKED, "feedback <> ''"),
    ("ix_enrollment_note", _MARKED, "internal_note <> ''"),
)
_SAME = "{0}.learner_id = {1}.learner_id AND {0}.course_id + 0 = {1}.course_id"
_NUMBERS = """SELECT o.id, row_number() OVER (
        PARTITION BY o.learner_id, o.course_id ORDER BY o.enrolled_at, o.id) AS run
    FROM enrollment o"""
_TRIGGER_SQLITE = f"""CREATE TRIGGER run_insert AFTER INSERT ON enrollment
    WHEN EXISTS (SELECT 1 FROM enrollment o
        WHERE {_SAME.format("o", "new")} AND o.id <> new.id) BEGIN
        UPDATE enrollment SET run = 1 + (SELECT count(*) FROM enrollment b
                WHERE {_SAME.format("b", "enrollment")} AND (b.enrolled_at < enrollment.enrolled_at
                    OR (b.enrolled_at = enrollment.enrolled_at AND b.id < enrollment.id)))
            WHERE {_SAME.format("enrollment", "new")};
    END"""
_FUNCTION_POSTGRESQL = f"""CREATE FUNCTION runs_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE enrollment e SET run = n.run FROM ({_NUMBERS}
            JOIN (SELECT DISTINCT learner_id, course_id FROM added) a
                ON a.learner_id = o.learner_id AND a.course_id = o.course_id) n
            WHERE e.id = n.id AND e.run <> n.run;
        RETURN NULL;
    END $$"""
_TRIGGER_POSTGRESQL = """CREATE TRIGGER run_insert AFTER INSERT ON enrollment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION runs_inserted()"""


def upgrade() -> None:
    """Bring the schema here, and number the runs that there are."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    small = "INTEGER" if is_sqlite else "SMALLINT"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE enrollment ADD COLUMN run {small} NOT NULL DEFAULT 1")
    op.execute(
        f"UPDATE enrollment SET run = n.run FROM ({_NUMBERS}) n"
        " WHERE n.id = enrollment.id AND n.run > 1"
    )
    for name, columns, condition in _INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(name, "enrollment", [*columns], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_learner_department", "learner", ["department", "id"])
    if is_sqlite:
        op.execute(_TRIGGER_SQLITE)
        _analyze()
    else:
        op.execute(_FUNCTION_POSTGRESQL)
        op.execute(_TRIGGER_POSTGRESQL)


def _analyze() -> None:
    """Give the new indexes statistics where the others have some: SQLite prefers those without."""
    connection = op.get_bind()
    named = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"
    if connection.execute(sa.text(named)).first() is None:
        return
    for table in ("enrollment", "learner"):
        has_any = f"SELECT 1 FROM sqlite_stat1 WHERE tbl = '{table}' LIMIT 1"
        if connection.execute(sa.text(has_any)).first():
            op.execute(f"ANALYZE {table}")
