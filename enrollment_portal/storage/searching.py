"""Searching in lists that are short enough to read: courses, learning paths, groups."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.text_search import search_terms
from enrollment_portal.storage.ledger.engines import engine_of


def text_holds(session: Session, column: str, typed: str) -> tuple[str, dict[str, Any]]:
    """Return the condition that a search text holds all that was typed, and its parameters.

    Args:
        session: to where it will be asked.
        column: which holds what `search_text` returns.
        typed: the search, "" for none.

    Returns:
        What is written behind a WHERE clause, beginning with AND; "" for no search.
    """
    terms = search_terms(typed)
    if terms is None:
        return " AND false", {}
    engine = engine_of(session)
    condition = "".join(f" AND {engine.contains(column, f':term{i}')}" for i in range(len(terms)))
    return condition, {f"term{i}": term for i, term in enumerate(terms)}
