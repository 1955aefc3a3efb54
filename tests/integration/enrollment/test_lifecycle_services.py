"""Test that services store exactly what the domain's rules decide for the same commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
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
from sqlmodel import col, select

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import (
    Cancel,
    Command,
    Context,
    CourseChanged,
    CourseRules,
    Effect,
    LessonsDone,
    RevertToTracked,
    SetFields,
)
from enrollment_portal.domain.enrollment.edits import Editable, read_edits, typed_form
from enrollment_portal.domain.enrollment.fields import (
    Field,
    Hidden,
    Origin,
    Snapshot,
    Status,
    snapshot_of,
)
from enrollment_portal.domain.enrollment.lifecycle import is_reopened
from enrollment_portal.domain.enrollment.undo import require_no_later_change
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid, PortalError, Refused
from enrollment_portal.services.catalog.courses import save_course, typed_course
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.enrolling.retaking import create_retake
from enrollment_portal.services.enrollment.enrollments import revert_to_tracked, save_enrollment
from enrollment_portal.services.enrollment.path_progress import create_enrollments, refresh_paths
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.learning import cancel_enrollment, start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.catalog.courses import find_course
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import Enrollment, EnrollmentEvent
from tests.builders import make_course, make_learner, make_lessons, make_organization, make_path
from tests.integration import current
from tests.unit.enrollment.model import PERSON, TRACKING, Model, edits, grades, statuses

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
N_LESSONS = 3
SOON = calendar.day_of(calendar.now_ms(), calendar.zone("Europe/Stockholm")) + 30
ZONE = calendar.zone("Europe/Stockholm")
DAYS = [calendar.day_to_date(SOON - 30 - n).isoformat() for n in range(3)]
"""Today and two days before; on the first of them, nobody was enrolled yet."""


def row_with_model_numbers(changes: str, places: Mapping[int | None, int | None]) -> dict[str, Any]:
    """Return a row of history with the row numbers of the model."""
    found = json.loads(changes)
    if overrides := found.get(Hidden.OVERRIDE):
        found[Hidden.OVERRIDE] = [places[seq] for seq in overrides]
    return found


class Clock:
    """The clock of the portal, which only the model's steps move."""

    def __init__(self) -> None:
        self.now = calendar.now_ms()

    def time_ns(self) -> int:
        """Return this moment."""
        return self.now * 1_000_000


