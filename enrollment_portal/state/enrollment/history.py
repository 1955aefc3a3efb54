"""The history of one enrollment, as its pages show it: a timeline with filters."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import reflex as rx

from enrollment_portal.domain.shared import calendar
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.history.timeline import PAGE_SIZE, Timeline, newest
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.views.timeline import DayView, day_views, joined
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import viewer_zone


@dataclass(frozen=True)
class OptionView:
    """An option of the timeline's filters."""

    value: str
    label: str


class History(rx.State):
    """The changes of an enrollment by days, as far as they are loaded."""

    days: list[DayView] = []
    has_older: bool = False
    field_options: list[OptionView] = []
    person_options: list[str] = []
    only_field: str = ""
    only_person: str = ""
    timeline_key: str = ""
    """A random idempotency key for the next act of the timeline."""
    refused_seq: int = 0
    """The change whose undo was refused; the reason is shown beside it."""
    refused_why: str = ""

    _size: int = PAGE_SIZE
    _before: int = 0

    def _show(self, details: EnrollmentDetails) -> None:
        """Show the newest changes, as many as are shown already."""
        timeline = newest(details, field=self.only_field, person=self.only_person, size=self._size)
        self._before = timeline.before
        set_changed(
            self,
            days=self._views(timeline),
            has_older=timeline.has_older,
            field_options=[OptionView(f.value, f.label) for f in timeline.fields],
            person_options=list(timeline.persons),
            timeline_key=self.timeline_key or secrets.token_urlsafe(12),
        )

    def _add(self, older: Timeline) -> None:
        """Add older changes below."""
        self.days = joined(self.get_value("days"), self._views(older))
        self.has_older, self._before = older.has_older, older.before
        self._size += PAGE_SIZE
        known = {option.value for option in self.field_options}
        self.field_options = [
            *self.get_value("field_options"),
            *(OptionView(f.value, f.label) for f in older.fields if f.value not in known),
        ]
        self.person_options = sorted({*self.get_value("person_options"), *older.persons})

    def _filter(self, name: str, value: str) -> None:
        """Filter the changes by a "field" or by a "person", from the newest on."""
        if name == "field":
            self.only_field = value[:40]
        else:
            self.only_person = value[:200]
        self._size = PAGE_SIZE

    def _refuse(self, seq: object, why: str) -> None:
        """Show beside a change why it was not undone; clear that with ""."""
        self.refused_seq, self.refused_why = seq if isinstance(seq, int) else 0, why

    def _renew_key(self) -> None:
        """Make a new idempotency key for the next act."""
        self.timeline_key = secrets.token_urlsafe(12)

    def _views(self, timeline: Timeline) -> list[DayView]:
        organization = organization_of(database()).zone
        return day_views(timeline, viewer_zone(self), calendar.now_ms(), organization)
