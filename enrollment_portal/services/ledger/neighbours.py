"""Find the previous and next enrollment in the ledger that an enrollment was opened from."""

from __future__ import annotations

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.enrollment.overriding import find_visible
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    at_today,
    in_time,
    last_moment,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.ledger import neighbours as stored
from enrollment_portal.storage.ledger.neighbours import Neighbours
from enrollment_portal.storage.shared.database import Database


def read_neighbours(
    database: Database, actor: Actor, enrollment_id: object, query: LedgerQuery
) -> Neighbours | None:
    """Return the rows before and after an enrollment in the actor's ledger.

    `None` if the ledger is of another course, learner or kind.

    Raises:
        NotFound: the enrollment does not exist for the actor.
    """
    scope = ledger_scope(actor)
    query = at_today(database, as_seen_by(actor, in_time(database, query)))
    zone_name = organization_of(database).time_zone
    moment = None if query.as_of is None else last_moment(query.as_of, zone_name)
    with database.read() as session:
        enrollment = find_visible(session, actor, enrollment_id)
        if not _passes(query, enrollment):
            return None
        return stored.read_neighbours(session, scope, query, enrollment.id, moment=moment)


def _passes(query: LedgerQuery, enrollment: StoredEnrollment) -> bool:
    """Return whether an enrollment passes the filters by course, learner and kind."""
    if query.learner not in (None, enrollment.learner_id):
        return False
    if query.course is not None:
        return query.course == enrollment.course_id
    return (query.kind is Kind.PATHS) == (enrollment.kind == CourseKind.PATH)
