"""Read the access log, and read and end the open sessions of a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column
from sqlmodel import Session, col, select

from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.searching import matches_terms, term_values
from enrollment_portal.storage.shared.tables import AdminEvent, SignInSession, table_of


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the access log; the moment in ms."""

    id: int
    at: int
    actor_id: int | None
    actor_name: str
    action: str
    subject_kind: str
    subject_id: int | None
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class ActFilter:
    """The filter of the access log; times in ms, `until` excluded."""

    terms: tuple[str, ...] = ()
    actor_id: int | None = None
    action: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """An open session; times in ms. `id_hash` is the hash of its token."""

    id_hash: str
    created_at: int
    expires_at: int
    client: str
    user_agent: str


FEW = 2_000
"""Up to this many found rows are sorted; if more, the index by time finds a page soon."""

_event, _v, _s = table_of(AdminEvent), table_of(AdminEvent).c, table_of(SignInSession).c
_ACTS = select_columns(
    _v.id,
    _v.at,
    _v.actor_id,
    _v.actor_name,
    _v.action,
    _v.subject_kind,
    _v.subject_id,
    _v.subject,
    _v.detail,
)
_ORDER = Order((_v.at, _v.id), descending=True)
_NEWEST = _ACTS.order_by(_v.at.desc(), _v.id.desc()).limit(bindparam("limit"))
_ABOUT_USER = _NEWEST.where(_v.subject_kind == "user", _v.subject_id == bindparam("learner"))
_BY_USER = _NEWEST.where(_v.actor_id == bindparam("account"))
_ACTS_LISTED = _ACTS.where(is_among(_v.id, "ids"))
_FILTERS = {
    "actor": _v.actor_id == bindparam("actor"),
    "action": _v.action == bindparam("action"),
    "since": _v.at >= bindparam("since"),
    "until": _v.at < bindparam("until"),
}
_SESSIONS = (
    select_columns(
        _s.id_hash,
        _s.created_at,
        _s.expires_at,
        _s.client,
        _s.user_agent,
    )
    .where(
        _s.account_id == bindparam("account"),
        _s.expires_at > bindparam("now"),
    )
    .order_by(_s.created_at.desc(), _s.id_hash)
)


def read_acts(session: Session, wanted: ActFilter, place: Place | None) -> Slice[Act]:
    """Return a page of the access log, newest first, with the exact number of rows.

    A filter by person or action uses its own index, everything else the index by time. A search
    reads all rows that pass the other filters; only once if few match.
    """
    values: dict[str, Any] = {
        "actor": wanted.actor_id,
        "action": wanted.action,
        "since": wanted.since,
        "until": wanted.until,
    }
    values = {name: value for name, value in values.items() if value is not None}
    listed, counted, some = _acts(tuple(values), len(wanted.terms))
    values |= term_values(wanted.terms)
    if wanted.terms:
        ids = list(session.exec(some, params=values))
        if len(ids) <= FEW:
            return _page(session, _ACTS_LISTED, {"ids": ids}, len(ids), place)
    total = session.exec(counted, params=values).one()
    return _page(session, listed, values, total, place)


@lru_cache(maxsize=128)
def _acts(names: tuple[str, ...], n_terms: int) -> tuple[Any, Any, Any]:
    """Return the selects of the rows, of their number, and of a few ids."""
    asked = [_FILTERS[name] for name in names] + [matches_terms(_v.search, n_terms)]
    counted = select(func.count()).select_from(_event).where(*asked)
    some = select(_v.id).where(*asked).limit(literal_column(str(FEW + 1)))
    return _ACTS.where(*asked), counted, some


def _page(
    session: Session, statement: Any, values: dict[str, Any], total: int, place: Place | None
) -> Slice[Act]:
    found = select_slice(session, statement, order=_ORDER, total=total, place=place, params=values)
    return found.records(Act)


def acts_around(session: Session, learner_id: int, account_id: int | None, limit: int) -> list[Act]:
    """Return the newest acts about a user and by them, newest first."""
    values = {"learner": learner_id, "limit": limit}
    found = records(Act, session.exec(_ABOUT_USER, params=values))
    if account_id is not None:
        values = {"account": account_id, "limit": limit}
        found += records(Act, session.exec(_BY_USER, params=values))
    acts = {act.id: act for act in found}
    return sorted(acts.values(), key=lambda act: (act.at, act.id), reverse=True)[:limit]


def open_sessions(session: Session, account_id: int, now: int) -> list[OpenSession]:
    """Return an account's sessions that have not ended, newest first."""
    rows = session.exec(_SESSIONS, params={"account": account_id, "now": now})
    return records(OpenSession, rows)


def close_sessions(session: Session, account_id: int, kept: str = "") -> int:
    """End every session of an account except one (`id_hash`); return how many ended."""
    closed = delete(SignInSession).where(
        col(SignInSession.account_id) == account_id, col(SignInSession.id_hash) != kept
    )
    return session.exec(closed).rowcount
