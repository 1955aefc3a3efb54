"""Northwind Academy: a company that has used the portal for two years."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sqlalchemy import Connection

from enrollment_portal.demo.ahead import ahead
from enrollment_portal.demo.courses import DemoCourse, demo_courses, number_of_courses
from enrollment_portal.demo.enrollments import (
    ENROLLMENT_COLUMNS,
    EVENT_COLUMNS,
    TIME_ZONE,
    Chronicle,
    Row,
)
from enrollment_portal.demo.people import (
    ACCOUNT_COLUMNS,
    LEARNER_COLUMNS,
    Addresses,
    learners,
    team,
)
from enrollment_portal.domain.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.errors import PortalError
from enrollment_portal.domain.text_search import sort_text
from enrollment_portal.storage.bulk import LOADING, bulk_load, holds_company, insert_rows, settle
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.turns import take_turn

_FEWEST_LEARNERS = 40
_AHEAD_FROM = 100_000
"""From how many enrollments on a second process is worth its start."""


def build_company(
    database: Database, *, enrollments: int, seed: int = 1, now: int | None = None
) -> None:
    """Fill an empty, migrated database with the demo company, in one transaction.

    The same arguments write the same rows, on either engine.

    Args:
        database: migrated, and without people, courses or an organization.
        enrollments: how many enrollments to write, at least 1; a tenth as many learners.
        seed: chooses among companies.
        now: the moment up to which the company has lived, in ms; this moment by default.

    Raises:
        PortalError: the database holds an organization, people or courses already.
    """
    now = now_ms() if now is None else now
    random = Random(seed)  # noqa: S311 - a made-up company, nothing secret
    courses = demo_courses(number_of_courses(enrollments), random)
    addresses = Addresses()
    staff = team(courses, now - 731 * MS_PER_DAY, addresses)
    with database.write() as connection:
        take_turn(connection, LOADING)
        if holds_company(connection):
            raise PortalError(
                "This database already holds people or courses, and a demo company would mix with"
                " them. Name an empty database in DATABASE_URL."
            )
        with bulk_load(connection):
            insert_rows(
                connection,
                "organization",
                "id name time_zone is_demo",
                [(1, "Northwind Academy", TIME_ZONE, 1)],
            )
            _write_courses(connection, courses)
            names: list[str] = []
            people = learners(max(_FEWEST_LEARNERS, enrollments // 10), addresses, random)
            insert_rows(connection, "learner", LEARNER_COLUMNS, _noting_names(people, names))
            insert_rows(connection, "account", ACCOUNT_COLUMNS, staff.accounts)
            insert_rows(connection, "course_teacher", "account_id course_id", staff.teaches)
            insert_rows(connection, "learner_lead", "account_id learner_id", staff.leads)
            chunks = Chronicle(names, courses, staff, now, random).chunks(enrollments)
            for rows, events in ahead(chunks) if enrollments >= _AHEAD_FROM else chunks:
                insert_rows(connection, "enrollment", ENROLLMENT_COLUMNS, rows)
                insert_rows(connection, "enrollment_event", EVENT_COLUMNS, events)
    settle(database)


def _noting_names(people: Iterator[Row], names: list[str]) -> Iterator[Row]:
    """Pass learners on, and keep no more of them than history needs."""
    for row in people:
        names.append(str(row[1]))
        yield row


def _write_courses(connection: Connection, courses: list[DemoCourse]) -> None:
    insert_rows(
        connection,
        "course",
        "id title sort_title kind n_lessons grading_scheme grading_points",
        [
            (c.id, c.title, sort_text(c.title), "course", len(c.lessons), c.scheme.value, c.points)
            for c in courses
        ],
    )
    lessons = (
        (course.id, position, title)
        for course in courses
        for position, title in enumerate(course.lessons, 1)
    )
    insert_rows(
        connection,
        "lesson",
        "id course_id position title",
        [(id_, *lesson) for id_, lesson in enumerate(lessons, 1)],
    )
