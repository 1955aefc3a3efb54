"""Catching up: what others change while one enrollment's pages stand open, and what is typed."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from enrollment_portal.domain import calendar
from enrollment_portal.domain.edits import status_refusal, typed_form
from enrollment_portal.domain.enrollments import Field, Status, Tracked
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.domain.typed_text import trimmed
from enrollment_portal.services.enrollments import EnrollmentDetails
from enrollment_portal.services.meeting_saves import OWN_TAB, events_since
from enrollment_portal.state.deciding import Deciding
from enrollment_portal.state.held_form import FIELDS, LONGEST_KEPT, REASON
from enrollment_portal.state.meeting_views import freshly_changed, news_words
from enrollment_portal.state.session import acting, guarded
from enrollment_portal.storage.enrollments import StoredEvent

_POINTED_AT = tuple(field.value for field in (*Field, *Tracked))
"""What the page points at when it has just changed."""


class CatchingUp(Deciding, mixin=True):
    """Pages of one enrollment that are told of what others change, and lose nothing typed."""

    phase: str = "loading"  # loading, ready, missing or failed
    may_edit: dict[str, bool] = dict.fromkeys(FIELDS, False)
    fresh: dict[str, str] = dict.fromkeys(_POINTED_AT, "")
    """By what changed just now, the class that points at it."""

    shown_version: int = 0
    """The version whose facts are on the page; that of the form may be older."""

    @rx.event
    @guarded(may_see_ledger)
    async def catch_up(self):
        """Show what changed since the page was opened; what is being typed stays."""
        if self._id and self.phase == "ready":
            details = await self._read(self._id)
            if details is not None:
                self._meet(details)

    @rx.event
    @guarded(may_see_ledger)
    async def take_over(self):
        """Build the form on what others changed; what is typed stays, or is set beside theirs."""
        if not self.news_waits:
            return
        details = await self._read(self._id)
        if details is None:
            return
        self._show(details)
        before = self.form_key
        self._take_over(details, acting().account_id)
        refilled = self.get_value("field_keys")
        self._note_act(before, [f for f in FIELDS if refilled[f] == self.form_key])
        self._say("")
        self.message = self.refusal = ""
        if self.conflicts:
            own = self.conflict_by.startswith(OWN_TAB)
            self.refusal = (
                "You changed this in another tab as well. Choose which values to keep."
                if own
                else "You both changed this. Choose which values to keep."
            )
        else:
            self.message = "Taken over. What you typed is still there, to be saved."

    @rx.event
    @guarded(may_see_ledger)
    async def take_back(self, kept: dict, version: int):
        """Take what the browser kept of a form that this page no longer knew of.

        Args:
            kept: by field, what was typed.
            version: the version that it was typed over.
        """
        number = read_id(version)
        typed = self._texts(kept)
        if not number or self._named() != self._id or self.phase != "ready":
            return
        if all(text == self._typed()[name] for name, text in typed.items()):
            return
        details = await self._read(self._id)
        if details is not None and number <= details.facts.version:
            self._meet_again(details, typed, number)

    def _named(self) -> int:
        """Return the enrollment that the address of the page names; 0 for none."""
        raw = self.router.url.path.rstrip("/").removesuffix("/manage").rpartition("/")[2]
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 17 else 0

    def _texts(self, form: object) -> dict[str, str]:
        """Return what was typed into fields of the form; anything else is left out."""
        sent = form if isinstance(form, dict) else {}
        return {
            name: sent[name].replace("\r\n", "\n")[:LONGEST_KEPT]
            for name in FIELDS
            if isinstance(sent.get(name), str) and self.may_edit[name]
        }

    def _meet(self, details: EnrollmentDetails) -> None:
        before = self.shown_version
        self._show(details)
        if before == details.facts.version:
            return
        newer = events_since(details.facts, details.history, before) or ()
        self._point_at(newer)
        self._judge_status(details)
        if self.is_dirty or self.conflicts:
            self._tell(details)
        else:
            self._say(news_words(newer, acting().account_id, calendar.now_ms()))
            self._follow(details)

    def _judge_status(self, details: EnrollmentDetails) -> None:
        """Say beside a status that was chosen already that it cannot be saved any more."""
        name = self._typed()[Field.STATUS]
        wanted = Status.__members__.get(name.upper())
        now = Status(details.facts.status)
        is_chosen = name != self._stored_then()[Field.STATUS]
        error = ""
        if wanted is not None and is_chosen:
            error = status_refusal(now, wanted, has_changed=True)
        if error or self.errors[Field.STATUS]:
            self.errors = {**self.get_value("errors"), Field.STATUS.value: error}

    def _meet_again(self, details: EnrollmentDetails, typed: dict[str, str], version: int) -> None:
        """Let the form hold texts that were typed over a version, and say what changed since."""
        self._show(details)
        now = typed_form(details.facts.values)
        typed = {name: text for name, text in typed.items() if trimmed(text) != now.get(name)}
        if typed.keys() - {REASON}:
            self._take_back(details, typed, version)
            self._tell(details)

    def _tell(self, details: EnrollmentDetails) -> None:
        """Say what others changed since the form was filled."""
        newer = events_since(details.facts, details.history, self._version)
        if newer is None:
            self._say("This enrollment was changed many times meanwhile.", waits=True)
        else:
            words = news_words(newer, acting().account_id, calendar.now_ms())
            self._say(words, waits=words != "")

    def _point_at(self, newer: Iterable[StoredEvent]) -> None:
        self._put(fresh=freshly_changed(newer, self.shown_version, _POINTED_AT))
