"""Compute what the ledger must show in plain Python from all rows of the database."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Led, Scope, Taught
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.domain.shared.text_search import (
    finds_titles,
    fold,
    search_terms,
    sort_text,
)
from enrollment_portal.storage.ledger import LedgerPage, read_ledger, rows
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import Enrollment
from tests.builders import DAY, NOW, make_account, make_course, make_learner
from tests.integration.remembered_reads import remembered_reads


class Fact(NamedTuple):
    """An enrollment with all values by which it is sorted or found."""

    id: int
    learner_id: int
    name: str
    email: str | None
    course_id: int
    title: str
    status: int
    progress: int
    enrolled_at: int
    deadline_day: int | None
    version: int
    sort_name: str
    sort_title: str
    search: str
    is_path: bool
    has_request: bool
    title_search: str
    last_visit_at: int | None = None
    grade: str | None = None
    completed_at: int | None = None
    origin: str = "self"
    pace: int | None = None
    run: int = 1
    department: str = ""
    manager: str | None = None
    instructor_id: int | None = None
    instructors: tuple[str, ...] = ()


_FACTS = text(
    "SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,"
    " e.enrolled_at, e.deadline_day, e.version, l.sort_name, c.sort_title, l.search,"
    " c.kind = 'path', EXISTS (SELECT 1 FROM extension_request x WHERE x.enrollment_id = e.id"
    " AND x.state = 'open'), c.search, e.last_visit_at, e.grade, e.completed_at, e.origin,"
    " e.pace, e.run, l.department, m.sort_name, e.instructor_id"
    " FROM enrollment e JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id"
    " LEFT JOIN learner m ON m.id = l.manager_id"
)


_TEACHERS = text(
    "SELECT t.course_id, a.id, a.name FROM course_teacher t JOIN account a ON a.id = t.account_id"
)


def _responsible(fact: Fact, teachers: Mapping[int, str]) -> tuple[str, ...]:
    if fact.instructor_id is not None:
        return (teachers[fact.instructor_id],)
    return tuple(sorted(teachers.values()))


class Oracle:
    """Sort and filter the rows of a database without any of its indexes."""

    def __init__(self, database: Database) -> None:
        with database.read() as session:
            teachers: dict[int, dict[int, str]] = {}
            for course, account, name in session.execute(_TEACHERS):
                teachers.setdefault(course, {})[account] = sort_text(name)
            self.facts = [
                fact._replace(instructors=_responsible(fact, teachers.get(fact.course_id, {})))
                for fact in (Fact(*row) for row in session.execute(_FACTS))
            ]
            self.taught = set(self._pairs(session, "course_teacher", "course_id"))
            self.led = set(self._pairs(session, "learner_lead", "learner_id"))

    @staticmethod
    def _pairs(session: Any, table: str, column: str) -> list[tuple[int, int]]:
        rows = session.execute(text(f"SELECT account_id, {column} FROM {table}"))
        return [tuple(row) for row in rows]

    def in_scope(self, scope: Scope, query: LedgerQuery) -> list[Fact]:
        """Return the rows of a scope that match a query, unordered."""
        facts = self.facts
        if isinstance(scope, Taught):
            facts = [f for f in facts if (scope.account_id, f.course_id) in self.taught]
        elif query.course is None:
            facts = [f for f in facts if f.is_path == (query.kind is Kind.PATHS)]
        if isinstance(scope, Led):
            facts = [f for f in facts if (scope.account_id, f.learner_id) in self.led]
        if query.course is not None:
            facts = [f for f in facts if f.course_id == query.course]
        if query.learner is not None:
            facts = [f for f in facts if f.learner_id == query.learner]
        if query.only_requests:
            facts = [f for f in facts if f.has_request]
        terms = search_terms(query.search)
        if terms is None:
            return []
        has_titles = finds_titles(terms) and query.course is None
        return [
            f
            for f in facts
            if all(term in f.search for term in terms)
            or (has_titles and all(term in f.title_search for term in terms))
        ]

    def counts(self, scope: Scope, query: LedgerQuery) -> dict[Status, int]:
        """Return how many rows each status has, whatever the query's tab."""
        facts = self.in_scope(scope, query)
        return {status: sum(f.status == status for f in facts) for status in Status}

    def ids(self, scope: Scope, query: LedgerQuery) -> list[int]:
        """Return every row of a query in its order."""
        facts = [f for f in self.in_scope(scope, query) if f.status in query.tab.statuses]
        return [f.id for f in in_order(facts, query.sort, query.descending)]


def _grade_order(grade: str) -> tuple[float, str]:
    number = re.match(r"[0-9]+(?:[.][0-9]+)?", grade)
    return (float(number[0]) if number else 0, grade)