class ServicesAndModel(RuleBasedStateMachine):
    """One learner's enrollments in one course, in the database and in the model."""

    clock: Clock

    @classmethod
    def make(cls) -> Database:
        """Return an empty database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.database = type(self).make()
        make_organization(self.database)
        self.course = make_course(self.database, n_lessons=N_LESSONS, may_be_retaken=1)
        self.lessons = make_lessons(self.database, self.course, N_LESSONS)
        learner = make_learner(self.database, "Ada")
        self.ada = Actor(8, "Ada", "", Role.LEARNER, learner_id=learner)
        self.ids = [start_course(self.database, self.ada, self.course)]
        self.all_done: list[dict[int, int]] = [{}]
        (begun,) = self.stored()
        other = make_course(self.database, n_lessons=2)
        path = make_path(self.database, "Path", (self.course, other), n_lessons=5)
        of_path = create_enrollment(
            CreateEnrollment(learner, path, Origin.ADMIN, None), Context(begun.updated_at)
        )
        with self.database.write() as session:
            ids = create_enrollments(session, [of_path], Signature(Author("person")))
        self.path, self.of_path = path, ids[0]
        self.model = Model(CourseRules(N_LESSONS), begun, now=begun.updated_at)
        self.runs = self.model.runs
        self.runs.append(self.model)

    @property
    def id(self) -> int:
        """The id of the newest enrollment, which all steps change."""
        return self.ids[-1]

    @property
    def done(self) -> dict[int, int]:
        """The lessons done in it, with their times."""
        return self.all_done[-1]

    def teardown(self) -> None:
        self.database.close()

    def stored(self) -> list[Snapshot]:
        with self.database.read() as session:
            of_course = select(Enrollment).where(col(Enrollment.course_id) == self.course)
            return list(map(snapshot_of, session.exec(of_course.order_by(col(Enrollment.id)))))

    def events(self, enrollment: int) -> list[EnrollmentEvent]:
        """Return the history of an enrollment, numbered from its creation, 0, as in the model."""
        of_it = select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == enrollment)
        with self.database.read() as session:
            return list(session.exec(of_it.order_by(col(EnrollmentEvent.seq))))

    def both(self, command: Command, act: Callable[[], Any], source: str = PERSON) -> None:
        """Send a command to the model and to the service: both do it, or both refuse."""
        self.model.lessons_done = len(self.done)
        self.clock.now = self.model.now + 1
        try:
            change = self.model.make(command, source)
        except (Invalid, Refused):
            with pytest.raises(PortalError):
                act()
            return
        if Effect.FOLLOW_COURSE in change.effects:
            self.model.now -= 1
            self.model.make(CourseChanged(len(self.done)), TRACKING)
        if change.recorded or source == TRACKING:
            act()

    def change_course(self, act: Callable[[], Any]) -> None:
        """Update the enrollment from its course if it is active."""
        if self.model.stored.status is Status.ACTIVE:
            command = CourseChanged(len(self.done), self.is_done_again())
            self.both(command, act, TRACKING)
        else:
            self.clock.now = self.model.now
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

    @rule(feedback=st.sampled_from(["", "Well done"]), note=st.sampled_from(["", "Watch"]))
    def remark(self, feedback: str, note: str) -> None:
        self.save({Field.FEEDBACK: feedback, Field.NOTE: note})

    @rule(day=st.sampled_from(DAYS))
    def date_completion(self, day: str) -> None:
        stored = self.model.stored
        typed = {"completed_on": day}
        if stored.status is Status.ACTIVE:
            typed["status"] = "completed"
        now = self.clock.now = self.model.now + 1
        before = Editable(stored.enrolled_at, stored.values, now=now)

        def act() -> None:
            version = self.model.stored.version if refused else stored.version
            save_enrollment(self.database, DANA, self.id, version=version, typed=typed)

        refused = False
        try:
            values = read_edits(typed, before, ZONE)
        except Invalid:
            refused = True
            with pytest.raises(Invalid):
                act()
            return
        self.both(SetFields(values), act)

    @precondition(lambda self: len(self.ids) < 4)
    @rule()
    def take_again(self) -> None:
        self.clock.now = self.model.now + 1
        match self.model.stored.status:
            case Status.ACTIVE:
                with pytest.raises(Invalid):
                    self.model.create_enrollment(self.new(Origin.ADMIN))
                with pytest.raises(Refused):
                    create_retake(self.database, DANA, self.id)
                return
            case Status.COMPLETED:
                begun = self.model.create_enrollment(self.new(Origin.ADMIN))
                self.ids.append(create_retake(self.database, DANA, self.id))
            case Status.CANCELLED:
                begun = self.model.create_enrollment(self.new(Origin.SELF))
                self.ids.append(start_course(self.database, self.ada, self.course))
        begun.stored = replace(begun.stored, id=self.id)
        self.model = begun
        self.all_done.append({})

    def new(self, origin: Origin) -> CreateEnrollment:
        return CreateEnrollment(self.ada.learner_id or 0, self.course, origin, None)

    @rule(grade=grades)
    def grade_in_a_batch(self, grade: str | None) -> None:
        stored = self.model.stored
        values = edits(stored, {Field.GRADE: grade})
        typed = {"grade": typed_form({Field.GRADE: grade})["grade"]}
        change = RowEdit(self.id, stored.version, typed)
        self.both(SetFields(values), lambda: grade_many(self.database, DANA, self.course, [change]))

    @rule()
    def revert(self) -> None:
        version = self.model.stored.version
        self.both(
            RevertToTracked(self.model.tracked_completion()),
            lambda: revert_to_tracked(self.database, DANA, self.id, version=version),
        )

    def lessons_not_needed(self) -> set[int]:
        """Return how many lessons need not be done; in a reopened one, those done since."""
        stored, since = self.model.stored, -1
        if is_reopened(stored):
            since = self.model.history[(stored.override_seq or 0) - 1].at
        return {lesson for lesson, at in self.done.items() if at > since}

    def is_done_again(self) -> bool:
        """Tell whether all lessons were done after it was reopened."""
        return is_reopened(self.model.stored) and len(self.lessons_not_needed()) == len(
            self.lessons
        )

    @precondition(lambda self: self.model.stored.status is not Status.CANCELLED)
    @rule(which=st.integers(0, 9))
    def do_a_lesson(self, which: int) -> None:
        lesson = self.lessons[which % len(self.lessons)]
        if lesson not in self.lessons_not_needed():
            self.done[lesson] = self.model.now + 1
            self.both(
                LessonsDone(len(self.done), self.is_done_again()),
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
        self.model.course = replace(rules, n_lessons=rules.n_lessons + 1)
        self.change_course(
            lambda: self.lessons.append(
                add_lesson(self.database, DANA, self.course, {"title": "More", "content": ""})
            )
        )

    @precondition(lambda self: len(self.lessons) > 1)
    @rule(which=st.integers(0, 9))
    def shorten(self, which: int) -> None:
        rules = self.model.course
        self.model.course = replace(rules, n_lessons=rules.n_lessons - 1)
        lesson = self.lessons.pop(which % len(self.lessons))
        now = self.clock.now = self.model.now + 1
        for model, done in zip(self.runs, self.all_done, strict=True):
            done.pop(lesson, None)
            # What is over only learns that it has done a lesson less.
            model.course, model.now = self.model.course, now - 1
            model.make(CourseChanged(len(done), self.is_done_again()), TRACKING)
        self.model.now = now
        current.remove_lesson(self.database, DANA, self.course, lesson)

    @rule(needs=st.booleans(), mark=st.sampled_from([50, 90]))
    def grade_otherwise(self, needs: bool, mark: int) -> None:
        rules = self.model.course
        if not needs:
            mark = rules.pass_percent
        if (needs, mark) == (rules.requires_grade, rules.pass_percent):
            return
        self.model.course = replace(rules, requires_grade=needs, pass_percent=mark)
        with self.database.read() as session:
            course = find_course(session, self.course, "course")
        assert course
        typed = typed_course(course) | {
            "requires_grade": "on" if needs else "",
            "pass_percent": str(mark),
        }
        self.change_course(
            lambda: save_course(
                self.database, DANA, self.course, version=course.version, typed=typed
            )
        )

    @precondition(lambda self: self.model.last_by_person is not None)
    @rule()
    def undo(self) -> None:
        newest = self.events(self.id)[(self.model.last_by_person or 0) + 1]

        def act() -> None:
            if newest.batch:
                undo_batch(self.database, DANA, newest.batch)
            else:
                undo_change(self.database, DANA, self.id, newest.seq)

        self.both(self.model.inverse_of_last(), act)

    @precondition(lambda self: self.model.history)
    @rule(pick=st.integers(0, 99))
    def undo_an_older_change(self, pick: int) -> None:
        number = pick % len(self.model.history)
        seq = self.events(self.id)[number + 1].seq
        event, later = self.model.history[number], self.model.history[number + 1 :][::-1]
        try:
            require_no_later_change(event, later, self.model.now)
            command = self.model.inverse(number)
        except Refused:
            with pytest.raises(PortalError):
                undo_change(self.database, DANA, self.id, seq)
            return
        self.both(command, lambda: undo_change(self.database, DANA, self.id, seq))

    @invariant()
    def stored_values_equal_the_model(self) -> None:
        for id_, stored, model in zip(self.ids, self.stored(), self.runs, strict=True):
            began, *events = self.events(id_)
            places = {None: None, began.seq: 0}
            places |= {event.seq: n for n, event in enumerate(events, 1)}
            stored = replace(stored, override_seq=places[stored.override_seq])
            assert stored == model.stored
            assert stored.last_visit_at == model.stored.last_visit_at
            assert (began.kind, began.version) == ("began", 1)
            assert [
                (
                    e.version,
                    e.at,
                    e.source,
                    row_with_model_numbers(e.changes, places),
                    places[e.undoes],
                )
                for e in events
            ] == [
                (n, e.at, e.source, {str(f): [*pair] for f, pair in e.changes.items()}, e.undoes)
                for n, e in enumerate(model.history, 2)
            ]

    @invariant()
    def active_without_override_is_not_finished(self) -> None:
        stored, course = self.stored()[-1], self.model.course
        if stored.status is Status.ACTIVE and stored.override_seq is None:
            is_done = self.done.keys() >= set(self.lessons)
            assert not is_done or (course.requires_grade and not course.passes(stored.grade))

    @invariant()
    def the_path_is_up_to_date(self) -> None:
        rows = self.events(self.of_path)
        with self.database.write() as session:
            learner = self.ada.learner_id or 0
            refresh_paths(session, {learner}, {self.path}, now=self.model.now + 1)
        assert self.events(self.of_path) == rows, "its courses told it nothing new"
        status, progress = self.model.stored.status, self.model.stored.progress
        with self.database.read() as session:
            path = snapshot_of(session.get_one(Enrollment, self.of_path))
        assert path.status is Status.ACTIVE, "the other course is not done"
        if len(self.runs) == 1 and status is Status.ACTIVE:
            n_lessons = self.model.course.n_lessons
            assert path.progress == progress * n_lessons // (n_lessons + 2)

    @invariant()
    def history_is_consistent(self) -> None:
        verify_history(self.database)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_services_store_what_the_domain_decides(
    engine: str, make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "time", Clock())

    class Worked(ServicesAndModel):
        clock = calendar.time  # type: ignore[assignment]

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
