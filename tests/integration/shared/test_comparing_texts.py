"""Test that older search texts are recomputed, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.storage.migrate import migrate, migration_config
from enrollment_portal.storage.shared.database import Database
from tests.integration.stored import rows

_LEARNER = (
    "INSERT INTO learner (id, name, email, department, sort_name, search, n_active, n_completed,"
    " n_cancelled) VALUES (:id, :name, :email, '', :sort, :search, 0, 0, 0)"
)
_ACCOUNT = (
    "INSERT INTO account (id, name, email, role, sections, is_suspended, created_at)"
    " VALUES (:id, :name, :email, 'learner', 0, 0, 0)"
)
_BEFORE = (
    "INSERT INTO course (id, title, sort_title, kind, n_lessons, grading_scheme)"
    " VALUES (1, 'Führung', 'fuhrung', 'course', 0, 'free')",
    "INSERT INTO people_group (id, name, sort_name, kind, description, version, created_at)"
    " VALUES (1, 'O’Brien’s team', 'o’brien’s team', 'team', '', 1, 0)",
    "INSERT INTO admin_event (at, actor_name, action, subject_kind, subject, detail, search)"
    " VALUES (1, 'Jörg O’Brien', 'x', 'user', 'Ana', '', '  jorg  o’brien  ana')",
)
_PEOPLE = (
    # id, name, email and sort name as they were stored
    (1, "Ana Berg", "ana@x.example", "ana berg"),
    (2, "Jörg O’Brien", "o’brien@x.example", "jorg o’brien"),
    (3, "박지수", "ji@xn--mller-kva.example", "박지수"),
    (4, "Bo Alba", "bo@müller.example", "bo alba"),
    (5, "Bo Alba", "bo@xn--mller-kva.example", "bo alba"),
    (6, "Cy", None, "cy"),
)


@pytest.fixture
def old(database: Database, tmp_path: Path) -> Iterator[Database]:
    """A database with the previous schema, and people, titles and a log entry of that time."""
    old = Database(f"sqlite:///{tmp_path / 'old.db'}") if database.is_sqlite else database
    config = migration_config()
    script = ScriptDirectory.from_config(config).get_revision("0007")
    with old.write() as session:
        if not old.is_sqlite:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, str(script.down_revision))
    with old.write() as session:
        for statement in _BEFORE:
            session.execute(text(statement))
        for id_, name, email, sort in _PEOPLE:
            found = "  " + f"{sort} {email or ''}".strip().replace(" ", "  ")
            values = {"id": id_, "name": name, "email": email, "sort": sort, "search": found}
            session.execute(text(_LEARNER), values)
            if email:
                session.execute(text(_ACCOUNT), values)
    yield old
    if old is not database:
        old.close()


def test_stored_texts_are_folded_again(old: Database) -> None:
    migrate(old)
    people = rows(old, "SELECT name, email, sort_name, search FROM learner ORDER BY id")
    assert [(row[2], row[3]) for row in people] == [
        (sort_text(name), search_text(name, email)) for name, email, *_ in people
    ]
    (course,) = rows(old, "SELECT sort_title, search FROM course")
    assert course == ("fuhrung", "  fuhrung  fuehrung")
    (group,) = rows(old, "SELECT sort_name, search FROM people_group")
    assert group == ("obriens team", search_text("O’Brien’s team"))
    first, *_later = rows(old, "SELECT search FROM admin_event ORDER BY id")
    assert first == (search_text("Jörg O’Brien Ana"),)


def test_emails_are_normalized_unless_in_use(old: Database) -> None:
    migrate(old)
    wanted = [
        (1, "ana@x.example"),
        (2, "o'brien@x.example"),
        (3, "ji@müller.example"),
        (4, "bo@müller.example"),
        (5, "bo@xn--mller-kva.example"),
    ]
    for table in ("learner", "account"):
        sql = f"SELECT id, email FROM {table} WHERE email IS NOT NULL ORDER BY id"
        assert rows(old, sql) == wanted


def test_the_search_index_follows_and_the_log_still_refuses_changes(old: Database) -> None:
    migrate(old)
    if old.is_sqlite:
        sql = "SELECT rowid FROM learner_search WHERE learner_search MATCH '\"joerg\"'"
        assert rows(old, sql) == [(2,)]
        with old.write() as session:
            check = "INSERT INTO learner_search(learner_search, rank) VALUES ('integrity-check', 1)"
            session.execute(text(check))
    for statement in ("UPDATE admin_event SET detail = 'x'", "DELETE FROM admin_event"):
        with pytest.raises(DatabaseError, match="only ever added to"), old.write() as session:
            session.execute(text(statement))
