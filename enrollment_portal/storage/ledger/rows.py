"""Read today's rows in a query's order, from any key, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.counts import Counts
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.filtering.assigned import OF_COURSE, OF_PERSON
from enrollment_portal.storage.ledger.filtering.conditions import Driver
from enrollment_portal.storage.ledger.filters import (
    BoundFilter,
    Courses,
    DrivingTable,
    Learners,
    LedgerFilter,
)
from enrollment_portal.storage.ledger.index_ranges import (
    IndexRange,
    RangeStart,
    by_course,
    by_place,
    index_ranges,
    newest_first,
)
from enrollment_portal.storage.ledger.reader import LedgerReader, key_parameters

SORT_ROWS = 10_000
"""Up to this many rows are always sorted, whatever an index scan would cost."""
SCAN_COST = 50
"""How many times the rows of a page an index scan may read before a full sort is cheaper."""
PATH_ROWS = 60_000
"""Up to this many rows in learning paths are sorted: an index has them far from where a scan
starts, because people began paths after courses, and with other values."""
COURSE_ROWS = 2_000
"""Consecutive courses with up to this many rows in total are read by one statement."""
_BY_LEARNER = (SortKey.LEARNER, SortKey.DEPARTMENT, SortKey.MANAGER)
"""The orders that are read learner by learner, whatever the tab."""
_BY_OWNER = (*_BY_LEARNER, SortKey.COURSE, SortKey.INSTRUCTOR)
"""The same, and those that are read course by course."""


class CurrentLedgerReader(LedgerReader):
    """Read today's rows: by an index scan, or by sorting all rows of the filter."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        query: LedgerQuery,
        ledger_filter: BoundFilter,
        counts: Counts,
    ) -> None:
        super().__init__(session, engine, query, ledger_filter)
        self._counts, self._driving_table = counts, counts.driving_table
        self._sorts_all = self._is_cheaper_to_sort()

    def _is_cheaper_to_sort(self) -> bool:
        """Return whether to sort all rows, rather than to scan an index and filter its rows.

        A full sort reads every row of the driving table. An index scan reads the rows of a page
        times the number of enrollments for each one that passes the filter.
        """
        counts = self._counts
        if self._scans_one_course():
            return False
        if counts.driving_table is DrivingTable.ALL and self._sort not in _BY_LEARNER:
            return False  # an index has only the rows of the tab
        if counts.driving_table is not DrivingTable.ALL and counts.driving_rows <= SORT_ROWS:
            return True
        if self._shape.courses is Courses.PATHS and self._sort not in _BY_OWNER:
            return counts.driving_rows <= PATH_ROWS
        total = sum(counts.by_status[Status(status)] for status in self._statuses)
        if counts.driving_table is DrivingTable.ALL:
            return total * total <= SCAN_COST * counts.driving_rows
        everything = self._fetch(statements.LAST_ENROLLMENT, {})[0][0]
        return counts.driving_rows * total <= SCAN_COST * everything

    def _scans_one_course(self) -> bool:
        """Return whether one index has only the rows of the one course, in the query's order."""
        shape = self._shape
        is_one = shape.courses is Courses.ONE and shape.learners is Learners.ALL
        is_along = self._sort in (SortKey.ENROLLED, SortKey.STATUS, SortKey.COURSE)
        return is_one and is_along and not shape.terms and not shape.only_requests

    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._sort is SortKey.INSTRUCTOR:
            self.by_instructor()
        if self._sort in (SortKey.COURSE, SortKey.INSTRUCTOR) and not self._sorts_all:
            yield from self._scan_courses(key, limit, backwards)
            return
        in_one_course = self._scans_one_course()
        course = {"course": self._parameters["only_course"]} if in_one_course else {}
        for start in index_ranges(
            self._sort,
            self._statuses,
            key,
            descending=self._descending,
            backwards=backwards,
            in_one_course=in_one_course,
        ):
            if self._sorts_all:
                placed = replace(start, index_range=self._placed(start.index_range))
                yield self._full_sort(placed, self._driving_table, self._shape, limit)
            else:
                yield self._index_scan(start, self._shape, limit, **course)

    def _index_scan(
        self, start: RangeStart, shape: LedgerFilter, limit: int, **values: Any
    ) -> tuple[str, dict[str, Any]]:
        sql = statements.index_scan(
            self._engine, start.index_range, shape, limit, after=bool(start.values)
        )
        return sql, {**values, **key_parameters(start.values)}

    def _full_sort(
        self,
        start: RangeStart,
        driving_table: DrivingTable | Driver,
        shape: LedgerFilter,
        limit: int,
        **values: Any,
    ) -> tuple[str, dict[str, Any]]:
        sql = statements.full_sort(
            self._engine,
            start.index_range,
            shape,
            driving_table,
            limit,
            after=bool(start.values),
        )
        return sql, {**values, **key_parameters(start.values)}

    def _scan_courses(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Read course by course: a large one by an index scan, several small ones by one sort."""
        within = newest_first(self._statuses, in_one_course=True)
        if self._sort is SortKey.INSTRUCTOR:
            by_title, courses = by_place(self._statuses), self.by_instructor()
            within = replace(within, extra=by_title.extra)
        else:
            by_title = by_course(self._statuses, descending=self._descending)
            courses = self._courses_by_title(self._statuses)
            courses = courses[::-1] if self._descending else courses
        if backwards:
            within, by_title, courses = within.reversed(), by_title.reversed(), courses[::-1]
        if key is not None:
            course, *values = self._course_of(key)
            yield self._scan_course(RangeStart(within, tuple(values)), cast(int, course), limit)
            ahead = iter(courses)
            next(identifier for identifier, _ in ahead if identifier == course)
            courses = list(ahead)
        enough = limit if self._shape.is_empty else COURSE_ROWS
        # To sort by a place in a list takes longer than by title.
        many = enough if self._sort is SortKey.INSTRUCTOR else COURSE_ROWS
        batch: list[int] = []
        size = 0
        for course, n in courses:
            is_person = course < 0
            if batch and (is_person or size >= enough or size + n > COURSE_ROWS):
                yield self._sort_courses(by_title, batch, limit)
                batch, size = [], 0
            if is_person or n > many:
                yield self._scan_course(RangeStart(within), course, limit)
            elif n:
                batch.append(course)
                size += n
        if batch:
            yield self._sort_courses(by_title, batch, limit)

    def _scan_course(
        self, start: RangeStart, course: int, limit: int
    ) -> tuple[str, dict[str, Any]]:
        """Read one course by an index scan, or sort the rows of an assigned person."""
        if course > 0:
            return self._index_scan(start, self._of_courses, limit, course=course)
        of_person = replace(start.index_range, in_one_course=False)
        start = replace(start, index_range=of_person)
        return self._full_sort(start, OF_PERSON, self._shape, limit, instructor=-course)

    @property
    def _of_courses(self) -> LedgerFilter:
        """The filter of the rows of courses, without those of people who are assigned."""
        if not self._has_assigned:
            return self._shape
        return replace(self._shape, added=(*self._shape.added, OF_COURSE))

    def _course_of(self, key: Key) -> Key:
        """Return a complete key with the course's id first."""
        if self._sort is SortKey.INSTRUCTOR:
            place = cast(int, key[0])
            return (self.by_instructor()[place][0], *key[1:])
        return key[1:]

    def _sort_courses(
        self, by_title: IndexRange, batch: list[int], limit: int
    ) -> tuple[str, dict[str, Any]]:
        ids = self._engine.list_parameter(batch)
        driving_table, shape = DrivingTable.LISTED_COURSES, self._of_courses
        return self._full_sort(RangeStart(by_title), driving_table, shape, limit, ids=ids)
