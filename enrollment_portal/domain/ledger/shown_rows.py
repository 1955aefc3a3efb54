"""Format the changing columns of a row, once for pages and for pushed changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from enrollment_portal.domain.enrollment.fields import Status, is_completed_by_hand
from enrollment_portal.domain.shared.calendar import Deadline, request_text, show_deadline


class Row(Protocol):
    """The columns of a row of any list of enrollments."""

    @property
    def version(self) -> int: ...
    @property
    def status(self) -> int: ...
    @property
    def progress(self) -> int: ...
    @property
    def deadline_day(self) -> int | None: ...


class LedgerRow(Row, Protocol):
    """The additional columns of a row of the ledger."""

    @property
    def requested_day(self) -> int | None: ...
    @property
    def override_seq(self) -> int | None: ...


@dataclass(frozen=True)
class ShownRow:
    """The changing columns of a row, formatted to be shown in a list."""

    version: int
    status: str
    progress: int
    deadline: Deadline


@dataclass(frozen=True)
class LiveRow(ShownRow):
    """The same for a row of the ledger; when pushed, it replaces these values on the page."""

    request: str
    """The extension that the learner waits for: "Asks for 10 Dec", "" for none."""
    by_hand: bool
    """Whether a person completed it before all its lessons were done."""


def shown_row(row: Row, today: int) -> ShownRow:
    """Format a row; `today` is the current day in the organization's zone."""
    status = Status(row.status)
    deadline = show_deadline(row.deadline_day, today, is_active=status is Status.ACTIVE)
    return ShownRow(row.version, status.key, row.progress, deadline)


def live_row(row: LedgerRow, today: int) -> LiveRow:
    """Format a row of the ledger; `today` is the current day in the organization's zone."""
    return LiveRow(
        **vars(shown_row(row, today)),
        request=request_text(row.requested_day, today),
        by_hand=is_completed_by_hand(row.status, row.progress, row.override_seq),
    )
