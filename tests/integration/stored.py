"""Read and change the database in tests, without a service."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.storage.shared.database import Database


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def execute(database: Database, sql: str) -> None:
    """Change what is stored, as no service would."""
    with database.write() as session:
        session.execute(text(sql))


def history(database: Database, enrollment: int) -> list[tuple[Any, ...]]:
    """Return version, source, name, changes and reason of every recorded change, oldest first."""
    found = rows(
        database,
        "SELECT version, source, actor_name, changes, reason FROM enrollment_event"
        f" WHERE enrollment_id = {enrollment} ORDER BY seq",
    )
    return [(*row[:3], json.loads(row[3]), row[4]) for row in found]


def dump(database: Database) -> list[tuple[Any, ...]]:
    """Return every row that a save could touch."""
    with database.read() as session:
        return [
            tuple(row)
            for table in ("enrollment", "enrollment_event", "learner", "tally_course")
            for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        ]


def admin_events(database: Database) -> list[tuple[Any, ...]]:
    """Return action, subject and detail of every row of the admin log."""
    return rows(database, "SELECT action, subject, detail FROM admin_event ORDER BY id")


def progress_of(database: Database, enrollment: int) -> tuple[Any, ...]:
    """Return both statuses, progress, lessons done and version of an enrollment."""
    sql = "SELECT status, tracked_status, progress, lessons_done, version FROM enrollment"
    return rows(database, f"{sql} WHERE id = {enrollment}")[0]


def changes_of(database: Database, enrollment: int) -> list[tuple[Any, ...]]:
    """Return version, source and changes of every recorded change, oldest first."""
    sql = "SELECT version, source, changes FROM enrollment_event"
    found = rows(database, f"{sql} WHERE enrollment_id = {enrollment} ORDER BY seq")
    return [(version, source, json.loads(changes)) for version, source, changes in found]


def version_of(database: Database, enrollment: int) -> int:
    """Return the version of an enrollment."""
    return progress_of(database, enrollment)[4]


def values_of(database: Database, enrollment: int) -> tuple[Any, ...]:
    """Return both statuses, progress, completion date and override of an enrollment."""
    sql = "SELECT status, tracked_status, progress, completed_at, override_seq FROM enrollment"
    return rows(database, f"{sql} WHERE id = {enrollment}")[0]


def enrollment_in(database: Database, ada: Actor, course: int) -> int:
    """Return the enrollment of a learner in a course."""
    sql = f"SELECT id FROM enrollment WHERE learner_id = {ada.learner_id} AND course_id = {course}"
    return rows(database, sql)[0][0]
