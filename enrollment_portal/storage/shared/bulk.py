"""Load very many rows in one transaction: plain inserts first, indexes and counts after.

Updating an index or running a trigger for every row costs several times what building it once
costs. `bulk_load` drops them and recreates the same definitions, read from the database itself,
in the caller's transaction: if it fails, nothing has changed.

The SQL is text, because it contains such definitions, and rows go to the driver unchanged:
tests/benchmarks/history.py measures loading a company.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import exists, or_, text
from sqlmodel import Session, SQLModel, select

from enrollment_portal.domain.activity.activity_query import Source, What
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.storage.shared.database import Database, is_sqlite
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    Learner,
    Organization,
    TallyOf,
    TallyViewOf,
    table_of,
)

LOAD_LOCK = 7_230_117
"""The advisory lock for loading many rows."""

_LOADED = ("learner", "enrollment", "enrollment_event", "enrollment_span", "activity")

_LOADED_TABLES = ", ".join(f"'{table}'" for table in _LOADED)
_SQLITE_DEFINITIONS = text(
    "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
    f" AND tbl_name IN ({_LOADED_TABLES})"
    " AND sql IS NOT NULL"
    " ORDER BY type, name"
)

# An index that belongs to a constraint cannot be dropped by itself; it stays.
_POSTGRESQL_INDEXES = text(
    "SELECT 'index', i.indexname, i.indexdef FROM pg_indexes i"
    " WHERE i.schemaname = current_schema()"
    f" AND i.tablename IN ({_LOADED_TABLES})"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
    " ORDER BY i.indexname"
)

# Checking foreign keys row by row costs more than the rows; added again, one join checks all.
_POSTGRESQL_REFERENCES = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND conrelid IN ('learner'::regclass, 'group_member'::regclass,"
    " 'enrollment'::regclass, 'enrollment_event'::regclass)"
    " ORDER BY conname"
)

_ORIGIN = (
    "CASE origin "
    + " ".join(f"WHEN '{one.value}' THEN {n}" for n, one in enumerate(Origin))
    + " END"
)
_RECOUNT = (
    "DELETE FROM tally_course",
    "INSERT INTO tally_course (course_id, status, n)"
    " SELECT course_id, status, count(*) FROM enrollment GROUP BY course_id, status",
    "UPDATE learner SET n_active = 0, n_completed = 0, n_cancelled = 0"
    " WHERE n_active + n_completed + n_cancelled > 0",
    "UPDATE learner SET n_active = c.a, n_completed = c.b, n_cancelled = c.c FROM ("
    "SELECT learner_id, sum(CASE status WHEN 0 THEN 1 ELSE 0 END) AS a,"
    " sum(CASE status WHEN 1 THEN 1 ELSE 0 END) AS b,"
    " sum(CASE status WHEN 2 THEN 1 ELSE 0 END) AS c"
    " FROM enrollment WHERE course_id NOT IN (SELECT id FROM course WHERE kind = 'path')"
    " GROUP BY learner_id) AS c WHERE learner.id = c.learner_id",
    "DELETE FROM tally_view",
    *(
        "INSERT INTO tally_view (measure, bucket, course_id, n)"
        f" SELECT {measure:d}, {bucket}, course_id, count(*) FROM enrollment"
        f" WHERE {condition} GROUP BY {bucket}, course_id"
        for measure, bucket, condition in (
            (
                TallyViewOf.COMPLETED,
                f"completed_at / {MS_PER_DAY}",
                "status = 1 AND completed_at IS NOT NULL",
            ),
            # PostgreSQL takes a constant in GROUP BY for the number of a column.
            (TallyViewOf.BY_HAND, "status - status", "override_seq IS NOT NULL"),
            (TallyViewOf.ORIGIN, _ORIGIN, "origin IS NOT NULL"),
        )
    ),
    "DELETE FROM tally_need",
    *(
        "INSERT INTO tally_need (measure, course_id, bucket, n)"
        f" SELECT {measure:d}, course_id, {bucket}, count(*) FROM enrollment"
        f" WHERE status = 0 AND {condition} GROUP BY course_id, {bucket}"
        for measure, bucket, condition in (
            (TallyOf.DEADLINE, "deadline_day", "deadline_day IS NOT NULL"),
            (TallyOf.PROGRESS, f"progress_at / {MS_PER_DAY}", "progress < 100"),
            (TallyOf.UNGRADED, "CASE WHEN progress = 100 THEN 1 ELSE 0 END", "grade IS NULL"),
        )
    ),
    # The sums over all courses that are no paths, in 16 parts.
    "INSERT INTO tally_need (measure, course_id, bucket, n)"
    " SELECT measure, -1 - (course_id - course_id / 16 * 16) AS part, bucket, sum(n)"
    " FROM tally_need"
    f" WHERE measure < {TallyOf.UNGRADED:d}"
    " AND course_id NOT IN (SELECT id FROM course WHERE kind = 'path')"
    " GROUP BY measure, part, bucket",
)

_FIELD_BITS = " + ".join(
    "CASE WHEN v.kind = 'began' THEN 1 ELSE 0 END"
    if what is What.BEGAN
    # In JSON only a key is followed by a colon; a quote within a value is escaped.
    else f"CASE WHEN replace(v.changes, '\"{what}\":', '') <> v.changes THEN {what.bit} ELSE 0 END"
    for what in What
)
_SOURCE_CODE = (
    f"CASE WHEN v.undoes IS NOT NULL THEN {Source.UNDO.code}"
    f" WHEN v.source = 'person' AND v.batch IS NOT NULL THEN {Source.BULK.code}"
    + "".join(
        f" WHEN v.source = '{one}' THEN {one.code}"
        for one in (Source.TRACKING, Source.GROUP, Source.PATH, Source.IMPORT)
    )
    + f" ELSE {Source.PERSON.code} END"
)
_REFILL = (
    "DELETE FROM activity",
    "INSERT INTO activity (at, seq, course_id, learner_id, actor_id, source, fields)"
    f" SELECT v.at, v.seq, e.course_id, e.learner_id, v.actor_id, {_SOURCE_CODE}, {_FIELD_BITS}"
    " FROM enrollment_event v JOIN enrollment e ON e.id = v.enrollment_id ORDER BY v.at, v.seq",
)
"""What the trigger on history writes, for all its rows."""

_SQLITE_PARAMETERS = 999
"""How many values one statement may carry on every build of SQLite."""

_KEYS = {
    table.name: table.autoincrement_column.name
    for table in SQLModel.metadata.sorted_tables
    if table.autoincrement_column is not None
}
"""The key that the database generates, for each table."""

_HAS_COMPANY = select(
    or_(
        *(exists().select_from(table_of(kind)) for kind in (Learner, Course, Account, Organization))
    )
)


def has_any_learner(session: Session) -> bool:
    """Return whether the database has an organization, or any person or course."""
    return bool(session.exec(_HAS_COMPANY).one())


def insert_rows(session: Session, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows, their keys included; new keys continue after the greatest one.

    Args:
        table: one of this schema's tables.
        columns: the columns' names with spaces between, in the order of each row's values.
        rows: values as stored.
    """
    raw: Any = session.connection().connection.driver_connection
    names = columns.replace(" ", ", ")
    if is_sqlite(session):
        _insert_sqlite(raw, f"INSERT INTO {table} ({names})", len(columns.split()), rows)
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    if table in _KEYS:
        key = _KEYS[table]
        _run(
            session,
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), max({key}))"
            f" FROM {table} HAVING max({key}) IS NOT NULL",
        )


