"""Test an instructor's courses and grading grid: exact counts, scope, order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import (
    GradingFilter,
    GradingThresholds,
    is_in,
)
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.grading.teaching import read_grid, taught_courses
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.enrollment import enrollments as stored_enrollments
from enrollment_portal.storage.grading import grading_grid
from enrollment_portal.storage.grading import teaching as stored
from enrollment_portal.storage.grading.grading_filters import ENROLLMENT, condition
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

LONG_AGO = 400 * MS_PER_DAY


def instructor(database: Database, *teaches: int) -> Actor:
    """Return an instructor of some courses."""
    account = make_account(database, Role.INSTRUCTOR, teaches=teaches)
    return Actor(account, "Ingrid", "ingrid@northwind.example", Role.INSTRUCTOR)


class Course:
    """A course that requires a grade, with a learner for each tab."""

    def __init__(self, database: Database) -> None:
        self.database = database
        now, today = now_ms(), organization_of(database).today()
        self.id = make_course(database, "Rope Access", requires_grade=1)
        day = organization_of(database).pace_day()
        fresh, gone = now - MS_PER_DAY, day.stuck_before
        self.names: dict[str, int] = {}
        self.add("Aarav", progress_at=fresh, progress=40, deadline_day=today + 1)
        self.add("Berit overdue", progress_at=fresh, progress=40, deadline_day=today - 1)
        self.add("Chloé stuck", progress_at=gone, progress=99, last_visit_at=fresh)
        self.add("Dmitri stuck overdue", progress_at=gone, progress=0, deadline_day=today - 9)
        self.add("Elif awaiting", progress_at=gone, progress=100, deadline_day=today - 1)
        self.add("Femi graded", progress_at=gone, progress=100, grade="A")
        self.add("Gus completed", status=1, progress=100, progress_at=gone)
        self.add("Hana cancelled", status=2, progress=40, progress_at=gone, deadline_day=1)
        self.add("Ivo nearly stuck", progress_at=gone + 1, progress=1)
        self.add("Jana stuck, never there", enrolled_at=gone, last_visit_at=None, progress=0)
        self.add("Kim never there", enrolled_at=gone + 1, last_visit_at=None, progress=0)

    def add(self, name: str, **values: Any) -> None:
        """Add a learner with an enrollment."""
        at = now_ms() - LONG_AGO
        learner = make_learner(self.database, name, f"{name.split()[0]}@north.example".lower())
        values = {"enrolled_at": at, **values}
        if values.get("deadline_day") == 1:
            values["deadline_day"] = at // MS_PER_DAY
        self.names[name] = make_enrollment(self.database, learner, self.id, **values)

    def named(self, word: str) -> list[str]:
        """Return the names that contain a word, in order."""
        return [name for name in self.names if word in name]


@pytest.fixture
def course(database: Database) -> Course:
    """A course of the instructor, beside one of somebody else."""
    make_organization(database)
    course = Course(database)
    other = make_course(database, "Knots", requires_grade=1)
    make_enrollment(database, None, other, progress=100)
    return course


def shown(database: Database, actor: Actor, course: Course, **query: Any) -> list[str]:
    """Return the names of the grid's rows."""
    return [row.name for row in read_grid(database, actor, course.id, **query).page.rows]


class TestTaughtCourses:
    def test_counts_enrollments_that_need_attention(
        self, database: Database, course: Course
    ) -> None:
        (found,) = taught_courses(database, instructor(database, course.id))
        assert (found.title, found.n_active, found.n_completed, found.n_cancelled) == (
            "Rope Access",
            9,
            1,
            1,
        )
        assert (found.n_awaiting, found.n_overdue, found.n_stuck) == (1, 3, 3)

    def test_nobody_awaits_a_grade_if_none_is_required(self, database: Database) -> None:
        course = make_course(database)
        make_enrollment(database, None, course, progress=100)
        (found,) = taught_courses(database, instructor(database, course))
        assert found.n_awaiting == 0

    def test_a_course_without_learners_has_counts_of_zero(self, database: Database) -> None:
        (found,) = taught_courses(database, instructor(database, make_course(database)))
        assert (found.n_active, found.n_awaiting, found.n_overdue, found.n_stuck) == (0, 0, 0, 0)

    def test_lists_their_own_courses_by_title(self, database: Database, course: Course) -> None:
        first = make_course(database, "abseiling")
        found = taught_courses(database, instructor(database, course.id, first))
        assert [c.title for c in found] == ["abseiling", "Rope Access"]
        assert taught_courses(database, instructor(database)) == []

    @pytest.mark.parametrize("role", [r for r in Role if r is not Role.INSTRUCTOR])
    def test_requires_an_instructor(self, database: Database, role: Role) -> None:
        with pytest.raises(NotAllowed):
            taught_courses(database, Actor(1, "", "", role, Section.all(), 1))


