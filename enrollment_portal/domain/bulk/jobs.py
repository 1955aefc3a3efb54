"""Jobs that change many enrollments: results of rows, summaries, states, and staleness."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

N_SHOWN = 200
"""How many rows a preview shows."""
N_REASONS = 20
"""How many different reasons a summary names; the others are counted together."""
PREVIEW_MS = 30 * 60_000
"""How long a preview can be accepted."""
UNDO_DAYS = 30
"""For how many days a batch can be undone as a whole."""
_STALE_SHARE = 10
"""A preview is out of date when one in so many of its rows was changed since."""


class Outcome(StrEnum):
    """The result for one selected enrollment; stored by value."""

    CHANGE = "change"
    SAME = "same"
    """It is so already."""
    REFUSED = "refused"
    MOVED = "moved"
    """It was changed after the preview."""

    @property
    def code(self) -> int:
        """The outcome as one byte."""
        return _CODES.index(self)


_CODES = list(Outcome)
CHANGE = Outcome.CHANGE.code


class JobState(StrEnum):
    """The states of a job; stored by value."""

    PREVIEW = "preview"
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    """What it did is being taken back."""
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    """It ended early; `why` says why. What it did until then is in the history."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done."""
        return self in (JobState.DONE, JobState.CANCELLED, JobState.STOPPED)

    @property
    def label(self) -> str:
        """The state as shown to people."""
        return self.value.capitalize()


TO_CARRY_OUT = (JobState.WAITING, JobState.RUNNING, JobState.CANCELLING)


class BatchKind(StrEnum):
    """What made a batch of changes; stored by value."""

    BULK = "bulk"
    EDITS = "edits"
    """Values that a person pasted or typed into several rows, or a path with its courses."""
    ENROLLING = "enrolling"
    GROUP = "group"
    PATH = "path"
    IMPORT = "import"
    TRACKING = "tracking"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The kind as shown to people."""
        return {
            BatchKind.BULK: "Bulk change",
            BatchKind.EDITS: "Edits together",
            BatchKind.ENROLLING: "Enrolling",
            BatchKind.GROUP: "Group rule",
            BatchKind.PATH: "Learning path",
            BatchKind.IMPORT: "Import",
            BatchKind.TRACKING: "Tracking",
            BatchKind.UNDO: "Undo",
        }[self]


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row of a preview, or of a finished job."""

    enrollment_id: int
    learner: str
    course: str
    outcome: Outcome
    changes: tuple[tuple[str, str, str], ...] = ()
    """For each field that changes: its label, and the shown values before and after."""
    why: str = ""
    """Why it is refused, or already so."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows of a selection have each outcome, and the reasons of those not changed."""

    change: int = 0
    same: int = 0
    refused: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    """Why rows are refused, the most frequent reason first."""

    @property
    def total(self) -> int:
        """How many rows are selected."""
        return self.change + self.same + self.refused

    def to_json(self) -> str:
        """Return it as text; `from_json` reads it."""
        return json.dumps([self.change, self.same, self.refused, self.reasons])

    @classmethod
    def from_json(cls, text: str) -> Summary:
        """Return the summary of a text."""
        change, same, refused, reasons = json.loads(text)
        return cls(change, same, refused, tuple((why, n) for why, n in reasons))


@dataclass(slots=True)
class Tally:
    """Counts results and computes the fingerprint, row by row; it keeps no rows."""

    head: str
    """The action, its reason and the selection as text: a part of the fingerprint."""
    counts: Counter[Outcome] = field(default_factory=Counter)
    _reasons: Counter[str] = field(default_factory=Counter)
    _n_other: int = 0
    _hash: object = None

    def __post_init__(self) -> None:
        """Start the fingerprint with the action and the selection."""
        self._hash = sha256(self.head.encode())

    def add(self, packed: bytes) -> None:
        """Add rows to the fingerprint: their keys, versions and outcomes as they are stored."""
        self._hash.update(packed)  # type: ignore[attr-defined]

    def count(self, outcome: Outcome, why: str) -> None:
        """Count one result."""
        self.counts[outcome] += 1
        if outcome is not Outcome.REFUSED:
            return
        # A reason may name a day: there can be thousands.
        if why in self._reasons or len(self._reasons) < N_REASONS * 10:
            self._reasons[why] += 1
        else:
            self._n_other += 1

    @property
    def fingerprint(self) -> str:
        """The fingerprint over everything that was added."""
        return self._hash.hexdigest()  # type: ignore[attr-defined]

    def summary(self) -> Summary:
        """Return the counts."""
        ranked = self._reasons.most_common()
        n_other = self._n_other + sum(n for _why, n in ranked[N_REASONS:])
        reasons: Sequence[tuple[str, int]] = ranked[:N_REASONS]
        if n_other:
            reasons = [*reasons, (messages.OTHER_REASONS, n_other)]
        counts = self.counts
        return Summary(
            counts[Outcome.CHANGE],
            counts[Outcome.SAME],
            counts[Outcome.REFUSED],
            tuple(reasons),
        )


def is_stale(made_at: int, now: int, n_todo: int, n_moved: int) -> bool:
    """Return whether a preview has to be shown again before it may run.

    Few rows that were changed since are skipped and listed instead: in a ledger of many people
    there are always some.

    Args:
        made_at: when it was made, in ms.
        now: the current time.
        n_todo: how many rows it would change.
        n_moved: how many of these were changed since.
    """
    return now - made_at > PREVIEW_MS or n_moved * _STALE_SHARE > n_todo


def may_still_be_undone(at: int, now: int) -> bool:
    """Return whether a batch is young enough to be undone as a whole; times in ms."""
    return now - at <= UNDO_DAYS * MS_PER_DAY
