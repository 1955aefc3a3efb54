"""Which page each tab has open, so that changes, also of permissions, reach it at once.

Pages subscribe here to the change feed of this process. The feed has a page load again: its guard
checks who is signed in and what they may do, and a page that may no longer be seen is emptied.
"""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.live.feed import call_soon, feed
from enrollment_portal.live.subscriptions import SharedCounts, SharedViews, Subject, Subscription


async def note(state: rx.State, actor: Actor, session: str | None) -> None:
    """Subscribe a tab to the page that it has loaded and may see."""
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
    """Stop notifying a page that may not be seen; when rights change, it is loaded again."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        subscription.rights, subscription.session = actor, session
        await feed.silence(subscription)


async def silence(state: rx.State) -> None:
    """Stop notifying a page whose record is gone, or may not be seen any more."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    # A late refresh of the page that was open before must not affect this one.
    if subscription and type(state) in subscription.loaded_states:
        await feed.silence(subscription)


async def leave(state: rx.State) -> None:
    """Unsubscribe a tab: nobody is signed in there any more."""
    await feed.leave(state.router.session.client_token)


def watch(state: rx.State, *subjects: Subject) -> None:
    """Subscribe a loaded page to changes: its state's `refresh` is then called.

    Args:
        state: of the page; it has a guarded handler `refresh` without arguments.
        subjects: what it shows: ("enrollment", id), ("course", id) or ("learner", id). With an
            enrollment, others who have it open are told that somebody is looking at it.
    """
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.watch(subscription, type(state), subjects, subscription.rights.name)


def unwatch(state: rx.State) -> None:
    """Stop refreshing a part of a page that is closed, as the panel of the ledger."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.unwatch(subscription, type(state))


def refresh_soon(token: str, state: type[rx.State]) -> None:
    """Have a tab's state refreshed outside of the event that is being answered."""
    call_soon(token, state)


def edit(state: rx.State, is_editing: bool) -> None:
    """Tell others at the same enrollment that somebody is typing on it, or has stopped."""
    feed.edit(state.router.session.client_token, is_editing)


def channel_of(actor: Actor, query: LedgerQuery) -> str:
    """Return the channel that is shared by all who see the same ledger."""
    return SharedCounts.of(ledger_scope(actor), query).channel


async def follow_ledger(
    state: rx.State, query: LedgerQuery, read_at: int, shown: Sequence[int] = ()
) -> None:
    """Subscribe a ledger to changes of its rows.

    Args:
        state: the ledger's.
        query: what it shows.
        read_at: the newest row of history that its rows include; -1 for a past day, which is not
            notified.
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


def count_ledger(state: rx.State, query: LedgerQuery) -> None:
    """Push the counts of a ledger to the tab, which follows it, once they are counted."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.ledgers.count(SharedCounts.of(ledger_scope(subscription.rights), query))


def is_followed(state: rx.State) -> bool:
    """Return whether something can be pushed to the tab."""
    return feed.subscriptions.get(state.router.session.client_token) is not None


async def follow_views(
    state: rx.State, actor: Actor, queries: Sequence[tuple[str, LedgerQuery]]
) -> str:
    """Subscribe a tab to the counts of views; return the channel of the counts, "" without any.

    Args:
        state: of the sidebar.
        actor: whose tab it is.
        queries: by the key of each view, what it shows to the person.
    """
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription is None or not queries:
        return ""
    views = SharedViews(ledger_scope(actor), tuple(queries))
    await feed.views.join(subscription, views)
    return views.channel


def attend(state: rx.State, enrollment_id: int, course_id: int, is_editing: bool) -> None:
    """Show others in which row of a course's grading grid the person is; 0 for none."""
    subscription = feed.subscriptions.get(state.router.session.client_token)
    if subscription:
        feed.attend(subscription, subscription.rights.name, (enrollment_id, course_id), is_editing)


async def reload_pages_everywhere(account_id: object) -> None:
    """Reload every open page of an account, in every process, with its current permissions.

    Call it after the change is committed.
    """
    wanted = read_id(account_id)
    if wanted:
        await feed.send({"kind": "rights", "account": wanted})
