"""The register of batches: who made each, when and why, and how many changes it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import and_, bindparam, exists, func
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Led, Scope
from enrollment_portal.domain.enrollment.fields import Assigned, Field
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.shared.id_lists import is_among_texts
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import (
    first_record,
    insert_missing,
    records,
    select_columns,
)
from enrollment_portal.storage.shared.scopes import scope_values, within
from enrollment_portal.storage.shared.tables import (
    ChangeBatch,
    Course,
    Enrollment,
    EnrollmentEvent,
    Learner,
    table_of,
)

if TYPE_CHECKING:
    from enrollment_portal.storage.history.history import NewEvent

MOST_COUNTED = 1_000
"""Up to how many changes of a batch are counted within a scope that is not everything."""

_batch, _event = table_of(ChangeBatch), table_of(EnrollmentEvent)
_b, _v = _batch.c, _event.c
_e, _l, _c = table_of(Enrollment).c, table_of(Learner).c, table_of(Course).c
_COLUMNS = (_b.id, _b.batch, _b.at, _b.kind, _b.actor_id, _b.actor_name, _b.reason, _b.undoes, _b.n)
_BATCHES = select_columns(*_COLUMNS)
_ONE = _BATCHES.where(_b.batch == bindparam("batch"))
_BY_NAMES = _BATCHES.where(is_among_texts(_b.batch, "names"))
_UNDONE = (
    select_columns(*_COLUMNS)
    .where(is_among_texts(_b.undoes, "names"), _b.undoes.is_not(None))
    .order_by(_b.id)
)
_NEWEST = select(func.max(_b.id))
_N_BATCHES = select(func.count()).select_from(_batch)
_ADD_N = _batch.update().where(_b.batch == bindparam("of_batch")).values(n=_b.n + bindparam("more"))
_BATCH_OF = select(_v.batch).where(_v.seq == bindparam("seq"))


_is_for_all = and_(
    *(_v.changes.not_like(f'{{"{field}":%') for field in (Field.NOTE, Assigned.INSTRUCTOR))
)
"""Group leads may not even know that there is a note, or who is assigned. Where that is the first
value of a change, it is the only one: the fields are in the order of the form."""


def _rows_in(kind: type[Scope]) -> Any:
    """Return the query of a batch's changes within a scope."""
    in_scope = within(
        kind, course_id=_e.course_id, learner_id=_e.learner_id, manager_id=_l.manager_id
    )
    statement = (
        select_columns(
            *(_v.seq, _v.enrollment_id, _v.kind, _v.at, _v.changes, _v.version),
            *(_e.learner_id, _l.name, _e.course_id, _c.title, _v.enrollment_id.label("of_id")),
        )
        .join_from(_event, _e.id.table, _e.id == _v.enrollment_id)
        .join(_l.id.table, _l.id == _e.learner_id)
        .join(_c.id.table, _c.id == _e.course_id)
        .where(_v.batch == bindparam("batch"), in_scope)
    )
    return statement.where(_is_for_all) if kind is Led else statement


_ROWS = {kind: _rows_in(kind) for kind in get_args(Scope)}
_COUNTS = {
    kind: select(func.count()).select_from(statement.limit(MOST_COUNTED + 1).subquery())
    for kind, statement in _ROWS.items()
}


def _listed_in(kind: type[Scope]) -> Any:
    """Return the query of the batches that have a change within a scope."""
    if kind is Everything:
        return _BATCHES
    in_scope = within(
        kind, course_id=_e.course_id, learner_id=_e.learner_id, manager_id=_l.manager_id
    )
    has_row = (
        exists()
        .where(_v.batch == _b.batch, _e.id == _v.enrollment_id, _l.id == _e.learner_id, in_scope)
        .correlate(_batch)
    )
    if kind is Led:
        has_row = has_row.where(_is_for_all)
    return _BATCHES.where(has_row)


