"""Queries of lists in the URL, and ids from outside.

`ListQuery` has the search, filters and page of every list except the ledger, which has
`LedgerQuery`; both have a `Place` and `clean_search`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from enrollment_portal.domain.shared.text_search import MAX_SEARCH_LENGTH

MAX_INTEGER = 2**53
_MAX_FILTER = 100

Key = tuple[int | str | None, ...]
"""The key of a row in a sort order; in the ledger, `None` means no deadline."""


def read_id(value: object) -> int | None:
    """Parse an id from outside, a number or digits; `None` for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 17:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < MAX_INTEGER else None


def clean_search(typed: object) -> str:
    """Return a search as it is in the URL: trimmed, cut to length, without lone surrogates."""
    if not isinstance(typed, str):
        return ""
    text = typed[: MAX_SEARCH_LENGTH * 2].encode("utf-8", "ignore").decode("utf-8")
    return " ".join(text.split())[:MAX_SEARCH_LENGTH]


@dataclass(frozen=True)
class Place:
    """The place of a page: after or before a row's key, or the last page.

    `position` is the estimated number of the page's first row, counted from 1. Rows may have
    appeared and disappeared since, so it is only shown, never used to find rows.
    """

    kind: str  # "after", "before" or "last"
    key: Key = ()
    position: int = 1


@dataclass(frozen=True)
class ListQuery:
    """The query of a list. `filters` has only names that the page allows, and no empty values."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None

    def searching(self, typed: object) -> ListQuery:
        """Return the first page of another search with the same filters."""
        return replace(self, search=clean_search(typed), place=None)

    def filtered(self, name: str, value: str) -> ListQuery:
        """Return the first page with one filter set, or taken off where the value is ""."""
        rest = {n: v for n, v in self.filters.items() if n != name}
        return replace(self, filters=rest | ({name: value} if value else {}), place=None)

    def at(self, place: Place | None) -> ListQuery:
        """Return another page of the same rows."""
        return replace(self, place=place)

    def to_url(self) -> str:
        """Return the query string, "" for the plain list; `parse` reads it."""
        params = {"q": self.search} if self.search else {}
        params |= self.filters
        if self.place and self.place.kind == "last":
            params["page"] = "last"
        elif self.place:
            params[self.place.kind] = "~".join(str(part) for part in self.place.key)
            params["at"] = str(self.place.position)
        return urlencode(params)

    @classmethod
    def parse(
        cls,
        params: Mapping[str, object],
        *,
        shape: Sequence[type],
        filters: Mapping[str, Sequence[str] | None],
    ) -> ListQuery:
        """Parse URL parameters; nonsense falls back to defaults.

        Args:
            params: of the URL.
            shape: the types of a row's key: `(str, int)` or `(int, int)`.
            filters: the allowed filters with their allowed values; `None` for any short text.
        """
        kept: dict[str, str] = {}
        for name, allowed in filters.items():
            value = params.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= _MAX_FILTER:
                continue
            value = clean_search(value)
            if value and (allowed is None or value in allowed):
                kept[name] = value
        return cls(clean_search(params.get("q")), kept, _parse_place(params, shape))


def _parse_place(params: Mapping[str, object], shape: Sequence[type]) -> Place | None:
    if params.get("page") == "last":
        return Place("last")
    for kind in ("after", "before"):
        value = params.get(kind)
        key = _read_key(value, shape) if isinstance(value, str) else None
        if key:
            return Place(kind, key, min(read_id(params.get("at")) or 1, 10**12))
    return None


def _read_key(typed: str, shape: Sequence[type]) -> Key | None:
    parts = typed[:500].rsplit("~", len(shape) - 1)
    if len(parts) != len(shape):
        return None
    key: list[int | str | None] = []
    for part, kind in zip(parts, shape, strict=True):
        if kind is str:
            if "\x00" in part or part.encode("utf-8", "ignore").decode() != part:
                return None
            key.append(part)
        else:
            number = 0 if part == "0" else read_id(part)
            if number is None:
                return None
            key.append(number)
    return tuple(key)
