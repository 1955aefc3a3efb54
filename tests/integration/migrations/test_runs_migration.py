"""Test the migration that numbers the runs of enrollments, and that new ones are numbered."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_learner
from tests.integration.migrations.old_databases import database_before, upgrade_to

_ENROLLMENT = (
    "INSERT INTO enrollment (id, learner_id, course_id, status, tracked_status, progress,"
    " lessons_done, enrolled_at, completed_at, version, updated_at, origin, feedback,"
    " internal_note, feedback_is_new, progress_at)"
    " VALUES (:id, :learner, :course, 1, 1, 0, 0, :at, :at, 1, :at, 'admin', '', '', 0, :at)"
)


def _enroll(database: Database, *rows: tuple[int, int, int, int]) -> None:
    with database.write() as session:
        for id_, learner, course, at in rows:
            values = {"id": id_, "learner": learner, "course": course, "at": at}
            session.execute(text(_ENROLLMENT), values)


def _runs(database: Database) -> dict[int, int]:
    with database.read() as session:
        rows = session.execute(text("SELECT id, run FROM enrollment")).all()
    return {row[0]: row[1] for row in rows}


def test_runs_are_numbered_by_date_of_enrollment(database: Database, tmp_path: Path) -> None:
    old = database_before(database, tmp_path, "0026")
    ana, bo = make_learner(old), make_learner(old)
    one, other = make_course(old), make_course(old)
    _enroll(old, (1, ana, one, 300), (2, ana, one, 100), (3, ana, other, 100), (4, bo, one, 50))
    if old.is_sqlite:
        with old.write() as session:
            session.execute(text("ANALYZE"))
    upgrade_to(old, "0026")
    assert _runs(old) == {1: 2, 2: 1, 3: 1, 4: 1}
    # Enrollments from elsewhere may be older than those that are there.
    _enroll(old, (5, ana, one, 200), (6, bo, other, 1), (7, ana, one, 100))
    assert _runs(old) == {1: 4, 2: 1, 3: 1, 4: 1, 5: 3, 6: 1, 7: 2}
    if old.is_sqlite:
        # Without statistics of the new indexes, SQLite would prefer them to the others.
        with old.read() as session:
            named = session.execute(text("SELECT idx FROM sqlite_stat1")).scalars().all()
        assert {"ix_enrollment_status_visit", "ix_enrollment_origin"} <= set(named)
        old.close()
