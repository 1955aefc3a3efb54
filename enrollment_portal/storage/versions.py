"""Optimistic concurrency: a record is written only on top of the version that was read."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import Session, SQLModel

from enrollment_portal.domain.errors import StaleVersion
from enrollment_portal.storage.tables import table_of


def update_version(
    session: Session, table: type[SQLModel], record_id: int, version: int, **values: object
) -> None:
    """Write columns of a record; its version grows by one.

    Args:
        session: in the transaction of the change.
        table: a table with the columns `id` and `version`.
        record_id: which record.
        version: the version that the change is based on.
        values: by column, what to write.

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
