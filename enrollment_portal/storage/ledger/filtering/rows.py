"""Read the rows of a filtered ledger in a query's order, from any key, in both directions.

If an index has few rows for one of the filters, all of them are read and sorted. Otherwise the rows
are read in the order of the page, and filtered, until there are enough for the page: rows that pass
several common filters are common too. Where they are not, this stops, and all rows of the filter
with the fewest are sorted after all. A short scan comes first: it takes less time than to find out
which filter has the fewest rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.engines import Engine, fetch, stream_ids
from enrollment_portal.storage.ledger.filtering.candidates import (
    Candidate,
    best_candidate,
    best_per_status,
    candidates_of_scope,
)
from enrollment_portal.storage.ledger.filtering.counts import count_filtered
from enrollment_portal.storage.ledger.filtering.statements import bounded_scan
from enrollment_portal.storage.ledger.filters import BoundFilter, DrivingTable
from enrollment_portal.storage.ledger.index_ranges import (
    EXTRA,
    RangeStart,
    by_course,
    by_place,
    index_ranges,
)
from enrollment_portal.storage.ledger.reader import LedgerReader, Rows, key_parameters

FEW_ROWS = 2_000
"""Up to this many rows of a driving table are sorted at once."""
FIRST_SCAN_ROWS = 4_000
"""How many rows an index scan reads before the rows of the filters are counted further."""
SORT_ROWS = 15_000
"""Up to this many rows of a driving table are sorted, if the first scan does not find enough."""
SCAN_ROWS = 20_000
"""How many rows a further index scan reads before a full sort is cheaper."""
MANY_ROWS = (50_000, 300_000)
"""How many rows of an index are counted to compare it with another one: more if all have more."""


class FilteredLedgerReader(LedgerReader):
    """Read the rows of a filter by a bounded index scan, or sort those of a driving table."""

    def __init__(
        self, session: Session, engine: Engine, query: LedgerQuery, ledger_filter: BoundFilter
    ) -> None:
        super().__init__(session, engine, query, ledger_filter)
        if statement := engine.before_filters():
            fetch(session, statement, {})
        self._filter = ledger_filter
        self._of_scope = candidates_of_scope(session, engine, ledger_filter)
        self._few = self._best_up_to(FEW_ROWS)
        self._best: Candidate | None = None
        self._sorted: Candidate | None = None

    def _best_up_to(self, rows: int) -> Candidate:
        return best_candidate(
            self._session, self._engine, self._filter, self._of_scope, most=rows + 1
        )

    def _fewest(self) -> Candidate:
        """Return the driving table with the fewest rows, if one has no more than are sorted."""
        if self._best is None:
            has_few = self._few.rows <= FEW_ROWS
            self._best = self._few if has_few else self._best_up_to(SORT_ROWS)
        return self._best

    def driving_table(self) -> Candidate:
        """Return the driving table with the fewest rows, also if all have many."""
        if self._sorted is None:
            best = self._fewest()
            self._sorted = best if best.rows <= SORT_ROWS else self._best_of_many()
        return self._sorted

    def _best_of_many(self) -> Candidate:
        for most in MANY_ROWS[:-1]:
            found = self._best_per_status(most)
            if found.rows < most:
                return found
        return self._best_per_status(MANY_ROWS[-1])

    def _best_per_status(self, most: int) -> Candidate:
        return best_per_status(self._session, self._engine, self._filter, self._of_scope, most=most)

    @property
    def is_slow_to_count(self) -> bool:
        """Whether there may be many rows to count."""
        return self._few.rows > min(FEW_ROWS, SORT_ROWS)

    def count(self) -> dict[Status, int]:
        """Return how many rows there are in each status, exactly."""
        return count_filtered(self._session, self._engine, self._filter, self.driving_table())

    def read(self, key: Key | None, limit: int, *, backwards: bool = False) -> Rows:
        if self.is_slow_to_count:
            first = min(FIRST_SCAN_ROWS, SCAN_ROWS)
            rows = self._scan(key, limit, backwards, first)
            if rows is None and self._fewest().rows > SORT_ROWS:
                rows = self._scan(key, limit, backwards, SCAN_ROWS)
            if rows is not None:
                return rows
        return super().read(key, limit, backwards=backwards)

    def all_rows(self, chunk: int) -> Iterator[Rows]:
        """Yield every row in its order, up to `chunk` at a time.

        They are sorted once, not again for every chunk: it keeps the ids, 8 bytes a row.
        """
        driving_table = self.driving_table().driving_table
        if self._sort is SortKey.INSTRUCTOR:
            self.by_instructor()
        for start in self._ranges(None, backwards=False):
            placed = self._placed(start.index_range)
            sql = statements.sorted_ids(self._engine, placed, self._shape, driving_table)
            ids = stream_ids(self._session, sql, self._parameters)
            for at in range(0, len(ids), chunk):
                yield self._rows_of([*ids[at : at + chunk]])

    def _ranges(self, key: Key | None, *, backwards: bool) -> list[RangeStart]:
        return index_ranges(
            self._sort, self._statuses, key, descending=self._descending, backwards=backwards
        )

    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the statements of a full sort."""
        if self._sort is SortKey.INSTRUCTOR:
            self.by_instructor()
        driving_table = self.driving_table().driving_table
        for start in self._ranges(key, backwards=backwards):
            sql = statements.full_sort(
                self._engine,
                self._placed(start.index_range),
                self._shape,
                driving_table,
                limit,
                after=bool(start.values),
            )
            yield sql, key_parameters(start.values)

    def _scan(self, key: Key | None, limit: int, backwards: bool, budget: int) -> Rows | None:
        """Read in the order of the page; `None` if it takes more rows than a budget."""
        if self._sort in (SortKey.COURSE, SortKey.INSTRUCTOR):
            return self._scan_courses(key, limit, backwards, budget)
        ids: list[int] = []
        for start in self._ranges(key, backwards=backwards):
            if self._lacks(start.index_range.condition):
                continue
            found = self._scan_range(start, limit, budget)
            if found is None:
                return None
            ids += found
            if len(ids) >= limit:
                break
        return self._rows_of(ids[:limit])

    def _lacks(self, condition: str) -> bool:
        """Return whether the filters leave no rows in a part of an order: with a value or not."""
        column, _, rest = condition.partition(" IS ")
        if rest == "NULL":
            return any(one.column == column for one in self._shape.added)
        is_without = f"{column} IS NULL"
        return rest == "NOT NULL" and any(one.sql == is_without for one in self._shape.added)

    def _scan_range(self, start: RangeStart, limit: int, budget: int) -> list[int] | None:
        scan = bounded_scan(
            self._engine, start.index_range, self._shape, limit, after=bool(start.values)
        )
        values = {**key_parameters(start.values), "budget": budget}
        found = self._fetch(scan.keys, values)
        of_branch = Counter(row[1] for row in found)
        for number, statement in enumerate(scan.is_cut):
            # A branch that found fewer than wanted has its rows only if it was read to its end.
            if of_branch[number] < limit and self._fetch(statement, values):
                return None
        return [row[0] for row in found[:limit]]

    def _scan_courses(
        self, key: Key | None, limit: int, backwards: bool, budget: int
    ) -> Rows | None:
        """Read the first courses from the key's course on, by title."""
        if self._sort is SortKey.INSTRUCTOR:
            by_title, courses = by_place(self._statuses), self.by_instructor()
        else:
            by_title = by_course(self._statuses, descending=self._descending)
            courses = self._courses_by_title(self._statuses)
            courses = courses[::-1] if self._descending else courses
        if backwards:
            by_title, courses = by_title.reversed(), courses[::-1]
        if key is not None and self._sort is SortKey.INSTRUCTOR:
            place = cast(int, key[0])
            courses = courses[len(courses) - 1 - place if backwards else place :]
        elif key is not None:
            first = next(i for i, (course, _) in enumerate(courses) if course == key[1])
            courses = courses[first:]
        if self._has_assigned:
            return None  # the first places may have rows of any course
        batch: list[int] = []
        size = 0
        for course, n in courses:
            if batch and size + n > budget:
                break
            batch.append(course)
            size += n
        sql = statements.full_sort(
            self._engine,
            by_title,
            self._shape,
            DrivingTable.LISTED_COURSES,
            limit,
            after=key is not None,
        )
        values = {"ids": self._engine.list_parameter(batch), **key_parameters(key or ())}
        rows = [*self._fetch(sql, values)]
        return rows if len(rows) == limit or len(batch) == len(courses) else None

    def _rows_of(self, ids: list[int]) -> Rows:
        if not ids:
            return []
        values = {"ids": self._engine.list_parameter(ids)}
        sql = statements.by_ids(self._engine, EXTRA.get(self._sort, ""))
        rows = {row[0]: row for row in self._fetch(sql, values)}
        return [rows[id_] for id_ in ids]
