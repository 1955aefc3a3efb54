"""The answers to the question whether to reopen a completed enrollment or start a new one."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.services.enrolling.retaking import create_retake
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.draft import REASON
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import LEDGER_PATH

REOPENED = "Reopened"
TAKEN_AGAIN = "Taken again"


class Retaking(rx.State):
    """Reopen the enrollment, start a new one beside it, or neither."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_manage_learning)
    async def cancel(self):
        """Do neither; keep what is typed."""
        (await self.get_state(Reopening))._answered()

    @rx.event
    @guarded(may_manage_learning)
    async def reopen(self):
        """Save the form: the enrollment is active again."""
        waiting = (await self.get_state(Reopening))._answered()
        page = await self.get_state(Details)
        if waiting is None or not page._id:
            return
        facts = await self.get_state(EnrollmentFacts)
        # For one's own enrollment, no default reason is used.
        otherwise = "" if facts.get_value("facts").own else REOPENED
        await (await self.get_state(Saving))._save(*waiting, otherwise=otherwise)

    @rx.event
    @guarded(may_manage_learning)
    async def start_new(self):
        """Start a new enrollment and open it; this one stays as it is stored."""
        waiting = (await self.get_state(Reopening))._answered()
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if waiting is None or not page._id:
            return None
        facts = await self.get_state(EnrollmentFacts)
        otherwise = "" if facts.get_value("facts").own else TAKEN_AGAIN
        reason = form._get_draft().typed[REASON].strip() or otherwise
        try:
            made = await asyncio.to_thread(create_retake, database(), acting(), page._id, reason)
        except Invalid as refusal:
            form._refuse(refusal.errors)
            page.refusal = refusal.message
        except PortalError as refusal:
            await page._reload()
            page.refusal = refusal.message
        else:
            details = await page._read(page._id)
            if details is not None:
                await page._show(details)
                await page._fill(details)
            return rx.redirect(f"{LEDGER_PATH}/{made}/manage")
