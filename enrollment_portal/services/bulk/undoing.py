"""Undo a batch in parts: decide without writing, or write one part in a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    editable_fields,
    ledger_scope,
    may_see_ledger,
)
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.jobs import (
    BatchKind,
    JobState,
    Outcome,
    may_still_be_undone,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, Refused
from enrollment_portal.services.bulk.deciding import Decided
from enrollment_portal.services.history.undoing_batches import Undoing
from enrollment_portal.storage.bulk import jobs as stored_jobs
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.history import batches as register
from enrollment_portal.storage.history.batches import StoredBatch
from enrollment_portal.storage.history.undoing import BatchRow, created_in_batch, part_of_batch
from enrollment_portal.storage.learning.tracking import lock_learners

UNDO_ROWS = 50
"""How many changes one transaction undoes at least: each is compared with the history after it."""
_DECIDED_PARTS = 10
"""How many times as many a preview decides at once: nobody waits for it."""
NEWEST = 2**62
"""A `seq` after all others."""
_BATCH = re.compile(r"[0-9a-zA-Z_.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class UndonePart:
    """What undoing a part of a batch did."""

    undone: int
    left: tuple[tuple[int, str], ...]
    """The enrollments that stay as they are, each with why."""
    before_seq: int | None
    """Before which change the next part begins; `None` if there is none."""


def find_undoable(session: Session, actor: Actor, batch: object) -> StoredBatch:
    """Return a batch that the actor may undo.

    Raises:
        NotFound: there is none, or nothing of it exists for the actor.
        NotAllowed: the actor may not change anything.
        Refused: it is too old, or still running.
    """
    found = find_in_scope(session, actor, batch)
    if not editable_fields(actor):
        raise NotAllowed
    job = stored_jobs.find_job(session, found.batch)
    if job and not JobState(job.state).is_over:
        raise Refused(messages.STILL_RUNNING)
    if not may_still_be_undone(found.at, calendar.now_ms()):
        raise Refused(messages.UNDO_EXPIRED)
    return found


def find_in_scope(session: Session, actor: Actor, batch: object) -> StoredBatch:
    """Return a batch with a change in the actor's ledger.

    Raises:
        NotFound: there is none, or nothing of it exists for the actor.
    """
    if not may_see_ledger(actor) or not isinstance(batch, str) or not _BATCH.fullmatch(batch):
        raise NotFound
    found = register.find_batch(session, batch)
    scope = ledger_scope(actor)
    if found is None:
        raise NotFound
    if not scope.is_everything and not register.count_in_scope(session, scope, batch):
        raise NotFound
    return found


def title_of(session: Session, batch: StoredBatch) -> str:
    """Return the name of a batch in the register."""
    job = stored_jobs.find_job(session, batch.batch)
    return job.title if job else BatchKind(batch.kind).label


def decide_all(session: Session, actor: Actor, batch: str) -> Iterator[list[Decided]]:
    """Yield the decisions of undoing a batch, newest change first; write nothing.

    Raises:
        NotAllowed: the actor may not change all of it.
    """
    before = NEWEST
    while rows := part_of_batch(session, batch, before, UNDO_ROWS * _DECIDED_PARTS):
        before = rows[-1].seq
        rows = _meant(session, batch, rows)
        undoing = _undo_rows(session, actor, rows, batch, "", is_dry=True)
        yield list(_decided(undoing, rows))


def _decided(undoing: Undoing, rows: Sequence[BatchRow]) -> Iterator[Decided]:
    changes = {change.after.id: change for change in undoing.changes}
    left = {one.enrollment_id: one.why for one in undoing.left}
    for row in rows:
        id_ = row.enrollment_id
        enrollment = undoing.found[id_]
        if id_ in changes:
            yield Decided(id_, Outcome.CHANGE, enrollment, "", changes[id_])
        elif id_ in left:
            yield Decided(id_, Outcome.REFUSED, enrollment, left[id_])
        else:
            yield Decided(id_, Outcome.SAME, enrollment, messages.ALREADY_SO)


def undo_part(
    session: Session, actor: Actor, batch: str, before: int, name: str, parts: int = 1
) -> UndonePart:
    """Undo the next changes of a batch, newest first, within a transaction.

    Args:
        session: in the transaction.
        actor: who undoes it.
        batch: the batch to undo.
        before: the `seq` that the changes come before.
        name: the batch of the undo.
        parts: how many times `UNDO_ROWS` changes.

    Raises:
        NotAllowed: the actor may not change all of it.
    """
    rows = part_of_batch(session, batch, before, UNDO_ROWS * parts)
    if not rows:
        return UndonePart(0, (), None)
    next_before = rows[-1].seq
    lock_learners(session, {row.learner_id for row in rows})
    meant = _meant(session, batch, rows)
    undoing = _undo_rows(session, actor, meant, batch, name, is_dry=False)
    left = tuple((one.enrollment_id, one.why) for one in undoing.left)
    return UndonePart(undoing.undone, left, next_before)


def _meant(session: Session, batch: str, rows: Sequence[BatchRow]) -> list[BatchRow]:
    """Leave out changes of enrollments that the batch created: they go with the creation."""
    changed = [row.enrollment_id for row in rows if row.kind != "began"]
    created = created_in_batch(session, batch, changed) if changed else set()
    return [row for row in rows if row.kind == "began" or row.enrollment_id not in created]


def _undo_rows(
    session: Session,
    actor: Actor,
    rows: Sequence[BatchRow],
    batch: str,
    name: str,
    *,
    is_dry: bool,
) -> Undoing:
    found = stored.find_enrollments(
        session, ledger_scope(actor), {row.enrollment_id for row in rows}
    )
    if any(row.enrollment_id not in found for row in rows):
        raise NotAllowed
    undoing = Undoing(session, actor, found, name, batch, is_dry=is_dry, is_part=True)
    undoing.undo_rows(rows)
    return undoing
