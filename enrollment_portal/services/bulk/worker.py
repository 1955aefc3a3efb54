"""Carry out jobs: in short transactions, by whichever process holds the job's lease.

A transaction changes some rows, writes their history, lists what was skipped, and records how far
the job is; so after a crash nothing is done twice or by halves. It also renews the lease: when the
process that holds it dies, another one carries the job on after `LEASE_MS`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action as Act
from enrollment_portal.domain.access.admin_log import SubjectKind
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import ENROLLING, ActionKind, may_carry_out
from enrollment_portal.domain.bulk.jobs import CHANGE, TO_CARRY_OUT, BatchKind, JobState, Outcome
from enrollment_portal.domain.enrolling.messages import logged_people
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, StorageUnavailable
from enrollment_portal.services.bulk import jobs, undoing
from enrollment_portal.services.bulk.deciding import Decided, decider_of
from enrollment_portal.services.bulk.previewing import action_of, moved_row
from enrollment_portal.services.shared.organization import OrganizationFacts, organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.accounts import find_active_account
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.bulk import jobs as stored
from enrollment_portal.storage.bulk.jobs import StoredJob
from enrollment_portal.storage.bulk.parts import PartRow, read_parts
from enrollment_portal.storage.enrollment.enrollments import versions_of
from enrollment_portal.storage.history.batches import find_batch
from enrollment_portal.storage.learning.tracking import lock_learners_of
from enrollment_portal.storage.shared.database import Database

logger = logging.getLogger(__name__)

_CREATING = (BatchKind.ENROLLING, BatchKind.GROUP, BatchKind.PATH)
LEASE_MS = 15_000
POLL_SECONDS = 2.0
"""How long it takes at most to notice a job that another process has left."""
_ATTEMPTS = 3
"""After how many unexpected failures in a row a job is stopped."""
_RETRY_SECONDS = 1.0
_MOST_PARTS = 10
"""How many parts one transaction does at most, as many as it can in time."""
_SOON, _LATE = 0.06, 0.12
"""A transaction that is done sooner is followed by a larger one, one that is late by a smaller: so
long, in seconds, others wait who save one of its rows, and on SQLite all who save."""
_PAUSE = 0.2
"""For which share of a transaction's time other writers of SQLite get their turn after it."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.002, 0.1


@dataclass(frozen=True, slots=True)
class _Done:
    """What one transaction did for a job."""

    changed: int = 0
    skipped: Sequence[tuple[int, str, str]] = ()
    next_part: int | None = None
    before_seq: int | None = None
    is_last: bool = False


