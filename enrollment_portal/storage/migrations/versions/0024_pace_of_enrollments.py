"""Enrollments know when progress was last made and the pace kept; both have an index."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_FOLLOWED = ("name", "time_zone", "stuck_days", "pace_weeks", "pace_day")
# The last moment at which the status was another or the progress lower. Where none is known, the
# progress was made by the last visit at the latest.
_PROGRESS_AT = """UPDATE enrollment SET progress_at = COALESCE(
        (SELECT max(s.until_at) FROM enrollment_span s
            WHERE s.enrolled_at = enrollment.enrolled_at AND s.enrollment_id = enrollment.id
            AND (s.status <> enrollment.status OR s.progress < enrollment.progress)),
        CASE WHEN progress > 0 THEN last_visit_at END,
        enrolled_at),
    pace = CASE WHEN status = 0 AND progress < 100 THEN 0 END"""
_CARE = ("course_id", "status", "progress", "progress_at", "deadline_day")
_STUCK = ("status", "progress_at", "id", "progress", "course_id", "learner_id")


def upgrade() -> None:
    """Bring the schema here; the portal computes the paces when it runs."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    big, small = ("INTEGER", "INTEGER") if is_sqlite else ("BIGINT", "SMALLINT")
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    op.execute(f"ALTER TABLE organization ADD COLUMN stuck_days {small} NOT NULL DEFAULT 14")
    op.execute(f"ALTER TABLE organization ADD COLUMN pace_weeks {small} NOT NULL DEFAULT 4")
    op.execute("ALTER TABLE organization ADD COLUMN pace_day INTEGER")
    op.execute(f"ALTER TABLE enrollment ADD COLUMN progress_at {big} NOT NULL DEFAULT 0")
    op.execute(f"ALTER TABLE enrollment ADD COLUMN pace {small}")
    if not is_sqlite:
        # They count per statement, over a million rows, what does not change.
        op.execute("ALTER TABLE enrollment DISABLE TRIGGER USER")
    op.execute(_PROGRESS_AT)
    if not is_sqlite:
        op.execute("ALTER TABLE enrollment ENABLE TRIGGER USER")
    op.drop_index("ix_enrollment_care", "enrollment")
    _index("ix_enrollment_care", _CARE, "status = 0")
    _index("ix_enrollment_stuck", _STUCK, "status = 0 AND progress < 100")
    op.create_index("ix_enrollment_status_pace", "enrollment", ["status", "pace", "id"])
    _follow_organization(is_sqlite)


def _index(name: str, columns: tuple[str, ...], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "enrollment", list(columns), sqlite_where=where, postgresql_where=where)


def _follow_organization(is_sqlite: bool) -> None:
    """Let open pages follow the new settings, and the paces of a new day."""
    columns = ", ".join(_FOLLOWED)
    if is_sqlite:
        differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in _FOLLOWED)
        op.execute("DROP TRIGGER record_change_organization")
        op.execute(
            f"""CREATE TRIGGER record_change_organization AFTER UPDATE OF {columns} ON organization
        WHEN {differs} BEGIN
            INSERT INTO record_change (kind, record_id, seq)
            VALUES ('organization', new.id, (SELECT COALESCE(max(seq), 0) + 1 FROM record_change))
            ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
        END"""
        )
        return
    old, new = (", ".join(f"{row}.{column}" for column in _FOLLOWED) for row in ("old", "new"))
    op.execute("DROP TRIGGER record_change_organization ON organization")
    op.execute(
        f"""CREATE TRIGGER record_change_organization AFTER UPDATE OF {columns} ON organization
        FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION record_changed('organization', 'id')"""
    )
