"""Histories for tests, and an independent reader of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_learner, make_organization

# The first account of a database.
MAYA = Actor(1, "Maya Lindqvist", "maya@northwind.example", Role.SUPER_ADMIN)

_EVENTS = text(
    "SELECT enrollment_id, version, at, actor_id, actor_name, source, kind, changes, reason, batch,"
    " save_key, undoes, hash FROM enrollment_event ORDER BY enrollment_id, version"
)


def make_new_enrollments(database: Database, count: int = 3) -> list[int]:
    """Write an organization, its Super Admin, and new enrollments."""
    make_organization(database)
    make_account(database, name=MAYA.name)
    course = make_course(database, requires_grade=0)
    learners = [make_learner(database) for _ in range(count)]
    context = Context(now_ms())
    begun = [
        create_enrollment(CreateEnrollment(one, course, Origin.ADMIN, None), context)
        for one in learners
    ]
    author = Author("person", MAYA.account_id, MAYA.name)
    with database.write() as session:
        return write_new_enrollments(session, begun, Signature(author))


def save(database: Database, enrollment: int, **typed: object) -> None:
    """Override fields on top of the stored version."""
    sql = text("SELECT version FROM enrollment WHERE id = :id")
    with database.read() as session:
        version = session.execute(sql, {"id": enrollment}).scalar_one()
    save_enrollment(database, MAYA, enrollment, version=version, typed=typed, reason="Ünder – 理由")


def broken_links(database: Database) -> list[tuple[Any, ...]]:
    """Return the rows with a wrong hash, computed independently from the documented form."""
    broken: list[tuple[Any, ...]] = []
    last: dict[int, tuple[int, bytes]] = {}
    with database.read() as session:
        for *row, row_hash in session.execute(_EVENTS):
            version, previous = last.get(row[0], (0, b""))
            form = "[" + ",".join(json.dumps(v, ensure_ascii=False) for v in row) + "]"
            expected = hashlib.sha256(previous + form.encode("utf-8")).digest()
            if row[1] != version + 1 or row_hash != expected:
                broken.append(tuple(row))
            last[row[0]] = row[1], row_hash
    return broken
