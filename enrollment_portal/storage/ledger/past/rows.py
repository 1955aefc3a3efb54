"""Read the rows of a past day in a query's order, from any key, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.storage.ledger.engines import Engine, stream_ids
from enrollment_portal.storage.ledger.filters import BoundFilter, DrivingTable
from enrollment_portal.storage.ledger.index_ranges import RangeStart, by_course, index_ranges
from enrollment_portal.storage.ledger.past import statements
from enrollment_portal.storage.ledger.past.access_path import AccessPath
from enrollment_portal.storage.ledger.reader import LedgerReader, Rows, key_parameters

SORT_ROWS = 1_500
"""Up to this many rows are always sorted: an index scan to a page of so few reads more."""
COURSE_ROWS = 4_000
"""Consecutive courses with up to this many rows in total are read by one statement."""


class PastLedgerReader(LedgerReader):
    """Read the rows of a past day: by sorting all of them, or by an index scan up to a page."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        query: LedgerQuery,
        ledger_filter: BoundFilter,
        access_path: AccessPath,
        counts: Mapping[Status, int],
    ) -> None:
        super().__init__(session, engine, query, ledger_filter)
        self._access_path, self._counts = access_path, counts

    def _sorts_all(self, statuses: Sequence[int]) -> bool:
        """Return whether to sort all rows of some statuses, rather than to scan an index.

        There is no index on past progress or past deadlines: to keep one would cost every change
        more than it saves here.
        """
        if not self._access_path.reads_all_intervals or self._sort in (
            SortKey.PROGRESS,
            SortKey.DEADLINE,
        ):
            return True
        return sum(self._counts[Status(status)] for status in statuses) <= SORT_ROWS

    def all_rows(self, chunk: int) -> Iterator[Rows]:
        """Yield every row in its order, up to `chunk` at a time.

        A full sort runs once, not again for every chunk: it keeps the ids, 8 bytes a row.
        """
        if self._sort is not SortKey.COURSE and not self._sorts_all(self._statuses):
            yield from super().all_rows(chunk)
            return
        for sql, values in self._statements_of_ids():
            ids = stream_ids(self._session, sql, {**self._parameters, **values})
            for at in range(0, len(ids), chunk):
                yield self._rows_of(ids[at : at + chunk])

    def _statements_of_ids(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._sorts_all(self._statuses):
            for start in index_ranges(
                self._sort, self._statuses, None, descending=self._descending, backwards=False
            ):
                sql = statements.full_sort_ids(
                    self._engine, start.index_range, self._shape, self._access_path.driving_table
                )
                yield sql, {}
            return
        by_title = by_course(self._statuses, descending=self._descending)
        sql = statements.full_sort_ids(
            self._engine, by_title, self._shape, DrivingTable.LISTED_COURSES
        )
        courses = self._courses_by_title(tuple(int(status) for status in Status))
        for batch in _in_batches(courses[::-1] if self._descending else courses):
            yield sql, {"ids": self._engine.list_parameter(batch)}

    def _rows_of(self, ids: Sequence[int]) -> Rows:
        values = {"ids": self._engine.list_parameter(ids)}
        rows = {row[0]: row for row in self._fetch(statements.by_ids(self._engine), values)}
        return [rows[id_] for id_ in ids]

    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._sort is SortKey.COURSE and not self._sorts_all(self._statuses):
            yield from self._several_courses(key, limit, backwards)
            return
        for start in index_ranges(
            self._sort, self._statuses, key, descending=self._descending, backwards=backwards
        ):
            if self._sorts_all(start.index_range.statuses):
                yield self._full_sort(start, self._access_path.driving_table, limit)
            else:
                sql = statements.index_scan(
                    self._engine, start.index_range, self._shape, limit, after=bool(start.values)
                )
                yield sql, key_parameters(start.values)

    def _full_sort(
        self, start: RangeStart, driving_table: DrivingTable, limit: int, **values: Any
    ) -> tuple[str, dict[str, Any]]:
        sql = statements.full_sort(
            self._engine,
            start.index_range,
            self._shape,
            driving_table,
            limit,
            after=bool(start.values),
        )
        return sql, {**values, **key_parameters(start.values)}

    def _several_courses(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield statements that read several courses each, by title, from the key's course on."""
        by_title = by_course(self._statuses, descending=self._descending)
        courses = self._courses_by_title(tuple(int(status) for status in Status))
        if backwards:
            by_title = by_title.reversed()
        if self._descending != backwards:
            courses = courses[::-1]
        if key is not None:
            first = next(i for i, (course, _) in enumerate(courses) if course == key[1])
            courses = courses[first:]
        for batch in _in_batches(courses):
            yield self._sort_courses(RangeStart(by_title, key or ()), batch, limit)
            key = None

    def _sort_courses(
        self, start: RangeStart, batch: list[int], limit: int
    ) -> tuple[str, dict[str, Any]]:
        ids = self._engine.list_parameter(batch)
        return self._full_sort(start, DrivingTable.LISTED_COURSES, limit, ids=ids)


def _in_batches(courses: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Split courses, each with its number of rows, into batches of at most `COURSE_ROWS` rows."""
    batch: list[int] = []
    size = 0
    for course, n in courses:
        if batch and size + n > COURSE_ROWS:
            yield batch
            batch, size = [], 0
        batch.append(course)
        size += n
    if batch:
        yield batch
