"""How long the access log and the preview of enrolling many people take.

Target at 1,000,000 enrollments and 200,000 rows of the log: nothing takes more than 50 ms, but a
search of the log, which looks at each row, and the preview, which reads every person.
"""

from __future__ import annotations

import argparse

from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.domain.shared.text_search import search_text
from enrollment_portal.services.access.access import read_access_log
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.storage.shared.bulk import insert_rows
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import report, report_heading

ACTS = 200_000
_MAYA = Actor(1, "Maya Lindqvist", "", Role.SUPER_ADMIN)
_ACTIONS = ("signed_in", "signed_out", "user_changed", "members_added", "enrolled")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        _fill_log(database)
        report_heading(engine, options.rows)
        _measure_log(database)
        _measure_preview(database)


def _fill_log(database: Database) -> None:
    """Write log entries of the last two years, by a hundred people."""
    now = now_ms()
    rows = []
    for i in range(ACTS):
        name, detail = f"Person {i % 100}", f"Thing {i % 1_000}"
        action = _ACTIONS[i % len(_ACTIONS)]
        at = now - (ACTS - i) * 300_000
        search = search_text(f"{name} {detail}", None)
        rows.append((at, i % 100 + 1, name, action, "user", i % 500 + 1, name, detail, search))
    columns = "at actor_id actor_name action subject_kind subject_id subject detail search"
    with database.write() as session:
        insert_rows(session, "admin_event", columns, rows)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _measure_log(database: Database) -> None:
    queries = {
        "log, newest": ListQuery(),
        "log, last page": ListQuery().at(Place("last")),
        "log of one person": ListQuery().filtered("person", "7"),
        "log of one action": ListQuery().filtered("action", "enrolled"),
        "log of one week": ListQuery().filtered("from", "2026-06-01").filtered("to", "2026-06-07"),
        "log, search that many match": ListQuery("person"),
        "log, search that few match": ListQuery("thing 777 person 77"),
        "log, search that none matches": ListQuery("nothing of the kind"),
    }
    for name, query in queries.items():
        report(name, lambda: read_access_log(database, _MAYA, query, zone("Europe/Stockholm")))  # noqa: B023 - at once


def _measure_preview(database: Database) -> None:
    with database.read() as session:
        courses = list(
            session.execute(
                text("SELECT id FROM course WHERE kind = 'course' AND state = 'published' LIMIT 3")
            ).scalars()
        )
        path = session.execute(
            text("SELECT id FROM course WHERE kind = 'path' AND state = 'published' LIMIT 1")
        ).scalar_one()
    people = list(range(1_000, 2_000))
    for name, chosen in (
        ("enroll preview, 1,000 people in a course", [courses[0]]),
        ("enroll preview, 1,000 people in three courses", courses),
        ("enroll preview, 1,000 people in a path", [path]),
    ):
        report(name, lambda: enroll_many.preview(database, _MAYA, Chosen(people, [], chosen)))  # noqa: B023
