"""The ledger sorts by each of its columns, by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"

_BY_RUN = ("status", "run", "enrolled_at", "id", "course_id", "learner_id")
_OF_LEARNER = """sort_department = NULLIF(department, ''),
    sort_manager = (SELECT m.sort_name FROM learner m WHERE m.id = learner.manager_id)"""
_TRIGGERS_SQLITE = (
    f"""CREATE TRIGGER learner_sorts_insert AFTER INSERT ON learner BEGIN
        UPDATE learner SET {_OF_LEARNER} WHERE id = new.id;
        UPDATE learner SET sort_manager = new.sort_name WHERE manager_id = new.id;
    END""",
    f"""CREATE TRIGGER learner_sorts_update AFTER UPDATE OF department, manager_id ON learner BEGIN
        UPDATE learner SET {_OF_LEARNER} WHERE id = new.id;
    END""",
    """CREATE TRIGGER learner_sorts_manager AFTER UPDATE OF sort_name ON learner
    WHEN old.sort_name IS NOT new.sort_name BEGIN
        UPDATE learner SET sort_manager = new.sort_name WHERE manager_id = new.id;
    END""",
)
_TRIGGERS_POSTGRESQL = (
    """CREATE FUNCTION learner_sorts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        new.sort_department := NULLIF(new.department, '');
        new.sort_manager := (SELECT m.sort_name FROM learner m WHERE m.id = new.manager_id);
        RETURN new;
    END $$""",
    """CREATE TRIGGER learner_sorts BEFORE INSERT OR UPDATE OF department, manager_id ON learner
        FOR EACH ROW EXECUTE FUNCTION learner_sorts()""",
    """CREATE FUNCTION manager_sorts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE learner SET sort_manager = new.sort_name WHERE manager_id = new.id
            AND sort_manager IS DISTINCT FROM new.sort_name;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER manager_sorts AFTER INSERT OR UPDATE OF sort_name ON learner
        FOR EACH ROW EXECUTE FUNCTION manager_sorts()""",
    # Bytes, which are ordered by code point, as texts of SQLite are.
    """CREATE FUNCTION grade_order(grade text) RETURNS bytea
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT convert_to(lpad(CAST(trunc(10000 * CAST(
            COALESCE(substring(grade from '^[0-9]{1,9}(?:[.][0-9]+)?'), '0') AS numeric)) AS text),
            14, '0') || grade, 'UTF8')
    $$""",
)
_GRADE_SQLITE = "(printf('%014.4f', CAST(grade AS REAL)) || grade)"


def upgrade() -> None:
    """Bring the schema here."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    text = "TEXT" if is_sqlite else 'TEXT COLLATE "C"'
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE learner ADD COLUMN sort_department {text}")
    op.execute(f"ALTER TABLE learner ADD COLUMN sort_manager {text}")
    op.execute(f"UPDATE learner SET {_OF_LEARNER}")
    for statement in _TRIGGERS_SQLITE if is_sqlite else _TRIGGERS_POSTGRESQL:
        op.execute(statement)
    for name in ("sort_department", "sort_manager"):
        op.create_index(f"ix_learner_{name}", "learner", [name, "sort_name", "id"])
    grade = _GRADE_SQLITE if is_sqlite else "grade_order(grade)"
    op.execute(f"CREATE INDEX ix_enrollment_status_grade ON enrollment (status, {grade}, id)")
    retakes = sa.text("run > 1")
    op.create_index(
        "ix_enrollment_run",
        "enrollment",
        [*_BY_RUN],
        sqlite_where=retakes,
        postgresql_where=retakes,
    )
    if is_sqlite:
        _analyze()


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
