"""Test grading one cell and many rows: rights, rules, conflicts, history, all or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.grading.teaching import MAX_PASTED_ROWS
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.grading.grading import (
    CellResult,
    Moved,
    Outcome,
    RowEdit,
    grade_cell,
    grade_many,
)
from enrollment_portal.services.grading.grading_undo import undo_cell
from enrollment_portal.services.grading.pasting import PastedRow, preview_paste
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

MAYA = Actor(1, "Maya", "maya@northwind.example", Role.SUPER_ADMIN)


class GradedCourse:
    """A course in percent with three learners, its instructor, and what is stored of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        make_account(database, name="Maya")
        self.course = make_course(database, grading_scheme="percent")
        self.ids = [
            make_enrollment(database, make_learner(database, name), self.course, grade="50%")
            for name in ("Aarav", "Berit", "Chloé")
        ]
        account = make_account(database, Role.INSTRUCTOR, name="Ingrid", teaches=(self.course,))
        self.ingrid = Actor(account, "Ingrid", "ingrid@northwind.example", Role.INSTRUCTOR)

    def grade(self, field: object, typed: object, version: object = 1, **who: Any) -> CellResult:
        """Type into a cell of the first row."""
        actor, key = who.get("actor", self.ingrid), who.get("key")
        return grade_cell(self.database, actor, self.ids[0], field, typed, version, key)

    def undo(self, key: object, actor: Actor | None = None) -> CellResult:
        """Undo what was saved in the first row under a key."""
        return undo_cell(self.database, actor or self.ingrid, self.ids[0], key)

    def stored(self, index: int = 0) -> tuple[Any, ...]:
        """Return grade, feedback, note and version of a row."""
        statement = text(
            "SELECT grade, feedback, internal_note, version FROM enrollment WHERE id = :id"
        )
        with self.database.read() as session:
            return tuple(session.execute(statement, {"id": self.ids[index]}).one())

    def history(self) -> list[tuple[Any, ...]]:
        """Return who changed what, and in which batch."""
        statement = text(
            "SELECT enrollment_id, version, actor_name, changes, batch FROM enrollment_event"
            " ORDER BY seq"
        )
        with self.database.read() as session:
            return [(*row[:3], json.loads(row[3]), row[4]) for row in session.execute(statement)]

    def preview(self, text: object, field: object = "grade", **other: Any) -> list[PastedRow]:
        """Return the preview of pasting into the first row."""
        return preview_paste(
            self.database,
            other.get("actor", self.ingrid),
            other.get("course", self.course),
            other.get("ids", self.ids),
            field,
            text,
        )


@pytest.fixture
def graded_course(database: Database) -> GradedCourse:
    """A course to grade."""
    return GradedCourse(database)


