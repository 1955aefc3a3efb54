"""What the two engines do differently for the ledger: one class each, the same methods."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

Parameters = Mapping[str, Any]


class Engine(Protocol):
    """How an engine writes what the other writes differently. SQL carries `:name` parameters."""

    def sql(self, statement: str) -> str:
        """Return a statement with the parameters written as the driver wants them."""
        ...

    def contains(self, column: str, parameter: str) -> str:
        """Return the condition that a text holds a part."""
        ...

    def matches(self, terms: int) -> str:
        """Return the query of the learners (`id`) whose search text holds every part."""
        ...

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        """Return the parameters of `matches`."""
        ...

    def listed(self) -> str:
        """Return the query of the ids (`id`) in the parameter `:ids`."""
        ...

    def list_parameter(self, ids: Sequence[int]) -> object:
        """Return the value of `:ids`."""
        ...

    def enrollments_of(self, source: str, join: str, condition: str) -> tuple[str, str]:
        """Return FROM and WHERE that look up the enrollments (`e`) of each row of a source."""
        ...


class Sqlite:
    """SQLite: a trigram FTS5 table for search, CROSS JOIN where the order of loops matters."""

    def sql(self, statement: str) -> str:
        return statement

    def contains(self, column: str, parameter: str) -> str:
        return f"instr({column}, {parameter}) > 0"

    def matches(self, terms: int) -> str:
        return "SELECT rowid AS id FROM learner_search WHERE learner_search MATCH :match"

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        return {"match": " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)}

    def listed(self) -> str:
        return "SELECT value AS id FROM json_each(:ids)"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return json.dumps(list(ids))

    def enrollments_of(self, source: str, join: str, condition: str) -> tuple[str, str]:
        return f"{source} CROSS JOIN enrollment e", f"{join} AND {condition}"


class Postgresql:
    """PostgreSQL: a trigram GIN index for search, LATERAL where the order of loops matters."""

    def sql(self, statement: str) -> str:
        return re.sub(r":(\w+)", r"%(\1)s", statement)

    def contains(self, column: str, parameter: str) -> str:
        return f"strpos({column}, {parameter}) > 0"

    def matches(self, terms: int) -> str:
        conditions = " AND ".join(f"search LIKE :like{i}" for i in range(terms))
        return f"SELECT id FROM learner WHERE {conditions}"

    def match_parameters(self, terms: Sequence[str]) -> Parameters:
        return {f"like{i}": "%" + _escape(term) + "%" for i, term in enumerate(terms)}

    def listed(self) -> str:
        return "SELECT unnest(CAST(:ids AS bigint[])) AS id"

    def list_parameter(self, ids: Sequence[int]) -> object:
        return list(ids)

    def enrollments_of(self, source: str, join: str, condition: str) -> tuple[str, str]:
        # OFFSET 0 keeps the planner from turning the look-ups into a scan of the whole table,
        # which it does where it takes the source for larger than it is.
        rows = f"SELECT e.* FROM enrollment e WHERE {join} AND {condition} OFFSET 0"
        return f"{source} CROSS JOIN LATERAL ({rows}) e", "true"


def _escape(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


SQLITE, POSTGRESQL = Sqlite(), Postgresql()


def engine_of(connection: Connection) -> Engine:
    """Return how a connection's engine writes things."""
    return SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL


def fetch(connection: Connection, sql: str, parameters: Parameters) -> Sequence[Sequence[Any]]:
    """Run a statement written by this package and return its rows."""
    return connection.exec_driver_sql(sql, dict(parameters)).fetchall()
