"""Test saves of values that somebody else has set already, and repeated saves."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Conflict, NotAllowed, NotFound, Refused
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollments import find_done, save_enrollment
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

KEY = "page.1.1"
DEADLINE = {"deadline": "2027-01-31"}


@dataclass
class OpenedEnrollment:
    """An enrollment that was opened at version 1, and two people who save it."""

    database: Database
    id: int = 0
    people: dict[str, Actor] = field(default_factory=dict)

    def save(
        self, who: str, typed: dict[str, str], version: int = 1, key: str | None = None
    ) -> EnrollmentDetails:
        """Save as "Maya" or "Dana", with a reason."""
        return save_enrollment(
            self.database,
            self.people[who],
            self.id,
            version=version,
            typed=typed,
            reason=f"{who}'s reason",
            key=key,
        )

    def done(self, who: str, typed: dict[str, str], version: int = 1) -> EnrollmentDetails | None:
        """Return whether a save was done under `KEY`."""
        return find_done(
            self.database, self.people[who], self.id, version=version, typed=typed, key=KEY
        )

    def history(self) -> list[tuple[str, str]]:
        """Return who changed what, oldest first."""
        with self.database.read() as session:
            rows = session.execute(
                text("SELECT actor_name, changes FROM enrollment_event ORDER BY seq")
            )
            return [tuple(row) for row in rows]

    def version(self) -> int:
        """Return the version that is stored."""
        with self.database.read() as session:
            return session.execute(text("SELECT version FROM enrollment")).scalar_one()


@pytest.fixture
def opened(database: Database) -> OpenedEnrollment:
    """An active enrollment with a grade and no feedback."""
    make_organization(database)
    opened = OpenedEnrollment(database, make_enrollment(database, grade="C", enrolled_at=NOW))
    for name in ("Maya", "Dana"):
        account = make_account(database, Role.SUPER_ADMIN, name=name)
        opened.people[name] = Actor(account, name, f"{name}@northwind.example", Role.SUPER_ADMIN)
    return opened


class TestAlreadySet:
    @pytest.mark.parametrize(
        "typed", [{"grade": "B"}, {"status": "completed"}, {"grade": ""}, DEADLINE, {"note": "n"}]
    )
    def test_a_value_already_set_is_acknowledged_without_a_change(
        self, opened: OpenedEnrollment, typed: dict[str, str]
    ) -> None:
        opened.save("Dana", typed)
        before = opened.history()
        saved = opened.save("Maya", typed, key=KEY)
        (already_set,) = saved.already_set.items()
        assert (already_set[0].value, already_set[1].actor_name) == (*typed, "Dana")
        assert (saved.made, saved.merged_with) == (None, ())
        assert opened.history() == before
        assert opened.version() == 2

    def test_only_the_other_fields_are_written(self, opened: OpenedEnrollment) -> None:
        opened.save("Dana", {"grade": "B", **DEADLINE})
        saved = opened.save("Maya", {"grade": "B", "feedback": "Good."})
        assert saved.history[0].seq == saved.made
        assert saved.history[0].changes == {Field.FEEDBACK: ("", "Good.")}
        assert list(saved.already_set) == [Field.GRADE]
        assert saved.facts.deadline_day is not None

    def test_another_spelling_of_the_same_value_is_already_set(
        self, opened: OpenedEnrollment
    ) -> None:
        opened.save("Dana", {"feedback": "Good."})
        assert opened.save("Maya", {"feedback": "  Good. "}).already_set.keys() == {Field.FEEDBACK}

    def test_a_status_that_follows_the_grade_of_the_save_is_not_already_set(
        self, opened: OpenedEnrollment
    ) -> None:
        """Both set it to active; the grade then completes the enrollment."""
        course = make_course(opened.database, requires_grade=1, n_lessons=1)
        learner = make_learner(opened.database)
        opened.id = make_enrollment(
            opened.database, learner, course, progress=100, lessons_done=1, enrolled_at=NOW
        )
        opened.save("Dana", {"status": "cancelled"})
        opened.save("Dana", {"status": "active"}, version=2)
        saved = opened.save("Maya", {"status": "active", "grade": "B"}, version=2)
        assert saved.facts.status == Status.COMPLETED
        assert saved.already_set == {}

    def test_a_value_that_was_changed_again_is_not_already_set(
        self, opened: OpenedEnrollment
    ) -> None:
        opened.save("Dana", {"grade": "B"})
        opened.save("Dana", {"grade": "A"}, version=2)
        with pytest.raises(Conflict):
            opened.save("Maya", {"grade": "B"})

    def test_one_field_already_set_and_one_not_is_a_conflict_of_that_one(
        self, opened: OpenedEnrollment
    ) -> None:
        opened.save("Dana", {"grade": "B", "feedback": "Theirs."})
        with pytest.raises(Conflict) as conflict:
            opened.save("Maya", {"grade": "B", "feedback": "Mine."})
        assert [(one.field, one.mine) for one in conflict.value.fields] == [("feedback", "Mine.")]
        assert len(opened.history()) == 1

    def test_sent_twice_it_still_changes_nothing(self, opened: OpenedEnrollment) -> None:
        opened.save("Dana", {"grade": "B"})
        opened.save("Maya", {"grade": "B"}, key=KEY)
        opened.save("Maya", {"grade": "B"}, key=KEY)
        opened.save("Dana", {"grade": "C"}, version=2)
        with pytest.raises(Conflict):
            opened.save("Maya", {"grade": "B"}, key=KEY)
        assert [who for who, _ in opened.history()] == ["Dana", "Dana"]


class TestSentTwice:
    def test_succeeds_despite_later_changes(self, opened: OpenedEnrollment) -> None:
        made = opened.save("Maya", {"grade": "B"}, key=KEY).made
        opened.save("Dana", {"grade": "A"}, version=2)
        again = opened.save("Maya", {"grade": "B"}, key=KEY)
        assert (again.made, again.facts.grade, again.facts.version) == (made, "A", 3)

    def test_succeeds_with_values_that_others_had_already_set(
        self, opened: OpenedEnrollment
    ) -> None:
        typed = {"grade": "B", "feedback": "Good."}
        opened.save("Dana", {"grade": "B"})
        made = opened.save("Maya", typed, key=KEY).made
        opened.save("Dana", {"grade": "A"}, version=3)
        assert opened.save("Maya", typed, key=KEY).made == made
        assert len(opened.history()) == 3

    def test_text_typed_since_is_saved_on_top(self, opened: OpenedEnrollment) -> None:
        opened.save("Maya", {"grade": "B", "note": "First."}, key=KEY)
        opened.save("Dana", {"feedback": "Theirs."}, version=2)
        saved = opened.save("Maya", {"grade": "B", "note": "Second.", "feedback": ""}, key=KEY)
        facts = saved.facts
        assert (facts.grade, facts.internal_note, facts.feedback) == ("B", "Second.", "Theirs.")
        assert saved.history[0].changes == {Field.NOTE: ("First.", "Second.")}

    def test_text_restored_since_is_saved_on_top(self, opened: OpenedEnrollment) -> None:
        opened.save("Maya", {"grade": "B"}, key=KEY)
        assert opened.save("Maya", {"grade": "C"}, key=KEY).facts.grade == "C"

    def test_text_typed_since_overwrites_nobody(self, opened: OpenedEnrollment) -> None:
        opened.save("Maya", {"grade": "B"}, key=KEY)
        opened.save("Dana", {"grade": "A"}, version=2)
        with pytest.raises(Conflict):
            opened.save("Maya", {"grade": "D"}, key=KEY)


class TestFindSave:
    def test_finds_the_save_and_changes_nothing(self, opened: OpenedEnrollment) -> None:
        typed = {"grade": "B", "feedback": ""}
        made = opened.save("Maya", typed, key=KEY).made
        opened.save("Dana", {"feedback": "Theirs."}, version=2)
        before = opened.history()
        found = opened.done("Maya", typed)
        assert found
        assert (found.made, found.facts.version) == (made, 3)
        assert opened.history() == before

    def test_finds_none_if_nothing_or_something_else_was_saved(
        self, opened: OpenedEnrollment
    ) -> None:
        assert opened.done("Maya", {"grade": "B"}) is None
        opened.save("Maya", {"grade": "B"}, key=KEY)
        assert opened.done("Maya", {"grade": "D"}) is None
        with pytest.raises(NotAllowed):
            opened.done("Maya", {"grade": "B", "progress": "1"})

    def test_does_not_find_somebody_elses_save(self, opened: OpenedEnrollment) -> None:
        opened.save("Maya", {"grade": "B"}, key=KEY)
        with pytest.raises(Refused):
            opened.done("Dana", {"grade": "B"})

    def test_does_not_find_an_invisible_enrollment(self, opened: OpenedEnrollment) -> None:
        account = make_account(opened.database, Role.INSTRUCTOR, name="Ingrid")
        opened.people["Ingrid"] = Actor(account, "Ingrid", "i@northwind.example", Role.INSTRUCTOR)
        with pytest.raises(NotFound):
            opened.done("Ingrid", {"grade": "B"})


def test_undoing_the_change_that_set_the_value_undoes_it_once(opened: OpenedEnrollment) -> None:
    made = opened.save("Dana", {"grade": "B"}).made
    opened.save("Maya", {"grade": "B"})
    assert undo_change(opened.database, opened.people["Dana"], opened.id, made).facts.grade == "C"