class TestGradeCell:
    def test_saves_with_history_and_returns_the_stored_form(
        self, graded_course: GradedCourse
    ) -> None:
        found = graded_course.grade("grade", " 85 % ")
        assert found.outcome is Outcome.SAVED
        assert found.values == {Field.GRADE: "85%", Field.FEEDBACK: "", Field.NOTE: ""}
        assert (
            graded_course.stored()
            == ("85%", "", "", 2)
            == (*graded_course.stored()[:3], found.version)
        )
        assert graded_course.history() == [
            (graded_course.ids[0], 2, "Ingrid", {"grade": ["50%", "85%"]}, None),
        ]

    @pytest.mark.parametrize(("field", "typed"), [("feedback", "Good.\r\nOn!"), ("note", "Hm.")])
    def test_saves_texts(self, graded_course: GradedCourse, field: str, typed: str) -> None:
        found = graded_course.grade(field, typed)
        assert found.values
        assert found.values[Field(field)] == typed.replace("\r\n", "\n")

    def test_refuses_with_the_reason_and_changes_nothing(self, graded_course: GradedCourse) -> None:
        found = graded_course.grade("grade", "A")
        assert found.outcome is Outcome.REFUSED
        assert found.message == "This course is graded in percent, 0 to 100."
        assert graded_course.grade("feedback", "x" * 4001).outcome is Outcome.REFUSED
        assert graded_course.grade("note", "\x00").outcome is Outcome.REFUSED
        assert graded_course.grade("grade", None).outcome is Outcome.REFUSED
        assert graded_course.stored() == ("50%", "", "", 1)

    @pytest.mark.parametrize("field", ["status", "deadline", "progress", "", None, ["grade"], 1])
    def test_saves_no_other_field(self, graded_course: GradedCourse, field: object) -> None:
        for actor in (graded_course.ingrid, MAYA):
            assert graded_course.grade(field, "completed", actor=actor).outcome is Outcome.REFUSED
        assert graded_course.history() == []

    def test_values_saved_by_others_in_other_cells_are_kept(
        self, graded_course: GradedCourse
    ) -> None:
        save_enrollment(
            graded_course.database,
            MAYA,
            graded_course.ids[0],
            version=1,
            typed={"feedback": "Theirs."},
        )
        found = graded_course.grade("grade", "90")
        assert found.outcome is Outcome.SAVED
        assert found.values
        assert found.values[Field.FEEDBACK] == "Theirs."
        assert graded_course.stored() == ("90%", "Theirs.", "", 3)

    def test_a_cell_changed_meanwhile_is_not_overwritten(self, graded_course: GradedCourse) -> None:
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[0], version=1, typed={"grade": "70"}
        )
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[0], version=2, typed={"note": "n"}
        )
        found = graded_course.grade("grade", "90")
        assert (found.outcome, found.by, found.version) == (Outcome.CONFLICT, "Maya", 3)
        assert found.values == {Field.GRADE: "70%"}
        assert graded_course.stored()[0] == "70%"
        assert graded_course.grade("grade", "90", version=3).outcome is Outcome.SAVED
        assert graded_course.stored()[0] == "90%"

    @pytest.mark.parametrize("version", [99, 0, -1, None, "1", True, 1.0, 2**70, [1]])
    def test_a_forged_version_overwrites_nothing(
        self, graded_course: GradedCourse, version: object
    ) -> None:
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[0], version=1, typed={"grade": "70"}
        )
        before = graded_course.stored()
        for typed in ("90", "70"):
            assert graded_course.grade("grade", typed, version).outcome is not Outcome.SAVED
            assert graded_course.grade("feedback", typed, version).outcome is not Outcome.SAVED
            assert graded_course.stored() == before

    def test_the_same_save_sent_twice_is_saved_once(self, graded_course: GradedCourse) -> None:
        assert graded_course.grade("grade", "90").outcome is Outcome.SAVED
        assert graded_course.grade("grade", "90").outcome is Outcome.SAVED
        assert len(graded_course.history()) == 1

    def test_a_course_that_an_instructor_does_not_teach_is_not_found(
        self, graded_course: GradedCourse
    ) -> None:
        account = make_account(graded_course.database, Role.INSTRUCTOR)
        other = Actor(account, "Otto", "", Role.INSTRUCTOR)
        found = graded_course.grade("grade", "90", actor=other)
        assert (found.outcome, found.message) == (Outcome.REFUSED, NotFound.message)
        for nothing in (10**9, -1, None, True):
            assert grade_cell(
                graded_course.database, graded_course.ingrid, nothing, "grade", "90", 1
            ).message == (NotFound.message)
        assert graded_course.history() == []

    @pytest.mark.parametrize(
        "actor",
        [
            Actor(1, "", "", Role.GROUP_LEAD),
            Actor(1, "", "", Role.LEARNER, learner_id=1),
            Actor(1, "", "", Role.ADMIN, Section.PEOPLE),
        ],
        ids=lambda actor: actor.role,
    )
    def test_other_roles_cannot_grade(self, graded_course: GradedCourse, actor: Actor) -> None:
        assert graded_course.grade("grade", "90", actor=actor).outcome is Outcome.REFUSED
        with pytest.raises(NotAllowed):
            grade_many(
                graded_course.database,
                actor,
                graded_course.course,
                [RowEdit(graded_course.ids[0], 1, {})],
            )
        with pytest.raises(NotAllowed):
            graded_course.preview("90", actor=actor)
        assert graded_course.history() == []


