"""What each open tab of this process is notified of: one subscription for the page it shows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery

Subject = tuple[str, int]
"""What a page shows: ("enrollment", id), ("course", id) or ("learner", id).

("neighbour", id) also subscribes to an enrollment, but does not show the person there to others.
"""
ROWS_MOVED: Subject = ("rows moved", 0)
"""Any enrollment was created or changed its status: it may enter or leave any ledger."""
CHANGES: Subject = ("changes", 0)
"""The history of any enrollment has a new row."""
JOBS: Subject = ("jobs", 0)
"""A job that changes many enrollments was started, has gone on, or has ended."""
BATCHES: Subject = ("batches", 0)
"""The register of batches, and the jobs in it."""


@dataclass(frozen=True)
class SharedCounts:
    """What a ledger shows apart from tab, sort and place: pages that share it share counts.

    `query` has the default tab, sort and place.
    """

    scope: Scope
    query: LedgerQuery

    @staticmethod
    def of(scope: Scope, query: LedgerQuery) -> SharedCounts:
        """Return the shared part of a ledger query."""
        plain = LedgerQuery()
        query = replace(
            query, tab=plain.tab, sort=plain.sort, descending=plain.descending, place=None
        )
        return SharedCounts(scope, query)

    @property
    def channel(self) -> str:
        """The channel of its counts; a hash, so that the search cannot be read from it."""
        digest = hashlib.sha256(repr((self.scope, self.query)).encode())
        return f"view.{digest.hexdigest()[:24]}"


@dataclass(frozen=True)
class SharedViews:
    """The views that are counted in a sidebar: pages that have the same share their counts."""

    scope: Scope
    queries: tuple[tuple[str, LedgerQuery], ...]
    """The key of each view, and what it shows to this scope."""

    @property
    def channel(self) -> str:
        """The channel of the counts; a hash, so that no query can be read from it."""
        digest = hashlib.sha256(repr((self.scope, self.queries)).encode())
        return f"views.{digest.hexdigest()[:24]}"


def ledger_channel(scope: Scope) -> str:
    """Return the channel of the rows of a scope."""
    whose = "" if scope.account_id is None else f".{scope.account_id}"
    return f"ledger.{scope.name}{whose}"


@dataclass
class Subscription:
    """One tab and the page that it shows.

    `account_id` and `session` say who is signed in there and by which session; both are checked
    again regularly.
    """

    token: str
    sid: str
    account_id: int
    path: str
    rights: Any = None
    session: str | None = field(default=None, repr=False)
    loaded_states: tuple[Any, ...] = ()
    """The states that loaded the page, which are loaded again when rights change."""
    view: SharedCounts | None = None
    ledger: Any = None
    """The state of the ledger on the page, if any."""
    read_at: int = 0
    """The newest row of history that the ledger's rows include; 0 while they are being read."""
    shown: frozenset[str] = frozenset()
    """The enrollments in the ledger's rows."""
    views: SharedViews | None = None
    """The views whose counts its sidebar shows."""
    subjects: dict[Subject, Any] = field(default_factory=dict)
    """By subject, the state to refresh."""
    channels: set[str] = field(default_factory=set)


class Subscriptions:
    """All subscriptions of this process, by the tab's token and by subject."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_token: dict[str, Subscription] = {}
        self._by_subject: dict[Subject, set[str]] = defaultdict(set)

    def __iter__(self) -> Any:
        return iter(list(self._by_token.values()))

    def __len__(self) -> int:
        return len(self._by_token)

    def get(self, token: str) -> Subscription | None:
        """Return a tab's subscription."""
        return self._by_token.get(token)

    def subscribe(self, subscription: Subscription) -> list[Subscription]:
        """Add a tab's subscription; return those it replaces: its former one, or the oldest."""
        gone = [self.unsubscribe(subscription.token)]
        self._by_token[subscription.token] = subscription
        if len(self._by_token) > self._most:
            gone.append(self.unsubscribe(next(iter(self._by_token))))
        return [one for one in gone if one]

    def unsubscribe(self, token: str) -> Subscription | None:
        """Remove a tab's subscription."""
        subscription = self._by_token.pop(token, None)
        if subscription:
            for subject in subscription.subjects:
                self._forget(subject, token)
        return subscription

    def watch(self, subscription: Subscription, state: Any, subjects: Iterable[Subject]) -> None:
        """Set the subjects for which a state of the tab's page is refreshed."""
        for subject in [known for known, whose in subscription.subjects.items() if whose is state]:
            del subscription.subjects[subject]
            self._forget(subject, subscription.token)
        for subject in subjects:
            subscription.subjects[subject] = state
            self._by_subject[subject].add(subscription.token)

    def watching(self, subjects: Iterable[Subject]) -> set[tuple[str, Any]]:
        """Return the tabs that watch any of these subjects, each with the state to refresh."""
        found: set[tuple[str, Any]] = set()
        for subject in subjects:
            for token in self._by_subject.get(subject, ()):
                found.add((token, self._by_token[token].subjects[subject]))
        return found

    def _forget(self, subject: Subject, token: str) -> None:
        tokens = self._by_subject.get(subject)
        if tokens:
            tokens.discard(token)
            if not tokens:
                del self._by_subject[subject]
