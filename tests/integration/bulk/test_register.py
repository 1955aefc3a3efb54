"""Test the register of batches and undoing them as jobs, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import BatchKind, JobState, Outcome
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, Refused
from enrollment_portal.services.bulk import undoing
from enrollment_portal.services.bulk.jobs import cancel_job, read_job
from enrollment_portal.services.bulk.previewing import preview_undo, previewed_rows
from enrollment_portal.services.bulk.register import (
    BatchEntry,
    list_batches,
    read_batch,
    read_batch_rows,
    read_skipped,
)
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.imports.importing import import_oulad
from enrollment_portal.services.people.groups import assign
from enrollment_portal.storage.history import batches
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_path,
)
from tests.integration.actors import make_actor, make_admin
from tests.integration.bulk.bulk_steps import DEADLINE, accept, change, make_rows, preview_of, run
from tests.integration.imports.datasets import make_dataset
from tests.integration.stored import execute, rows

_OF_PATHS = (
    "SELECT id FROM enrollment WHERE course_id IN (SELECT id FROM course WHERE kind = 'path')"
)


@pytest.fixture
def dana(database: Database, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """An admin who manages enrollments; each transaction undoes two changes."""
    monkeypatch.setattr(undoing, "UNDO_ROWS", 2)
    make_organization(database)
    return make_admin(database)


def listed(database: Database, actor: Actor) -> list[BatchEntry]:
    return list(list_batches(database, actor).rows)


def days(database: Database) -> set[int | None]:
    return {row[0] for row in rows(database, "SELECT deadline_day FROM enrollment")}


def test_batches_of_every_source_are_listed_newest_first(database: Database, dana: Actor) -> None:
    course = make_course(database, "Fire Safety", state="published")
    (one, other) = make_rows(database, 2, course)
    edits = [RowEdit(one, 1, {"grade": "A"}), RowEdit(other, 1, {"grade": "B"})]
    pasted = grade_many(database, dana, course, edits).batch
    undone = undo_batch(database, dana, pasted).batch
    chosen = Chosen([make_learner(database)], courses=[make_course(database, state="published")])
    made = enroll_many.preview(database, dana, chosen)
    enrolled = enroll_many.enroll(database, dana, chosen, made.fingerprint).batch
    job = change(database, dana, [one, other], "clear_deadline", reason="Outage")
    execute(database, "UPDATE change_batch SET at = 1")  # all in one moment
    found = listed(database, dana)
    assert [(e.batch, e.kind, e.title, e.n) for e in found] == [
        (job.id, BatchKind.BULK, "Clear deadline", 2),
        (enrolled, BatchKind.ENROLLING, "Enrolling", 1),
        (undone, BatchKind.UNDO, "Undo: Edits together", 2),
        (pasted, BatchKind.EDITS, "Edits together", 2),
    ]
    assert [e.by for e in found] == ["Dana Ruiz"] * 4
    assert (found[0].reason, found[0].job) == ("Outage", read_job(database, dana, job.id))
    assert (found[2].undoes, found[3].undone_by) == (pasted, "Dana Ruiz")
    first = list_batches(database, dana, size=3)
    second = list_batches(database, dana, first.next, size=3)
    assert (first.total, [e.batch for e in second.rows]) == (4, [pasted])


def test_a_batch_shows_each_row_and_what_changed_since(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 3)
    made = preview_of(database, dana, ids, "move_deadline", amount="7")
    accept(database, dana, made)
    save_enrollment(database, dana, ids[2], version=1, typed={"note": "x"})
    job = run(database, dana, made)
    eve = make_admin(database, "Eve")
    save_enrollment(database, eve, ids[0], version=2, typed={"deadline": "", "note": "y"})
    page = read_batch_rows(database, dana, job.id)
    assert (page.total, [row.enrollment_id for row in page.rows]) == (2, ids[:2])
    first, second = page.rows
    assert (first.learner, first.course) == ("Learner 0", "Fire Safety")
    assert first.changes == (("Deadline", "21 Sep 2026", "28 Sep 2026"),)
    assert [(one.by, one.fields) for one in first.since] == [("Eve", "Deadline and Internal Note")]
    assert (second.since, second.undone_by, second.is_new) == ((), "", False)
    (skipped,) = read_skipped(database, dana, job.id).rows
    assert (skipped.enrollment_id, skipped.learner) == (ids[2], "Learner 2")
    assert (skipped.outcome, skipped.why) == (Outcome.MOVED, messages.CHANGED_SINCE_PREVIEW)
    assert read_batch(database, dana, job.id).job == read_job(database, dana, job.id)


def test_a_batch_is_undone_as_a_job_and_redone(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 5)
    job = change(database, dana, ids, "move_deadline", amount="7")
    save_enrollment(database, dana, ids[1], version=2, typed={"deadline": "2026-12-24"})
    before = rows(database, "SELECT * FROM enrollment_event")
    made = preview_undo(database, dana, job.id)
    assert rows(database, "SELECT * FROM enrollment_event") == before
    assert (made.title, made.summary.change, made.summary.refused) == (
        "Undo: Move deadline by 7 days",
        4,
        1,
    )
    results = {row.enrollment_id: row for row in made.rows}
    assert results[ids[0]].changes == (("Deadline", "28 Sep 2026", "21 Sep 2026"),)
    assert "Dana Ruiz" in results[ids[1]].why
    assert list(previewed_rows(database, dana, made.id)) == list(made.rows)
    undone = run(database, dana, made)
    assert (undone.state, undone.n_changed, undone.n_skipped) == (JobState.DONE, 4, 1)
    assert days(database) == {DEADLINE, 20_811}
    (left,) = read_skipped(database, dana, undone.id).rows
    assert left.enrollment_id == ids[1]
    assert read_batch(database, dana, job.id).undone_by == "Dana Ruiz"
    assert not read_batch(database, dana, job.id).may_undo
    assert {row.undone_by for row in read_batch_rows(database, dana, job.id).rows} == {
        "",
        "Dana Ruiz",
    }
    again = preview_undo(database, dana, job.id)
    assert (again.summary.change, again.summary.same, again.summary.refused) == (0, 4, 1)
    redo = preview_undo(database, dana, undone.id)
    assert redo.title == "Redo: Move deadline by 7 days"
    assert run(database, dana, redo).n_changed == 4
    assert days(database) == {DEADLINE + 7, 20_811}
    assert read_batch(database, dana, job.id).undone_by == ""
    assert read_batch(database, dana, job.id).may_undo


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("status", {"status": "completed"}),
        ("status", {"status": "completed", "day": "2026-01-05"}),
        ("grade", {"text": "A"}),
        ("grade", {"text": "F"}),
        ("cancel", {"reason": "Outage"}),
        ("clear_deadline", {}),
    ],
)
def test_undoing_as_a_job_restores_courses_and_their_paths(
    database: Database, dana: Actor, kind: str, typed: dict[str, str]
) -> None:
    graded, plain = make_course(database, requires_grade=1), make_course(database)
    path = make_path(database, "Path", (graded, plain))
    learners = [make_learner(database) for _ in range(3)]
    for learner in learners:
        for course in (graded, plain, path):
            make_enrollment(database, learner, course, deadline_day=DEADLINE)
    done = {"status": 1, "progress": 100, "lessons_done": 10}
    make_enrollment(database, None, graded, **done, grade="B")
    make_enrollment(database, None, graded, lessons_done=10, progress=100)
    execute(database, "UPDATE enrollment SET deadline_day = NULL WHERE status = 1")
    columns = (
        "id, status, tracked_status, progress, lessons_done, grade, deadline_day, completed_at,"
        " cancelled_at, override_seq"
    )
    before = rows(database, f"SELECT {columns} FROM enrollment ORDER BY id")
    job = change(database, dana, [row[0] for row in before], kind, **typed)
    after = rows(database, f"SELECT {columns} FROM enrollment ORDER BY id")
    assert job.n_changed >= 6
    assert after != before
    undone = run(database, dana, preview_undo(database, dana, job.id))
    assert undone.n_changed + undone.n_skipped == job.n_changed
    assert rows(database, f"SELECT {columns} FROM enrollment ORDER BY id") == before
    redone = run(database, dana, preview_undo(database, dana, undone.id))
    # A path that its courses moved since is left as it is.
    skipped = {row.enrollment_id for row in read_skipped(database, dana, redone.id).rows}
    assert skipped <= {row[0] for row in rows(database, _OF_PATHS)}
    assert redone.n_changed + len(skipped) == undone.n_changed
    statuses = rows(database, "SELECT id, status FROM enrollment ORDER BY id")
    assert {row for row in statuses if row[0] not in skipped} == {
        row[:2] for row in after if row[0] not in skipped
    }


def test_a_cancelled_undo_is_taken_back(database: Database, dana: Actor) -> None:
    job = change(database, dana, make_rows(database, 5), "clear_deadline")
    undo = accept(database, dana, preview_undo(database, dana, job.id))
    one = Worker(database)
    execute(
        database,
        f"UPDATE bulk_job SET lease_by = '{one.name}', lease_until = {2**52}"
        f" WHERE id = '{undo.id}'",
    )
    assert one.step(undo.id)
    assert days(database) == {None, DEADLINE}
    cancel_job(database, dana, undo.id)
    assert one.carry_out_next()
    assert read_job(database, dana, undo.id).n_taken_back == 2
    assert days(database) == {None}


def test_enrollments_that_a_job_created_are_cancelled(database: Database, dana: Actor) -> None:
    course = make_course(database, "Other", state="published")
    ids = make_rows(database, 3)
    job = change(database, dana, ids, "enroll", course=str(course))
    made = preview_undo(database, dana, job.id)
    assert made.summary.change == 3
    assert run(database, dana, made).n_changed == 3
    found = rows(database, f"SELECT DISTINCT status FROM enrollment WHERE course_id = {course}")
    assert found == [(2,)]
    chosen = Chosen(
        [make_learner(database)],
        courses=[course],
        completed=enroll_many.TypedCompletion("2026-01-05"),
    )
    shown = enroll_many.preview(database, dana, chosen)
    batch = enroll_many.enroll(database, dana, chosen, shown.fingerprint).batch
    assert read_batch_rows(database, dana, batch).rows[0].is_new
    assert run(database, dana, preview_undo(database, dana, batch)).n_changed == 1


def test_old_and_running_batches_are_not_undone(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 2)
    job = accept(database, dana, preview_of(database, dana, ids, "clear_deadline"))
    with pytest.raises(Refused, match=messages.STILL_RUNNING):
        preview_undo(database, dana, job.id)
    assert not read_batch(database, dana, job.id).may_undo
    assert Worker(database).carry_out_next()
    assert read_batch(database, dana, job.id).may_undo
    execute(database, "UPDATE change_batch SET at = at - 31 * CAST(86400000 AS BIGINT)")
    assert not read_batch(database, dana, job.id).may_undo
    with pytest.raises(Refused, match=messages.UNDO_EXPIRED):
        preview_undo(database, dana, job.id)
    for nonsense in ("nonsense", "", None, 7, "x" * 65, "a\x00"):
        with pytest.raises(NotFound):
            preview_undo(database, dana, nonsense)


def test_each_person_sees_the_batches_of_their_ledger(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_COUNTED", 1_000)
    course, other = make_course(database), make_course(database)
    learner = make_learner(database, "Led")
    mine = make_enrollment(database, learner, course, deadline_day=DEADLINE)
    foreign = make_rows(database, 2, other)
    ingrid = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
    lead = make_actor(database, Role.GROUP_LEAD, leads=(learner,))
    both = change(database, dana, [mine, *foreign], "clear_deadline", reason="Secret")
    change(database, dana, foreign, "note", text="Foreign")
    noted = change(database, dana, [mine], "note", text="Hidden")
    graded = change(database, ingrid, [mine], "grade", text="A")
    assert [e.batch for e in listed(database, ingrid)] == [graded.id, noted.id, both.id]
    entry = listed(database, ingrid)[-1]
    assert (entry.n, entry.reason, entry.job) == (1, "Secret", None)
    assert listed(database, ingrid)[0].job
    (row,) = read_batch_rows(database, ingrid, both.id).rows
    assert row.learner == "Led"
    assert read_skipped(database, ingrid, both.id).total == 0
    with pytest.raises(NotAllowed):
        preview_undo(database, ingrid, both.id)
    assert preview_undo(database, ingrid, graded.id).summary.change == 1
    # A lead reads, without a trace of internal notes.
    assert [(e.batch, e.reason, e.may_undo) for e in listed(database, lead)] == [
        (graded.id, "", False),
        (both.id, "", False),
    ]
    assert "Hidden" not in repr([read_batch_rows(database, lead, both.id)])
    assert read_batch_rows(database, lead, both.id).rows[0].since[0].fields == "Grade"
    with pytest.raises(NotFound):
        read_batch(database, lead, noted.id)
    with pytest.raises(NotAllowed):
        preview_undo(database, lead, both.id)
    with pytest.raises(NotAllowed):
        list_batches(database, make_actor(database, Role.LEARNER))


def test_batches_of_every_source_are_undone_and_redone_as_jobs(
    database: Database, dana: Actor, tmp_path: Path
) -> None:
    course = make_course(database, "Fire Safety", state="published")
    (one, other) = make_rows(database, 2, course)
    edits = [RowEdit(one, 1, {"grade": "A"}), RowEdit(other, 1, {"grade": "B"})]
    pasted = grade_many(database, dana, course, edits).batch
    taken = make_course(database, state="published")
    chosen = Chosen([make_learner(database)], courses=[taken])
    made = enroll_many.preview(database, dana, chosen)
    enrolled = enroll_many.enroll(database, dana, chosen, made.fingerprint).batch
    group = make_group(database, "Cohort", members=tuple(make_learner(database) for _ in range(3)))
    assign(database, make_actor(database, Role.SUPER_ADMIN), group, taken)
    import_oulad(
        database,
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\nAAA,2013J,12,M,Withdrawn\n",
            registrations="AAA,2013J,11,-159,\nAAA,2013J,12,3,9\n",
        ),
    )
    by_kind = {entry.kind: entry for entry in listed(database, dana)}
    assert (by_kind[BatchKind.IMPORT].by, by_kind[BatchKind.IMPORT].n) == ("Import", 2)
    assert by_kind[BatchKind.EDITS].batch == pasted
    assert by_kind[BatchKind.ENROLLING].batch == enrolled
    statuses = "SELECT id, status, grade FROM enrollment ORDER BY id"
    for kind, n, n_left in (
        (BatchKind.EDITS, 2, 0),
        (BatchKind.ENROLLING, 1, 0),
        (BatchKind.GROUP, 3, 0),
        (BatchKind.IMPORT, 2, 0),
    ):
        before = rows(database, statuses)
        made = preview_undo(database, dana, by_kind[kind].batch)
        assert (made.title, made.summary.change, made.summary.refused) == (
            f"Undo: {kind.label}",
            n,
            n_left,
        )
        undone = run(database, dana, made)
        assert (undone.state, undone.n_changed) == (JobState.DONE, n)
        assert rows(database, statuses) != before
        again = preview_undo(database, dana, undone.id)
        assert again.title == f"Redo: {kind.label}"
        assert run(database, dana, again).n_changed == n
        assert rows(database, statuses) == before