class _Stopped(Exception):
    """The job must not go on; nothing of its current part is stored."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Worker:
    """Carries out the jobs of a database, one after the other.

    Args:
        database: where the jobs are.
        lease_ms: how long a process that does not answer keeps its job.
    """

    def __init__(self, database: Database, lease_ms: int = LEASE_MS) -> None:
        self._database, self._lease_ms = database, lease_ms
        self.name = secrets.token_hex(8)
        self.is_ending = threading.Event()
        """Set it to end after the current transaction."""

    def carry_out_next(self) -> bool:
        """Carry out the oldest job that no other process holds; return whether there was one."""
        now = now_ms()
        with self._database.read() as session:
            id_ = stored.next_job(session, self.name, now)
        if id_ is None:
            return False
        with self._database.write() as session:
            until = now + self._lease_ms
            is_taken = stored.take_lease(session, id_, self.name, now=now, until=until)
        if is_taken:
            self._carry_out(id_)
        return is_taken

    def _carry_out(self, id_: str) -> None:
        failures, parts = 0, 1
        while not self.is_ending.is_set():
            start = time.perf_counter()
            try:
                if not self.step(id_, parts):
                    return
                failures = 0
            except StorageUnavailable:
                # Nothing of the transaction is stored; the job goes on when the database does.
                logger.warning("A job waits, as the database cannot be written.")
                self.is_ending.wait(_RETRY_SECONDS)
            except Exception:
                failures += 1
                logger.exception("A part of a job failed; it is tried again.")
                if failures >= _ATTEMPTS:
                    self._stop(id_, messages.FAILED)
                    return
            seconds = time.perf_counter() - start
            parts = next_size(parts, seconds)
            pause = seconds * _PAUSE if self._database.is_sqlite else 0.0
            time.sleep(min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE))

    def _stop(self, id_: str, why: str) -> None:
        with self._database.write() as session:
            values = {"state": JobState.STOPPED.value, "ended_at": now_ms(), "why": why}
            stored.update_job(session, id_, where={"lease_by": self.name}, **values)

    def step(self, id_: str, parts: int = 1) -> bool:
        """Do the next parts of a job in one transaction; return whether there is more to do."""
        try:
            return self._step(id_, parts)
        except _Stopped as stopped:
            self._stop(id_, stopped.why)
        except NotAllowed:
            self._stop(id_, messages.LOST_RIGHT)
        return False

    @again_after_deadlock
    def _step(self, id_: str, parts: int) -> bool:
        organization = organization_of(self._database)
        with self._database.write() as session:
            until = now_ms() + self._lease_ms
            is_held = stored.update_job(
                session, id_, where={"lease_by": self.name}, lease_until=until
            )
            job = stored.find_job(session, id_) if is_held else None
            if job is None or job.state not in TO_CARRY_OUT:
                return False
            actor = _actor_of(session, job)
            done = self._part(session, job, actor, organization, parts)
            stored.add_skipped(session, id_, done.skipped)
            stored.update_job(session, id_, where={}, **_progress(job, done))
            if done.is_last:
                _log(session, job, actor)
            return not done.is_last

    def _part(
        self,
        session: Session,
        job: StoredJob,
        actor: Actor,
        organization: OrganizationFacts,
        parts: int,
    ) -> _Done:
        action = action_of(job)
        if job.state == JobState.CANCELLING:
            return _undo(session, job, actor, job.id, job.back_batch or "", parts)
        if action.kind is ActionKind.UNDO:
            return _undo(session, job, actor, action.batch, job.id, parts)
        rows = read_parts(session, job.id, job.next_part, parts)
        if not rows:
            return _Done(is_last=True)
        done = _change(session, job, actor, rows, organization)
        return replace(done, next_part=job.next_part + parts)


def next_size(parts: int, seconds: float) -> int:
    """Return how many parts the next transaction does after one that took so long."""
    if seconds > _LATE:
        return max(1, parts // 2)
    return min(_MOST_PARTS, parts + 1) if seconds < _SOON else parts


def _actor_of(session: Session, job: StoredJob) -> Actor:
    """Return the current rights of whoever started a job, or cancelled it.

    Raises:
        _Stopped: the account is gone or suspended, or may not do this any more.
    """
    is_cancelling = job.state == JobState.CANCELLING
    account = (job.cancelled_by if is_cancelling else None) or job.actor_id
    actor = find_active_account(session, account)
    if actor is None:
        raise _Stopped(messages.LOST_ACCOUNT)
    if not may_carry_out(actor, action_of(job)):
        raise _Stopped(messages.LOST_RIGHT)
    return actor


def _change(
    session: Session,
    job: StoredJob,
    actor: Actor,
    rows: Sequence[PartRow],
    organization: OrganizationFacts,
) -> _Done:
    """Change the rows of a part that the preview was to change and that are as they were then."""
    action = action_of(job)
    versions = {row.key: row.version for row in rows if row.outcome == CHANGE}
    if not versions:
        return _Done()
    lock_learners_of(session, versions)
    if action.kind in ENROLLING:
        decider = decider_of(organization, actor, action, job.reason)
        decided = decider.decide(session, list(versions))
    else:
        now = versions_of(session, versions)
        same = [id_ for id_, version in versions.items() if now.get(id_) == version]
        decider = decider_of(organization, actor, action, job.reason)
        decided = decider.decide(session, same)
        moved = [id_ for id_ in versions if now.get(id_) != versions[id_]]
        decided += [moved_row(Decided(id_, Outcome.MOVED)) for id_ in moved]
    decider.write(session, decided, job.id)
    skipped = [
        (one.id, one.outcome.value, one.why) for one in decided if one.outcome is not Outcome.CHANGE
    ]
    return _Done(len(decided) - len(skipped), skipped)


def _undo(
    session: Session, job: StoredJob, actor: Actor, batch: str, name: str, parts: int
) -> _Done:
    """Undo the next changes of a batch under the name of another one."""
    before = undoing.NEWEST if job.before_seq is None else job.before_seq
    part = undoing.undo_part(session, actor, batch, before, name, parts)
    skipped = [(id_, Outcome.REFUSED.value, why) for id_, why in part.left]
    is_last = part.before_seq is None
    return _Done(part.undone, skipped, before_seq=part.before_seq, is_last=is_last)


def _progress(job: StoredJob, done: _Done) -> dict[str, Any]:
    """Return the columns of a job that record what was done."""
    is_cancelling = job.state == JobState.CANCELLING
    values: dict[str, Any] = {}
    if is_cancelling:
        values["n_taken_back"] = job.n_taken_back + done.changed
    else:
        values["n_changed"] = job.n_changed + done.changed
        values["n_skipped"] = job.n_skipped + len(done.skipped)
    if done.next_part is not None:
        values["next_part"] = done.next_part
    if done.before_seq is not None:
        values["before_seq"] = done.before_seq
    if done.is_last:
        ended = JobState.CANCELLED if is_cancelling else JobState.DONE
        values |= {"state": ended.value, "ended_at": now_ms()}
    elif job.state == JobState.WAITING:
        values["state"] = JobState.RUNNING.value
    return values


def _log(session: Session, job: StoredJob, actor: Actor) -> None:
    """Record in the access log that people were enrolled, or that this was undone."""
    action, is_cancelling = action_of(job), job.state == JobState.CANCELLING
    undone = find_batch(session, action.batch) if action.kind is ActionKind.UNDO else None
    is_enrolling = action.kind in ENROLLING or (undone and undone.kind in _CREATING)
    after = stored.find_job(session, job.id)
    if not is_enrolling or after is None:
        return
    is_undo = is_cancelling or undone is not None
    add_act(
        session,
        actor,
        Act.ENROLLING_UNDONE if is_undo else Act.ENROLLED,
        SubjectKind.LEDGER,
        None,
        job.title,
        now=now_ms(),
        detail=logged_people(after.n_taken_back if is_cancelling else after.n_changed),
    )


async def keep_carrying_out_jobs(database: Database) -> None:
    """Carry out jobs while the app runs, until cancelled; woken at once by `jobs.start`.

    Jobs that another process has left are found within `POLL_SECONDS` after their lease ends. An
    error is logged, and it goes on.
    """
    worker, wake = Worker(database), asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_work() -> None:
        # While the portal ends, its loop may be closed before the last job is started.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(wake.set)

    jobs.on_work(on_work)
    try:
        while True:
            wake.clear()
            try:
                while await asyncio.to_thread(worker.carry_out_next):
                    pass
            except Exception:
                logger.exception("Jobs could not be carried out; it is tried again.")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await wake.wait()
    finally:
        worker.is_ending.set()
