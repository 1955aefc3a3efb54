"""How long the pages of courses and paths take, and changes of everybody in a large course.

Target at 1,000,000 enrollments: no page takes more than 50 ms; a change of the lessons of the
largest course takes seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from sqlalchemy import text

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.services.catalog import courses, lessons, paths
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import report, report_heading
from tests.integration import current

_DANA = Actor(1, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        report_heading(engine, options.rows)
        _measure_lists(database)
        for kind in ("course", "path"):
            _measure_ledger(database, kind)
        _measure_changes(database)


def _largest(database: Database, kind: str) -> tuple[int, int]:
    with database.read() as session:
        row = session.execute(
            text(
                "SELECT t.course_id, sum(t.n) FROM tally_course t JOIN course c"
                " ON c.id = t.course_id WHERE c.kind = :kind AND c.state = 'published'"
                " GROUP BY t.course_id ORDER BY 2 DESC LIMIT 1"
            ),
            {"kind": kind},
        ).one()
    return row[0], row[1]


def _measure_lists(database: Database) -> None:
    queries = {
        "first page": ListQuery(),
        "last page": ListQuery(place=Place("last")),
        "published": ListQuery("", {"state": "published"}),
        "search for an": ListQuery("an"),
        "search for what is not there": ListQuery("xyzzy"),
    }
    for name, query in queries.items():
        report(f"courses, {name}", lambda: courses.list_courses(database, _DANA, query))  # noqa: B023 - at once
        report(f"learning paths, {name}", lambda: paths.list_paths(database, _DANA, query))  # noqa: B023
    report("published ones, by title", lambda: courses.find_learnables(database, _DANA, "an"))


def _measure_ledger(database: Database, kind: str) -> None:
    course, size = _largest(database, kind)
    newest = LedgerQuery(course=course)
    by_name = LedgerQuery(course=course, sort=SortKey.LEARNER, descending=False)
    queries = {
        "newest": newest,
        "newest, last page": newest.at(Place("last")),
        "by name": by_name,
        "by name, last page": by_name.at(Place("last")),
        "search for an": newest.searching("an"),
    }
    read: Callable[..., object] = courses.read_course if kind == "course" else paths.read_path
    report(f"{kind} of {size:,}, its heading", lambda: read(database, _DANA, course))
    for name, query in queries.items():
        report(f"  its ledger, {name}", lambda: read_ledger(database, _DANA, query))  # noqa: B023


def _measure_changes(database: Database) -> None:
    course, size = _largest(database, "course")
    of = f"course of {size:,}"
    _found, there = lessons.read_lessons(database, _DANA, course)
    last, first = there[-1], there[0]
    _once(
        f"{of}, a lesson moved",
        lambda: current.move_lesson(database, _DANA, course, last.id, down=False),
    )
    _once(
        f"{of}, a lesson moved once more",
        lambda: current.move_lesson(database, _DANA, course, last.id, down=True),
    )
    _once(
        f"{of}, a lesson removed", lambda: current.remove_lesson(database, _DANA, course, first.id)
    )
    _once(
        f"{of}, a lesson added",
        lambda: lessons.add_lesson(database, _DANA, course, {"title": "New"}),
    )
    for state in ("archived", "published"):
        _once(
            f"{of}, {state}",
            lambda: current.set_course_state(database, _DANA, course, state),  # noqa: B023
        )
    path, size = _largest(database, "path")
    step = paths.read_path(database, _DANA, path).steps[-1].course_id
    _once(
        f"path of {size:,}, a course removed",
        lambda: current.remove_step(database, _DANA, path, step),
    )
    _once(f"path of {size:,}, a course added", lambda: paths.add_step(database, _DANA, path, step))


def _once(name: str, act: Callable[[], object]) -> None:
    """Print the time of an action that cannot be repeated."""
    start = time.perf_counter()
    act()
    print(f"{name:58}{(time.perf_counter() - start) * 1000:8.0f}", flush=True)
