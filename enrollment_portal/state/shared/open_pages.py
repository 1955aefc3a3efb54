"""Which page each tab has open, so that changes, and changes of rights, reach it at once.

The feed of this process does the telling; here its seats are given to the pages that arrive. A
page that is told to look again arrives anew: its guard asks who is there and what they may do,
and a page that may no longer be seen is emptied.
"""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.ledger.listing import read_id
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.live.feed import feed
from enrollment_portal.live.seats import Seat, Subject, View


async def note(state: rx.State, actor: Actor, session: str | None) -> None:
    """Take note that a person's tab has arrived at a page, and that they may see it."""
    token, sid = state.router.session.client_token, state.router.session.session_id
    path = state.router.url.path
    seat = feed.seats.get(token)
    if seat is None or (seat.sid, seat.rights, seat.path) != (sid, actor, path):
        seat = Seat(token, sid, actor.account_id, path, rights=actor, session=session)
        await feed.sit(seat)
    if type(state) not in seat.arrivals:
        seat.arrivals = (*seat.arrivals, type(state))


async def refuse(state: rx.State, actor: Actor, session: str | None) -> None:
    """Tell a page nothing more, as its person may not see it; with the right, it arrives again."""
    seat = feed.seats.get(state.router.session.client_token)
    if seat:
        seat.rights, seat.session = actor, session
        await feed.silence(seat)


async def silence(state: rx.State) -> None:
    """Tell a page nothing more, as what it showed is gone, or not theirs to see any more."""
    seat = feed.seats.get(state.router.session.client_token)
    # A call upon the page that was left before this one is none of this one's.
    if seat and type(state) in seat.arrivals:
        await feed.silence(seat)


async def leave(state: rx.State) -> None:
    """Take a tab's seat away: nobody is signed in there any more."""
    await feed.leave(state.router.session.client_token)


def watch(state: rx.State, *subjects: Subject) -> None:
    """Let a page that has arrived be told of changes: its state's `catch_up` is then called.

    Args:
        state: of the page; it has a guarded handler `catch_up` without arguments.
        subjects: what it shows: ("enrollment", id), ("course", id) or ("learner", id). With an
            enrollment, others there are told that somebody is looking at it.
    """
    seat = feed.seats.get(state.router.session.client_token)
    if seat:
        feed.watch(seat, type(state), subjects, seat.rights.name)


def edit(state: rx.State, is_editing: bool) -> None:
    """Tell who else looks at the same enrollment that somebody types on it, or has stopped."""
    feed.edit(state.router.session.client_token, is_editing)


def view_of(actor: Actor, query: LedgerQuery) -> str:
    """Return the name of the room that those share who see the same ledger."""
    return View.of(ledger_scope(actor), query).room


async def follow_ledger(
    state: rx.State, query: LedgerQuery, read_at: int, shown: Sequence[int] = ()
) -> None:
    """Let a ledger be told of what changes in it.

    Args:
        state: the ledger's.
        query: what it shows.
        read_at: the newest row of history that its rows know of; of the past, -1, and then it is
            told nothing.
        shown: the enrollments in its rows.
    """
    seat = feed.seats.get(state.router.session.client_token)
    if seat is None:
        return
    if read_at < 0:
        await feed.ledgers.leave(seat)
    else:
        view = View.of(ledger_scope(seat.rights), query)
        await feed.ledgers.join(seat, type(state), view, read_at, shown)


def attend(state: rx.State, enrollment_id: int, course_id: int, is_editing: bool) -> None:
    """Tell who else has the course's grid open in which row of it somebody is; 0 for in none."""
    seat = feed.seats.get(state.router.session.client_token)
    if seat:
        feed.attend(seat, seat.rights.name, (enrollment_id, course_id), is_editing)


async def look_again_everywhere(account_id: object) -> None:
    """Let every open page of an account, in every process, look again what they may see.

    Call it after the change is committed.
    """
    wanted = read_id(account_id)
    if wanted:
        await feed.send({"kind": "rights", "account": wanted})
