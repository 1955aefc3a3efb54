"""The state of a printed ledger: all its rows, up to a limit, in the columns that it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filter_chips import chips
from enrollment_portal.domain.ledger.layout.cells import Cell
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import (
    OPEN_REQUEST,
    Kind,
    LedgerQuery,
    Tab,
    print_heading,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.wording import percent, with_commas, with_dots
from enrollment_portal.services.ledger.filter_values import filter_names
from enrollment_portal.services.ledger.ledger import as_seen_by, read_ledger
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout, read_cells
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import RowView, row_view

PRINTED_ROWS = 1_000
"""The most rows that are printed."""
_DAYS = (ColumnKey.LAST_VISIT, ColumnKey.COMPLETED)
_STATUS = {status.key: status.label for status in Status}


@dataclass(frozen=True)
class PrintedLedger:
    """A ledger on paper."""

    summary: str = ""
    """What the rows are: their tab, search and order, and how many of how many they are."""
    totals: str = ""
    """How many rows there are in each status; "" where all have the same."""
    headings: Sequence[str] = ()
    rows: list[list[str]] = field(default_factory=list)


class Printing(rx.State):
    """The rows of the ledger while its browser prints them."""

    printed: PrintedLedger = PrintedLedger()
    ready: int = 0
    """The number of the request that the rows answer; 0 for none."""

    _ticket: int = 0

    @rx.event
    @guarded(may_see_ledger)
    async def load_rows(self, ticket: int):
        """Read all rows for a browser that waits to print them."""
        self._ticket = read_id(ticket) or 0
        query, layout = (await self.get_state(Ledger))._query, await self.get_state(ShownLayout)
        view = await self.get_state(ShownView)
        name = "" if view.is_changed else view.name
        try:
            self.printed = await asyncio.to_thread(
                _read, acting(), query, layout._layout, viewer_zone(self), name
            )
        except NotFound:
            self.printed = PrintedLedger()
        self.ready = self._ticket

    @rx.event
    @guarded(may_see_ledger)
    async def end(self):
        """Forget the printed rows."""
        self.reset()

    def _show_failure(self, _why: str) -> None:
        # The browser then prints the current page of rows.
        self.printed, self.ready = PrintedLedger(), self._ticket


def _read(
    actor: Actor, query: LedgerQuery, layout: Layout | None, tz: ZoneInfo, view: str
) -> PrintedLedger:
    query = replace(as_seen_by(actor, query), place=None)
    page = read_ledger(database(), actor, query, PRINTED_ROWS)
    layout, offered, cells = read_cells(actor, query, layout, page.rows, tz)
    columns = tuple(key for key in layout.columns if key in offered)
    today = organization_of(database()).today() if query.as_of is None else query.as_of
    views = [row_view(row, tz, today, page.runs.get(row.id, 1)) for row in page.rows]
    found = chips(query, filter_names(database(), actor, query))
    texts = [chip.text for chip in found if chip.name != OPEN_REQUEST]
    summary = print_heading(query, len(views), page.total, *texts)
    return PrintedLedger(
        with_dots(view, summary),
        messages.totals(page.counts) if query.tab is Tab.ALL else "",
        _headings(columns, query.kind),
        [_texts(row, columns, cells.get(str(row.id), {})) for row in views],
    )


def _headings(columns: Sequence[ColumnKey], kind: Kind) -> list[str]:
    labels = {key: key.label for key in columns} | {ColumnKey.COURSE: kind.heading}
    return _with_email(columns, labels, messages.EMAIL)


def _with_email(
    columns: Sequence[ColumnKey], texts: Mapping[ColumnKey, str], email: str
) -> list[str]:
    """Return the texts of columns, and an email after the learner's, who has it on the page."""
    found = [texts[key] for key in columns]
    if columns[0] is ColumnKey.LEARNER:
        found.insert(1, email)
    return found


def _texts(row: RowView, columns: Sequence[ColumnKey], cells: Mapping[str, Cell]) -> list[str]:
    """Return what the columns of a row show, in one line each."""
    status = _STATUS[row.status]
    standard = {
        ColumnKey.LEARNER: row.name,
        ColumnKey.COURSE: with_commas([row.course, row.run]),
        ColumnKey.STATUS: messages.by_hand(status) if row.by_hand else status,
        ColumnKey.PROGRESS: percent(row.progress),
        ColumnKey.ENROLLED: _unbroken(row.enrolled),
        ColumnKey.DEADLINE: _unbroken(row.deadline.date),
    }
    none = Cell()
    further = {key: cells.get(key.value, none) for key in columns if key not in standard}
    texts = standard | {
        key: with_commas([_unbroken(one.text) if key in _DAYS else one.text, one.note])
        for key, one in further.items()
    }
    return _with_email(columns, texts, row.email)


def _unbroken(day: str) -> str:
    """Return a day that stays on one line."""
    return day.replace(" ", "\u00a0")
