"""The views of the ledger in the sidebar."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.addresses import VIEW
from enrollment_portal.domain.views.views import View
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.counting import MOST_COUNTED
from enrollment_portal.services.views.views import SeenViews, read_views
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_view import ShownView, note_of
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting, guarded, keeps_message
from enrollment_portal.state.shared.views import LEDGER_PATH


@dataclass(frozen=True)
class ViewLink:
    """A view in the sidebar."""

    key: str
    name: str
    address: str
    title: str
    """The whole name, and whom it is shared with or by."""


class SavedViews(rx.State):
    """One's own views, and those that are shared with one; and the default among all."""

    views: list[ViewLink] = []
    is_known: bool = False
    """Whether the views were read; until then the sidebar waits, so that nothing in it moves."""
    default: str = ""
    """The key of the view with which the ledger opens; "" for none."""
    channel: str = ""
    """The channel of their counts, which the change feed pushes."""
    message: str = ""
    """What the last act on a view did."""
    refusal: str = ""
    undo: str = ""
    """The key of the view that was just deleted; "" for none."""
    answers: int = 0  # counts up, so that the same answer is announced again

    _shows: ClassVar = ("view",)
    _is_of_shell: ClassVar = True

    @rx.event
    @guarded()
    async def load(self):
        """List the views; nothing for who has no ledger."""
        set_changed(self, is_known=True)
        if not keeps_message():
            set_changed(self, message="", refusal="", undo="")
        await self._show()

    @rx.event
    @guarded()
    async def refresh(self):
        """List the views again: someone has saved, changed or deleted one."""
        found = await self._show()
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownView)
        if found is not None and shown._view is not None:
            views = {view.key: view for view in (*found.product, *found.saved)}
            shown._default = found.default
            shown._follow(views.get(shown._view.key))
            await ledger._show_address()

    def _report(self, message: str = "", *, refusal: str = "", undo: str = "") -> None:
        self.message, self.refusal, self.undo = message, refusal, undo
        self.answers += 1

    def _show_failure(self, why: str) -> None:
        self._report(refusal=why)

    async def _show(self) -> SeenViews | None:
        actor = acting()
        if not may_see_ledger(actor):
            set_changed(self, views=[], default="", channel="")
            return None
        found = await asyncio.to_thread(read_views, database(), actor)
        listed = (*found.product, *found.saved)
        links = [_link(view, actor.account_id) for view in found.saved]
        set_changed(self, views=links, default=found.default)
        queries = [(view.key, view.query) for view in listed[:MOST_COUNTED]]
        set_changed(self, channel=await open_pages.follow_views(self, actor, queries))
        return found


def _link(view: View, account: int) -> ViewLink:
    note = note_of(view, account)
    return ViewLink(
        view.key,
        view.name,
        f"{LEDGER_PATH}?{VIEW}={view.key}",
        messages.with_note(view.name, note) if note else view.name,
    )
