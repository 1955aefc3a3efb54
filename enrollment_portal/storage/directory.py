"""Pages of the directory: searched and filtered, exact totals, flat at a hundred thousand people.

Many matches are met along ix_learner_sort_name, few are gathered and sorted: each way is slow
where the other one is fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, column, func, literal, literal_column, table
from sqlmodel import Session, col, select

from enrollment_portal.domain.ledger_query import PAGE_SIZE
from enrollment_portal.domain.listing import ListQuery
from enrollment_portal.domain.text_search import search_terms
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.joins import nested_join
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.listing import Order, Slice, select_slice
from enrollment_portal.storage.people import PersonRow, rows_of, status_at
from enrollment_portal.storage.records import select_columns
from enrollment_portal.storage.searching import holds_all
from enrollment_portal.storage.tables import Account, Learner

GATHER_UP_TO = 10_000
"""So many people are sorted in a few milliseconds; of more, a page is near along the index."""

_ORDER = Order((col(Learner.sort_name), col(Learner.id)))
_BY_NAME = "INDEXED BY ix_learner_sort_name"
_PEOPLE = select_columns(col(Learner.id))


@dataclass(frozen=True)
class _Wanted:
    """The conditions on a person and their account."""

    terms: tuple[str, ...]
    access: str
    status: str
    now: int

    @property
    def is_with_account(self) -> bool:
        """Whether only people with an account can be meant."""
        return self.access not in ("", "none") or self.status in ("active", "invited", "suspended")

    @property
    def is_filtered(self) -> bool:
        return bool(self.access or self.status)

    def conditions(self) -> list[Any]:
        """Return what is asked of an account, or of there being none."""
        asked = []
        if self.access == "none":
            asked.append(col(Account.id).is_(None))
        elif self.access:
            asked.append(col(Account.role) == self.access)
        if self.status:
            asked.append(status_at(self.now) == self.status)
        return asked


def list_people(
    session: Session, query: ListQuery, *, now: int, size: int = PAGE_SIZE
) -> Slice[PersonRow]:
    """Return a page of the directory by name; the filters are `access` and `status`."""
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    wanted = _Wanted(terms, query.filters.get("access", ""), query.filters.get("status", ""), now)
    if terms and (statement := engine_of(session).before_search()):
        session.connection().exec_driver_sql(statement)
    total, source = _narrowed(session, wanted)
    if not total:
        return Slice((), 0, 0, None, None)
    keys = select_slice(session, source, order=_ORDER, total=total, place=query.place, size=size)
    found = rows_of(session, [row.id for row in keys.rows], now=now)
    return keys.of([found[row.id] for row in keys.rows])


def _narrowed(session: Session, wanted: _Wanted) -> tuple[int, Any]:
    """Return how many people are wanted, and the select of them that a page is read from."""
    n_matches = _count_matches(session, wanted)
    if not wanted.is_filtered:
        gather = bool(wanted.terms) and n_matches <= GATHER_UP_TO
        return n_matches, _from_matches(session, wanted) if gather else _by_name(_walk(wanted))
    if not wanted.is_with_account:
        return _without_account(session, wanted, n_matches)
    # Whoever is fewer, the accounts with this access or the people found, is looked at one by one.
    of_accounts = _from_accounts(wanted)
    n_accounts = _count(session, of_accounts)
    if wanted.terms and n_matches < n_accounts:
        source = _from_matches(session, wanted)
    else:
        source = of_accounts.where(holds_all(Learner.search, wanted.terms))
    total = n_accounts if not wanted.terms else _count(session, source)
    return total, source if total <= GATHER_UP_TO else _by_name(_walk(wanted))


def _without_account(session: Session, wanted: _Wanted, n_matches: int) -> tuple[int, Any]:
    """Return the same for people who cannot come in: everybody who is found, but for who can."""
    walk = _walk(wanted)
    if not wanted.terms:
        with_account = select(func.count(col(Account.learner_id).distinct()))
        total = n_matches - session.exec(with_account).one()
        if not wanted.access:  # and those whose invitation is over
            total += _count(session, _from_accounts(wanted))
        return total, _by_name(walk)
    if n_matches <= GATHER_UP_TO:
        gathered = _from_matches(session, wanted)
        return _count(session, gathered), gathered
    return _count(session, walk), _by_name(walk)


def _count_matches(session: Session, wanted: _Wanted) -> int:
    if not wanted.terms:
        return session.exec(select(func.count()).select_from(Learner)).one()
    matches = _matches(session, wanted.terms)
    is_long = any(len(term) > 3 for term in wanted.terms)
    if is_long and is_sqlite(session):
        # Of long parts that very many share, reading every person is faster than the index.
        some = matches.limit(literal_column(str(GATHER_UP_TO + 1))).subquery()
        found = session.exec(select(func.count()).select_from(some)).one()
        if found <= GATHER_UP_TO:
            return found
        return _count(session, _PEOPLE.where(holds_all(Learner.search, wanted.terms)))
    return session.exec(select(func.count()).select_from(matches.subquery())).one()


def _count(session: Session, source: Any) -> int:
    counted = source.with_only_columns(func.count(), maintain_column_froms=True)
    return session.exec(counted).scalar_one()


def _matches(session: Session, terms: tuple[str, ...]) -> Any:
    """Return the select of the ids (`id`) of the people whose search text holds every part."""
    values = engine_of(session).match_parameters(terms)
    if is_sqlite(session):
        index = table("learner_search", column("rowid"))
        match = column("learner_search").op("MATCH", is_comparison=True)
        return select(index.c.rowid.label("id")).where(match(literal(values["match"], Text())))
    likes = (col(Learner.search).like(literal(like, Text())) for like in values.values())
    return _PEOPLE.where(*likes, holds_all(Learner.search, terms))


def _from_matches(session: Session, wanted: _Wanted) -> Any:
    matches = _matches(session, wanted.terms).subquery("d")
    found = _PEOPLE.select_from(matches).join(Learner, col(Learner.id) == matches.c.id)
    return _with_account(found, wanted)


def _from_accounts(wanted: _Wanted) -> Any:
    # Else SQLite may walk the people instead.
    people = nested_join(Account, Learner, col(Learner.id) == Account.learner_id)
    return _PEOPLE.select_from(people).where(*wanted.conditions())


def _walk(wanted: _Wanted) -> Any:
    return _with_account(_PEOPLE, wanted).where(holds_all(Learner.search, wanted.terms))


def _with_account(people: Any, wanted: _Wanted) -> Any:
    if not wanted.is_filtered:
        return people
    joined = people.outerjoin(Account, col(Account.learner_id) == Learner.id)
    return joined.where(*wanted.conditions())


def _by_name(people: Any) -> Any:
    return people.with_hint(Learner, _BY_NAME, "sqlite")
