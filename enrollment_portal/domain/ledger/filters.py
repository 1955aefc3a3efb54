"""`Filters`: what a ledger is narrowed to besides its kind, tab and search.

Each filter is optional, and all that are set apply together. They are parsed from the URL with a
whitelist: what is not understood, or is too much, is left out, and never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.day_ranges import Days, read_days
from enrollment_portal.domain.shared.listing import read_id

MOST_COURSES = 50
MOST_DEPARTMENTS = 20
DEPARTMENT_LENGTH = 200
_LONGEST_TEXT = 8_000
_PERCENT = re.compile(r"0|[1-9][0-9]?|100")


class FilterName(StrEnum):
    """The filters with a value, in the order of their chips; the values are parameters of URLs."""

    COURSES = "courses"
    PATH = "path"
    GROUP = "group"
    DEPARTMENT = "department"
    INSTRUCTOR = "instructor"
    MANAGER = "manager"
    STATUS = "status"
    PROGRESS = "progress"
    ENROLLED = "enrolled"
    DEADLINE = "deadline"
    COMPLETED = "completed"
    LAST_VISIT = "visited"
    ORIGIN = "origin"


class Flag(StrEnum):
    """The filters that are on or off, in the order of their chips."""

    OVERDUE = "overdue"
    """Active, with a deadline that has passed."""
    DUE_SOON = "due_soon"
    """Active, with a deadline that is due today or in the next `SOON_DAYS` days."""
    NO_DEADLINE = "no_deadline"
    AWAITING_GRADE = "awaiting_grade"
    """Active, with all lessons done, in a course that requires a grade, without one."""
    STUCK = "stuck"
    """Active with lessons left, and no progress for some days: see `pace.is_stuck`."""
    NEVER_VISITED = "never_visited"
    BY_HAND = "by_hand"
    """A person set the status."""
    RETAKE = "retake"
    """Any run but the learner's first in the course."""
    FEEDBACK = "feedback"
    """It has instructor feedback."""
    NOTE = "note"
    """It has an internal note: only for those who may read notes."""


FLAGS = "is"
"""The parameter of URLs that has the flags."""
NOT_OF_PAST_DAYS: frozenset[str] = frozenset(
    {
        *(FilterName.COMPLETED, FilterName.LAST_VISIT, FilterName.ORIGIN),
        *(Flag.AWAITING_GRADE, Flag.STUCK, Flag.NEVER_VISITED, Flag.BY_HAND, Flag.RETAKE),
        *(Flag.FEEDBACK, Flag.NOTE),
    }
)
"""The filters that the ledger of a past day does not have: it knows only the status, progress,
deadline and date of enrollment of that day. It applies today's courses of a path, members of a
group, departments, instructors and managers, as it shows today's names."""


@dataclass(frozen=True)
class PercentRange:
    """A range of progress, in percent, both ends included."""

    least: int = 0
    most: int = 100

    def text(self) -> str:
        """Return the range as URLs have it: "20..80"."""
        return f"{self.least}..{self.most}"


