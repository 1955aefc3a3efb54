"""The register of batches: who made each, when and why, and what happened row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    STAFF_FIELDS,
    Scope,
    editable_fields,
    ledger_scope,
    may_manage_learning,
    may_read_notes,
)
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import (
    BatchKind,
    JobState,
    Outcome,
    may_still_be_undone,
)
from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.edits import show_value
from enrollment_portal.domain.enrollment.fields import HistoryField, Value, history_field
from enrollment_portal.domain.learning.learner_messages import Mail
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.bulk.jobs import Job, job_of
from enrollment_portal.services.bulk.undoing import find_in_scope
from enrollment_portal.services.enrollment.enrollment_details import for_others
from enrollment_portal.services.shared.organization import OrganizationFacts, organization_of
from enrollment_portal.storage.bulk import jobs as stored_jobs
from enrollment_portal.storage.bulk.jobs import StoredJob
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEvent
from enrollment_portal.storage.enrollment.learner_messages import count_mails, failed_mails
from enrollment_portal.storage.history import batches as register
from enrollment_portal.storage.history.batches import BatchChange, StoredBatch
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

BATCHES_PAGE = 25
ROWS_PAGE = 50


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A batch in the register; times in ms since 1970 UTC."""

    batch: str
    kind: BatchKind
    title: str
    at: int
    by: str
    reason: str
    """Why; "" also for those who may not read internal notes, of which a reason may tell."""
    n: int
    """How many changes it has that the actor may see; `register.MOST_COUNTED` and 1 for more."""
    job: Job | None
    """Its job, for those who may see it."""
    undoes: str | None
    """The batch that it undoes."""
    undone_by: str
    """Who undid it, unless that was undone as well; "" for nobody."""
    may_undo: bool
    """Whether the actor may try to undo it; `previewing.preview_undo` decides."""
    mails: Mapping[Mail, int] = field(default_factory=dict)
    """How many mails of its messages are in which state; on its own page only."""


@dataclass(frozen=True, slots=True)
class SinceThen:
    """A later change of an enrollment: by whom, when, and the labels of its fields."""

    by: str
    at: int
    fields: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A change of a batch, and what changed since."""

    seq: int
    enrollment_id: int
    learner: str
    course: str
    at: int
    is_new: bool
    """It created the enrollment."""
    changes: tuple[tuple[str, str, str], ...]
    """For each field: its label, and the shown values before and after."""
    undone_by: str
    """Who undid it; "" for nobody."""
    since: tuple[SinceThen, ...]
    """Later changes that are in effect, newest first."""
    mail_failed: bool = False
    """Its message could not be sent by mail."""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that a job did not change, and why."""

    enrollment_id: int
    learner: str
    """The name, "" if it is not in the actor's ledger."""
    course: str
    outcome: Outcome
    why: str


