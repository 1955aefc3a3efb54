"""Test undoing changes: exactly what they changed, with permission, never over a later change."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.enrollment.undo import AlreadyUndone, ChangedSince
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, Refused
from enrollment_portal.services.enrollment.enrollments import (
    EnrollmentDetails,
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.services.history.undoing import restore_value as restore_seen
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.learning.learning import cancel_enrollment
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.actors import make_actor
from tests.integration.steps import refused, save
from tests.integration.stored import dump
from tests.tampering import unguarded

DEADLINE = NOW // DAY


@pytest.fixture
def dana(database: Database) -> Actor:
    """An admin who manages learning, in Stockholm."""
    make_organization(database)
    account = make_account(database, Role.ADMIN, sections=Section.LEARNING, name="Dana Ruiz")
    return Actor(account, "Dana Ruiz", "dana@x.example", Role.ADMIN, Section.LEARNING)


@pytest.fixture
def sam(database: Database, dana: Actor) -> Actor:
    """A Super Admin, who makes changes after Dana."""
    account = make_account(database, Role.SUPER_ADMIN, name="Sam Okafor")
    return Actor(account, "Sam Okafor", "sam@x.example", Role.SUPER_ADMIN)


def restore_value(
    database: Database, person: Actor, wanted: int, *rest: object
) -> EnrollmentDetails:
    """Restore a value with the current version."""
    with database.read() as session:
        sql = text("SELECT version FROM enrollment WHERE id = :id")
        version = session.execute(sql, {"id": wanted}).scalar_one()
    return restore_seen(database, person, wanted, *rest, version=version)


class TestUndoChange:
    def test_undo_restores_all_fields_of_a_change_and_records_it(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database, deadline_day=DEADLINE, grade="B", feedback="Hi")
        seq = save(database, dana, wanted, deadline="2027-01-31", grade="A", status="cancelled")
        save(database, sam, wanted, feedback="Bye")
        undone = undo_change(database, sam, wanted, seq)
        facts, event = undone.facts, undone.history[0]
        assert (facts.status, facts.deadline_day, facts.grade) == (0, DEADLINE, "B")
        assert (facts.feedback, facts.version, facts.cancelled_at) == ("Bye", 4, None)
        assert event.changes[Field.STATUS] == (2, 0)
        assert event.changes[Field.GRADE] == ("A", "B")
        assert Field.FEEDBACK not in event.changes
        assert (event.undoes, event.actor_name, event.kind) == (seq, "Sam Okafor", "changed")
        assert event.reason == "Undid the change of Status, Deadline and Grade by Dana Ruiz"
        assert undone.override is None

    def test_an_undo_can_itself_be_undone(self, database: Database, dana: Actor) -> None:
        wanted = make_enrollment(database, grade="B")
        first = save(database, dana, wanted, grade="A")
        undo = undo_change(database, dana, wanted, first).history[0].seq
        redone = undo_change(database, dana, wanted, undo)
        assert redone.facts.grade == "A"
        assert redone.history[0].reason == "Redid the change of Grade by Dana Ruiz"
        assert undo_change(database, dana, wanted, first).facts.grade == "B"
        refused(database, lambda: undo_change(database, dana, wanted, undo), AlreadyUndone)

    def test_a_refusal_names_who_changed_a_field_again(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, deadline="2027-01-31", grade="A")
        save(database, sam, wanted, deadline="2027-02-01")
        error = refused(database, lambda: undo_change(database, dana, wanted, seq), ChangedSince)
        assert isinstance(error, ChangedSince)
        assert error.message == (
            "Deadline was changed again by Sam Okafor, just now. Undoing this would lose that."
        )
        assert [(one.field, one.by) for one in error.later] == [(Field.DEADLINE, "Sam Okafor")]

    def test_a_later_change_that_was_undone_does_not_prevent_undo(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database, grade="C")
        seq = save(database, dana, wanted, grade="B")
        again = save(database, sam, wanted, grade="A")
        undo_change(database, sam, wanted, again)
        assert undo_change(database, dana, wanted, seq).facts.grade == "C"

    def test_a_change_is_undone_once(self, database: Database, dana: Actor, sam: Actor) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, grade="A")
        undo_change(database, sam, wanted, seq)
        error = refused(database, lambda: undo_change(database, dana, wanted, seq), AlreadyUndone)
        assert str(error) == "Sam Okafor already undid this, just now."

    def test_sent_twice_under_a_key_succeeds_twice_and_changes_once(
        self, database: Database, dana: Actor
    ) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, grade="A")
        undo_change(database, dana, wanted, seq, key="k.1")
        before = dump(database)
        assert undo_change(database, dana, wanted, seq, key="k.1").facts.grade is None
        assert dump(database) == before

    def test_a_status_is_restored_with_its_time(self, database: Database, dana: Actor) -> None:
        wanted = make_enrollment(database)
        save(database, dana, wanted, status="completed")
        completed_at = read_enrollment(database, dana, wanted).facts.completed_at
        seq = save(database, dana, wanted, status="active")
        with unguarded(database) as session:  # a while ago, when that was not recorded
            session.execute(text("UPDATE enrollment_event SET at = at - 1000 WHERE version = 2"))
            old = {"changes": '{"status":[1,0]}'}
            session.execute(
                text("UPDATE enrollment_event SET changes = :changes WHERE version = 3"), old
            )
        undone = undo_change(database, dana, wanted, seq)
        assert (undone.facts.status, undone.facts.completed_at) == (1, (completed_at or 0) - 1000)
        assert undone.override
        assert undone.override.undoes == seq

    @pytest.mark.parametrize("by", ["admin", "learner"])
    def test_a_cancellation_is_restored_with_its_time_every_time(
        self, database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch, by: str
    ) -> None:
        wanted = make_enrollment(database)
        started = calendar.now_ms()
        moments = itertools.count(started, 1_000)
        clock = SimpleNamespace(time_ns=lambda: next(moments) * 1_000_000)
        monkeypatch.setattr(calendar, "time", clock)
        if by == "admin":
            made = save(database, dana, wanted, status="cancelled")
        else:
            of = read_enrollment(database, dana, wanted).facts.learner_id
            mia = Actor(99, "Mia", "m@x.example", Role.LEARNER, learner_id=of)
            cancel_enrollment(database, mia, wanted, "Too much")
            made = read_enrollment(database, dana, wanted).history[0].seq
        cancelled_at = read_enrollment(database, dana, wanted).facts.cancelled_at
        assert cancelled_at is not None
        assert cancelled_at >= started
        for _ in range(3):
            undone = undo_change(database, dana, wanted, made)
            assert undone.facts.cancelled_at is None
            redone = undo_change(database, dana, wanted, undone.history[0].seq)
            assert redone.facts.cancelled_at == cancelled_at
            assert redone.history[0].at > cancelled_at
            made = redone.history[0].seq

    def test_undo_does_not_make_a_learner_active_twice(
        self, database: Database, dana: Actor
    ) -> None:
        learner, course = make_learner(database), make_course(database)
        wanted = make_enrollment(database, learner, course)
        seq = save(database, dana, wanted, status="cancelled")
        make_enrollment(database, learner, course)
        error = refused(database, lambda: undo_change(database, dana, wanted, seq), Refused)
        assert "another active enrollment" in str(error)

    def test_tracked_changes_and_creations_cannot_be_undone(
        self, database: Database, dana: Actor
    ) -> None:
        learner, course = make_learner(database), make_course(database, n_lessons=2)
        first, _second = make_lessons(database, course, 2)
        wanted = make_enrollment(database, learner, course)
        mia = Actor(1, "Mia", "m@x.example", Role.LEARNER, learner_id=learner)
        mark_done(database, mia, course, first)
        tracked = read_enrollment(database, dana, wanted).history[0].seq
        error = refused(database, lambda: undo_change(database, dana, wanted, tracked), Refused)
        assert "Tracked changes" in str(error)
        with database.write() as session:
            seq = session.execute(
                text(
                    "INSERT INTO enrollment_event (enrollment_id, version, at, source, kind,"
                    " actor_name, changes, reason) VALUES (:id, 1, 1, 'person', 'began', 'Dana',"
                    " '{}', '') RETURNING seq"
                ),
                {"id": wanted},
            ).scalar_one()
        error = refused(database, lambda: undo_change(database, dana, wanted, seq), Refused)
        assert "Cancel the enrollment instead" in str(error)

    def test_a_status_is_not_undone_after_further_progress(
        self, database: Database, dana: Actor
    ) -> None:
        learner, course = make_learner(database), make_course(database, n_lessons=1)
        (lesson,) = make_lessons(database, course, 1)
        wanted = make_enrollment(database, learner, course)
        seq = save(database, dana, wanted, status="completed")
        mia = Actor(1, "Mia", "m@x.example", Role.LEARNER, learner_id=learner)
        mark_done(database, mia, course, lesson)
        error = refused(database, lambda: undo_change(database, dana, wanted, seq), ChangedSince)
        assert "by Tracking" in str(error)

    def test_undoing_a_learners_cancellation_restores_the_tracked_status(
        self, database: Database, dana: Actor
    ) -> None:
        learner = make_learner(database)
        wanted = make_enrollment(database, learner)
        account = make_account(database, Role.LEARNER, learner_id=learner, name="Mia")
        mia = Actor(account, "Mia", "m@x.example", Role.LEARNER, learner_id=learner)
        cancel_enrollment(database, mia, wanted, "Too much")
        seq = read_enrollment(database, dana, wanted).history[0].seq
        facts = undo_change(database, dana, wanted, seq).facts
        assert (facts.status, facts.tracked_status, facts.override_seq) == (0, 0, None)


class TestGrades:
    def graded(self, database: Database, by: Actor, **values: Any) -> tuple[int, int, int]:
        """Grade someone who has done all lessons of a course: enrollment, course, and change."""
        course = make_course(database, requires_grade=1)
        wanted = make_enrollment(
            database, course_id=course, progress=100, lessons_done=10, **values
        )
        return wanted, course, save(database, by, wanted, grade="A")

    def test_undoing_a_grade_that_completed_a_course_restores_the_status(
        self, database: Database, dana: Actor
    ) -> None:
        wanted, course, seq = self.graded(database, dana)
        assert read_enrollment(database, dana, wanted).facts.status == Status.COMPLETED
        teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        undone = undo_change(database, teacher, wanted, seq)
        facts = undone.facts
        assert (facts.grade, facts.status, facts.tracked_status) == (None, 0, 0)
        assert (facts.completed_at, facts.override_seq) == (None, None)
        redone = undo_change(database, teacher, wanted, undone.history[0].seq).facts
        assert (redone.grade, redone.status, redone.tracked_status) == ("A", 1, 1)

    def test_under_an_overridden_status_undo_restores_only_the_tracked_status(
        self, database: Database, dana: Actor
    ) -> None:
        wanted, _course, seq = self.graded(database, dana, status=2, tracked_status=0)
        assert read_enrollment(database, dana, wanted).facts.tracked_status == 1
        facts = undo_change(database, dana, wanted, seq).facts
        assert (facts.grade, facts.status, facts.tracked_status) == (None, 2, 0)

    def test_undo_keeps_an_overridden_status_that_equals_the_tracked_one(
        self, database: Database, dana: Actor
    ) -> None:
        course = make_course(database, requires_grade=1)
        wanted = make_enrollment(database, course_id=course, progress=100, lessons_done=10)
        by_hand = save(database, dana, wanted, status="completed")
        seq = save(database, dana, wanted, grade="A")
        undone = undo_change(database, dana, wanted, seq)
        facts = undone.facts
        assert (facts.grade, facts.status, facts.tracked_status) == (None, 1, 0)
        assert facts.override_seq == by_hand
        redone = undo_change(database, dana, wanted, undone.history[0].seq).facts
        assert (redone.grade, redone.status, redone.tracked_status) == ("A", 1, 1)
        assert redone.override_seq == by_hand

    def test_undo_restores_their_paths(self, database: Database, dana: Actor) -> None:
        learner, course = make_learner(database), make_course(database, requires_grade=1)
        path = make_path(database, "Path", (course,))
        on_path = make_enrollment(database, learner, path)
        wanted = make_enrollment(database, learner, course, progress=100, lessons_done=10)
        seq = save(database, dana, wanted, grade="A")
        assert read_enrollment(database, dana, on_path).facts.status == Status.COMPLETED
        undo_change(database, dana, wanted, seq)
        assert read_enrollment(database, dana, on_path).facts.status == Status.ACTIVE

    def test_an_instructor_cannot_undo_a_grade_set_with_a_status(
        self, database: Database, dana: Actor
    ) -> None:
        course = make_course(database, requires_grade=1)
        wanted = make_enrollment(database, course_id=course, progress=50, lessons_done=5)
        seq = save(database, dana, wanted, grade="A", status="completed")
        teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        refused(database, lambda: undo_change(database, teacher, wanted, seq), NotAllowed)
        assert undo_change(database, dana, wanted, seq).facts.status == Status.ACTIVE


class TestRights:
    @pytest.mark.parametrize("field", ["status", "deadline"])
    def test_an_instructor_cannot_undo_an_admins_change(
        self, database: Database, dana: Actor, field: str
    ) -> None:
        course = make_course(database)
        wanted = make_enrollment(database, course_id=course)
        teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        value = {"status": "cancelled", "deadline": "2027-01-31"}[field]
        seq = save(database, dana, wanted, **{field: value}, note="Both")
        refused(database, lambda: undo_change(database, teacher, wanted, seq), NotAllowed)
        refused(database, lambda: restore_value(database, teacher, wanted, seq, field), NotAllowed)
        assert restore_value(database, teacher, wanted, seq, "note").facts.internal_note == ""

    def test_an_invisible_change_is_not_found(self, database: Database, dana: Actor) -> None:
        learner, course = make_learner(database), make_course(database)
        wanted = make_enrollment(database, learner, course)
        seq = save(database, dana, wanted, grade="A")
        lead = make_actor(database, Role.GROUP_LEAD, leads=(learner,))
        for person in (
            make_actor(database, Role.INSTRUCTOR, teaches=(make_course(database),)),
            make_actor(database, Role.ADMIN, sections=Section.PEOPLE),
            make_actor(database, Role.LEARNER),
        ):
            refused(database, lambda p=person: undo_change(database, p, wanted, seq), NotFound)
            refused(
                database,
                lambda p=person: restore_value(database, p, wanted, seq, "grade"),
                NotFound,
            )
        refused(database, lambda: undo_change(database, lead, wanted, seq), NotAllowed)
        note = save(database, dana, wanted, note="Inside")
        refused(database, lambda: undo_change(database, lead, wanted, note), NotFound)

    @pytest.mark.parametrize("seq", [0, -1, 10**12, None, "1", True, 2.0, [1], 2**70])
    def test_forged_ids_are_not_found(self, database: Database, dana: Actor, seq: object) -> None:
        wanted, other = make_enrollment(database), make_enrollment(database)
        foreign = save(database, dana, other, grade="A")
        for forged in (seq, foreign):
            refused(database, lambda f=forged: undo_change(database, dana, wanted, f), NotFound)
            refused(
                database,
                lambda f=forged: restore_value(database, dana, wanted, f, "grade"),
                NotFound,
            )


class TestRestoreValue:
    def test_sets_one_field_to_its_former_value(self, database: Database, dana: Actor) -> None:
        wanted = make_enrollment(database, deadline_day=DEADLINE, grade="B")
        seq = save(database, dana, wanted, deadline="2027-01-31", grade="A")
        save(database, dana, wanted, deadline="")
        restored = restore_value(database, dana, wanted, seq, "deadline", "after")
        assert restored.history[0].changes.keys() == {Field.DEADLINE}
        assert restored.history[0].reason.startswith("Restored from ")
        assert restored.facts.grade == "A"
        again = restore_value(database, dana, wanted, seq, "deadline", "before")
        assert again.facts.deadline_day == DEADLINE

    def test_unseen_changes_are_not_overwritten(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database, grade="C")
        seq = save(database, dana, wanted, grade="B")
        save(database, sam, wanted, grade="A")
        for version in (2, 1, 0, 99, None, "3", True):
            error = refused(
                database,
                lambda v=version: restore_seen(database, dana, wanted, seq, "grade", version=v),
                Refused,
            )
            assert "changed meanwhile" in str(error)
        # What is changed elsewhere loses nothing by it.
        save(database, sam, wanted, note="Seen")
        restored = restore_seen(database, dana, wanted, seq, "grade", version=3)
        assert (restored.facts.grade, restored.facts.internal_note) == ("C", "Seen")

    def test_follows_the_current_rules(self, database: Database, dana: Actor) -> None:
        course = make_course(database)
        wanted = make_enrollment(database, course_id=course, grade="Excellent")
        seq = save(database, dana, wanted, grade="")
        with database.write() as session:
            session.execute(text("UPDATE course SET grading_scheme = 'percent'"))
        error = refused(
            database, lambda: restore_value(database, dana, wanted, seq, "grade"), Refused
        )
        assert "percent" in str(error)

    @pytest.mark.parametrize(
        ("field", "which"),
        [("status", "before"), ("grade", "then"), ("progress", "before"), (None, "before")],
    )
    def test_an_unrecorded_value_is_not_found(
        self, database: Database, dana: Actor, field: object, which: object
    ) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, grade="A")
        refused(
            database, lambda: restore_value(database, dana, wanted, seq, field, which), NotFound
        )

    def test_an_equal_value_is_reported(self, database: Database, dana: Actor) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, grade="A")
        refused(
            database, lambda: restore_value(database, dana, wanted, seq, "grade", "after"), Refused
        )


class TestIdempotencyKey:
    def test_sent_twice_is_saved_once_even_with_an_old_base_version(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database)

        def send() -> EnrollmentDetails:
            return save_enrollment(
                database, dana, wanted, version=1, typed={"grade": "A"}, key="form-1.2_3"
            )

        assert send().facts.grade == "A"
        save(database, sam, wanted, grade="B")
        before = dump(database)
        assert send().facts.grade == "B"
        assert dump(database) == before

    def test_the_key_of_another_save_is_refused(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted, other = make_enrollment(database), make_enrollment(database)
        save_enrollment(database, dana, wanted, version=1, typed={"note": "Secret"}, key="k")

        def sends(by: Actor, enrollment: int) -> None:
            save_enrollment(database, by, enrollment, version=2, typed={"grade": "A"}, key="k")

        for by, enrollment in ((sam, wanted), (dana, other)):
            error = refused(database, lambda b=by, e=enrollment: sends(b, e), Refused)
            assert "Secret" not in str(error)
            assert "Dana" not in str(error)
        refused(
            database,
            lambda: revert_to_tracked(database, sam, wanted, version=2, key="k"),
            Refused,
        )

    @pytest.mark.parametrize("key", [None, "", "a" * 65, "ü", "a b", 5, ["k"], "k\n", "k\0"])
    def test_an_invalid_key_is_ignored(self, database: Database, dana: Actor, key: object) -> None:
        wanted = make_enrollment(database)
        for version, grade in ((1, "A"), (2, "B")):
            saved = save_enrollment(
                database, dana, wanted, version=version, typed={"grade": grade}, key=key
            )
            assert saved.facts.grade == grade

    def test_simultaneous_saves_with_one_key_write_once_and_all_succeed(
        self, database: Database, dana: Actor
    ) -> None:
        wanted = make_enrollment(database)
        grades = _at_once(
            *[
                lambda: (
                    save_enrollment(
                        database, dana, wanted, version=1, typed={"grade": "A"}, key="same"
                    ).facts.version
                )
            ]
            * 6
        )
        assert grades == [2] * 6
        assert len(read_enrollment(database, dana, wanted).history) == 1

    def test_simultaneous_saves_with_one_key_in_two_enrollments_refuse_one(
        self, database: Database, dana: Actor
    ) -> None:
        for number in range(8):
            wanted, other = make_enrollment(database), make_enrollment(database)

            def send(enrollment: int, key: str = f"k{number}") -> object:
                return save_enrollment(
                    database, dana, enrollment, version=1, typed={"grade": "A"}, key=key
                ).facts.version

            answers = _at_once(lambda w=wanted: send(w), lambda o=other: send(o))
            assert sorted(map(str, answers)) == ["2", "Refused"]

    def test_simultaneous_undos_undo_once(
        self, database: Database, dana: Actor, sam: Actor
    ) -> None:
        wanted = make_enrollment(database)
        seq = save(database, dana, wanted, grade="A")
        answers = _at_once(
            *[
                lambda by=by: undo_change(database, by, wanted, seq).facts.version
                for by in (dana, sam) * 3
            ]
        )
        assert sorted(map(str, answers)) == ["3"] + ["AlreadyUndone"] * 5


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """Run functions at the same time; a refusal is returned by its name."""
    barrier, answers = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            answers.append(act())
        except Refused as refusal:
            answers.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
