"""What an address of the ledger opens: a view, the default, or what its parameters say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.views.addresses import ALL, VIEW, has_query
from enrollment_portal.domain.views.views import View
from enrollment_portal.services.views.views import read_default, read_view
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class Opened:
    """What is shown, and the view that it was opened with."""

    query: LedgerQuery
    view: View | None = None
    is_missing: bool = False
    """Whether the address names a view that does not exist for the actor."""
    default: str = ""
    """The key of the view that the address without parameters opens; "" for none."""


def open_ledger(database: Database, actor: Actor, params: Mapping[str, object]) -> Opened:
    """Return what an address of the actor's ledger opens.

    Args:
        database: where the views are.
        actor: whose ledger it is.
        params: the parameters of the address; nonsense counts as no parameter.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    named, is_explicit = params.get(VIEW), has_query(params)
    query = LedgerQuery.parse(params)
    default = read_default(database, actor)
    default_key = default.key if default else ""
    view = None if named or is_explicit else default
    if named and named != ALL:
        try:
            view = read_view(database, actor, named)
        except NotFound:
            return Opened(query, is_missing=True, default=default_key)
    if view is not None and not is_explicit:
        query = view.query
    return Opened(query, view, default=default_key)
