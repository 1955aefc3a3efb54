"""Generate two years of enrollments with their history, in the order of creation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from typing import Any

from enrollment_portal.demo.catalog.courses import DemoCourse
from enrollment_portal.demo.catalog.paths import DemoPath
from enrollment_portal.demo.catalog.texts import Grade, grade_pool
from enrollment_portal.demo.enrollment.activity import Activity, Draft
from enrollment_portal.demo.enrollment.path_enrollments import (
    Author,
    PathEnrollment,
    give_up,
    path_draft,
)
from enrollment_portal.demo.enrollment.requests import Requests
from enrollment_portal.demo.enrollment.showcase import showcase
from enrollment_portal.demo.enrollment.timeline import enrollment_times
from enrollment_portal.demo.people.directory import Directory
from enrollment_portal.demo.people.pairing import Pairing
from enrollment_portal.demo.people.people import AARAV, Staff, Team
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.validity_intervals import Interval, intervals_of
from enrollment_portal.domain.pace.pace import PaceDay, first_progress_at, kept_pace
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_of, zone
from enrollment_portal.storage.history.history import CHAINED_COLUMNS, chained

TIME_ZONE = "Europe/Stockholm"
ENROLLMENT_COLUMNS = (
    "id learner_id course_id status tracked_status progress lessons_done enrolled_at deadline_day"
    " last_visit_at completed_at cancelled_at version updated_at origin override_seq grade"
    " feedback internal_note feedback_is_new progress_at pace"
)
EVENT_COLUMNS = f"{CHAINED_COLUMNS} seq"
Row = tuple[object, ...]

_CHUNK = 20_000
_ORIGINS = ("self",) * 10 + ("admin",) * 6
_BY_RULE_SHARE = 0.9
_IMPORTED_SHARE = 0.03
_PATHS_PER_1000, _FEWEST_PATHS = 25, 12
_LAST_ALONE = 20
"""The last enrollments are created without a path."""
_AWAITING_DAYS, _AWAITED = 200, 3
"""How many enrollments await Ingrid's grade even in a small company, and since when at most."""
_COMPLETED, _CANCELLED = Status.COMPLETED.value, Status.CANCELLED.value
_ZONE = zone(TIME_ZONE)
_SAME_DAY_UNTIL = 22 * 3_600_000


def enrollment_day(at: int) -> int:
    """Return the day of a time in the organization's zone, without the time zone library."""
    # The zone is one or two hours ahead of UTC: until 22:00 UTC the day is the same.
    return at // MS_PER_DAY if at % MS_PER_DAY < _SAME_DAY_UNTIL else day_of(at, _ZONE)


