"""Compute once for a page which learners pass its filter, as a bitmap that all statements use."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sqlmodel import Session

from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filters import BoundFilter, Learners, LedgerFilter


def without_matching_all_search(
    session: Session, engine: Engine, ledger_filter: BoundFilter
) -> BoundFilter:
    """Return a filter without its search if that matches every learner.

    Such as a search for the domain of everybody's emails. One query for a learner who does not
    match decides it.
    """
    shape = ledger_filter.shape
    if not shape.terms or fetch(session, _missed(engine, shape.terms), ledger_filter.parameters):
        return ledger_filter
    return replace(ledger_filter, shape=replace(shape, terms=0))


def with_learner_bitmap(
    session: Session, engine: Engine, ledger_filter: BoundFilter
) -> BoundFilter:
    """Return a filter with the parameter `learners`: a byte for each learner's id, from 1 on.

    It is 1 for those who pass the filter. To check a byte for each of a million intervals takes
    a quarter of the time of `IN` with a list of ids.
    """
    shape = ledger_filter.shape
    if not uses_bitmap(shape):
        return ledger_filter
    found = fetch(session, _ids(engine, shape), ledger_filter.parameters)[0][0]
    ids = [int(id_) for id_ in found.split(",")] if found else []
    marks = bytearray(max(ids, default=0))
    for id_ in ids:
        marks[id_ - 1] = 1
    return replace(ledger_filter, parameters={**ledger_filter.parameters, "learners": bytes(marks)})


def uses_bitmap(shape: LedgerFilter) -> bool:
    """Return whether a filter needs the bitmap: it has a search, or a scope of many learners."""
    return shape.terms > 0 or shape.learners is Learners.LED


@cache
def _ids(engine: Engine, shape: LedgerFilter) -> str:
    source, where = "learner l", []
    if shape.learners is not Learners.ALL:
        source, joined = engine.learner_of(f"({shape.learners.ids}) d", "d.id")
        where = [joined]
    where += [engine.contains("l.search", f":term{i}") for i in range(shape.terms)]
    return engine.sql(f"SELECT {engine.joined('l.id')} FROM {source} WHERE {' AND '.join(where)}")


@cache
def _missed(engine: Engine, terms: int) -> str:
    matches_search = " AND ".join(engine.contains("l.search", f":term{i}") for i in range(terms))
    return engine.sql(f"SELECT 1 FROM learner l WHERE NOT ({matches_search}) LIMIT 1")
