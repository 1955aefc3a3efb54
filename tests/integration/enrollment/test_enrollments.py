"""Test reading an enrollment and overriding it: rights, rules, history, conflicts."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field, Hidden
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_path,
)
from tests.integration.actors import make_actor
from tests.integration.stored import dump

NOTE = "Extended by a week, medical leave."


@pytest.fixture
def maya(database: Database) -> Actor:
    """A Super Admin of an organization in Stockholm."""
    make_organization(database)
    account = make_account(database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    return Actor(account, "Maya Lindqvist", "maya@northwind.example", Role.SUPER_ADMIN)


class TestSaveEnrollment:
    def test_overrides_the_fields_and_records_person_fields_and_reason(
        self, database: Database, maya: Actor
    ) -> None:
        make_enrollment(database)
        wanted = make_enrollment(database, progress=40, lessons_done=4, enrolled_at=NOW)
        saved = save_enrollment(
            database,
            maya,
            wanted,
            version=1,
            typed={
                "status": "completed",
                "deadline": "2027-01-31",
                "grade": " A ",
                "feedback": "Great job!\r\nKeep going.",
                "note": NOTE,
            },
            reason="offline exam",
        )
        facts = saved.facts
        assert (facts.status, facts.tracked_status, facts.progress) == (1, 0, 40)
        assert (facts.grade, facts.feedback) == ("A", "Great job!\nKeep going.")
        assert facts.internal_note == NOTE
        assert facts.completed_at is not None
        assert facts.version == 2
        assert len(saved.history) == 1
        event = saved.history[0]
        assert (event.actor_name, event.reason, event.version) == (
            "Maya Lindqvist",
            "offline exam",
            2,
        )
        assert event.changes[Field.STATUS] == (0, 1)
        assert event.changes[Field.GRADE] == (None, "A")
        assert event.changes[Field.NOTE] == ("", NOTE)
        assert saved.override == event

    def test_a_status_set_to_the_tracked_one_is_no_override(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "cancelled"})
        saved = save_enrollment(database, maya, wanted, version=2, typed={"status": "active"})
        assert saved.override is None
        assert saved.facts.cancelled_at is None
        assert [event.version for event in saved.history] == [3, 2]

    def test_the_counts_follow_the_status(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "completed"})
        with database.read() as session:
            row = session.execute(text("SELECT n_active, n_completed FROM learner")).one()
            assert tuple(row) == (0, 1)

    def test_equal_values_change_nothing(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database, grade="B", deadline_day=NOW // DAY)
        before = dump(database)
        saved = save_enrollment(
            database,
            maya,
            wanted,
            version=1,
            typed={"grade": "B ", "status": "active"},
            reason="no change",
        )
        assert (saved.facts.version, dump(database)) == (1, before)

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"deadline": "2026-09-20"}, "deadline"),
            ({"deadline": "31 January"}, "deadline"),
            ({"deadline": "9999-12-31"}, "deadline"),
            ({"deadline": 5}, "deadline"),
            ({"status": "paused"}, "status"),
            ({"status": None}, "status"),
            ({"grade": "x" * 33}, "grade"),
            ({"grade": "A\x00"}, "grade"),
            ({"feedback": "x" * 4001}, "feedback"),
            ({"feedback": "\ud800"}, "feedback"),
            ({"note": "x" * 4001}, "note"),
            ({"note": ["x"]}, "note"),
        ],
    )
    def test_a_refusal_names_its_field_and_changes_nothing(
        self, database: Database, maya: Actor, typed: dict[str, Any], field: str
    ) -> None:
        wanted = make_enrollment(database, enrolled_at=NOW)
        before = dump(database)
        with pytest.raises(Invalid) as refusal:
            save_enrollment(database, maya, wanted, version=1, typed={"grade": "Pass", **typed})
        assert list(refusal.value.errors) == [field]
        assert dump(database) == before

    def test_a_deadline_may_be_the_day_of_the_enrollment(
        self, database: Database, maya: Actor
    ) -> None:
        # 23:30 UTC is the next day already in Stockholm.
        late = NOW - NOW % DAY + DAY - 1_800_000
        wanted = make_enrollment(database, enrolled_at=late)
        today, tomorrow = late // DAY, late // DAY + 1
        from enrollment_portal.domain.shared.calendar import day_to_date

        with pytest.raises(Invalid):
            save_enrollment(
                database,
                maya,
                wanted,
                version=1,
                typed={"deadline": day_to_date(today).isoformat()},
            )
        saved = save_enrollment(
            database,
            maya,
            wanted,
            version=1,
            typed={"deadline": day_to_date(tomorrow).isoformat()},
        )
        assert saved.facts.deadline_day == tomorrow

    def test_a_completed_enrollment_must_be_made_active_before_it_is_cancelled(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database, status=1)
        with pytest.raises(Invalid) as refusal:
            save_enrollment(database, maya, wanted, version=1, typed={"status": "cancelled"})
        assert "Active" in refusal.value.errors["status"]

    def test_a_learner_is_not_made_active_twice_in_a_course(
        self, database: Database, maya: Actor
    ) -> None:
        learner, course = make_learner(database), make_course(database)
        old = make_enrollment(database, learner, course, status=2)
        make_enrollment(database, learner, course)
        with pytest.raises(Invalid) as refusal:
            save_enrollment(database, maya, old, version=1, typed={"status": "active"})
        assert "already" in refusal.value.errors["status"]

    def test_a_grade_follows_the_scheme_of_the_course(
        self, database: Database, maya: Actor
    ) -> None:
        course = make_course(database, grading_scheme="percent")
        wanted = make_enrollment(database, course_id=course)
        saved = save_enrollment(database, maya, wanted, version=1, typed={"grade": "85 %"})
        assert saved.facts.grade == "85%"
        with pytest.raises(Invalid):
            save_enrollment(database, maya, wanted, version=2, typed={"grade": "A"})

    def test_a_reason_has_a_maximum_length(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database)
        with pytest.raises(Invalid) as refusal:
            save_enrollment(
                database, maya, wanted, version=1, typed={"grade": "A"}, reason="x" * 501
            )
        assert list(refusal.value.errors) == ["reason"]


class TestConflict:
    def test_nothing_is_overwritten_and_both_values_of_each_field_are_returned(
        self, database: Database, maya: Actor
    ) -> None:
        dana = make_actor(database, Role.ADMIN, sections=Section.LEARNING)
        wanted = make_enrollment(database, grade="C")
        save_enrollment(
            database, dana, wanted, version=1, typed={"grade": "B", "feedback": "Better."}
        )
        before = dump(database)
        with pytest.raises(Conflict) as conflict:
            save_enrollment(
                database,
                maya,
                wanted,
                version=1,
                typed={"status": "active", "grade": "A", "feedback": "", "note": NOTE},
            )
        assert dump(database) == before
        assert (conflict.value.version, conflict.value.by) == (2, "Admin")
        fields = {f.field: (f.base, f.theirs, f.mine) for f in conflict.value.fields}
        assert fields == {
            "grade": ("C", "B", "A"),
            "feedback": ("", "Better.", ""),
            "note": ("", "", NOTE),
        }

    def test_the_same_value_from_both_is_no_conflict(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database, grade="C")
        typed = {"grade": "B", "feedback": "Good."}
        save_enrollment(database, maya, wanted, version=1, typed=typed)
        with pytest.raises(Conflict) as conflict:
            save_enrollment(
                database, maya, wanted, version=1, typed={**typed, "feedback": "Better."}
            )
        assert [field.field for field in conflict.value.fields] == ["feedback"]

    @pytest.mark.parametrize("version", [0, 2, 99, None, "1", True, 1.5])
    def test_a_forged_version_changes_nothing(
        self, database: Database, maya: Actor, version: Any
    ) -> None:
        wanted = make_enrollment(database)
        before = dump(database)
        with pytest.raises(Conflict):
            save_enrollment(database, maya, wanted, version=version, typed={"grade": "A"})
        assert dump(database) == before

    def test_of_many_simultaneous_saves_of_one_field_one_succeeds(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database)
        results: list[str] = []
        barrier = threading.Barrier(8)

        def save(number: int) -> None:
            barrier.wait()
            try:
                save_enrollment(
                    database, maya, wanted, version=1, typed={"grade": f"Grade {number}"}
                )
                results.append("saved")
            except Conflict:
                results.append("conflict")

        threads = [threading.Thread(target=save, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["conflict"] * 7 + ["saved"]
        opened = read_enrollment(database, maya, wanted)
        assert (opened.facts.version, len(opened.history)) == (2, 1)
        assert opened.history[0].changes[Field.GRADE][1] == opened.facts.grade


class TestRights:
    def people(self, database: Database) -> dict[str, tuple[Actor, bool, set[str]]]:
        """Return each kind of person, whether they see it, and the fields they may edit."""
        self.learner, self.course = make_learner(database), make_course(database)
        self.wanted = make_enrollment(
            database, self.learner, self.course, internal_note=NOTE, feedback="Well done."
        )
        everything = {"status", "completed_on", "deadline", "grade", "feedback", "note"}
        grading = {"grade", "feedback", "note"}
        other_course, other_learner = make_course(database), make_learner(database)
        return {
            "admin with Learning": (
                make_actor(database, Role.ADMIN, sections=Section.LEARNING | Section.PEOPLE),
                True,
                everything,
            ),
            "admin without Learning": (
                make_actor(database, Role.ADMIN, sections=Section.PEOPLE | Section.BILLING),
                False,
                set(),
            ),
            "instructor of the course": (
                make_actor(database, Role.INSTRUCTOR, teaches=(self.course,)),
                True,
                grading,
            ),
            "instructor of another course": (
                make_actor(database, Role.INSTRUCTOR, teaches=(other_course,)),
                False,
                set(),
            ),
            "lead of the learner": (
                make_actor(database, Role.GROUP_LEAD, leads=(self.learner,)),
                True,
                set(),
            ),
            "lead of somebody else": (
                make_actor(database, Role.GROUP_LEAD, leads=(other_learner,)),
                False,
                set(),
            ),
            "the learner": (
                make_actor(database, Role.LEARNER, learner_id=self.learner),
                False,
                set(),
            ),
        }

    def test_everyone_sees_and_edits_only_what_they_may(
        self, database: Database, maya: Actor
    ) -> None:
        new = {
            "status": "cancelled",
            "completed_on": "2026-10-02",
            "deadline": "2030-01-01",
            "grade": "A",
            "feedback": "Other.",
            "note": "Other.",
        }
        for who, (person, sees, edits) in self.people(database).items():
            if not sees:
                with pytest.raises(NotFound):
                    read_enrollment(database, person, self.wanted)
            else:
                opened = read_enrollment(database, person, self.wanted)
                assert {f.value for f in opened.editable} == edits, who
            for field, value in new.items():
                if field in edits:
                    continue
                before = dump(database)
                with pytest.raises((NotAllowed, NotFound)):
                    save_enrollment(database, person, self.wanted, version=1, typed={field: value})
                assert dump(database) == before, (who, field)

    def test_a_field_that_nobody_may_set_is_refused(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database)
        for field in ("progress", "version", "learner_id", "internal_note", ""):
            with pytest.raises(NotAllowed):
                save_enrollment(database, maya, wanted, version=1, typed={field: "1"})

    def test_absent_and_invisible_look_the_same(self, database: Database, maya: Actor) -> None:
        hidden = make_enrollment(database)
        lead = make_actor(database, Role.GROUP_LEAD)
        messages = set()
        for number in (hidden, 999_999, -1, 0, 2**70, "1", None, True, 1.0):
            with pytest.raises(NotFound) as refusal:
                read_enrollment(database, lead, number)
            messages.add((type(refusal.value), refusal.value.message))
        assert len(messages) == 1

    def test_a_group_lead_sees_no_trace_of_an_internal_note(
        self, database: Database, maya: Actor
    ) -> None:
        people = self.people(database)
        save_enrollment(
            database,
            maya,
            self.wanted,
            version=1,
            typed={"note": "canary-3141", "grade": "A"},
            reason="canary-2718",
        )
        save_enrollment(database, maya, self.wanted, version=2, typed={"note": "canary-1618"})
        lead = people["lead of the learner"][0]
        seen = read_enrollment(database, lead, self.wanted)
        assert "canary" not in str(asdict(seen))
        assert NOTE not in str(asdict(seen))
        assert [set(e.changes) for e in seen.history] == [{Field.GRADE}]
        teacher = people["instructor of the course"][0]
        assert "canary-1618" in str(asdict(read_enrollment(database, teacher, self.wanted)))


class TestMerge:
    """Saves that were based on an older version, where others changed other fields."""

    def test_a_save_is_merged_with_changes_of_other_fields(
        self, database: Database, maya: Actor
    ) -> None:
        dana = make_actor(database, Role.ADMIN, sections=Section.LEARNING)
        wanted = make_enrollment(database, grade="C", enrolled_at=NOW)
        save_enrollment(database, dana, wanted, version=1, typed={"deadline": "2027-01-31"})
        saved = save_enrollment(
            database,
            maya,
            wanted,
            version=1,
            # The form sends every field, as it was when it was filled.
            typed={"status": "active", "deadline": "", "grade": "A", "feedback": "", "note": ""},
        )
        assert (saved.facts.grade, saved.facts.version) == ("A", 3)
        assert saved.facts.deadline_day is not None
        assert saved.history[0].changes == {Field.GRADE: ("C", "A")}
        assert [event.actor_name for event in saved.merged_with] == ["Admin"]

    def test_a_tracked_change_is_no_conflict(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database, version=2, progress=50)
        with database.write() as session:
            session.execute(
                text(
                    "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source,"
                    f" kind, changes, reason) VALUES ({wanted}, 2, {NOW}, '', 'tracking',"
                    " 'changed', '{\"progress\"\\:[0,50]}', '')"
                )
            )
        saved = save_enrollment(database, maya, wanted, version=1, typed={"grade": "A"})
        assert (saved.facts.grade, saved.facts.progress, saved.facts.version) == ("A", 50, 3)

    def test_many_simultaneous_saves_of_different_fields_all_succeed(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database, enrolled_at=NOW)
        typed = {"grade": "A", "feedback": "Good.", "note": NOTE, "deadline": "2027-01-31"}
        threads = [
            threading.Thread(
                target=save_enrollment,
                args=(database, maya, wanted),
                kwargs={"version": 1, "typed": {field: value}},
            )
            for field, value in typed.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        opened = read_enrollment(database, maya, wanted)
        assert (opened.facts.grade, opened.facts.feedback, opened.facts.version) == (
            "A",
            "Good.",
            5,
        )
        assert sorted(event.version for event in opened.history) == [2, 3, 4, 5]

    def test_a_version_without_its_history_is_a_conflict(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database, version=5)
        with pytest.raises(Conflict):
            save_enrollment(database, maya, wanted, version=3, typed={"grade": "A"})


class TestRevert:
    def test_restores_the_tracked_status_with_history(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database)
        done = save_enrollment(database, maya, wanted, version=1, typed={"status": "completed"})
        reverted = revert_to_tracked(database, maya, wanted, version=2)
        assert (reverted.facts.status, reverted.facts.completed_at) == (0, None)
        assert (reverted.override, reverted.facts.override_seq) == (None, None)
        assert reverted.history[0].changes == {
            Field.STATUS: (1, 0),
            Field.COMPLETED: (done.facts.completed_at, None),
            Hidden.OVERRIDE: (done.made, None),
        }
        assert reverted.history[0].reason == "Reverted to tracked"
        with pytest.raises(Refused):
            revert_to_tracked(database, maya, wanted, version=3)

    def test_from_cancelled_to_a_tracked_completion_in_one_step(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database, status=1)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "active"})
        save_enrollment(database, maya, wanted, version=2, typed={"status": "cancelled"})
        reverted = revert_to_tracked(database, maya, wanted, version=3, reason="A mistake")
        assert reverted.facts.status == 1
        assert reverted.facts.completed_at is not None
        assert reverted.history[0].reason == "A mistake"

    def test_never_makes_a_learner_active_twice(self, database: Database, maya: Actor) -> None:
        learner, course = make_learner(database), make_course(database)
        old = make_enrollment(database, learner, course)
        save_enrollment(database, maya, old, version=1, typed={"status": "cancelled"})
        make_enrollment(database, learner, course)
        before = dump(database)
        with pytest.raises(Refused, match="already"):
            revert_to_tracked(database, maya, old, version=2)
        assert dump(database) == before

    def test_conflicts_with_a_status_changed_meanwhile(
        self, database: Database, maya: Actor
    ) -> None:
        wanted = make_enrollment(database)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "completed"})
        save_enrollment(database, maya, wanted, version=2, typed={"status": "active"})
        save_enrollment(database, maya, wanted, version=3, typed={"status": "cancelled"})
        with pytest.raises(Conflict):
            revert_to_tracked(database, maya, wanted, version=2)

    def test_requires_the_right_to_set_the_status(self, database: Database, maya: Actor) -> None:
        course = make_course(database)
        wanted = make_enrollment(database, course_id=course)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "completed"})
        teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        with pytest.raises(NotAllowed):
            revert_to_tracked(database, teacher, wanted, version=2)
        with pytest.raises(NotFound):
            revert_to_tracked(database, make_actor(database, Role.LEARNER), wanted, version=2)


class TestFeedbackAndPaths:
    def test_feedback_is_new_until_it_is_removed(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database)
        is_new = text(f"SELECT feedback_is_new FROM enrollment WHERE id = {wanted}")
        steps = [({"grade": "A"}, 0), ({"feedback": "Good."}, 1), ({"grade": "B"}, 1)]
        for version, (typed, expected) in enumerate([*steps, ({"feedback": ""}, 0)], 1):
            save_enrollment(database, maya, wanted, version=version, typed=typed)
            with database.read() as session:
                assert session.execute(is_new).scalar_one() == expected

    def test_a_path_has_no_grade_and_no_feedback(self, database: Database, maya: Actor) -> None:
        wanted = make_enrollment(database, course_id=make_path(database))
        opened = read_enrollment(database, maya, wanted)
        assert opened.is_path
        assert opened.editable == {Field.STATUS, Field.COMPLETED, Field.DEADLINE, Field.NOTE}
        for field in ("grade", "feedback"):
            with pytest.raises(NotAllowed):
                save_enrollment(database, maya, wanted, version=1, typed={field: "A"})
        saved = save_enrollment(database, maya, wanted, version=1, typed={"note": NOTE})
        assert saved.facts.internal_note == NOTE

    def test_an_overridden_status_updates_the_path(self, database: Database, maya: Actor) -> None:
        learner, course = make_learner(database), make_course(database)
        path = make_enrollment(database, learner, make_path(database, "Path", (course,)))
        wanted = make_enrollment(database, learner, course)
        save_enrollment(database, maya, wanted, version=1, typed={"status": "completed"})
        assert read_enrollment(database, maya, path).facts.status == 1