class Chronicle:
    """Generate the company's enrollments, each with its history.

    Args:
        directory: the completed directory.
        courses: the courses; the one with id 1 comes first, and has the most enrollments.
        paths: the learning paths; Aarav takes the first.
        team: admins and instructors.
        now: the current time of the company, in ms.
        random: for all random choices.
        by_rule: since when a group's rule enrolls a learner in a course, by both ids.
    """

    def __init__(
        self,
        directory: Directory,
        courses: list[DemoCourse],
        paths: list[DemoPath],
        team: Team,
        now: int,
        random: Random,
        by_rule: Mapping[int, Mapping[int, int]],
    ) -> None:
        self._names = directory.names
        self._is_idle, self._by_rule = directory.is_idle, by_rule
        self._courses, self._paths, self._team, self._now = courses, paths, team, now
        self._open_paths = [path for path in paths if path.state is CourseState.PUBLISHED]
        self._random, self._draw = random, random.random
        today = day_of(now, _ZONE)
        self._day = PaceDay(today, _ZONE)
        self._activity = Activity(now, today, team.admin, random.random)
        self._facts: dict[int, tuple[int, Staff, tuple[Grade, ...], bool]] = {
            course.id: (
                len(course.lessons),
                team.teachers[course.id],
                grade_pool(course.scheme, course.points, random),
                course.requires_grade,
            )
            for course in courses
        }
        self._pairing = Pairing(directory, courses, now, random)
        ingrid = team.known["Ingrid Solberg"].id
        taught = {course for account, course in team.teaches if account == ingrid}
        self._watched = next(c for c in courses if c.id in taught and c.requires_grade)
        self._to_await = _AWAITED
        self._requests = Requests(now, today, team.admin, taught)
        self._path_enrollments: list[PathEnrollment] = []
        self._of_aarav: dict[int, Draft] = {}
        self._id = self._seq = 0
        self._rows: list[Row] = []
        self._events: list[Any] = []
        self._intervals: list[Row] = []

    def chunks(self, count: int) -> Iterator[tuple[list[Row], list[Row], list[Row], list[Row]]]:
        """Yield the rows of that many enrollments in courses, some thousand at a time.

        Yields:
            Enrollments, their history, their validity intervals, and extension requests; those of
            learning paths come at the end, in addition.
        """
        by_title = {course.title: course for course in self._courses}
        shows = deque(
            showcase(
                self._now,
                day_of(self._now, _ZONE),
                self._team.admin,
                self._team.teachers[by_title["SQL for Analysts"].id],
            )[:count]
        )
        left = total = count - len(shows)
        imported = int(total * _IMPORTED_SHARE)
        wanted = min(max(_FEWEST_PATHS, count * _PATHS_PER_1000 // 1000), count // 20)
        moments = enrollment_times(total, self._now, self._random)
        # A path enrollment is created when no more than so many enrollments are left.
        due = total - imported if wanted else 0
        for at in moments:
            while shows and shows[0][2].enrolled_at <= at:
                self._show(by_title, shows.popleft())
            taken = self._enroll_in_path(at) if _LAST_ALONE < left <= due else 0
            if taken:
                # All of its courses are created at the same time.
                next(islice(moments, taken - 1, taken - 1), None)
                left -= taken
                due = total - max(imported, len(self._path_enrollments) * total // wanted)
            else:
                self._random_one(at, total - left < imported)
                left -= 1
            if len(self._rows) >= _CHUNK:
                yield *self._flush(), []
        for show in shows:
            self._show(by_title, show)
        self._write_paths()
        yield *self._flush(), self._requests.rows(self._random)

    def _flush(self) -> tuple[list[Row], list[Row], list[Row]]:
        first = self._seq + 1 - len(self._events)
        events: list[Row] = [(*row, seq) for seq, row in enumerate(chained(self._events), first)]
        rows, intervals = self._rows, self._intervals
        self._rows, self._events, self._intervals = [], [], []
        return rows, events, intervals

    def _show(self, by_title: dict[str, DemoCourse], show: tuple[str, Origin, Draft]) -> None:
        title, origin, draft = show
        course = by_title[title]
        draft.lessons_done = (
            len(course.lessons)
            if draft.tracked_status == _COMPLETED
            else min(draft.lessons_done, len(course.lessons) - 1)
        )
        if draft.tracked_status != _COMPLETED and draft.lessons_done:
            progress = 100 * draft.lessons_done // len(course.lessons)
            place = sum(change[0] <= draft.last_visit_at for change in draft.changes)
            learned = (draft.last_visit_at, None, f'{{"progress":[0,{progress}]}}', "")
            draft.changes.insert(place, learned)
            if draft.override is not None and place <= draft.override:
                draft.override += 1
        self._record(
            AARAV, course, origin.value, draft, self._author_of_creation(AARAV, origin.value)
        )
        self._of_aarav[course.id] = draft
        if draft.is_extended:
            self._requests.show(self._id, draft)

    def _random_one(self, at: int, is_imported: bool) -> None:
        learner, course_index = self._pairing.pair(at)
        course = self._courses[course_index]
        is_idle = self._is_idle(learner)
        draft = Draft(at, last_visit_at=at) if is_idle else self._go(course, at)
        if draft.ended_at and self._draw() < 0.04:
            self._pairing.free_after(draft.ended_at, learner, course_index)
        origin = "import" if is_imported else self._origin(learner, course.id, at)
        if is_idle and origin == "self":
            origin = "admin"
        self._record(learner, course, origin, draft, self._author_of_creation(learner, origin))

    def _origin(self, learner: int, course: int, at: int) -> str:
        """Choose the origin of an enrollment: if a group's rule enrolls them, mostly that."""
        since = self._by_rule.get(course, {}).get(learner)
        if since is not None and since <= at and self._draw() < _BY_RULE_SHARE:
            return "group"
        return _ORIGINS[int(self._draw() * len(_ORIGINS))]

    def _go(self, course: DemoCourse, opens: int) -> Draft:
        """Return the draft of an enrollment in a course that opens at a given time."""
        n_lessons, teacher, grades, requires_grade = self._facts[course.id]
        waits = (
            self._to_await > 0
            and course is self._watched
            and self._now - opens < _AWAITING_DAYS * MS_PER_DAY
        )
        draft = self._activity.enrollment(
            opens, enrollment_day(opens), n_lessons, teacher, grades, requires_grade, waits
        )
        if waits and not draft.status and draft.lessons_done == n_lessons:
            self._to_await -= 1
        return draft

    def _enroll_in_path(self, at: int) -> int:
        """Enroll someone in a learning path and all its courses; return the number of courses.

        If everybody takes one of them already, nobody is enrolled.
        """
        path = self._open_paths[int(self._draw() * len(self._open_paths))]
        learner = self._pairing.newcomer(path, at)
        if learner is None:
            return 0
        since = self._by_rule.get(path.id, {}).get(learner)
        origin = Origin.GROUP if since is not None and since <= at else Origin.ADMIN
        author = self._author_of_creation(learner, origin.value)
        drafts: list[Draft] = []
        opens: int | None = at
        for course, waits in zip(path.courses, path.waits, strict=True):
            if not waits:
                opens = at
            # Nothing is done in a course before it opens.
            draft = self._go(course, opens) if opens else Draft(at, last_visit_at=at)
            draft.enrolled_at = at
            opens = draft.ended_at if draft.status == _COMPLETED else None
            drafts.append(draft)
            self._record(learner, course, Origin.PATH.value, draft, author)
        taken = PathEnrollment(learner, path, origin, author, path_draft(path, drafts, at))
        if self._draw() < 0.4:
            taken.draft.deadline_day = None
        if self._draw() < 0.05:
            give_up(taken, self._team.admin, self._now, self._random)
        self._path_enrollments.append(taken)
        return len(drafts)

    def _write_paths(self) -> None:
        """Write the enrollments in paths, in the order of creation."""
        first = self._paths[0]
        drafts = [self._of_aarav.get(course.id) for course in first.courses]
        if all(drafts):
            whole = [draft for draft in drafts if draft]
            at = max(draft.enrolled_at for draft in whole)
            author = self._author_of_creation(AARAV, Origin.ADMIN.value)
            draft = path_draft(first, whole, at)
            self._path_enrollments.append(PathEnrollment(AARAV, first, Origin.ADMIN, author, draft))
        self._path_enrollments.sort(key=lambda taken: taken.draft.enrolled_at)
        for taken in self._path_enrollments:
            self._write(
                taken.learner,
                taken.path.id,
                taken.draft.progress,
                taken.origin.value,
                taken.draft,
                taken.author,
            )

    def _record(
        self, learner: int, course: DemoCourse, origin: str, draft: Draft, author: Author
    ) -> None:
        progress = 100 * draft.lessons_done // self._facts[course.id][0]
        self._write(learner, course.id, progress, origin, draft, author)
        if draft.deadline_day is not None and not draft.status and learner != AARAV:
            self._requests.consider(self._id, course.id, draft)

    def _write(
        self,
        learner: int,
        course_id: int,
        progress: int,
        origin: str,
        draft: Draft,
        author: Author,
    ) -> None:
        self._id += 1
        id_, first, at = self._id, self._seq + 1, draft.enrolled_at
        events = self._events
        events.append((id_, 1, at, *author, "began", "{}", ""))
        version, updated_at = 1, at
        for updated_at, who, changes, reason in draft.changes:
            version += 1
            if who:
                row = (who.id, who.name, "person", "changed", changes, reason)
            else:
                row = (None, "", "tracking", "changed", changes, reason)
            events.append((id_, version, updated_at, *row))
        self._seq += version
        status = draft.status
        is_path = int(course_id not in self._facts)
        # Whoever was enrolled by others and did nothing has never visited.
        has_come = origin == "self" or draft.lessons_done > 0 or draft.last_visit_at > at
        history = [(change[0], change[2]) for change in draft.changes]
        intervals = intervals_of(at, (status, progress, draft.deadline_day), history)
        self._intervals += [
            (at, id_, *interval, learner, course_id, is_path) for interval in intervals
        ]
        visited = draft.last_visit_at if has_come else None
        other = [one for one in intervals if one[2] != status or one[3] < progress]
        progress_at = other[-1][1] if other else first_progress_at(progress, at, visited)
        self._rows.append(
            (
                id_,
                learner,
                course_id,
                status,
                draft.tracked_status,
                progress,
                draft.lessons_done,
                at,
                draft.deadline_day,
                visited,
                draft.ended_at if status == _COMPLETED else None,
                draft.ended_at if status == _CANCELLED else None,
                version,
                updated_at,
                origin,
                None if draft.override is None else first + 1 + draft.override,
                draft.grade,
                draft.feedback,
                draft.note,
                draft.is_feedback_new,
                progress_at,
                self._pace(status, progress, at, intervals),
            )
        )

    def _pace(
        self, status: int, progress: int, at: int, intervals: Sequence[Interval]
    ) -> int | None:
        """Return the pace kept; `None` unless it is active with progress to make."""
        if status != Status.ACTIVE or progress == 100:
            return None
        since = self._day.measured_since
        lowest = min(one[3] for one in intervals if one[1] > since)
        return kept_pace(progress, lowest, at, self._day)

    def _author_of_creation(self, learner: int, origin: str) -> Author:
        """Return the author in history who created an enrollment."""
        if origin == "self":
            account = self._team.takes_courses.get(learner)
            return account and account.id, self._names[learner - 1], "person"
        if origin == "group":
            return None, "", "group"
        source = "import" if origin == "import" else "person"
        return self._team.admin.id, self._team.admin.name, source
