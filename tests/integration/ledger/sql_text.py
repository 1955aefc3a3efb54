"""Format SQL for reading: one clause a line, subqueries indented."""

from __future__ import annotations

import re
import textwrap

_CLAUSES = (
    "UNION ALL",
    "UNION",
    "ORDER BY",
    "GROUP BY",
    "SELECT",
    "FROM",
    "WHERE",
    "LIMIT",
    "OFFSET",
)
_CONTINUED = ("CROSS JOIN LATERAL", "CROSS JOIN", "LEFT JOIN", "JOIN", "AND")
_WORDS = re.compile("|".join((*_CLAUSES, *_CONTINUED)).replace(" ", r"\s+"))
_WIDTH = 96
_STEP = "  "


def laid_out(sql: str) -> str:
    """Return a statement with each clause on its own line."""
    return "\n".join(_lines(sql.strip(), "")) + "\n"


def _lines(sql: str, indent: str) -> list[str]:
    if len(indent + sql) <= _WIDTH and not _is_query(sql):
        return [indent + sql]
    lines: list[str] = []
    for clause in _clauses(sql):
        further = _STEP if clause.startswith(_CONTINUED) else ""
        lines += _opened(clause, indent + further)
    return lines


def _opened(clause: str, indent: str) -> list[str]:
    """Return a clause with the query in its parentheses formatted, if there is one."""
    start = next((at for at, end in _pairs(clause) if _is_query(clause[at + 1 : end])), None)
    if start is None:
        return _wrapped(clause, indent)
    end = dict(_pairs(clause))[start]
    rest = _opened(clause[end:], indent)
    return [
        *_wrapped(clause[: start + 1], indent),
        *_lines(clause[start + 1 : end].strip(), indent + _STEP),
        *rest,
    ]


def _wrapped(clause: str, indent: str) -> list[str]:
    further = indent + 2 * _STEP
    return textwrap.wrap(
        clause,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _is_query(sql: str) -> bool:
    return sql.lstrip(" (").startswith("SELECT ")


def _clauses(sql: str) -> list[str]:
    """Return a query's clauses, split at the keywords outside parentheses."""
    depth, cuts, at, quoted = 0, [0], 0, False
    while at < len(sql):
        if sql[at] == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(sql[at], 0)
            found = _WORDS.match(sql, at) if depth == 0 and sql[at - 1 : at] in ("", " ") else None
            if found and at and not sql[found.end() : found.end() + 1].isalnum():
                cuts.append(at)
                at = found.end()
                continue
        at += 1
    return [sql[a:b].strip() for a, b in zip(cuts, [*cuts[1:], None], strict=True)]


def _pairs(sql: str) -> list[tuple[int, int]]:
    """Return the positions of a clause's outermost parentheses, in order."""
    pairs, opened, quoted = [], [], False
    for at, character in enumerate(sql):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            opened.append(at)
        elif character == ")" and opened:
            start = opened.pop()
            if not opened:
                pairs.append((start, at))
    return pairs