class TestUndoCell:
    def test_restores_the_previous_value_once(self, graded_course: GradedCourse) -> None:
        graded_course.grade("grade", "85", key="one")
        graded_course.grade("feedback", "Good.", 2, key="two")
        for _ in range(2):
            found = graded_course.undo("one")
            assert (found.outcome, found.version) == (Outcome.UNDONE, 4)
            assert found.values == {Field.GRADE: "50%", Field.FEEDBACK: "Good.", Field.NOTE: ""}
        assert graded_course.stored() == ("50%", "Good.", "", 4)

    def test_refuses_a_cell_that_somebody_changed_since(self, graded_course: GradedCourse) -> None:
        graded_course.grade("grade", "85", key="one")
        graded_course.grade("grade", "90", 2, actor=MAYA)
        found = graded_course.undo("one")
        assert found.outcome is Outcome.NOT_UNDONE
        assert "Maya" in found.message
        assert graded_course.stored()[0] == "90%"

    @pytest.mark.parametrize("key", ["another", "", None, 7, "a b", "\ud800"])
    def test_refuses_a_key_that_names_no_change(
        self, graded_course: GradedCourse, key: object
    ) -> None:
        graded_course.grade("grade", "85", key="one")
        assert graded_course.undo(key).outcome is Outcome.NOT_UNDONE
        assert graded_course.stored()[0] == "85%"

    def test_a_save_that_changed_nothing_cannot_be_undone(
        self, graded_course: GradedCourse
    ) -> None:
        assert graded_course.grade("grade", "85", key="one").is_change
        same = graded_course.grade("grade", "85 %", 2, key="two")
        assert (same.outcome, same.is_change) == (Outcome.SAVED, False)
        found = graded_course.undo("two")
        assert (found.outcome, found.message) == (Outcome.NOT_UNDONE, "Nothing to undo.")
        # The answer to a repeated save says it too.
        assert graded_course.grade("grade", "85", key="one").is_change
        assert graded_course.stored()[0] == "85%"
        assert len(graded_course.history()) == 1

    def test_refuses_somebody_elses_change(self, graded_course: GradedCourse) -> None:
        graded_course.grade("grade", "85", key="one")
        assert graded_course.undo("one", MAYA).outcome is Outcome.NOT_UNDONE
        assert graded_course.stored()[0] == "85%"


class TestGradeMany:
    def test_writes_all_in_one_batch(self, graded_course: GradedCourse) -> None:
        changes = [
            RowEdit(graded_course.ids[0], 1, {"grade": "85", "feedback": "Good."}),
            RowEdit(graded_course.ids[1], 1, {"grade": "50%"}),
            RowEdit(graded_course.ids[2], 1, {"note": "Watch."}),
        ]
        assert (
            grade_many(
                graded_course.database, graded_course.ingrid, graded_course.course, changes
            ).count
            == 2
        )
        first, second = graded_course.history()
        assert first[:4] == (
            graded_course.ids[0],
            2,
            "Ingrid",
            {"grade": ["50%", "85%"], "feedback": ["", "Good."]},
        )
        assert second[:4] == (graded_course.ids[2], 2, "Ingrid", {"note": ["", "Watch."]})
        assert first[4] == second[4]
        assert len(first[4]) == 16

    def test_one_refused_row_prevents_the_whole_batch(self, graded_course: GradedCourse) -> None:
        changes = [
            RowEdit(id_, 1, {"grade": g}) for id_, g in zip(graded_course.ids, "8x9", strict=True)
        ]
        with pytest.raises(Invalid) as refused:
            grade_many(graded_course.database, graded_course.ingrid, graded_course.course, changes)
        assert list(refused.value.errors) == [str(graded_course.ids[1])]
        assert graded_course.history() == []

    def test_one_row_changed_meanwhile_prevents_the_whole_batch(
        self, graded_course: GradedCourse
    ) -> None:
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[1], version=1, typed={"grade": "70"}
        )
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[2], version=1, typed={"feedback": "Hi."}
        )
        changes = [RowEdit(id_, 1, {"grade": "90"}) for id_ in graded_course.ids]
        with pytest.raises(Moved) as moved:
            grade_many(graded_course.database, graded_course.ingrid, graded_course.course, changes)
        assert moved.value.rows == {graded_course.ids[1]: "Maya"}
        assert len(graded_course.history()) == 2
        changes[1] = RowEdit(graded_course.ids[1], 2, {"grade": "90"})
        assert (
            grade_many(
                graded_course.database, graded_course.ingrid, graded_course.course, changes
            ).count
            == 3
        )
        assert [graded_course.stored(i)[0] for i in range(3)] == ["90%"] * 3
        assert [event[4] is None for event in graded_course.history()] == [
            True,
            True,
            False,
            False,
            False,
        ]

    def test_the_batch_is_only_in_its_own_history(self, graded_course: GradedCourse) -> None:
        save_enrollment(
            graded_course.database, MAYA, graded_course.ids[0], version=1, typed={"grade": "90"}
        )
        changes = [RowEdit(graded_course.ids[0], 1, {"grade": "90"})]
        assert (
            grade_many(
                graded_course.database, graded_course.ingrid, graded_course.course, changes
            ).count
            == 0
        )
        assert [event[4] for event in graded_course.history()] == [None]

    def test_accepts_only_rows_of_the_course_and_grading_fields(
        self, graded_course: GradedCourse
    ) -> None:
        elsewhere = make_enrollment(graded_course.database)
        for wrong in (elsewhere, 10**9, -1):
            with pytest.raises(NotFound):
                grade_many(
                    graded_course.database,
                    graded_course.ingrid,
                    graded_course.course,
                    [
                        RowEdit(graded_course.ids[0], 1, {"grade": "9"}),
                        RowEdit(wrong, 1, {"grade": "9"}),
                    ],
                )
        with pytest.raises(NotAllowed):
            grade_many(
                graded_course.database,
                MAYA,
                graded_course.course,
                [RowEdit(graded_course.ids[0], 1, {"status": "completed"})],
            )
        with pytest.raises(NotFound):
            grade_many(
                graded_course.database,
                graded_course.ingrid,
                10**9,
                [RowEdit(graded_course.ids[0], 1, {"grade": "9"})],
            )
        for count in (0, MAX_PASTED_ROWS + 1):
            with pytest.raises(Invalid):
                grade_many(
                    graded_course.database,
                    graded_course.ingrid,
                    graded_course.course,
                    [RowEdit(graded_course.ids[0], 1, {})] * count,
                )
        assert graded_course.history() == []


