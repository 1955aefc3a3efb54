"""Test saves of values that somebody else has set already, and repeated saves."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Conflict, NotAllowed, NotFound, Refused
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollments import find_done, save_enrollment
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_account, make_enrollment, make_organization

KEY = "page.1.1"
DEADLINE = {"deadline": "2027-01-31"}


@dataclass
class Desk:
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
        """Ask whether a save was done under `KEY`."""
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
def desk(database: Database) -> Desk:
    """An active enrollment with a grade and no feedback."""
    make_organization(database)
    desk = Desk(database, make_enrollment(database, grade="C", enrolled_at=NOW))
    for name in ("Maya", "Dana"):
        account = make_account(database, Role.SUPER_ADMIN, name=name)
        desk.people[name] = Actor(account, name, f"{name}@northwind.example", Role.SUPER_ADMIN)
    return desk


class TestAgreed:
    @pytest.mark.parametrize(
        "typed", [{"grade": "B"}, {"status": "completed"}, {"grade": ""}, DEADLINE, {"note": "n"}]
    )
    def test_what_stands_already_is_acknowledged_without_a_change(
        self, desk: Desk, typed: dict[str, str]
    ) -> None:
        desk.save("Dana", typed)
        before = desk.history()
        saved = desk.save("Maya", typed, key=KEY)
        (already_set,) = saved.already_set.items()
        assert (already_set[0].value, already_set[1].actor_name) == (*typed, "Dana")
        assert (saved.made, saved.merged_with) == (None, ())
        assert desk.history() == before
        assert desk.version() == 2

    def test_only_the_other_fields_are_written(self, desk: Desk) -> None:
        desk.save("Dana", {"grade": "B", **DEADLINE})
        saved = desk.save("Maya", {"grade": "B", "feedback": "Good."})
        assert saved.history[0].seq == saved.made
        assert saved.history[0].changes == {Field.FEEDBACK: ("", "Good.")}
        assert list(saved.already_set) == [Field.GRADE]
        assert saved.facts.deadline_day is not None

    def test_what_was_typed_in_another_way_is_the_same_value(self, desk: Desk) -> None:
        desk.save("Dana", {"feedback": "Good."})
        assert desk.save("Maya", {"feedback": "  Good. "}).already_set.keys() == {Field.FEEDBACK}

    def test_what_was_the_same_for_a_while_is_not_any_more(self, desk: Desk) -> None:
        desk.save("Dana", {"grade": "B"})
        desk.save("Dana", {"grade": "A"}, version=2)
        with pytest.raises(Conflict):
            desk.save("Maya", {"grade": "B"})

    def test_one_field_agreed_and_one_not_is_a_conflict_about_that_one(self, desk: Desk) -> None:
        desk.save("Dana", {"grade": "B", "feedback": "Theirs."})
        with pytest.raises(Conflict) as conflict:
            desk.save("Maya", {"grade": "B", "feedback": "Mine."})
        assert [(one.field, one.mine) for one in conflict.value.fields] == [("feedback", "Mine.")]
        assert len(desk.history()) == 1

    def test_sent_again_it_still_changes_nothing(self, desk: Desk) -> None:
        desk.save("Dana", {"grade": "B"})
        desk.save("Maya", {"grade": "B"}, key=KEY)
        desk.save("Maya", {"grade": "B"}, key=KEY)
        desk.save("Dana", {"grade": "C"}, version=2)
        with pytest.raises(Conflict):
            desk.save("Maya", {"grade": "B"}, key=KEY)
        assert [who for who, _ in desk.history()] == ["Dana", "Dana"]


class TestSentAgain:
    def test_it_was_done_whatever_came_after(self, desk: Desk) -> None:
        made = desk.save("Maya", {"grade": "B"}, key=KEY).made
        desk.save("Dana", {"grade": "A"}, version=2)
        again = desk.save("Maya", {"grade": "B"}, key=KEY)
        assert (again.made, again.facts.grade, again.facts.version) == (made, "A", 3)

    def test_with_what_others_had_agreed_to_it_was_done(self, desk: Desk) -> None:
        typed = {"grade": "B", "feedback": "Good."}
        desk.save("Dana", {"grade": "B"})
        made = desk.save("Maya", typed, key=KEY).made
        desk.save("Dana", {"grade": "A"}, version=3)
        assert desk.save("Maya", typed, key=KEY).made == made
        assert len(desk.history()) == 3

    def test_what_was_typed_since_is_saved_on_top(self, desk: Desk) -> None:
        desk.save("Maya", {"grade": "B", "note": "First."}, key=KEY)
        desk.save("Dana", {"feedback": "Theirs."}, version=2)
        saved = desk.save("Maya", {"grade": "B", "note": "Second.", "feedback": ""}, key=KEY)
        facts = saved.facts
        assert (facts.grade, facts.internal_note, facts.feedback) == ("B", "Second.", "Theirs.")
        assert saved.history[0].changes == {Field.NOTE: ("First.", "Second.")}

    def test_what_was_typed_back_since_is_saved_on_top(self, desk: Desk) -> None:
        desk.save("Maya", {"grade": "B"}, key=KEY)
        assert desk.save("Maya", {"grade": "C"}, key=KEY).facts.grade == "C"

    def test_what_was_typed_since_overwrites_nobody(self, desk: Desk) -> None:
        desk.save("Maya", {"grade": "B"}, key=KEY)
        desk.save("Dana", {"grade": "A"}, version=2)
        with pytest.raises(Conflict):
            desk.save("Maya", {"grade": "D"}, key=KEY)


class TestFindDone:
    def test_finds_the_save_and_changes_nothing(self, desk: Desk) -> None:
        typed = {"grade": "B", "feedback": ""}
        made = desk.save("Maya", typed, key=KEY).made
        desk.save("Dana", {"feedback": "Theirs."}, version=2)
        before = desk.history()
        found = desk.done("Maya", typed)
        assert found
        assert (found.made, found.facts.version) == (made, 3)
        assert desk.history() == before

    def test_finds_none_where_nothing_or_something_else_was_saved(self, desk: Desk) -> None:
        assert desk.done("Maya", {"grade": "B"}) is None
        desk.save("Maya", {"grade": "B"}, key=KEY)
        assert desk.done("Maya", {"grade": "D"}) is None
        with pytest.raises(NotAllowed):
            desk.done("Maya", {"grade": "B", "progress": "1"})

    def test_somebody_elses_save_is_none_of_theirs(self, desk: Desk) -> None:
        desk.save("Maya", {"grade": "B"}, key=KEY)
        with pytest.raises(Refused):
            desk.done("Dana", {"grade": "B"})

    def test_what_is_not_theirs_to_see_does_not_exist(self, desk: Desk) -> None:
        account = make_account(desk.database, Role.INSTRUCTOR, name="Ingrid")
        desk.people["Ingrid"] = Actor(account, "Ingrid", "i@northwind.example", Role.INSTRUCTOR)
        with pytest.raises(NotFound):
            desk.done("Ingrid", {"grade": "B"})


def test_an_undo_of_the_agreed_change_takes_it_back_once(desk: Desk) -> None:
    made = desk.save("Dana", {"grade": "B"}).made
    desk.save("Maya", {"grade": "B"})
    assert undo_change(desk.database, desk.people["Dana"], desk.id, made).facts.grade == "C"
