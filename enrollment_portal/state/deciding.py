"""What an admin decides about an enrollment besides its form: more time, and back to tracked."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.enrollments import Field
from enrollment_portal.domain.errors import Conflict, Invalid, NotFound, PortalError
from enrollment_portal.domain.permissions import is_learning_admin
from enrollment_portal.services.enrollments import (
    EnrollmentDetails,
    read_enrollment,
    revert_to_tracked,
)
from enrollment_portal.services.extension_decisions import decide_extension
from enrollment_portal.services.meeting_saves import by_whom
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.state import open_pages
from enrollment_portal.state.ask_views import AskView, admin_ask_view
from enrollment_portal.state.held_form import REASON, HeldForm
from enrollment_portal.state.meeting_views import listed
from enrollment_portal.state.session import acting, guarded, viewer_zone
from enrollment_portal.storage.enrollments import StoredEvent


class Deciding(HeldForm, mixin=True):
    """The decisions on the pages of one enrollment; `Details` holds the enrollment itself."""

    ask: AskView = AskView()
    """The learner's open request for more time, for whoever may decide it."""
    answer_error: str = ""
    """Why the answer with which it was declined was refused."""
    grant_errors: dict[str, str] = {"day": "", "answer": ""}
    """By field, why granting it was refused."""
    may_revert: bool = False
    is_path: bool = False

    @rx.event
    @guarded(is_learning_admin)
    async def grant_extension(self, form: dict):
        """Grant the request that is shown, until a day and with a message or without."""
        await self._decide(grant=True, form=form)

    @rx.event
    @guarded(is_learning_admin)
    async def decline_extension(self, form: dict):
        """Decline the request that is shown, with an answer or without."""
        await self._decide(grant=False, form=form)

    @rx.event
    @guarded(is_learning_admin)
    async def revert(self):
        """Give the overridden status back to tracking."""
        if not self._id:
            return
        self.message = self.refusal = ""
        if self.is_dirty:
            self.refusal = "Save or discard what you changed first."
            return
        try:
            details = await asyncio.to_thread(
                revert_to_tracked,
                database(),
                acting(),
                self._id,
                version=self._version,
                reason=self._typed()[REASON],
            )
        except Invalid as refusal:
            self.errors = {**self.errors, **refusal.errors}
            self.refusal = refusal.message
        except Conflict as conflict:
            await self._reload()
            by = (
                "You changed the status in another tab"
                if conflict.is_own
                else "Someone changed the status"
            )
            self.refusal = f"{by} meanwhile. This is what it is now."
        except PortalError as refusal:
            await self._reload()
            self.refusal = refusal.message
        else:
            self._show(details)
            self._fill(details)
            self.message = "Reverted to tracked."

    async def _decide(self, *, grant: bool, form: object) -> None:
        if not self._id or not self.ask.id or not isinstance(form, dict):
            return
        self.message = self.refusal = self.answer_error = ""
        self.grant_errors = {"day": "", "answer": ""}
        try:
            made = await asyncio.to_thread(
                decide_extension,
                database(),
                acting(),
                self.ask.id,
                grant,
                form.get("answer", ""),
                day=form.get("day", "") if grant else None,
            )
        except Invalid as refusal:
            if grant:
                self.grant_errors = {"day": "", "answer": "", **refusal.errors}
            else:
                self.answer_error = refusal.errors["answer"]
            return
        except PortalError as refusal:
            await self._reload()
            self.refusal = refusal.message
            return
        details = await self._reload()
        if not self.news_waits:
            self._say("")  # it is what was just decided
        self.message = "Declined."
        if grant:
            # Nothing was written where the deadline had been put off as far meanwhile.
            self.message = "Granted. The deadline " + (
                "is set." if made else "was as late as that already."
            )
        if details is not None:
            event = next((e for e in details.history if e.seq == made), None)
            self._offer(details, event, "Undo")

    async def _reload(self) -> EnrollmentDetails | None:
        """Show what is stored now, and return it; what is being typed stays."""
        details = await self._read(self._id)
        if details is not None:
            self._meet(details)
        return details

    async def _read(self, enrollment_id: int) -> EnrollmentDetails | None:
        """Return the enrollment; without it, or the right to see it, nothing of it stays."""
        try:
            return await asyncio.to_thread(read_enrollment, database(), acting(), enrollment_id)
        except NotFound:
            await self._lose()
            return None

    async def _lose(self) -> None:
        """Show nothing more of what is gone or not theirs to see, and be told nothing of it."""
        self.reset()
        self.phase = "missing"
        await open_pages.silence(self)

    def _show(self, details: EnrollmentDetails) -> None:
        """Show an enrollment as it is stored."""
        raise NotImplementedError

    def _offer(self, details: EnrollmentDetails, made: StoredEvent | None, label: str) -> None:
        """Offer to take a change back that was just made."""
        raise NotImplementedError

    def _meet(self, details: EnrollmentDetails) -> None:
        """Show what changed meanwhile; what is being typed stays."""
        raise NotImplementedError

    def _show_decisions(self, details: EnrollmentDetails) -> None:
        today = organization_of(database()).today()
        ask = admin_ask_view(details.request, viewer_zone(self), today)
        if ask != self.get_value("ask"):
            self.ask = ask
            self.answer_error, self.grant_errors = "", {"day": "", "answer": ""}
        self._put(
            is_path=details.is_path,
            may_revert=details.facts.override_seq is not None and Field.STATUS in details.editable,
        )


def saved_words(details: EnrollmentDetails, me: int) -> str:
    """Return what a save did, on top of whose changes of which fields, and what was so already.

    `me` is the account of the person who saved.
    """
    agreed = details.agreed
    by = list(dict.fromkeys(by_whom(event, me) for event in agreed.values()))
    if agreed and details.made is None:
        return f"Already so, saved by {listed(by)}."
    theirs: dict[str, list[str]] = {}
    for event in details.met:
        if event.actor_name:
            is_own = event.actor_id == me
            whose = "your own" if is_own else f"{event.actor_name}'s"
            labels = theirs.setdefault(whose, [])
            changed = [f.label for f in Field if f in event.changes and f not in agreed]
            labels.extend(label for label in changed if label not in labels)
    parts = [f"{whose} change of {listed(labels)}" for whose, labels in theirs.items() if labels]
    saved = f"Saved together with {listed(parts)}." if parts else "Changes saved."
    if not agreed:
        return saved
    were = listed([f.label for f in Field if f in agreed]) + (
        " was" if len(agreed) == 1 else " were"
    )
    return f"{saved} {were} already so, saved by {listed(by)}."
