"""`LedgerQuery`: kind, tab, search, filters, sort and page of the ledger.

It is parsed from the URL with a whitelist and safe defaults, and written back to it. No URL makes
parsing fail: parameters that are not understood are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import Clock, read_day
from enrollment_portal.domain.ledger.filters import NONE, FilterName, Filters
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS, ColumnKey
from enrollment_portal.domain.shared.calendar import day_to_date, show_day
from enrollment_portal.domain.shared.listing import Key, Place, clean_search
from enrollment_portal.domain.shared.wording import with_dots

PAGE_SIZE = 50
OPEN_REQUEST = "asks"
"""The name of the filter by open requests, in URLs and for `LedgerQuery.without`."""
_MAX_INTEGER = 2**53


class Kind(StrEnum):
    """Whether the ledger shows enrollments in courses or in learning paths."""

    COURSES = "courses"
    PATHS = "paths"

    @property
    def label(self) -> str:
        """The label of its tab."""
        return {Kind.COURSES: "Courses", Kind.PATHS: "Learning paths"}[self]

    @property
    def heading(self) -> str:
        """The heading of the column that names them."""
        return {Kind.COURSES: "Course", Kind.PATHS: "Learning path"}[self]


class Tab(StrEnum):
    """The tabs over the table, in their order."""

    ALL = "all"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The label of the tab."""
        return self.value.capitalize()

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses that the tab shows."""
        return tuple(Status) if self is Tab.ALL else (Status[self.name],)


SortKey = ColumnKey
"""What the table is sorted by: each of its columns sorts both ways."""

KEY_SHAPES: Mapping[SortKey, tuple[type, ...]] = {
    SortKey.LEARNER: (str, int, int, int),  # sort name, learner id, enrolled at, enrollment id
    SortKey.COURSE: (int, int, int),  # course id, enrolled at, enrollment id
    SortKey.STATUS: (int, int, int),  # status, enrolled at, enrollment id
    SortKey.PROGRESS: (int, int),  # progress, enrollment id
    SortKey.ENROLLED: (int, int),  # enrolled at, enrollment id
    SortKey.DEADLINE: (int, int),  # deadline day or None, enrollment id
    SortKey.LAST_VISIT: (int, int),  # last visit or None, enrollment id
    SortKey.GRADE: (str, int),  # grade or None, enrollment id
    SortKey.COMPLETED: (int, int, int),  # completed at or None, enrolled at, enrollment id
    # Names of departments, managers and instructors are looked up, and not in addresses.
    SortKey.DEPARTMENT: (int, int, int),  # learner id, enrolled at, enrollment id
    SortKey.MANAGER: (int, int, int),  # learner id, enrolled at, enrollment id
    # Of an assigned instructor the account, as a negative number.
    SortKey.INSTRUCTOR: (int, int, int),  # course id, enrolled at, enrollment id
    SortKey.ORIGIN: (int, int, int),  # number of the origin, enrolled at, enrollment id
    SortKey.PACE: (int, int),  # pace kept or None, enrollment id
    SortKey.RUN: (int, int, int),  # run, enrolled at, enrollment id
}
NULLABLE = (
    *(SortKey.DEADLINE, SortKey.LAST_VISIT, SortKey.GRADE, SortKey.COMPLETED, SortKey.PACE),
)
"""The sorts whose key may begin with `None`: those rows are last, both ways."""


@dataclass(frozen=True)
class LedgerQuery:
    """What the ledger shows: kind, tab, search, sort and place. Defaults are the plain ledger.

    `course` (or path) and `learner` filter by one of them, with any kind. The page of that course
    or learner sets them; they are never in the query string.
    """

    tab: Tab = Tab.ALL
    search: str = ""
    sort: SortKey = SortKey.ENROLLED
    descending: bool = True
    place: Place | None = None
    kind: Kind = Kind.COURSES
    only_requests: bool = False
    """Only enrollments whose learner waits for an answer to a request for an extension."""
    as_of: int | None = None
    """Show the ledger as of the end of this past day, in days since 1970; `None` is now."""
    filters: Filters = NONE
    clock: Clock | None = None
    """Set by services just before they read: the today that the filters' days are relative to."""
    course: int | None = None
    learner: int | None = None

    def of_kind(self, kind: Kind) -> LedgerQuery:
        """Return the first page of another kind with the same search, filters and sort.

        A filter by courses has none of the other kind, so it is removed.
        """
        filters = self.filters if kind is self.kind else self.filters.without(FilterName.COURSES)
        return replace(
            self, kind=kind, tab=Tab.ALL, only_requests=False, filters=filters, place=None
        )

    def with_requests(self, only_requests: bool) -> LedgerQuery:
        """Return the first page of only the enrollments with an open request, or of all again."""
        return replace(self, only_requests=only_requests, tab=Tab.ALL, place=None)

    def on_day(self, day: int | None) -> LedgerQuery:
        """Return the first page of the same tab as of a past day, or of now again.

        Filters by what is not known of past days are removed: open requests, and those of
        `NOT_OF_PAST_DAYS`.
        """
        return replace(
            self,
            as_of=day,
            only_requests=self.only_requests and day is None,
            filters=self.filters if day is None else self.filters.of_past_day(),
            place=None,
        ).in_columns(STANDARD_COLUMNS if day is not None else SortKey)

    def filtered(self, filters: Filters) -> LedgerQuery:
        """Return the first page of the same tab with other filters."""
        return replace(self, filters=filters, place=None).on_day(self.as_of)

    def without(self, *names: str) -> LedgerQuery:
        """Return the first page of the same tab without the filters of these names."""
        only_requests = self.only_requests and OPEN_REQUEST not in names
        filters = self.filters.without(*names)
        return replace(self, only_requests=only_requests, filters=filters, place=None)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.search or self.filters or self.only_requests)

    def on_tab(self, tab: Tab) -> LedgerQuery:
        """Return the first page of another tab with the same search and sort."""
        return replace(self, tab=tab, place=None)

    def searching(self, typed: str) -> LedgerQuery:
        """Return the first page of another search on the same tab and sort."""
        return replace(self, search=clean_search(typed), place=None)

    def sorted_by(self, sort: SortKey) -> LedgerQuery:
        """Return the first page sorted by a column; in the other direction if it is already."""
        descending = not self.descending if sort is self.sort else sort.starts_descending
        return replace(self, sort=sort, descending=descending, place=None)

    def in_columns(self, columns: Iterable[SortKey]) -> LedgerQuery:
        """Return the query, in the default order if it is sorted by none of some columns."""
        if self.sort in columns:
            return self
        return replace(self, sort=SortKey.ENROLLED, descending=True, place=None)

    def at(self, place: Place | None) -> LedgerQuery:
        """Return another page of the same rows."""
        return replace(self, place=place)

    def to_url(self) -> str:
        """Return the query string, "" for the plain ledger; `parse` reads it.

        On the page of a course or a learner, the page's path implies the kind.
        """
        params: dict[str, str] = {}
        if self.as_of is not None:
            params["on"] = day_to_date(self.as_of).isoformat()
        is_filtered = self.course is not None or self.learner is not None
        if self.kind is not Kind.COURSES and not is_filtered:
            params["kind"] = self.kind.value
        if self.only_requests:
            params[OPEN_REQUEST] = "1"
        if self.tab is not Tab.ALL:
            params["tab"] = self.tab.value
        if self.search:
            params["q"] = self.search
        params |= self.filters.params()
        if (self.sort, self.descending) != (SortKey.ENROLLED, True):
            params["sort"] = ("-" if self.descending else "") + self.sort.value
        if self.place:
            if self.place.kind == "last":
                params["page"] = "last"
            else:
                params[self.place.kind] = _write_key(self.place.key)
                params["at"] = str(self.place.position)
        return urlencode(params)

    @classmethod
    def parse(cls, params: Mapping[str, object]) -> LedgerQuery:
        """Parse URL parameters; nonsense falls back to defaults."""
        sort, descending = _parse_sort(_text(params, "sort"))
        tab, kind = _text(params, "tab"), _text(params, "kind")
        as_of = read_day(_text(params, "on"))
        filters = Filters.parse(params)
        query = cls(
            kind=Kind(kind) if kind in Kind._value2member_map_ else Kind.COURSES,
            only_requests=_text(params, OPEN_REQUEST) == "1" and as_of is None,
            as_of=as_of,
            filters=filters if as_of is None else filters.of_past_day(),
            tab=Tab(tab) if tab in Tab._value2member_map_ else Tab.ALL,
            search=clean_search(_text(params, "q")),
            sort=sort,
            descending=descending,
            place=_parse_place(params, sort),
        )
        return query if as_of is None else query.in_columns(STANDARD_COLUMNS)


