"""Read an instructor's courses, and the grading grid of a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    ledger_scope,
    may_grade,
    may_teach,
    require,
)
from enrollment_portal.domain.grading.teaching import GradingFilter, GradingThresholds
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import Place, read_id
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.enrollment.enrollments import StoredEvent, history_of
from enrollment_portal.storage.grading import grading_grid
from enrollment_portal.storage.grading import teaching as stored
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice


@dataclass(frozen=True)
class Grid:
    """One page of a grading grid, with the counts of all tabs, read at one moment."""

    course: TaughtCourse
    counts: dict[GradingFilter, int]
    page: Slice[GridRow]


@dataclass(frozen=True)
class Reread:
    """Refreshed rows of a grid, with the counts of all tabs, read at one moment."""

    course: TaughtCourse
    rows: tuple[GridRow, ...]
    newer: Mapping[int, tuple[StoredEvent, ...]]
    """For each enrollment id, the rows of history since the version on the page, newest first."""
    counts: dict[GradingFilter, int]


def taught_courses(database: Database, actor: Actor) -> list[TaughtCourse]:
    """Return the courses that an instructor teaches, by title, with counts of what needs attention.

    Raises:
        NotAllowed: the actor is no instructor.
    """
    require(actor, may_teach)
    moment = this_moment(database)
    with database.read() as session:
        return stored.taught_by(session, actor.account_id, moment)


def read_grid(
    database: Database,
    actor: Actor,
    course_id: object,
    *,
    tab: GradingFilter = GradingFilter.ALL,
    search: str = "",
    place: Place | None = None,
) -> Grid:
    """Return a page of a course's grading grid.

    Args:
        database: where it is stored.
        actor: who grades.
        course_id: which course.
        tab: the tab.
        search: parts of the learner's name or email; "" for everybody.
        place: the page.

    Raises:
        NotAllowed: the actor grades nowhere.
        NotFound: the course does not exist for the actor.
    """
    require(actor, may_grade)
    moment = this_moment(database)
    terms = search_terms(search)
    with database.read() as session:
        course = find_taught(session, actor, course_id, moment)
        if terms is None:
            return Grid(course, dict.fromkeys(GradingFilter, 0), Slice((), 0, 0, None, None))
        counts = grading_grid.count_found(session, course, terms, moment)
        page = grading_grid.read_grid(session, course, tab, terms, place, counts[tab], moment)
    return Grid(course, counts, page)


def count_grid(
    database: Database, actor: Actor, course_id: object, search: str = ""
) -> dict[GradingFilter, int]:
    """Return the number of rows in each tab of a course's grid; see `read_grid`.

    Raises:
        NotAllowed: the actor grades nowhere.
        NotFound: the course does not exist for the actor.
    """
    require(actor, may_grade)
    moment = this_moment(database)
    terms = search_terms(search)
    with database.read() as session:
        course = find_taught(session, actor, course_id, moment)
        if terms is None:
            return dict.fromkeys(GradingFilter, 0)
        return grading_grid.count_found(session, course, terms, moment)


def reread_rows(
    database: Database, actor: Actor, course_id: object, shown: Mapping[int, int], search: str = ""
) -> Reread:
    """Refresh the rows of a grid's page.

    Args:
        database: where it is stored.
        actor: who grades.
        course_id: which course.
        shown: the version on the page for each enrollment id; ids that are not in the course are
            ignored.
        search: the search of the counts; see `count_grid`.

    Raises:
        NotAllowed: the actor grades nowhere.
        NotFound: the course does not exist for the actor.
    """
    require(actor, may_grade)
    moment = this_moment(database)
    terms = search_terms(search)
    with database.read() as session:
        course = find_taught(session, actor, course_id, moment)
        rows = stored.rows_of(session, course.id, shown)
        newer = {
            row.id: tuple(history_of(session, row.id, min(row.version - shown[row.id], 200)))
            for row in rows
            if row.version > shown[row.id]
        }
        counts = (
            dict.fromkeys(GradingFilter, 0)
            if terms is None
            else grading_grid.count_found(session, course, terms, moment)
        )
    return Reread(course, tuple(rows), newer, counts)


def find_taught(
    session: Session, actor: Actor, course_id: object, moment: GradingThresholds
) -> TaughtCourse:
    """Return a course in which the actor may grade.

    Raises:
        NotFound: it does not exist for the actor.
    """
    wanted = read_id(course_id)
    course = wanted and stored.find_course(session, ledger_scope(actor), wanted, moment)
    if not course:
        raise NotFound
    return course


def this_moment(database: Database) -> GradingThresholds:
    """Return the current dates that decide what is overdue or stuck."""
    day = organization_of(database).pace_day()
    return GradingThresholds(day.today, day.stuck_before)
