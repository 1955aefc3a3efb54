"""Lists of ids as one parameter of a statement, on either engine.

A statement stays the same however long the list is, and is prepared once; `column.in_(...)` makes
a parameter of each id, which engines limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def is_among(column: Any, ids: str | Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of a list of ids.

    Args:
        column: of a table class.
        ids: the list, or the name of its parameter: `params={"ids": [1, 2]}`.
    """
    return _IsAmong(column, _parameter(ids, _Ids()))


def is_among_texts(column: Any, texts: str | Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of a list of texts. See `is_among`."""
    return _IsAmong(column, _parameter(texts, _Texts()))


def _parameter(values: str | Iterable[object], kind: TypeEngine[Any]) -> Any:
    if isinstance(values, str):
        return bindparam(values, type_=kind)
    return bindparam(None, list(values), type_=kind)


class _Ids(TypeDecorator[Any]):
    """A list as JSON on SQLite and as an array on PostgreSQL."""

    impl = Text
    cache_ok = True
    item: type[TypeEngine[Any]] = BigInteger

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(self.item)

    def process_bind_param(self, value: Any, dialect: Dialect) -> object:
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)


class _Texts(_Ids):
    cache_ok = True
    item = Text


class _IsAmong(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: object = None) -> Any:
        # Otherwise it is rendered as `… = 1`, which no index serves.
        return self


@compiles(_IsAmong, "sqlite")
def _among_json(element: _IsAmong, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_IsAmong, "postgresql")
def _among_array(element: _IsAmong, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    kind = "TEXT" if isinstance(element.clauses.clauses[1].type, _Texts) else "BIGINT"
    return f"{column} IN (SELECT unnest(CAST({ids} AS {kind}[])))"
