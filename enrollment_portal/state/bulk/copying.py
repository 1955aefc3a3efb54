"""The handlers that read the selected rows of the ledger for a browser that copies them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import may_change_many
from enrollment_portal.domain.bulk.selection import Selection, read_selection
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.bulk.copying import CopiedTable, copy_rows
from enrollment_portal.services.ledger.columns import read_layout
from enrollment_portal.services.runtime import database
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone


@dataclass(frozen=True)
class CopyAnswer:
    """The table to copy, or why there is none."""

    ticket: int = 0
    """The number of the request that it answers; 0 for none."""
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    refusal: str = ""


class CopyingRows(rx.State):
    """Send the selected rows to a browser that waits to copy them."""

    answer: CopyAnswer = CopyAnswer()

    _ticket: int = 0

    @rx.event
    @guarded(may_change_many)
    async def load_rows(self, ticket: int, selected: dict):
        """Read the selected rows, as the ledger shows them.

        Args:
            ticket: the number of the request.
            selected: see `selection.read_selection`.
        """
        self._ticket = read_id(ticket) or 0
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownLayout)
        try:
            selection = read_selection(ledger._query, ledger.selects, selected)
            table = await asyncio.to_thread(
                _read, acting(), ledger._query, selection, shown._layout, viewer_zone(self)
            )
        except Invalid as refusal:
            self._show_failure(refusal.errors["selection"])
        except NotFound:
            self._show_failure(messages.NOTHING_TO_COPY)
        else:
            self.answer = CopyAnswer(self._ticket, table.headings, table.rows)

    @rx.event
    @guarded(may_change_many)
    async def end(self):
        """Forget the copied rows."""
        self.reset()

    def _show_failure(self, why: str) -> None:
        self.answer = CopyAnswer(self._ticket, refusal=why)


def _read(
    actor: Actor, query: LedgerQuery, selection: Selection, layout: Layout | None, tz: ZoneInfo
) -> CopiedTable:
    layout = read_layout(database(), actor) if layout is None else layout
    return copy_rows(database(), actor, query, selection, layout, tz)
