"""How long pages of the history of all enrollments take, with each filter and for each role.

Target at 1,000,000 enrollments: the first, a deep and the last page take under 60 ms.
"""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.activity.activity_query import ActivityFilters, Source, What
from enrollment_portal.domain.ledger.day_ranges import read_days
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.activity.activity import list_changes
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import report, report_heading

_UTC = zone("UTC")
_MAYA = Actor(1, "Maya Lindqvist", "", Role.SUPER_ADMIN)
_TEACHERS = "SELECT account_id FROM course_teacher GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
_LEADS = "SELECT id FROM account WHERE role = 'group_lead' ORDER BY id LIMIT 1"
_BUSIEST = (
    "SELECT actor_id FROM activity WHERE actor_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC"
    " LIMIT 1"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        report_heading(engine, options.rows)
        _measure(database)


def _value(database: Database, sql: str) -> int:
    with database.read() as session:
        return session.execute(text(sql)).scalar_one()


def _measure(database: Database) -> None:
    print(f"  {_value(database, 'SELECT count(*) FROM activity'):,} changes")
    busiest = _value(database, _BUSIEST)
    teacher = Actor(_value(database, _TEACHERS), "T", "", Role.INSTRUCTOR)
    lead = Actor(_value(database, _LEADS), "L", "", Role.GROUP_LEAD)
    last_week = read_days("last_week")
    asked: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
        ("all", _MAYA, {}),
        ("grades", _MAYA, {"field": What.GRADE}),
        ("grades of last week", _MAYA, {"field": What.GRADE, "when": last_week}),
        ("progress", _MAYA, {"field": What.PROGRESS}),
        ("messages, which are rare", _MAYA, {"field": What.MESSAGE}),
        ("by the busiest person", _MAYA, {"person": busiest}),
        ("grades by the busiest person", _MAYA, {"person": busiest, "field": What.GRADE}),
        ("notes by nobody", _MAYA, {"person": 10**9, "field": What.NOTE}),
        ("undos", _MAYA, {"source": Source.UNDO}),
        ("tracked in a course", _MAYA, {"source": Source.TRACKING, "course": 1}),
        ("deadlines in a course", _MAYA, {"field": What.DEADLINE, "course": 1}),
        ("of a learner", _MAYA, {"learner": 1}),
        ("taught", teacher, {}),
        ("taught, grades", teacher, {"field": What.GRADE}),
        ("taught, messages, which are rare", teacher, {"field": What.MESSAGE}),
        ("led", lead, {}),
        ("led, grades", lead, {"field": What.GRADE}),
    )
    for name, actor, values in asked:
        filters = ActivityFilters(**values)
        for page, place in _places(database, actor, filters):
            report(
                f"{name}, {page}",
                lambda: list_changes(database, actor, filters, place, _UTC),  # noqa: B023 - at once
            )


def _places(
    database: Database, actor: Actor, filters: ActivityFilters
) -> list[tuple[str, Place | None]]:
    """Return the first page, one in the middle of the time that the changes span, and the last."""
    first = list_changes(database, actor, filters, None, _UTC).rows
    last = list_changes(database, actor, filters, Place("last"), _UTC).rows
    if not first or not last:
        return [("first page", None)]
    middle = Place("after", ((first[0].at + last[-1].at) // 2, 0), 2)
    return [("first page", None), ("deep page", middle), ("last page", Place("last"))]