def _insert_sqlite(raw: Any, insert: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    together = _SQLITE_PARAMETERS // width
    waiting = iter(rows)
    left: list[Sequence[Any]] = []

    def full_groups() -> Iterator[tuple[Any, ...]]:
        while len(group := list(islice(waiting, together))) == together:
            yield tuple(chain.from_iterable(group))
        left.extend(group)

    raw.executemany(_of_rows(insert, width, together), full_groups())
    raw.executemany(_of_rows(insert, width, 1), left)


def insert_on_sqlite(session: Session, insert: str, rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows into a table of SQLite that generates its keys, and return these in order.

    One transaction writes at a time, and each key is the greatest one and 1 more.

    Args:
        session: in the transaction.
        insert: the statement up to the names of the columns: `INSERT INTO learner (name)`.
        rows: one or more; the driver takes several times as long for an enumeration as for what it
            is stored as.

    Raises:
        IntegrityError: a rule of the table refuses one of them.
    """
    connection, width = session.connection(), len(rows[0])
    together = _SQLITE_PARAMETERS // width
    *full, last = (
        tuple(chain.from_iterable(rows[start : start + together]))
        for start in range(0, len(rows), together)
    )
    if full:
        connection.exec_driver_sql(_of_rows(insert, width, together), full)
    newest = connection.exec_driver_sql(_of_rows(insert, width, len(last) // width), last).lastrowid
    return list(range(newest - len(rows) + 1, newest + 1))


@lru_cache(maxsize=256)
def _of_rows(insert: str, width: int, n: int) -> str:
    # SQLite prepares the lists in CHECK constraints again for every statement: with many rows in
    # each statement, loading takes half the time.
    marks = f"({', '.join('?' * width)})"
    return f"{insert} VALUES {', '.join([marks] * n)}"


@contextmanager
def bulk_load(session: Session) -> Iterator[None]:
    """Suspend the indexes, counts and search of learners, enrollments and history for a block.

    When the block ends they are rebuilt from the rows, the counts are exact, and the planner's
    statistics are fresh.
    """
    if is_sqlite(session):
        definitions = _suspend_sqlite(session)
        yield
        _run_all(session, _REFILL)
        _run(session, "INSERT INTO learner_search(learner_search) VALUES ('rebuild')")
        _run_all(session, definitions)
        # The new indexes contain all that is counted.
        recount(session)
    else:
        definitions = _suspend_postgresql(session)
        yield
        _run_all(session, _REFILL)
        # A row that is updated after its indexes were built would be in each of them twice.
        recount(session)
        _run_all(session, definitions)
    _run(session, "ANALYZE")


def recount(session: Session) -> None:
    """Recompute the counts by status of each learner and each course."""
    _run_all(session, _RECOUNT)


def settle(database: Database) -> None:
    """Run maintenance after a large load that has been committed.

    SQLite empties its write-ahead log; PostgreSQL marks pages as visible to everyone, which
    its index-only reads need.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
            if database.is_sqlite
            else f"VACUUM {', '.join(_LOADED)}"
        )


def _run(session: Session, statement: str) -> None:
    # Definitions read from the database may contain colons, which `text` would take for parameters.
    session.connection().exec_driver_sql(statement)


def _run_all(session: Session, statements: Iterable[str]) -> None:
    for statement in statements:
        _run(session, statement)


def _suspend_sqlite(session: Session) -> list[str]:
    rebuild: list[str] = []
    for kind, name, definition in session.execute(_SQLITE_DEFINITIONS).all():
        _run(session, f'DROP {kind} "{name}"')
        rebuild.append(definition)
    return rebuild


def _suspend_postgresql(session: Session) -> list[str]:
    rebuild: list[str] = []
    for _kind, name, definition in session.execute(_POSTGRESQL_INDEXES).all():
        _run(session, f'DROP INDEX "{name}"')
        rebuild.append(definition)
    for table, name, definition in session.execute(_POSTGRESQL_REFERENCES).all():
        _run(session, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        rebuild.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for table in _LOADED:
        _run(session, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        rebuild.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return rebuild
