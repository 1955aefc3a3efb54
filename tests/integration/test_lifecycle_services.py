"""The services do to stored enrollments what the core decides: the same commands, row for row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func
from sqlmodel import select

from enrollment_portal.domain import calendar
from enrollment_portal.domain.edits import typed_form
from enrollment_portal.domain.enrollment.fields import Field, Snapshot, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import (
    Cancel,
    Command,
    CourseChanged,
    CourseRules,
    Effect,
    LessonsDone,
    RevertToTracked,
    SetFields,
    is_reopened,
)
from enrollment_portal.domain.errors import Invalid, PortalError
from enrollment_portal.domain.learning import Refused
from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.services.courses import save_course, typed_course
from enrollment_portal.services.enrollments import revert_to_tracked, save_enrollment
from enrollment_portal.services.history_check import verify_history
from enrollment_portal.services.learning import cancel_enrollment, start_course
from enrollment_portal.services.lessons import add_lesson, remove_lesson
from enrollment_portal.services.tracking import mark_done
from enrollment_portal.services.undoing import undo_change
from enrollment_portal.storage.courses import find_course
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.tables import Enrollment, EnrollmentEvent
from tests.builders import make_course, make_learner, make_lessons, make_organization
from tests.unit.enrollment.model import PERSON, TRACKING, Model, edits, grades, statuses

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
N_LESSONS = 3
SOON = calendar.day_of(calendar.now_ms(), calendar.zone("Europe/Stockholm")) + 30
NAMES = ("status", "tracked_status", "progress", "lessons_done", "deadline_day", "grade", "version")
"""What is compared as it is; of moments and overrides, that there are any."""


class Office(RuleBasedStateMachine):
    """One learner in one course, in the database and in the model."""

    @classmethod
    def make(cls) -> Database:
        """Return an empty database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.database = type(self).make()
        make_organization(self.database)
        self.course = make_course(self.database, n_lessons=N_LESSONS)
        self.lessons = make_lessons(self.database, self.course, N_LESSONS)
        learner = make_learner(self.database, "Ada")
        self.ada = Actor(8, "Ada", "", Role.LEARNER, learner_id=learner)
        self.id = start_course(self.database, self.ada, self.course)
        self.done: set[int] = set()
        self.model = Model(CourseRules(N_LESSONS), self.stored())

    def teardown(self) -> None:
        self.database.close()

    def stored(self) -> Snapshot:
        with self.database.read() as session:
            return snapshot_of(session.exec(select(Enrollment)).one())

    def both(self, command: Command, act: Callable[[], Any], source: str = PERSON) -> None:
        """Let the core decide and the service act: both do it, or both refuse."""
        self.model.lessons_done = len(self.done)
        try:
            change = self.model.make(command, source)
        except (Invalid, Refused):
            with pytest.raises(PortalError):
                act()
            return
        if Effect.FOLLOW_COURSE in change.effects:
            self.model.make(CourseChanged(len(self.done)), TRACKING)
        if change.recorded or source == TRACKING:
            act()

    def change_course(self, act: Callable[[], Any]) -> None:
        """Let the enrollment follow its course where it is active."""
        if self.model.stored.status is Status.ACTIVE:
            self.both(CourseChanged(len(self.done)), act, TRACKING)
        else:
            act()

    def save(self, typed: dict[Field, Any]) -> None:
        values = edits(self.model.stored, typed)
        form, version = typed_form(self.model.stored.values | typed), self.model.stored.version
        self.both(
            SetFields(values),
            lambda: save_enrollment(
                self.database,
                DANA,
                self.id,
                version=version,
                typed={field.value: form[field.value] for field in typed},
            ),
        )

    @rule(status=statuses, grade=grades, day=st.sampled_from([None, SOON, SOON + 1]))
    def set_fields(self, status: Status, grade: str | None, day: int | None) -> None:
        self.save({Field.STATUS: int(status), Field.GRADE: grade, Field.DEADLINE: day})

    @rule(grade=grades)
    def grade(self, grade: str | None) -> None:
        self.save({Field.GRADE: grade})

    @rule()
    def revert(self) -> None:
        version = self.model.stored.version
        self.both(
            RevertToTracked(self.model.tracked_completion()),
            lambda: revert_to_tracked(self.database, DANA, self.id, version=version),
        )

    @precondition(
        lambda self: (
            self.model.stored.status is not Status.CANCELLED and not is_reopened(self.model.stored)
        )
    )
    @rule(which=st.integers(0, 9))
    def do_a_lesson(self, which: int) -> None:
        lesson = self.lessons[which % len(self.lessons)]
        if lesson not in self.done:
            self.done.add(lesson)
            self.both(
                LessonsDone(len(self.done)),
                lambda: mark_done(self.database, self.ada, self.course, lesson),
                TRACKING,
            )

    @rule()
    def cancel(self) -> None:
        self.both(Cancel(), lambda: cancel_enrollment(self.database, self.ada, self.id, "No time"))

    @precondition(lambda self: len(self.lessons) < N_LESSONS + 2)
    @rule()
    def lengthen(self) -> None:
        rules = self.model.course
        self.model.course = CourseRules(rules.n_lessons + 1, rules.requires_grade)
        self.change_course(
            lambda: self.lessons.append(
                add_lesson(self.database, DANA, self.course, {"title": "More", "content": ""})
            )
        )

    @precondition(lambda self: len(self.lessons) > 1)
    @rule(which=st.integers(0, 9))
    def shorten(self, which: int) -> None:
        rules = self.model.course
        self.model.course = CourseRules(rules.n_lessons - 1, rules.requires_grade)
        lesson = self.lessons.pop(which % len(self.lessons))
        was_done = lesson in self.done
        self.done.discard(lesson)
        is_active = self.model.stored.status is Status.ACTIVE
        # What is over follows its lessons once it is active again, and learns that none are left.
        if is_active or (was_done and not self.done):
            self.model.make(CourseChanged(len(self.done)), TRACKING)
        remove_lesson(self.database, DANA, self.course, lesson)

    @rule(needs=st.booleans())
    def require_a_grade(self, needs: bool) -> None:
        if needs == self.model.course.requires_grade:
            return
        self.model.course = CourseRules(self.model.course.n_lessons, needs)
        with self.database.read() as session:
            course = find_course(session, self.course, "course")
        assert course
        typed = typed_course(course) | {"requires_grade": "on" if needs else ""}
        self.change_course(
            lambda: save_course(
                self.database, DANA, self.course, version=course.version, typed=typed
            )
        )

    @precondition(lambda self: self.model.history and self.model.history[-1].source == PERSON)
    @rule()
    def undo(self) -> None:
        with self.database.read() as session:
            newest = session.exec(select(func.max(EnrollmentEvent.seq))).one()
        self.both(
            self.model.inverse_of_last(),
            lambda: undo_change(self.database, DANA, self.id, newest),
        )

    @invariant()
    def what_is_stored_is_what_the_core_decided(self) -> None:
        stored, decided = self.stored(), self.model.stored
        assert {n: getattr(stored, n) for n in NAMES} == {n: getattr(decided, n) for n in NAMES}
        for name in ("completed_at", "cancelled_at", "override_seq"):
            assert (getattr(stored, name) is None) == (getattr(decided, name) is None), name

    @invariant()
    def active_and_not_overridden_there_is_something_left_to_do(self) -> None:
        stored, course = self.stored(), self.model.course
        if stored.status is Status.ACTIVE and stored.override_seq is None:
            is_done = self.done >= set(self.lessons)
            assert not is_done or (course.requires_grade and not course.passes(stored.grade))

    @invariant()
    def history_is_whole(self) -> None:
        verify_history(self.database)
        with self.database.read() as session:
            assert len(session.exec(select(EnrollmentEvent.seq)).all()) == self.stored().version


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_services_store_what_the_core_decides(
    engine: str, make_database_url: Callable[[str], str]
) -> None:
    class Worked(Office):
        @classmethod
        def make(cls) -> Database:
            return Database(make_database_url(engine))

    run_state_machine_as_test(
        Worked,
        settings=settings(
            max_examples=20 if engine == "sqlite" else 3,
            stateful_step_count=30,
            deadline=None,
            # To shrink what failed takes a database for each attempt.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
