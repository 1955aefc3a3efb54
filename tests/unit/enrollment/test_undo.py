"""Test undo: changes in effect, refusals, and the command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import CourseRules, Undo
from enrollment_portal.domain.enrollment.fields import Basis, Field, Snapshot, Status, Tracked
from enrollment_portal.domain.enrollment.undo import (
    AlreadyUndone,
    ChangedSince,
    effective_changes,
    follows_grade,
    inverse,
    labels,
    may_undo,
    others_since,
    require_no_later_change,
    set_by_hand,
    shown_fields,
    undo_creation,
    undo_of,
    who,
)
from enrollment_portal.domain.shared.errors import Refused
from tests.unit.enrollment.model import Event

ACTIVE, COMPLETED, CANCELLED = Status
STATUS, GRADE, NOTE = Field.STATUS, Field.GRADE, Field.NOTE
NOW = 200_000
GRADED = CourseRules(n_lessons=2, requires_grade=True)
STORED = Snapshot(id=1, version=3, lessons_done=2)
COMPLETE = replace(STORED, status=COMPLETED, tracked_status=COMPLETED, completed_at=9, grade="A")


def event(seq: int, undoes: int | None = None, **changes: tuple[object, object]) -> Event:
    names = {"tracked": Tracked.STATUS, "progress": Tracked.PROGRESS}
    fields = {names.get(n) or Field[n.upper()]: pair for n, pair in changes.items()}
    return Event(seq, seq * 1_000, "person", fields, undoes)  # type: ignore[arg-type]


class TestText:
    def test_who_made_a_change(self) -> None:
        assert who("Dana", "person") == "Dana"
        names = {"tracking": "Tracking", "import": "Import", "group": "Group rule"}
        names |= {"path": "Learning path", "": "System"}
        assert {source: who("", source) for source in names} == names

    def test_fields_have_the_forms_order_without_those_only_for_undo(self) -> None:
        fields = {Tracked.STATUS, Tracked.PROGRESS, Field.NOTE, Field.STATUS, Field.COMPLETED}
        assert shown_fields(fields) == [STATUS, Field.COMPLETED, NOTE, Tracked.PROGRESS]
        assert shown_fields({Tracked.STATUS, GRADE}) == [GRADE, Tracked.STATUS]
        assert labels(fields) == "Status, Internal Note and Progress"
        assert shown_fields({Basis.BY_GRADE, Tracked.STATUS}) == [Tracked.STATUS]
        assert labels({Field.COMPLETED}) == "Completed on"
        assert labels(set()) == "nothing"

    def test_later_changed_fields_are_named_with_the_person(self) -> None:
        later = [event(3, grade=("A", "B")), replace(event(2, note=("", "x")), actor_name="Bo")]
        with pytest.raises(ChangedSince) as refusal:
            require_no_later_change(event(1, grade=(None, "A"), note=("x", "")), later, NOW)
        assert refusal.value.message == (
            "Grade was changed again by Dana, 3 minutes ago. "
            "Internal Note was changed again by Bo, 3 minutes ago. Undoing this would lose that."
        )
        assert [(one.field, one.by, one.at, one.seq) for one in refusal.value.later] == [
            (GRADE, "Dana", 3_000, 3),
            (NOTE, "Bo", 2_000, 2),
        ]


class TestChangesInEffect:
    def test_a_change_and_its_undo_are_not_in_effect(self) -> None:
        one, back = event(1, note=("", "x")), event(2, 1, note=("x", ""))
        again = event(3, 2, note=("", "x"))
        assert effective_changes([back, one]) == []
        assert effective_changes([again, back, one]) == [one]
        assert effective_changes([back]) == [back]
        other = event(4, grade=(None, "A"))
        assert effective_changes([other, back, one]) == [other]

    def test_the_undoing_change_is_found(self) -> None:
        back, again = event(2, 1, note=("x", "")), event(3, 2, note=("", "x"))
        assert undo_of(1, [back]) == back
        assert undo_of(1, [again, back]) is None
        assert undo_of(1, [event(2, note=("x", ""))]) is None


class TestRefusals:
    def test_an_undone_change_is_not_undone_twice(self) -> None:
        with pytest.raises(AlreadyUndone) as refusal:
            require_no_later_change(event(1, note=("", "x")), [event(2, 1, note=("x", ""))], NOW)
        assert refusal.value.message == "Dana already undid this, 3 minutes ago."

    @pytest.mark.parametrize(
        ("made", "later", "field"),
        [
            (event(1, note=("", "x")), event(2, note=("x", "y")), NOTE),
            (event(1, note=("", "x")), event(2, grade=(None, "A")), None),
            (event(1, status=(0, 1)), event(2, tracked=(0, 1)), STATUS),
            (event(1, status=(0, 1)), event(2, completed=(5, 6)), Field.COMPLETED),
            (event(1, status=(0, 1)), event(2, status=(1, 0), completed=(5, None)), STATUS),
            (event(1, completed=(5, 6)), event(2, completed=(6, 7)), Field.COMPLETED),
            (event(1, completed=(5, 6)), event(2, tracked=(0, 1)), None),
            (event(1, grade=("", "A"), tracked=(0, 1)), event(2, status=(0, 1)), Tracked.STATUS),
            (event(1, status=(0, 1)), event(2, progress=(0, 50)), None),
            (event(1, grade=(None, "A")), event(2, completed=(5, 6)), None),
        ],
    )
    def test_a_later_change_of_one_of_its_fields_is_a_refusal(
        self, made: Event, later: Event, field: object
    ) -> None:
        if field is None:
            require_no_later_change(made, [later], NOW)
            return
        with pytest.raises(ChangedSince) as refusal:
            require_no_later_change(made, [later], NOW)
        assert [one.field for one in refusal.value.later] == [field]

    def test_a_later_change_that_was_undone_is_no_refusal(self) -> None:
        later = [event(3, 2, note=("y", "x")), event(2, note=("x", "y"))]
        require_no_later_change(event(1, note=("", "x")), later, NOW)


def followed(cause: Event, seq: int, **changes: tuple[object, object]) -> Event:
    """Return what tracking changed in the transaction of a change."""
    return replace(event(seq, None, **changes), at=cause.at, source="tracking", actor_name="")


class TestTrackingInTheSameTransaction:
    """A person's change, and the tracked change in the same transaction."""

    ACTIVE_AGAIN = event(1, status=(2, 0))
    COMPLETED_BY_IT = followed(ACTIVE_AGAIN, 2, status=(0, 1), progress=(66, 100))

    def test_does_not_prevent_undo(self) -> None:
        made, completed = self.ACTIVE_AGAIN, self.COMPLETED_BY_IT
        require_no_later_change(made, [completed], NOW)
        assert others_since(made, [completed]) == []
        assert may_undo(made, COMPLETE, GRADED, {STATUS}, [completed])
        graded = event(1, status=(2, 0), grade=(None, "A"))
        assert not may_undo(graded, COMPLETE, GRADED, {GRADE}, [completed])

    @pytest.mark.parametrize(
        "other",
        [
            replace(COMPLETED_BY_IT, at=9_000),
            replace(COMPLETED_BY_IT, source="person"),
        ],
    )
    def test_a_later_change_by_the_learner_or_a_person_prevents_undo(self, other: Event) -> None:
        for later in ([other], [other, self.COMPLETED_BY_IT]):
            with pytest.raises(ChangedSince):
                require_no_later_change(self.ACTIVE_AGAIN, later, NOW)
        assert others_since(self.ACTIVE_AGAIN, [other, self.COMPLETED_BY_IT]) == [other]

    def test_follows_only_a_creation_or_another_status(self) -> None:
        creation = replace(event(1), kind="began")
        graded = event(1, grade=(None, "A"))
        assert others_since(creation, [self.COMPLETED_BY_IT]) == []
        assert others_since(graded, [self.COMPLETED_BY_IT]) == [self.COMPLETED_BY_IT]

    def test_a_tracked_change_is_followed_by_none(self) -> None:
        tracked = replace(event(1, progress=(0, 66)), source="tracking")
        again = followed(tracked, 2, status=(0, 1))
        assert others_since(tracked, [again]) == [again]

    def test_is_undone_with_the_change(self) -> None:
        stored = replace(COMPLETE, progress=100, grade=None)
        undone = inverse(self.ACTIVE_AGAIN, stored, GRADED, [self.COMPLETED_BY_IT])
        assert undone == Undo(1, {STATUS: 2}, ACTIVE, progress=66)

    def test_a_completion_that_a_path_lost_is_restored(self) -> None:
        made = event(1, status=(1, 0), completed=(9, None))
        lost = followed(made, 2, tracked=(1, 0), progress=(100, 66))
        stored = replace(STORED, progress=66)
        values = {STATUS: 1, Field.COMPLETED: 9}
        assert inverse(made, stored, GRADED, [lost]) == Undo(1, values, COMPLETED, progress=100)
        moved_on = inverse(made, replace(stored, progress=80), GRADED, [lost])
        assert moved_on.progress is None

    def test_that_restored_the_status_leaves_the_status(self) -> None:
        made = event(1, status=(1, 0), completed=(9, None))
        completed = followed(made, 2, status=(0, 1))
        stored = replace(COMPLETE, completed_at=1_000)
        assert inverse(made, stored, GRADED, [completed]) == Undo(1, {Field.COMPLETED: 9}, ACTIVE)

    def test_a_completion_that_it_ended_at_once_leaves_no_date(self) -> None:
        made = event(1, status=(0, 1))
        lost = followed(made, 2, status=(1, 0), completed=(1_000, None))
        assert inverse(made, STORED, GRADED, [lost]) == Undo(1, {}, COMPLETED)

    def test_is_undone_and_redone_with_the_change(self) -> None:
        made, completed = self.ACTIVE_AGAIN, self.COMPLETED_BY_IT
        undo = event(3, 1, status=(1, 2), tracked=(1, 0))
        redo = event(4, 3, status=(2, 1), tracked=(0, 1))
        assert effective_changes([undo, completed, made]) == []
        assert effective_changes([redo, undo, completed, made]) == [completed, made]
        require_no_later_change(made, [redo, undo, completed], NOW)
        undone = inverse(made, COMPLETE, GRADED, [redo, undo, completed])
        assert undone == Undo(1, {STATUS: 2}, ACTIVE)

    def test_following_an_undo_is_in_effect_until_that_is_undone(self) -> None:
        cancelled = event(1, status=(0, 2))
        undo = event(2, 1, status=(2, 0))
        completed = followed(undo, 3, status=(0, 1))
        redo = event(4, 2, status=(1, 2), tracked=(1, 0))
        require_no_later_change(undo, [completed], NOW)
        assert effective_changes([completed, undo, cancelled]) == [completed]
        assert effective_changes([redo, completed, undo, cancelled]) == [cancelled]
        require_no_later_change(cancelled, [redo, completed, undo], NOW)


