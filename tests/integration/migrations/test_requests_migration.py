"""Test the migration of extension requests from before they could be reopened."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from enrollment_portal.storage.migrate import migrate, migration_config
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.shared.database import Database

_BEFORE = (
    "INSERT INTO learner (id, name, department, sort_name, search, n_active, n_completed,"
    " n_cancelled, job_title, joined_at) VALUES (1, 'Ana', '', 'ana', '  ana', 0, 0, 0, '', 0)",
    "INSERT INTO course (id, title, sort_title, kind, n_lessons, grading_scheme, state,"
    " description, requires_grade, version, updated_at)"
    " VALUES (1, 'Knots', 'knots', 'course', 2, 'free', 'published', '', 0, 1, 0)",
    "INSERT INTO enrollment (id, learner_id, course_id, status, tracked_status, progress,"
    " lessons_done, enrolled_at, last_visit_at, version, updated_at, origin, feedback,"
    " internal_note, feedback_is_new) VALUES (1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 'self', '', '', 0)",
    "INSERT INTO extension_request (id, enrollment_id, wanted_day, reason, state, asked_at,"
    " decided_at, decided_by, answer, is_seen) VALUES"
    " (4, 1, 20000, 'Ill', 'declined', 5, 6, 'Dana', 'No', 1),"
    " (7, 1, 20001, 'Still ill', 'open', 8, NULL, '', '', 0)",
)


def test_requests_are_kept_and_one_may_be_open(database: Database, tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}") if database.is_sqlite else database
    config = migration_config()
    script = ScriptDirectory.from_config(config).get_revision("0008")
    with old.write() as session:
        if not old.is_sqlite:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, str(script.down_revision))
    with old.write() as session:
        for statement in _BEFORE:
            session.execute(text(statement))
    migrate(old)
    with old.read() as session:
        first, second = (extensions.find_request(session, id_) for id_ in (4, 7))
    assert first
    assert second
    assert (first.state, first.decided_by, first.answer, first.granted_day) == (
        *("declined", "Dana", "No"),
        None,
    )
    assert (second.state, second.requested_day, second.event_seq) == ("open", 20_001, None)
    with pytest.raises(IntegrityError), old.write() as session:
        extensions.add_request(session, 1, 20_002, "Again", at=9)
    if old is not database:
        old.close()