class TestPreviewPaste:
    def test_shows_before_and_after_or_the_reason_and_writes_nothing(
        self, graded_course: GradedCourse
    ) -> None:
        rows = graded_course.preview('85 %\tWell done.\nx\t"Two\nlines"\n\tOnly this.\n70\n')
        assert [row.name for row in rows[:3]] == ["Aarav", "Berit", "Chloé"]
        cells = [[(c.field, c.before, c.after) for c in row.cells] for row in rows]
        assert cells[0] == [(Field.GRADE, "50%", "85%"), (Field.FEEDBACK, "", "Well done.")]
        assert cells[1] == [(Field.GRADE, "50%", "x"), (Field.FEEDBACK, "", "Two\nlines")]
        assert rows[1].cells[0].refusal == "This course is graded in percent, 0 to 100."
        assert cells[2] == [(Field.FEEDBACK, "", "Only this.")]
        assert rows[3].enrollment_id is None
        assert "Go to the next page" in rows[3].refusal
        assert [row.change for row in rows] == [
            RowEdit(graded_course.ids[0], 1, {"grade": "85 %", "feedback": "Well done."}),
            None,
            RowEdit(graded_course.ids[2], 1, {"feedback": "Only this."}),
            None,
        ]
        assert graded_course.history() == []

    def test_an_equal_value_is_no_change(self, graded_course: GradedCourse) -> None:
        assert [row.change for row in graded_course.preview("50\n50 %\n")] == [None, None]

    def test_columns_are_pasted_to_the_right(self, graded_course: GradedCourse) -> None:
        (row,) = graded_course.preview("Fine.\tHm.", "feedback")
        assert [c.field for c in row.cells] == [Field.FEEDBACK, Field.NOTE]
        with pytest.raises(Invalid, match="need to be corrected") as refused:
            graded_course.preview("Fine.\tHm.", "note")
        assert refused.value.errors["paste"].startswith("You pasted 2 columns")

    @pytest.mark.parametrize("text", ["", None, 5, "x\n" * 501, "x" * 2_000_001])
    def test_too_much_or_nothing_is_refused(
        self, graded_course: GradedCourse, text: object
    ) -> None:
        with pytest.raises(Invalid) as refused:
            graded_course.preview(text)
        assert "aste" in refused.value.errors["paste"]

    def test_other_columns_courses_and_rows_are_refused(self, graded_course: GradedCourse) -> None:
        for field in ("status", "deadline", "", None, ["grade"]):
            with pytest.raises(NotAllowed):
                graded_course.preview("90", field)
        with pytest.raises(NotFound):
            graded_course.preview("90", course=make_course(graded_course.database))
        elsewhere = make_enrollment(graded_course.database)
        (row,) = graded_course.preview("90", ids=[elsewhere])
        assert row.enrollment_id is None
