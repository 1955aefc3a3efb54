"""Joins with a fixed order on SQLite."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Join
from sqlalchemy.ext.compiler import compiles


def nested_join(outer: Any, inner: Any, condition: Any) -> Join:
    """Return a join for `select_from` in which SQLite loops over the outer table.

    On PostgreSQL the planner chooses, as it has better statistics.
    """
    return _NestedJoin(outer, inner, condition)


class _NestedJoin(Join):
    inherit_cache = True


@compiles(_NestedJoin, "sqlite")
def _cross_join(element: _NestedJoin, compiler: Any, **options: Any) -> str:
    options["asfrom"] = True
    left, right = (compiler.process(part, **options) for part in (element.left, element.right))
    options["asfrom"] = False
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause, **options)}"
