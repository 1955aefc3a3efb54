"""What the history of all enrollments is filtered by, and how a URL has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.enrollment.fields import Assigned, Field, Sent, Tracked
from enrollment_portal.domain.ledger.day_ranges import Days, read_days
from enrollment_portal.domain.shared.listing import read_id

FILTER_NAMES = ("person", "field", "source", "course", "learner", "when")
ACTIVITY_FILE_PATH = "/api/activity/export"


class What(StrEnum):
    """What a change changed; the values are those of URLs and of history.

    A row of `activity` has a bit for each, in this order.
    """

    BEGAN = "began"
    STATUS = Field.STATUS.value
    COMPLETED = Field.COMPLETED.value
    DEADLINE = Field.DEADLINE.value
    GRADE = Field.GRADE.value
    FEEDBACK = Field.FEEDBACK.value
    NOTE = Field.NOTE.value
    MESSAGE = Sent.MESSAGE.value
    PROGRESS = Tracked.PROGRESS.value
    TRACKED_STATUS = Tracked.STATUS.value
    INSTRUCTOR = Assigned.INSTRUCTOR.value

    @property
    def bit(self) -> int:
        """Its bit in `activity.fields`."""
        return 1 << list(What).index(self)

    @property
    def label(self) -> str:
        """What it is called."""
        if self is What.BEGAN:
            return messages.BEGAN
        field = next(one for one in (*Field, *Sent, *Tracked, *Assigned) if one.value == self.value)
        return field.label


STAFF_ONLY = (What.NOTE, What.INSTRUCTOR)
"""What only those who may read internal notes see; see `permissions.STAFF_FIELDS`."""


class Source(StrEnum):
    """What made a change; the values are those of URLs.

    `activity.source` has the position in this order.
    """

    PERSON = "person"
    TRACKING = "tracking"
    GROUP = "group"
    PATH = "path"
    IMPORT = "import"
    BULK = "bulk"
    """A person, in several enrollments at once."""
    UNDO = "undo"

    @property
    def code(self) -> int:
        """How it is stored."""
        return list(Source).index(self)

    @property
    def label(self) -> str:
        """What it is called."""
        return messages.SOURCES[self.value]


@dataclass(frozen=True)
class ActivityFilters:
    """The filters of the history of all enrollments; `None` for everything."""

    person: int | None = None
    """The account that made the changes."""
    field: What | None = None
    source: Source | None = None
    course: int | None = None
    learner: int | None = None
    when: Days | None = None
    """In days of the viewer."""

    @classmethod
    def parse(cls, params: Mapping[str, object], *, reads_notes: bool) -> ActivityFilters:
        """Parse the parameters of a URL; nonsense falls back to everything.

        Args:
            params: of the URL.
            reads_notes: whether the person may read internal notes; changes of notes do not exist
                for others.
        """
        field, source, when = (params.get(name) for name in ("field", "source", "when"))
        fields = [one for one in What if reads_notes or one not in STAFF_ONLY]
        return cls(
            person=read_id(params.get("person")),
            field=next((one for one in fields if one.value == field), None),
            source=next((one for one in Source if one.value == source), None),
            course=read_id(params.get("course")),
            learner=read_id(params.get("learner")),
            when=read_days(when) if isinstance(when, str) else None,
        )

    @property
    def params(self) -> dict[str, str]:
        """The parameters of a URL, which `parse` reads."""
        values = {
            "person": self.person,
            "field": self.field,
            "source": self.source,
            "course": self.course,
            "learner": self.learner,
            "when": None if self.when is None else self.when.text(),
        }
        return {name: str(value) for name, value in values.items() if value is not None}

    @property
    def file(self) -> str:
        """The address of the file with all changes that pass."""
        return f"{ACTIVITY_FILE_PATH}?{urlencode(self.params)}"
