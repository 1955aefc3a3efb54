"""The access log to read, and the open sessions of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.ledger_query import Place
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.id_lists import id_list, in_list
from enrollment_portal.storage.listing import Order, Slice, read_slice


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

_COLUMNS = (
    "v.id, v.at, v.actor_id, v.actor_name, v.action, v.subject_kind, v.subject_id, v.subject,"
    " v.detail"
)
_ABOUT_USER = (
    f"SELECT {_COLUMNS} FROM admin_event v WHERE v.subject_kind = 'user'"
    " AND v.subject_id = :learner ORDER BY v.at DESC, v.id DESC LIMIT :limit"
)
_BY_USER = (
    f"SELECT {_COLUMNS} FROM admin_event v WHERE v.actor_id = :account"
    " ORDER BY v.at DESC, v.id DESC LIMIT :limit"
)
_SESSIONS = text(
    "SELECT id_hash, created_at, expires_at, client, user_agent FROM sign_in_session"
    " WHERE account_id = :account AND expires_at > :now ORDER BY created_at DESC, id_hash"
)
_CLOSE_ALL = text(
    "DELETE FROM sign_in_session WHERE account_id = :account AND id_hash <> :kept RETURNING id_hash"
)


def read_acts(session: Session, wanted: ActFilter, place: Place | None) -> Slice[Act]:
    """Return a page of the access log, newest first, with the exact number of rows.

    A person or an action is read along its own index, everything else along the time's. A search
    looks at each row that the other filters leave: once, where few match.
    """
    conditions, values = ["true"], {}
    for column, name, value in (
        ("v.actor_id =", "actor", wanted.actor_id),
        ("v.action =", "action", wanted.action),
        ("v.at >=", "since", wanted.since),
        ("v.at <", "until", wanted.until),
    ):
        if value is not None:
            conditions.append(f"{column} :{name}")
            values[name] = value
    for i, term in enumerate(wanted.terms):
        conditions.append(_contains(session, f"term{i}"))
        values[f"term{i}"] = term
    source = f"admin_event v WHERE {' AND '.join(conditions)}"
    if wanted.terms:
        ids = list(
            session.execute(text(f"SELECT v.id FROM {source} LIMIT {FEW + 1}"), values).scalars()
        )
        if len(ids) <= FEW:
            source = f"admin_event v WHERE v.id IN {in_list(session, 'ids')}"
            values = {"ids": id_list(session, ids)}
            return _page(session, source, values, len(ids), place)
    total = session.execute(text(f"SELECT count(*) FROM {source}"), values).scalar_one()
    return _page(session, source, values, total, place)


def _page(
    session: Session, source: str, values: dict[str, Any], total: int, place: Place | None
) -> Slice[Act]:
    found = read_slice(
        session,
        _COLUMNS,
        source,
        order=Order(("v.at", "v.id"), descending=True),
        parameters=values,
        total=total,
        place=place,
    )
    return found.of([Act(*tuple(row)[:9]) for row in found.rows])


def _contains(session: Session, name: str) -> str:
    on_sqlite = is_sqlite(session)
    return f"{'instr' if on_sqlite else 'strpos'}(v.search, :{name}) > 0"


def acts_around(session: Session, learner_id: int, account_id: int | None, limit: int) -> list[Act]:
    """Return the newest acts about a user and by them, newest first."""
    rows: list[Sequence[Any]] = list(
        session.execute(text(_ABOUT_USER), {"learner": learner_id, "limit": limit})
    )
    if account_id is not None:
        rows += session.execute(text(_BY_USER), {"account": account_id, "limit": limit})
    acts = {act.id: act for act in (Act(*row) for row in rows)}
    return sorted(acts.values(), key=lambda act: (act.at, act.id), reverse=True)[:limit]


def open_sessions(session: Session, account_id: int, now: int) -> list[OpenSession]:
    """Return an account's sessions that have not ended, newest first."""
    rows = session.execute(_SESSIONS, {"account": account_id, "now": now})
    return [OpenSession(*row) for row in rows]


def close_sessions(session: Session, account_id: int, kept: str = "") -> int:
    """End every session of an account, but one by its `id_hash`; return how many there were."""
    return len(session.execute(_CLOSE_ALL, {"account": account_id, "kept": kept}).all())
