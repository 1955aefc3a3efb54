"""Test the migration of progress in courses without lessons."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from enrollment_portal.domain.ledger.validity_intervals import FOREVER
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.storage.history.history import Author, NewEvent, add_events
from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_course, make_enrollment
from tests.integration.stored import execute, history, rows

TRACKED = Author("tracking")


def completed_before(database: Database, course: int, *, progress: int = 0, status: int = 1) -> int:
    """Write an enrollment as earlier versions did: only its status changed, or its progress."""
    id_ = make_enrollment(database, None, course, enrolled_at=NOW, version=2)
    with database.write() as session:
        pair = {"status": (0, status)} if status else {"progress": (0, progress)}
        began = NewEvent(id_, 1, NOW, TRACKED, "began", {})
        add_events(session, [began, NewEvent(id_, 2, NOW + 5, TRACKED, "changed", pair)])
    ended = {0: "", 1: f", completed_at = {NOW + 5}", 2: f", cancelled_at = {NOW + 5}"}[status]
    values = f"status = {status}, tracked_status = {status}, progress = {progress}{ended}"
    execute(database, f"UPDATE enrollment SET {values}, updated_at = {NOW + 5} WHERE id = {id_}")
    return id_


def test_completed_enrollments_get_100_now_and_in_history(database: Database) -> None:
    essay, lessons = make_course(database, n_lessons=0), make_course(database, n_lessons=2)
    path = make_course(database, kind="path", n_lessons=0)
    completed = completed_before(database, essay)
    reopened = completed_before(database, essay, progress=100, status=0)
    kept = {
        completed_before(database, essay, status=2): 0,
        completed_before(database, essay, progress=100): 100,
        completed_before(database, lessons): 0,
        completed_before(database, path, progress=50, status=0): 50,
    }
    execute(database, "UPDATE alembic_version SET version_num = '0016'")
    config = migration_config()
    with database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0017")
    found = {id_: values for id_, *values in rows(database, "SELECT id, progress FROM enrollment")}
    assert found == {completed: [100], reopened: [0], **{id_: [n] for id_, n in kept.items()}}
    versions = dict(map(tuple, rows(database, "SELECT id, version FROM enrollment")))
    assert versions == {completed: 3, reopened: 3, **dict.fromkeys(kept, 2)}
    verify_history(database)
    assert history(database, completed)[-1][3] == {"progress": [0, 100]}
    assert history(database, reopened)[-1][3] == {"progress": [100, 0]}
    spans = rows(
        database,
        "SELECT from_at, until_at, status, progress FROM enrollment_span"
        f" WHERE enrollment_id = {completed} ORDER BY from_at",
    )
    ((at,),) = rows(database, f"SELECT updated_at FROM enrollment WHERE id = {completed}")
    assert spans == [
        (NOW, NOW + 5, 0, 0),
        (NOW + 5, at, 1, 100),
        (at, FOREVER, 1, 100),
    ]
    with database.read() as session:
        tallied = session.execute(text("SELECT status, n FROM tally_course WHERE n > 0"))
        counted = session.execute(text("SELECT status, count(*) FROM enrollment GROUP BY status"))
        counts: dict[int, int] = {}
        for status, n in tallied:
            counts[status] = counts.get(status, 0) + n
        assert counts == dict(map(tuple, counted))
