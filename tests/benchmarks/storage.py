"""How long the ledger's queries take, next to the same statements on the bare driver.

Targets at 1,000,000 enrollments: a page takes at most 2.5 times as long as on the bare driver on
SQLite and 2 times on PostgreSQL, a durable save 2.5 times, and nothing takes more than 50 ms.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import Key, Place
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    save_enrollment,
    save_fields,
)
from enrollment_portal.storage.ledger import read_ledger, statements
from enrollment_portal.storage.ledger.counts import count
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.ledger.filters import bind_filter
from enrollment_portal.storage.ledger.index_ranges import EXTRA
from enrollment_portal.storage.ledger.keyset import key_of
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import Comparison, Timing

SLOWEST_MS = 50
PAGE_RATIO = {"sqlite": 2.5, "postgresql": 2.0}
SAVE_RATIO = 2.5
EVERYTHING = Everything()


@dataclass(frozen=True)
class Sample:
    """The people and courses of the company that are queried."""

    enrollment_id: int
    keys: dict[SortKey, Key]
    """The place of an enrollment from the middle, in every sort."""
    first_name: str
    full_name: str
    email: str
    admin: Actor
    instructor: Taught
    lead: Led
    course: int
    """The course with the most enrollments."""
    path: int
    """The same among learning paths."""
    learner: int


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        print(f"\n{engine}, {options.rows:,} enrollments: medians in ms")
        print(f"{'':44}{'ours':>8}{'bare':>8}{'ratio':>7}")
        _measure_all(database, engine)


def _measure_all(database: Database, engine: str) -> None:
    sample = _sample(database)
    comparison = Comparison(database)
    for name, scope, query in _pages(sample):
        timing = comparison.measure(lambda: _read(database, scope, query))  # noqa: B023 - called at once
        _print(name, timing, PAGE_RATIO[engine])
    for name, function in _others(database, sample):
        _print(name, comparison.measure(function))
    waiting = iter(_in_courses_after(database, sample.enrollment_id))
    for name, save, most in (
        ("save of one enrollment", save_fields, SAVE_RATIO),
        ("the same, and its details", save_enrollment, None),
    ):
        _print(name, _measure_save(comparison, database, sample.admin, waiting, save), most)
    comparison.close()


def _read(database: Database, scope: Scope, query: LedgerQuery) -> None:
    with database.read() as session:
        read_ledger(session, scope, query)


def _pages(sample: Sample) -> Iterator[tuple[str, Scope, LedgerQuery]]:
    for tab in Tab:
        yield f"first page, {tab.label}", EVERYTHING, LedgerQuery(tab=tab)
    yield "last page", EVERYTHING, LedgerQuery(place=Place("last"))
    for sort, descending in itertools.product(SortKey, (False, True)):
        query = LedgerQuery(sort=sort, descending=descending)
        direction = "down" if descending else "up"
        yield f"by {sort.value} {direction}, first page", EVERYTHING, query
        deep = query.at(Place("after", sample.keys[sort], 500_000))
        yield f"by {sort.value} {direction}, deep", EVERYTHING, deep
        yield f"by {sort.value} {direction}, last page", EVERYTHING, query.at(Place("last"))
        paths = replace(query, kind=Kind.PATHS)
        yield f"learning paths by {sort.value} {direction}", EVERYTHING, paths
    searches = {
        "a first name": sample.first_name,
        "a full name": sample.full_name,
        "an email": sample.email,
        "two letters": "an",
        "one letter": "a",
        "what nobody has": "zzzqq",
        "what everybody has": "northwind.example",
    }
    for name, typed in searches.items():
        yield f"search for {name}", EVERYTHING, LedgerQuery(search=typed)
    for sort in (SortKey.LEARNER, SortKey.COURSE, SortKey.DEADLINE):
        query = LedgerQuery(search="an", sort=sort, descending=False)
        yield f"search for two letters by {sort.value}", EVERYTHING, query
    scopes: tuple[tuple[str, Scope], ...] = (
        ("the busiest instructor", sample.instructor),
        ("a group lead", sample.lead),
    )
    for name, scope in scopes:
        yield f"{name}, first page", scope, LedgerQuery()
        yield f"{name}, by learner", scope, LedgerQuery(sort=SortKey.LEARNER, descending=False)
        yield f"{name}, search for two letters", scope, LedgerQuery(search="an")
    yield from _filtered_pages(sample)


def _filtered_pages(sample: Sample) -> Iterator[tuple[str, Scope, LedgerQuery]]:
    plain, paths = LedgerQuery(), LedgerQuery(kind=Kind.PATHS)
    by_learner = replace(plain, sort=SortKey.LEARNER, descending=False)
    for name, query in (("", paths), (", last page", paths.at(Place("last")))):
        yield f"learning paths{name}", EVERYTHING, query
    yield "learning paths, search for two letters", EVERYTHING, paths.searching("an")
    yield "learning paths of a group lead", sample.lead, paths
    for name, course in (("the busiest course", sample.course), ("the busiest path", sample.path)):
        yield f"{name}, newest", EVERYTHING, replace(plain, course=course)
        yield f"{name}, last page", EVERYTHING, replace(plain, course=course).at(Place("last"))
        yield f"{name}, by learner", EVERYTHING, replace(by_learner, course=course)
        yield (
            f"{name}, search for two letters",
            EVERYTHING,
            replace(plain, course=course, search="an"),
        )
    yield "one learner", EVERYTHING, replace(plain, learner=sample.learner)
    yield "one learner's paths", EVERYTHING, replace(paths, learner=sample.learner)
    yield "open requests", EVERYTHING, plain.with_requests(True)
    yield (
        "open requests by deadline",
        EVERYTHING,
        replace(plain.with_requests(True), sort=SortKey.DEADLINE, descending=False),
    )


def _others(database: Database, sample: Sample) -> Iterator[tuple[str, Callable[[], object]]]:
    def counts() -> None:
        with database.read() as session:
            engine = engine_of(session)
            count(session, engine, bind_filter(engine, EVERYTHING, LedgerQuery(), ()))

    yield "counts alone", counts
    yield (
        "details of one enrollment",
        lambda: read_enrollment(database, sample.admin, sample.enrollment_id),
    )


def _measure_save(
    comparison: Comparison,
    database: Database,
    admin: Actor,
    waiting: Iterator[int],
    save_one: Callable[..., object],
) -> Timing:
    # Another one each time: their histories stay as long as they are.
    id_ = version = 0

    def look() -> None:
        nonlocal id_, version
        id_ = next(waiting)
        version = read_enrollment(database, admin, id_).facts.version

    def save() -> None:
        save_one(database, admin, id_, version=version, typed={Field.NOTE.value: "Called"})

    def undo() -> None:
        back = text("UPDATE enrollment SET version = version - 1 WHERE id = :id")
        with database.write() as session:
            session.execute(back, {"id": id_})

    return comparison.measure(save, writes=True, before=look, undo=undo)


def _in_courses_after(database: Database, enrollment_id: int) -> list[int]:
    after = text(
        "SELECT e.id FROM enrollment e JOIN course c ON c.id = e.course_id"
        " WHERE c.kind <> 'path' AND e.id >= :id ORDER BY e.id LIMIT 1000"
    )
    with database.read() as session:
        return list(session.execute(after, {"id": enrollment_id}).scalars())


def _print(name: str, timing: Timing, most: float | None = None) -> None:
    remarks = [
        f"over {SLOWEST_MS} ms" if timing.ours > SLOWEST_MS else "",
        f"over {most} times" if most and timing.ratio > most else "",
    ]
    remark = ", ".join(filter(None, remarks))
    print(f"{name:44}{timing.ours:8.2f}{timing.bare:8.2f}{timing.ratio:7.2f}  {remark}", flush=True)


def _sample(database: Database) -> Sample:
    with database.read() as session:
        middle, learner, name, email = _one(
            session,
            "SELECT e.id, e.learner_id, l.name, l.email FROM enrollment e"
            " JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id"
            " WHERE e.id >= (SELECT max(id) / 2 FROM enrollment) AND c.kind <> 'path'"
            " ORDER BY e.id LIMIT 1",
        )
        keys = {sort: _key(session, sort, middle) for sort in SortKey}
        admin = _one(session, "SELECT id, name, email FROM account WHERE role = 'super_admin'")
        teacher = _one(
            session,
            "SELECT t.account_id FROM course_teacher t JOIN tally_course y"
            " ON y.course_id = t.course_id GROUP BY t.account_id ORDER BY sum(y.n) DESC",
        )
        lead = _one(
            session,
            "SELECT account_id FROM learner_lead GROUP BY account_id ORDER BY count(*) DESC",
        )
        busiest_course, busiest_path = (_busiest(session, is_path) for is_path in ("<>", "="))
    return Sample(
        enrollment_id=middle,
        keys=keys,
        first_name=name.split()[0],
        full_name=name,
        email=email or name,
        admin=Actor(admin[0], admin[1], admin[2], Role.SUPER_ADMIN),
        instructor=Taught(teacher[0]),
        lead=Led(lead[0]),
        course=busiest_course,
        path=busiest_path,
        learner=learner,
    )


def _key(session: Session, sort: SortKey, enrollment_id: int) -> Key:
    """Return the key of an enrollment in a sort."""
    engine = engine_of(session)
    sql = statements.by_ids(engine, EXTRA.get(sort, ""))
    found = fetch(session, sql, {"ids": engine.list_parameter([enrollment_id])})
    return key_of(sort, found[0])


def _busiest(session: Session, is_path: str) -> int:
    return _one(
        session,
        "SELECT y.course_id FROM tally_course y JOIN course c ON c.id = y.course_id"
        f" WHERE c.kind {is_path} 'path' GROUP BY y.course_id ORDER BY sum(y.n) DESC",
    )[0]


def _one(session: Session, statement: str) -> Sequence[Any]:
    row = session.execute(text(statement)).first()
    if row is None:
        raise RuntimeError(f"The demo company lacks what this asks for: {statement}")
    return row
