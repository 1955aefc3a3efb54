"""Saving the Manage form, and reverting an overridden status to tracked."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning, may_see_ledger
from enrollment_portal.domain.enrollment import messages
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
from enrollment_portal.domain.shared.messages import SAVED
from enrollment_portal.domain.shared.wording import sentences
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
from enrollment_portal.state.shared.session import acting, guarded


class Saving(rx.State):
    """The handlers that save the form, each based on the version that it was filled from."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, form: dict):
        """Save the form, based on the version that it was filled from."""
        page, shown = await self.get_state(Details), await self.get_state(ManageForm)
        if not isinstance(form, dict) or not page._id:
            return
        draft = shown._get_draft()
        base_version, sent = draft.sent(form.get("filled"), shown._texts(form))
        if form.get("filled") and not base_version:
            # Pressed while this page was loading; the texts are those of the enrollment before.
            page.refusal = messages.NOT_SAVED_OTHER
            return
        if draft.conflicts:
            shown._set_draft(draft.with_texts(sent))
            page.refusal = messages.CHOOSE_FIRST
            return
        if base_version and base_version not in (draft.version, draft.saved_from):
            await self._answer_older_form(form, sent, base_version)
            return
        shown._set_draft(draft.with_texts(sent))
        shown._refuse({})
        page._report()
        key, typed = shown._key_of(form, sent), shown._get_draft().typed
        reopening = await self.get_state(Reopening)
        # The submitted form may contain the answer already.
        is_answered = form.get("reopens") == "on"
        if is_answered or not reopening._needs_confirmation(acting(), typed, draft.version, key):
            moves_courses = form.get("moves_courses") == "on"
            await self._save(draft.version, key, moves_courses=moves_courses)

    @rx.event
    @guarded(may_manage_learning)
    async def revert(self):
        """Revert the overridden status to tracked."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if not page._id:
            return
        page._report()
        if form.is_dirty:
            page.refusal = messages.SAVE_OR_DISCARD
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
            page.refusal = (
                messages.STATUS_CHANGED_BY_YOU if conflict.is_own else messages.STATUS_CHANGED
            )
        except PortalError as refusal:
            await page._reload()
            page.refusal = refusal.message
        else:
            await page._show(details)
            await page._fill(details)
            page.message = messages.REVERTED

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
                text = f"{text} {messages.deadlines_moved(details.n_moved)}"
            await self._show_saved(details, version, text)

    async def _answer_older_form(self, form: dict, sent: dict[str, str], base_version: int) -> None:
        """Answer a submitted form that was filled before this page was loaded again.

        If it was saved already and only its answer was lost, show the save; otherwise restore its
        texts for the person to check.
        """
        page = await self.get_state(Details)
        typed = {name: text for name, text in sent.items() if name != REASON}
        key = form.get("save_key")
        try:
            done = await asyncio.to_thread(
                find_done,
                database(),
                acting(),
                page._id,
                version=base_version,
                typed=typed,
                key=key,
            )
        except PortalError:
            done = None
        if done is not None:
            await self._show_saved(done, base_version, messages.SAVED_BEFORE_RELOAD)
            return
        details = await page._read(page._id)
        if details is not None:
            await restore_draft(page, details, sent, base_version)
            page.refusal = messages.NOT_SAVED_RELOADED

    async def _show_saved(self, details: EnrollmentDetails, version: int, text: str) -> None:
        """Show an enrollment after a save over a version, and offer to undo the save."""
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
        """Show the conflicting fields with both values, for the person to choose."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        details = await page._read(page._id)
        if details is None:
            return
        await page._show(details)
        form._set_draft(form._get_draft().refused(details, conflict, now=calendar.now_ms()))
        page.refusal = conflict.message
        page._set_news_since(conflict.version, details)


def saved_text(details: EnrollmentDetails, me: int) -> str:
    """Return what a save did, with whose changes it was merged, and what was already set.

    `me` is the account of the person who saved.
    """
    already_set: dict[str, list[str]] = {}
    for field in (field for field in Field if field in details.already_set):
        already_set.setdefault(by_whom(details.already_set[field], me), []).append(field.label)
    if already_set and details.made is None:
        if len(already_set) == 1:
            return messages.all_already_set(next(iter(already_set)), len(details.already_set))
        return sentences(*(messages.already_set(by, fields) for by, fields in already_set.items()))
    theirs: dict[str, list[str]] = {}
    for event in details.merged_with:
        if event.actor_name:
            labels = theirs.setdefault(by_whom(event, me), [])
            changed = [
                f.label for f in Field if f in event.changes and f not in details.already_set
            ]
            labels.extend(label for label in changed if label not in labels)
    merged = [messages.saved_together(by, labels) for by, labels in theirs.items() if labels]
    others = [messages.already_set(by, fields) for by, fields in already_set.items()]
    return sentences(*(merged or [SAVED]), *others)
