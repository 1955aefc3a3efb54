"""The menu of a ledger's filters: which there are, in groups, and how each is edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filters import (
    MOST_COURSES,
    MOST_DEPARTMENTS,
    NOT_OF_PAST_DAYS,
    FilterName,
    Flag,
)
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, Kind, LedgerQuery


class Editor(StrEnum):
    """How a filter is set."""

    SWITCH = "switch"
    """On or off at once."""
    VALUE = "value"
    """One value of a list."""
    VALUES = "values"
    """Several values of a list."""
    PERCENTS = "percents"
    DAYS = "days"


GROUPS: Mapping[str, tuple[str, ...]] = {
    "People": (FilterName.GROUP, FilterName.DEPARTMENT, FilterName.MANAGER),
    "Course": (FilterName.COURSES, FilterName.PATH, FilterName.INSTRUCTOR),
    "State": (
        *(FilterName.STATUS, FilterName.PROGRESS, Flag.OVERDUE, Flag.DUE_SOON, Flag.NO_DEADLINE),
        *(
            Flag.AWAITING_GRADE,
            Flag.STUCK,
            Flag.NEVER_VISITED,
            Flag.BY_HAND,
            Flag.RETAKE,
            Flag.FEEDBACK,
        ),
        *(Flag.NOTE, OPEN_REQUEST, FilterName.ORIGIN),
    ),
    "Dates": (
        *(FilterName.ENROLLED, FilterName.DEADLINE, FilterName.COMPLETED, FilterName.LAST_VISIT),
    ),
}
"""The names of the filters in the order of the menu, by the heading of their group."""
_EDITORS: Mapping[str, Editor] = {
    FilterName.COURSES: Editor.VALUES,
    FilterName.PATH: Editor.VALUE,
    FilterName.GROUP: Editor.VALUE,
    FilterName.DEPARTMENT: Editor.VALUES,
    FilterName.INSTRUCTOR: Editor.VALUE,
    FilterName.MANAGER: Editor.VALUE,
    FilterName.STATUS: Editor.VALUES,
    FilterName.PROGRESS: Editor.PERCENTS,
    FilterName.ENROLLED: Editor.DAYS,
    FilterName.DEADLINE: Editor.DAYS,
    FilterName.COMPLETED: Editor.DAYS,
    FilterName.LAST_VISIT: Editor.DAYS,
    FilterName.ORIGIN: Editor.VALUES,
}
_MOST = {FilterName.COURSES: MOST_COURSES, FilterName.DEPARTMENT: MOST_DEPARTMENTS}
_OF_COURSES = frozenset({FilterName.COURSES, FilterName.PATH, FilterName.INSTRUCTOR})
_OF_PEOPLE = frozenset({FilterName.GROUP, FilterName.DEPARTMENT, FilterName.MANAGER})


@dataclass(frozen=True)
class MenuItem:
    """A filter in the menu."""

    name: str
    label: str
    group: str
    editor: Editor
    most: int = 0
    """How many values it can have; 0 for any number."""
    refusal: str = ""
    """Why it cannot be set at present."""


def menu(query: LedgerQuery, allowed: Collection[str]) -> tuple[MenuItem, ...]:
    """Return the filters that a ledger offers, in the order of the menu.

    Without those that its page implies: on the page of a course those by course, on that of a
    person those by people. Learning paths are chosen by the filter of that name, and nobody
    teaches them.

    Args:
        query: what the ledger shows.
        allowed: the names of the filters that its viewer has.
    """
    return tuple(
        MenuItem(
            name=str(name),
            label=messages.FILTER_LABELS[name],
            group=group,
            editor=_EDITORS.get(name, Editor.SWITCH),
            most=_MOST.get(name, 0),  # type: ignore[call-overload]
            refusal=_refusal(query, name),
        )
        for group, names in GROUPS.items()
        for name in names
        if name in allowed and not _is_implied(query, name)
    )


def _is_implied(query: LedgerQuery, name: str) -> bool:
    if query.course is not None and name in _OF_COURSES:
        return True
    if query.learner is not None and name in _OF_PEOPLE:
        return True
    is_of_paths = query.kind is Kind.PATHS and query.course is None
    return is_of_paths and name in (FilterName.COURSES, FilterName.INSTRUCTOR)


def _refusal(query: LedgerQuery, name: str) -> str:
    is_unknown = name in NOT_OF_PAST_DAYS or name == OPEN_REQUEST
    return messages.NOT_OF_PAST_DAYS if query.as_of is not None and is_unknown else ""
