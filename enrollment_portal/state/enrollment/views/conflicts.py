"""What others changed meanwhile, in words, and fields in conflict, ready to show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.edits import show_value
from enrollment_portal.domain.enrollment.fields import Field, Status
from enrollment_portal.domain.enrollment.undo import labels
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import FieldConflict
from enrollment_portal.domain.shared.typed_text import trimmed
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.conflicts import by_whom, last_changes
from enrollment_portal.state.shared.views import ConflictView, who_did
from enrollment_portal.storage.enrollment.enrollments import StoredEvent


def news_text(newer: Iterable[StoredEvent], me: int, now: int) -> str:
    """Return who changed which fields and how long ago, a sentence each; "" where nobody did.

    Args:
        newer: the events, newest first, as the reader may see them.
        me: the reader's account; what they did elsewhere themselves is theirs.
        now: this moment, in milliseconds since 1970 UTC.
    """
    last: dict[str, tuple[StoredEvent, list[Field]]] = {}
    for field, event in last_changes(newer).items():
        name = "" if event.actor_id == me else who_did(event)
        last.setdefault(name, (event, []))[1].append(field)
    news = []
    for name, (event, fields) in last.items():
        changed, ago = labels(set(fields)), calendar.ago(event.at, now)
        news.append(messages.news(name, changed, ago) if name else messages.own_news(changed, ago))
    return sentences(*news)


def show_typed_value(field: Field, typed: str) -> str:
    """Return the value of a form's field as history and conflicts show it."""
    text = trimmed(typed)
    if field is Field.STATUS and text.upper() in Status.__members__:
        return Status[text.upper()].label
    if field in (Field.DEADLINE, Field.COMPLETED) and text:
        try:
            return calendar.show_day(calendar.date_to_day(date.fromisoformat(text)))
        except ValueError:
            return text
    return text or "none"


def conflict_view(conflict: FieldConflict, now: int, tz: ZoneInfo) -> ConflictView:
    """Return a field of a refused save that is in conflict; `tz` is the organization's."""
    field = Field(conflict.field)

    def show(value: object) -> str:
        return show_value(field, value, tz)  # type: ignore[arg-type]

    return ConflictView(
        field=conflict.field,
        label=field.label,
        before=show(conflict.base),
        theirs=show(conflict.theirs),
        mine=show(conflict.mine),
        is_only_theirs=conflict.mine == conflict.base,
        keeps_mine=conflict.mine != conflict.base,
        by=conflict.by,
        ago=calendar.ago(conflict.at, now) if conflict.at else "",
    )


def remote_conflict_view(
    field: Field,
    before: str,
    theirs: str,
    mine: str,
    event: StoredEvent | None,
    *,
    me: int,
    now: int,
) -> ConflictView:
    """Return a field that others changed while it was being typed in, ready to show.

    Args:
        field: which field.
        before: what both started from, as the form shows it.
        theirs: what is stored now, as the form shows it.
        mine: what the form holds.
        event: the change, where it is known.
        me: the reader's account.
        now: this moment, in milliseconds since 1970 UTC.
    """
    return ConflictView(
        field=field.value,
        label=field.label,
        before=show_typed_value(field, before),
        theirs=show_typed_value(field, theirs),
        mine=show_typed_value(field, mine),
        is_only_theirs=False,
        keeps_mine=True,
        by=by_whom(event, me) if event else messages.SOMEONE,
        ago=calendar.ago(event.at, now) if event else "",
    )


def flash_class(version: int) -> str:
    """Return the class that highlights what a version changed."""
    return "flash-odd" if version % 2 else "flash-even"


def freshly_changed(
    newer: Iterable[StoredEvent], version: int, names: Iterable[str]
) -> dict[str, str]:
    """Return for each of `names` the class with which a page points at what just changed.

    The class alternates with the version, so that a second change is pointed at as well.
    """
    changed = {field.value for event in newer for field in event.changes}
    return {name: flash_class(version) if name in changed else "" for name in names}
