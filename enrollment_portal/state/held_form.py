"""The form over one enrollment: what it was filled from, what is typed, and how both are joined.

The browser's fields follow `form` only where `field_keys` changes, field by field: no answer of
the server overtakes what is being typed, and a field that nobody changed keeps its focus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import reflex as rx

from enrollment_portal.domain import calendar
from enrollment_portal.domain.edits import Value, typed_form
from enrollment_portal.domain.enrollments import Field
from enrollment_portal.domain.typed_text import trimmed
from enrollment_portal.services.enrollments import EnrollmentDetails
from enrollment_portal.services.meeting_saves import events_since, fields_met, values_before
from enrollment_portal.state import open_pages
from enrollment_portal.state.meeting_views import met_view
from enrollment_portal.state.views import ConflictView

REASON = "reason"
FIELDS = (*(field.value for field in Field), REASON)
LONGEST_KEPT = 20_000
"""More than any field takes, so that a text that is too long is kept to be shortened."""


def _form_of(values: Mapping[Field, Value]) -> dict[str, str]:
    return {**typed_form(values), REASON: ""}


class HeldForm(rx.State, mixin=True):
    """A form that knows which version of the enrollment it was filled from."""

    form: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What the fields hold."""
    stored: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What was stored as the form was filled."""
    form_key: str = ""
    """Names the filling: "<enrollment>.<version>.<count>"."""
    field_keys: dict[str, str] = dict.fromkeys(FIELDS, "")
    """By field, the filling that it shows."""
    lengths: dict[str, str] = dict.fromkeys(FIELDS, "0")
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    conflicts: list[ConflictView] = []
    conflict_by: str = ""
    is_dirty: bool = False
    message: str = ""
    """What the last save or decision did, in a sentence."""
    refusal: str = ""
    """Why the last one changed nothing."""
    news: str = ""
    """What others changed, in a sentence, since the form was filled."""
    news_waits: bool = False
    """The form does not hold that yet: it can be taken over."""

    _id: int = 0
    _version: int = 0
    """The version that the form was filled from."""
    _fills: int = 0
    _saved_from: int = 0
    """The version on which the last save was built, 0 where others' changes came between."""
    _acted_on: tuple[str, int, tuple[str, ...]] = ("", 0, ())
    """What the person's last act on the form refilled: the filling they saw, the version that the
    form is built on since, and the fields."""

    def _fill(self, details: EnrollmentDetails) -> None:
        """Fill every field anew with what is stored; what was typed is gone."""
        self._version, self._saved_from = details.facts.version, 0
        self.stored = _form_of(details.facts.values)
        self.form = self._stored_then()
        self.errors = dict.fromkeys(FIELDS, "")
        self.conflicts = []
        self.message = self.refusal = ""
        self._say("")
        self._refill()

    def _note_saved(self, details: EnrollmentDetails, version: int) -> None:
        """Remember the version that a save was built on, unless others changed something since.

        A save that changed nothing made no version of its own.
        """
        own = 0 if details.made is None else 1
        self._saved_from = version if details.facts.version == version + own else 0

    def _follow(self, details: EnrollmentDetails) -> None:
        """Let a form in which nothing is typed hold what is stored now."""
        reason = self._typed()[REASON]
        self._version, self._saved_from = details.facts.version, 0
        self.stored = _form_of(details.facts.values)
        self._put_in(self._stored_then() | {REASON: reason})

    def _take_over(self, details: EnrollmentDetails, me: int) -> None:
        """Build the form on what is stored now: fields that nobody typed in take it.

        Where a field that is typed in was changed elsewhere, both values are set side by side.
        `me` is the account of the person who types.
        """
        now, at = _form_of(details.facts.values), calendar.now_ms()
        newer = events_since(details.facts, details.history, self._version) or ()
        changed_by = fields_met(newer)
        base, form = self._stored_then(), self._typed()
        conflicts = {conflict.field: conflict for conflict in self.get_value("conflicts")}
        for field in Field:
            name = field.value
            if now[name] == base[name]:
                continue
            if trimmed(form[name]) in (base[name], now[name]):
                form[name] = now[name]
                conflicts.pop(name, None)
                continue
            theirs = details.facts.values[field]
            met = met_view(
                field, base[name], theirs, form[name], changed_by.get(field), me=me, now=at
            )
            conflicts[name] = met
        self._version, self._saved_from, self.stored = details.facts.version, 0, now
        self.conflicts = [conflicts[field] for field in Field if field in conflicts]
        self._name_others()
        self._put_in(form)

    def _take_back(
        self, details: EnrollmentDetails, typed: Mapping[str, str], version: int
    ) -> None:
        """Put texts into the form that were typed over an older version: it is built on that."""
        touched = {
            name: text
            for name, text in self._typed().items()
            if trimmed(text) != self._stored_then()[name]
        }
        if version == self._saved_from:
            # Typed while my own save was under way: what that stored is what it was typed over.
            self._put_in(self._typed() | dict(typed), shown=typed)
            return
        newer = events_since(details.facts, details.history, version)
        self._version = version
        # Where it is not known what was stored then, the version alone makes a save meet it.
        self.stored = _form_of(values_before(details.facts, newer or ()))
        self._put_in(self._stored_then() | touched | dict(typed), shown=typed)

    def _put_in(self, form: dict[str, str], *, shown: Collection[str] = ()) -> None:
        """Let the form hold these texts; fields that change are filled anew.

        Args:
            form: by field.
            shown: fields in which the browser shows these texts already.
        """
        before, keys = self._typed(), dict(self.get_value("field_keys"))
        self.form = form
        self._name_filling()
        self.field_keys = {
            name: self.form_key if form[name] != before[name] and name not in shown else keys[name]
            for name in FIELDS
        }

    def _refill(self) -> None:
        """Fill every field anew with what the form holds."""
        self._name_filling()
        self.field_keys = dict.fromkeys(FIELDS, self.form_key)

    def _note_act(self, before: str, fields: Iterable[str]) -> None:
        """Remember which fields an act of the person refilled, and the filling it was done on."""
        self._acted_on = (before, self._version, tuple(fields))

    def _sent(
        self, form: Mapping[str, object], texts: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        """Return the version that what is sent was typed over, and the texts to take from it.

        Who saves right after an act on the form sends what they saw before its answer: what the
        act refilled is not in it yet.
        """
        before, version, refilled = self._acted_on
        if before and form.get("filled") == before and version == self._version:
            return version, {name: text for name, text in texts.items() if name not in refilled}
        return version_of(form.get("filled"), self._id), texts

    def _name_filling(self) -> None:
        self._fills += 1
        # What is not decided yet is still typed over the older version.
        named = version_of(self.form_key, self._id) if self.conflicts else 0
        self.form_key = f"{self._id}.{named or self._version}.{self._fills}"
        self.lengths = {name: f"{len(text):,}" for name, text in self._typed().items()}
        self._compare()

    def _typed(self) -> dict[str, str]:
        """Return what the form holds."""
        return dict(self.get_value("form"))

    def _stored_then(self) -> dict[str, str]:
        return dict(self.get_value("stored"))

    def _compare(self) -> None:
        typed, stored = self._typed(), self._stored_then()
        is_dirty = any(trimmed(typed[n]) != stored[n] for n in FIELDS if n != REASON)
        if is_dirty != self.is_dirty:
            self.is_dirty = is_dirty
            open_pages.edit(self, is_dirty)

    def _name_others(self) -> None:
        found = {(c.by, c.ago) for c in self.get_value("conflicts") if c.by}
        by, ago = found.pop() if len(found) == 1 else ("others", "")
        self.conflict_by = f"{by}, {ago}" if ago else by

    def _say(self, news: str, *, waits: bool = False) -> None:
        self._put(news=news, news_waits=waits)

    def _put(self, **values: object) -> None:
        """Set what differs: everything that is set is sent."""
        for name, value in values.items():
            if self.get_value(name) != value:
                setattr(self, name, value)


def version_of(form_key: object, enrollment_id: int) -> int:
    """Return the version that a form's key names for an enrollment; 0 where it names none."""
    parts = form_key.split(".") if isinstance(form_key, str) and len(form_key) < 60 else []
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return 0
    return int(parts[1]) if int(parts[0]) == enrollment_id else 0
