"""Views in the address of the ledger.

`?view=12` opens a view. With any other parameter of the ledger, these say what is shown, and the
view is the one that was changed: `?view=12&is=stuck`. `?view=all` is the plain ledger for who has
a default, with which the address without parameters opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from enrollment_portal.domain.ledger.filters import FLAGS, FilterName
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, LedgerQuery, Tab

VIEW = "view"
ALL = "all"
_QUERY = frozenset(
    {"on", "kind", OPEN_REQUEST, "tab", "q", "sort", "page", "after", "before", FLAGS, *FilterName}
)
"""The parameters that say what is shown."""


def has_query(params: Mapping[str, object]) -> bool:
    """Return whether the parameters of a URL say what is shown, beside the view."""
    return any(name in params for name in _QUERY)


def search_of(view: str, query: LedgerQuery, *, is_as_saved: bool) -> str:
    """Return the query string of the ledger's address.

    Args:
        view: the key of the view; `ALL` for the plain ledger where there is a default; "" for none.
        query: what is shown.
        is_as_saved: whether this is what the view shows.
    """
    shown = query.to_url()
    if view == ALL:
        return shown or urlencode({VIEW: ALL})
    if not view:
        return shown
    named = urlencode({VIEW: view})
    # The plain ledger has no parameters, which would open the view as it was saved.
    return named if is_as_saved else f"{named}&{shown or urlencode({'tab': Tab.ALL})}"
