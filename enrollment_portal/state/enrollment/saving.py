"""Saving the Manage form, and giving an overridden status back to tracking."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning, may_see_ledger
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    PortalError,
    Refused,
)
from enrollment_portal.services.enrollment.conflicts import by_whom
from enrollment_portal.services.enrollment.enrollments import (
    EnrollmentDetails,
    find_done,
    revert_to_tracked,
    save_enrollment,
    save_with_courses,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.draft import REASON
from enrollment_portal.state.enrollment.editing import restore_draft
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.views.conflicts import listed
from enrollment_portal.state.enrollment.views.requests import moved_text
from enrollment_portal.state.shared.session import acting, guarded


class Saving(rx.State):
    """The acts that store what the form holds, each over the version that it was filled from."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, form: dict):
        """Save what the form holds, on top of the version it was filled from."""
        page, shown = await self.get_state(Details), await self.get_state(ManageForm)
        if not isinstance(form, dict) or not page._id:
            return
        draft = shown._get_draft()
        over, sent = draft.sent(form.get("filled"), shown._texts(form))
        if form.get("filled") and not over:
            # Pressed as this page was on its way from another enrollment, whose texts these are.
            page.refusal = "Not saved: the page showed another enrollment. Look at this one first."
            return
        if draft.conflicts:
            shown._set_draft(draft.with_texts(sent))
            page.refusal = "Choose first which values to keep."
            return
        if over and over not in (draft.version, draft.saved_from):
            await self._meet_older(form, sent, over)
            return
        shown._set_draft(draft.with_texts(sent))
        shown._refuse({})
        page._report()
        key, typed = shown._key_of(form, sent), shown._get_draft().typed
        reopening = await self.get_state(Reopening)
        # What is sent may hold the answer already.
        is_answered = form.get("reopens") == "on"
        if is_answered or not reopening._asks(acting(), typed, draft.version, key):
            moves_courses = form.get("moves_courses") == "on"
            await self._save(draft.version, key, moves_courses=moves_courses)

    @rx.event
    @guarded(may_manage_learning)
    async def revert(self):
        """Give the overridden status back to tracking."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if not page._id:
            return
        page._report()
        if form.is_dirty:
            page.refusal = "Save or discard what you changed first."
            return
        draft = form._get_draft()
        try:
            details = await asyncio.to_thread(
                revert_to_tracked,
                database(),
                acting(),
                page._id,
                version=draft.version,
                reason=draft.typed[REASON],
            )
        except Invalid as refusal:
            form._refuse({**form.get_value("errors"), **refusal.errors})
            page.refusal = refusal.message
        except Conflict as conflict:
            await page._reload()
            by = (
                "You changed the status in another tab"
                if conflict.is_own
                else "Someone changed the status"
            )
            page.refusal = f"{by} meanwhile. This is what it is now."
        except PortalError as refusal:
            await page._reload()
            page.refusal = refusal.message
        else:
            await page._show(details)
            await page._fill(details)
            page.message = "Reverted to tracked."

    async def _save(
        self, version: int, key: str | None, *, otherwise: str = "", moves_courses: bool = False
    ) -> None:
        """Save what the form holds over a version.

        Args:
            version: of the enrollment that the form was filled from.
            key: names the save.
            otherwise: the reason where none was typed.
            moves_courses: of a path, whether the deadlines of its courses move along.
        """
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        typed = dict(form._get_draft().typed)
        reason = typed.pop(REASON)
        if not reason.strip():
            reason = otherwise
        typed = {name: text for name, text in typed.items() if form.may_edit[name]}
        try:
            details = await asyncio.to_thread(
                save_with_courses if moves_courses else save_enrollment,
                database(),
                acting(),
                page._id,
                version=version,
                typed=typed,
                reason=reason,
                key=key,
            )
        except Invalid as refusal:
            form._refuse(refusal.errors)
            page.refusal = refusal.message
        except Conflict as conflict:
            await self._show_conflict(conflict)
        except NotFound:
            await page._show_missing()
        except (NotAllowed, Refused) as refusal:
            page.refusal = refusal.message
        else:
            text = saved_text(details, acting().account_id)
            if details.n_moved:
                text = f"{text} {moved_text(details.n_moved)}"
            await self._show_saved(details, version, text)

    async def _meet_older(self, form: dict, sent: dict[str, str], over: int) -> None:
        """Answer a save of a form that was filled before this page was opened anew.

        It knows less than the page does: unless it was saved already, as its answer was lost, its
        person looks at it once more.
        """
        page = await self.get_state(Details)
        typed = {name: text for name, text in sent.items() if name != REASON}
        key = form.get("save_key")
        try:
            done = await asyncio.to_thread(
                find_done, database(), acting(), page._id, version=over, typed=typed, key=key
            )
        except PortalError:
            done = None
        if done is not None:
            text = "Changes saved: they were stored before the page was opened anew."
            await self._show_saved(done, over, text)
            return
        details = await page._read(page._id)
        if details is not None:
            await restore_draft(page, details, sent, over)
            page.refusal = "Not saved yet: the page was opened anew. Look at it and save again."

    async def _show_saved(self, details: EnrollmentDetails, version: int, text: str) -> None:
        """Show an enrollment after a save over a version, and offer to take the save back."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        await page._show(details)
        form._set_draft(form._get_draft().saved(details, version))
        page._clear_notices(form)
        page.message = text
        # While it is the newest change of a person: what was tracked with it may follow.
        newest = next((event for event in details.history if event.source != "tracking"), None)
        is_newest = newest is not None and newest.seq == details.made
        page._offer(newest if is_newest and not details.is_own else None)

    async def _show_conflict(self, conflict: Conflict) -> None:
        """Set what the save met beside what it wanted, for the person to choose."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        details = await page._read(page._id)
        if details is None:
            return
        await page._show(details)
        form._set_draft(form._get_draft().refused(details, conflict, now=calendar.now_ms()))
        page.refusal = conflict.message
        page._set_news_since(conflict.version, details)


def saved_text(details: EnrollmentDetails, me: int) -> str:
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
