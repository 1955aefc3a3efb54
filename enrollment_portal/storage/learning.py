"""A learner's own enrollments and what they can learn; no statement here reads an internal note.

Everything goes by `ix_enrollment_learner`, by a primary key, or by a course's or path's own rows:
none of it grows with the number of enrollments of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.grades import is_passing
from enrollment_portal.domain.ledger_query import Place
from enrollment_portal.storage.listing import Order, Slice, read_slice
from enrollment_portal.storage.searching import text_holds


@dataclass(frozen=True, slots=True)
class OwnEnrollment:
    """A learner's own enrollment; moments in ms, days since 1970."""

    id: int
    course_id: int
    title: str
    kind: str
    n_lessons: int
    requires_grade: int
    grading_scheme: str
    grading_points: int | None
    pass_percent: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    enrolled_at: int
    deadline_day: int | None
    last_visit_at: int
    completed_at: int | None
    version: int
    updated_at: int
    override_seq: int | None
    grade: str | None
    feedback: str
    feedback_is_new: int
    origin: str

    @property
    def passes(self) -> bool:
        """Whether it has a grade that passes the course."""
        return is_passing(self.grade, self.grading_scheme, self.grading_points, self.pass_percent)


@dataclass(frozen=True, slots=True)
class Learnable:
    """A course or path as somebody sees it who may begin it."""

    id: int
    title: str
    kind: str
    state: str
    description: str
    n_lessons: int
    deadline_days: int | None
    requires_grade: int


@dataclass(frozen=True, slots=True)
class LessonTitle:
    """A lesson in its course's order."""

    id: int
    position: int
    title: str


@dataclass(frozen=True, slots=True)
class CatalogCourse:
    """A published course."""

    id: int
    title: str
    description: str
    n_lessons: int
    deadline_days: int | None


_OWN = (
    "SELECT e.id, e.course_id, c.title, c.kind, c.n_lessons, c.requires_grade, c.grading_scheme,"
    " c.grading_points, c.pass_percent, e.status, e.tracked_status, e.progress, e.lessons_done,"
    " e.enrolled_at, e.deadline_day, e.last_visit_at, e.completed_at, e.version, e.updated_at,"
    " e.override_seq, e.grade, e.feedback, e.feedback_is_new, e.origin"
    " FROM enrollment e JOIN course c ON c.id = e.course_id WHERE e.learner_id = :learner"
)
_NEWEST = " ORDER BY e.status, e.enrolled_at DESC, e.id DESC"
_ALL = text(_OWN + _NEWEST)
_ONE = text(_OWN + " AND e.id = :id")
_IN_COURSE = text(_OWN + " AND e.course_id = :course" + _NEWEST)

_COURSE = text(
    "SELECT id, title, kind, state, description, n_lessons, deadline_days, requires_grade"
    " FROM course WHERE id = :id"
)
_LESSONS = text(
    "SELECT id, position, title FROM lesson WHERE course_id = :course ORDER BY position"
)
_LESSONS_WITH_DONE = text(
    "SELECT l.title, d.at FROM lesson l LEFT JOIN lesson_done d"
    " ON d.lesson_id = l.id AND d.enrollment_id = :id"
    " WHERE l.course_id = :course ORDER BY l.position"
)
_CONTENT = text("SELECT content FROM lesson WHERE id = :id")

_READ_FEEDBACK = text(
    "UPDATE enrollment SET feedback_is_new = 0"
    " WHERE id = :id AND learner_id = :learner AND feedback_is_new = 1 AND feedback = :feedback"
)

_CATALOG = "course c WHERE c.kind = 'course' AND c.state = 'published'"


def own_enrollments(session: Session, learner_id: int) -> list[OwnEnrollment]:
    """Return everything a learner is or was enrolled in: active first, then the newest first."""
    return [OwnEnrollment(*row) for row in session.execute(_ALL, {"learner": learner_id})]


def own_enrollment(session: Session, learner_id: int, enrollment_id: int) -> OwnEnrollment | None:
    """Return one enrollment of a learner; `None` where it is not theirs, or does not exist."""
    values = {"learner": learner_id, "id": enrollment_id}
    row = session.execute(_ONE, values).one_or_none()
    return OwnEnrollment(*row) if row else None


def own_in_course(session: Session, learner_id: int, course_id: int) -> OwnEnrollment | None:
    """Return what counts in a course: the active enrollment, else a completed, else the newest."""
    values = {"learner": learner_id, "course": course_id}
    row = session.execute(_IN_COURSE, values).first()
    return OwnEnrollment(*row) if row else None


def find_learnable(session: Session, course_id: int) -> Learnable | None:
    """Return a course or path."""
    row = session.execute(_COURSE, {"id": course_id}).one_or_none()
    return Learnable(*row) if row else None


def lessons_of(session: Session, course_id: int) -> list[LessonTitle]:
    """Return a course's lessons in order."""
    return [LessonTitle(*row) for row in session.execute(_LESSONS, {"course": course_id})]


def lessons_with_done(
    session: Session, enrollment_id: int, course_id: int
) -> list[tuple[str, int | None]]:
    """Return the titles of a course's lessons in order, with when one enrollment did each."""
    values = {"id": enrollment_id, "course": course_id}
    return [(title, at) for title, at in session.execute(_LESSONS_WITH_DONE, values)]


def content_of(session: Session, lesson_id: int) -> str:
    """Return what a lesson says."""
    return session.execute(_CONTENT, {"id": lesson_id}).scalar_one()


def read_catalog(session: Session, search: str, place: Place | None) -> Slice[Any]:
    """Return a page of the published courses whose titles hold every word of a search, by title.

    Goes along `ix_course_kind`; only courses are looked at, never enrollments.
    """
    condition, values = text_holds(session, "c.search", search)
    source = _CATALOG + condition
    total = session.execute(text(f"SELECT count(*) FROM {source}"), values).scalar_one()
    page = read_slice(
        session,
        "c.id, c.title, c.description, c.n_lessons, c.deadline_days",
        source,
        order=Order(("c.sort_title", "c.id")),
        parameters=values,
        total=total,
        place=place,
    )
    return page.of([CatalogCourse(*tuple(row)[:5]) for row in page.rows])


def read_feedback(session: Session, learner_id: int, enrollment_id: int, feedback: str) -> None:
    """Note that the learner has read what the instructor wrote; no history, no version.

    What was written instead meanwhile stays new.
    """
    values = {"id": enrollment_id, "learner": learner_id, "feedback": feedback}
    session.execute(_READ_FEEDBACK, values)
