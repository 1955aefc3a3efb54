"""Helpers over SQLModel: rows as records by name, upserts, optimistic concurrency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import starmap
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import Select

from enrollment_portal.domain.shared.errors import StaleVersion
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.tables import table_of

Record = TypeVar("Record")


def select_columns(*columns: Any) -> Any:
    """Return SQLModel's `select` of one column or more, whose rows have names.

    SQLModel's own types end at four columns, and know no names; of one column it gives no rows.
    A column has the name of the field that it fills, by itself or by `.label(...)`.
    """
    return Select(*columns)


def records(kind: type[Record], rows: Any) -> list[Record]:
    """Return rows as dataclasses, each field from the column of its name.

    Args:
        kind: a dataclass or a named tuple; a field without a default needs a column, other columns
            are left out.
        rows: what `session.exec` returned for a statement of `select_columns`.
    """
    return records_of(kind, rows.all())


def first_record(kind: type[Record], rows: Any) -> Record | None:
    """Return the first row as a dataclass; `None` if there is none. See `records`."""
    row = rows.first()
    return None if row is None else record(kind, row)


def records_of(kind: type[Record], rows: Sequence[Any]) -> list[Record]:
    """Return rows that have been fetched as dataclasses. See `records`."""
    if not rows:
        return []
    names = tuple(rows[0]._fields)
    if names == _fields(kind)[: len(names)]:
        return list(starmap(kind, rows))
    build = _builder(kind, names)
    return [build(row) for row in rows]


def record(kind: type[Record], row: Any) -> Record:
    """Return a row as a dataclass. See `records`."""
    return _builder(kind, row._fields)(row)


@lru_cache(maxsize=256)
def _fields(kind: Any) -> tuple[str, ...]:
    if issubclass(kind, tuple):
        return kind._fields  # type: ignore[attr-defined]
    return tuple(field.name for field in fields(kind) if field.init)


@lru_cache(maxsize=256)
def _builder(kind: Any, names: tuple[str, ...]) -> Callable[[Any], Any]:
    wanted = _fields(kind)
    n = len(wanted)
    if names[:n] == wanted:  # twice as fast as by keywords
        return lambda row: kind(*row[:n])
    places = [(name, names.index(name)) for name in wanted if name in names]
    return lambda row: kind(**{name: row[place] for name, place in places})


def insert_missing(session: Session, table: type[SQLModel], **row: Any) -> bool:
    """Insert a row unless its key exists (ON CONFLICT DO NOTHING); return whether it was new."""
    statement = _insert_missing(table_of(table), is_sqlite(session))
    return session.exec(statement, params=row).rowcount == 1


@lru_cache(maxsize=64)
def _insert_missing(table: Any, on_sqlite: bool) -> Any:
    statement = _insert(table, on_sqlite).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def insert_or_update(
    session: Session, table: type[SQLModel], key: Sequence[str], row: Mapping[str, Any]
) -> None:
    """Insert a row, or update the one with the same key."""
    statement = _insert_or_update(table_of(table), is_sqlite(session), tuple(key), tuple(row))
    session.exec(statement, params=row)


@lru_cache(maxsize=64)
def _insert_or_update(
    table: Any, on_sqlite: bool, key: tuple[str, ...], names: tuple[str, ...]
) -> Any:
    statement = _insert(table, on_sqlite)
    written = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=written)


def _insert(table: Any, on_sqlite: bool) -> Any:
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


def add_record(session: Session, row: SQLModel) -> int:
    """Write a new row, and return the id that the database generated.

    Raises:
        IntegrityError: a rule of the table refuses it.
    """
    session.add(row)
    session.flush()
    return row.id  # type: ignore[attr-defined]


def update_version(
    session: Session, table: type[SQLModel], record_id: int, version: int, **values: object
) -> None:
    """Update columns of a record, and increase its version by one.

    Args:
        session: in the transaction of the change.
        table: a table with the columns `id` and `version`.
        record_id: which record.
        version: the version that the change is based on.
        values: the new value of each column.

    Raises:
        StaleVersion: the record is at another version, or does not exist; nothing was written.
    """
    stored = table_of(table)
    columns = stored.c
    statement = (
        update(stored)
        .where(columns.id == record_id, columns.version == version)
        .values(version=version + 1, **values)
    )
    if session.exec(statement).rowcount != 1:
        raise StaleVersion
