"""Taking changes back on the pages of one enrollment, and its history to look through."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import reflex as rx

from enrollment_portal.domain import calendar
from enrollment_portal.domain.errors import NotFound, PortalError
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.domain.save_keys import read_save_key
from enrollment_portal.services.enrollments import EnrollmentDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.services.timeline import PAGE_SIZE, Timeline, newest, read_older
from enrollment_portal.services.undoing import restore_value, undo_change
from enrollment_portal.state.catching_up import CatchingUp
from enrollment_portal.state.session import acting, guarded, viewer_zone
from enrollment_portal.state.timeline_views import (
    DayView,
    day_views,
    joined,
    undo_depth,
    undone_words,
)
from enrollment_portal.storage.enrollments import StoredEvent


@dataclass(frozen=True)
class OfferView:
    """The change that was just made, which a button beside its confirmation takes back."""

    seq: int = 0
    label: str = "Undo"
    beside: str = ""
    """The confirmation."""


@dataclass(frozen=True)
class OptionView:
    """Something that the timeline can be narrowed to."""

    value: str
    label: str


class Undoing(CatchingUp, mixin=True):
    """The timeline and its buttons; `Details` holds the enrollment itself."""

    days: list[DayView] = []
    has_older: bool = False
    field_options: list[OptionView] = []
    person_options: list[str] = []
    only_field: str = ""
    only_person: str = ""
    page_key: str = ""
    """Named at random: with the form's key it names a save, so that it is done once."""
    timeline_key: str = ""
    """The same for what is done from the timeline, until something was."""
    refused_seq: int = 0
    """The change beside which stands why it was not taken back."""
    refused_why: str = ""
    offer: OfferView = OfferView()

    _size: int = PAGE_SIZE
    _before: int = 0
    _last_sent: tuple[str, dict[str, str]] = ("", {})

    @rx.event
    @guarded(may_see_ledger)
    async def undo(self, seq: int, key: str):
        """Take a recorded change back; why that is refused stands beside it."""
        number = read_id(seq)
        details = await self._act(undo_change, number, key=f"{key}.{number}")
        if details:
            made = next((e for e in details.history if e.undoes == number), None)
            again = undo_depth(details.history, number or 0) % 2 == 1
            self.message = undone_words(made) if made else "Undone."
            self._offer(details, made, "Undo" if again else "Redo")

    @rx.event
    @guarded(may_see_ledger)
    async def restore(self, seq: int, field: str, which: str, version: int, key: str):
        """Set a field to what it held before or after a recorded change.

        `version` is what was on the page: what came after it was not seen yet.
        """
        number = read_id(seq)
        name = f"{key}.{number}.{field}.{which}"
        act = partial(restore_value, version=version)
        details = await self._act(act, number, field, which, key=name)
        if details and details.history:
            made = details.history[0]
            self.message = undone_words(made, again=False)
            self._offer(details, made, "Undo")

    @rx.event
    @guarded(may_see_ledger)
    async def narrow(self, name: str, value: str):
        """Show only the changes of a "field" or by a "person"; "" for all of them."""
        if not self._id or name not in ("field", "person") or not isinstance(value, str):
            return
        if name == "field":
            self.only_field = value[:40]
        else:
            self.only_person = value[:200]
        self._size = PAGE_SIZE
        details = await self._read(self._id)
        if details is not None:
            self._show_timeline(details)

    @rx.event
    @guarded(may_see_ledger)
    async def show_older(self):
        """Show older changes below."""
        if not self._id or not self.has_older:
            return
        try:
            older = await asyncio.to_thread(
                read_older,
                database(),
                acting(),
                self._id,
                self._before,
                field=self.only_field,
                person=self.only_person,
            )
        except NotFound:
            await self._lose()
            return
        self.days = joined(self.get_value("days"), self._views(older))
        self.has_older, self._before = older.has_older, older.before
        self._size += PAGE_SIZE
        known = {option.value for option in self.field_options}
        self.field_options = [
            *self.get_value("field_options"),
            *(OptionView(f.value, f.label) for f in older.fields if f.value not in known),
        ]
        self.person_options = sorted({*self.get_value("person_options"), *older.persons})

    async def _act(
        self, act: Callable[..., EnrollmentDetails], seq: object, *rest: object, key: str
    ) -> EnrollmentDetails | None:
        """Do something to a recorded change, and show what came of it."""
        if not self._id:
            return None
        self.message = self.refusal = self.refused_why = ""
        self.refused_seq = 0
        try:
            details = await asyncio.to_thread(
                act, database(), acting(), self._id, seq, *rest, key=key
            )
        except PortalError as refusal:
            await self._reload()
            self.refused_why = refusal.message
            self.refused_seq = seq if isinstance(seq, int) else 0
            return None
        self.timeline_key = _random()
        self._meet(details)
        if not self.news_waits:
            self._say("")  # it is what was just done
        return details

    def _offer(self, details: EnrollmentDetails, made: StoredEvent | None, label: str) -> None:
        """Offer to take a change back that was just made, where it is the person's own."""
        is_own = made is not None and made.actor_id == acting().account_id
        self.offer = OfferView(made.seq, label, self.message) if made and is_own else OfferView()

    def _offer_undo(self, details: EnrollmentDetails) -> None:
        """Offer to take back what a save changed, while it is the newest change."""
        newest = details.history[0] if details.history else None
        is_made = newest is not None and newest.seq == details.made
        self._offer(details, newest if is_made else None, "Undo")

    def _key_of(self, form: dict, sent: dict[str, str]) -> str | None:
        """Return the key of a save: another one where another text is sent under the same."""
        key = read_save_key(form.get("save_key"))
        if key and key == self._last_sent[0] and sent != self._last_sent[1]:
            key = f"{self.page_key}.{self.form_key}"
        if key:
            self._last_sent = (key, sent)
        return key

    def _show_timeline(self, details: EnrollmentDetails) -> None:
        timeline = newest(details, field=self.only_field, person=self.only_person, size=self._size)
        self._before = timeline.before
        self._put(
            days=self._views(timeline),
            has_older=timeline.has_older,
            field_options=[OptionView(f.value, f.label) for f in timeline.fields],
            person_options=list(timeline.persons),
            page_key=self.page_key or _random(),
            timeline_key=self.timeline_key or _random(),
        )

    def _views(self, timeline: Timeline) -> list[DayView]:
        return day_views(timeline, viewer_zone(self), calendar.now_ms())


def _random() -> str:
    return secrets.token_urlsafe(12)
