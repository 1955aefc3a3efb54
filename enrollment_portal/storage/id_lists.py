"""Lists of ids as one parameter of a statement, on either engine."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlmodel import Session

from enrollment_portal.storage.database import is_sqlite


def in_list(session: Session, name: str) -> str:
    """Return the subquery of the ids in the parameter `:name`, to stand after IN."""
    if is_sqlite(session):
        return f"(SELECT value FROM json_each(:{name}))"
    return f"(SELECT unnest(CAST(:{name} AS BIGINT[])))"


def id_list(session: Session, ids: Iterable[int]) -> object:
    """Return the value of such a parameter."""
    return json.dumps(list(ids)) if is_sqlite(session) else list(ids)


def in_texts(session: Session, name: str) -> str:
    """Return the subquery of the texts in the parameter `:name`, to stand after IN."""
    if is_sqlite(session):
        return f"(SELECT value FROM json_each(:{name}))"
    return f"(SELECT unnest(CAST(:{name} AS TEXT[])))"


def text_list(session: Session, texts: Iterable[str]) -> object:
    """Return the value of such a parameter."""
    return json.dumps(list(texts)) if is_sqlite(session) else list(texts)
