"""How long a learner's own pages take, and what they do: start a course, mark a lesson done.

Target at 1,000,000 enrollments: nothing takes more than 50 ms.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.learning.learning import (
    read_catalog,
    read_course,
    read_dashboard,
    read_lesson,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import report, report_heading
from tests.builders import make_course, make_enrollment, make_learner

_DO = 40
"""So many things to do once each: more than a report does."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        report_heading(engine, options.rows)
        _measure_pages(database)
        _measure_acts(database)


def _rows(database: Database, sql: str, **values: object) -> list[Any]:
    with database.read() as session:
        return list(session.execute(text(sql), values))


def _learner(learner_id: int) -> Actor:
    return Actor(1, "", "", Role.LEARNER, learner_id=learner_id)


def _measure_pages(database: Database) -> None:
    on_path = _rows(
        database,
        "SELECT e.learner_id FROM enrollment e JOIN course c ON c.id = e.course_id"
        " WHERE c.kind = 'path' AND e.status = 0 ORDER BY e.id LIMIT 1",
    )[0][0]
    busiest = make_learner(database, "Ada of Two Hundred")
    taken = _rows(
        database,
        "SELECT id FROM course WHERE kind = 'course' AND state = 'published' ORDER BY id LIMIT 200",
    )
    for number, (course,) in enumerate(taken):
        make_enrollment(database, busiest, course, status=number % 3)
    for _ in range(200 - len(taken)):
        make_enrollment(database, busiest, make_course(database), status=2)
    for name, learner in (("on a path", on_path), ("with 200 enrollments", busiest)):
        actor = _learner(learner)
        report(f"dashboard of a learner {name}", lambda: read_dashboard(database, actor))  # noqa: B023 - at once
        report("  the catalog for them", lambda: read_catalog(database, actor, "", None))  # noqa: B023
        report("  its last page", lambda: read_catalog(database, actor, "", Place("last")))  # noqa: B023
        report("  a search in it", lambda: read_catalog(database, actor, "an", None))  # noqa: B023
    course = taken[0][0]
    report("a course's page", lambda: read_course(database, _learner(busiest), course))


def _measure_acts(database: Database) -> None:
    to_do = iter(
        _rows(
            database,
            "SELECT e.learner_id, e.course_id, min(l.id) FROM enrollment e"
            " JOIN course c ON c.id = e.course_id JOIN lesson l ON l.course_id = c.id"
            " AND l.position = e.lessons_done + 1"
            " WHERE e.status = 0 AND c.kind = 'course' AND c.state = 'published' AND NOT EXISTS"
            " (SELECT 1 FROM path_step s WHERE s.course_id = c.id AND s.needs_previous = 1)"
            " AND e.enrolled_at = (SELECT max(n.enrolled_at) FROM enrollment n"
            " WHERE n.learner_id = e.learner_id AND n.course_id = e.course_id)"
            " GROUP BY e.learner_id, e.course_id ORDER BY e.learner_id LIMIT :n",
            n=2 * _DO,
        )
    )

    def read() -> None:
        learner, course, lesson = next(to_do)
        read_lesson(database, _learner(learner), course, lesson)

    def mark() -> None:
        learner, course, lesson = next(to_do)
        mark_done(database, _learner(learner), course, lesson)

    report("a lesson opened", read)
    report("a lesson marked done", mark)
    to_start = _to_start(database)

    def start() -> None:
        learner, course = next(to_start)
        start_course(database, _learner(learner), course)

    report("a course started", start)


def _to_start(database: Database) -> Iterator[tuple[int, int]]:
    """Yield learners and an unlocked course that they are not in."""
    for learner, course in _rows(
        database,
        "SELECT l.id, (SELECT min(c.id) FROM course c WHERE c.kind = 'course'"
        " AND c.state = 'published' AND c.id NOT IN (SELECT s.course_id FROM path_step s)"
        " AND c.id NOT IN (SELECT e.course_id FROM enrollment e WHERE e.learner_id = l.id))"
        " FROM learner l WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.learner_id = l.id"
        " AND a.is_suspended = 1) ORDER BY l.id LIMIT :n",
        n=2 * _DO,
    ):
        if course is not None:
            yield learner, course
