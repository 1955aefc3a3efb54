"""The page of one enrollment: reads the enrollment, and has its parts show it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN, FAILED_UNSAVED
from enrollment_portal.services.enrollment.conflicts import events_since
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails, read_enrollment
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment import presence
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.history import History
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.request import ExtensionRequest
from enrollment_portal.state.enrollment.views.conflicts import news_text
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.opened_from import OpenedFrom, read_opened_from
from enrollment_portal.state.shared.session import acting, guarded, keeps_message, reset_page
from enrollment_portal.storage.enrollment.enrollments import StoredEvent


@dataclass(frozen=True)
class OfferView:
    """The change that was just made, which the button beside its confirmation undoes."""

    seq: int = 0
    label: str = "Undo"
    beside: str = ""
    """The confirmation."""


class Details(rx.State):
    """Which enrollment is open, and the messages about acts on it and others' changes."""

    phase: str = "loading"  # loading, ready, missing or failed
    message: str = ""
    """What the last save or decision did, in a sentence."""
    answers: int = 0
    """Counts up with each answer, so that the same one is announced again."""
    refusal: str = ""
    """Why the last act changed nothing."""
    news: str = ""
    """What others changed, in a sentence, since the form was filled."""
    news_waits: bool = False
    """Whether the form does not include those changes yet: they can be loaded into it."""
    offer: OfferView = OfferView()

    _parts: ClassVar = (
        EnrollmentFacts,
        LedgerPlace,
        ManageForm,
        History,
        ExtensionRequest,
        Reopening,
    )
    """The states that show the enrollment, and are reset with the page."""
    _shows: ClassVar = ("learner", "course")
    _id: int = 0
    _in_panel: int = 0
    """The enrollment that the panel beside a ledger shows; 0 on the enrollment's own page."""

    @rx.event
    @guarded(may_see_ledger)
    async def load(self):
        """Open the enrollment that the address names; keep what is being typed into its form."""
        self._in_panel = 0
        await self._open(self._named())

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Show what changed since the page was opened; keep what is being typed."""
        if self._id and self.phase == "ready" and await self._reload():
            await (await self.get_state(LedgerPlace))._read()

    @rx.event
    @guarded(may_see_ledger)
    async def show_all_lessons(self, on: bool):
        """Show all lessons of a long course, or again only those around the next one."""
        if not self._id:
            return
        (await self.get_state(EnrollmentFacts)).all_lessons = on is True
        details = await self._read(self._id)
        if details is not None:
            await self._show(details)

    async def _open(self, wanted: int, opened: OpenedFrom | None = None) -> None:
        """Show an enrollment; keep what is being typed into its form.

        Args:
            wanted: the enrollment.
            opened: the ledger beside whose rows a panel shows it; by default it is on its own page,
                whose address names the ledger.
        """
        if wanted != self._id:
            await reset_page(self)
        if opened is not None:
            self._in_panel = wanted
        details = await self._read(wanted)
        if details is None:
            return
        form, facts = await self.get_state(ManageForm), await self.get_state(EnrollmentFacts)
        if wanted != self._id or self.phase != "ready":
            self._id = wanted
            await self._show(details)
            if not form.is_dirty:
                await self._fill(details)
        else:
            # Filling the fields again would discard what is being typed already.
            if not form.is_dirty and not keeps_message():
                self._report()
            await self._show_remote_changes(details)
        facts._point_at(())
        presence.watch_enrollment(self, details, is_editing=form.is_dirty)
        if opened is None:
            opened = read_opened_from(self.router.url.query_parameters, is_path=details.is_path)
        await (await self.get_state(LedgerPlace))._open(opened)

    def _named(self) -> int:
        """Return the enrollment that the panel shows, or that the page's address names; or 0."""
        if self._in_panel:
            return self._in_panel
        raw = self.router.url.path.rstrip("/").removesuffix("/manage").rpartition("/")[2]
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 17 else 0

    async def _read(self, enrollment_id: int) -> EnrollmentDetails | None:
        """Read the enrollment; if it is gone or may not be seen, reset the page."""
        try:
            return await asyncio.to_thread(read_enrollment, database(), acting(), enrollment_id)
        except NotFound:
            await self._show_missing()
            return None

    async def _show_missing(self) -> None:
        """Show that the enrollment is missing, and unsubscribe from its changes."""
        in_panel = self._in_panel
        await reset_page(self)
        self.phase, self._in_panel = "missing", in_panel
        if in_panel:  # the ledger beside it is still followed
            open_pages.unwatch(self)
        else:
            await open_pages.silence(self)

    async def _show(self, details: EnrollmentDetails) -> None:
        """Show an enrollment as it is stored; keep what is typed in the form."""
        for part in self._parts:
            (await self.get_state(part))._show(details)
        set_changed(self, phase="ready")

    async def _fill(self, details: EnrollmentDetails) -> None:
        """Fill the form with what is stored; discard what was typed, and messages about it."""
        form = await self.get_state(ManageForm)
        form._set_draft(form._get_draft().filled(details))
        self._clear_notices(form)

    def _clear_notices(self, form: ManageForm) -> None:
        """Clear the messages, as the form now holds what is stored."""
        form._refuse({})
        self._report()
        self._set_news("")

    async def _show_remote_changes(self, details: EnrollmentDetails) -> None:
        """Show what others changed meanwhile; keep what is being typed."""
        facts, form = await self.get_state(EnrollmentFacts), await self.get_state(ManageForm)
        before = facts.shown_version
        await self._show(details)
        if before == details.facts.version:
            return
        newer = events_since(details.facts, details.history, before) or ()
        facts._point_at(newer)
        form._check_status(details)
        if form.is_dirty or form.conflicts:
            self._set_news_since(form._get_draft().version, details)
        else:
            self._set_news(news_text(newer, acting().account_id, calendar.now_ms()))
            form._set_draft(form._get_draft().followed(details))

    async def _reload(self) -> EnrollmentDetails | None:
        """Show what is stored now, and return it; keep what is being typed."""
        details = await self._read(self._id)
        if details is not None:
            await self._show_remote_changes(details)
        return details

    def _report(self, message: str = "", refusal: str = "") -> None:
        """Show what an act did, or why it changed nothing."""
        if self.message or self.refusal:
            self.answers += 1
        set_changed(self, message=message, refusal=refusal)

    def _set_news(self, news: str, *, waits: bool = False) -> None:
        """Show what others changed, and whether the form does not include it yet."""
        set_changed(self, news=news, news_waits=waits)

    def _set_news_since(self, version: int, details: EnrollmentDetails) -> None:
        """Show what others changed since the version that the form was filled from."""
        newer = events_since(details.facts, details.history, version)
        if newer is None:
            self._set_news(messages.CHANGED_OFTEN, waits=True)
        else:
            text = news_text(newer, acting().account_id, calendar.now_ms())
            self._set_news(text, waits=text != "")

    def _offer(self, made: StoredEvent | None, label: str = "Undo") -> None:
        """Offer to undo a change that was just made, if it is the person's own."""
        is_own = made is not None and made.actor_id == acting().account_id
        self.offer = OfferView(made.seq, label, self.message) if made and is_own else OfferView()

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        # A page that already shows something keeps it, and what was typed, beside the message.
        if self.phase == "ready":
            self.refusal = FAILED_UNSAVED if why == FAILED_UNKNOWN else why
        else:
            self.phase = "failed"


for _part in Details._parts:
    _part._page = Details  # which shows their failures, too
