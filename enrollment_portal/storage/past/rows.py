"""Reads the rows of a past day in a query's order, from any key, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import Key, LedgerQuery, SortKey
from enrollment_portal.storage.ledger.candidates import Narrowed, Side
from enrollment_portal.storage.ledger.engines import Engine, stream_ids
from enrollment_portal.storage.ledger.orders import Start, by_course, stretches
from enrollment_portal.storage.ledger.reader import Reader, Rows, bound
from enrollment_portal.storage.past import statements
from enrollment_portal.storage.past.extents import Extent

WALK_ROWS = 1_500
"""No more rows than this are all gathered: a walk to a page of so few reads more."""
COURSE_ROWS = 4_000
"""Up to so many rows of courses that follow each other are read by one statement."""


class PastReader(Reader):
    """Reads the rows of a past day: gathers and sorts all there are, or walks to a page of them."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        query: LedgerQuery,
        narrowed: Narrowed,
        extent: Extent,
        counts: Mapping[Status, int],
    ) -> None:
        super().__init__(session, engine, query, narrowed)
        self._extent, self._counts = extent, counts

    def _gathers(self, statuses: Sequence[int]) -> bool:
        """Whether to gather and sort all rows of some statuses, rather than to walk to a page.

        Nothing leads through the rows of a past day by progress or deadline: to keep an index
        for each would cost every change more than it saves here.
        """
        if not self._extent.is_wide or self._sort in (SortKey.PROGRESS, SortKey.DEADLINE):
            return True
        return sum(self._counts[Status(status)] for status in statuses) <= WALK_ROWS

    def everything(self, chunk: int) -> Iterator[Rows]:
        """Yield every row in its order, up to `chunk` at a time.

        What is gathered is gathered once, not anew for every chunk: as ids, 8 bytes a row.
        """
        if self._sort is not SortKey.COURSE and not self._gathers(self._statuses):
            yield from super().everything(chunk)
            return
        for sql, values in self._statements_of_ids():
            ids = stream_ids(self._session, sql, {**self._parameters, **values})
            for at in range(0, len(ids), chunk):
                yield self._rows_of(ids[at : at + chunk])

    def _statements_of_ids(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._gathers(self._statuses):
            for start in stretches(
                self._sort, self._statuses, None, descending=self._descending, backwards=False
            ):
                sql = statements.gather_ids(
                    self._engine, start.stretch, self._shape, self._extent.side
                )
                yield sql, {}
            return
        several = by_course(self._statuses, descending=self._descending)
        sql = statements.gather_ids(self._engine, several, self._shape, Side.LISTED)
        courses = self._courses_by_title(tuple(int(status) for status in Status))
        for together in _in_batches(courses[::-1] if self._descending else courses):
            yield sql, {"ids": self._engine.list_parameter(together)}

    def _rows_of(self, ids: Sequence[int]) -> Rows:
        values = {"ids": self._engine.list_parameter(ids)}
        rows = {row[0]: row for row in self._fetch(statements.by_ids(self._engine), values)}
        return [rows[id_] for id_ in ids]

    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._sort is SortKey.COURSE and not self._gathers(self._statuses):
            yield from self._several_courses(key, limit, backwards)
            return
        for start in stretches(
            self._sort, self._statuses, key, descending=self._descending, backwards=backwards
        ):
            if self._gathers(start.stretch.statuses):
                yield self._gather(start, self._extent.side, limit)
            else:
                sql = statements.walk(
                    self._engine, start.stretch, self._shape, limit, after=bool(start.values)
                )
                yield sql, bound(start.values)

    def _gather(
        self, start: Start, side: Side, limit: int, **values: Any
    ) -> tuple[str, dict[str, Any]]:
        sql = statements.gather(
            self._engine, start.stretch, self._shape, side, limit, after=bool(start.values)
        )
        return sql, {**values, **bound(start.values)}

    def _several_courses(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Read the courses by title, several at once, from that of the key on."""
        several = by_course(self._statuses, descending=self._descending)
        courses = self._courses_by_title(tuple(int(status) for status in Status))
        if backwards:
            several = several.reversed()
        if self._descending != backwards:
            courses = courses[::-1]
        if key is not None:
            first = next(i for i, (course, _) in enumerate(courses) if course == key[1])
            courses = courses[first:]
        for together in _in_batches(courses):
            yield self._gather_courses(Start(several, key or ()), together, limit)
            key = None

    def _gather_courses(
        self, start: Start, together: list[int], limit: int
    ) -> tuple[str, dict[str, Any]]:
        ids = self._engine.list_parameter(together)
        return self._gather(start, Side.LISTED, limit, ids=ids)


def _in_batches(courses: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield courses that follow each other, each with its number of rows, several at once."""
    together: list[int] = []
    size = 0
    for course, n in courses:
        if together and size + n > COURSE_ROWS:
            yield together
            together, size = [], 0
        together.append(course)
        size += n
    if together:
        yield together
