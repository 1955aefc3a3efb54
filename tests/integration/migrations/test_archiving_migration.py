"""Test the migration of imported courses that were published without lessons."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from alembic import command
from alembic.script import ScriptDirectory

from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.access.access import read_access_log
from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment
from tests.integration.stored import execute, rows


def test_courses_that_nothing_completes_are_archived_and_logged(database: Database) -> None:
    empty = {"n_lessons": 0, "state": "published"}
    imported = make_course(database, "AAA 2013J", **empty)
    enrollment = make_enrollment(database, None, imported)
    kept = {
        make_course(database, requires_grade=1, **empty): "published",
        make_course(database, n_lessons=1, state="published"): "published",
        make_course(database, n_lessons=0, state="draft"): "draft",
        make_course(database, kind="path", **empty): "published",
    }
    before = rows(database, "SELECT * FROM enrollment")
    versions = dict(map(tuple, rows(database, "SELECT id, version FROM course")))
    execute(database, "DELETE FROM record_change")
    config = migration_config()
    script = ScriptDirectory.from_config(config).get_revision("0019")
    for _ in range(2):  # once more changes nothing
        execute(database, f"UPDATE alembic_version SET version_num = '{script.down_revision}'")
        with database.write() as session:
            config.attributes["connection"] = session.connection()
            command.upgrade(config, "0019")
    states = dict(map(tuple, rows(database, "SELECT id, state FROM course")))
    assert states == {imported: "archived", **kept}
    versions[imported] += 1
    assert dict(map(tuple, rows(database, "SELECT id, version FROM course"))) == versions
    # Open pages follow it.
    assert rows(database, "SELECT kind, record_id FROM record_change") == [("course", imported)]
    assert rows(database, "SELECT * FROM enrollment") == before
    assert before[0][0] == enrollment
    dana = Actor(1, "Dana", "dana@northwind.example", Role.SUPER_ADMIN)
    (act,) = read_access_log(database, dana, ListQuery("2013J", {}), ZoneInfo("UTC")).rows
    assert (act.action, act.subject, act.subject_id) == (
        Action.COURSE_ARCHIVED,
        "AAA 2013J",
        imported,
    )
