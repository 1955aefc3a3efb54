"""What of a row may change while its page is open, put into words once for page and push."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from enrollment_portal.domain.enrollment.fields import Status, is_completed_by_hand
from enrollment_portal.domain.shared.calendar import Deadline, request_text, show_deadline


class Row(Protocol):
    """What a row of any list of enrollments holds."""

    @property
    def version(self) -> int: ...
    @property
    def status(self) -> int: ...
    @property
    def progress(self) -> int: ...
    @property
    def deadline_day(self) -> int | None: ...


class LedgerRow(Row, Protocol):
    """What a row of the ledger holds besides."""

    @property
    def requested_day(self) -> int | None: ...
    @property
    def override_seq(self) -> int | None: ...


@dataclass(frozen=True)
class ShownRow:
    """How an enrollment stands, ready to show in a list."""

    version: int
    status: str
    progress: int
    deadline: Deadline


@dataclass(frozen=True)
class LiveRow(ShownRow):
    """The same for the ledger; pushed, it is laid over the row that its page holds."""

    request: str
    """The extension that the learner waits for: "Asks for 10 Dec", "" for none."""
    by_hand: bool
    """Whether a person completed it, though its lessons are not all done."""


def shown_row(row: Row, today: int) -> ShownRow:
    """Return how an enrollment stands; `today` is the organization's day."""
    status = Status(row.status)
    deadline = show_deadline(row.deadline_day, today, is_active=status is Status.ACTIVE)
    return ShownRow(row.version, status.key, row.progress, deadline)


def live_row(row: LedgerRow, today: int) -> LiveRow:
    """Return how an enrollment of the ledger stands; `today` is the organization's day."""
    return LiveRow(
        **vars(shown_row(row, today)),
        request=request_text(row.requested_day, today),
        by_hand=is_completed_by_hand(row.status, row.progress, row.override_seq),
    )
