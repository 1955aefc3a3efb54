"""The panel beside the ledger, which shows an enrollment as its own page does."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.address import answer
from enrollment_portal.state.shared.opened_from import OpenedFrom
from enrollment_portal.state.shared.session import guarded, reset_page


class Peek(rx.State):
    """Open, change and close the panel; `Ledger.peek` says what it shows.

    It shows the states of the enrollment's page: what is typed there is typed here, too.
    """

    answered: int = 0
    """Counts the times that the panel was opened, changed or closed."""

    _page: ClassVar = Details
    _shows: ClassVar = Details._shows

    @rx.event
    @guarded(may_see_ledger)
    async def load(self):
        """Show the enrollment that the ledger's address names, or close the panel."""
        ledger = await self.get_state(Ledger)
        if ledger.peek:
            await self._show(ledger)
        else:
            await self._close()

    @rx.event
    @guarded(may_see_ledger)
    async def open(self, enrollment_id: int):
        """Show an enrollment; opening the panel is a step in the browser's history."""
        ledger, number = await self.get_state(Ledger), read_id(enrollment_id)
        self.answered += 1
        if not number:
            return
        ledger.address = answer(self, ledger.address.search, pushes=not ledger.peek)
        ledger.peek = number
        await self._show(ledger)

    @rx.event
    @guarded(may_see_ledger)
    async def close(self):
        """Close the panel; keep what is typed and not saved."""
        ledger = await self.get_state(Ledger)
        self.answered += 1
        ledger.address = answer(self, ledger.address.search, pushes=False)
        ledger.peek = 0
        await self._close()

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Show what changed since the panel was opened; keep what is being typed."""
        page = await self.get_state(Details)
        if page._in_panel and page.phase == "ready":
            await page._reload()

    async def _show(self, ledger: Ledger) -> None:
        page = await self.get_state(Details)
        await page._open(ledger.peek, OpenedFrom(ledger.base, ledger.get_value("_query")))

    async def _close(self) -> None:
        page = await self.get_state(Details)
        if not page._in_panel:
            return
        for state in (page, await self.get_state(LedgerPlace)):
            open_pages.unwatch(state)
        if (await self.get_state(ManageForm)).is_dirty:
            page._in_panel = 0
        else:
            await reset_page(page)
