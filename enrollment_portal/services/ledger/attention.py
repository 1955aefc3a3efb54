"""Count what needs attention in a ledger, for the strip over it."""

from __future__ import annotations

from enrollment_portal.domain.access.permissions import Scope, ledger_filters, ledger_scope
from enrollment_portal.domain.ledger.attention.needs import Need, needs_among
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.ledger.ledger import clock_of
from enrollment_portal.storage.ledger.attention.counts import count_needs
from enrollment_portal.storage.shared.database import Database


def needs_of(database: Database, actor: Actor, kind: Kind) -> dict[Need, int]:
    """Return how many enrollments need the actor's attention, by reason, in their ledger.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope, wanted = ledger_scope(actor), needs_among(ledger_filters(actor))
    kind = kind if scope.has_all_courses else Kind.COURSES
    with database.read() as session:
        found = count_needs(session, scope, kind, clock_of(database))
    return {need: found[need] for need in wanted}


def count_needs_within(database: Database, scope: Scope) -> dict[Kind, dict[Need, int]]:
    """Count what needs attention within a scope by kind, once for all who share it."""
    kinds = tuple(Kind) if scope.has_all_courses else (Kind.COURSES,)
    with database.read() as session:
        clock = clock_of(database)
        return {kind: count_needs(session, scope, kind, clock) for kind in kinds}
