"""Read the access log and open sessions, and end sessions: all of a person, or one of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import (
    may_change_account,
    may_see_configuration,
    require,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.services.access.sessions import record_of_session
from enrollment_portal.services.access.throttling import hash_of_token
from enrollment_portal.storage.access import access as stored
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.access.access import Act, ActFilter, OpenSession
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice


@dataclass(frozen=True)
class Sessions:
    """The open sessions of one person, and whether the actor may end them."""

    account: Actor
    sessions: tuple[OpenSession, ...]
    own: str
    """The `id_hash` of the actor's current session; "" if it is not among them."""
    may_end: bool


def read_access_log(database: Database, actor: Actor, query: ListQuery, tz: ZoneInfo) -> Slice[Act]:
    """Return a page of the access log, newest first.

    Args:
        database: where it is.
        actor: who reads.
        query: search over person, subject and detail; the filters `person` (account id),
            `action`, `from` and `to` (days such as 2026-10-02 in the zone, both inclusive).
        tz: the reader's time zone.

    Raises:
        NotAllowed: the actor does not work in Configuration.
    """
    require(actor, may_see_configuration)
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    wanted = ActFilter(
        terms,
        actor_id=read_id(query.filters.get("person")),
        action=query.filters.get("action"),
        since=_midnight(query.filters.get("from"), tz, 0),
        until=_midnight(query.filters.get("to"), tz, 1),
    )
    with database.read() as session:
        return stored.read_acts(session, wanted, query.place)


def _midnight(typed: str | None, tz: ZoneInfo, days_after: int) -> int | None:
    """Return the midnight of a typed date in a zone, plus some days, in ms; `None` for nonsense."""
    try:
        day = calendar.date_to_day(date.fromisoformat(typed or ""))
        return calendar.day_start(day + days_after, tz)
    except (ValueError, OverflowError):
        return None


def read_sessions(
    database: Database, actor: Actor, account_id: object, token: str | None = None
) -> Sessions:
    """Return a person's open sessions; everybody may see their own.

    Raises:
        NotFound: there is no such account, or it is not the actor's to see.
    """
    with database.read() as session:
        account = _account(session, actor, account_id)
        found = stored.open_sessions(session, account.account_id, now_ms())
    own = hash_of_token(token) if token else ""
    is_there = any(session.id_hash == own for session in found)
    return Sessions(account, tuple(found), own if is_there else "", _may_end(actor, account))


def sign_out_everywhere(database: Database, actor: Actor, account_id: object) -> int:
    """End every session of a person, at once, and return how many there were.

    Raises:
        NotFound: there is no such account, or it is not the actor's to see.
        NotAllowed: only a Super Admin ends the sessions of admins.
    """
    with database.write() as session:
        account = _account(session, actor, account_id)
        if not _may_end(actor, account):
            raise NotAllowed(messages.ONLY_SUPER_ADMIN_ENDS)
        ended = stored.close_sessions(session, account.account_id)
        add_act(
            session,
            actor,
            Action.SIGNED_OUT_EVERYWHERE,
            SubjectKind.SESSION,
            account.account_id,
            account.name,
            now=now_ms(),
            detail=messages.sessions_ended(ended),
        )
    return ended


def end_own_session(database: Database, actor: Actor, id_hash: object) -> None:
    """End one of the actor's own sessions, at once.

    Args:
        database: where sessions are.
        actor: whose session it is.
        id_hash: of the session, as in `read_sessions`.

    Raises:
        NotFound: the actor has no such open session.
    """
    with database.write() as session:
        now = now_ms()
        open_ones = stored.open_sessions(session, actor.account_id, now)
        found = next((one for one in open_ones if one.id_hash == id_hash), None)
        if found is None:
            raise NotFound(messages.SESSION_IS_OVER)
        accounts.close_session(session, found.id_hash)
        record_of_session(
            session, actor, Action.SIGNED_OUT, now, messages.in_another_browser(found.client)
        )


def _account(session: Session, actor: Actor, account_id: object) -> Actor:
    wanted = read_id(account_id)
    if wanted is None or not (wanted == actor.account_id or may_see_configuration(actor)):
        raise NotFound
    account = accounts.find_account(session, wanted)
    if account is None:
        raise NotFound
    return account


def _may_end(actor: Actor, account: Actor) -> bool:
    return actor.account_id == account.account_id or may_change_account(actor, account.role)
