"""Test jobs: leases, cancelling, lost rights and failures in the middle, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import JobState
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotFound, Refused, StorageUnavailable
from enrollment_portal.services.bulk import jobs, previewing, undoing, worker
from enrollment_portal.services.bulk.jobs import (
    Job,
    cancel_job,
    on_work,
    read_job,
    read_open_jobs,
)
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_organization
from tests.integration.actors import make_actor, make_admin
from tests.integration.bulk.bulk_steps import DEADLINE, accept, change, make_rows, preview_of
from tests.integration.stored import execute, rows


@pytest.fixture
def dana(database: Database, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """An admin who manages enrollments; each transaction changes two."""
    monkeypatch.setattr(previewing, "PART_ROWS", 2)
    monkeypatch.setattr(undoing, "UNDO_ROWS", 2)
    make_organization(database)
    return make_admin(database)


def started(database: Database, dana: Actor, n: int = 7) -> tuple[Job, list[int]]:
    ids = make_rows(database, n)
    return accept(database, dana, preview_of(database, dana, ids, "clear_deadline")), ids


def begin(database: Database, job: Job, parts: int = 1) -> Worker:
    """Have a process carry out some parts of a job, and then do nothing more."""
    first = Worker(database)
    execute(database, f"UPDATE bulk_job SET lease_by = '{first.name}', lease_until = {2**52}")
    for _ in range(parts):
        assert first.step(job.id)
    return first


def expire(database: Database) -> None:
    execute(database, "UPDATE bulk_job SET lease_until = 0")


def cleared(database: Database) -> int:
    found = rows(database, "SELECT count(*) FROM enrollment WHERE deadline_day IS NULL")
    return found[0][0]


def test_a_started_job_can_be_followed(database: Database, dana: Actor) -> None:
    job, _ids = started(database, dana)
    assert (job.state, job.percent, job.n_todo, job.may_cancel) == (JobState.WAITING, 0, 7, True)
    begin(database, job, 2)
    eve = make_admin(database, "Eve")
    (open_job,) = read_open_jobs(database, eve)
    assert open_job == read_job(database, eve, job.id)
    assert (open_job.state, open_job.n_changed, open_job.percent) == (JobState.RUNNING, 4, 57)
    assert (open_job.by, open_job.is_own) == ("Dana Ruiz", False)
    ingrid = make_actor(database, Role.INSTRUCTOR, teaches=(make_course(database),))
    assert read_open_jobs(database, ingrid) == []
    with pytest.raises(NotFound):
        read_job(database, ingrid, job.id)
    with pytest.raises(NotFound):
        cancel_job(database, ingrid, job.id)


def test_another_process_carries_on_after_the_lease(database: Database, dana: Actor) -> None:
    job, _ids = started(database, dana)
    first = begin(database, job, 2)
    second = Worker(database)
    assert not second.carry_out_next()
    expire(database)
    assert second.carry_out_next()
    assert not first.step(job.id)  # it has lost the lease
    ended = read_job(database, dana, job.id)
    assert (ended.state, ended.n_changed, ended.n_skipped) == (JobState.DONE, 7, 0)
    assert cleared(database) == 7
    assert rows(database, "SELECT count(*) FROM enrollment_event") == [(7,)]
    assert not second.carry_out_next()


def test_jobs_are_carried_out_in_their_order(database: Database, dana: Actor) -> None:
    first, ids = started(database, dana, 2)
    made = preview_of(database, dana, ids, "note", text="Later")
    execute(database, f"UPDATE bulk_job SET accepted_at = 1 WHERE id = '{first.id}'")
    second = accept(database, dana, made)
    assert [job.id for job in read_open_jobs(database, dana)] == [first.id, second.id]
    one = Worker(database)
    assert one.carry_out_next()
    assert read_job(database, dana, second.id).state is JobState.WAITING
    assert one.carry_out_next()
    # They were changed by the first job, after the preview of the second.
    assert read_job(database, dana, second.id).n_skipped == 2


def test_a_cancelled_job_is_taken_back(database: Database, dana: Actor) -> None:
    job, ids = started(database, dana)
    begin(database, job, 2)
    save_enrollment(database, dana, ids[0], version=2, typed={"deadline": "2026-12-24"})
    cancelled = cancel_job(database, dana, job.id)
    assert (cancelled.state, cancelled.may_cancel) == (JobState.CANCELLING, False)
    assert cancel_job(database, dana, job.id) == cancelled
    expire(database)
    assert Worker(database).carry_out_next()
    ended = read_job(database, dana, job.id)
    assert (ended.state, ended.n_changed, ended.n_taken_back) == (JobState.CANCELLED, 4, 3)
    days = dict(rows(database, "SELECT id, deadline_day FROM enrollment"))  # type: ignore[arg-type]
    assert days.pop(ids[0]) == 20_811
    assert set(days.values()) == {DEADLINE}
    left = rows(database, "SELECT enrollment_id, outcome FROM bulk_item")
    assert left == [(ids[0], "refused")]
    with pytest.raises(Refused, match=messages.IS_OVER):
        cancel_job(database, dana, job.id)


def test_a_waiting_job_is_cancelled_at_once(database: Database, dana: Actor) -> None:
    job, _ids = started(database, dana)
    assert cancel_job(database, dana, job.id).state is JobState.CANCELLED
    assert not Worker(database).carry_out_next()
    assert cleared(database) == 0


@pytest.mark.parametrize(
    ("change_account", "why"),
    [
        ("UPDATE account SET sections = 2", messages.LOST_RIGHT),
        ("UPDATE account SET role = 'group_lead'", messages.LOST_RIGHT),
        ("UPDATE account SET is_suspended = 1", messages.LOST_ACCOUNT),
    ],
)
def test_who_loses_the_right_stops_the_job(
    database: Database, dana: Actor, change_account: str, why: str
) -> None:
    job, _ids = started(database, dana)
    begin(database, job)
    execute(database, change_account)
    expire(database)
    assert Worker(database).carry_out_next()
    ended = read_job(database, dana, job.id)
    assert (ended.state, ended.why, ended.n_changed) == (JobState.STOPPED, why, 2)
    assert ended.ended_at
    assert cleared(database) == 2
    assert not Worker(database).carry_out_next()


def test_rows_that_left_the_scope_are_skipped(database: Database, dana: Actor) -> None:
    course, other = make_course(database), make_course(database)
    ids = make_rows(database, 2, course) + make_rows(database, 2, other)
    ingrid = make_actor(database, Role.INSTRUCTOR, teaches=(course, other))
    job = accept(database, ingrid, preview_of(database, ingrid, ids, "grade", text="A"))
    execute(database, f"DELETE FROM course_teacher WHERE course_id = {other}")
    assert Worker(database).carry_out_next()
    ended = read_job(database, ingrid, job.id)
    assert (ended.n_changed, ended.n_skipped) == (2, 2)
    assert rows(database, "SELECT DISTINCT why FROM bulk_item") == [(messages.NOT_YOURS,)]


def failing(times: int, error: Exception, real: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that fails so many times, after it has done its work."""
    left = [times]

    def act(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise error
        return result

    return act


@pytest.mark.parametrize("error", [StorageUnavailable(), RuntimeError("lost")])
def test_a_failure_in_the_middle_leaves_nothing_half_done(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    job, _ids = started(database, dana)
    monkeypatch.setattr(worker, "_RETRY_SECONDS", 0.0)
    one = begin(database, job)
    with monkeypatch.context() as patch:
        patch.setattr(worker.stored, "add_skipped", failing(1, error, worker.stored.add_skipped))
        with pytest.raises(type(error)):
            one.step(job.id)
        assert cleared(database) == 2
        assert rows(database, "SELECT count(*) FROM enrollment_event") == [(2,)]
    patched = failing(2, error, worker.stored.add_skipped)
    monkeypatch.setattr(worker.stored, "add_skipped", patched)
    expire(database)
    assert Worker(database).carry_out_next()
    ended = read_job(database, dana, job.id)
    assert (ended.state, ended.n_changed) == (JobState.DONE, 7)
    assert rows(database, "SELECT count(*) FROM enrollment_event") == [(7,)]


def test_a_job_that_always_fails_says_so(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ids = started(database, dana)
    begin(database, job)
    patched = failing(99, RuntimeError("broken"), worker.stored.add_skipped)
    monkeypatch.setattr(worker.stored, "add_skipped", patched)
    expire(database)
    assert Worker(database).carry_out_next()
    ended = read_job(database, dana, job.id)
    assert (ended.state, ended.why, ended.n_changed) == (JobState.STOPPED, messages.FAILED, 2)


def test_a_worker_ends_after_its_transaction(database: Database, dana: Actor) -> None:
    job, _ids = started(database, dana)
    one = Worker(database)
    one.is_ending.set()
    assert one.carry_out_next()
    assert read_job(database, dana, job.id).state is JobState.WAITING


def test_workers_are_woken(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_listeners", [])
    woken: list[int] = []
    on_work(lambda: woken.append(1))
    job, ids = started(database, dana)
    cancel_job(database, dana, job.id)
    assert woken == [1, 1]
    assert change(database, dana, ids, "clear_deadline").n_changed == 7
