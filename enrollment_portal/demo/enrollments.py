"""Two years of enrollments with their history, in the order in which they began."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random

from enrollment_portal.demo.activity import Activity, Draft
from enrollment_portal.demo.courses import DemoCourse
from enrollment_portal.demo.people import AARAV, Team
from enrollment_portal.demo.showcase import showcase
from enrollment_portal.demo.texts import Grade, grade_pool
from enrollment_portal.demo.timeline import beginnings
from enrollment_portal.domain.calendar import MS_PER_DAY, day_of, zone
from enrollment_portal.domain.enrollments import Origin, Status

TIME_ZONE = "Europe/Stockholm"
ENROLLMENT_COLUMNS = (
    "id learner_id course_id status tracked_status progress lessons_done enrolled_at deadline_day"
    " last_visit_at completed_at cancelled_at version updated_at origin override_seq grade"
    " feedback internal_note"
)
EVENT_COLUMNS = "seq enrollment_id version at actor_id actor_name source kind changes reason"
Row = tuple[object, ...]

_CHUNK = 20_000
_ORIGINS = ("self",) * 9 + ("admin",) * 5 + ("group",) * 4 + ("path",) * 2
_IMPORTED_SHARE = 0.03
_COMPLETED, _CANCELLED = Status.COMPLETED.value, Status.CANCELLED.value
_ZONE = zone(TIME_ZONE)
_SAME_DAY_UNTIL = 22 * 3_600_000


def enrollment_day(at: int) -> int:
    """Return the day of a moment in the organization's zone, quickly."""
    # One or two hours ahead of UTC: until 22 o'clock UTC the day is the same.
    return at // MS_PER_DAY if at % MS_PER_DAY < _SAME_DAY_UNTIL else day_of(at, _ZONE)


class Chronicle:
    """Writes down the company's enrollments, each with the history that led to it.

    Args:
        names: the learners' names; the learner with id 1 comes first.
        courses: the courses; the one with id 1 comes first, and is the most taken.
        team: who overrides and who teaches.
        now: the moment up to which the company has lived, in ms.
        random: where everything is drawn from.
    """

    def __init__(
        self, names: list[str], courses: list[DemoCourse], team: Team, now: int, random: Random
    ) -> None:
        self._names, self._courses, self._team, self._now = names, courses, team, now
        self._random, self._draw = random, random.random
        self._activity = Activity(now, day_of(now, _ZONE), team.admin, random.random)
        self._grades: list[tuple[Grade, ...]] = [
            grade_pool(course.scheme, course.points, random) for course in courses
        ]
        weights = [1 / (rank + 4) ** 0.7 for rank in range(len(courses))]
        self._popular = random.choices(range(len(courses)), weights, k=8192)
        self._taken = bytearray(len(names) * len(courses) // 8 + 1)
        self._closed: deque[tuple[int, int, int]] = deque()
        self._id = self._seq = 0
        self._rows: list[Row] = []
        self._events: list[Row] = []

    def chunks(self, count: int) -> Iterator[tuple[list[Row], list[Row]]]:
        """Yield the rows of that many enrollments and of their history, some thousand at a time."""
        by_title = {course.title: course for course in self._courses}
        shows = deque(
            showcase(
                self._now,
                day_of(self._now, _ZONE),
                self._team.admin,
                self._team.teachers[by_title["SQL for Analysts"].id],
            )[:count]
        )
        imported = int((count - len(shows)) * _IMPORTED_SHARE)
        for at in beginnings(count - len(shows), self._now, self._random):
            while shows and shows[0][2].enrolled_at <= at:
                self._show(by_title, shows.popleft())
            self._random_one(at, "import" if self._id < imported else "")
            if self._id % _CHUNK == 0:
                yield self._take()
        for show in shows:
            self._show(by_title, show)
        yield self._take()

    def _take(self) -> tuple[list[Row], list[Row]]:
        rows, events = self._rows, self._events
        self._rows, self._events = [], []
        return rows, events

    def _show(self, by_title: dict[str, DemoCourse], show: tuple[str, Origin, Draft]) -> None:
        title, origin, draft = show
        course = by_title[title]
        draft.lessons_done = (
            len(course.lessons)
            if draft.tracked_status == _COMPLETED
            else min(draft.lessons_done, len(course.lessons) - 1)
        )
        self._record(AARAV, course, origin.value, draft)

    def _random_one(self, at: int, origin: str) -> None:
        learner, course_index = self._pair(at)
        course = self._courses[course_index]
        draft = self._activity.enrollment(
            at,
            enrollment_day(at),
            len(course.lessons),
            self._team.teachers[course.id],
            self._grades[course_index],
        )
        if draft.ended_at and self._draw() < 0.04 and len(self._closed) < 10_000:
            self._closed.append((draft.ended_at, learner, course_index))
        origin = origin or _ORIGINS[int(self._draw() * len(_ORIGINS))]
        self._record(learner, course, origin, draft)

    def _pair(self, at: int) -> tuple[int, int]:
        """Return a learner's id and a course's place, which are together for the first time.

        Now and then, someone takes a course again that they have ended before.
        """
        if self._closed and self._closed[0][0] < at:
            _, learner, course = self._closed.popleft()
            return learner, course
        draw, taken, n_courses = self._draw, self._taken, len(self._courses)
        while True:
            # From the second learner on: what the first one takes is written by hand.
            learner = 1 + int((len(self._names) - 1) * draw() ** 1.25)
            course = self._popular[int(draw() * 8192)]
            for _ in range(n_courses):
                place, bit = divmod(learner * n_courses + course, 8)
                if not taken[place] >> bit & 1:
                    taken[place] |= 1 << bit
                    return learner + 1, course
                course = (course + 1) % n_courses

    def _record(self, learner: int, course: DemoCourse, origin: str, draft: Draft) -> None:
        self._id += 1
        id_, first, at = self._id, self._seq + 1, draft.enrolled_at
        actor, name, source = self._beginner(learner, origin)
        events = self._events
        events.append((first, id_, 1, at, actor, name, source, "began", "{}", ""))
        version, updated_at = 1, at
        for updated_at, who, changes, reason in draft.changes:
            version += 1
            if who:
                row = (who.id, who.name, "person", "changed", changes, reason)
            else:
                row = (None, "", "tracking", "changed", changes, reason)
            events.append((first + version - 1, id_, version, updated_at, *row))
        self._seq += version
        done, status = draft.lessons_done, draft.status
        self._rows.append(
            (
                id_,
                learner,
                course.id,
                status,
                draft.tracked_status,
                100 * done // len(course.lessons),
                done,
                at,
                draft.deadline_day,
                draft.last_visit_at,
                draft.ended_at if status == _COMPLETED else None,
                draft.ended_at if status == _CANCELLED else None,
                version,
                updated_at,
                origin,
                None if draft.override is None else first + 1 + draft.override,
                draft.grade,
                draft.feedback,
                draft.note,
            )
        )

    def _beginner(self, learner: int, origin: str) -> tuple[int | None, str, str]:
        """Return who began an enrollment, as history names them, and the source."""
        if origin == "self":
            account = self._team.takes_courses.get(learner)
            return account and account.id, self._names[learner - 1], "person"
        if origin == "path":
            return None, "", "tracking"
        source = "import" if origin == "import" else "person"
        return self._team.admin.id, self._team.admin.name, source