class TestFollowsGrade:
    @pytest.mark.parametrize(
        ("made", "follows"),
        [
            (event(1, grade=(None, "A"), status=(0, 1), tracked=(0, 1)), True),
            (event(1, grade=(None, "A"), status=(0, 1), tracked=(1, 1)), True),
            (event(1, grade=(None, "A"), status=(2, 0), tracked=(2, 1)), False),
            (event(1, grade=("A", None), status=(0, 1), tracked=(1, 0)), False),
            (event(1, grade=(None, "A")), False),
            (event(1, status=(0, 1)), False),
            # Older rows hold the status alone.
            (event(1, grade=(None, "A"), status=(0, 1)), True),
            (event(1, grade=("A", None), status=(1, 0)), True),
            (event(1, grade=(None, "F"), status=(0, 1)), False),
            (event(1, grade=(None, "A"), status=(0, 2)), False),
            (event(1, grade=(None, "A"), status=(2, 0)), False),
        ],
    )
    def test_finds_what_followed_from_the_grade(self, made: Event, follows: bool) -> None:
        assert follows_grade(made, COMPLETE, GRADED) is follows

    def test_an_older_row_only_while_the_course_could_lead_to_it(self) -> None:
        made = event(1, grade=(None, "A"), status=(0, 1))
        assert not follows_grade(made, replace(COMPLETE, override_seq=1), GRADED)
        assert not follows_grade(made, COMPLETE, replace(GRADED, requires_grade=False))
        assert not follows_grade(made, replace(COMPLETE, lessons_done=1), GRADED)
        assert follows_grade(made, COMPLETE, GRADED)
        change = event(1, grade=(None, "A"), status=(0, 1), tracked=(0, 1))
        assert follows_grade(change, replace(COMPLETE, override_seq=1), GRADED)

    def test_an_older_row_of_a_course_that_was_active_with_a_passing_grade(self) -> None:
        made = event(1, grade=("A", "B"), status=(0, 1))
        assert follows_grade(made, COMPLETE, GRADED)
        failed = event(1, grade=("F", "A"), status=(1, 0))
        assert not follows_grade(failed, STORED, GRADED)

    def test_a_tracked_consequence_is_no_override(self) -> None:
        made = event(1, grade=(None, "A"), status=(0, 1), tracked=(0, 1), completed=(None, 5))
        assert set_by_hand(made, COMPLETE, GRADED, []) == {GRADE}
        by_hand = event(1, grade=(None, "A"), status=(0, 2))
        assert set_by_hand(by_hand, COMPLETE, GRADED, []) == {GRADE, STATUS}
        again = [event(2, status=(2, 0))]
        assert set_by_hand(by_hand, COMPLETE, GRADED, again) == {GRADE}
        assert set_by_hand(event(1, status=(0, 2)), COMPLETE, GRADED, again) == {STATUS}
        noted = [event(2, note=("", "x"))]
        assert set_by_hand(by_hand, COMPLETE, GRADED, noted) == {GRADE, STATUS}

    def test_a_completion_date_needs_permission_unless_the_status_changes_it(self) -> None:
        dated = event(1, completed=(4, 5))
        moved = event(1, status=(1, 0), completed=(5, None), note=("", "x"))
        assert set_by_hand(dated, COMPLETE, GRADED, []) == {Field.COMPLETED}
        assert set_by_hand(moved, COMPLETE, GRADED, []) == {STATUS, NOTE}
        assert not may_undo(dated, COMPLETE, GRADED, {STATUS})
        assert may_undo(moved, COMPLETE, GRADED, {STATUS, NOTE})
        assert not may_undo(moved, COMPLETE, GRADED, {STATUS, Field.COMPLETED})
        assert not may_undo(event(1, tracked=(0, 1)), COMPLETE, GRADED, ())