_VALUES: dict[SortKey, Callable[[Fact], Any]] = {
    SortKey.DEADLINE: lambda f: f.deadline_day,
    SortKey.LAST_VISIT: lambda f: f.last_visit_at,
    SortKey.GRADE: lambda f: None if f.grade is None else _grade_order(f.grade),
    SortKey.PACE: lambda f: f.pace,
    SortKey.COMPLETED: lambda f: f.completed_at,
}
"""By sort, the value of a row; rows without one are last, both ways."""
_OF_LEARNERS: dict[SortKey, Callable[[Fact], Any]] = {
    SortKey.DEPARTMENT: lambda f: f.department or None,
    SortKey.MANAGER: lambda f: f.manager,
}


def in_order(facts: list[Fact], sort: SortKey, descending: bool) -> list[Fact]:
    """Return rows sorted as the ledger promises."""
    newest = sorted(facts, key=lambda f: (f.enrolled_at, f.id), reverse=True)
    if sort in _VALUES:
        value = _VALUES[sort]
        with_value = [f for f in facts if value(f) is not None]
        without = [f for f in newest if value(f) is None]
        if sort is not SortKey.COMPLETED:
            without.sort(key=lambda f: f.id, reverse=True)
        with_value.sort(key=lambda f: (value(f), f.id), reverse=descending)
        return with_value + without
    if sort in _OF_LEARNERS:
        value = _OF_LEARNERS[sort]
        with_value = [f for f in newest if value(f) is not None]
        with_value.sort(key=lambda f: (value(f), f.sort_name, f.learner_id), reverse=descending)
        without = [f for f in newest if value(f) is None]
        return with_value + sorted(without, key=lambda f: (f.sort_name, f.learner_id))
    if sort is SortKey.INSTRUCTOR:
        by_title = sorted(
            newest,
            key=lambda f: (
                ("", 0, f.instructor_id) if f.instructor_id else (f.sort_title, f.course_id, 0)
            ),
        )
        by_title.sort(key=lambda f: f.instructor_id is not None)
        taught = [f for f in by_title if f.instructors]
        taught.sort(key=lambda f: f.instructors, reverse=descending)
        return taught + [f for f in by_title if not f.instructors]
    if sort is SortKey.ORIGIN:
        return sorted(
            newest, key=lambda f: list(Origin).index(Origin(f.origin)), reverse=descending
        )
    if sort is SortKey.RUN:
        return sorted(newest, key=lambda f: f.run, reverse=descending)

    def sorted_by(*names: str, rows: list[Fact], reverse: bool) -> list[Fact]:
        return sorted(rows, key=lambda f: [getattr(f, name) for name in names], reverse=reverse)

    groups = {
        SortKey.LEARNER: ("sort_name", "learner_id"),
        SortKey.STATUS: ("status",),
        SortKey.COURSE: ("sort_title", "course_id"),
    }
    if names := groups.get(sort):
        return [
            fact
            for group in sorted(
                {tuple(getattr(f, n) for n in names) for f in facts}, reverse=descending
            )
            for fact in newest
            if tuple(getattr(fact, n) for n in names) == group
        ]
    names = {
        SortKey.PROGRESS: ("progress", "id"),
        SortKey.ENROLLED: ("enrolled_at", "id"),
    }[sort]
    return sorted_by(*names, rows=facts, reverse=descending)


def page_of(database: Database, scope: Scope, query: LedgerQuery, size: int) -> LedgerPage:
    """Read one page in its own transaction."""
    with database.read() as session:
        return read_ledger(session, scope, query, size)


Reads = Callable[[Database, Scope, LedgerQuery, int], LedgerPage]


def pages(
    database: Database,
    scope: Scope,
    query: LedgerQuery,
    size: int,
    *,
    backwards: bool = False,
    reads: Reads = page_of,
) -> Iterator[LedgerPage]:
    """Read from the first page to the last, or from the last to the first."""
    place = Place("last") if backwards else None
    while True:
        page = reads(database, scope, query.at(place), size)
        yield page
        place = page.previous if backwards else page.next
        if place is None:
            return


def all_orders(sorts: Iterable[SortKey] = SortKey) -> list[LedgerQuery]:
    """Return the ledger in some sorts, both ways; those by standard columns on every tab."""
    return [
        LedgerQuery(tab=tab, sort=sort, descending=descending)
        for sort in sorts
        for tab in (Tab if sort in STANDARD_COLUMNS else (Tab.ALL,))
        for descending in (False, True)
    ]


def assert_pages_are_right(
    database: Database,
    oracle: Oracle,
    scope: Scope,
    query: LedgerQuery,
    size: int,
    reads: Reads | None = None,
) -> None:
    """Read all pages in both directions and compare rows, counts and positions with the oracle.

    They are read in one snapshot, unless `reads` reads them otherwise.
    """
    expected = oracle.ids(scope, query)
    counts = oracle.counts(scope, query)
    with remembered_reads(database) as session:

        def read(_: Database, scope: Scope, query: LedgerQuery, size: int) -> LedgerPage:
            return read_ledger(session, scope, query, size)

        way = reads or read
        forwards = list(pages(database, scope, query, size, reads=way))
        backwards = list(pages(database, scope, query, size, backwards=True, reads=way))[::-1]
    for read_pages in (forwards, backwards):
        assert [row.id for page in read_pages for row in page.rows] == expected, query
        assert all(page.counts == counts and page.total == len(expected) for page in read_pages)
        starts = list(range(1, len(expected) + 1, size)) or [0]
        assert [page.position for page in read_pages] == starts, query
        assert [page.previous is None for page in read_pages] == [start <= 1 for start in starts]
        assert [page.next is None for page in read_pages] == [
            start is starts[-1] for start in starts
        ]


