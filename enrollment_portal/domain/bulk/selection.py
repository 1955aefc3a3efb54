"""Which enrollments are selected: single rows, or all that match a query except some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import read_id

MAX_ROWS = 1_000_000
"""How many enrollments one action may change."""
MAX_CHOSEN = 20_000
"""How many rows may be chosen one by one, or left out of all that match."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected enrollments: `ids`, or all rows of `query` without the `excluded` ones."""

    ids: frozenset[int] = frozenset()
    query: LedgerQuery | None = None
    excluded: frozenset[int] = frozenset()

    def describe(self, n: int) -> str:
        """Return the selection as the register names it; `n` is how many rows it has."""
        return messages.chosen_rows(n) if self.query is None else messages.all_matching(n)


def select_ids(raw: object) -> Selection:
    """Return the selection of single rows by their ids, which come from a browser.

    Raises:
        Invalid: none is selected, or too many.
    """
    ids = _read_ids(raw)
    if not ids:
        raise Invalid({"selection": messages.SELECT_ROWS})
    return Selection(ids)


def select_matching(query: LedgerQuery, excluded: object = ()) -> Selection:
    """Return the selection of all rows of a query, on its tab, whatever its page and order.

    Args:
        query: tab, search and filters.
        excluded: ids of the rows that were taken out; they come from a browser.

    Raises:
        Invalid: the query shows a past day, or too many rows are taken out.
    """
    if query.as_of is not None:
        raise Invalid({"selection": messages.PAST_DAY})
    default = LedgerQuery()
    # One order, so that the same rows always have the same fingerprint.
    ordered = replace(
        query, place=None, sort=default.sort, descending=default.descending, clock=None
    )
    return Selection(query=ordered, excluded=_read_ids(excluded))


def check_size(n: int) -> None:
    """Raise if a selection has no rows, or more than an action may change.

    Raises:
        Invalid: the message says how many are allowed.
    """
    if not n:
        raise Invalid({"selection": messages.NOTHING_MATCHES})
    if n > MAX_ROWS:
        raise Invalid({"selection": messages.too_many_rows(n, limit=MAX_ROWS)})


def _read_ids(raw: object) -> frozenset[int]:
    if not isinstance(raw, Iterable) or isinstance(raw, str | bytes):
        return frozenset()
    ids: set[int] = set()
    for n, value in enumerate(raw, 1):
        if n > MAX_CHOSEN:
            size = len(raw) if hasattr(raw, "__len__") else n  # type: ignore[arg-type]
            raise Invalid({"selection": messages.too_many_chosen(size, limit=MAX_CHOSEN)})
        if id_ := read_id(value):
            ids.add(id_)
    return frozenset(ids)


def selection_key(base: str, query: LedgerQuery) -> str:
    """Return a text that is the same for all pages and orders of the rows of a ledger.

    Args:
        base: the path of the page, which may filter by a course or a learner.
        query: of today.
    """
    query = replace(query, place=None, sort=SortKey.ENROLLED, descending=True)
    return f"{base}?{query.to_url()}"


def read_selection(query: LedgerQuery, selects: str, sent: object) -> Selection:
    """Return what a browser has selected among the rows of a query.

    Args:
        query: of the open ledger.
        selects: its `selection_key`.
        sent: `scope`, the key that the selection belongs to; `ids`; and `all`, with which the
            ids are those that were taken out of all that match.

    Raises:
        Invalid: nothing is selected, too much, or among the rows of another query.
    """
    values = sent if isinstance(sent, dict) else {}
    if not selects or values.get("scope") != selects:
        raise Invalid({"selection": messages.SELECT_AGAIN})
    if values.get("all") is True:
        return select_matching(query, values.get("ids"))
    return select_ids(values.get("ids"))
