"""Choose which learner is enrolled in which course, each pair once."""

from __future__ import annotations

from collections import deque
from random import Random

from enrollment_portal.demo.catalog.courses import DemoCourse
from enrollment_portal.demo.catalog.paths import DemoPath
from enrollment_portal.demo.people.directory import SUSPENDED, SUSPENDED_DAYS, Directory
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

_TRIES = 40
_ARCHIVED_DAYS = 300
_MOST_RETURNS = 10_000


class Pairing:
    """Choose new pairs of learners and courses at random.

    Args:
        directory: the completed directory.
        courses: the courses, the most popular first.
        now: the current time of the company, in ms.
        random: for all random choices.
    """

    def __init__(
        self, directory: Directory, courses: list[DemoCourse], now: int, random: Random
    ) -> None:
        self._joined, self._is_idle = directory.joined, directory.is_idle
        self._n_learners, self._n_courses = directory.n_learners, len(courses)
        self._suspended_at = now - SUSPENDED_DAYS * MS_PER_DAY
        self._draw = random.random
        weights = [1 / (rank + 4) ** 0.7 for rank in range(len(courses))]
        self._popular = random.choices(range(len(courses)), weights, k=8192)
        self._taken = bytearray(self._n_learners * len(courses) // 8 + 1)
        self._closed: deque[tuple[int, int, int]] = deque()
        states = [course.state for course in courses]
        self._n_published = states.count(CourseState.PUBLISHED)
        self._n_before_archived = len(courses) - states.count(CourseState.DRAFT)
        self._archived_at = now - _ARCHIVED_DAYS * MS_PER_DAY

    def free_after(self, ended_at: int, learner: int, course: int) -> None:
        """Allow a later retake of a course that a learner has ended."""
        if len(self._closed) < _MOST_RETURNS:
            self._closed.append((ended_at, learner, course))

    def pair(self, at: int) -> tuple[int, int]:
        """Return a new pair of a learner's id and a course's index.

        Sometimes it is a retake of a course that they have ended.
        """
        n_open = self._n_published if at > self._archived_at else self._n_before_archived
        if self._closed and self._closed[0][0] < at:
            _, learner, course = self._closed.popleft()
            if course < n_open:
                return learner, course
        draw, taken, joined = self._draw, self._taken, self._joined
        n_courses, others = self._n_courses, self._n_learners - 1
        while True:
            # From the second learner on: the first one has the showcase.
            learner = 1 + int(others * draw() ** 1.25)
            course = self._popular[int(draw() * 8192)] % n_open
            if joined[learner] > at or (learner + 1 == SUSPENDED and at > self._suspended_at):
                continue
            for _ in range(n_open):
                place, bit = divmod(learner * n_courses + course, 8)
                if not taken[place] >> bit & 1:
                    taken[place] |= 1 << bit
                    return learner + 1, course
                course = (course + 1) % n_open

    def newcomer(self, path: DemoPath, at: int) -> int | None:
        """Choose a learner without any of a path's courses, and store the new pairs."""
        n_courses, others = self._n_courses, self._n_learners - 1
        for _ in range(_TRIES):
            learner = 1 + int(others * self._draw())
            if self._joined[learner] > at or self._is_idle(learner + 1):
                continue
            places = [divmod(learner * n_courses + course.id - 1, 8) for course in path.courses]
            if not any(self._taken[place] >> bit & 1 for place, bit in places):
                for place, bit in places:
                    self._taken[place] |= 1 << bit
                return learner + 1
        return None
