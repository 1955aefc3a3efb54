"""What the two engines do differently for the ledger: one class each, the same methods."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Sequence
from typing import Any, Protocol

from sqlmodel import Session

from enrollment_portal.storage.ledger.search import (
    Parameters,
    PostgresqlSearch,
    SearchSql,
    SqliteSearch,
)
from enrollment_portal.storage.shared.database import is_sqlite

OF_ENROLLMENT = "e.enrolled_at = n.enrolled_at AND e.enrollment_id = n.id"
"""Which spans `e` are those of an enrollment `n`."""
_AT_ONCE = 10_000


class Engine(SearchSql, Protocol):
    """How an engine writes what the other writes differently. SQL carries `:name` parameters."""

    def sql(self, statement: str) -> str:
        """Return a statement with the parameters written as the driver wants them."""
        ...

    def before_past(self) -> str:
        """Return a statement to run before those of a past day, "" for none."""
        ...

    def arm(self, select: str, order: str, limit: int) -> str:
        """Return a query as one of several that are merged in their common order."""
        ...

    def gathered(self, select: str, order: str, limit: int) -> str:
        """Return a query whose rows are all found before they are sorted and limited."""
        ...

    def listed(self) -> str:
        """Return the query of the ids (`id`) in the parameter `:ids`."""
        ...

    def list_parameter(self, ids: Sequence[int]) -> object:
        """Return the value of `:ids`."""
        ...

    def enrollments_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        """Return FROM and WHERE that look up the enrollments (`e`) of each row of a source.

        Args:
            source: what to loop over, in FROM.
            owner: "learner" or "course", whose enrollments to look up.
            key: the column of the source that names it.
            condition: over `e`.
        """
        ...

    def learner_of(self, source: str, key: str) -> tuple[str, str]:
        """Return FROM and WHERE that look up the learner (`l`) that each row of a source names.

        Args:
            source: what to loop over, in FROM.
            key: the column of the source that holds the learner's id.
        """
        ...

    def spans_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        """Return the same for the spans (`e`) of those enrollments (`n`)."""
        ...

    def spans_by_end(self) -> str:
        """Return FROM that finds spans (`e`) by when they ended."""
        ...

    def joined(self, column: str) -> str:
        """Return the expression of all values of a column as one text, with commas between."""
        ...

    def is_marked(self, parameter: str, column: str) -> str:
        """Return the condition that of a row of bytes, the one that a column numbers is 1."""
        ...


class Sqlite(SqliteSearch):
    """SQLite: CROSS JOIN where the order of loops matters."""

    def sql(self, statement: str) -> str:
        return statement

    def before_past(self) -> str:
        return ""

    def arm(self, select: str, order: str, limit: int) -> str:
        return select

    def gathered(self, select: str, order: str, limit: int) -> str:
        return f"{select} ORDER BY {order} LIMIT {limit}"

    def listed(self) -> str:
        return "SELECT value AS id FROM json_each(:ids)"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return json.dumps(list(ids))

    def enrollments_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        # Told to, it uses the right index even where the table has not been analyzed; else it may
        # read all enrollments of a status, time and again.
        enrollments = f"enrollment e INDEXED BY ix_enrollment_{owner}"
        return f"{source} CROSS JOIN {enrollments}", f"e.{owner}_id = {key} AND {condition}"

    def learner_of(self, source: str, key: str) -> tuple[str, str]:
        return f"{source} CROSS JOIN learner l", f"l.id = {key}"

    def spans_by_end(self) -> str:
        # Else it may read the table, which leads to the same spans by when they were enrolled.
        return "enrollment_span e INDEXED BY ix_span_until"

    def joined(self, column: str) -> str:
        return f"group_concat({column})"

    def is_marked(self, parameter: str, column: str) -> str:
        return f"substr({parameter}, {column}, 1) = x'01'"

    def spans_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        enrollments = f"enrollment n INDEXED BY ix_enrollment_{owner}"
        return (
            f"{source} CROSS JOIN {enrollments} CROSS JOIN enrollment_span e",
            f"n.{owner}_id = {key} AND {OF_ENROLLMENT} AND {condition}",
        )


class Postgresql(PostgresqlSearch):
    """PostgreSQL: LATERAL where the order of loops matters."""

    def sql(self, statement: str) -> str:
        return re.sub(r":(\w+)", r"%(\1)s", statement)

    def before_past(self) -> str:
        # A prepared plan would be the same for yesterday and for years ago, and to compile one
        # takes longer than it saves. The index of when spans ended is read from one place on, as
        # a table is: the planner takes that for dearer than to read the whole table.
        return (
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
            " set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true)"
        )

    def arm(self, select: str, order: str, limit: int) -> str:
        # Only a sorted and limited query is read from its index in order, and merged row by row.
        return f"({select} ORDER BY {order} LIMIT {limit})"

    def gathered(self, select: str, order: str, limit: int) -> str:
        # Else the planner may go through all learners by name, and compare each with every row.
        return f"SELECT * FROM ({select} OFFSET 0) g ORDER BY {order} LIMIT {limit}"

    def listed(self) -> str:
        return "SELECT unnest(CAST(:ids AS bigint[])) AS id"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return list(ids)

    def enrollments_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        # OFFSET 0 keeps the planner from turning the look-ups into a scan of the whole table,
        # which it does where it takes the source for larger than it is.
        of_owner = f"e.{owner}_id = {key} AND {condition}"
        rows = f"SELECT e.* FROM enrollment e WHERE {of_owner} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({rows}) e", "true"

    def learner_of(self, source: str, key: str) -> tuple[str, str]:
        # Else the planner reads all learners for a few.
        row = f"SELECT r.* FROM learner r WHERE r.id = {key} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({row}) l", "true"

    def spans_by_end(self) -> str:
        return "enrollment_span e"

    def joined(self, column: str) -> str:
        return f"string_agg(CAST({column} AS text), ',')"

    def is_marked(self, parameter: str, column: str) -> str:
        place = f"CAST({column} AS integer)"
        return f"substr(CAST({parameter} AS bytea), {place}, 1) = CAST('\\x01' AS bytea)"

    def spans_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        enrollments = (
            f"SELECT n.id, n.enrolled_at FROM enrollment n WHERE n.{owner}_id = {key} OFFSET 0"
        )
        spans = f"SELECT e.* FROM enrollment_span e WHERE {OF_ENROLLMENT} AND {condition} OFFSET 0"
        return (
            f"{source} CROSS JOIN LATERAL ({enrollments}) n CROSS JOIN LATERAL ({spans}) e",
            "true",
        )


SQLITE, POSTGRESQL = Sqlite(), Postgresql()


def engine_of(session: Session) -> Engine:
    """Return how a session's engine writes things."""
    return SQLITE if is_sqlite(session) else POSTGRESQL


def fetch(session: Session, sql: str, parameters: Parameters) -> Sequence[Sequence[Any]]:
    """Run a statement written by this package and return its rows."""
    return session.connection().exec_driver_sql(sql, dict(parameters)).fetchall()


def stream_ids(session: Session, sql: str, parameters: Parameters) -> array[int]:
    """Run a statement written by this package and return its first column, 8 bytes a row."""
    found = session.connection().exec_driver_sql(
        sql, dict(parameters), execution_options={"stream_results": True}
    )
    ids = array("q")
    for rows in found.partitions(_AT_ONCE):
        ids.extend([row[0] for row in rows])
    return ids
