"""Steps that tests of several features take: enroll, save, complete and undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Requester
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import day_to_date, now_ms, zone
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.enrollment.enrollments import (
    save_enrollment,
)
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_lessons,
)
from tests.integration.stored import (
    dump,
    enrollment_in,
    version_of,
)

STOCKHOLM = zone("Europe/Stockholm")


def day(ago: int) -> str:
    """Return a day some days ago, as a form holds it."""
    return day_to_date(calendar.day_of(calendar.now_ms(), STOCKHOLM) - ago).isoformat()


def enroll_in_path(database: Database, ada: Actor, path: int) -> int:
    """Enroll Ada in a path, and return the enrollment."""
    with database.write() as session:
        made = plan(
            session,
            [ada.learner_id or 0],
            [path],
            origin=Origin.ADMIN,
            today=20_000,
            request=EnrollRequest(Requester.ADMIN, zone("UTC")),
        )
        ids = carry_out(session, made, Author("person", 7, "Dana Ruiz"), now=now_ms())
    return ids[ada.learner_id or 0, path]


def save(database: Database, dana: Actor, enrollment: int, **typed: str) -> int:
    """Override fields, and return the change."""
    version = version_of(database, enrollment)
    made = save_enrollment(database, dana, enrollment, version=version, typed=typed).made
    assert made
    return made


def undo(database: Database, dana: Actor, enrollment: int, seq: int) -> int:
    """Undo a change, and return the undoing change."""
    undone = undo_change(database, dana, enrollment, seq)
    return next(event.seq for event in undone.history if event.undoes == seq)


def graded_course(database: Database) -> tuple[int, int]:
    """Return a course with one lesson that a grade completes, and the lesson."""
    course = make_course(database, n_lessons=1, requires_grade=1)
    return course, make_lessons(database, course, 1)[0]


def complete(database: Database, ada: Actor, dana: Actor, graded: tuple[int, int]) -> int:
    """Do the lesson and be graded, and return the enrollment."""
    mark_done(database, ada, *graded)
    enrollment = enrollment_in(database, ada, graded[0])
    save(database, dana, enrollment, grade="A")
    return enrollment


def refused(database: Database, act: Callable[[], Any], error: type[Exception]) -> Exception:
    """Return the refusal of an action that must change nothing."""
    before = dump(database)
    with pytest.raises(error) as refusal:
        act()
    assert dump(database) == before
    return refusal.value
