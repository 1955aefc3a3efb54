"""An enrollment's timeline, ready to show: days, changes, and what can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.edits import show_value
from enrollment_portal.domain.enrollment.fields import Assigned, Field, HistoryField, Sent, Value
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import sentences, with_commas
from enrollment_portal.services.history.timeline import Entry, Timeline
from enrollment_portal.state.shared.views import initials_of, process_of, who_did
from enrollment_portal.storage.enrollment.enrollments import StoredEvent

_TEXTS = (Field.FEEDBACK, Field.NOTE)


@dataclass(frozen=True)
class TimelineChangeView:
    """One field of one recorded change, and which of its values can be restored."""

    field: str
    label: str
    before: str
    after: str
    restore_before: str
    """The label of the button that restores the earlier value; "" for no button."""
    restore_after: str


@dataclass(frozen=True)
class TimelineEventView:
    """One recorded change, ready to show."""

    seq: int
    who: str
    initials: str
    process: str
    """Which part of the portal made it, "" for a person; see `process_of`."""
    what: str
    """A sentence, where no field changed: "Started the course"."""
    changes: list[TimelineChangeView]
    time: str
    exact: str
    iso: str
    how: str
    """What made it: "by hand" if a person overrode what is tracked, …, and in which batch."""
    reason: str
    name: str
    """Its name in a button's label: "change of Deadline by Dana Ruiz, 24 Nov 2026, …"."""
    may_undo: bool
    undone_by: str
    undone_by_seq: int
    undoes_seq: int


@dataclass(frozen=True)
class DayView:
    """The changes of one day."""

    label: str
    events: list[TimelineEventView]


def day_views(timeline: Timeline, tz: ZoneInfo, now: int, organization: ZoneInfo) -> list[DayView]:
    """Return a part of a timeline by the viewer's days.

    Args:
        timeline: the part.
        tz: the viewer's time zone.
        now: this moment in ms.
        organization: the organization's time zone, in whose days a completion is dated.
    """
    first_of = {
        field: entry.event.seq for entry in timeline.entries for field in entry.event.changes
    }
    days: dict[str, list[TimelineEventView]] = {}
    for entry in timeline.entries:
        label = _day_label(calendar.day_of(entry.event.at, tz), calendar.day_of(now, tz))
        days.setdefault(label, []).append(_event_view(entry, timeline, first_of, tz, organization))
    return [DayView(label, events) for label, events in days.items()]


def joined(days: Sequence[DayView], older: Sequence[DayView]) -> list[DayView]:
    """Return a timeline with an older part added below; a day in both appears once."""
    if days and older and days[-1].label == older[0].label:
        whole = replace(days[-1], events=[*days[-1].events, *older[0].events])
        return [*days[:-1], whole, *older[1:]]
    return [*days, *older]


def undone_text(event: StoredEvent, organization: ZoneInfo, *, again: bool = True) -> str:
    """Return what fields hold after a change: "Deadline is 3 Dec 2026 again.".

    `organization` is the organization's time zone, in whose days a completion is dated.
    """
    if Sent.MESSAGE in event.changes:
        is_shown = event.changes[Sent.MESSAGE][1] is not None
        return messages.MESSAGE_SHOWN if is_shown else messages.MESSAGE_WITHDRAWN
    changes = [
        _field_text(field, event.changes[field][1], organization, again=again)
        for field in (*Field, *Assigned)
        if field in event.changes
        and (field is not Field.COMPLETED or event.changes[field][1] is not None)
    ]
    return sentences(*changes) or messages.NOTHING_CHANGED


def _field_text(
    field: Field | Assigned, value: Value, organization: ZoneInfo, *, again: bool
) -> str:
    if value in (None, "") and field is not Assigned.INSTRUCTOR:
        return messages.is_empty_again(field.label) if again else messages.is_empty(field.label)
    if field in _TEXTS:
        return messages.is_text_again(field.label)
    shown = show_value(field, value, organization)
    return (
        messages.is_value_again(field.label, shown)
        if again
        else messages.is_value(field.label, shown)
    )


def undo_depth(history: Iterable[StoredEvent], seq: int) -> int:
    """Return how many times the original change was undone or redone up to this one."""
    undoes = {event.seq: event.undoes for event in history}
    depth, at = 0, undoes.get(seq)
    while at is not None:
        depth, at = depth + 1, undoes.get(at)
    return depth


def _event_view(
    entry: Entry,
    timeline: Timeline,
    first_of: dict[HistoryField, int],
    tz: ZoneInfo,
    organization: ZoneInfo,
) -> TimelineEventView:
    event = entry.event
    who = who_did(event)
    exact = calendar.show_moment(event.at, tz)
    name = messages.change_by(undo.labels(event.changes), who, exact)
    return TimelineEventView(
        seq=event.seq,
        who=who,
        initials=initials_of(who),
        process=process_of(event.actor_name, event.source),
        what=timeline.began if event.kind == "began" else "",
        changes=_change_views(entry, timeline, first_of, name, organization),
        time=calendar.show_time(event.at, tz),
        exact=exact,
        iso=calendar.iso_moment(event.at),
        how=_source_text(event, entry.batch_size),
        reason=event.reason,
        name=name,
        may_undo=entry.may_undo,
        undone_by=who_did(entry.undone_by) if entry.undone_by else "",
        undone_by_seq=entry.undone_by.seq if entry.undone_by else 0,
        undoes_seq=event.undoes or 0,
    )


def _source_text(event: StoredEvent, batch_size: int) -> str:
    """Return what made a change, and whether it was one of many.

    A person's change is made by hand where it overrides what is tracked: the status.
    """
    is_plain = event.source == "person" and Field.STATUS not in event.changes
    how = "" if is_plain else messages.MADE_BY.get(event.source, "")
    return with_commas((how, messages.part_of_batch(batch_size) if batch_size else ""))


def _change_views(
    entry: Entry,
    timeline: Timeline,
    first_of: dict[HistoryField, int],
    name: str,
    tz: ZoneInfo,
) -> list[TimelineChangeView]:
    event = entry.event
    views: list[TimelineChangeView] = []
    for field in _fields(event.changes):
        before, after = event.changes[field]
        shown = show_value(field, before, tz), show_value(field, after, tz)
        # A current value needs no restoring, and undoing has a button of its own.
        may = field in timeline.values
        holds = timeline.values.get(field) if isinstance(field, Field) else None
        if field is Field.COMPLETED:
            # Only what is completed has the date, and it cannot go without it.
            may = may and None not in (holds, before, after)
        is_last = may and holds == after
        is_undone_alone = is_last and entry.may_undo and len(_fields(event.changes)) == 1
        restores_before = (
            may
            and holds != before
            and not is_undone_alone
            and (is_last or first_of[field] == event.seq)
        )
        views.append(
            TimelineChangeView(
                field=field.value,
                label=field.label,
                before=shown[0],
                after=shown[1],
                restore_before=_restore_name(field, shown[0], name) if restores_before else "",
                restore_after=_restore_name(field, shown[1], name) if may and not is_last else "",
            )
        )
    return views


def _restore_name(field: HistoryField, shown: str, name: str) -> str:
    return messages.restore(field.label, shown[:60], name)


def _fields(changes: Iterable[HistoryField]) -> list[HistoryField]:
    return undo.shown_fields(set(changes))


def _day_label(day: int, today: int) -> str:
    near = {0: messages.TODAY, 1: messages.YESTERDAY}
    return near.get(today - day, calendar.show_day(day))