class TestInverse:
    def test_sets_each_field_to_its_previous_value(self) -> None:
        stored = replace(STORED, grade="B", internal_note="x")
        made = event(4, grade=("A", "B"), note=("", "x"))
        assert inverse(made, stored, GRADED) == Undo(4, {GRADE: "A", NOTE: ""})

    def test_restores_the_tracked_value_with_the_grade(self) -> None:
        made = event(4, grade=(None, "A"), status=(0, 1), tracked=(0, 1))
        expected = Undo(4, {GRADE: None, STATUS: 0}, ACTIVE)
        assert inverse(made, COMPLETE, GRADED) == expected
        older = event(4, grade=(None, "A"), status=(0, 1))
        assert inverse(older, COMPLETE, GRADED) == expected
        moved = replace(COMPLETE, tracked_status=ACTIVE)
        with pytest.raises(Refused, match="The tracked status has changed"):
            inverse(made, moved, GRADED)

    def test_an_override_changes_only_if_the_change_kept_the_status(self) -> None:
        turned = event(4, tracked=(1, 1))
        assert inverse(turned, COMPLETE, GRADED).toggles_override
        completed_again = event(4, grade=(None, "A"), status=(0, 1), tracked=(1, 1))
        assert not inverse(completed_again, COMPLETE, GRADED).toggles_override

    def test_restores_an_older_cleared_grade_with_the_completion(self) -> None:
        cleared = event(4, grade=("A", None), status=(1, 0))
        undone = inverse(cleared, STORED, GRADED)
        assert undone == Undo(4, {GRADE: "A", STATUS: 1}, COMPLETED)

    def test_one_field_with_another_value_is_a_refusal(self) -> None:
        made = event(4, grade=("A", "B"), note=("", "x"))
        with pytest.raises(Refused, match="The value has changed since"):
            inverse(made, replace(STORED, grade="B"), GRADED)

    def test_undoing_the_learners_older_cancellation_restores_the_tracked_status(self) -> None:
        cancelled = replace(STORED, status=CANCELLED, tracked_status=CANCELLED)
        assert inverse(event(4, status=(0, 2)), cancelled, GRADED).tracked is ACTIVE
        by_hand = replace(cancelled, tracked_status=ACTIVE, override_seq=4)
        assert inverse(event(4, status=(0, 2)), by_hand, GRADED).tracked is None
        assert inverse(event(4, note=("x", "")), cancelled, GRADED).tracked is None

    @pytest.mark.parametrize(
        ("before", "left", "goes_back_to"), [(40, 100, 40), (0, 100, 0), (40, 60, None)]
    )
    def test_progress_is_restored_unless_the_learner_did_more(
        self, before: int, left: int, goes_back_to: int | None
    ) -> None:
        stored = replace(COMPLETE, progress=100)
        made = event(4, status=(0, 1), progress=(before, left))
        assert inverse(made, stored, GRADED).progress == goes_back_to
        assert inverse(event(4, status=(0, 1)), stored, GRADED).progress is None

    @pytest.mark.parametrize(
        ("later", "is_anew"),
        [
            ([], False),
            ([event(5, note=("", "x"))], False),
            ([event(5, status=(0, 1))], True),
            ([event(5, progress=(0, 50))], True),
            ([event(5, tracked=(0, 1))], True),
            ([event(6, 5, status=(1, 0)), event(5, status=(0, 1))], False),
        ],
    )
    def test_the_tracked_status_is_recomputed_if_the_learner_did_more(
        self, later: list[Event], is_anew: bool
    ) -> None:
        stored = replace(STORED, grade="A")
        made = inverse(event(4, grade=(None, "A")), stored, GRADED, later)
        assert made == Undo(4, {GRADE: None}, None, is_anew)
        noted = inverse(event(4, note=("y", "")), stored, GRADED, later)
        assert not noted.is_tracked_again

    def test_the_tracked_status_is_either_restored_or_recomputed(self) -> None:
        made = event(4, grade=(None, "A"), tracked=(0, 1))
        stored = replace(COMPLETE, status=CANCELLED)
        undone = inverse(made, stored, GRADED, [event(5, progress=(0, 50))])
        assert (undone.tracked, undone.is_tracked_again) == (ACTIVE, False)

    @pytest.mark.parametrize(
        ("made", "why"),
        [
            (replace(event(1), kind="began"), "The start of an enrollment"),
            (replace(event(1, progress=(0, 50)), source="tracking"), "Tracked changes"),
            (event(1, note=("", "other")), "The value has changed since"),
        ],
    )
    def test_is_refused(self, made: Event, why: str) -> None:
        with pytest.raises(Refused, match=why):
            inverse(made, STORED, GRADED)

    def test_a_creation_is_undone_by_cancelling(self) -> None:
        assert undo_creation(3) == Undo(3, {STATUS: 2})
