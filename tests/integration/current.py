"""Changes of courses and paths with the current version, as from an up-to-date page."""

from __future__ import annotations

from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.catalog import courses, lessons, paths
from enrollment_portal.storage.catalog.courses import StoredCourse
from enrollment_portal.storage.shared.database import Database


def version_of(database: Database, course_id: int, column: str = "version") -> int:
    """Return a version of a course or path; 0 where there is none."""
    with database.read() as session:
        sql = f"SELECT {column} FROM course WHERE id = {course_id}"
        return session.execute(text(sql)).scalar() or 0


def list_version_of(database: Database, course_id: int) -> int:
    """Return the version of a course's lessons, or of a path's courses; 0 where there is none."""
    return version_of(database, course_id, "list_version")


def set_course_state(database: Database, actor: Actor, course: int, state: str) -> StoredCourse:
    """Publish or archive a course, or make it a draft again."""
    version = version_of(database, course)
    return courses.set_course_state(database, actor, course, state, version=version)


def move_lesson(database: Database, actor: Actor, course: int, lesson: int, *, down: bool) -> None:
    """Let a lesson change places with the one before or after it."""
    version = list_version_of(database, course)
    lessons.move_lesson(database, actor, course, lesson, down=down, version=version)


def remove_lesson(database: Database, actor: Actor, course: int, lesson: int) -> None:
    """Remove a lesson."""
    version = list_version_of(database, course)
    lessons.remove_lesson(database, actor, course, lesson, version=version)


def set_path_state(database: Database, actor: Actor, path: int, state: str) -> StoredCourse:
    """Publish or archive a path, or make it a draft again."""
    version = version_of(database, path)
    return paths.set_path_state(database, actor, path, state, version=version)


def remove_step(database: Database, actor: Actor, path: int, course: int) -> None:
    """Remove a course from a path."""
    version = list_version_of(database, path)
    paths.remove_step(database, actor, path, course, version=version)


def move_step(database: Database, actor: Actor, path: int, course: int, *, down: bool) -> None:
    """Let a course of a path change places with the one before or after it."""
    version = list_version_of(database, path)
    paths.move_step(database, actor, path, course, down=down, version=version)


def set_needs_previous(
    database: Database, actor: Actor, path: int, course: int, *, is_on: bool
) -> None:
    """Let a course of a path open when the one before it is completed, or at once."""
    version = list_version_of(database, path)
    paths.set_needs_previous(database, actor, path, course, is_on=is_on, version=version)
