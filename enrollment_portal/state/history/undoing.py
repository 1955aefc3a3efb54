"""Undoing changes of an enrollment, and filtering its history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared.errors import NeedsConfirmation, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.history.timeline import read_older
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.history import History
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.enrollment.views.timeline import undo_depth, undone_text
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import LEDGER_PATH


def _zone() -> ZoneInfo:
    return organization_of(database()).zone


class Undoing(rx.State):
    """The buttons of the timeline."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_see_ledger)
    async def undo(self, seq: int, key: str):
        """Undo a recorded change; a refusal is shown beside it."""
        number = read_id(seq)
        details = await self._act(undo_change, number, key=f"{key}.{number}")
        if details:
            page = await self.get_state(Details)
            made = next((e for e in details.history if e.undoes == number), None)
            again = undo_depth(details.history, number or 0) % 2 == 1
            page.message = undone_text(made, _zone()) if made else messages.UNDONE
            page._offer(made, "Undo" if again else "Redo")

    @rx.event
    @guarded(may_see_ledger)
    async def restore(self, seq: int, field: str, which: str, version: int, key: str):
        """Set a field to its value before or after a recorded change.

        `version` is the one on the page: the person has not seen later changes.
        """
        number = read_id(seq)
        name = f"{key}.{number}.{field}.{which}"
        act = partial(restore_value, version=version)
        try:
            details = await self._act(act, number, field, which, key=name)
        except NeedsConfirmation as refusal:
            return await self._fill_form(refusal)
        made = next((e for e in details.history if e.source == "person"), None) if details else None
        if made:
            page = await self.get_state(Details)
            page.message = undone_text(made, _zone(), again=False)
            page._offer(made)
        return None

    @rx.event
    @guarded(may_see_ledger)
    async def filter_history(self, name: str, value: str):
        """Filter the changes by a "field" or by a "person"; show all with ""."""
        page, history = await self.get_state(Details), await self.get_state(History)
        if not page._id or name not in ("field", "person") or not isinstance(value, str):
            return
        history._filter(name, value)
        details = await page._read(page._id)
        if details is not None:
            history._show(details)

    @rx.event
    @guarded(may_see_ledger)
    async def show_older(self):
        """Show older changes below."""
        page, history = await self.get_state(Details), await self.get_state(History)
        if not page._id or not history.has_older:
            return
        try:
            older = await asyncio.to_thread(
                read_older,
                database(),
                acting(),
                page._id,
                history._before,
                field=history.only_field,
                person=history.only_person,
            )
        except NotFound:
            await page._show_missing()
            return
        history._add(older)

    async def _fill_form(self, refusal: NeedsConfirmation):
        """Put a value into the form, where a question is answered before it is saved."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if await page._reload() is None:
            return None
        form._set_draft(form._get_draft().refilled_by_act(refusal.typed))
        page._report(refusal.message)
        if self.router.url.path.rstrip("/").endswith("/manage"):
            return None
        place = await self.get_state(LedgerPlace)
        return rx.redirect(f"{LEDGER_PATH}/{page._id}/manage{place.place.suffix}")

    async def _act(
        self, act: Callable[..., EnrollmentDetails], seq: object, *rest: object, key: str
    ) -> EnrollmentDetails | None:
        """Undo or restore a recorded change, and show the result."""
        page, history = await self.get_state(Details), await self.get_state(History)
        if not page._id:
            return None
        page._report()
        history._refuse(0, "")
        try:
            details = await asyncio.to_thread(
                act, database(), acting(), page._id, seq, *rest, key=key
            )
        except NeedsConfirmation:
            raise
        except PortalError as refusal:
            await page._reload()
            history._refuse(seq, refusal.message)
            return None
        history._renew_key()
        await page._show_remote_changes(details)
        if not page.news_waits:
            page._set_news("")  # it is what was just done
        return details
