"""Write changes of enrollments, one or a hundred thousand, each with its row of history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, update
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from enrollment_portal.domain.enrollment.commands import Change, Effect
from enrollment_portal.domain.enrollment.fields import THIS_CHANGE
from enrollment_portal.domain.shared.errors import StaleVersion
from enrollment_portal.storage.enrollment.assigned_instructors import hold_instructors
from enrollment_portal.storage.history.history import NewEvent, Signature, add_events
from enrollment_portal.storage.pace.paces import paces_after
from enrollment_portal.storage.shared.database import is_sqlite, touch
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import Enrollment, table_of

_ID, _VERSION = bindparam("of_id"), bindparam("of_version")
_VERSIONS = select_columns(table_of(Enrollment).c.id, table_of(Enrollment).c.version).where(
    is_among(table_of(Enrollment).c.id, "ids")
)
_REMEMBER = (
    update(table_of(Enrollment))
    .where(table_of(Enrollment).c.id == _ID)
    .values(override_seq=bindparam("seq"))
)
_AT_ONCE = 500
"""How many rows one statement changes on PostgreSQL: a trigger compares them before and after with
a nested loop, so that ten times as many take a hundred times as long."""
_REMEMBER_POSTGRESQL = (
    "UPDATE enrollment e SET override_seq = r.seq"
    " FROM unnest(%s::BIGINT[], %s::BIGINT[]) AS r (id, seq) WHERE e.id = r.id"
)


def write_changes(
    session: Session, changes: Sequence[Change], signature: Signature
) -> dict[int, int]:
    """Write changes of enrollments, each based on the version that was read, with history.

    Only the columns that a change modifies are written, so that a caller can read a part of them.
    Changes without a row of history keep the version; open pages refresh these enrollments.

    Args:
        session: in the transaction of the changes.
        changes: at most one for each enrollment.
        signature: who makes them, and why.

    Returns:
        By enrollment, the `seq` of the row of history.

    Raises:
        StaleVersion: one of them is not at the version that was read any more; nothing is written.
    """
    groups: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    paces = _paces(session, changes)
    for change in changes:
        if columns := _columns(change) | paces.get(change.after.id, {}):
            row = {f"to_{name}": value for name, value in columns.items()}
            row |= {"of_id": change.before.id, "of_version": change.before.version}
            groups[tuple(columns)].append(row)
    if not groups:
        return {}
    assigned = {
        (one.after.instructor_id, one.after.course_id)
        for one in changes
        if one.after.instructor_id not in (None, one.before.instructor_id)
    }
    if not hold_instructors(session, assigned):
        raise StaleVersion
    # A failed statement has no effect; of several, the first ones must be rolled back too.
    with _all_or_nothing(session, changes) if len(changes) > 1 else nullcontext():
        for columns, rows in groups.items():
            _write(session, columns, rows)
    recorded = [change for change in changes if change.recorded]
    for change in changes:
        if not change.recorded and change.moved_columns:
            touch(session, change.after.id)
    events = [_event(change, signature) for change in recorded]
    ids = [change.after.id for change in recorded]
    seqs = dict(zip(ids, add_events(session, events), strict=True))
    _remember(session, {c.after.id for c in recorded if c.after.override_seq == THIS_CHANGE}, seqs)
    return seqs


def _all_or_nothing(session: Session, changes: Sequence[Change]) -> AbstractContextManager[object]:
    """Return a savepoint that rolls back all changes if one has a stale version; none on SQLite.

    SQLite has one writer at a time, so that the versions can be compared first. Within a savepoint,
    each statement would scan all pages written since its start: of 3,000 changes, one takes 5 ms
    instead of 0.1.
    """
    if not is_sqlite(session):
        return session.begin_nested()
    ids = [change.before.id for change in changes]
    versions = {row.id: row.version for row in session.exec(_VERSIONS, params={"ids": ids})}
    if any(versions.get(one.before.id) != one.before.version for one in changes):
        raise StaleVersion
    return nullcontext()


def _columns(change: Change) -> dict[str, Any]:
    """Return the columns that a change writes, with their values."""
    columns = change.moved_columns
    if columns.get("override_seq") == THIS_CHANGE:
        # Written after its row of history; until then the status has no override.
        del columns["override_seq"]
    if Effect.FEEDBACK_IS_NEW in change.effects:
        columns["feedback_is_new"] = 1
    elif Effect.FEEDBACK_IS_GONE in change.effects:
        columns["feedback_is_new"] = 0
    if "status" in columns or change.after.lessons_done > change.before.lessons_done:
        columns["progress_at"] = change.after.updated_at
    if Effect.VISIT in change.effects:
        columns["last_visit_at"] = change.after.updated_at
    if columns or change.recorded:
        columns["updated_at"] = change.after.updated_at
        columns["version"] = change.after.version
    return columns


def _paces(session: Session, changes: Sequence[Change]) -> dict[int, dict[str, Any]]:
    """Return the column of the pace kept, for the changes of a progress or status."""
    moved = [
        one
        for one in changes
        if one.after.status != one.before.status or one.after.progress != one.before.progress
    ]
    found = paces_after(session, moved) if moved else {}
    return {id_: {"pace": pace} for id_, pace in found.items()}


@cache
def _update_of(columns: tuple[str, ...]) -> Any:
    """Return the UPDATE of these columns, prepared once."""
    table = table_of(Enrollment)
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in columns}
    if "last_visit_at" in values:
        # A visit that is stored at the same time has no version, and may be later.
        visit = table.c.last_visit_at
        is_later = visit >= bindparam("to_last_visit_at")
        values["last_visit_at"] = case((is_later, visit), else_=bindparam("to_last_visit_at"))
    return update(table).where(table.c.id == _ID, table.c.version == _VERSION).values(values)


@cache
def _postgresql_update_of(columns: tuple[str, ...]) -> str:
    """Return the UPDATE of these columns of many rows at once, for the driver itself.

    One statement for each row would run the triggers that count once for each row, and hold the
    counts of their courses locked meanwhile: `python -m tests.benchmarks bulk` measures it.
    """
    table, dialect = table_of(Enrollment), postgresql.dialect()
    kinds = ["BIGINT", "INTEGER", *(table.c[name].type.compile(dialect) for name in columns)]
    names = ["of_id", "of_version", *(f"to_{name}" for name in columns)]
    values = {name: f"r.to_{name}" for name in columns}
    if "last_visit_at" in values:
        values["last_visit_at"] = "GREATEST(e.last_visit_at, r.to_last_visit_at)"
    return (
        f"UPDATE enrollment e SET {', '.join(f'{name} = {to}' for name, to in values.items())}"
        f" FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)}) AS r ({', '.join(names)})"
        " WHERE e.id = r.of_id AND e.version = r.of_version"
    )


def _write(session: Session, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    if len(rows) > 1 and not is_sqlite(session):
        names = ("of_id", "of_version", *(f"to_{name}" for name in columns))
        statement = _postgresql_update_of(columns)
        for at in range(0, len(rows), _AT_ONCE):
            part = rows[at : at + _AT_ONCE]
            values = tuple([row[name] for row in part] for name in names)
            if session.connection().exec_driver_sql(statement, values).rowcount != len(part):
                raise StaleVersion
        return
    written = session.connection().execute(_update_of(columns), rows if len(rows) > 1 else rows[0])
    if written.rowcount != len(rows):
        raise StaleVersion


def _event(change: Change, signature: Signature) -> NewEvent:
    return NewEvent(
        enrollment_id=change.after.id,
        version=change.after.version,
        at=change.after.updated_at,
        author=signature.author,
        kind="changed",
        changes={str(name): pair for name, pair in change.recorded.items()},
        reason=signature.reason,
        batch=signature.batch,
        save_key=signature.save_key,
        undoes=change.undoes,
    )


def _remember(session: Session, overridden: set[int], seqs: dict[int, int]) -> None:
    """Write which row of history overrode each status."""
    if not overridden:
        return
    ids = sorted(overridden)
    if len(ids) > 1 and not is_sqlite(session):
        values = ids, [seqs[id_] for id_ in ids]
        session.connection().exec_driver_sql(_REMEMBER_POSTGRESQL, values)
        return
    rows = [{"of_id": id_, "seq": seqs[id_]} for id_ in ids]
    session.connection().execute(_REMEMBER, rows if len(rows) > 1 else rows[0])
