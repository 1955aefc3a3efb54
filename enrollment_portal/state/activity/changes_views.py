"""Changes of enrollments and the filters of their list, ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.activity.activity_query import ActivityFilters, Source
from enrollment_portal.domain.shared import calendar
from enrollment_portal.services.activity.activity import Change
from enrollment_portal.state.shared.views import (
    ACTIVITY_PATH,
    LEDGER_PATH,
    ChangeView,
    initials_of,
    process_of,
)

LONGEST = 160
"""How much of a text a row shows."""


@dataclass(frozen=True)
class ChangeRowView:
    """One change of an enrollment."""

    seq: int
    enrollment: int
    learner: str
    course: str
    address: str
    """Of the enrollment, at this change in its history."""
    who: str
    person: str
    """The account that made it, to filter by; "" for no person."""
    initials: str
    process: str
    how: str
    """What made it, if not a person one by one."""
    at: str
    at_iso: str
    changes: list[ChangeView]
    what: str
    """That the enrollment began; "" for any other change."""
    reason: str
    batch: str
    """The address of its batch; "" for none."""
    undone: str
    may_undo: bool
    undo_label: str
    """Names the change in the label of its button."""


@dataclass(frozen=True)
class ChipView:
    """A filter that is set."""

    name: str
    text: str


def change_row(change: Change, tz: ZoneInfo) -> ChangeRowView:
    """Return a change as its list shows it."""
    at = calendar.show_moment(change.at, tz)
    is_plain = change.source in (Source.PERSON, Source.TRACKING)
    return ChangeRowView(
        seq=change.seq,
        enrollment=change.enrollment_id,
        learner=change.learner,
        course=change.course,
        address=f"{LEDGER_PATH}/{change.enrollment_id}#change-{change.seq}",
        who=change.who,
        person="" if change.actor_id is None else str(change.actor_id),
        initials=initials_of(change.who),
        process=process_of(change.actor_name, change.process),
        how="" if is_plain or change.source.label == change.who else change.source.label,
        at=at,
        at_iso=calendar.iso_moment(change.at),
        changes=[
            ChangeView(label, _cut(before), _cut(after)) for label, before, after in change.changes
        ],
        what=messages.BEGAN if change.is_new else "",
        reason=change.reason,
        batch=f"{ACTIVITY_PATH}/{change.batch}" if change.batch else "",
        undone=messages.undone_by(change.undone_by) if change.undone_by else "",
        may_undo=change.may_undo,
        undo_label=messages.undo_named(
            [label for label, _before, _after in change.changes], change.learner, at
        ),
    )


def _cut(text: str) -> str:
    """Return the beginning of a long text; its enrollment and the file have all of it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def chips(filters: ActivityFilters, titles: Mapping[str, str]) -> list[ChipView]:
    """Return the filters that no field of the page shows: by person, learner and course."""
    gone = {
        "person": (messages.MADE_BY_SHORT, messages.PERSON_GONE),
        "learner": (messages.OF_LEARNER_SHORT, messages.LEARNER_GONE),
        "course": (messages.OF_COURSE, messages.COURSE_GONE),
    }
    return [
        ChipView(name, messages.chip(label, titles.get(name, unknown)))
        for name, (label, unknown) in gone.items()
        if name in filters.params
    ]


def span_of(rows: Sequence[Change], tz: ZoneInfo, *, is_narrowed: bool) -> str:
    """Return how many changes a page shows, and from when to when."""
    if not rows:
        texts = messages.LIST_TEXTS
        return texts.no_match if is_narrowed else texts.none
    first, last = (calendar.show_moment(one.at, tz) for one in (rows[0], rows[-1]))
    return messages.between(len(rows), first, last)
