"""How many enrollments a search within a scope holds in each status, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.permissions import Led, Taught
from enrollment_portal.storage.ledger.candidates import Narrowed, Narrowing, Side
from enrollment_portal.storage.ledger.engines import Engine, fetch

FEW_ROWS = 2_000
"""With no more rows than this on one side, it is not asked whether the other has fewer."""

_OF_LEARNERS = "sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled)"
_OF_TALLY = ", ".join(f"sum(n) FILTER (WHERE status = {status:d})" for status in Status)
_OF_ROWS = ", ".join(f"count(*) FILTER (WHERE e.status = {status:d})" for status in Status)


def count(
    connection: Connection, engine: Engine, narrowed: Narrowed
) -> tuple[dict[Status, int], Side]:
    """Return the number of enrollments in each status, and the side with fewer rows to gather."""

    def ask(statement: str) -> Sequence[Any]:
        return fetch(connection, statement, narrowed.parameters)[0]

    shape = narrowed.shape
    if shape.scope is Led:
        return _by_status(ask(_led(engine, shape))), Side.LED
    if not shape.terms:
        is_taught = shape.scope is Taught
        return _by_status(ask(_tallied(engine, is_taught))), Side.TAUGHT if is_taught else Side.ALL
    if shape.scope is not Taught:
        return _by_status(ask(_matched(engine, shape.terms))), Side.MATCHES
    side, taught = Side.TAUGHT, _total(ask(_tallied(engine, True)))
    if taught > FEW_ROWS and _total(ask(_matched(engine, shape.terms))) < taught:
        side = Side.MATCHES
    return _by_status(ask(_counted(engine, shape, side))), side


def _by_status(row: Sequence[Any]) -> dict[Status, int]:
    return {status: int(n or 0) for status, n in zip(Status, row, strict=True)}


def _total(row: Sequence[Any]) -> int:
    return sum(int(n or 0) for n in row)


@cache
def _tallied(engine: Engine, is_taught: bool) -> str:
    of_courses = (
        " WHERE course_id IN (SELECT course_id FROM course_teacher WHERE account_id = :account)"
    )
    return engine.sql(f"SELECT {_OF_TALLY} FROM tally_course{of_courses if is_taught else ''}")


@cache
def _matched(engine: Engine, terms: int) -> str:
    return engine.sql(
        f"SELECT {_OF_LEARNERS} FROM ({engine.matches(terms)}) d CROSS JOIN learner l"
        " WHERE l.id = d.id"
    )


@cache
def _led(engine: Engine, shape: Narrowing) -> str:
    found = "".join(" AND " + engine.contains("l.search", f":term{i}") for i in range(shape.terms))
    return engine.sql(
        f"SELECT {_OF_LEARNERS} FROM learner_lead d CROSS JOIN learner l"
        f" WHERE d.account_id = :account AND l.id = d.learner_id{found}"
    )


@cache
def _counted(engine: Engine, shape: Narrowing, side: Side) -> str:
    source, where = shape.found_from(engine, side, tuple(Status))
    return engine.sql(f"SELECT {_OF_ROWS} FROM {source} WHERE {where}")
