"""Learning paths' enrollments and the course enrollments that they sum up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.id_lists import id_list, in_list


@dataclass(frozen=True, slots=True)
class StepStanding:
    """Where a learner stands in one course of a path; `status` is `None` where they are not in."""

    course_id: int
    n_lessons: int
    status: int | None
    progress: int
    lessons_done: int
    enrolled_at: int | None

    def counts_before(self, completed_at: int | None) -> bool:
        """Tell whether the learner was in it when they completed the path, if that stands."""
        if self.enrolled_at is None:
            return False
        return completed_at is None or self.enrolled_at <= completed_at


@dataclass(slots=True)
class PathStanding:
    """A path enrollment that is not over by hand, and its courses in order."""

    id: int
    version: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    updated_at: int
    completed_at: int | None
    steps: list[StepStanding] = field(default_factory=list)


# Of several enrollments in a course the one counts that is active, else completed, else newest.
_STANDINGS = (
    "SELECT p.id, p.version, p.status, p.tracked_status, p.progress, p.lessons_done, p.updated_at,"
    " p.completed_at, s.course_id, c.n_lessons, e.status, e.progress, e.lessons_done, e.enrolled_at"
    " FROM enrollment p JOIN path_step s ON s.path_id = p.course_id"
    " JOIN course c ON c.id = s.course_id"
    " LEFT JOIN enrollment e ON e.learner_id = p.learner_id AND e.course_id = s.course_id"
    " WHERE p.learner_id IN {learners} AND p.course_id IN"
    " (SELECT t.path_id FROM path_step t WHERE t.course_id IN {courses} OR t.path_id IN {courses})"
    # A course that is not published keeps nobody from completing a path who is not in it, or
    # no more: it cannot be begun again.
    " AND (e.status < 2 OR c.state = 'published')"
    # An older enrollment in the same path is a closed chapter.
    " AND NOT EXISTS (SELECT 1 FROM enrollment n WHERE n.learner_id = p.learner_id"
    " AND n.course_id = p.course_id AND n.id > p.id)"
    " ORDER BY p.id, s.position, e.status, e.enrolled_at DESC, e.id DESC"
)


def path_standings(
    session: Session, learner_ids: Iterable[int], course_ids: Iterable[int]
) -> list[PathStanding]:
    """Return these learners' enrollments in paths that are, or hold, one of these courses."""
    listed = {name: in_list(session, name) for name in ("learners", "courses")}
    rows = session.execute(
        text(_STANDINGS.format(**listed)),
        {
            "learners": id_list(session, learner_ids),
            "courses": id_list(session, course_ids),
        },
    )
    paths: dict[int, PathStanding] = {}
    seen: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        path = paths.setdefault(row[0], PathStanding(*row[:8]))
        course, n_lessons, status, progress, done, begun = row[8:]
        if course not in seen[path.id]:
            seen[path.id].add(course)
            step = StepStanding(course, n_lessons, status, progress or 0, done or 0, begun)
            path.steps.append(step)
    return list(paths.values())
