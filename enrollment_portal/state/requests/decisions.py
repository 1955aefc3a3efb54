"""Granting or declining the learner's extension request."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.enrollment.messages import deadlines_moved
from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.domain.shared.messages import OWN_ENROLLMENT
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.requests.extension_decisions import Decided, decide_extension
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.request import ExtensionRequest
from enrollment_portal.state.shared.session import acting, guarded


class RequestDecision(rx.State):
    """The handlers that decide an extension request."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_manage_learning)
    async def grant_extension(self, form: dict):
        """Grant the request that is shown, with a deadline and an optional message."""
        await self._decide(grant=True, form=form)

    @rx.event
    @guarded(may_manage_learning)
    async def decline_extension(self, form: dict):
        """Decline the request that is shown, with an optional answer."""
        await self._decide(grant=False, form=form)

    async def _decide(self, *, grant: bool, form: object) -> None:
        page, shown = await self.get_state(Details), await self.get_state(ExtensionRequest)
        if not page._id or not isinstance(form, dict):
            return
        if not shown.request.id:
            facts = await self.get_state(EnrollmentFacts)
            if facts.get_value("facts").own == OWN_ENROLLMENT:
                page.refusal = OWN_ENROLLMENT  # Their own request is not shown to them here.
            return
        page._report()
        shown._refuse({}, grant=grant)
        moves_courses = form.get("moves_courses") == "on"
        try:
            made = await asyncio.to_thread(
                decide_extension,
                database(),
                acting(),
                shown.request.id,
                grant,
                form.get("answer", ""),
                day=form.get("day", "") if grant else None,
                moves_courses=moves_courses,
            )
        except Invalid as refusal:
            shown._refuse(refusal.errors, grant=grant)
            return
        except PortalError as refusal:
            await page._reload()
            page.refusal = refusal.message
            return
        details = await page._reload()
        if not page.news_waits:
            page._set_news("")  # it is what was just decided
        page.message = _granted_text(made, moves_courses) if grant else messages.DECLINED
        if details is not None and not details.is_own:
            page._offer(next((e for e in details.history if e.seq == made.seq), None))


def _granted_text(made: Decided, moves_courses: bool) -> str:
    """Return what granting did to the deadline, and to those of a path's courses."""
    if made.seq is None:
        # Nothing was written where the deadline had been put off as far meanwhile.
        return messages.GRANTED_ALREADY
    if not moves_courses:
        return messages.GRANTED
    if not made.n_moved:
        return sentences(messages.GRANTED, messages.NO_COURSE_MOVED)
    return sentences(messages.GRANTED, deadlines_moved(made.n_moved))
