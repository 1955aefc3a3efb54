"""Lists of ids as one parameter of a statement, on either engine."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection


def in_list(connection: Connection, name: str) -> str:
    """Return the subquery of the ids in the parameter `:name`, to stand after IN."""
    if connection.dialect.name == "sqlite":
        return f"(SELECT value FROM json_each(:{name}))"
    return f"(SELECT unnest(CAST(:{name} AS BIGINT[])))"


def id_list(connection: Connection, ids: Iterable[int]) -> object:
    """Return the value of such a parameter."""
    return json.dumps(list(ids)) if connection.dialect.name == "sqlite" else list(ids)


def in_texts(connection: Connection, name: str) -> str:
    """Return the subquery of the texts in the parameter `:name`, to stand after IN."""
    if connection.dialect.name == "sqlite":
        return f"(SELECT value FROM json_each(:{name}))"
    return f"(SELECT unnest(CAST(:{name} AS TEXT[])))"


def text_list(connection: Connection, texts: Iterable[str]) -> object:
    """Return the value of such a parameter."""
    return json.dumps(list(texts)) if connection.dialect.name == "sqlite" else list(texts)