def list_batches(
    database: Database, actor: Actor, place: Place | None = None, size: int = BATCHES_PAGE
) -> Slice[BatchEntry]:
    """Return a page of the batches with a change in the actor's ledger, newest first.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope = ledger_scope(actor)
    with database.read() as session:
        found = register.list_batches(session, scope, place, size)
        return found.of(_entries(session, actor, scope, found.rows))


def read_batch(database: Database, actor: Actor, batch: object) -> BatchEntry:
    """Return one batch of the register.

    Raises:
        NotFound: there is none, or nothing of it exists for the actor.
    """
    with database.read() as session:
        found = find_in_scope(session, actor, batch)
        (entry,) = _entries(session, actor, ledger_scope(actor), [found])
        # Their number would tell of enrollments that are not in the actor's ledger.
        mails = count_mails(session, found.batch) if ledger_scope(actor).is_everything else {}
        return replace(entry, mails=mails)


def read_batch_rows(
    database: Database,
    actor: Actor,
    batch: object,
    place: Place | None = None,
    size: int = ROWS_PAGE,
) -> Slice[BatchRow]:
    """Return a page of the changes of a batch in the actor's ledger, with what changed since.

    Raises:
        NotFound: there is no such batch, or nothing of it exists for the actor.
    """
    organization = organization_of(database)
    with database.read() as session:
        found, scope = find_in_scope(session, actor, batch), ledger_scope(actor)
        total = _count(session, scope, found)
        page = register.changes_of_batch(session, scope, found.batch, total, place, size)
        rows: Sequence[BatchChange] = page.rows
        since = min((row.seq for row in rows), default=1) - 1
        ids = {row.enrollment_id for row in rows}
        histories = stored.histories_of(session, ids, since)
        failed = failed_mails(session, found.batch, ids)
    reads_notes = may_read_notes(actor)
    shown = [_row(row, histories[row.enrollment_id], reads_notes, organization) for row in rows]
    return page.of([replace(row, mail_failed=row.enrollment_id in failed) for row in shown])


def read_skipped(
    database: Database,
    actor: Actor,
    batch: object,
    place: Place | None = None,
    size: int = ROWS_PAGE,
) -> Slice[SkippedRow]:
    """Return a page of the rows that a job did not change, for those who may see the job.

    Raises:
        NotFound: there is no such batch, or nothing of it exists for the actor.
    """
    with database.read() as session:
        found = find_in_scope(session, actor, batch)
        job = stored_jobs.find_job(session, found.batch)
        if job is None or not _sees_job(actor, job):
            return Slice((), 0, 0, None, None)
        page = stored_jobs.skipped_rows(session, job.id, place, size)
        ids = {row.enrollment_id for row in page.rows}
        named = stored.find_enrollments(session, ledger_scope(actor), ids)
    rows: list[SkippedRow] = []
    for row in page.rows:
        one = named.get(row.enrollment_id)
        learner, course = (one.name, one.title) if one else ("", "")
        rows.append(SkippedRow(row.enrollment_id, learner, course, Outcome(row.outcome), row.why))
    return page.of(rows)


def _entries(
    session: Session, actor: Actor, scope: Scope, found: Sequence[StoredBatch]
) -> list[BatchEntry]:
    names = [one.batch for one in found]
    jobs = stored_jobs.jobs_by_id(session, names)
    standing = _standing_undos(session, names)
    undone = [one.undoes for one in found if one.undoes]
    kinds = register.batches_by_name(session, undone) if undone else {}
    of_jobs = stored_jobs.jobs_by_id(session, undone)
    now = now_ms()
    return [
        _entry(
            actor,
            one,
            jobs.get(one.batch),
            n=_count(session, scope, one),
            title=_title(one, jobs, kinds, of_jobs),
            undone_by=standing.get(one.batch, ""),
            is_young=may_still_be_undone(one.at, now),
        )
        for one in found
    ]


def _entry(
    actor: Actor,
    one: StoredBatch,
    job: StoredJob | None,
    *,
    n: int,
    title: str,
    undone_by: str,
    is_young: bool,
) -> BatchEntry:
    is_over = job is None or JobState(job.state).is_over
    may_undo = bool(n and is_young and is_over and not undone_by and editable_fields(actor))
    return BatchEntry(
        batch=one.batch,
        kind=BatchKind(one.kind),
        title=title,
        at=one.at,
        by=undo.who(one.actor_name, one.kind),
        reason=one.reason if may_read_notes(actor) else "",
        n=n,
        job=job_of(job, actor) if job and _sees_job(actor, job) else None,
        undoes=one.undoes,
        undone_by=undone_by,
        may_undo=may_undo,
    )


def _sees_job(actor: Actor, job: StoredJob) -> bool:
    return may_manage_learning(actor) or job.actor_id == actor.account_id


def _title(
    one: StoredBatch,
    jobs: Mapping[str, StoredJob],
    undone: Mapping[str, StoredBatch],
    jobs_of_undone: Mapping[str, StoredJob],
) -> str:
    """Return the name of a batch: what its job did, or what kind it is."""
    if one.batch in jobs:
        return jobs[one.batch].title
    if one.undoes in undone:
        earlier = jobs_of_undone.get(one.undoes or "")
        kind = BatchKind(undone[one.undoes or ""].kind)
        return messages.undone_batch(earlier.title if earlier else kind.label)
    return BatchKind(one.kind).label


def _count(session: Session, scope: Scope, one: StoredBatch) -> int:
    if scope.is_everything:
        return one.n
    return register.count_in_scope(session, scope, one.batch)


def _standing_undos(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Return who undid each of these batches, unless that was undone in turn, and so on."""
    chain: list[Mapping[str, StoredBatch]] = []
    while names:
        level = {of: one for of, one in register.undos_of(session, names).items() if one.n}
        chain.append(level)
        names = [one.batch for one in level.values()]
    gone: set[str] = set()
    for level in reversed(chain):
        # An undo that was undone by one that stands is gone.
        gone = {of for of, one in level.items() if one.batch not in gone}
    return {of: one.actor_name for of, one in chain[0].items() if of in gone} if chain else {}


def _row(
    row: BatchChange,
    history: Sequence[StoredEvent],
    reads_notes: bool,
    organization: OrganizationFacts,
) -> BatchRow:
    later = [event for event in history if event.seq > row.seq]
    event = next(event for event in history if event.seq == row.seq)
    undone = undo.undo_of(row.seq, later)
    others = undo.effective_changes(undo.others_since(event, later))
    kept = others if reads_notes else [seen for one in others if (seen := for_others(one))]
    return BatchRow(
        seq=row.seq,
        enrollment_id=row.enrollment_id,
        learner=row.name,
        course=row.title,
        at=row.at,
        is_new=row.kind == "began",
        changes=_shown(row, reads_notes, organization),
        undone_by=undo.who(undone.actor_name, undone.source) if undone else "",
        since=tuple(
            SinceThen(undo.who(one.actor_name, one.source), one.at, undo.labels(one.changes))
            for one in kept
            if one.undoes != row.seq
        ),
    )


def _shown(
    row: BatchChange, reads_notes: bool, organization: OrganizationFacts
) -> tuple[tuple[str, str, str], ...]:
    changes: dict[HistoryField, tuple[Value, Value]] = {
        history_field(name): (before, after)
        for name, (before, after) in json.loads(row.changes).items()
    }
    tz = organization.zone
    return tuple(
        (
            field.label,
            show_value(field, changes[field][0], tz),
            show_value(field, changes[field][1], tz),
        )
        for field in undo.shown_fields(changes)
        if reads_notes or field not in STAFF_FIELDS
    )
