"""Handlers of the Manage form before it is saved."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.edits import typed_form
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import CONFLICT, OWN_CONFLICT
from enrollment_portal.domain.shared.typed_text import trimmed
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.draft import FIELDS, LONGEST_KEPT, REASON
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.shared.session import acting, guarded


class Editing(rx.State):
    """Typing into the form, discarding what was typed, and merging what others saved."""

    announcement: str = ""
    """That what was typed was discarded, which is announced."""

    _page: ClassVar = Details

    @rx.event
    @guarded(may_see_ledger)
    async def type_in(self, field: str, typed: str, key: str):
        """Note what was typed into a field; `key` says which filling of the form it is in."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if field not in FIELDS or not isinstance(typed, str) or not page._id:
            return
        if key != form.field_keys[field]:
            return  # typed into a field that has been filled again: the browser restores it
        form._set_draft(form._get_draft().with_text(field, typed[:LONGEST_KEPT]))
        form._refuse({**form.get_value("errors"), field: ""})
        page._report()
        if self.announcement:
            self.announcement = ""

    @rx.event
    @guarded(may_see_ledger)
    async def remove_deadline(self):
        """Empty the deadline's field; saving removes the deadline."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        if page._id and form.may_edit[Field.DEADLINE]:
            form._set_draft(form._get_draft().refilled_by_act({Field.DEADLINE.value: ""}))

    @rx.event
    @guarded(may_see_ledger)
    async def leave(self):
        """Discard what was typed: show what is stored."""
        page = await self.get_state(Details)
        details = await page._read(page._id) if page._id else None
        if details is not None:
            await page._show(details)
            await page._fill(details)
            self.announcement = messages.DISCARDED

    @rx.event
    @guarded(may_see_ledger)
    async def keep(self, field: str, whose: str):
        """Choose the value of one field in conflict: "mine" or "theirs"."""
        form = await self.get_state(ManageForm)
        form._set_draft(form._get_draft().choosing(field, keeps_mine=whose == "mine"))

    @rx.event
    @guarded(may_see_ledger)
    async def settle(self):
        """Fill the form with the chosen values, ready to be saved."""
        form = await self.get_state(ManageForm)
        if form.conflicts:
            form._set_draft(form._get_draft().settled())
            page = await self.get_state(Details)
            page._report(messages.VALUES_CHOSEN)

    @rx.event
    @guarded(may_see_ledger)
    async def merge_remote_changes(self):
        """Load others' changes into the form; keep what is typed, or show it as a conflict."""
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        details = await page._read(page._id) if page.news_waits else None
        if details is None:
            return
        await page._show(details)
        now = calendar.now_ms()
        form._set_draft(
            form._get_draft().with_remote_changes(details, me=acting().account_id, now=now)
        )
        page._set_news("")
        if not form.conflicts:
            page._report(messages.CHANGES_LOADED)
        elif form.conflict_by.startswith(messages.OWN_TAB):
            page._report(refusal=OWN_CONFLICT)
        else:
            page._report(refusal=CONFLICT)

    @rx.event
    @guarded(may_see_ledger)
    async def restore_draft(self, texts: dict, base_version: int):
        """Restore a draft that the browser kept and this page does not know.

        Args:
            texts: by field, what was typed.
            base_version: the version that it was typed over.
        """
        page, form = await self.get_state(Details), await self.get_state(ManageForm)
        number, typed = read_id(base_version), form._texts(texts)
        if not number or page._named() != page._id or page.phase != "ready":
            return
        if all(text == form._get_draft().typed[name] for name, text in typed.items()):
            return
        details = await page._read(page._id)
        if details is not None and number <= details.facts.version:
            await restore_draft(page, details, typed, number)


async def restore_draft(
    page: Details, details: EnrollmentDetails, typed: dict[str, str], version: int
) -> None:
    """Put a draft into the form, and show what changed since its version.

    Args:
        page: of the form.
        details: the enrollment as it is stored now.
        typed: by field, what was typed.
        version: the version that it was typed over.
    """
    await page._show(details)
    form = await page.get_state(ManageForm)
    now = typed_form(details.facts.values, form._get_draft().tz)
    typed = {name: text for name, text in typed.items() if trimmed(text) != now.get(name)}
    if typed.keys() - {REASON}:
        form._set_draft(form._get_draft().restored(details, typed, version))
        page._set_news_since(form._get_draft().version, details)
