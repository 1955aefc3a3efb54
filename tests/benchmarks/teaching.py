"""How long an instructor's pages take: the counts of their courses, and a page of a grading grid.

Target at 1,000,000 enrollments: nothing takes more than 50 ms.
"""

from __future__ import annotations

import argparse

from sqlalchemy import text

from enrollment_portal.domain.grading.teaching import GradingFilter
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.grading.grading import grade_cell
from enrollment_portal.services.grading.teaching import count_grid, read_grid, taught_courses
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import report, report_heading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        _remove_some_grades(database)
        report_heading(engine, options.rows)
        _measure_all(database)


def _remove_some_grades(database: Database) -> None:
    """Make every course require a grade, and remove some grades."""
    with database.write() as session:
        session.execute(text("UPDATE course SET requires_grade = 1"))
        session.execute(
            text(
                "UPDATE enrollment SET status = 0, tracked_status = 0, completed_at = NULL,"
                " grade = NULL, override_seq = NULL WHERE status = 1 AND progress = 100"
                " AND id % 50 = 0 AND NOT EXISTS (SELECT 1 FROM enrollment o"
                " WHERE o.learner_id = enrollment.learner_id"
                " AND o.course_id = enrollment.course_id AND o.id <> enrollment.id)"
            )
        )
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _measure_all(database: Database) -> None:
    with database.read() as session:
        account, courses = session.execute(
            text(
                "SELECT account_id, count(*) FROM course_teacher GROUP BY account_id"
                " ORDER BY 2 DESC, 1 LIMIT 1"
            )
        ).one()
        course, size = session.execute(
            text(
                "SELECT course_id, sum(n) FROM tally_course GROUP BY course_id"
                " ORDER BY 2 DESC LIMIT 1"
            )
        ).one()
    instructor = Actor(account, "", "", Role.INSTRUCTOR)
    admin = Actor(1, "", "", Role.SUPER_ADMIN)
    taught = taught_courses(database, instructor)
    enrollments = sum(c.n_active + c.n_completed + c.n_cancelled for c in taught)
    name = f"counts of {courses} courses, {enrollments:,} enrollments"
    report(name, lambda: taught_courses(database, instructor))
    for of, n, who in ((course, size, admin), (taught[0].id, 0, instructor)):
        for tab in GradingFilter:
            found = read_grid(database, who, of, tab=tab)
            count = found.page.total
            title = f"grid of {n or 'one of theirs'}, {tab.label}: {count:,}"
            report(title, lambda: read_grid(database, who, of, tab=tab))  # noqa: B023 - at once
            if place := found.page.next:
                report(
                    "  its second page",
                    lambda: read_grid(database, who, of, tab=tab, place=place),  # noqa: B023
                )
        report("  its last page", lambda: read_grid(database, who, of, place=Place("last")))  # noqa: B023
        for search in ("anna", "northwind"):
            report(
                f"  search for {search}",
                lambda: read_grid(database, who, of, search=search),  # noqa: B023
            )
        report("  its counts", lambda: count_grid(database, who, of))  # noqa: B023
    row = read_grid(database, instructor, taught[0].id).page.rows[0]
    texts = iter(range(1_000))
    versions = {"now": row.version}

    def save() -> None:
        found = grade_cell(
            database, instructor, row.id, "feedback", f"Text {next(texts)}", versions["now"]
        )
        versions["now"] = found.version

    report("a cell saved", save)
