"""The ledger that a details page was opened from, which its address contains.

So the links back and to the enrollments before and after are the same after a reload, in another
tab, and for whoever gets the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.views.addresses import ALL, VIEW, search_of
from enrollment_portal.domain.views.views import read_view_key
from enrollment_portal.state.shared.views import COURSES_PATH, LEDGER_PATH, PATHS_PATH, USERS_PATH

_FROM = "from"
_ROOT = "/admin/"


@dataclass(frozen=True)
class OpenedFrom:
    """The page of a ledger, and its query."""

    base: str
    query: LedgerQuery
    view: str = ""
    """The key of the view that the ledger was opened with, as its address names it."""

    @property
    def address(self) -> str:
        """The address of the ledger."""
        search = self._search
        return f"{self.base}?{search}" if search else self.base

    @property
    def suffix(self) -> str:
        """The query string of an enrollment's address that is opened from it; "" for the plain."""
        search = self._search
        if self.base != LEDGER_PATH:
            name = quote(self.base.removeprefix(_ROOT), safe="")
            search = f"{_FROM}={name}&{search}" if search else f"{_FROM}={name}"
        return f"?{search}" if search else ""

    @property
    def _search(self) -> str:
        return search_of(self.view, self.query, is_as_saved=False)


def read_opened_from(parameters: Mapping[str, Any], *, is_path: bool) -> OpenedFrom:
    """Return the ledger that a details page's address names: by default the plain one.

    Args:
        parameters: of the address.
        is_path: whether the enrollment is in a learning path, which has a plain ledger of its own.
    """
    name = parameters.get(_FROM)
    base = _ROOT + name if isinstance(name, str) else LEDGER_PATH
    ledger_filter = ledger_filter_of(base)
    if ledger_filter is None or 0 in ledger_filter.values():
        base, ledger_filter = LEDGER_PATH, {}
    query = replace(LedgerQuery.parse(parameters), **ledger_filter)
    if is_path and query == LedgerQuery():
        query = query.of_kind(Kind.PATHS)
    named = parameters.get(VIEW) if base == LEDGER_PATH else None
    return OpenedFrom(base, query, ALL if named == ALL else read_view_key(named))


def ledger_filter_of(base: str) -> dict[str, Any] | None:
    """Return the fields of `LedgerQuery` that a page's path sets; `None` if it has no ledger.

    An id that cannot be read is written as 0, which no record has.
    """
    if base == LEDGER_PATH:
        return {}
    parent, _, last = base.rpartition("/")
    if parent in (COURSES_PATH, PATHS_PATH):
        return {"course": read_id(last) or 0}
    people, _, person = parent.rpartition("/")
    if people == USERS_PATH and last in ("enrollments", "paths"):
        kind = Kind.PATHS if last == "paths" else Kind.COURSES
        return {"learner": read_id(person) or 0, "kind": kind}
    return None
