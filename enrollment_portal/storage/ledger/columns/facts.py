"""Read the columns of enrollments that a page of the ledger does not read, by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from enrollment_portal.domain.shared.text_search import sort_text
from enrollment_portal.storage.ledger.engines import engine_of, fetch

_FACTS = (
    "SELECT e.id, l.department, e.grade, e.completed_at, e.last_visit_at, e.origin, e.run,"
    " e.status, e.progress, e.progress_at, e.deadline_day, e.pace, c.n_lessons, e.course_id,"
    " (SELECT m.name FROM learner m WHERE m.id = l.manager_id),"
    " (SELECT i.name FROM account i WHERE i.id = e.instructor_id)"
    " FROM ({listed}) d CROSS JOIN enrollment e CROSS JOIN learner l CROSS JOIN course c"
    " WHERE e.id = d.id AND l.id = e.learner_id AND c.id = e.course_id"
)
_TEACHERS = (
    "SELECT t.course_id, a.name FROM ({listed}) d CROSS JOIN course_teacher t"
    " CROSS JOIN account a WHERE t.course_id = d.id AND a.id = t.account_id"
)


class RowFacts(NamedTuple):
    """The further columns of an enrollment, as they are now; times in ms since 1970."""

    department: str
    grade: str | None
    completed_at: int | None
    last_visit_at: int | None
    origin: str
    run: int
    status: int = 0
    progress: int = 0
    progress_at: int = 0
    deadline_day: int | None = None
    pace: int | None = None
    n_lessons: int = 0
    course_id: int = 0
    manager: str | None = None
    instructors: str = ""
    """The name of the assigned instructor, or of all who teach the course, with commas between."""


def row_facts(
    session: Session, ids: Sequence[int], *, with_instructors: bool = True
) -> dict[int, RowFacts]:
    """Return the further columns of some enrollments, by their ids.

    Args:
        session: for reading.
        ids: of enrollments that the viewer may see.
        with_instructors: whether to read who is assigned, or teaches their courses.
    """
    engine = engine_of(session)
    sql = engine.sql(_FACTS.format(listed=engine.listed_ids()))
    found = fetch(session, sql, {"ids": engine.list_parameter(ids)})
    facts = {row[0]: RowFacts(*row[1:]) for row in found}
    if not with_instructors:
        return {id_: one._replace(instructors="") for id_, one in facts.items()}
    courses = {one.course_id for one in facts.values() if not one.instructors}
    names = instructors_of(session, sorted(courses))
    return {
        id_: one._replace(instructors=one.instructors or ", ".join(names.get(one.course_id, ())))
        for id_, one in facts.items()
    }


def instructors_of(session: Session, course_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of who teaches some courses, by course and in alphabetical order."""
    engine = engine_of(session)
    sql = engine.sql(_TEACHERS.format(listed=engine.listed_ids()))
    names: dict[int, list[str]] = {}
    for course, name in fetch(session, sql, {"ids": engine.list_parameter(course_ids)}):
        names.setdefault(course, []).append(name)
    return {course: sorted(of, key=sort_text) for course, of in names.items()}
