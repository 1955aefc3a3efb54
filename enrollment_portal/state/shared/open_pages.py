"""Which page each tab has open, so that changes, and changes of rights, reach it at once.

Pages subscribe here to the change feed of this process. A page that it calls loads again: its
guard asks who is there and what they may do, and a page that may no longer be seen is emptied.
"""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.ledger.listing import read_id
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.live.feed import feed
from enrollment_portal.live.subscriptions import SharedCounts, Subject, Subscription


async def note(state: rx.State, actor: Actor, session: str | None) -> None:
    """Take note that a person's tab has arrived at a page, and that they may see it."""
    token, sid = state.router.session.client_token, state.router.session.session_id
    path = state.router.url.path
    subscription = feed.subscriptions.get(token)
    if subscription is None or (subscription.sid, subscription.rights, subscription.path) != (
        sid,
        actor,
        path,
    ):
        subscription = Subscription(
            token, sid, actor.account_id, path, rights=actor, session=session
        )
        await feed.subscribe(subscription)
    if type(state) not in subscription.loaded_states:
        subscription.loaded_states = (*subscription.loaded_states, type(state))


async def refuse(state: rx.State, actor: Actor, session: str | None) -> None:
    """Tell a page nothing more, as its person may not see it; with the right, it arrives again."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        subscription.rights, subscription.session = actor, session
        await feed.silence(subscription)


async def silence(state: rx.State) -> None:
    """Tell a page nothing more, as what it showed is gone, or not theirs to see any more."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    # A call upon the page that was left before this one is none of this one's.
    if subscription and type(state) in subscription.loaded_states:
        await feed.silence(subscription)


async def leave(state: rx.State) -> None:
    """Unsubscribe a tab: nobody is signed in there any more."""
    await feed.leave(state.router.session.client_token)


def watch(state: rx.State, *subjects: Subject) -> None:
    """Let a page that has arrived be told of changes: its state's `refresh` is then called.

    Args:
        state: of the page; it has a guarded handler `refresh` without arguments.
        subjects: what it shows: ("enrollment", id), ("course", id) or ("learner", id). With an
            enrollment, others there are told that somebody is looking at it.
    """
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.watch(subscription, type(state), subjects, subscription.rights.name)


def edit(state: rx.State, is_editing: bool) -> None:
    """Tell who else looks at the same enrollment that somebody types on it, or has stopped."""
    feed.edit(state.router.session.client_token, is_editing)


def view_of(actor: Actor, query: LedgerQuery) -> str:
    """Return the name of the channel that those share who see the same ledger."""
    return SharedCounts.of(ledger_scope(actor), query).channel


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
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription is None:
        return
    if read_at < 0:
        await feed.ledgers.leave(subscription)
    else:
        view = SharedCounts.of(ledger_scope(subscription.rights), query)
        await feed.ledgers.join(subscription, type(state), view, read_at, shown)


def attend(state: rx.State, enrollment_id: int, course_id: int, is_editing: bool) -> None:
    """Tell who else has the course's grid open in which row of it somebody is; 0 for in none."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.attend(subscription, subscription.rights.name, (enrollment_id, course_id), is_editing)


async def reload_pages_everywhere(account_id: object) -> None:
    """Let every open page of an account, in every process, look again what they may see.

    Call it after the change is committed.
    """
    wanted = read_id(account_id)
    if wanted:
        await feed.send({"kind": "rights", "account": wanted})
