"""What tests of bulk changes share: a course of learners, and running a preview to its end."""

from __future__ import annotations

from typing import Any

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import Selection, select_ids
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.bulk.jobs import Job, read_job, start
from enrollment_portal.services.bulk.previewing import Preview, preview
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_course, make_enrollment, make_learner

DEADLINE = NOW // 86_400_000


def make_rows(database: Database, n: int, course: int | None = None, **values: Any) -> list[int]:
    """Write active enrollments with a deadline, all in one course."""
    course = course or make_course(database, "Fire Safety")
    values = {"deadline_day": DEADLINE, **values}
    return [
        make_enrollment(database, make_learner(database, f"Learner {n}"), course, **values)
        for n in range(n)
    ]


def preview_of(
    database: Database, actor: Actor, ids: list[int] | Selection, kind: str, **typed: str
) -> Preview:
    """Preview an action on rows."""
    reason = typed.pop("reason", "")
    selection = ids if isinstance(ids, Selection) else select_ids(ids)
    return preview(database, actor, selection, read_action(kind, typed), reason)


def accept(database: Database, actor: Actor, made: Preview) -> Job:
    """Start a preview."""
    return start(database, actor, made.id, made.fingerprint)


def run(database: Database, actor: Actor, made: Preview) -> Job:
    """Start a preview, and carry it out."""
    accept(database, actor, made)
    assert Worker(database).carry_out_next()
    return read_job(database, actor, made.id)


def change(
    database: Database, actor: Actor, ids: list[int] | Selection, kind: str, **typed: str
) -> Job:
    """Preview, start and carry out an action on rows."""
    return run(database, actor, preview_of(database, actor, ids, kind, **typed))
