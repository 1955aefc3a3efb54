"""Test that all ways of writing history chain its rows, and that nothing alters them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.commands import Context, SetFields
from enrollment_portal.domain.enrollment.fields import Field, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import StaleVersion
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollments import revert_to_tracked
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.history import write_all_checkpoints
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.imports.importing import import_oulad
from enrollment_portal.services.learning.learning import cancel_enrollment, start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.people import groups
from enrollment_portal.services.requests import extensions
from enrollment_portal.services.requests.extension_decisions import decide_extension
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollment_writes import write_changes
from enrollment_portal.storage.history.history import Author, NewEvent, Signature, add_events
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.actors import make_learner_actor
from tests.integration.history.histories import MAYA, broken_links, make_new_enrollments, save
from tests.integration.imports.datasets import make_dataset
from tests.integration.stored import rows
from tests.tampering import unguarded

TABLES = ("enrollment_event", "history_seal", "admin_event")


def assert_consistent(database: Database, changes: int) -> None:
    assert broken_links(database) == []
    write_all_checkpoints(database)
    found = verify_history(database)
    assert (found.changes, found.without_checkpoint) == (changes, 0)


class TestWriting:
    def test_single_saves_are_chained(self, database: Database) -> None:
        first, second, _third = make_new_enrollments(database)
        for grade in ("A", "B", "C"):
            save(database, first, grade=grade, feedback="Så bra! “Ja” \\ \n\t\u2028 \x7f 🎓")
            save(database, second, status="completed" if grade == "A" else "active")
        save(database, second, status="completed", note="tail")
        revert_to_tracked(database, MAYA, second, version=4)
        assert_consistent(database, 3 + 3 + 4)

    def test_many_grades_are_chained_and_carry_their_batch_from_the_start(
        self, database: Database
    ) -> None:
        ids = make_new_enrollments(database)
        [course] = {row[0] for row in rows(database, "SELECT course_id FROM enrollment")}
        changes = [RowEdit(id_, 1, {"grade": grade}) for id_, grade in zip(ids, "AB", strict=False)]
        unchanged = RowEdit(ids[2], 1, {"grade": ""})
        assert grade_many(database, MAYA, course, [*changes, unchanged]).count == 2
        batches = rows(database, "SELECT batch FROM enrollment_event WHERE kind = 'changed'")
        assert len(batches) == 2
        assert len(set(batches)) == 1
        assert batches[0][0]
        assert_consistent(database, 5)

    def test_groups_and_paths_are_chained(self, database: Database) -> None:
        make_organization(database)
        make_account(database)
        courses = make_course(database), make_course(database)
        path = make_path(database, courses=courses)
        group = make_group(database, members=tuple(make_learner(database) for _ in range(4)))
        groups.assign(database, MAYA, group, path)
        groups.add_members(database, MAYA, group, [make_learner(database)])
        assert_consistent(database, 15)

    def test_many_enrolled_at_once_are_chained(self, database: Database) -> None:
        make_organization(database)
        make_account(database)
        people = [make_learner(database) for _ in range(30)]
        chosen = Chosen(people, [], [make_course(database), make_course(database)])
        shown = enroll_many.preview(database, MAYA, chosen)
        enroll_many.enroll(database, MAYA, chosen, shown.fingerprint)
        assert_consistent(database, 60)

    def test_a_learners_actions_are_chained(self, database: Database) -> None:
        make_organization(database)
        ada = make_learner_actor(database)
        course, other = make_course(database, n_lessons=2), make_course(database)
        lessons = make_lessons(database, course, 2)
        enrollment = start_course(database, ada, course)
        for lesson in lessons:
            mark_done(database, ada, course, lesson)
        cancelled = start_course(database, ada, other)
        cancel_enrollment(database, ada, cancelled, "No time")
        last = "SELECT max(version), min(version) FROM enrollment_event WHERE enrollment_id"
        assert rows(database, f"{last} = {enrollment}") == [(3, 1)]
        assert_consistent(database, 5)

    def test_a_granted_extension_is_chained(self, database: Database) -> None:
        make_organization(database)
        make_account(database)
        ada = make_learner_actor(database)
        enrollment = start_course(database, ada, make_course(database, deadline_days=3))
        extensions.request_extension(database, ada, enrollment, "2150-01-01", "Illness")
        [(request,)] = rows(database, "SELECT id FROM extension_request")
        decide_extension(database, MAYA, request, True)
        assert_consistent(database, 2)

    def test_an_import_is_chained(self, database: Database, tmp_path: Path) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nBBB,2013B,11,F,Fail\nAAA,2013J,13,M,Withdrawn\n",
            registrations="AAA,2013J,11,-159,\nBBB,2013B,11,0,\nAAA,2013J,13,-10,-10\n",
        )
        import_oulad(database, tmp_path)
        assert_consistent(database, 3)

    def test_the_demo_company_is_chained(self, database: Database) -> None:
        build_company(database, enrollments=300)
        [(changes,)] = rows(database, "SELECT count(*) FROM enrollment_event")
        assert changes > 400
        assert_consistent(database, changes)

    def test_rows_of_one_call_are_chained_and_returned_in_order(self, database: Database) -> None:
        first, second, third = make_new_enrollments(database)
        author = Author("tracking")
        events = [
            NewEvent(id_, version, 1_000 + version, author, "changed", {"progress": [0, version]})
            for version in (2, 3, 4)
            for id_ in (third, first)
        ]
        with database.write() as session:
            seqs = add_events(session, [*events, NewEvent(second, 2, 5, author, "changed", {})])
            found = session.execute(
                text("SELECT seq, enrollment_id, version FROM enrollment_event WHERE version > 1")
            )
            places = {row[0]: (row[1], row[2]) for row in found}
        wanted = [(e.enrollment_id, e.version) for e in events] + [(second, 2)]
        assert [places[seq] for seq in seqs] == wanted
        assert broken_links(database) == []

    def test_nothing_to_write_writes_nothing(self, database: Database) -> None:
        with database.write() as session:
            assert add_events(session, []) == []


class TestWriters:
    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_of_different_enrollments_do_not_wait_for_each_other(self, database: Database) -> None:
        first, second, _third = make_new_enrollments(database)
        done = threading.Event()

        def save_second() -> None:
            save(database, second, grade="A")
            done.set()

        with database.write() as session:
            author = Author("person", 1, "Maya")
            add_events(session, [NewEvent(first, 2, 1, author, "changed", {})])
            other = threading.Thread(target=save_second)
            other.start()
            assert done.wait(10), "a save waits for a transaction of another enrollment"
            session.connection().rollback()
        other.join()
        assert_consistent(database, 4)

    def test_a_conflicting_write_leaves_no_rows(self, database: Database) -> None:
        enrollment, *_others = make_new_enrollments(database)
        with database.read() as session:
            stale = stored.find_enrollment(session, Everything(), enrollment)
        save(database, enrollment, grade="A")
        assert stale is not None

        change = transition(snapshot_of(stale), SetFields({Field.GRADE: "B"}), Context(now_ms()))
        with database.write() as session, pytest.raises(StaleVersion):
            write_changes(session, [change], Signature(Author("person", 1, "Maya")))
        assert_consistent(database, 4)


class TestGuards:
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE {table} SET at = at + 1", "DELETE FROM {table}", "TRUNCATE {table}"],
    )
    def test_refuse_changes(self, database: Database, table: str, statement: str) -> None:
        if statement.startswith("TRUNCATE") and database.is_sqlite:
            return
        ids = make_new_enrollments(database)
        groups.make_group(database, MAYA, {"name": "Pilots", "kind": "cohort"})
        write_all_checkpoints(database)
        before = rows(database, f"SELECT * FROM {table}")
        assert before
        with pytest.raises(DBAPIError, match=r"History is only ever added to\."):  # noqa: SIM117
            with database.write() as session:
                session.execute(text(statement.format(table=table)))
        assert rows(database, f"SELECT * FROM {table}") == before
        save(database, ids[0], grade="A")

    def test_are_restored_after_a_bulk_load(self, database: Database) -> None:
        build_company(database, enrollments=40)
        for _ in range(2):
            with pytest.raises(DBAPIError, match="only ever added to"):  # noqa: SIM117
                with database.write() as session:
                    session.execute(text("DELETE FROM enrollment_event WHERE seq = 1"))
            # The guards that the tests remove are restored too.
            with unguarded(database):
                pass
