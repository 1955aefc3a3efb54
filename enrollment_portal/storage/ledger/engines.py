"""The ledger's SQL that differs between SQLite and PostgreSQL: one class for each."""

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
"""The join condition of an enrollment `n` and its validity intervals `e`."""
_AT_ONCE = 10_000
_GRADE_ORDER = re.compile(r"grade_order\((e\.grade|CAST\(:grade AS TEXT\))\)")
"""A function of PostgreSQL, which SQLite has as an expression: see migration 0034."""


class Engine(SearchSql, Protocol):
    """The SQL of one engine, with `:name` parameters."""

    @property
    def seeks_by_row(self) -> bool:
        """Whether an index is read from where `(a, b) > (?, ?)` begins.

        SQLite begins at the first column, and reads every row that ties in it. PostgreSQL, given
        each column by itself, may read the primary key instead, and filter out the ties.
        """
        ...

    def sql(self, statement: str) -> str:
        """Return a statement with its parameters in the driver's own style."""
        ...

    def before_past(self) -> str:
        """Return a statement to run before those of a past day, "" for none."""
        ...

    def before_filters(self) -> str:
        """Return a statement to run before those of a filtered ledger, "" for none."""
        ...

    def union_branch(self, select: str, order: str, limit: int) -> str:
        """Return a query as one branch of a UNION ALL that is merged in a common order."""
        ...

    def tied_branch(self, select: str, order: str, limit: int) -> str:
        """Return the same for rows that tie in an expression; the order is within the ties."""
        ...

    def null_order(self, order: str) -> str:
        """Return the start of ORDER BY that has an index read in order where a column is NULL."""
        ...

    def sort_query(self, select: str, order: str, limit: int) -> str:
        """Return a query that finds all rows first, then sorts and limits them."""
        ...

    def listed_ids(self) -> str:
        """Return the query that selects the ids (as `id`) in the parameter `:ids`."""
        ...

    def list_parameter(self, ids: Sequence[int]) -> object:
        """Return the value of `:ids`."""
        ...

    def listed(self, name: str, values: Sequence[int] | Sequence[str]) -> tuple[str, object]:
        """Return the query that selects the values (as `id`) in a parameter, and its value.

        Args:
            name: of the parameter.
            values: all of one type.
        """
        ...

    def places(self) -> str:
        """Return the query of the ids in the parameter `:ranked`, each with its place."""
        ...

    def by_index(self, table: str, alias: str, index: str) -> str:
        """Return a table in FROM that is read by an index."""
        ...

    def unindexed(self, table: str, alias: str) -> str:
        """Return a table in FROM that is read from its first row to its last."""
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

    def enrollment_of(self, source: str, key: str, condition: str) -> tuple[str, str]:
        """Return FROM and WHERE that look up the enrollment (`e`) that each row of a source names.

        Args:
            source: what to loop over, in FROM.
            key: the column of the source that holds its id.
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

    def intervals_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        """Return the same for the validity intervals (`e`) of those enrollments (`n`)."""
        ...

    def intervals_by_end(self) -> str:
        """Return FROM that reads validity intervals (`e`) by the index on their end."""
        ...

    def joined(self, column: str) -> str:
        """Return the expression of all values of a column as one text, with commas between."""
        ...

    def bitmap_contains(self, parameter: str, column: str) -> str:
        """Return the condition that a bitmap has a 1 at the place that a column numbers.

        The bitmap is a parameter with one byte for each place, counted from 1.
        """
        ...


class Sqlite(SqliteSearch):
    """SQLite: CROSS JOIN where the order of loops matters."""

    seeks_by_row = False

    def sql(self, statement: str) -> str:
        return _GRADE_ORDER.sub(r"(printf('%014.4f', CAST(\1 AS REAL)) || \1)", statement)

    def before_past(self) -> str:
        return ""

    def before_filters(self) -> str:
        return ""

    def union_branch(self, select: str, order: str, limit: int) -> str:
        return select

    def tied_branch(self, select: str, order: str, limit: int) -> str:
        # SQLite does not know that the expression is constant: it would sort all ties.
        return f"SELECT * FROM ({select} ORDER BY {order} LIMIT {limit})"

    def null_order(self, order: str) -> str:
        # With it, SQLite would sort all rows without a value in an expression.
        return ""

    def sort_query(self, select: str, order: str, limit: int) -> str:
        return f"{select} ORDER BY {order} LIMIT {limit}"

    def listed_ids(self) -> str:
        return "SELECT value AS id FROM json_each(:ids)"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return json.dumps(list(ids))

    def listed(self, name: str, values: Sequence[int] | Sequence[str]) -> tuple[str, object]:
        return f"SELECT value AS id FROM json_each(:{name})", json.dumps(list(values))

    def places(self) -> str:
        # LIMIT: as a table of its own it gets an index, instead of being read for every row.
        return "SELECT value AS id, key AS place FROM json_each(:ranked) LIMIT -1"

    def by_index(self, table: str, alias: str, index: str) -> str:
        return f"{table} {alias} INDEXED BY {index}"

    def unindexed(self, table: str, alias: str) -> str:
        return f"{table} {alias} NOT INDEXED"

    def enrollments_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        # INDEXED BY: without statistics (ANALYZE), SQLite may instead read all enrollments of a
        # status for each row of the source.
        enrollments = f"enrollment e INDEXED BY ix_enrollment_{owner}"
        return f"{source} CROSS JOIN {enrollments}", f"e.{owner}_id = {key} AND {condition}"

    def enrollment_of(self, source: str, key: str, condition: str) -> tuple[str, str]:
        return f"{source} CROSS JOIN enrollment e", f"e.id = {key} AND {condition}"

    def learner_of(self, source: str, key: str) -> tuple[str, str]:
        return f"{source} CROSS JOIN learner l", f"l.id = {key}"

    def intervals_by_end(self) -> str:
        # INDEXED BY: SQLite may otherwise read the whole table, in the order of its primary key.
        return "enrollment_span e INDEXED BY ix_span_until"

    def joined(self, column: str) -> str:
        return f"group_concat({column})"

    def bitmap_contains(self, parameter: str, column: str) -> str:
        return f"substr({parameter}, {column}, 1) = x'01'"

    def intervals_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        enrollments = f"enrollment n INDEXED BY ix_enrollment_{owner}"
        return (
            f"{source} CROSS JOIN {enrollments} CROSS JOIN enrollment_span e",
            f"n.{owner}_id = {key} AND {OF_ENROLLMENT} AND {condition}",
        )


class Postgresql(PostgresqlSearch):
    """PostgreSQL: LATERAL where the order of loops matters."""

    seeks_by_row = True

    def sql(self, statement: str) -> str:
        return re.sub(r":(\w+)", r"%(\1)s", statement)

    def before_past(self) -> str:
        # A cached plan would be the same for yesterday and for years ago, and JIT compilation
        # takes longer than it saves. The index on the end of validity intervals is read
        # sequentially from one place on, but the planner's default costs take that for more
        # expensive than a scan of the whole table.
        return (
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
            " set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true)"
        )

    def before_filters(self) -> str:
        # A cached plan would be the same for few rows and for many, and JIT compilation takes
        # longer than it saves. With the planner's default costs of reading pages, it takes some
        # thousand rows of an index in their order for more expensive than to sort all of its rows.
        return (
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
            " set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true)"
        )

    def union_branch(self, select: str, order: str, limit: int) -> str:
        # PostgreSQL reads a branch in index order, and merges it, only if it is sorted and limited.
        return f"({select} ORDER BY {order} LIMIT {limit})"

    def tied_branch(self, select: str, order: str, limit: int) -> str:
        return self.union_branch(select, order, limit)

    def null_order(self, order: str) -> str:
        return order

    def sort_query(self, select: str, order: str, limit: int) -> str:
        # OFFSET 0: the planner may otherwise scan all learners by name and join each to every row.
        return f"SELECT * FROM ({select} OFFSET 0) g ORDER BY {order} LIMIT {limit}"

    def listed_ids(self) -> str:
        return "SELECT unnest(CAST(:ids AS bigint[])) AS id"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return list(ids)

    def listed(self, name: str, values: Sequence[int] | Sequence[str]) -> tuple[str, object]:
        kind = "text" if isinstance(values[0], str) else "bigint"
        return f"SELECT unnest(CAST(:{name} AS {kind}[])) AS id", list(values)

    def places(self) -> str:
        ids = "unnest(CAST(:ranked AS bigint[])) WITH ORDINALITY"
        return f"SELECT u.id, u.place - 1 AS place FROM {ids} AS u (id, place)"

    def by_index(self, table: str, alias: str, index: str) -> str:
        return f"{table} {alias}"

    def unindexed(self, table: str, alias: str) -> str:
        return f"{table} {alias}"

    def enrollments_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        # OFFSET 0 keeps the planner from replacing the look-ups with a scan of the whole table,
        # which it does if it overestimates the rows of the source.
        of_owner = f"e.{owner}_id = {key} AND {condition}"
        rows = f"SELECT e.* FROM enrollment e WHERE {of_owner} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({rows}) e", "true"

    def enrollment_of(self, source: str, key: str, condition: str) -> tuple[str, str]:
        # OFFSET 0: the planner otherwise scans all enrollments for a few.
        row = f"SELECT e.* FROM enrollment e WHERE e.id = {key} AND {condition} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({row}) e", "true"

    def learner_of(self, source: str, key: str) -> tuple[str, str]:
        # OFFSET 0: the planner otherwise scans all learners for a few.
        row = f"SELECT r.* FROM learner r WHERE r.id = {key} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({row}) l", "true"

    def intervals_by_end(self) -> str:
        return "enrollment_span e"

    def joined(self, column: str) -> str:
        return f"string_agg(CAST({column} AS text), ',')"

    def bitmap_contains(self, parameter: str, column: str) -> str:
        place = f"CAST({column} AS integer)"
        return f"substr(CAST({parameter} AS bytea), {place}, 1) = CAST('\\x01' AS bytea)"

    def intervals_of(self, source: str, owner: str, key: str, condition: str) -> tuple[str, str]:
        enrollments = (
            f"SELECT n.id, n.enrolled_at FROM enrollment n WHERE n.{owner}_id = {key} OFFSET 0"
        )
        intervals = (
            f"SELECT e.* FROM enrollment_span e WHERE {OF_ENROLLMENT} AND {condition} OFFSET 0"
        )
        return (
            f"{source} CROSS JOIN LATERAL ({enrollments}) n CROSS JOIN LATERAL ({intervals}) e",
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
