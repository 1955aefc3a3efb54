"""Pages of the directory: searched and filtered, exact totals, flat at a hundred thousand people.

Many matches are met along ix_learner_sort_name, few are gathered and sorted: each way is slow
where the other one is fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.ledger_query import PAGE_SIZE
from enrollment_portal.domain.listing import ListQuery
from enrollment_portal.domain.text_search import search_terms
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.listing import Order, Slice, read_slice
from enrollment_portal.storage.people import STATUS, PersonRow, rows_of

GATHER_UP_TO = 10_000
"""So many people are sorted in a few milliseconds; of more, a page is near along the index."""

_ORDER = Order(("l.sort_name", "l.id"))


@dataclass
class _Wanted:
    """The conditions on a person `l` and their account `a`, and the values in them."""

    terms: tuple[str, ...]
    access: str
    status: str
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def is_with_account(self) -> bool:
        """Whether only people with an account can be meant."""
        return self.access not in ("", "none") or self.status in ("active", "invited", "suspended")

    @property
    def is_filtered(self) -> bool:
        return bool(self.access or self.status)

    def conditions(self) -> list[str]:
        """Return what is asked of an account, or of there being none."""
        asked = []
        if self.access == "none":
            asked.append("a.id IS NULL")
        elif self.access:
            asked.append("a.role = :access")
        if self.status:
            asked.append(f"({STATUS}) = :status")
        return asked


def list_people(
    session: Session, query: ListQuery, *, now: int, size: int = PAGE_SIZE
) -> Slice[PersonRow]:
    """Return a page of the directory by name; the filters are `access` and `status`."""
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    wanted = _Wanted(terms, query.filters.get("access", ""), query.filters.get("status", ""))
    engine = engine_of(session)
    wanted.parameters |= {f"term{i}": term for i, term in enumerate(terms)}
    if terms:
        wanted.parameters |= engine.match_parameters(terms)
        if statement := engine.before_search():
            session.connection().exec_driver_sql(statement)
    wanted.parameters |= {"now": now, "access": wanted.access, "status": wanted.status}
    total, source = _narrowed(session, wanted)
    if not total:
        return Slice((), 0, 0, None, None)
    keys = read_slice(
        session,
        "l.id",
        source,
        order=_ORDER,
        parameters=_used(source, wanted.parameters),
        total=total,
        place=query.place,
        size=size,
    )
    found = rows_of(session, [row[0] for row in keys.rows], now=now)
    return keys.of([found[row[0]] for row in keys.rows])


def _narrowed(session: Session, wanted: _Wanted) -> tuple[int, str]:
    """Return how many people are wanted, and from where a page of them is read."""
    n_matches = _count_matches(session, wanted)
    if not wanted.is_filtered:
        gather = bool(wanted.terms) and n_matches <= GATHER_UP_TO
        return n_matches, _from_matches(session, wanted) if gather else _walk(session, wanted)
    if not wanted.is_with_account:
        return _without_account(session, wanted, n_matches)
    # Whoever is fewer, the accounts with this access or the people found, is looked at one by one.
    of_accounts = _from_accounts(wanted)
    n_accounts = _count(session, wanted, of_accounts)
    if wanted.terms and n_matches < n_accounts:
        source = _from_matches(session, wanted)
    else:
        source = of_accounts + _contains(session, wanted)
    total = n_accounts if not wanted.terms else _count(session, wanted, source)
    return total, source if total <= GATHER_UP_TO else _walk(session, wanted)


def _without_account(session: Session, wanted: _Wanted, n_matches: int) -> tuple[int, str]:
    """Return the same for people who cannot come in: everybody who is found, but for who can."""
    walk = _walk(session, wanted)
    if not wanted.terms:
        with_account = "SELECT count(DISTINCT learner_id) FROM account"
        total = n_matches - session.execute(text(with_account)).scalar_one()
        if not wanted.access:  # and those whose invitation is over
            total += _count(session, wanted, _from_accounts(wanted))
        return total, walk
    few = n_matches <= GATHER_UP_TO
    source = _from_matches(session, wanted) if few else walk
    return _count(session, wanted, source.replace(_BY_NAME, "")), source


def _count_matches(session: Session, wanted: _Wanted) -> int:
    if not wanted.terms:
        return session.execute(text("SELECT count(*) FROM learner")).scalar_one()
    matches = engine_of(session).matches(len(wanted.terms))
    is_long = any(len(term) > 3 for term in wanted.terms)
    if is_long and is_sqlite(session):
        # Of long parts that very many share, reading every person is faster than the index.
        found = _count(session, wanted, f"({matches} LIMIT {GATHER_UP_TO + 1}) l")
        if found <= GATHER_UP_TO:
            return found
        source = f"learner l WHERE true{_contains(session, wanted)}"
        return _count(session, wanted, source)
    return _count(session, wanted, f"({matches}) l")


def _count(session: Session, wanted: _Wanted, source: str) -> int:
    statement = f"SELECT count(*) FROM {source}"
    return session.execute(text(statement), _used(statement, wanted.parameters)).scalar_one()


def _contains(session: Session, wanted: _Wanted) -> str:
    engine = engine_of(session)
    return "".join(
        " AND " + engine.contains("l.search", f":term{i}") for i in range(len(wanted.terms))
    )


def _and(conditions: Sequence[str]) -> str:
    return "".join(f" AND {condition}" for condition in conditions)


_BY_NAME = " INDEXED BY ix_learner_sort_name"
_ACCOUNT = "LEFT JOIN account a ON a.learner_id = l.id"


def _from_matches(session: Session, wanted: _Wanted) -> str:
    matches = engine_of(session).matches(len(wanted.terms))
    account = f" {_ACCOUNT}" if wanted.is_filtered else ""
    return (
        f"({matches}) d JOIN learner l ON l.id = d.id{account}"
        f" WHERE true{_and(wanted.conditions())}"
    )


def _from_accounts(wanted: _Wanted) -> str:
    # The plus keeps SQLite from walking the people instead.
    return f"account a CROSS JOIN learner l WHERE l.id = a.learner_id{_and(wanted.conditions())}"


def _walk(session: Session, wanted: _Wanted) -> str:
    index = _BY_NAME if is_sqlite(session) else ""
    account = f" {_ACCOUNT}" if wanted.is_filtered else ""
    return (
        f"learner l{index}{account} WHERE true{_and(wanted.conditions())}"
        f"{_contains(session, wanted)}"
    )


def _used(statement: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that a statement names; PostgreSQL cannot guess others' types."""
    return {name: value for name, value in parameters.items() if f":{name}" in statement}
