"""Read and write jobs: previews, acceptance, the lease, progress, and rows that were skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, update
from sqlmodel import Session, select

from enrollment_portal.domain.bulk.jobs import TO_CARRY_OUT, JobState
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.bulk.parts import remove_parts
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import first_record, records, select_columns
from enrollment_portal.storage.shared.tables import BulkItem, BulkJob, constant, table_of

_job, _item = table_of(BulkJob), table_of(BulkItem)
_j, _i = _job.c, _item.c


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as it is stored; times in ms since 1970 UTC. See `tables.BulkJob`."""

    id: str
    action: str
    typed: str
    selection: str
    title: str
    reason: str
    fingerprint: str
    summary: str
    state: str
    actor_id: int
    actor_name: str
    made_at: int
    accepted_at: int | None
    ended_at: int | None
    n_todo: int
    n_changed: int
    n_skipped: int
    n_taken_back: int
    next_part: int
    before_seq: int | None
    why: str
    cancelled_by: int | None
    back_batch: str | None


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that a job did not change, and why."""

    id: int
    enrollment_id: int
    outcome: str
    why: str


_JOBS = select_columns(*(_j[name] for name in StoredJob.__dataclass_fields__))
_BY_ID = _JOBS.where(_j.id == bindparam("id"))
_BY_IDS = _JOBS.where(_j.id.in_(bindparam("ids", expanding=True)))
_is_open = or_(*(_j.state == constant(state.value) for state in TO_CARRY_OUT))
_OPEN = _JOBS.where(_is_open).order_by(_j.accepted_at)
_IS_FREE = (
    _is_open,
    or_(_j.lease_until < bindparam("now"), _j.lease_by == bindparam("owner")),
)
_NEXT = select(_j.id).where(*_IS_FREE).order_by(_j.accepted_at, _j.id).limit(1)
_TAKE = (
    update(_job)
    .where(_j.id == bindparam("of_id"), *_IS_FREE)
    .values(lease_by=bindparam("by"), lease_until=bindparam("until"))
)
_KEPT_PREVIEWS = 5
_OLD_PREVIEWS = (
    select(_j.id)
    .where(_j.state == JobState.PREVIEW.value, _j.actor_id == bindparam("actor"))
    .order_by(_j.made_at.desc())
    .offset(_KEPT_PREVIEWS - 1)
)
_EXPIRED_PREVIEWS = select(_j.id).where(
    _j.state == JobState.PREVIEW.value, _j.made_at < bindparam("before")
)
_SKIPPED = select_columns(_i.id, _i.enrollment_id, _i.outcome, _i.why).where(
    _i.job_id == bindparam("job")
)
_N_SKIPPED = select(func.count()).select_from(_item).where(_i.job_id == bindparam("job"))


def add_job(session: Session, values: dict[str, Any]) -> None:
    """Write a new job; see `tables.BulkJob` for the columns."""
    session.exec(insert(_job), params=values)


def find_job(session: Session, id_: str) -> StoredJob | None:
    """Return a job; `None` if there is none."""
    return first_record(StoredJob, session.exec(_BY_ID, params={"id": id_}))


def jobs_by_id(session: Session, ids: Sequence[str]) -> dict[str, StoredJob]:
    """Return those of these jobs that exist, by id."""
    if not ids:
        return {}
    found = records(StoredJob, session.exec(_BY_IDS, params={"ids": list(ids)}))
    return {one.id: one for one in found}


def open_jobs(session: Session) -> list[StoredJob]:
    """Return the accepted jobs that are not over, the oldest first."""
    return records(StoredJob, session.exec(_OPEN))


def next_job(session: Session, owner: str, now: int) -> str | None:
    """Return the oldest job that a process may carry out; `None` for none."""
    return session.exec(_NEXT, params={"now": now, "owner": owner}).first()


def take_lease(session: Session, id_: str, owner: str, *, now: int, until: int) -> bool:
    """Take the lease of a job; false if another process holds it, or the job is over."""
    values = {"of_id": id_, "by": owner, "until": until, "now": now, "owner": owner}
    return session.exec(_TAKE, params=values).rowcount == 1


def update_job(session: Session, id_: str, *, where: dict[str, Any], **values: Any) -> bool:
    """Write columns of a job if others still have the values of `where`; return whether so."""
    statement = update(_job).where(_j.id == id_)
    for name, value in where.items():
        column = _j[name]
        statement = statement.where(column.is_(None) if value is None else column == value)
    return session.exec(statement.values(**values)).rowcount == 1


def remove_old_previews(session: Session, actor_id: int, before: int) -> None:
    """Remove all but the newest previews of a person, and those of anybody before a time in ms."""
    old = set(session.exec(_OLD_PREVIEWS, params={"actor": actor_id}))
    old |= set(session.exec(_EXPIRED_PREVIEWS, params={"before": before}))
    if old:
        remove_parts(session, sorted(old))
        session.exec(delete(_job).where(_j.id.in_(sorted(old))))


def add_skipped(session: Session, job: str, rows: Sequence[tuple[int, str, str]]) -> None:
    """Write rows that a job did not change: the enrollment, the outcome, and why."""
    if rows:
        values = [
            {"job_id": job, "enrollment_id": id_, "outcome": outcome, "why": why}
            for id_, outcome, why in rows
        ]
        session.connection().execute(insert(_item), values)


def skipped_rows(session: Session, job: str, place: Place | None, size: int) -> Slice[SkippedRow]:
    """Return a page of the rows that a job did not change."""
    params = {"job": job}
    total = session.exec(_N_SKIPPED, params=params).one()
    return select_slice(
        session,
        _SKIPPED,
        order=Order((_i.job_id, _i.id)),
        total=total,
        place=place,
        size=size,
        params=params,
    ).records(SkippedRow)
