"""The access log to read, and the open sessions of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column
from sqlmodel import Session, col, select

from enrollment_portal.domain.ledger_query import Place
from enrollment_portal.storage.id_lists import is_among
from enrollment_portal.storage.listing import Order, Slice, select_slice
from enrollment_portal.storage.records import records, select_columns
from enrollment_portal.storage.searching import holds_all
from enrollment_portal.storage.tables import AdminEvent, SignInSession


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
    """Which rows of the access log are wanted; moments in ms, `until` exclusive."""

    terms: tuple[str, ...] = ()
    actor_id: int | None = None
    action: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A sign-in that lasts; moments in ms. `id_hash` is what is stored of its token."""

    id_hash: str
    created_at: int
    expires_at: int
    client: str
    user_agent: str


FEW = 2_000
"""Up to so many rows that a search of the log finds are sorted; of more, a page is near."""

_ACTS = select_columns(
    col(AdminEvent.id),
    col(AdminEvent.at),
    col(AdminEvent.actor_id),
    col(AdminEvent.actor_name),
    col(AdminEvent.action),
    col(AdminEvent.subject_kind),
    col(AdminEvent.subject_id),
    col(AdminEvent.subject),
    col(AdminEvent.detail),
)
_ORDER = Order((col(AdminEvent.at), col(AdminEvent.id)), descending=True)
_NEWEST = _ACTS.order_by(col(AdminEvent.at).desc(), col(AdminEvent.id).desc()).limit(
    bindparam("limit")
)
_ABOUT_USER = _NEWEST.where(
    col(AdminEvent.subject_kind) == "user", col(AdminEvent.subject_id) == bindparam("learner")
)
_BY_USER = _NEWEST.where(col(AdminEvent.actor_id) == bindparam("account"))
_SESSIONS = (
    select_columns(
        col(SignInSession.id_hash),
        col(SignInSession.created_at),
        col(SignInSession.expires_at),
        col(SignInSession.client),
        col(SignInSession.user_agent),
    )
    .where(
        col(SignInSession.account_id) == bindparam("account"),
        col(SignInSession.expires_at) > bindparam("now"),
    )
    .order_by(col(SignInSession.created_at).desc(), col(SignInSession.id_hash))
)


def read_acts(session: Session, wanted: ActFilter, place: Place | None) -> Slice[Act]:
    """Return a page of the access log, newest first, with the exact number of rows.

    A person or an action is read along its own index, everything else along the time's. A search
    looks at each row that the other filters leave: once, where few match.
    """
    asked: list[Any] = []
    if wanted.actor_id is not None:
        asked.append(col(AdminEvent.actor_id) == wanted.actor_id)
    if wanted.action is not None:
        asked.append(col(AdminEvent.action) == wanted.action)
    if wanted.since is not None:
        asked.append(col(AdminEvent.at) >= wanted.since)
    if wanted.until is not None:
        asked.append(col(AdminEvent.at) < wanted.until)
    if wanted.terms:
        asked.append(holds_all(AdminEvent.search, wanted.terms))
        some = select(AdminEvent.id).where(*asked).limit(literal_column(str(FEW + 1)))
        ids = [id_ for id_ in session.exec(some) if id_ is not None]
        if len(ids) <= FEW:
            return _page(session, [is_among(AdminEvent.id, ids)], len(ids), place)
    counted = select(func.count()).select_from(AdminEvent).where(*asked)
    return _page(session, asked, session.exec(counted).one(), place)


def _page(session: Session, asked: list[Any], total: int, place: Place | None) -> Slice[Act]:
    statement = _ACTS.where(*asked)
    found = select_slice(session, statement, order=_ORDER, total=total, place=place)
    return found.of(records(Act, found.rows))


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
    """End every session of an account, but one by its `id_hash`; return how many there were."""
    closed = delete(SignInSession).where(
        col(SignInSession.account_id) == account_id, col(SignInSession.id_hash) != kept
    )
    return session.exec(closed).rowcount
