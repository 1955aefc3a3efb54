"""Search in lists that are short enough to scan: courses, learning paths, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Text, and_, bindparam, false, literal, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from enrollment_portal.domain.shared.text_search import search_terms


def matches_typed(column: Any, typed: str) -> ColumnElement[bool]:
    """Return the condition that a search text has all typed words.

    Args:
        column: with the result of `search_text`.
        typed: the search, "" for none.
    """
    terms = search_terms(typed)
    return false() if terms is None else matches_all(column, terms)


def typed_terms(typed: str) -> tuple[int | None, dict[str, str]]:
    """Return the number of terms for `matches_terms`, and its parameters."""
    terms = search_terms(typed)
    return None if terms is None else len(terms), term_values(terms or ())


def matches_terms(column: Any, n: int | None) -> ColumnElement[bool]:
    """Return `matches_typed` for a statement that is prepared once.

    Args:
        column: with the result of `search_text`.
        n: the number of terms, from `typed_terms`.
    """
    if n is None:
        return false()
    return and_(true(), *(_Contains(column, bindparam(f"term{i}", type_=Text())) for i in range(n)))


def matches_all(column: Any, terms: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a text contains each of these terms."""
    return and_(true(), *(_Contains(column, literal(term, Text())) for term in terms))


def term_values(terms: Sequence[str]) -> dict[str, str]:
    """Return the values of the parameters of `matches_terms`."""
    return {f"term{i}": term for i, term in enumerate(terms)}


class _Contains(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: object = None) -> Any:
        return self  # otherwise it is rendered as `… = 1`


@compiles(_Contains, "sqlite")
def _instr(element: _Contains, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)}) > 0"


@compiles(_Contains, "postgresql")
def _strpos(element: _Contains, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)}) > 0"
