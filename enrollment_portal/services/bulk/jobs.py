"""Start a previewed job, cancel it, and read how far it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import ActionKind
from enrollment_portal.domain.bulk.jobs import BatchKind, JobState, Summary, is_stale
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotFound, Refused, StaleVersion
from enrollment_portal.services.bulk.previewing import (
    ID_LENGTH,
    Changed,
    Preview,
    action_of,
    moved_since,
    own_preview,
    preview,
    preview_undo,
    require_right,
)
from enrollment_portal.services.bulk.selecting import read_selection_text
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.bulk import jobs as stored
from enrollment_portal.storage.bulk.jobs import StoredJob
from enrollment_portal.storage.history.batches import newest_batch, register_batch
from enrollment_portal.storage.shared.database import Database

_listeners: list[Callable[[], None]] = []
"""Called after a job was started or cancelled: the workers of this process."""


@dataclass(frozen=True, slots=True)
class Job:
    """An accepted job, as it is now; times in ms since 1970 UTC."""

    id: str
    """Also the name of the batch of its changes."""
    kind: ActionKind
    title: str
    state: JobState
    by: str
    reason: str
    summary: Summary
    """What was accepted."""
    accepted_at: int
    ended_at: int | None
    n_todo: int
    n_changed: int
    n_skipped: int
    """How many rows were not changed, as they were changed after the preview or are refused now."""
    n_taken_back: int
    why: str
    """Why it stopped; "" unless it did."""
    is_own: bool
    may_cancel: bool

    @property
    def n_done(self) -> int:
        """How many rows are done with, whatever the result."""
        return self.n_changed + self.n_skipped

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, self.n_done * 100 // self.n_todo) if self.n_todo else 100


def on_work(listener: Callable[[], None]) -> None:
    """Register a function to be called after a job was started or cancelled in this process."""
    _listeners.append(listener)


def start(database: Database, actor: Actor, job_id: object, fingerprint: object) -> Job:
    """Start what a preview showed; repeated, it is started once.

    Rows that were changed since the preview are skipped and listed. If many were, or the preview
    is old, nothing is started, and the error has a new preview.

    Args:
        database: where it is stored.
        actor: who accepts the preview; only its own.
        job_id: of the preview.
        fingerprint: of the preview that was shown.

    Raises:
        NotFound: the actor has no such preview.
        NotAllowed: the actor may not do this any more.
        Changed: the preview is out of date, or another one was shown; nothing was started.
        Refused: it would change nothing.
    """
    organization = organization_of(database)
    with database.read() as session:
        job = own_preview(session, actor, job_id)
        require_right(actor, action_of(job))
        if job.state != JobState.PREVIEW:
            return job_of(job, actor)
        n_moved, moved = moved_since(session, actor, job, organization)
    is_other = job.fingerprint != fingerprint
    if is_other or is_stale(job.made_at, now_ms(), job.n_todo, n_moved):
        raise Changed(_preview_again(database, actor, job), moved)
    if not job.n_todo:
        raise Refused(messages.NOTHING_TO_DO)
    started = _accept(database, actor, job)
    _tell_listeners()
    return started


def _preview_again(database: Database, actor: Actor, job: StoredJob) -> Preview:
    action = action_of(job)
    if action.kind is ActionKind.UNDO:
        return preview_undo(database, actor, action.batch)
    return preview(database, actor, read_selection_text(job.selection), action, job.reason)


@again_after_deadlock
def _accept(database: Database, actor: Actor, job: StoredJob) -> Job:
    now = now_ms()
    with database.write() as session:
        is_first = stored.update_job(
            session,
            job.id,
            where={"state": JobState.PREVIEW.value},
            state=JobState.WAITING.value,
            accepted_at=now,
        )
        if is_first:
            action = action_of(job)
            is_undo = action.kind is ActionKind.UNDO
            register_batch(
                session,
                batch=job.id,
                at=now,
                kind=(BatchKind.UNDO if is_undo else BatchKind.BULK).value,
                actor_id=actor.account_id,
                actor_name=actor.name,
                reason=job.reason,
                undoes=action.batch if is_undo else None,
                n=0,
            )
        return job_of(_found(session, job.id), actor)


@again_after_deadlock
def cancel_job(database: Database, actor: Actor, job_id: object) -> Job:
    """Stop a job, and have what it did taken back; repeated, it is cancelled once.

    Raises:
        NotFound: there is no such job, or it is not the actor's to see.
        Refused: it has ended.
    """
    with database.write() as session:
        job = _visible(session, actor, job_id)
        state = JobState(job.state)
        if state.is_over:
            raise Refused(messages.IS_OVER)
        if state is not JobState.CANCELLING:
            has_begun = state is JobState.RUNNING
            values = {"state": JobState.CANCELLING.value, "back_batch": secrets.token_hex(16)}
            if not has_begun:
                values = {"state": JobState.CANCELLED.value, "ended_at": now_ms()}
            is_so = stored.update_job(
                session,
                job.id,
                where={"state": job.state},
                cancelled_by=actor.account_id,
                before_seq=None,
                **values,
            )
            if not is_so:
                raise StaleVersion  # it has begun or ended in this moment: again
        cancelled = job_of(_found(session, job.id), actor)
    _tell_listeners()
    return cancelled


def read_job(database: Database, actor: Actor, job_id: object) -> Job:
    """Return an accepted job: the actor's own, or any for those who manage learning.

    Raises:
        NotFound: there is no such job, or it is not the actor's to see.
    """
    with database.read() as session:
        return job_of(_visible(session, actor, job_id), actor)


def read_open_jobs(database: Database, actor: Actor) -> list[Job]:
    """Return the jobs that are waiting or running and that the actor may see, oldest first."""
    with database.read() as session:
        return [job_of(job, actor) for job in stored.open_jobs(session) if _may_see(actor, job)]


def progress_of_jobs(database: Database) -> Hashable:
    """Return a value that differs once a batch was begun, or a job has gone on or ended."""
    with database.read() as session:
        return (
            newest_batch(session),
            *(
                (job.id, job.state, job.n_changed, job.n_skipped, job.n_taken_back)
                for job in stored.open_jobs(session)
            ),
        )


def _visible(session: Session, actor: Actor, job_id: object) -> StoredJob:
    is_id = isinstance(job_id, str) and 0 < len(job_id) <= ID_LENGTH and job_id.isalnum()
    job = stored.find_job(session, job_id) if is_id and isinstance(job_id, str) else None
    if job is None or job.accepted_at is None or not _may_see(actor, job):
        raise NotFound
    return job


def _may_see(actor: Actor, job: StoredJob) -> bool:
    return may_manage_learning(actor) or job.actor_id == actor.account_id


def _found(session: Session, job_id: str) -> StoredJob:
    found = stored.find_job(session, job_id)
    if found is None:
        raise NotFound
    return found


def job_of(job: StoredJob, actor: Actor) -> Job:
    """Return a stored job as a person may see it."""
    state = JobState(job.state)
    return Job(
        id=job.id,
        kind=ActionKind(job.action),
        title=job.title,
        state=state,
        by=job.actor_name,
        reason=job.reason,
        summary=Summary.from_json(job.summary),
        accepted_at=job.accepted_at or 0,
        ended_at=job.ended_at,
        n_todo=job.n_todo,
        n_changed=job.n_changed,
        n_skipped=job.n_skipped,
        n_taken_back=job.n_taken_back,
        why=job.why,
        is_own=job.actor_id == actor.account_id,
        may_cancel=not state.is_over and state is not JobState.CANCELLING,
    )


def _tell_listeners() -> None:
    for listener in _listeners:
        listener()
