"""Courses have a setting for what an admin completes: they may be published without lessons."""

from alembic import op

revision = "0023"
down_revision = "0022"

_FOLLOWED = (
    *("title", "description", "state", "n_lessons", "deadline_days", "grading_scheme"),
    *("grading_points", "requires_grade", "pass_percent", "may_be_retaken", "admin_completes"),
)


def upgrade() -> None:
    """Bring the schema here; it is off for every course, and what 0019 archived stays so."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    small = "INTEGER" if is_sqlite else "SMALLINT"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE course ADD COLUMN admin_completes {small} NOT NULL DEFAULT 0")
    _follow_course(is_sqlite)


def _follow_course(is_sqlite: bool) -> None:
    """Let open pages follow the new setting of a course too."""
    columns = ", ".join(_FOLLOWED)
    if is_sqlite:
        differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in _FOLLOWED)
        op.execute("DROP TRIGGER record_change_course")
        op.execute(
            f"""CREATE TRIGGER record_change_course AFTER UPDATE OF {columns} ON course
        WHEN {differs} BEGIN
            INSERT INTO record_change (kind, record_id, seq)
            VALUES ('course', new.id, (SELECT COALESCE(max(seq), 0) + 1 FROM record_change))
            ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
        END"""
        )
        return
    old, new = (", ".join(f"{row}.{column}" for column in _FOLLOWED) for row in ("old", "new"))
    op.execute("DROP TRIGGER record_change_course ON course")
    op.execute(
        f"""CREATE TRIGGER record_change_course AFTER UPDATE OF {columns} ON course
        FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION record_changed('course', 'id')"""
    )