PLANS = ("full_sort", "index_scan")
"""The two ways to find the rows of a search or a scope."""


def force_plan(monkeypatch: pytest.MonkeyPatch, plan: str) -> None:
    """Make the ledger use a full sort or an index scan, whichever would be cheaper."""
    monkeypatch.setattr(rows, "SORT_ROWS", 1_000_000 if plan == "full_sort" else 0)
    monkeypatch.setattr(rows, "SCAN_COST", 0)


class Company(NamedTuple):
    """What `make_company` wrote: an instructor and a group lead with a part of it."""

    teacher: Taught
    lead: Led
    learners: list[int]
    courses: list[int]
    paths: list[int]


def make_company(
    database: Database, enrollments: int = 120, seed: int = 7, *, assigns: bool = False
) -> Company:
    """Write a company full of ties: few names, titles, moments, progress values and deadlines.

    Args:
        database: where to write it.
        enrollments: how many.
        seed: of its random choices.
        assigns: whether some enrollments have an instructor of their own.
    """
    pick = random.Random(seed)
    names = ["Ana Alba", "Ana Alba", "Bo Berg", "Émile Ébène", "Ýmir", "李雷", "Ana Berg", "Zoe"]
    learners: list[int] = []
    for i, name in enumerate(names * 2):
        email = f"{fold(name.split()[0])}{i}@{pick.choice('xyz')}.example"
        manager = learners[i % 3] if i > 4 else None
        department = ("", "Sales", "Ärzte")[i % 3]
        learners.append(
            make_learner(database, name, email, department=department, manager_id=manager)
        )
    learners += [make_learner(database) for _ in range(3)]
    titles = ["Safety", "Safety", "Art", "Zen", "Ähnlich", "Empty"]
    courses = [make_course(database, title) for title in titles]
    paths = [make_course(database, title, kind="path") for title in ("Safety", "Path")]
    pairs = [(learner, course) for learner in learners for course in (*courses[:-1], *paths)]
    facts: list[dict[str, Any]] = []
    for learner, course in (pick.choice(pairs) for _ in range(enrollments)):
        is_active = (learner, course) in pairs and pick.random() < 0.5
        if is_active:
            pairs.remove((learner, course))
        status = 0 if is_active else pick.choice((1, 1, 2))
        at = NOW - pick.randrange(4) * DAY
        facts.append(
            {
                "learner_id": learner,
                "course_id": course,
                "status": status,
                "tracked_status": status,
                "progress": pick.choice((0, 50, 50, 100)),
                "enrolled_at": at,
                "last_visit_at": at if len(facts) % 3 else None,
                "updated_at": at,
                "completed_at": at if status == 1 else None,
                "cancelled_at": at if status == 2 else None,
                "deadline_day": pick.choice((None, None, NOW // DAY + 1, NOW // DAY + 2)),
                "grade": (None, "9%", "85%", None, "100%", "B+", "A", "8.5%")[len(facts) % 8],
                "origin": ("self", "admin", "path", "self")[len(facts) % 4],
                "pace": (0, 12, 12, None)[len(facts) % 4] if status == 0 else None,
            }
        )
    with database.write() as session:
        session.execute(Enrollment.__table__.insert(), facts)  # type: ignore[attr-defined]
    teacher = make_account(database, teaches=(courses[0], courses[3], courses[5]))
    lead = make_account(database, leads=tuple(learners[1::2]))
    other = make_account(database, teaches=tuple(courses), leads=tuple(learners))
    if assigns:
        _assign(database, {teacher: (courses[0], courses[3]), other: tuple(courses[:4])})
    _ask_for_extensions(database)
    return Company(Taught(teacher), Led(lead), learners, courses, paths)


def _assign(database: Database, taught: Mapping[int, Sequence[int]]) -> None:
    """Assign each instructor some enrollments in these of their courses."""
    with database.write() as session:
        for nth, (account, courses) in enumerate(taught.items()):
            for course in courses:
                assign = "UPDATE enrollment SET instructor_id = :account WHERE course_id = :course"
                of = {"account": account, "course": course, "nth": nth}
                session.execute(text(f"{assign} AND id % 4 = :nth"), of)


def _ask_for_extensions(database: Database) -> None:
    """Give every fourth active enrollment an open request, and every ninth an answered one."""
    with database.write() as session:
        for nth, state in ((4, "open"), (9, "declined")):
            session.execute(
                text(
                    "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                    " asked_at, decided_by, answer, is_seen)"
                    f" SELECT id, {NOW // DAY + 30}, '', '{state}', {NOW}, '', '', 0"
                    f" FROM enrollment WHERE status = 0 AND id % {nth} = 0"
                )
            )
