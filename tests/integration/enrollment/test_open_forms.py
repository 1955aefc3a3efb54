"""Test open forms while others save: what is pushed to them, and that no typed text is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.live.feed import feed
from enrollment_portal.state.shared.views import LEDGER_PATH
from tests.builders import make_account, make_enrollment, make_session
from tests.integration.office import DANA, Office, Tab, act, open_tab
from tests.security.pipeline import Pipeline

CANARY = "canary-open-forms"


class TestRefresh:
    def test_a_clean_form_shows_the_stored_values(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            keys = tab.shows["field_keys"]
            office.save(grade="A", note="Seen.")
            await tab.call("refresh")
            assert tab.shows["form"]["grade"] == "A"
            assert tab.shows["facts"]["grade"] == "A"
            assert sum(len(day["events"]) for day in tab.shows["days"]) == 1
            assert tab.said == (f"{DANA} changed Grade and Internal Note just now.", False)
            assert tab.shows["fresh"]["grade"] == "flash-even"
            changed = {f for f, key in tab.shows["field_keys"].items() if key != keys[f]}
            assert changed == {"grade", "note"}
            await tab.save(feedback="Mine.")

        act(work)
        assert office.stored() == ("A", "Mine.", "Seen.", 3)

    def test_without_a_change_there_is_no_message(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            tab.shows = {}
            await tab.call("refresh")
            assert tab.shows.keys() <= {"facts"}

        act(work)

    def test_typed_text_is_kept_and_every_remote_change_is_shown(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("feedback", "Mine.")
            office.save(grade="A")
            await tab.call("refresh")
            office.save(deadline="2026-09-01")
            await tab.call("refresh")
            assert tab.said == (f"{DANA} changed Deadline and Grade just now.", True)
            assert tab.shows["form"]["feedback"] == "Mine."
            assert tab.shows["form"]["grade"] == "B"
            assert tab.shows["facts"]["grade"] == "A"
            assert sum(len(day["events"]) for day in tab.shows["days"]) == 2
            await tab.save()
            assert tab.shows["message"] == (
                f"Saved together with {DANA}'s change of Deadline and Grade."
            )
            assert tab.said == ("", False)

        act(work)
        assert office.stored() == ("A", "Mine.", "Watch him.", 4)

    def test_a_deleted_enrollment_leaves_nothing_on_the_page(self, office: Office) -> None:
        teacher = make_account(office.database, Role.INSTRUCTOR, teaches=(office.course,))

        async def work(running: Pipeline) -> None:
            session = make_session(office.database, teacher)
            tab = await open_tab(office, running, session=session)
            await tab.type("note", CANARY)
            subscription = feed.subscriptions.get("")
            assert subscription
            assert subscription.subjects
            with office.database.write() as session:
                session.execute(text("DELETE FROM course_teacher"))
            await tab.call("refresh")
            assert tab.shows["phase"] == "missing"
            assert (subscription.subjects, subscription.channels) == ({}, set()), (
                "nor is it told who else is there"
            )
            assert "Watch him." not in str(tab.shows)
            assert CANARY not in str(tab.shows)

        act(work)

    def test_the_note_is_not_named_to_those_who_may_not_read_it(self, office: Office) -> None:
        lead = make_account(office.database, Role.GROUP_LEAD, leads=(office.learner,))

        async def work(running: Pipeline) -> None:
            session = make_session(office.database, lead)
            tab = await open_tab(office, running, session=session)
            office.save(note=CANARY, grade="A")
            await tab.call("refresh")
            assert tab.said == (f"{DANA} changed Grade just now.", False)
            office.save(note=f"{CANARY} again")
            await tab.call("refresh")
            assert "Note" not in tab.said[0]
            assert CANARY not in str(tab.shows)

        act(work)

    def test_before_a_page_has_loaded_it_does_nothing(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            client = running.client("t1", office.maya)
            await client.open()
            tab = Tab(office, client)
            await tab.call("refresh")
            await tab.call("merge_remote_changes")
            await tab.call("restore_draft", texts={"grade": "A"}, base_version=1)
            assert tab.shows == {}

        act(work)


class TestMergingRemoteChanges:
    def test_unedited_fields_take_them_and_typed_text_is_kept(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("feedback", "Mine.")
            office.save(grade="A")
            await tab.call("refresh")
            keys = tab.shows["field_keys"]
            await tab.call("merge_remote_changes")
            assert tab.shows["form"]["grade"] == "A"
            assert tab.shows["form"]["feedback"] == "Mine."
            assert tab.shows["field_keys"]["feedback"] == keys["feedback"]
            assert tab.said == ("", False)
            assert tab.shows["is_dirty"] is True
            await tab.save()
            assert tab.shows["message"] == "Changes saved."

        act(work)
        assert office.stored() == ("A", "Mine.", "Watch him.", 3)

    def test_the_same_field_is_a_conflict(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("grade", "C")
            await tab.type("feedback", "Mine.")
            office.save(grade="A", note="Theirs.")
            await tab.call("refresh")
            await tab.call("merge_remote_changes")
            assert tab.conflicts == [("grade", "B", "A", "C", DANA, "just now")]
            assert tab.shows["form"]["note"] == "Theirs."
            assert tab.shows["form_key"].startswith(f"{office.id}.1."), "not decided yet"
            await tab.save()
            assert office.stored()[3] == 2, "a choice comes first"
            await tab.call("keep", field="grade", whose="mine")
            await tab.call("settle")
            await tab.save()

        act(work)
        assert office.stored() == ("C", "Mine.", "Theirs.", 3)

    def test_a_field_changed_again_during_a_conflict_shows_the_newest_value(
        self, office: Office
    ) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("grade", "C")
            office.save(grade="A")
            await tab.call("refresh")
            await tab.call("merge_remote_changes")
            office.save(grade="A+")
            await tab.call("refresh")
            assert tab.said == (f"{DANA} changed Grade just now.", True)
            await tab.call("merge_remote_changes")
            assert [one[2:4] for one in tab.conflicts] == [("A+", "C")]
            await tab.call("keep", field="grade", whose="theirs")
            await tab.call("settle")
            assert tab.shows["form"]["grade"] == "A+"
            assert tab.shows["is_dirty"] is False

        act(work)


class TestSavingBeforeTheAnswer:
    """A save before the answer to the last action sends the form as it was before."""

    def test_a_deadline_that_was_removed_stays_removed(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            seen = tab.held(feedback="Mine.")
            await tab.type("feedback", "Mine.")
            await tab.call("remove_deadline")
            await tab.call("save", form=seen)
            assert tab.shows["message"] == "Changes saved."
            assert tab.shows["form"]["deadline"] == ""

        act(work)
        assert office.stored() == ("B", "Mine.", "Watch him.", 2)

    def test_merged_changes_are_not_overwritten(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("feedback", "Mine.")
            office.save(grade="A")
            await tab.call("refresh")
            seen = tab.held()
            assert seen["grade"] == "B"
            await tab.call("merge_remote_changes")
            await tab.call("save", form=seen)
            assert tab.shows["message"] == "Changes saved."

        act(work)
        assert office.stored() == ("A", "Mine.", "Watch him.", 3)

    def test_the_chosen_value_is_saved(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("grade", "C")
            await tab.type("feedback", "Mine.")
            office.save(grade="A", feedback="Theirs.")
            await tab.call("refresh")
            await tab.call("merge_remote_changes")
            await tab.call("keep", field="grade", whose="theirs")
            await tab.call("keep", field="feedback", whose="mine")
            seen = tab.held(note="More.")
            await tab.call("settle")
            await tab.call("save", form=seen)
            assert tab.shows["message"] == "Changes saved."

        act(work)
        assert office.stored() == ("A", "Mine.", "More.", 3)

    def test_later_remote_changes_still_conflict(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("grade", "C")
            office.save(grade="A")
            await tab.call("refresh")
            await tab.call("merge_remote_changes")
            await tab.call("keep", field="grade", whose="theirs")
            seen = tab.held()
            await tab.call("settle")
            office.save(feedback="Theirs.")
            await tab.call("refresh")
            await tab.call("save", form=seen)
            assert tab.shows["refusal"].startswith("Not saved yet")

        act(work)
        assert office.stored() == ("A", "Theirs.", "Watch him.", 3)


class TestRestoringADraft:
    def test_typed_text_is_restored_on_a_restarted_server(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.call("restore_draft", texts={"grade": "C", "reason": "Why."}, base_version=1)
            assert tab.shows["form"]["grade"] == "C"
            assert tab.shows["is_dirty"] is True
            assert tab.said == ("", False)
            await tab.save()

        act(work)
        assert office.stored() == ("C", "Well done.", "Watch him.", 2)

    def test_over_an_older_version_it_shows_the_changes_and_overwrites_nothing(
        self, office: Office
    ) -> None:
        office.save(grade="A", feedback="Theirs.")

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            assert tab.shows["form"]["feedback"] == "Theirs."
            await tab.call("restore_draft", texts={"grade": "C"}, base_version=1)
            assert tab.said == (f"{DANA} changed Grade and Instructor Feedback just now.", True)
            await tab.save()
            assert next(one[:4] for one in tab.conflicts) == ("grade", "B", "A", "C")

        act(work)
        assert office.stored() == ("A", "Theirs.", "Watch him.", 2)

    def test_text_saved_without_an_answer_is_not_restored(self, office: Office) -> None:
        office.save(grade="A")

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.call("restore_draft", texts={"grade": "A", "reason": "Why."}, base_version=1)
            assert tab.shows["is_dirty"] is False
            assert tab.said == ("", False)

        act(work)

    def test_text_typed_during_a_save_is_based_on_the_saved_version(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("grade", "C")
            await tab.save()
            await tab.call("restore_draft", texts={"grade": "C+", "note": "Late."}, base_version=1)
            assert tab.said == ("", False)
            assert tab.shows["message"] == "Changes saved."
            await tab.save()

        act(work)
        assert office.stored() == ("C+", "Well done.", "Late.", 3)

    def test_a_save_sent_twice_reverts_no_later_change(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            form = {**tab.shows["form"], "feedback": "Mine.", "filled": tab.shows["form_key"]}
            await tab.call("save", form=form)
            office.save(grade="A")
            await tab.call("refresh")
            await tab.call("save", form=form)

        act(work)
        assert office.stored() == ("A", "Mine.", "Watch him.", 3)

    def test_a_save_without_changes_sent_twice_overwrites_nobody(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            form = tab.held()
            office.save(feedback="Newer.")
            await tab.call("save", form=form)
            await tab.call("save", form=form)

        act(work)
        assert office.stored() == ("B", "Newer.", "Watch him.", 2)

    def test_text_typed_during_a_save_does_not_replace_a_change_that_came_with_its_answer(
        self, office: Office
    ) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            form = {**tab.held(feedback="Mine."), "save_key": "save-1"}
            await tab.call("save", form=form)
            office.save(grade="A")
            reopened = await open_tab(office, running, token="t2")
            await reopened.call("save", form=form)
            assert reopened.shows["message"].startswith("Changes saved")
            await reopened.call("restore_draft", texts={"grade": "C"}, base_version=1)
            await reopened.save()

        act(work)
        assert office.stored() == ("A", "Mine.", "Watch him.", 3)

    def test_a_form_submitted_while_another_enrollment_opens_is_not_saved_there(
        self, office: Office
    ) -> None:
        other = make_enrollment(office.database, grade="C")

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            form = {**tab.shows["form"], "grade": "A", "filled": tab.shows["form_key"]}
            path = f"{LEDGER_PATH}/{other}/manage"
            await tab.call("load", path)
            await tab.call("save", path, form=form)
            assert tab.shows["form"]["grade"] == "C"
            assert tab.shows["refusal"].startswith("Not saved: ")

        act(work)
        with office.database.read() as session:
            grades = session.execute(text("SELECT grade, version FROM enrollment ORDER BY id"))
            assert [tuple(row) for row in grades] == [("B", 1), ("C", 1)]

    def test_a_form_with_an_older_base_version_is_restored_and_not_saved(
        self, office: Office
    ) -> None:
        async def work(running: Pipeline) -> None:
            old = await open_tab(office, running)
            office.save(feedback="Theirs.")
            new = await open_tab(office, running, "t2")
            sent = {**old.shows["form"], "grade": "C", "filled": old.shows["form_key"]}
            await new.call("save", form=sent)
            assert "Not saved yet" in new.shows["refusal"]
            assert new.said == (f"{DANA} changed Instructor Feedback just now.", True)
            assert office.stored() == ("B", "Theirs.", "Watch him.", 2)
            await new.save()

        act(work)
        assert office.stored() == ("C", "Theirs.", "Watch him.", 3)

    @pytest.mark.parametrize(
        ("kept", "version"),
        [
            (None, 1),
            ([], 1),
            ("grade", 1),
            ({}, 1),
            ({"grade": 5, "note": None, "id": "2", "version": "1"}, 1),
            ({"grade": "C"}, None),
            ({"grade": "C"}, 0),
            ({"grade": "C"}, -1),
            ({"grade": "C"}, 2),
            ({"grade": "C"}, 2**80),
            ({"grade": "C"}, True),
            ({"grade": "C"}, 1.5),
            ({"grade": "C"}, []),
        ],
    )
    def test_invalid_drafts_do_nothing(self, office: Office, kept: Any, version: Any) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            form = tab.shows["form"]
            await tab.call("restore_draft", texts=kept, base_version=version)
            assert tab.shows["form"] == form
            assert tab.shows["is_dirty"] is False

        act(work)

    def test_a_draft_of_another_enrollment_is_refused(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            other = f"{LEDGER_PATH}/{office.id + 1}/manage"
            await tab.call("restore_draft", other, texts={"grade": "C"}, base_version=1)
            assert tab.shows["form"]["grade"] == "B"

        act(work)

    def test_fields_without_permission_are_ignored(self, office: Office) -> None:
        teacher = make_account(office.database, Role.INSTRUCTOR, teaches=(office.course,))

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running, session=make_session(office.database, teacher))
            kept = {"status": "cancelled", "deadline": "2030-01-01", "grade": "C"}
            await tab.call("restore_draft", texts=kept, base_version=1)
            assert tab.shows["form"]["status"] == "active"
            assert tab.shows["form"]["grade"] == "C"

        act(work)

    def test_a_removed_right_is_refused(self, office: Office) -> None:
        teacher = make_account(office.database, Role.INSTRUCTOR, teaches=(office.course,))

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running, session=make_session(office.database, teacher))
            with office.database.write() as session:
                session.execute(text("DELETE FROM course_teacher"))
            await tab.call("restore_draft", texts={"grade": CANARY}, base_version=1)
            assert tab.shows["phase"] == "missing"
            assert CANARY not in str(tab.shows)

        act(work)


class TestOnePageOfParts:
    """A page of several states is emptied and answers as one."""

    def test_losing_the_right_empties_the_whole_page(self, office: Office) -> None:
        teacher = make_account(office.database, Role.INSTRUCTOR, teaches=(office.course,))

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running, session=make_session(office.database, teacher))
            await tab.type("note", CANARY)
            with office.database.write() as session:
                session.execute(
                    text("UPDATE account SET role = :role WHERE id = :id"),
                    {"role": Role.LEARNER, "id": teacher},
                )
            await tab.type("note", "Again.")
            assert (tab.shows["phase"], tab.shows["is_dirty"]) == ("loading", False)
            for known in ("Watch him.", CANARY, "Well done.", "Rope Access"):
                assert known not in str(tab.shows)

        act(work)

    @pytest.mark.parametrize(
        ("handler", "payload", "fails"),
        [
            ("save", {"form": {"grade": "A"}}, "enrollment.saving.save_enrollment"),
            ("undo", {"seq": 1, "key": "k"}, "history.undoing.undo_change"),
            (
                "restore_draft",
                {"texts": {"grade": "A"}, "base_version": 1},
                "enrollment.details.read_enrollment",
            ),
        ],
    )
    def test_a_failing_action_is_answered_by_the_page(
        self,
        office: Office,
        monkeypatch: pytest.MonkeyPatch,
        handler: str,
        payload: dict[str, Any],
        fails: str,
    ) -> None:
        def fail(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            monkeypatch.setattr(f"enrollment_portal.state.{fails}", fail)
            await tab.call(handler, **payload)
            assert "nothing was saved" in tab.shows["refusal"]
            assert tab.shows["phase"] == "ready"

        act(work)

    @pytest.mark.parametrize("is_own", [False, True])
    def test_undo_is_offered_after_a_save_unless_the_enrollment_is_ones_own(
        self, office: Office, *, is_own: bool
    ) -> None:
        learner = office.learner if is_own else "NULL"
        with office.database.write() as session:
            session.execute(
                text(f"UPDATE account SET learner_id = {learner} WHERE name = 'Maya Lindqvist'")
            )

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.save(grade="A", reason="Seen again.")
            assert tab.shows["message"] == "Changes saved."
            assert bool(tab.shows.get("offer", {}).get("seq")) is not is_own

        act(work)