def _text(params: Mapping[str, object], name: str) -> str:
    value = params.get(name)
    return value if isinstance(value, str) else ""


def _parse_sort(text: str) -> tuple[SortKey, bool]:
    name = text.removeprefix("-")
    if name in SortKey._value2member_map_:
        return SortKey(name), text.startswith("-")
    return SortKey.ENROLLED, True


def _parse_place(params: Mapping[str, object], sort: SortKey) -> Place | None:
    if _text(params, "page") == "last":
        return Place("last")
    for kind in ("after", "before"):
        key = _read_key(_text(params, kind), sort)
        if key:
            at = _text(params, "at")
            is_number = at.isascii() and at.isdecimal() and len(at) < 12
            return Place(kind, key, max(1, int(at)) if is_number else 1)
    return None


def _write_key(key: Key) -> str:
    return "~".join("" if part is None else str(part) for part in key)


def _read_key(text: str, sort: SortKey) -> Key | None:
    shape = KEY_SHAPES[sort]
    parts = text[:500].rsplit("~", len(shape) - 1)
    if len(parts) != len(shape):
        return None
    key: list[int | str | None] = []
    for i, (part, kind) in enumerate(zip(parts, shape, strict=True)):
        if part == "" and i == 0 and sort in NULLABLE:
            key.append(None)
        elif kind is str:
            if "\x00" in part or part.encode("utf-8", "ignore").decode() != part:
                return None
            key.append(part)
        elif part.removeprefix("-").isascii() and part.removeprefix("-").isdecimal():
            number = int(part)
            if abs(number) > _MAX_INTEGER:
                return None
            key.append(number)
        else:
            return None
    return tuple(key)


def print_heading(query: LedgerQuery, n_rows: int, total: int, *filters: str) -> str:
    """Return the heading of a printed ledger: tab, search, day, order, and how many rows.

    Args:
        query: what is printed.
        n_rows: how many rows are printed.
        total: how many there are.
        filters: in words.
    """
    parts = [query.tab.label if query.tab is not Tab.ALL else messages.ALL_STATUSES]
    if query.search:
        parts.append(messages.searched(query.search))
    if query.only_requests:
        parts.append(messages.WITH_REQUEST)
    if query.as_of is not None:
        parts.append(messages.of_day(show_day(query.as_of)))
    parts += filters
    order = messages.sorted_down if query.descending else messages.sorted_up
    parts.append(order(query.sort.label.lower()))
    parts.append(messages.first_rows(n_rows, total) if n_rows < total else messages.n_rows(total))
    return with_dots(*parts)
