"""Saved views of the ledger: a name for a query and a layout, one's own or shared with a role.

A view holds no rows. It is a query that is run in the scope of whoever opens it, without the
filters that this person's ledger does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl

from enrollment_portal.domain.access.permissions import (
    ledger_scope,
    may_change_any_view,
    may_see_ledger,
    may_share_views,
)
from enrollment_portal.domain.ledger.day_ranges import Period
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.views import messages

NAME_LENGTH = 80
MOST_OWN, MOST_SHARED = 50, 50
"""How many views a person can have, and how many can be shared with one role."""


class Audience(StrEnum):
    """Who besides its owner sees a view; stored by value."""

    NOBODY = ""
    ADMINS = "admins"
    INSTRUCTORS = "instructors"
    LEADS = "leads"

    @property
    def label(self) -> str:
        """Who sees it, in words."""
        return messages.AUDIENCES[self.value]


_AUDIENCE_OF_SCOPE = {
    "all": Audience.ADMINS,
    "taught": Audience.INSTRUCTORS,
    "led": Audience.LEADS,
}


@dataclass(frozen=True)
class View:
    """A view as it is stored."""

    key: str
    """Its id as text; of a view that comes with the product, its name in URLs."""
    name: str
    query: LedgerQuery
    layout: str | None = None
    """The text of a `Layout`; `None` for each person's own."""
    audience: Audience = Audience.NOBODY
    owner_id: int | None = None
    """`None` for a view that comes with the product."""
    owner: str = ""
    version: int = 0
    changed_by: str = ""
    """Who changed it last."""

    @property
    def is_product(self) -> bool:
        """Whether it comes with the product."""
        return self.owner_id is None


def _product(key: str, query: LedgerQuery) -> View:
    return View(key, messages.PRODUCT_NAMES[key], query)


_BY_DEADLINE = LedgerQuery(sort=SortKey.DEADLINE, descending=False)
PRODUCT_VIEWS: Mapping[str, View] = {
    view.key: view
    for view in (
        _product("overdue", replace(_BY_DEADLINE, filters=Filters(flags=(Flag.OVERDUE,)))),
        _product(
            "due_this_week",
            replace(_BY_DEADLINE, tab=Tab.ACTIVE, filters=Filters(deadline=Period.THIS_WEEK)),
        ),
        _product("stuck", replace(_BY_DEADLINE, filters=Filters(flags=(Flag.STUCK,)))),
        _product("awaiting_grade", LedgerQuery(filters=Filters(flags=(Flag.AWAITING_GRADE,)))),
        _product("completed_this_month", LedgerQuery(filters=Filters(completed=Period.THIS_MONTH))),
        _product("by_hand", LedgerQuery(filters=Filters(flags=(Flag.BY_HAND,)))),
    )
}
"""The views that come with the product, by key, in their order."""


def read_view_key(value: object) -> str:
    """Return the key of a view from outside; "" for what is none."""
    if isinstance(value, str) and value in PRODUCT_VIEWS:
        return value
    id_ = read_id(value) if isinstance(value, str) else None
    return "" if id_ is None else str(id_)


def query_of_text(text: str) -> LedgerQuery:
    """Return the first page of a query from its text: the query string of a URL."""
    params = dict(parse_qsl(text, keep_blank_values=True))
    return replace(LedgerQuery.parse(params), place=None)


def text_of_query(query: LedgerQuery) -> str:
    """Return the text of a query without its place: `query_of_text` reads it."""
    return query.at(None).to_url()


def own_audience(actor: Actor) -> Audience:
    """Return the audience that a person with a ledger belongs to.

    Raises:
        NotAllowed: they have no ledger.
    """
    return _AUDIENCE_OF_SCOPE[ledger_scope(actor).name]


def audiences_seen(actor: Actor) -> tuple[Audience, ...]:
    """Return the audiences whose views a person sees: their own; who may change all, all.

    Raises:
        NotAllowed: they have no ledger.
    """
    own = own_audience(actor)
    if may_change_any_view(actor):
        return tuple(one for one in Audience if one)
    return (own,)


def may_see_view(actor: Actor, view: View) -> bool:
    """Return whether a view exists for a person."""
    if not may_see_ledger(actor):
        return False
    return (
        view.is_product
        or view.owner_id == actor.account_id
        or view.audience in audiences_seen(actor)
    )


def may_change_view(actor: Actor, view: View) -> bool:
    """Return whether a person may change and delete a view.

    A private one, its owner; a shared one, its owner as long as they may share, and Super Admins.
    """
    is_own = view.owner_id == actor.account_id
    if view.is_product or not may_see_view(actor, view):
        return False
    if not view.audience:
        return is_own
    return may_share_views(actor) and (is_own or may_change_any_view(actor))
