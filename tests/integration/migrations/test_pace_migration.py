"""Test the migration that stores when progress was last made."""

from __future__ import annotations

from pathlib import Path

from enrollment_portal.services.pace.paces import refresh_paces
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW
from tests.integration.migrations.old_databases import database_before, upgrade_to
from tests.integration.stored import execute, rows

_BEFORE = (
    "INSERT INTO organization (id, name, time_zone, is_demo) VALUES (1, 'North', 'UTC', 0)",
    "INSERT INTO learner (id, name, department, sort_name, search, n_active, n_completed,"
    " n_cancelled, job_title, joined_at, version)"
    " VALUES (1, 'Ana', '', 'ana', '  ana', 0, 0, 0, '', 0, 1)",
)
_COURSE = (
    "INSERT INTO course (id, title, sort_title, search, kind, n_lessons, grading_scheme, state,"
    " description, requires_grade, version, updated_at, pass_percent, may_be_retaken, list_version)"
    " VALUES ({id}, 'Knots', 'knots', '', 'course', 2, 'free', 'published', '', 0, 1, 0, 50, 0, 1)"
)
_ENROLLMENT = (
    "INSERT INTO enrollment (id, learner_id, course_id, status, tracked_status, progress,"
    " lessons_done, enrolled_at, last_visit_at, version, updated_at, origin, feedback,"
    " internal_note, feedback_is_new) VALUES ({id}, 1, {id}, 0, 0, {progress}, 0, {began},"
    " {visit}, 1, {began}, 'admin', '', '', 0)"
)


def test_progress_was_last_made_when_the_interval_began(database: Database, tmp_path: Path) -> None:
    old = database_before(database, tmp_path, "0024")
    began = NOW - 100 * DAY
    for statement in _BEFORE:
        execute(old, statement)
    for id_ in range(1, 7):
        execute(old, _COURSE.format(id=id_))
        progress, visit = (40, began + DAY) if id_ == 3 else (0, "NULL")
        statement = _ENROLLMENT.format(id=id_, began=began, progress=progress, visit=visit)
        execute(old, statement)
    changes = (
        (1, "progress = 20", 10),
        (1, "deadline_day = 30000", 20),  # no progress
        (2, "progress = 30", 10),
        (2, "progress = 20", 30),  # a changed course lowers it
        (4, "status = 2, cancelled_at = enrolled_at", 5),
        (4, "status = 0, cancelled_at = NULL", 50),
        (5, "progress = 100", 40),
        (6, "progress = 50", 99),
    )
    for id_, change, day in changes:
        at = began + day * DAY
        execute(old, f"UPDATE enrollment SET {change}, updated_at = {at} WHERE id = {id_}")
    upgrade_to(old, "0024")
    upgrade_to(old, "head")
    found = rows(old, "SELECT id, progress_at, pace FROM enrollment ORDER BY id")
    # Nothing is known of 3, which was imported: its progress was made by the last visit.
    days = {1: 10, 2: 10, 3: 1, 4: 50, 5: 40, 6: 99}
    assert {id_: (at - began) // DAY for id_, at, _ in found} == days
    assert {id_: pace for id_, _, pace in found} == {**dict.fromkeys(range(1, 7), 0), 5: None}
    refresh_paces(old, NOW)
    paces = dict(map(tuple, rows(old, "SELECT id, pace FROM enrollment")))
    assert paces == {1: 0, 2: 0, 3: 0, 4: 0, 5: None, 6: 125}
    if old is not database:
        old.close()
