"""Reads rows in a query's order, from any key, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import Key, LedgerQuery, SortKey
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.candidates import Courses, Learners, Narrowed, Side
from enrollment_portal.storage.ledger.counts import Counts
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.orders import (
    Start,
    Stretch,
    by_course,
    newest_first,
    stretches,
)
from enrollment_portal.storage.ledger.reader import Reader, bound

GATHER_ROWS = 10_000
"""Up to so many rows are gathered and sorted whatever a walk would cost."""
WALK_COST = 50
"""How many times more a walk reads than it shows: the share of wanted rows, for a whole page."""
COURSE_ROWS = 2_000
"""Up to so many rows of courses that follow each other are read by one statement."""


class RowReader(Reader):
    """Reads the rows of today: walks an index, or gathers and sorts."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        query: LedgerQuery,
        narrowed: Narrowed,
        counts: Counts,
    ) -> None:
        super().__init__(session, engine, query, narrowed)
        self._counts, self._side = counts, counts.side
        self._gathers = self._is_cheaper_to_gather()

    def _is_cheaper_to_gather(self) -> bool:
        """Whether to gather all rows and sort them, rather than to walk an index and filter.

        Gathering reads every row of the side. A walk reads a page of rows, times as many as
        there are enrollments to each wanted one.
        """
        counts = self._counts
        if self._walks_one_course():
            return False
        if counts.side is Side.ALL and self._sort is not SortKey.LEARNER:
            return False  # an index leads through the rows of the tab only
        if counts.side is not Side.ALL and counts.side_rows <= GATHER_ROWS:
            return True
        total = sum(counts.by_status[Status(status)] for status in self._statuses)
        if counts.side is Side.ALL:
            return total * total <= WALK_COST * counts.side_rows
        everything = self._fetch(statements.LAST_ENROLLMENT, {})[0][0]
        return counts.side_rows * total <= WALK_COST * everything

    def _walks_one_course(self) -> bool:
        """Whether an index leads through just the rows of one course, in their order."""
        shape = self._shape
        is_one = shape.courses is Courses.ONE and shape.learners is Learners.ALL
        is_along = self._sort in (SortKey.ENROLLED, SortKey.STATUS, SortKey.COURSE)
        return is_one and is_along and not shape.terms and not shape.asks

    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._sort is SortKey.COURSE and not self._gathers:
            yield from self._walk_courses(key, limit, backwards)
            return
        in_one_course = self._walks_one_course()
        course = {"course": self._parameters["only_course"]} if in_one_course else {}
        for start in stretches(
            self._sort,
            self._statuses,
            key,
            descending=self._descending,
            backwards=backwards,
            in_one_course=in_one_course,
        ):
            if self._gathers:
                yield self._gather(start, self._side, limit)
            else:
                yield self._walk(start, limit, **course)

    def _walk(self, start: Start, limit: int, **values: Any) -> tuple[str, dict[str, Any]]:
        sql = statements.walk(
            self._engine, start.stretch, self._shape, limit, after=bool(start.values)
        )
        return sql, {**values, **bound(start.values)}

    def _gather(
        self, start: Start, side: Side, limit: int, **values: Any
    ) -> tuple[str, dict[str, Any]]:
        sql = statements.gather(
            self._engine, start.stretch, self._shape, side, limit, after=bool(start.values)
        )
        return sql, {**values, **bound(start.values)}

    def _walk_courses(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Walk course after course: large ones along their index, small ones several at once."""
        within = newest_first(self._statuses, in_one_course=True)
        several = by_course(self._statuses, descending=self._descending)
        if backwards:
            within, several = within.reversed(), several.reversed()
        courses = self._courses_by_title(self._statuses)
        if self._descending != backwards:
            courses = courses[::-1]
        if key is not None:
            _title, course, *values = key
            yield self._walk(Start(within, tuple(values)), limit, course=course)
            ahead = iter(courses)
            next(identifier for identifier, _ in ahead if identifier == course)
            courses = list(ahead)
        enough = limit if self._shape.is_none else COURSE_ROWS
        together: list[int] = []
        size = 0
        for course, n in courses:
            if together and (size >= enough or size + n > COURSE_ROWS):
                yield self._gather_courses(several, together, limit)
                together, size = [], 0
            if n > COURSE_ROWS:
                yield self._walk(Start(within), limit, course=course)
            elif n:
                together.append(course)
                size += n
        if together:
            yield self._gather_courses(several, together, limit)

    def _gather_courses(
        self, several: Stretch, together: list[int], limit: int
    ) -> tuple[str, dict[str, Any]]:
        ids = self._engine.list_parameter(together)
        return self._gather(Start(several), Side.LISTED, limit, ids=ids)
