"""A last visit is known, or there was none; only who has a role holds what belongs to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_COLUMNS = ("course_id", "status", "progress", "last_visit_at", "deadline_day", "enrolled_at")
_FOLLOWED = (
    *("title", "description", "state", "n_lessons", "deadline_days", "grading_scheme"),
    *("grading_points", "requires_grade", "pass_percent", "may_be_retaken"),
)
_SQLITE_DBCONFIG_DEFENSIVE = 1010
# Nothing of it comes from the learner: they did not begin it, did no lesson, and did not cancel it
# (whose status is tracked as cancelled then). A learning path is tracked by what happens in its
# courses, which is no visit of the path.
_NEVER = """UPDATE enrollment SET last_visit_at = NULL
    WHERE last_visit_at = enrolled_at AND origin <> 'self'
    AND (tracked_status <> 2 OR origin = 'import')
    AND NOT EXISTS (SELECT 1 FROM lesson_done d WHERE d.enrollment_id = enrollment.id)
    AND (EXISTS (SELECT 1 FROM course c WHERE c.id = enrollment.course_id AND c.kind = 'path')
        OR NOT EXISTS (SELECT 1 FROM enrollment_event v WHERE v.enrollment_id = enrollment.id
            AND v.source = 'tracking' AND v.reason = ''))"""


def upgrade() -> None:
    """Bring the schema here; a visit at the moment of being enrolled by others becomes none."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_index("ix_enrollment_care", "enrollment")
    if is_sqlite:
        _drop_not_null()
    else:
        op.execute("ALTER TABLE enrollment ALTER COLUMN last_visit_at DROP NOT NULL")
    op.execute(_NEVER)
    # Where nobody came, the beginning counts: it stands in the index, so that no row is read.
    condition = sa.text("status = 0")
    op.create_index(
        "ix_enrollment_care",
        "enrollment",
        list(_COLUMNS),
        sqlite_where=condition,
        postgresql_where=condition,
    )
    for table, role in (("course_teacher", "instructor"), ("group_lead", "group_lead")):
        op.execute(
            f"DELETE FROM {table} WHERE account_id NOT IN"
            f" (SELECT id FROM account WHERE role = '{role}')"
        )
    _follow_course(is_sqlite)


def _drop_not_null() -> None:
    """Let a column be empty without writing the table, its indexes and its triggers anew.

    What is stored stays valid, so that the definition alone may be changed, as
    https://www.sqlite.org/lang_altertable.html describes it in its section 7.
    """
    connection = op.get_bind()
    raw: Any = connection.connection.driver_connection
    if hasattr(raw, "setconfig"):  # from Python 3.12 on; some builds of SQLite forbid it at first
        raw.setconfig(_SQLITE_DBCONFIG_DEFENSIVE, False)
    find = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'enrollment'")
    before = connection.execute(find).scalar_one()
    after = before.replace("last_visit_at INTEGER NOT NULL", "last_visit_at INTEGER")
    if after == before:
        raise RuntimeError("The table of enrollments is not the one that migrations made.")
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = 1")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = 'enrollment'"),
        {"sql": after},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")  # and reads the schema again


def _follow_course(is_sqlite: bool) -> None:
    """Let open pages follow the new settings of a course too."""
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