class TestReadGrid:
    @pytest.mark.parametrize("search", ["", "aarav"])
    @pytest.mark.parametrize("tab", GradingFilter)
    @pytest.mark.parametrize("n_lessons", [0, 10])
    def test_every_tab_is_shown_if_no_grade_is_required(
        self, database: Database, search: str, tab: GradingFilter, n_lessons: int
    ) -> None:
        make_organization(database)
        course = make_course(database, n_lessons=n_lessons)
        learner = make_learner(database, "Aarav Menon")
        make_enrollment(database, learner, course, progress=100)
        grid = read_grid(database, instructor(database, course), course, tab=tab, search=search)
        assert [row.name for row in grid.page.rows] == ["Aarav Menon"] * (tab is GradingFilter.ALL)
        assert grid.counts[GradingFilter.AWAITING] == 0

    @pytest.mark.parametrize("sort_rows", [grading_grid.SORT_ROWS, 0])
    @pytest.mark.parametrize(
        ("tab", "word"),
        [
            (GradingFilter.ALL, ""),
            (GradingFilter.AWAITING, "awaiting"),
            (GradingFilter.OVERDUE, ""),
            (GradingFilter.STUCK, " stuck"),
            (GradingFilter.COMPLETED, "completed"),
        ],
    )
    def test_shows_enrollments_by_name_and_counts_every_tab(
        self,
        database: Database,
        course: Course,
        tab: GradingFilter,
        word: str,
        sort_rows: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(grading_grid, "SORT_ROWS", sort_rows)
        expected = course.named(word)
        if tab is GradingFilter.OVERDUE:
            expected = ["Berit overdue", "Dmitri stuck overdue", "Elif awaiting"]
        if tab is GradingFilter.STUCK:
            expected = ["Chloé stuck", "Dmitri stuck overdue", "Jana stuck, never there"]
        actor = instructor(database, course.id)
        grid = read_grid(database, actor, course.id, tab=tab)
        assert [row.name for row in grid.page.rows] == expected
        assert grid.counts == {
            GradingFilter.ALL: 11,
            GradingFilter.AWAITING: 1,
            GradingFilter.OVERDUE: 3,
            GradingFilter.STUCK: 3,
            GradingFilter.COMPLETED: 1,
        }
        assert grid.page.total == grid.counts[tab]

    @pytest.mark.parametrize("sort_rows", [grading_grid.SORT_ROWS, 0])
    def test_searches_within_the_course(
        self,
        database: Database,
        course: Course,
        sort_rows: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(grading_grid, "SORT_ROWS", sort_rows)
        make_enrollment(database, make_learner(database, "Chloé Elsewhere"))
        actor = instructor(database, course.id)
        grid = read_grid(database, actor, course.id, search="chloe")
        assert [row.name for row in grid.page.rows] == ["Chloé stuck"]
        assert grid.counts[GradingFilter.STUCK] == grid.counts[GradingFilter.ALL] == 1
        assert grid.counts[GradingFilter.OVERDUE] == grid.counts[GradingFilter.AWAITING] == 0
        assert shown(database, actor, course, search="elif@north") == ["Elif awaiting"]
        assert shown(database, actor, course, search="north", tab=GradingFilter.AWAITING) == [
            "Elif awaiting"
        ]
        assert shown(database, actor, course, search="\x00") == []
        assert shown(database, actor, course, search="noise") == []

    @pytest.mark.parametrize("sort_rows", [grading_grid.SORT_ROWS, 0])
    def test_the_pages_show_everybody_once_in_order(
        self, database: Database, sort_rows: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(grading_grid, "SORT_ROWS", sort_rows)
        course = make_course(database)
        names = [f"Name {n // 3:03}" for n in range(120)]
        for name in reversed(names):
            make_enrollment(database, make_learner(database, name), course)
        twice = make_learner(database, "Name 020")
        for status in (2, 1, 0):
            make_enrollment(database, twice, course, status=status)
        actor = instructor(database, course)
        places: list[Place | None] = [None]
        met: list[tuple[str, int]] = []
        while places[-1] is not None or len(places) == 1:
            page = read_grid(database, actor, course, place=places[-1]).page
            met += [(row.name, row.id) for row in page.rows]
            places.append(page.next)
        assert met == sorted(set(met))
        assert len(met) == 123
        last = read_grid(database, actor, course, place=Place("last")).page
        assert [(r.name, r.id) for r in last.rows] == met[100:]
        assert last.previous
        before = read_grid(database, actor, course, place=last.previous).page
        assert [(r.name, r.id) for r in before.rows] == met[50:100]

    def test_shows_the_stored_values(self, database: Database, course: Course) -> None:
        course.add("Zoë", grade="B", feedback="Fine.", internal_note="Hm.", version=4, progress=7)
        row = read_grid(database, instructor(database, course.id), course.id).page.rows[-1]
        assert (row.name, row.email, row.grade, row.feedback, row.internal_note) == (
            "Zoë",
            "zoë@north.example",
            "B",
            "Fine.",
            "Hm.",
        )
        assert (row.version, row.progress, row.status) == (4, 7, 0)

    def test_another_instructors_course_is_not_found(
        self, database: Database, course: Course
    ) -> None:
        other = instructor(database, make_course(database))
        for absent in (course.id, 10**9, 0, -1, 2**70, "1; --", None, True, [course.id]):
            with pytest.raises(NotFound):
                read_grid(database, other, absent)

    def test_a_learning_admin_may_open_every_course(
        self, database: Database, course: Course
    ) -> None:
        for actor in (
            Actor(1, "Maya", "", Role.SUPER_ADMIN),
            Actor(1, "Tom", "", Role.ADMIN, Section.LEARNING),
        ):
            assert len(shown(database, actor, course)) == 11

    @pytest.mark.parametrize(
        "actor",
        [
            Actor(1, "", "", Role.GROUP_LEAD),
            Actor(1, "", "", Role.LEARNER, learner_id=1),
            Actor(1, "", "", Role.ADMIN, Section.PEOPLE),
        ],
        ids=lambda actor: actor.role,
    )
    def test_other_roles_are_refused(
        self, database: Database, course: Course, actor: Actor
    ) -> None:
        with pytest.raises(NotAllowed):
            read_grid(database, actor, course.id)


def test_sql_and_domain_rule_agree_on_each_tab(database: Database) -> None:
    day, moment = 20_000, GradingThresholds(20_000, 20_000 * MS_PER_DAY)
    old, new = moment.stuck_before, moment.stuck_before + 1
    times = ((None, old), (day - 1, old), (day, new), (day + 1, new))
    courses = [
        make_course(database, n_lessons=n_lessons, requires_grade=requires_grade)
        for n_lessons, requires_grade in product((0, 2), (0, 1))
    ]
    for course, status, progress, grade, time in product(
        courses, Status, (0, 99, 100), (None, "F"), times
    ):
        deadline, progress_at = time
        make_enrollment(
            database,
            make_learner(database, "Ana"),
            course,
            status=status,
            progress=progress,
            grade=grade,
            deadline_day=deadline,
            enrolled_at=old,
            progress_at=progress_at,
        )
    teacher = make_account(database, Role.INSTRUCTOR, teaches=tuple(courses))
    with database.read() as session:
        taught = {course.id: course for course in stored.taught_by(session, teacher, moment)}
        for id_ in courses:
            ids = session.exec(select(ENROLLMENT.c.id).where(ENROLLMENT.c.course_id == id_)).all()
            found = stored_enrollments.find_enrollments(session, Everything(), ids)
            course = taught[id_]
            traits = {
                "has_lessons": course.n_lessons > 0,
                "requires_grade": bool(course.requires_grade),
            }
            for tab in GradingFilter:
                wanted = {one.id for one in found.values() if is_in(tab, one, moment)}
                statement = select(ENROLLMENT.c.id).where(
                    ENROLLMENT.c.course_id == id_, condition(tab, **traits)
                )
                assert set(session.exec(statement, params=moment.parameters)) == wanted, tab
                for terms in ([], ["ana"]):
                    counts = grading_grid.count_found(session, course, terms, moment)
                    assert counts[tab] == len(wanted), (tab, terms)


@pytest.fixture
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The executed statements."""
    asked: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        asked.append((args[2], args[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def plans(database: Database, asked: list[tuple[str, Any]]) -> str:
    """Return SQLite's plans of the executed statements."""
    with database.read() as session:
        return "\n".join(
            str(row[3])
            for statement, parameters in list(asked)
            if statement.startswith("SELECT") and "enrollment" in statement
            for row in session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
        )


@pytest.mark.parametrize("sort_rows", [grading_grid.SORT_ROWS, 0])
def test_no_query_scans_the_enrollments(
    database: Database,
    course: Course,
    statements: list[tuple[str, Any]],
    sort_rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's plans depend on how many rows there are")
    monkeypatch.setattr(grading_grid, "SORT_ROWS", sort_rows)
    actor = instructor(database, course.id)
    taught_courses(database, actor)
    for tab in GradingFilter:
        read_grid(database, actor, course.id, tab=tab)
        read_grid(database, actor, course.id, tab=tab, search="a", place=Place("last"))
    found = plans(database, statements)
    assert "SCAN e" not in found
    assert "COVERING INDEX ix_enrollment_care (course_id=?" in found
