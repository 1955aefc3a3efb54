"""The ledger as one person may see it."""

from __future__ import annotations

from enrollment_portal.domain.ledger_query import LedgerQuery
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import ledger_scope
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.ledger import LedgerPage


def read_ledger(database: Database, actor: Actor, query: LedgerQuery) -> LedgerPage:
    """Return one page of the actor's ledger with the counts of every tab, from one moment.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope = ledger_scope(actor)
    with database.read() as connection:
        return stored.read_ledger(connection, scope, query)
