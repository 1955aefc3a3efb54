"""Published courses that nothing completes are archived: earlier imports had published them."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

from enrollment_portal.domain.access.admin_log import COMMAND_LINE
from enrollment_portal.domain.shared.text_search import search_text

revision = "0019"
down_revision = "0017"

_FIND = """SELECT id, title FROM course
    WHERE kind = 'course' AND state = 'published' AND n_lessons = 0 AND requires_grade = 0
    ORDER BY id"""
_ARCHIVE = """UPDATE course SET state = 'archived', version = version + 1, updated_at = :at
    WHERE id = :id"""
_RECORD = """INSERT INTO admin_event
        (at, actor_name, action, subject_kind, subject_id, subject, detail, search)
    VALUES (:at, :by, 'course_archived', 'course', :id, :title, :detail, :search)"""
_DETAIL = "Published before, though without lessons or a grade nothing completes it"


def upgrade() -> None:
    """Archive them, each with its line in the access log; they were not offered anyway."""
    connection, now = op.get_bind(), time.time_ns() // 1_000_000
    rows = [
        {
            "at": now,
            "by": COMMAND_LINE,
            "id": row.id,
            "title": row.title,
            "detail": _DETAIL,
            "search": search_text(f"{COMMAND_LINE} {row.title} {_DETAIL}"),
        }
        for row in connection.execute(sa.text(_FIND))
    ]
    if rows:
        connection.execute(sa.text(_ARCHIVE), rows)
        connection.execute(sa.text(_RECORD), rows)
