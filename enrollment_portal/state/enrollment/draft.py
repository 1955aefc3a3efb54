"""The draft of the Manage form: what was typed over one version, merged with newer versions.

Nothing in here depends on a page or on the database: each step returns a new draft.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.edits import UTC, Value, show_typed, typed_form
from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.enrollment.merge import merge
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Conflict
from enrollment_portal.domain.shared.typed_text import trimmed
from enrollment_portal.services.enrollment.conflicts import changed_by, events_since, values_before
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.state.enrollment.views.conflicts import conflict_view, remote_conflict_view
from enrollment_portal.state.shared.views import ConflictView

REASON = "reason"
STATUS, COMPLETED = Field.STATUS.value, Field.COMPLETED.value
FIELDS = (*(field.value for field in Field), REASON)
LONGEST_KEPT = 20_000
"""Longer than any field allows, so that a text that is too long is kept to be shortened."""

Texts = Mapping[str, str]
"""By field, its text."""


def _empty() -> Texts:
    return dict.fromkeys(FIELDS, "")


def texts_of(values: Mapping[Field, Value], tz: ZoneInfo = UTC) -> dict[str, str]:
    """Return the texts of the form's fields for these values, without a reason."""
    return {**typed_form(values, tz), REASON: ""}


@dataclass(frozen=True)
class Refill:
    """The last action that filled fields of the form again, and what the fields showed before."""

    filling: str = ""
    """The name of the filling that the person saw."""
    version: int = 0
    """The version that the form is based on since."""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """The texts of a form, with the version of the enrollment that it was filled from."""

    enrollment_id: int = 0
    version: int = 0
    stored: Texts = field(default_factory=_empty)
    """What was stored in that version."""
    typed: Texts = field(default_factory=_empty)
    """The texts in the fields."""
    conflicts: tuple[ConflictView, ...] = ()
    conflict_by: str = ""
    """Whose changes the conflicts are with, and how long ago, in words."""
    key: str = ""
    """The name of the filling: "<enrollment>.<version>.<count>"."""
    field_keys: Texts = field(default_factory=_empty)
    """By field, the name of the filling that it shows."""
    count: int = 0
    """How often the form was filled."""
    saved_from: int = 0
    """The version that the last save was based on, 0 if others' changes came between."""
    last_refill: Refill = Refill()
    tz: ZoneInfo = UTC
    """The organization's time zone, in which a completion date is read."""
    today: str = ""
    """The current day there, as 2026-10-02."""

    @property
    def is_dirty(self) -> bool:
        """Whether a field besides the reason differs from what is stored."""
        return bool(self.touched.keys() - {REASON})

    @property
    def touched(self) -> dict[str, str]:
        """The texts of the fields that differ from what was stored."""
        return {n: text for n, text in self.typed.items() if trimmed(text) != self.stored[n]}

    def filled(self, details: EnrollmentDetails) -> Draft:
        """Fill every field with what is stored; discard what was typed."""
        stored = texts_of(details.facts.values, self.tz)
        draft = replace(self._on(details, stored), typed=stored, conflicts=())
        return draft._refilled()

    def followed(self, details: EnrollmentDetails) -> Draft:
        """Update a form in which at most a reason is typed to what is stored now."""
        stored = texts_of(details.facts.values, self.tz)
        return self._on(details, stored)._with_texts_shown(stored | {REASON: self.typed[REASON]})

    def with_text(self, name: str, text: str) -> Draft:
        """Set the text of a field."""
        draft = replace(self, typed={**self.typed, name: text})
        return draft._dated() if name == STATUS else draft

    def with_texts(self, texts: Texts) -> Draft:
        """Set the texts of several fields."""
        draft = replace(self, typed={**self.typed, **texts})
        is_given = COMPLETED in texts and _is_completed(draft.typed)
        return draft if is_given else draft._dated()

    def refilled_by_act(self, texts: Texts) -> Draft:
        """Fill fields with texts, as the person asked for with a button."""
        draft = self.with_texts(texts)._refilled()
        return draft._after_act(self.key, texts)

    def with_remote_changes(self, details: EnrollmentDetails, *, me: int, now: int) -> Draft:
        """Merge what is stored now into the form: fields that nobody typed in take it.

        Where a field that is typed in was changed elsewhere, both values are set side by side.

        Args:
            details: the enrollment as it is stored now.
            me: the account of the person who types.
            now: this moment, in milliseconds since 1970 UTC.
        """
        stored, typed = texts_of(details.facts.values, self.tz), dict(self.typed)
        merged = merge(self.stored, stored, {name: trimmed(text) for name, text in typed.items()})
        conflicts = {conflict.field: conflict for conflict in self.conflicts}
        # The completion date follows the status, whoever changed it.
        ended = {COMPLETED} if not stored[COMPLETED] else set()
        for name in merged.theirs | merged.already_set | (merged.conflicts & ended):
            typed[name] = stored[name]
            conflicts.pop(name, None)
        last = changed_by(events_since(details.facts, details.history, self.version) or ())
        for one in map(Field, merged.conflicts - ended):
            conflicts[one] = remote_conflict_view(
                one, self.stored[one], stored[one], typed[one], last.get(one), me=me, now=now
            )
        conflicting = tuple(conflicts[one] for one in Field if one in conflicts)
        draft = replace(
            self._on(details, stored), conflicts=conflicting, conflict_by=_others_in(conflicting)
        )
        draft = draft._with_texts_shown(_dated(typed, stored, self.today))
        return draft._after_act(
            self.key, [name for name in FIELDS if draft.field_keys[name] == draft.key]
        )

    def restored(self, details: EnrollmentDetails, texts: Texts, version: int) -> Draft:
        """Restore texts that were typed over an older version, as the form's base version."""
        if version == self.saved_from:
            # Typed while one's own save was under way: its base version is the one of that save.
            return self._with_texts_shown({**self.typed, **texts}, shown=texts)
        newer = events_since(details.facts, details.history, version)
        # If it is unknown what was stored then, the version alone makes a save detect conflicts.
        stored = texts_of(values_before(details.facts, newer or ()), self.tz)
        draft = replace(self, version=version, stored=stored)
        typed = _dated({**stored, **self.touched, **texts}, stored, self.today)
        return draft._with_texts_shown(typed, shown=texts)

    def refused(self, details: EnrollmentDetails, conflict: Conflict, *, now: int) -> Draft:
        """Show the fields in conflict side by side; other fields take what is stored.

        The browser's fields are filled with it once the person has chosen.
        """
        conflicting = {c.field: c.theirs for c in conflict.fields}
        stored = typed_form(details.facts.values, self.tz)
        stored |= {f: show_typed(Field(f), value, self.tz) for f, value in conflicting.items()}  # type: ignore[arg-type]
        updated = {f: text for f, text in stored.items() if f not in conflicting}
        if not stored[COMPLETED]:
            # A completion date that is not stored follows the chosen status.
            updated[COMPLETED] = self.typed[COMPLETED]
        return replace(
            self,
            version=conflict.version,
            stored={**stored, REASON: ""},
            typed={**self.typed, **updated},
            conflicts=tuple(conflict_view(c, now, self.tz) for c in conflict.fields),
            conflict_by=messages.by_others_ago(conflict.by, calendar.ago(conflict.at, now)),
        )

    def choosing(self, name: str, *, keeps_mine: bool) -> Draft:
        """Choose a value for one field in conflict."""
        return replace(
            self,
            conflicts=tuple(
                replace(c, keeps_mine=keeps_mine) if c.field == name else c for c in self.conflicts
            ),
        )

    def settled(self) -> Draft:
        """Fill the form with the chosen values, ready to be saved."""
        theirs = [c.field for c in self.conflicts if not c.keeps_mine]
        draft = replace(self, conflicts=())
        return draft.refilled_by_act({name: self.stored[name] for name in theirs})

    def saved(self, details: EnrollmentDetails, version: int) -> Draft:
        """Fill the form after a save; remember the version that the save was based on.

        Not where others changed something since. A save that changed nothing made no version.
        """
        own = 0 if details.made is None else 1
        saved_from = version if details.facts.version == version + own else 0
        return replace(self.filled(details), saved_from=saved_from)

    def sent(self, filling: object, texts: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Return the version that submitted texts were typed over, and the texts to take from it.

        Who saves right after an act on the form sends what they saw before its answer: what the
        act refilled is not in it yet.

        Args:
            filling: names the filling that was sent.
            texts: by field, what was sent.
        """
        refill = self.last_refill
        if refill.filling and filling == refill.filling and refill.version == self.version:
            return refill.version, {n: text for n, text in texts.items() if n not in refill.fields}
        return version_of(filling, self.enrollment_id), texts

    def _dated(self) -> Draft:
        """Set the completion date that goes with the status, in its field, too."""
        typed = _dated(self.typed, self.stored, self.today)
        return self if typed == self.typed else self._with_texts_shown(typed)

    def _on(self, details: EnrollmentDetails, stored: Texts) -> Draft:
        return replace(
            self,
            enrollment_id=details.facts.id,
            version=details.facts.version,
            stored=stored,
            saved_from=0,
        )

    def _with_texts_shown(self, texts: Texts, *, shown: Collection[str] = ()) -> Draft:
        """Set these texts; fill the fields that do not show them already."""
        draft = replace(self, typed=texts)._named()
        keys = {
            name: draft.key
            if texts[name] != self.typed[name] and name not in shown
            else self.field_keys[name]
            for name in FIELDS
        }
        return replace(draft, field_keys=keys)

    def _refilled(self) -> Draft:
        """Fill every field with the form's texts."""
        draft = self._named()
        return replace(draft, field_keys=dict.fromkeys(FIELDS, draft.key))

    def _named(self) -> Draft:
        # Conflicts that are not decided are still based on the older version.
        base_version = version_of(self.key, self.enrollment_id) if self.conflicts else 0
        count = self.count + 1
        key = f"{self.enrollment_id}.{base_version or self.version}.{count}"
        return replace(self, key=key, count=count)

    def _after_act(self, filling: str, fields: Iterable[str]) -> Draft:
        return replace(self, last_refill=Refill(filling, self.version, tuple(fields)))


def _is_completed(texts: Texts) -> bool:
    return texts[STATUS] == Status.COMPLETED.key


def _dated(typed: Texts, stored: Texts, today: str) -> dict[str, str]:
    """Return texts with the completion date that goes with the status: today by default."""
    default = (typed[COMPLETED] or stored[COMPLETED] or today) if _is_completed(typed) else ""
    return {**typed, COMPLETED: default or stored[COMPLETED]}


def _others_in(conflicts: Iterable[ConflictView]) -> str:
    found = {(c.by, c.ago) for c in conflicts if c.by}
    by, ago = found.pop() if len(found) == 1 else (messages.OTHERS, "")
    return messages.by_others_ago(by, ago) if ago else by


def version_of(filling: object, enrollment_id: int) -> int:
    """Return the version in a filling's name for an enrollment; 0 if it has none."""
    parts = filling.split(".") if isinstance(filling, str) and len(filling) < 60 else []
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return 0
    return int(parts[1]) if int(parts[0]) == enrollment_id else 0
