"""Test the migration of accounts without a person, and of removed lessons."""

from __future__ import annotations

from alembic import command
from alembic.script import ScriptDirectory

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration.stored import execute, rows


def upgrade(database: Database, revision: str) -> None:
    config = migration_config()
    script = ScriptDirectory.from_config(config).get_revision(revision)
    for _ in range(2):  # once more changes nothing
        execute(database, f"UPDATE alembic_version SET version_num = '{script.down_revision}'")
        with database.write() as session:
            config.attributes["connection"] = session.connection()
            command.upgrade(config, revision)


def test_accounts_are_linked_to_the_person_with_their_email(database: Database) -> None:
    kim = make_learner(database, "Kim", "kim@northwind.example")
    lee = make_learner(database, "Lee", "lee@northwind.example")
    make_learner(database, "Without", None)
    expected = {
        make_account(database, email="kim@northwind.example"): kim,
        make_account(database, Role.LEARNER, email="old@northwind.example", learner_id=lee): lee,
        make_account(database, email="lee@northwind.example"): None,
        make_account(database, email="grace@northwind.example"): None,
    }
    upgrade(database, "0021")
    assert dict(rows(database, "SELECT id, learner_id FROM account")) == expected


def test_no_removed_lesson_counts_as_done(database: Database) -> None:
    course, empty = make_course(database, n_lessons=2), make_course(database, n_lessons=0)
    lessons = make_lessons(database, course, 2)
    path = make_path(database, "P", (course, empty), n_lessons=2)
    all_done = {"status": 1, "progress": 100}
    marked = make_enrollment(database, None, course, **all_done, lessons_done=3)
    execute(database, f"INSERT INTO lesson_done VALUES ({marked}, {lessons[0]}, 5)")
    expected = {
        marked: 1,
        make_enrollment(database, None, course, **all_done, lessons_done=3): 2,
        make_enrollment(database, None, course, **all_done, lessons_done=2): 2,
        make_enrollment(database, None, course, status=2, progress=50, lessons_done=1): 1,
        make_enrollment(database, None, course, progress=50, lessons_done=1): 1,
        make_enrollment(database, None, empty, status=2, lessons_done=1): 0,
        make_enrollment(database, None, path, **all_done, lessons_done=5): 5,
    }
    before = rows(database, "SELECT id, version, updated_at FROM enrollment ORDER BY id")
    upgrade(database, "0021")
    assert dict(rows(database, "SELECT id, lessons_done FROM enrollment")) == expected
    assert rows(database, "SELECT id, version, updated_at FROM enrollment ORDER BY id") == before
