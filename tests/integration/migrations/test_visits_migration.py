"""Test the migration of last visits."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database
from tests.integration.migrations.old_databases import database_before

_PEOPLE = (
    "INSERT INTO learner (id, name, department, sort_name, search, n_active, n_completed,"
    " n_cancelled, job_title, joined_at) VALUES (1, 'Ana', '', 'ana', '  ana', 0, 0, 0, '', 0)",
    "INSERT INTO account (id, email, name, role, sections, is_suspended, created_at) VALUES"
    " (1, 'i@x.example', 'Ingrid', 'instructor', 0, 0, 0),"
    " (2, 'l@x.example', 'Lea', 'group_lead', 0, 0, 0),"
    " (3, 'a@x.example', 'Ada', 'admin', 1, 0, 0), (4, 'b@x.example', 'Bo', 'learner', 0, 0, 0)",
    "INSERT INTO people_group (id, name, sort_name, kind, description, version, created_at, search)"
    " VALUES (1, 'Night', 'night', 'other', '', 1, 0, '  night')",
)
_COURSE = (
    "INSERT INTO course (id, title, sort_title, kind, n_lessons, grading_scheme, state,"
    " description, requires_grade, version, updated_at)"
    " VALUES ({id}, 'Knots', 'knots', '{kind}', 2, 'free', 'published', '', 0, 1, 0)"
)
_ENROLLMENT = (
    "INSERT INTO enrollment (id, learner_id, course_id, status, tracked_status, progress,"
    " lessons_done, enrolled_at, last_visit_at, cancelled_at, version, updated_at, origin,"
    " feedback, internal_note, feedback_is_new) VALUES ({id}, 1, {id}, {status}, {status}, 0, 0,"
    " 100, {visit}, {ended}, 1, 100, '{origin}', '', '', 0)"
)
_EVENT = (
    "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source, kind, changes,"
    " reason) VALUES ({id}, 2, 100, '', '{source}', 'changed', '{{}}', '{reason}')"
)


def _definitions(database: Database) -> list[tuple[str, ...]]:
    sql = (
        "SELECT type, name, replace(sql, 'INTEGER NOT NULL', 'INTEGER') FROM sqlite_schema"
        if database.is_sqlite
        else "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes"
        " WHERE schemaname = 'public'"
    )
    with database.read() as session:
        rows = [tuple(map(str, row)) for row in session.execute(text(sql))]
    changed = ("ix_enrollment_care", "record_change_course")
    return sorted(row for row in rows if row[1] not in changed)


def test_false_visits_are_removed(database: Database, tmp_path: Path) -> None:
    old = database_before(database, tmp_path, "0014")
    before = _definitions(old)
    never = {1: "admin", 2: "group", 3: "path", 4: "import", 10: "group"}
    kept = {5: "self", 6: "admin", 7: "group", 8: "admin", 9: "admin"}
    with old.write() as session:
        for statement in _PEOPLE:
            session.execute(text(statement))
        for id_, origin in (never | kept).items():
            # What is tracked of a path (10) are its courses.
            kind = "path" if id_ == 10 else "course"
            session.execute(text(_COURSE.format(id=id_, kind=kind)))
            values = {"status": 0, "visit": 101 if id_ == 6 else 100, "ended": "NULL"}
            if id_ == 4 or id_ == 9:  # cancelled: by the dataset, and by the learner
                values |= {"status": 2, "ended": "100"}
            statement = _ENROLLMENT.format(id=id_, origin=origin, **values)
            session.execute(text(statement))
        session.execute(
            text("INSERT INTO lesson (id, course_id, position, title) VALUES (1, 7, 1, 'One')")
        )
        session.execute(
            text("INSERT INTO lesson_done (enrollment_id, lesson_id, at) VALUES (7, 1, 100)")
        )
        events = ((1, "person", "Moved"), (2, "tracking", "The course was changed"))
        for id_, source, reason in (*events, (8, "tracking", ""), (10, "tracking", "")):
            statement = _EVENT.format(id=id_, source=source, reason=reason)
            session.execute(text(statement))
        for account in (1, 2, 3, 4):
            session.execute(
                text("INSERT INTO course_teacher (account_id, course_id) VALUES (:id, 1)"),
                {"id": account},
            )
            session.execute(
                text("INSERT INTO group_lead (account_id, group_id) VALUES (:id, 1)"),
                {"id": account},
            )
    config = migration_config()
    with old.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0014")
    assert _definitions(old) == before
    with old.read() as session:
        visits = session.execute(text("SELECT id, last_visit_at FROM enrollment ORDER BY id"))
        assert dict(map(tuple, visits)) == {
            **dict.fromkeys(never),
            **dict.fromkeys(kept, 100),
            6: 101,
        }
        teach, lead = (
            session.execute(text(f"SELECT account_id FROM {table}")).scalars().all()
            for table in ("course_teacher", "group_lead")
        )
        assert (teach, lead) == ([1], [2])
        n_active = session.execute(text("SELECT n_active FROM learner")).scalar_one()
        assert n_active == 7
        if old.is_sqlite:
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    if old is not database:
        old.close()


@pytest.mark.parametrize("column", ["pass_percent", "may_be_retaken", "admin_completes"])
def test_new_settings_of_a_course_refresh_open_pages(database: Database, column: str) -> None:
    with database.write() as session:
        session.execute(
            text(
                _COURSE.format(id=1, kind="course")
                .replace("sort_title,", "sort_title, search,")
                .replace("'knots',", "'knots', '',")
            )
        )
        session.execute(text(f"UPDATE course SET {column} = 1"))
        changed = session.execute(text("SELECT kind, record_id FROM record_change")).all()
        assert [tuple(row) for row in changed] == [("course", 1)]
