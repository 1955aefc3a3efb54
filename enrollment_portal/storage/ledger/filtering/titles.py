"""A search that also finds courses: its condition, and the index that finds its rows.

A row is found if its learner has all terms, or the title of its course has. Few titles are found,
so they are looked up first: without any, the search is by learners alone; if it finds no learner,
it is a filter by courses.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from sqlmodel import Session

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.shared.text_search import finds_titles
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filtering.conditions import Condition, Driver, Owner
from enrollment_portal.storage.ledger.filters import SHAPES, BoundFilter, Courses


def with_titles(
    session: Session,
    engine: Engine,
    query: LedgerQuery,
    terms: tuple[str, ...],
    ledger_filter: BoundFilter,
) -> BoundFilter:
    """Return a filter whose search also finds courses, as one of its conditions.

    Args:
        session: for reading.
        engine: its engine.
        query: on the page of one course, the title of that course is not searched.
        terms: of its search.
        ledger_filter: by the learners that the search finds.
    """
    shape, values = ledger_filter.shape, ledger_filter.parameters
    if query.course is not None or not finds_titles(terms):
        return ledger_filter
    found = fetch(session, _titles(engine, shape.courses, len(terms)), values)
    if not found:
        return ledger_filter
    if statement := engine.before_search():
        fetch(session, statement, {})
    ids, listed = engine.listed("titles", [row[0] for row in found])
    in_titles = f"e.course_id IN ({ids})"
    if fetch(session, _any_match(engine, len(terms)), values):
        condition = _of_both(engine, ids, in_titles, len(terms), in_past=query.as_of is not None)
    else:
        condition = Condition(f"({in_titles}) IS TRUE", Driver(Owner.COURSE, ids))
    return replace(
        ledger_filter,
        shape=replace(shape, terms=0, added=(*shape.added, condition)),
        parameters={**values, "titles": listed},
    )


def _of_both(engine: Engine, ids: str, in_titles: str, n_terms: int, *, in_past: bool) -> Condition:
    """Return the condition that the learner matches a search, or the course is among some."""
    matches = " AND ".join(engine.contains("x.search", f":term{i}") for i in range(n_terms))
    is_match = f"(SELECT {matches} FROM learner x WHERE x.id = {{learner}})"
    if in_past:
        # Of very many intervals: the list is computed once.
        listed = f"{{learner}} IN ({engine.matches(n_terms)})"
        return Condition(f"({in_titles} OR {listed}) IS TRUE")
    by_learner, of_learner = engine.enrollments_of(
        f"({engine.matches(n_terms)}) d", "learner", "d.id", "true"
    )
    by_course, of_course = engine.enrollments_of(f"({ids}) d", "course", "d.id", "true")
    others = is_match.format(learner="e.learner_id")
    union = (
        f"SELECT e.id FROM {by_learner} WHERE {of_learner}"
        f" UNION ALL SELECT e.id FROM {by_course} WHERE {of_course} AND ({others}) IS NOT TRUE"
    )
    of_people = (
        "SELECT COALESCE(sum(l.n_active + l.n_completed + l.n_cancelled), 0) AS n"
        f" FROM ({engine.matches(n_terms)}) m JOIN learner l ON l.id = m.id"
    )
    of_courses = f"SELECT COALESCE(sum(n), 0) FROM tally_course WHERE course_id IN ({ids})"
    driver = Driver(Owner.ENROLLMENT, union, rows=f"({of_people}) + ({of_courses})")
    return Condition(f"({in_titles} OR {is_match}) IS TRUE", driver, terms=n_terms)


@lru_cache(maxsize=SHAPES)
def _titles(engine: Engine, courses: Courses, n_terms: int) -> str:
    matches = " AND ".join(engine.contains("c.search", f":term{i}") for i in range(n_terms))
    is_path = {Courses.PLAIN: "c.kind <> 'path'", Courses.PATHS: "c.kind = 'path'"}
    within = is_path.get(courses, f"c.id IN ({courses.ids})")
    return engine.sql(f"SELECT c.id FROM course c WHERE {within} AND {matches}")


@lru_cache(maxsize=SHAPES)
def _any_match(engine: Engine, n_terms: int) -> str:
    return engine.sql(f"SELECT 1 FROM ({engine.matches(n_terms)}) d LIMIT 1")
