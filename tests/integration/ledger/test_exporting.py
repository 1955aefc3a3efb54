"""Test the export of the ledger: the same rows as its pages, in the same order."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_export import FileFormat, headings
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import (
    day_start,
    day_to_date,
    spreadsheet_moment,
    zone,
)
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, NotSignedIn
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.ledger import exporting
from enrollment_portal.services.ledger.exporting import Export, export_ledger
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.shared import organization
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.enrollment.enrollments import find_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)
from tests.excel import rows_of
from tests.integration.ledger.past.past_oracle import (
    WAYS,
    PastOracle,
    force_way,
    make_changes_for_days,
)
from tests.integration.ledger_oracle import (
    Company,
    Oracle,
    all_orders,
    force_plan,
    make_company,
)

ZONE = ZoneInfo("Europe/Stockholm")
LATER = NOW + 200 * DAY
"""When it is, in these tests: after all that has happened."""


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 7)
    monkeypatch.setattr(organization, "now_ms", lambda: LATER)


def actor_of(database: Database, account_id: int) -> Actor:
    with database.read() as session:
        found = accounts.find_account(session, account_id)
    assert found
    return found


@pytest.fixture
def maya(database: Database) -> Actor:
    """A Super Admin, and the organization."""
    make_organization(database)
    return actor_of(database, make_account(database))


def shown_moment(at_ms: int | None) -> str:
    return "" if at_ms is None else spreadsheet_moment(at_ms, ZONE)


def opened(database: Database, actor: Actor, query: LedgerQuery) -> Export:
    return export_ledger(database, actor, query, ZONE, lambda: actor)


def pieces(export: Export) -> Iterator[bytes]:
    while piece := export.read():
        yield piece


def content(database: Database, actor: Actor, query: LedgerQuery) -> bytes:
    """Return a whole file, and release its connection."""
    export = opened(database, actor, query)
    try:
        return b"".join(pieces(export))
    finally:
        export.close()


def parsed(file: bytes, as_of: int | None = None, separator: str = ",") -> list[dict[str, str]]:
    """Return the rows of a file, parsed as CSV, by their plain headings."""
    text_of = io.StringIO(file.decode("utf-8-sig"), newline="")
    first, *rows = csv.reader(text_of, strict=True, delimiter=separator)
    kind = Kind.PATHS if Kind.PATHS.heading in first else Kind.COURSES
    assert tuple(first) == headings(as_of, "Europe/Stockholm", kind)
    names = headings(None, "zone")
    return [dict(zip(names, row, strict=True)) for row in rows]


def ids(file: bytes, as_of: int | None = None) -> list[int]:
    return [int(row["Enrollment id"]) for row in parsed(file, as_of)]


def in_role(database: Database, scope: Taught | Led) -> Actor:
    """Return the actor with a scope."""
    role = Role.INSTRUCTOR if isinstance(scope, Taught) else Role.GROUP_LEAD
    with database.write() as session:
        session.execute(
            text("UPDATE account SET role = :role WHERE id = :id"),
            {"role": role.value, "id": scope.account_id},
        )
    return actor_of(database, scope.account_id)


def people(company: Company, maya: Actor, database: Database) -> dict[Actor, Scope]:
    theirs = {in_role(database, scope): scope for scope in (company.teacher, company.lead)}
    return {maya: Everything(), **theirs}


class TestContent:
    def test_has_the_rows_of_every_tab_and_sort(self, database: Database, maya: Actor) -> None:
        make_company(database)
        oracle = Oracle(database)
        for query in all_orders():
            expected = oracle.ids(Everything(), query)
            assert ids(content(database, maya, query)) == expected, query

    def test_has_the_texts_of_the_ledger(self, database: Database, maya: Actor) -> None:
        make_company(database, enrollments=160)
        query = LedgerQuery(sort=SortKey.LEARNER, descending=False)
        shown, runs, place = [], {}, None
        while True:
            page = read_ledger(database, maya, query.at(place))
            shown += page.rows
            runs |= page.runs
            place = page.next
            if place is None:
                break
        assert len(shown) > 100
        with database.read() as session:
            found = [find_enrollment(session, Everything(), row.id) for row in shown]
        facts = {one.id: one for one in found if one}
        assert parsed(content(database, maya, query.at(Place("last")))) == [
            {
                "Learner": row.name,
                "Email": row.email or "",
                "Department": facts[row.id].department,
                "Course": row.title,
                "Status": Status(row.status).label,
                "Progress (%)": str(row.progress),
                "Grade": facts[row.id].grade or "",
                "Enrolled (zone)": spreadsheet_moment(row.enrolled_at, ZONE),
                "Completed (zone)": shown_moment(facts[row.id].completed_at),
                "Last Visit (zone)": shown_moment(facts[row.id].last_visit_at),
                "Deadline": "" if row.deadline_day is None else str(day_to_date(row.deadline_day)),
                "Asks for": ""
                if row.requested_day is None
                else str(day_to_date(row.requested_day)),
                "Origin": Origin(facts[row.id].origin).sentence,
                "Run": str(runs.get(row.id, 1)),
                "Enrollment id": str(row.id),
            }
            for row in shown
        ]
        assert any(row.requested_day for row in shown)
        assert {fact.last_visit_at is None for fact in facts.values()} == {True, False}
        assert {bool(fact.completed_at) for fact in facts.values()} == {True, False}

    def test_is_readable_by_spreadsheets_and_programs(
        self, database: Database, maya: Actor
    ) -> None:
        learner = make_learner(database, '=1+1", "Bo\n李', "+bo@x.example")
        course = make_course(database, "Fire, safety; =2")
        row = make_enrollment(
            database,
            learner,
            course,
            progress=40,
            enrolled_at=NOW,
            deadline_day=NOW // DAY,
            grade="A grade",
            feedback="A feedback",
            internal_note="A note",
        )
        file = content(database, maya, LedgerQuery())
        assert file.decode() == (
            '\ufeff"Learner","Email","Department","Course","Status","Progress (%)","Grade",'
            '"Enrolled (Europe/Stockholm)","Completed (Europe/Stockholm)",'
            '"Last Visit (Europe/Stockholm)","Deadline","Asks for","Origin","Run",'
            '"Enrollment id"\r\n'
            '"\'=1+1"", ""Bo\n李","\'+bo@x.example","","Fire, safety;\' =2",Active,40,"A grade",'
            "2026-09-21 16:13,,2026-09-21 16:13,2026-09-21,,The learner started the course,"
            f"1,{row}\r\n"
        )

    def test_has_the_requested_separator(self, database: Database, maya: Actor) -> None:
        learner = make_learner(database, "Alba, Ana; \t=2")
        make_enrollment(database, learner, make_course(database, "a,=1;b"), status=1, grade="85,5")
        plain = parsed(content(database, maya, LedgerQuery()))
        # With any separator, no cell starts a formula.
        assert plain[0]["Learner"] == "Alba, Ana;' \t'=2"
        assert plain[0]["Course"] == "a,'=1;b"
        assert plain[0]["Grade"] == "85,5"
        for file_format, end in ((FileFormat.SEMICOLON, ".csv"), (FileFormat.TAB, ".tsv")):
            export = export_ledger(database, maya, LedgerQuery(), ZONE, lambda: maya, file_format)
            assert export.name.endswith(end)
            assert parsed(b"".join(pieces(export)), separator=file_format.separator) == plain
            export.close()

    def test_in_excel_it_has_the_same_rows(self, database: Database, maya: Actor) -> None:
        make_company(database, enrollments=30)
        export = export_ledger(database, maya, LedgerQuery(), ZONE, lambda: maya, FileFormat.EXCEL)
        assert export.name.endswith(".xlsx")
        first, *rows = rows_of(b"".join(pieces(export)))
        export.close()
        plain = parsed(content(database, maya, LedgerQuery()))
        assert tuple(first) == headings(None, "Europe/Stockholm")
        assert [row[-1] for row in rows] == [int(row["Enrollment id"]) for row in plain]
        assert [(row[0], row[3], row[4]) for row in rows] == [
            (row["Learner"], row["Course"], row["Status"]) for row in plain
        ]

    @pytest.mark.parametrize("plan", ["full_sort", "index_scan"])
    def test_has_the_filters_of_the_ledger(
        self, database: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch, plan: str
    ) -> None:
        force_plan(monkeypatch, plan)
        company = make_company(database)
        oracle = Oracle(database)
        course, learner = company.courses[0], company.learners[1]
        queries = [
            LedgerQuery(search="ana"),
            LedgerQuery(search="example", tab=Tab.ACTIVE, sort=SortKey.DEADLINE),
            LedgerQuery(search="nobody"),
            LedgerQuery(kind=Kind.PATHS, sort=SortKey.COURSE),
            LedgerQuery(only_requests=True),
            LedgerQuery(course=course, sort=SortKey.LEARNER),
            LedgerQuery(course=company.paths[0]),
            LedgerQuery(learner=learner, kind=Kind.PATHS),
        ]
        n_refused = 0
        for actor, scope in people(company, maya, database).items():
            for query in queries:
                seen = query
                if isinstance(scope, Taught):
                    seen = replace(query, kind=Kind.COURSES)
                if not isinstance(scope, Everything):
                    seen = replace(seen, only_requests=False)
                try:
                    page = read_ledger(database, actor, query)
                except NotFound:
                    n_refused += 1
                    with pytest.raises(NotFound):
                        opened(database, actor, query)
                    continue
                found = ids(content(database, actor, query))
                assert found == oracle.ids(scope, seen), (actor, query)
                assert found[:50] == [row.id for row in page.rows]
        assert n_refused

    def test_the_column_of_learning_paths_has_their_heading(
        self, database: Database, maya: Actor
    ) -> None:
        company = make_company(database)
        for query, heading in (
            (LedgerQuery(course=company.paths[0]), "Learning path"),
            (LedgerQuery(course=company.courses[0]), "Course"),
            (LedgerQuery(kind=Kind.PATHS), "Learning path"),
        ):
            assert heading in content(database, maya, query).decode("utf-8-sig").splitlines()[0]

    def test_without_rows_has_only_the_headings(self, database: Database, maya: Actor) -> None:
        for search in ("", "nobody", "\x00"):
            assert parsed(content(database, maya, LedgerQuery(search=search))) == []


class Past(NamedTuple):
    """A company with a log, as it was on a day, and who may see what of it."""

    database: Database
    day: int
    oracle: PastOracle
    seen: dict[Actor, Scope]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]) -> Past:
    """A company that the tests only read."""
    database = make_module_database(request.param)
    make_organization(database)
    maya = actor_of(database, make_account(database))
    company = make_company(database)
    diary = make_changes_for_days(database)
    day = NOW // DAY - 1
    moment = day_start(day + 1, zone("Europe/Stockholm")) - 1
    seen = people(company, maya, database)
    return Past(database, day, PastOracle(database, diary, moment), seen)


class TestPastDay:
    @pytest.mark.parametrize("way", WAYS)
    def test_has_the_rows_of_every_tab_and_sort(
        self, past: Past, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        force_way(monkeypatch, way)
        if way != "as measured":  # where the pieces end does not depend on the way
            monkeypatch.setattr(exporting, "CHUNK", 50)
        database, day, oracle, seen = past
        queries = [*all_orders(STANDARD_COLUMNS), LedgerQuery(kind=Kind.PATHS, sort=SortKey.COURSE)]
        queries += [LedgerQuery(search="ana", sort=sort) for sort in STANDARD_COLUMNS]
        deadlines = {f.id: f.deadline_day for f in oracle.facts}
        maya = next(iter(seen))
        for actor, scope in seen.items():
            for query in queries if actor == maya else queries[-6:]:
                expected = oracle.ids(scope, query)
                file = content(database, actor, replace(query, as_of=day))
                assert ids(file, day) == expected, query
                for row in parsed(file, day):
                    known = deadlines[int(row["Enrollment id"])]
                    assert row["Deadline"] == ("" if known is None else str(day_to_date(known)))
        active = LedgerQuery(tab=Tab.ACTIVE)
        now, then = (
            ids(content(database, maya, replace(active, as_of=on)), on) for on in (None, day)
        )
        assert now != then

    def test_a_day_that_is_not_over_is_now(self, database: Database, maya: Actor) -> None:
        make_enrollment(database)
        for days, name in ((1, "2027-04-08"), (0, "")):
            export = opened(database, maya, LedgerQuery(as_of=LATER // DAY - days))
            export.close()
            assert export.total == 1
            assert (export.name == f"enrollments-{name}.csv") == bool(name)


class TestSnapshot:
    @pytest.mark.parametrize("sort", [SortKey.ENROLLED, SortKey.PROGRESS, SortKey.LEARNER])
    def test_later_changes_are_not_in_it(
        self, database: Database, maya: Actor, sort: SortKey
    ) -> None:
        company = make_company(database, enrollments=60)
        query = LedgerQuery(sort=sort)
        before = content(database, maya, query)
        export = opened(database, maya, query)
        read = export.read()
        for learner in company.learners[:4]:
            make_enrollment(database, learner, make_course(database))
        with database.write() as session:
            session.execute(text("UPDATE learner SET name = 'Renamed', sort_name = 'aa'"))
            session.execute(text("UPDATE enrollment SET progress = 1, version = version + 1"))
        assert read + b"".join(pieces(export)) == before
        export.close()
        assert content(database, maya, query) != before

    def test_is_read_one_piece_at_a_time(self, database: Database, maya: Actor) -> None:
        make_company(database, enrollments=60)
        export = opened(database, maya, LedgerQuery())
        sizes = [piece.count(b"\r\n") for piece in pieces(export)]
        assert sizes[0] == 8
        assert max(sizes[1:]) == 7
        assert sum(sizes) == export.total + 1
        export.close()

    def test_an_aborted_download_releases_the_connection(
        self, database: Database, maya: Actor
    ) -> None:
        make_company(database, enrollments=60)
        before = database.engine.pool.checkedout()  # type: ignore[attr-defined]
        export = opened(database, maya, LedgerQuery())
        export.read()
        assert database.engine.pool.checkedout() == before + 1  # type: ignore[attr-defined]
        for _ in range(2):
            export.close()
        assert database.engine.pool.checkedout() == before  # type: ignore[attr-defined]
        assert export.read() == b""

    def test_a_refused_export_holds_no_connection(self, database: Database, maya: Actor) -> None:
        for query in (LedgerQuery(course=99), LedgerQuery(learner=0)):
            with pytest.raises(NotFound):
                opened(database, maya, query)
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


class TestRights:
    """A download stops when its person loses the right to it."""

    def test_a_session_that_ends_ends_it(self, database: Database, maya: Actor) -> None:
        make_company(database, enrollments=60)
        asking: list[Actor | None] = [maya]
        export = export_ledger(database, maya, LedgerQuery(), ZONE, lambda: asking[0])
        assert export.read()
        asking[0] = None
        with pytest.raises(NotSignedIn):
            export.read()
        assert export.read() == b""
        export.close()

    def test_a_removed_role_ends_it(self, database: Database, maya: Actor) -> None:
        make_company(database, enrollments=60)
        for role in (Role.LEARNER, Role.GROUP_LEAD):
            asking = [maya]
            export = export_ledger(
                database, maya, LedgerQuery(), ZONE, lambda asking=asking: asking[0]
            )
            assert export.read()
            asking[0] = replace(maya, role=role)
            with pytest.raises(NotAllowed):
                export.read()
            export.close()

    @pytest.mark.parametrize("table", ["course_teacher", "group_lead"])
    def test_a_removed_course_or_person_ends_it(
        self, database: Database, maya: Actor, table: str
    ) -> None:
        company = make_company(database)
        is_teacher = table == "course_teacher"
        actor = in_role(database, company.teacher if is_teacher else company.lead)
        export = opened(database, actor, LedgerQuery())
        assert export.read()
        with database.write() as session:
            session.execute(text(f"DELETE FROM {table}"))
            session.execute(text("UPDATE learner SET manager_id = NULL"))
        with pytest.raises(NotAllowed):
            export.read()
        export.close()

    def test_without_a_ledger_there_is_no_file(self, database: Database, maya: Actor) -> None:
        learner = actor_of(database, make_account(database, Role.LEARNER))
        with pytest.raises(NotAllowed):
            opened(database, learner, LedgerQuery())


class TestLog:
    def test_records_person_filters_and_row_count(self, database: Database, maya: Actor) -> None:
        course = make_course(database, "Fire safety")
        learner = make_learner(database, "Ana Alba")
        make_enrollment(database, learner, course, status=1)
        teacher = actor_of(database, make_account(database, Role.INSTRUCTOR, teaches=(course,)))
        for actor, query in (
            (maya, LedgerQuery()),
            (maya, LedgerQuery(kind=Kind.PATHS)),
            (maya, LedgerQuery(search="ana", tab=Tab.COMPLETED, as_of=NOW // DAY + 9)),
            (maya, LedgerQuery(learner=learner)),
            (teacher, LedgerQuery(course=course, tab=Tab.ACTIVE)),
        ):
            opened(database, actor, query).close()
        with database.read() as session:
            found = session.execute(
                text(
                    "SELECT actor_id, action, subject_kind, subject_id, subject, detail"
                    " FROM admin_event ORDER BY id"
                )
            )
            assert [tuple(row) for row in found] == [
                (maya.account_id, "exported", "ledger", None, "Enrollments", "1 row"),
                (maya.account_id, "exported", "ledger", None, "Learning paths", "0 rows"),
                (
                    maya.account_id,
                    "exported",
                    "ledger",
                    None,
                    "Enrollments",
                    "1 row, Completed, with a search, as of 30 Sep 2026",
                ),
                (maya.account_id, "exported", "user", learner, "Ana Alba", "1 row"),
                (teacher.account_id, "exported", "course", course, "Fire safety", "0 rows, Active"),
            ]
