"""The neighbours of an open enrollment in the ledger that it was opened from, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.enrollment.messages import past_with_deadline, past_without_deadline
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import percent, with_dots
from enrollment_portal.services.ledger.neighbours import Neighbours
from enrollment_portal.state.shared.opened_from import OpenedFrom
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.ledger import LedgerRow


@dataclass(frozen=True)
class PlaceView:
    """An enrollment's neighbours in the ledger that it was opened from."""

    back: str = LEDGER_PATH
    """The address of the ledger."""
    suffix: str = ""
    """The query string of the addresses of the enrollment's pages."""
    is_listed: bool = False
    """Whether the ledger can contain it, so that it can have neighbours."""
    previous: str = ""
    """The address of the enrollment before it, without the suffix; "" for none."""
    previous_name: str = ""
    next: str = ""
    next_name: str = ""
    day: str = ""
    """The past day that the ledger is of, written out; "" for now."""
    then: str = ""
    """What the enrollment was on that day, in words; "" if it did not exist."""


def place_view(opened: OpenedFrom, around: Neighbours | None) -> PlaceView:
    """Return an enrollment's neighbours in a ledger.

    Args:
        opened: the ledger.
        around: the enrollments before and after; `None` if the ledger cannot contain it.
    """
    day = opened.query.as_of
    previous, following = (around.previous, around.next) if around else (None, None)
    then = around.then if around else None
    return PlaceView(
        back=opened.address,
        suffix=opened.suffix,
        is_listed=around is not None,
        previous=_address(previous),
        previous_name=_name(previous),
        next=_address(following),
        next_name=_name(following),
        day="" if day is None else calendar.show_day(day),
        then="" if then is None else _then_text(then),
    )


def _address(row: LedgerRow | None) -> str:
    return f"{LEDGER_PATH}/{row.id}" if row else ""


def _name(row: LedgerRow | None) -> str:
    return with_dots(row.name, row.title) if row else ""


def _then_text(row: LedgerRow) -> str:
    status, progress = Status(row.status).label, percent(row.progress)
    if row.deadline_day is None:
        return past_without_deadline(status, progress)
    return past_with_deadline(status, progress, calendar.show_day(row.deadline_day))