@dataclass(frozen=True)
class Filters:
    """The filters of a ledger; `()` and `None` are filters that are not set.

    Several values of one filter are alternatives. They are kept sorted and without repetitions, so
    that equal filters are equal values.
    """

    courses: tuple[int, ...] = ()
    """Ids of courses or learning paths."""
    path: int | None = None
    """The courses of this learning path; among paths, the path itself."""
    group: int | None = None
    """The members of this group."""
    departments: tuple[str, ...] = ()
    instructor: int | None = None
    """The courses that this account teaches."""
    manager: int | None = None
    """The people who report to this person of the directory."""
    statuses: tuple[Status, ...] = ()
    progress: PercentRange | None = None
    enrolled: Days | None = None
    deadline: Days | None = None
    completed: Days | None = None
    last_visit: Days | None = None
    origins: tuple[Origin, ...] = ()
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        for name in ("courses", "departments", "statuses"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        for name, kind in (("origins", Origin), ("flags", Flag)):
            chosen = set(getattr(self, name))
            object.__setattr__(self, name, tuple(one for one in kind if one in chosen))
        if self.progress == PercentRange():
            object.__setattr__(self, "progress", None)

    def __bool__(self) -> bool:
        """Whether any filter is set."""
        return self != NONE

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the filters that are set, in the order of their chips."""
        texts = self.params()
        return (*(name.value for name in FilterName if name in texts), *self.flags)

    def params(self) -> dict[str, str]:
        """Return the parameters of a URL that `parse` reads."""
        texts = {
            FilterName.COURSES: _joined(self.courses),
            FilterName.PATH: _joined([self.path]),
            FilterName.GROUP: _joined([self.group]),
            FilterName.DEPARTMENT: ",".join(map(_escaped, self.departments)),
            FilterName.INSTRUCTOR: _joined([self.instructor]),
            FilterName.MANAGER: _joined([self.manager]),
            FilterName.STATUS: _joined(status.key for status in self.statuses),
            FilterName.PROGRESS: self.progress.text() if self.progress else "",
            FilterName.ENROLLED: self.enrolled.text() if self.enrolled else "",
            FilterName.DEADLINE: self.deadline.text() if self.deadline else "",
            FilterName.COMPLETED: self.completed.text() if self.completed else "",
            FilterName.LAST_VISIT: self.last_visit.text() if self.last_visit else "",
            FilterName.ORIGIN: _joined(self.origins),
            FLAGS: _joined(self.flags),
        }
        return {str(name): text for name, text in texts.items() if text}

    @classmethod
    def parse(cls, params: Mapping[str, object]) -> Filters:
        """Parse URL parameters; what is not understood is left out."""
        texts = {
            name: text[:_LONGEST_TEXT] for name, text in params.items() if isinstance(text, str)
        }
        values = {
            _FIELDS[name]: read(texts[name]) for name, read in _READERS.items() if name in texts
        }
        return cls(**{name: value for name, value in values.items() if value is not None})

    def with_text(self, name: object, text: object) -> Filters:
        """Return filters with one of them set as a URL would set it, or not set if not understood.

        Args:
            name: of the filter, or "is" for all flags.
            text: its value in a URL.
        """
        if not isinstance(name, str) or name not in _FIELDS:
            return self
        parsed = Filters.parse({name: text})
        return replace(self, **{_FIELDS[name]: getattr(parsed, _FIELDS[name])})

    def with_flag(self, flag: Flag, *, on: bool) -> Filters:
        """Return filters with a flag on or off."""
        others = tuple(one for one in self.flags if one is not flag)
        return replace(self, flags=(*others, flag) if on else others)

    def without(self, *names: str) -> Filters:
        """Return filters without those of these names; a flag is named by its value."""
        rest = {field: getattr(NONE, field) for name, field in _FIELDS.items() if name in names}
        flags = rest.pop("flags", tuple(flag for flag in self.flags if flag not in names))
        return replace(self, flags=flags, **rest)

    def of_past_day(self) -> Filters:
        """Return those that the ledger of a past day has."""
        return self.without(*NOT_OF_PAST_DAYS)


NONE = Filters()
"""No filters."""


def _joined(values: Iterable[object]) -> str:
    return ",".join(str(value) for value in values if value is not None)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace(",", "%2C")


def _read_ids(text: str) -> tuple[int, ...]:
    ids = [read_id(part) for part in text.split(",")]
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ is not None))[:MOST_COURSES]


def _read_departments(text: str) -> tuple[str, ...]:
    texts = [unquote(part, errors="ignore") for part in text.split(",")]
    return tuple(dict.fromkeys(text for text in texts if is_department(text)))[:MOST_DEPARTMENTS]


def is_department(text: str) -> bool:
    """Return whether a text can be the department of a person."""
    is_valid = text.encode("utf-8", "ignore").decode() == text and "\x00" not in text
    return 0 < len(text) <= DEPARTMENT_LENGTH and is_valid


def _read_statuses(text: str) -> tuple[Status, ...]:
    return tuple(status for status in Status if status.key in text.split(","))


def _read_percents(text: str) -> PercentRange | None:
    least, between, most = text.partition("..")
    if not between or not all(_PERCENT.fullmatch(part or "0") for part in (least, most)):
        return None
    found = PercentRange(int(least or 0), int(most or 100))
    return found if found.least <= found.most else None


def _read_origins(text: str) -> tuple[Origin, ...]:
    return tuple(origin for origin in Origin if origin in text.split(","))


def _read_flags(text: str) -> tuple[Flag, ...]:
    return tuple(flag for flag in Flag if flag in text.split(","))


_FIELDS: Mapping[str, str] = {
    FilterName.COURSES: "courses",
    FilterName.PATH: "path",
    FilterName.GROUP: "group",
    FilterName.DEPARTMENT: "departments",
    FilterName.INSTRUCTOR: "instructor",
    FilterName.MANAGER: "manager",
    FilterName.STATUS: "statuses",
    FilterName.PROGRESS: "progress",
    FilterName.ENROLLED: "enrolled",
    FilterName.DEADLINE: "deadline",
    FilterName.COMPLETED: "completed",
    FilterName.LAST_VISIT: "last_visit",
    FilterName.ORIGIN: "origins",
    FLAGS: "flags",
}
"""The field of `Filters` for each parameter of URLs."""
_READERS: Mapping[str, Any] = {
    FilterName.COURSES: _read_ids,
    FilterName.PATH: read_id,
    FilterName.GROUP: read_id,
    FilterName.DEPARTMENT: _read_departments,
    FilterName.INSTRUCTOR: read_id,
    FilterName.MANAGER: read_id,
    FilterName.STATUS: _read_statuses,
    FilterName.PROGRESS: _read_percents,
    FilterName.ENROLLED: read_days,
    FilterName.DEADLINE: read_days,
    FilterName.COMPLETED: read_days,
    FilterName.LAST_VISIT: read_days,
    FilterName.ORIGIN: _read_origins,
    FLAGS: _read_flags,
}
