"""Test merging typed text with what others save, without page and database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from enrollment_portal.domain.enrollment.edits import Value
from enrollment_portal.domain.enrollment.fields import Field, HistoryField
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.errors import Conflict, FieldConflict
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.state.enrollment.draft import FIELDS, Draft, version_of
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent

ME, DANA = 1, 2
Recorded = dict[HistoryField, tuple[Value, Value]]
_NOTHING: dict[str, Any] = dict.fromkeys(StoredEnrollment.__dataclass_fields__, 0)


def stored(version: int = 1, *events: StoredEvent, **values: object) -> EnrollmentDetails:
    """Return enrollment 7 as it is stored, with a grade B and the feedback "Fine."."""
    texts = {"grade": "B", "feedback": "Fine.", "internal_note": "", "deadline_day": None}
    texts |= {"completed_at": None, "enrolled_at": 1_790_000_000_000}
    facts: Any = StoredEnrollment(
        **{**_NOTHING, "id": 7, "version": version, "kind": "course", **texts, **values}
    )
    return EnrollmentDetails(facts, events, None, frozenset(Field), reads_notes=True)


def event(version: int, field: Field, before: str, after: str) -> StoredEvent:
    """Return a change by Dana."""
    return StoredEvent(version, version, 0, "Dana", "", "", {field: (before, after)}, "", DANA)


def changed(field: Field = Field.GRADE, after: str = "A") -> EnrollmentDetails:
    """Return the enrollment after Dana changed a field of its first version."""
    before = str(stored().facts.values[field])
    column = {"note": "internal_note"}.get(field, field)
    return stored(2, event(2, field, before, after), **{column: after})


def opened() -> Draft:
    """Return the form as it is filled first."""
    return Draft().filled(stored())


def test_a_filled_form_has_the_stored_values_and_is_clean() -> None:
    draft = opened()
    assert draft.typed == {
        "status": "active", "completed_on": "", "deadline": "", "grade": "B",
        "feedback": "Fine.", "note": "", "reason": "",
    }  # fmt: skip
    assert (draft.key, draft.version, draft.is_dirty) == ("7.1.1", 1, False)
    assert draft.field_keys == dict.fromkeys(FIELDS, "7.1.1")


def test_typed_text_makes_it_dirty_but_a_reason_or_a_space_does_not() -> None:
    assert opened().with_text("grade", "A").is_dirty
    assert not opened().with_text("reason", "Why.").is_dirty
    assert not opened().with_text("grade", "B ").is_dirty


def test_typing_does_not_refill_any_field() -> None:
    draft = opened().with_text("grade", "A")
    assert (draft.key, draft.field_keys) == (opened().key, opened().field_keys)


def test_a_clean_form_follows_remote_changes_and_keeps_a_reason() -> None:
    draft = opened().with_text("reason", "Why.").followed(changed())
    assert (draft.typed["grade"], draft.typed["reason"], draft.version) == ("A", "Why.", 2)
    refilled = {name for name, key in draft.field_keys.items() if key == draft.key}
    assert refilled == {"grade"}, "only changed fields are filled again"


class TestCompletionDate:
    """The date goes with the status: 14 Nov 2023, 22:13 UTC is 1_700_000_000_000."""

    AT = 1_700_000_000_000

    def opened(self, **values: object) -> Draft:
        return Draft(tz=zone("Asia/Tokyo"), today="2023-11-20").filled(stored(**values))  # type: ignore[arg-type]

    def completed(self, at: int = AT, **values: object) -> EnrollmentDetails:
        recorded: Recorded = {Field.STATUS: (0, 1), Field.COMPLETED: (None, at)}
        made = StoredEvent(2, 2, at, "Dana", "person", "changed", recorded, "", DANA)
        return stored(2, made, status=1, completed_at=at, **values)

    def test_is_shown_as_the_day_in_the_organizations_zone(self) -> None:
        assert self.opened(status=1, completed_at=self.AT).typed["completed_on"] == "2023-11-15"

    def test_is_today_when_completed_is_chosen_and_removed_with_it(self) -> None:
        draft = self.opened().with_text("status", "completed")
        assert draft.typed["completed_on"] == "2023-11-20"
        assert draft.field_keys["completed_on"] == draft.key
        assert not draft.with_text("status", "active").is_dirty

    def test_is_the_stored_date_again_after_another_status_was_chosen(self) -> None:
        draft = self.opened(status=1, completed_at=self.AT)
        draft = draft.with_text("completed_on", "2023-11-02").with_text("status", "active")
        assert draft.touched == {"status": "active"}
        assert not draft.with_text("status", "completed").is_dirty

    def test_emptied_stays_empty_and_is_refused(self) -> None:
        draft = self.opened(status=1, completed_at=self.AT)
        sent = {"status": "completed", "completed_on": ""}
        assert draft.with_texts(sent).typed["completed_on"] == ""

    def test_conflicts_with_another_date(self) -> None:
        mine = {"status": "completed", "completed_on": "2023-11-02"}
        draft = self.opened().with_texts(mine).with_remote_changes(self.completed(), me=ME, now=0)
        (conflict,) = draft.conflicts
        assert (conflict.label, conflict.theirs, conflict.mine, conflict.by) == (
            "Completed on",
            "15 Nov 2023",
            "2 Nov 2023",
            "Dana",
        )
        settled = draft.choosing("completed_on", keeps_mine=False).settled()
        assert settled.typed["completed_on"] == "2023-11-15"

    def test_is_removed_when_others_made_it_active_again(self) -> None:
        draft = self.opened(status=1, completed_at=self.AT)
        recorded: Recorded = {Field.STATUS: (1, 0), Field.COMPLETED: (self.AT, None)}
        made = StoredEvent(2, 2, 0, "Dana", "person", "changed", recorded, "", DANA)
        draft = draft.with_text("completed_on", "2023-11-02")
        draft = draft.with_remote_changes(stored(2, made, status=0), me=ME, now=0)
        assert (draft.typed["status"], draft.typed["completed_on"]) == ("active", "")
        assert draft.conflicts == ()

    def test_typed_is_kept_when_others_chose_another_status(self) -> None:
        mine = {"status": "completed", "completed_on": "2023-11-02"}
        draft = self.opened().with_texts(mine)
        met = FieldConflict("status", 0, 2, 1, "Dana", 5)
        draft = draft.refused(stored(2, status=2), Conflict(2, "Dana", 5, (met,)), now=5)
        mine_kept = draft.choosing("status", keeps_mine=True).settled()
        assert mine_kept.typed["completed_on"] == "2023-11-02"
        assert draft.choosing("status", keeps_mine=False).settled().typed["completed_on"] == ""


class TestMergingRemoteChanges:
    def test_unedited_fields_take_the_stored_values(self) -> None:
        draft = opened().with_text("feedback", "Mine.").with_remote_changes(changed(), me=ME, now=0)
        assert (draft.typed["grade"], draft.typed["feedback"]) == ("A", "Mine.")
        assert (draft.version, draft.conflicts, draft.is_dirty) == (2, (), True)
        assert draft.field_keys["feedback"] == opened().key

    def test_both_values_of_one_field_are_a_conflict(self) -> None:
        draft = opened().with_text("grade", "C").with_remote_changes(changed(), me=ME, now=0)
        (met,) = draft.conflicts
        assert (met.field, met.before, met.theirs, met.mine, met.by) == (
            "grade", "B", "A", "C", "Dana",
        )  # fmt: skip
        assert draft.conflict_by.startswith("Dana, ")
        assert draft.key.startswith("7.1."), "what is not decided is typed over the older version"

    def test_the_same_text_is_no_conflict(self) -> None:
        draft = opened().with_text("grade", "A").with_remote_changes(changed(), me=ME, now=0)
        assert (draft.conflicts, draft.is_dirty) == ((), False)

    def test_a_choice_is_put_into_the_form(self) -> None:
        draft = opened().with_text("grade", "C").with_remote_changes(changed(), me=ME, now=0)
        mine = draft.choosing("grade", keeps_mine=True).settled()
        theirs = draft.choosing("grade", keeps_mine=False).settled()
        assert (mine.typed["grade"], mine.conflicts) == ("C", ())
        assert (theirs.typed["grade"], theirs.is_dirty) == ("A", False)
        assert theirs.key.startswith("7.2.")


class TestRestoringADraft:
    def test_text_typed_over_an_older_version_has_that_base_version(self) -> None:
        draft = Draft().filled(changed(Field.FEEDBACK, "Theirs."))
        draft = draft.restored(changed(Field.FEEDBACK, "Theirs."), {"grade": "C"}, 1)
        assert (draft.version, draft.typed["grade"], draft.stored["feedback"]) == (1, "C", "Fine.")
        assert draft.field_keys["grade"] != draft.key, "the browser shows it already"

    def test_text_typed_during_a_save_is_based_on_the_saved_version(self) -> None:
        after = replace(changed(), made=2)
        draft = opened().with_text("grade", "A").saved(after, 1)
        assert draft.saved_from == 1
        draft = draft.restored(after, {"note": "Late."}, 1)
        assert (draft.version, draft.typed["note"]) == (2, "Late.")

    def test_a_save_merged_with_remote_changes_is_not_remembered(self) -> None:
        assert opened().saved(replace(stored(3), made=3), 1).saved_from == 0


class TestSubmit:
    def test_texts_are_sent_with_their_base_version(self) -> None:
        assert opened().sent("7.1.1", {"grade": "A"}) == (1, {"grade": "A"})
        assert opened().sent("8.1.1", {"grade": "A"})[0] == 0, "it is another enrollment's"

    def test_a_refilled_field_ignores_the_value_sent_from_before(self) -> None:
        before = Draft().filled(stored(deadline_day=20_000))
        draft = before.refilled_by_act({"deadline": ""})
        texts = {"deadline": "2024-10-04", "grade": "A"}
        assert draft.sent(before.key, texts) == (1, {"grade": "A"})
        assert draft.sent(draft.key, texts) == (1, texts)


def test_a_refused_save_shows_only_the_conflicting_fields() -> None:
    details = changed()
    met = FieldConflict("grade", "B", "A", "C", "Dana", 0)
    conflict = Conflict(2, "Dana", 0, (met,), is_own=False)
    draft = opened().with_texts({"grade": "C", "note": "Mine."}).refused(details, conflict, now=0)
    assert (draft.version, draft.typed["grade"], draft.stored["grade"]) == (2, "C", "A")
    assert [c.field for c in draft.conflicts] == ["grade"]


def test_an_invalid_base_version_is_none() -> None:
    for filling in (None, 5, "", "7.1", "7.x.1", "7.1.1.1", "7.²1.1", "7." + "1" * 60 + ".1"):
        assert version_of(filling, 7) == 0
