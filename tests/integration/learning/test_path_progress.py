"""Test path enrollments against a model in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Requester
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_learner, make_lessons, make_organization, make_path

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
LESSONS = (1, 2, 4)
WHICH = st.integers(0, len(LESSONS) - 1)


class Walk(RuleBasedStateMachine):
    """One learner, three courses of one path, and changes by people and lessons."""

    @classmethod
    def make(cls) -> Database:
        """Return an empty database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.database = type(self).make()
        make_organization(self.database)
        self.courses = [make_course(self.database, n_lessons=n) for n in LESSONS]
        self.lessons = [
            make_lessons(self.database, course, n)
            for course, n in zip(self.courses, LESSONS, strict=True)
        ]
        self.path = make_path(self.database, "P", tuple(self.courses), n_lessons=sum(LESSONS))
        self.learner = make_learner(self.database, "Ada")
        self.actor = Actor(8, "Ada", "", Role.LEARNER, learner_id=self.learner)

    def teardown(self) -> None:
        self.database.close()

    def newest(self, course: int) -> Any:
        with self.database.read() as session:
            return session.execute(
                text(
                    "SELECT id, status, tracked_status, progress, lessons_done, version"
                    " FROM enrollment WHERE learner_id = :learner AND course_id = :course"
                    " ORDER BY status, enrolled_at DESC, id DESC LIMIT 1"
                ),
                {"learner": self.learner, "course": course},
            ).first()

    def start(self, course: int) -> None:
        with self.database.write() as session:
            made = plan(
                session,
                [self.learner],
                [course],
                origin=Origin.ADMIN,
                today=now_ms() // 86_400_000,
                request=EnrollRequest(Requester.ADMIN, zone("Europe/Stockholm")),
            )
            carry_out(session, made, Author("person", 7, "Dana Ruiz"), now=now_ms())

    def set_status(self, course: int, status: str) -> None:
        newest = self.newest(course)
        if newest is None:
            return
        with self.database.read() as session:
            active = session.execute(
                text(
                    "SELECT count(*) FROM enrollment WHERE learner_id = :l AND course_id = :c"
                    " AND status = 0 AND id <> :id"
                ),
                {"l": self.learner, "c": course, "id": newest.id},
            ).scalar_one()
        if active:
            return
        with suppress(Invalid):  # not every status follows every other
            save_enrollment(
                self.database, DANA, newest.id, version=newest.version, typed={"status": status}
            )

    @rule(which=WHICH)
    def start_a_course(self, which: int) -> None:
        self.start(self.courses[which])

    @rule()
    def start_the_path(self) -> None:
        self.start(self.path)

    @rule(which=WHICH, lesson=st.integers(0, 3))
    def do_a_lesson(self, which: int, lesson: int) -> None:
        newest = self.newest(self.courses[which])
        if newest is not None and newest.status != 2:
            lessons = self.lessons[which]
            chosen = lessons[lesson % len(lessons)]
            mark_done(self.database, self.actor, self.courses[which], chosen)

    @rule(which=WHICH, status=st.sampled_from(["active", "completed", "cancelled"]))
    def override_a_course(self, which: int, status: str) -> None:
        self.set_status(self.courses[which], status)

    @invariant()
    def the_path_follows_its_courses(self) -> None:
        path = self.newest(self.path)
        if path is None:
            return
        found = [self.newest(course) for course in self.courses]
        shares = [100 if e and e.status == 1 else e.progress if e else 0 for e in found]
        weighted = sum(n * share for n, share in zip(LESSONS, shares, strict=True))
        is_done = all(e is not None and e.status == 1 for e in found)
        assert path.progress == (100 if is_done else min(99, weighted // sum(LESSONS)))
        assert path.lessons_done == sum(e.lessons_done if e else 0 for e in found)
        assert path.status == path.tracked_status == int(is_done)

    @invariant()
    def every_version_has_its_row_of_history(self) -> None:
        with self.database.read() as session:
            wrong = session.execute(
                text(
                    "SELECT e.id FROM enrollment e WHERE e.version <> (SELECT count(*)"
                    " FROM enrollment_event v WHERE v.enrollment_id = e.id)"
                )
            ).all()
        assert wrong == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_path_follows_its_courses_through_random_changes(
    engine: str, make_database_url: Callable[[str], str]
) -> None:
    class Walked(Walk):
        @classmethod
        def make(cls) -> Database:
            return Database(make_database_url(engine))

    run_state_machine_as_test(
        Walked,
        settings=settings(
            max_examples=15 if engine == "sqlite" else 3,
            stateful_step_count=15,
            deadline=None,
            # To shrink what failed takes a database for each attempt.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
