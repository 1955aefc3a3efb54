"""Test that a job whose process is killed is carried on by another: nothing twice, nothing half."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import pytest

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.jobs import JobState
from enrollment_portal.domain.bulk.selection import select_ids
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.services.bulk.jobs import cancel_job, read_job, start
from enrollment_portal.services.bulk.previewing import preview
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.integration.actors import make_admin
from tests.integration.bulk.bulk_steps import make_rows
from tests.integration.stored import execute, rows

N_ROWS, N_KILLS = 90, 2
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def _carry_out(url: str, ready: Connection) -> None:
    """Carry out jobs; tell when the first one is taken."""
    one = Worker(Database(url), lease_ms=20)
    real = one.step

    def step(id_: str, parts: int = 1) -> bool:
        more = real(id_, parts)
        with suppress(BrokenPipeError):
            ready.send(more)
        return more

    one.step = step  # type: ignore[method-assign]
    while one.carry_out_next():
        pass


def _kill_while_working(url: str, after: float) -> None:
    reader, writer = _processes.Pipe(duplex=False)
    process = _processes.Process(target=_carry_out, args=(url, writer))
    process.start()
    writer.close()
    with suppress(EOFError):
        reader.recv()
    time.sleep(after)  # the moment of the kill is what is tested, so it is drawn, not waited for
    process.kill()
    process.join()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("is_cancelled", [False, True], ids=["run", "cancelled"])
def test_a_killed_job_is_carried_on(
    engine: str,
    is_cancelled: bool,
    make_database_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = make_database_url(engine)
    database = Database(url)
    make_organization(database)
    dana = make_admin(database)
    ids = make_rows(database, 1)
    course = rows(database, "SELECT course_id FROM enrollment")[0][0]
    ids += make_rows(database, N_ROWS - 1, course)
    monkeypatch.setattr("enrollment_portal.services.bulk.previewing.PART_ROWS", 3)
    made = preview(database, dana, select_ids(ids), read_action("clear_deadline", {}))
    start(database, dana, made.id, made.fingerprint)
    moments = random.Random(engine)
    for n in range(N_KILLS):
        _kill_while_working(url, moments.uniform(0, 0.05))
        if is_cancelled and not n:
            with suppress(Refused):
                cancel_job(database, dana, made.id)
        execute(database, "UPDATE bulk_job SET lease_until = 0")
    last = Worker(database)
    last.carry_out_next()
    job = read_job(database, dana, made.id)
    taken_back = job.n_taken_back
    assert job.state in ((JobState.CANCELLED, JobState.DONE) if is_cancelled else (JobState.DONE,))
    versions = rows(database, "SELECT id, version, deadline_day IS NULL FROM enrollment ORDER BY 1")
    changed = [row for row in versions if row[1] > 1]
    assert len(changed) == job.n_changed
    assert sum(bool(row[2]) for row in versions) == job.n_changed - taken_back
    if not is_cancelled:
        assert job.n_changed == N_ROWS
    events = rows(database, "SELECT enrollment_id, version FROM enrollment_event ORDER BY seq")
    assert len(events) == len(set(events)) == job.n_changed + taken_back
    database.close()
