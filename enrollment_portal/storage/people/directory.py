"""Read pages of the directory, searched and filtered, with exact totals.

If many people match, a page is read by scanning ix_learner_sort_name; if few match, they are
sorted. Each way is slow where the other one is fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, column, func, literal_column, table
from sqlmodel import Session, select

from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.people.people import PersonRow, rows_of, status_at
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.joins import nested_join
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.searching import matches_terms, term_values
from enrollment_portal.storage.shared.tables import Account, Learner, table_of

SORT_UP_TO = 10_000
"""Up to this many people are sorted; if more, the index by name finds a page soon."""

_learner, _account = table_of(Learner), table_of(Account)
_l, _a = _learner.c, _account.c
_ORDER = Order((_l.sort_name, _l.id))
_BY_NAME = "INDEXED BY ix_learner_sort_name"
_PEOPLE = select_columns(_l.id)
_N_PEOPLE = select(func.count()).select_from(_learner)
_N_WITH_ACCOUNT = select(func.count(_a.learner_id.distinct()))
_STATUS = status_at(bindparam("now", type_=BigInteger())) == bindparam("status", type_=Text())


@dataclass(frozen=True)
class _Wanted:
    """The shape of a filter; statements are cached for each shape."""

    n_terms: int
    access: str
    """The condition on the access; "role" for any role, which is a parameter."""
    has_status: bool
    is_sqlite: bool

    @property
    def is_filtered(self) -> bool:
        return bool(self.access) or self.has_status


def list_people(
    session: Session, query: ListQuery, *, now: int, size: int = PAGE_SIZE
) -> Slice[PersonRow]:
    """Return a page of the directory by name; the filters are `access` and `status`."""
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    engine = engine_of(session)
    if terms and (statement := engine.before_search()):
        session.connection().exec_driver_sql(statement)
    access, status = query.filters.get("access", ""), query.filters.get("status", "")
    wanted = _Wanted(
        len(terms),
        access if access in ("", "none") else "role",
        bool(status),
        is_sqlite(session),
    )
    values = {"now": now, "access": access, "status": status, **term_values(terms)}
    values |= engine.match_parameters(terms) if terms else {}
    search = _Search(session, wanted, values, is_long=any(len(term) > 3 for term in terms))
    # Whether only people with an account can match.
    with_account = wanted.access == "role" or status in ("active", "invited", "suspended")
    total, source = search.count_and_select(with_account=with_account)
    if not total:
        return Slice((), 0, 0, None, None)
    keys = select_slice(
        session, source, order=_ORDER, total=total, place=query.place, params=values, size=size
    )
    found = rows_of(session, [row.id for row in keys.rows], now=now)
    return keys.of([found[row.id] for row in keys.rows])


@dataclass(frozen=True)
class _Search:
    """Count matching people, and choose the select for a page of them."""

    session: Session
    wanted: _Wanted
    values: dict[str, Any]
    is_long: bool

    def count_and_select(self, *, with_account: bool) -> tuple[int, Any]:
        """Return how many people match, and the select for them."""
        wanted, n_matches = self.wanted, self._count_matches()
        if not wanted.is_filtered:
            sorts_all = bool(wanted.n_terms) and n_matches <= SORT_UP_TO
            return n_matches, _from_matches(wanted) if sorts_all else _index_scan(wanted)
        if not with_account:
            return self._without_account(n_matches)
        # Read the smaller set, accounts with this access or people found, and check each row.
        of_accounts = _from_accounts(wanted, False)
        total = self._count(of_accounts)
        source = of_accounts
        if wanted.n_terms:
            is_fewer = n_matches < total
            source = _from_matches(wanted) if is_fewer else _from_accounts(wanted, True)
            total = self._count(source)
        return total, source if total <= SORT_UP_TO else _index_scan(wanted)

    def _without_account(self, n_matches: int) -> tuple[int, Any]:
        """Return the same for people without access: all who are found minus those with access."""
        wanted = self.wanted
        if not wanted.n_terms:
            total = n_matches - self.session.exec(_N_WITH_ACCOUNT).one()
            if not wanted.access:  # and those whose invitation has expired
                total += self._count(_from_accounts(wanted, False))
            return total, _index_scan(wanted)
        if n_matches <= SORT_UP_TO:
            return self._count(_from_matches(wanted)), _from_matches(wanted)
        return self._count(_everybody(wanted)), _index_scan(wanted)

    def _count_matches(self) -> int:
        wanted = self.wanted
        if not wanted.n_terms:
            return self.session.exec(_N_PEOPLE).one()
        if self.is_long and wanted.is_sqlite:
            # For long terms that very many share, reading every person is faster than the index.
            found = self._one(_count_of_matches(wanted, SORT_UP_TO + 1))
            return found if found <= SORT_UP_TO else self._count(_matching(wanted))
        return self._one(_count_of_matches(wanted, None))

    def _count(self, source: Any) -> int:
        return self._one(_count_of(source))

    def _one(self, statement: Any) -> int:
        return self.session.exec(statement, params=self.values).scalar_one()


@lru_cache(maxsize=128)
def _count_of(source: Any) -> Any:
    return source.with_only_columns(func.count(), maintain_column_froms=True)


@lru_cache(maxsize=64)
def _count_of_matches(wanted: _Wanted, limit: int | None) -> Any:
    matches = _matches(wanted)
    if limit is not None:
        matches = matches.limit(literal_column(str(limit)))
    return select_columns(func.count()).select_from(matches.subquery())


def _matches(wanted: _Wanted) -> Any:
    """Return the select of the ids (`id`) of the people whose search text has every term."""
    if wanted.is_sqlite:
        index = table("learner_search", column("rowid"))
        match = column("learner_search").op("MATCH", is_comparison=True)
        found = select_columns(index.c.rowid.label("id"))
        return found.where(match(bindparam("match", type_=Text())))
    likes = (_l.search.like(bindparam(f"like{i}", type_=Text())) for i in range(wanted.n_terms))
    return _PEOPLE.where(*likes, matches_terms(_l.search, wanted.n_terms))


@lru_cache(maxsize=64)
def _from_matches(wanted: _Wanted) -> Any:
    matches = _matches(wanted).subquery("d")
    found = _PEOPLE.select_from(matches.join(_learner, _l.id == matches.c.id))
    return _with_account(found, wanted)


@lru_cache(maxsize=64)
def _from_accounts(wanted: _Wanted, is_searched: bool) -> Any:
    # Otherwise SQLite may scan the people instead.
    found = _PEOPLE.select_from(nested_join(_account, _learner, _l.id == _a.learner_id))
    found = found.where(*_conditions(wanted))
    return found.where(matches_terms(_l.search, wanted.n_terms)) if is_searched else found


@lru_cache(maxsize=64)
def _matching(wanted: _Wanted) -> Any:
    return _PEOPLE.where(matches_terms(_l.search, wanted.n_terms))


@lru_cache(maxsize=64)
def _everybody(wanted: _Wanted) -> Any:
    return _with_account(_PEOPLE, wanted).where(matches_terms(_l.search, wanted.n_terms))


@lru_cache(maxsize=64)
def _index_scan(wanted: _Wanted) -> Any:
    return _everybody(wanted).with_hint(_learner, _BY_NAME, "sqlite")


def _with_account(people: Any, wanted: _Wanted) -> Any:
    if not wanted.is_filtered:
        return people
    joined = people.outerjoin(_account, _a.learner_id == _l.id)
    return joined.where(*_conditions(wanted))


def _conditions(wanted: _Wanted) -> list[Any]:
    """Return the conditions on an account, or on its absence."""
    asked = []
    if wanted.access == "none":
        asked.append(_a.id.is_(None))
    elif wanted.access:
        asked.append(_a.role == bindparam("access"))
    if wanted.has_status:
        asked.append(_STATUS)
    return asked
