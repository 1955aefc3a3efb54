"""Count the rows of each status and of each origin within a scope."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.storage.ledger.values.weights import Ledger, values_of
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import (
    Enrollment,
    TallyCourse,
    TallyView,
    TallyViewOf,
    table_of,
)

_e, _y, _v = (table_of(kind).c for kind in (Enrollment, TallyCourse, TallyView))
_n = func.count()


def count_values(
    session: Session, scope: Scope, query: LedgerQuery, name: FilterName
) -> dict[Any, int]:
    """Return the rows of each status or origin, as it is stored, of a ledger without its filters.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: its page and kind.
        name: the filter by status, or by origin.
    """
    ledger, values = Ledger.of(scope, query), values_of(scope, query)

    def ask(statement: Any) -> Counter[Any]:
        return Counter(dict(session.exec(statement, params=values).all()))

    if name is FilterName.STATUS:
        return ask(_statuses(ledger))
    if not ledger.is_of_all_learners:
        return ask(_rows(ledger, _e.origin))
    return {[*Origin][number].value: n for number, n in ask(_origins(ledger)).items() if n}


@lru_cache(maxsize=50)
def _statuses(ledger: Ledger) -> Any:
    if not ledger.is_of_all_learners:
        return _rows(ledger, _e.status)
    found = select_columns(_y.status, func.sum(_y.n)).group_by(_y.status)
    return found.where(*ledger.of_courses(_y.course_id))


@lru_cache(maxsize=50)
def _origins(ledger: Ledger) -> Any:
    found = select_columns(_v.bucket, func.sum(_v.n)).group_by(_v.bucket)
    return found.where(_v.measure == TallyViewOf.ORIGIN, *ledger.of_courses(_v.course_id))


@lru_cache(maxsize=50)
def _rows(ledger: Ledger, column: ColumnElement[Any]) -> Any:
    found = select_columns(column, _n).group_by(column)
    return found.where(*ledger.of_courses(_e.course_id), *ledger.of_learners(_e.learner_id))