_LISTED = {kind: _listed_in(kind) for kind in get_args(Scope)}
_N_LISTED = {
    kind: select(func.count()).select_from(statement.limit(MOST_COUNTED + 1).subquery())
    for kind, statement in _LISTED.items()
}


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch in the register; `at` in ms since 1970 UTC."""

    id: int
    batch: str
    at: int
    kind: str
    actor_id: int | None
    actor_name: str
    reason: str
    undoes: str | None
    n: int
    """How many rows of history it has."""


@dataclass(frozen=True, slots=True)
class BatchChange:
    """A change of a batch with its enrollment; `changes` is JSON."""

    seq: int
    enrollment_id: int
    kind: str
    at: int
    changes: str
    version: int
    learner_id: int
    name: str
    course_id: int
    title: str


def register_batch(session: Session, **values: Any) -> None:
    """Write a batch into the register, unless it is there; see `tables.ChangeBatch`."""
    insert_missing(session, ChangeBatch, **values)


def register_events(session: Session, events: Sequence[NewEvent]) -> None:
    """Register the batches of new rows of history, or count the rows of those that are there."""
    counts = Counter(event.batch for event in events if event.batch)
    for batch, n in counts.items():
        values = {"of_batch": batch, "more": n}
        if session.exec(_ADD_N, params=values).rowcount:
            continue
        first = next(event for event in events if event.batch == batch)
        undoes = None
        if first.undoes is not None:
            undoes = session.exec(_BATCH_OF, params={"seq": first.undoes}).first()
        author = first.author
        register_batch(
            session,
            batch=batch,
            at=first.at,
            kind=_kind_of(first),
            actor_id=author.actor_id,
            actor_name=author.actor_name,
            reason=first.reason,
            undoes=undoes,
            n=n,
        )


def _kind_of(event: NewEvent) -> str:
    if event.undoes is not None:
        return "undo"
    if event.author.source != "person":
        return event.author.source
    return "enrolling" if event.kind == "began" else "edits"


def find_batch(session: Session, batch: str) -> StoredBatch | None:
    """Return a batch of the register; `None` if there is none."""
    return first_record(StoredBatch, session.exec(_ONE, params={"batch": batch}))


def newest_batch(session: Session) -> int:
    """Return the id of the newest batch; 0 if there is none."""
    return session.exec(_NEWEST).one() or 0


def batches_by_name(session: Session, names: Sequence[str]) -> dict[str, StoredBatch]:
    """Return those of these batches that exist, by their names."""
    found = records(StoredBatch, session.exec(_BY_NAMES, params={"names": names}))
    return {one.batch: one for one in found}


def undos_of(session: Session, names: Sequence[str]) -> dict[str, StoredBatch]:
    """Return the newest undo of each of these batches, by the batch that it undoes."""
    found = records(StoredBatch, session.exec(_UNDONE, params={"names": names}))
    return {one.undoes: one for one in found if one.undoes}


def list_batches(
    session: Session, scope: Scope, place: Place | None, size: int
) -> Slice[StoredBatch]:
    """Return a page of the batches with a change within a scope, newest first.

    Within a scope that is not everything, the total counts no further than `MOST_COUNTED`.
    """
    kind, params = type(scope), scope_values(scope)
    count = _N_BATCHES if kind is Everything else _N_LISTED[kind]
    total = session.exec(count, params=params).one()
    order = Order((_b.at, _b.id), descending=True)
    found = select_slice(
        session, _LISTED[kind], order=order, total=total, place=place, size=size, params=params
    )
    return found.records(StoredBatch)


def count_in_scope(session: Session, scope: Scope, batch: str) -> int:
    """Return how many changes of a batch are within a scope, `MOST_COUNTED` and 1 at most."""
    params = {"batch": batch, **scope_values(scope)}
    return session.exec(_COUNTS[type(scope)], params=params).one()


def changes_of_batch(
    session: Session, scope: Scope, batch: str, total: int, place: Place | None, size: int
) -> Slice[BatchChange]:
    """Return a page of the changes of a batch within a scope, in the order they were made."""
    params = {"batch": batch, **scope_values(scope)}
    found = select_slice(
        session,
        _ROWS[type(scope)],
        order=Order((_v.batch, _v.seq)),
        total=total,
        place=place,
        size=size,
        params=params,
    )
    return found.records(BatchChange)
