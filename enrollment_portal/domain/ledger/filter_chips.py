"""The chips of a ledger's filters: a label and a value in words for each filter that is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import DayRange, Days, Offset, Period
from enrollment_portal.domain.ledger.filters import FilterName, Filters, PercentRange
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, LedgerQuery
from enrollment_portal.domain.shared.calendar import show_day
from enrollment_portal.domain.shared.wording import percent, some_of, with_commas

_MOST_SHOWN = 3


@dataclass(frozen=True)
class FilterNames:
    """The names of the records that filters are by, as far as they exist for the viewer."""

    courses: Mapping[int, str] = field(default_factory=dict)
    path: str | None = None
    group: str | None = None
    instructor: str | None = None
    manager: str | None = None


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words."""

    name: str
    """What `LedgerQuery.without` removes it by."""
    label: str
    """"Deadline"; the whole text for a filter that is on or off."""
    value: str = ""
    """"next 7 days"."""
    is_gone: bool = False
    """Whether a record that it is by does not exist for the viewer, so that it has no rows."""

    @property
    def text(self) -> str:
        """The whole text: "Deadline: next 7 days"."""
        return messages.chip(self.label, self.value) if self.value else self.label


def chips(query: LedgerQuery, names: FilterNames) -> tuple[Chip, ...]:
    """Return a chip for each filter of a query, in their order."""
    filters = query.filters
    found = [_chip(name, filters, names) for name in filters.names]
    if query.only_requests:
        found.append(Chip(OPEN_REQUEST, messages.FILTER_LABELS[OPEN_REQUEST]))
    return tuple(found)


def _chip(name: str, filters: Filters, names: FilterNames) -> Chip:
    label = messages.FILTER_LABELS[name]
    match name:
        case FilterName.COURSES:
            gone = [id_ for id_ in filters.courses if id_ not in names.courses]
            titles = sorted(names.courses[id_] for id_ in filters.courses if id_ not in gone)
            texts = [*titles, *([messages.GONE[name]] if gone else [])]
            return Chip(name, label, _alternatives(texts), is_gone=not titles)
        case FilterName.PATH | FilterName.GROUP | FilterName.INSTRUCTOR | FilterName.MANAGER:
            known = getattr(names, name)
            return Chip(name, label, known or messages.GONE[name], is_gone=known is None)
        case FilterName.DEPARTMENT:
            return Chip(name, label, _alternatives(filters.departments))
        case FilterName.STATUS:
            return Chip(name, label, _alternatives([one.label for one in filters.statuses]))
        case FilterName.ORIGIN:
            return Chip(name, label, _alternatives([messages.ORIGINS[o] for o in filters.origins]))
        case FilterName.PROGRESS if filters.progress:
            return Chip(name, label, show_percents(filters.progress))
        case FilterName.ENROLLED if filters.enrolled:
            return Chip(name, label, show_days(filters.enrolled))
        case FilterName.DEADLINE if filters.deadline:
            return Chip(name, label, show_days(filters.deadline))
        case FilterName.COMPLETED if filters.completed:
            return Chip(name, label, show_days(filters.completed))
        case FilterName.LAST_VISIT if filters.last_visit:
            return Chip(name, label, show_days(filters.last_visit))
        case _:
            return Chip(name, label)


def show_percents(progress: PercentRange) -> str:
    """Return a range of progress in words: "20% to 80%", "up to 80%"."""
    least, most = percent(progress.least), percent(progress.most)
    if progress.least == progress.most:
        return least
    if progress.least == 0:
        return messages.at_most(most)
    return messages.at_least(least) if progress.most == 100 else messages.from_to(least, most)


def show_days(days: Days) -> str:
    """Return a range of days in words: "next 7 days", "2 Oct 2026 to 9 Oct 2026"."""
    if isinstance(days, Period):
        return messages.PERIODS[days]
    return _relative_text(days) or _range_text(days)


def _relative_text(days: DayRange) -> str:
    """Return a common range relative to today in words; "" for any other."""
    match days:
        case DayRange(Offset(0), Offset(n)) if n > 0:
            return messages.next_days(n)
        case DayRange(Offset(n), Offset(0)) if n < 0:
            return messages.last_days(-n)
        case DayRange(None, Offset(-1)):
            return messages.BEFORE_TODAY
        case DayRange(Offset(1), None):
            return messages.AFTER_TODAY
        case DayRange(None, Offset(n)) if n < 0:
            return messages.more_than_ago(-n - 1)
        case DayRange(Offset(n), None) if n > 0:
            return messages.more_than_ahead(n - 1)
    return ""


def _range_text(days: DayRange) -> str:
    if days.first == days.last:
        return _bound_text(days.first)
    if days.first is None:
        return messages.until(_bound_text(days.last))
    if days.last is None:
        return messages.since(_bound_text(days.first))
    return messages.from_to(_bound_text(days.first), _bound_text(days.last))


def _bound_text(bound: int | Offset | None) -> str:
    match bound:
        case Offset(0):
            return messages.TODAY
        case Offset(-1):
            return messages.YESTERDAY
        case Offset(1):
            return messages.TOMORROW
        case Offset(n):
            return messages.day_ago(-n) if n < 0 else messages.day_ahead(n)
        case None:
            return ""
        case _:
            return show_day(bound)


def _alternatives(texts: Sequence[str]) -> str:
    if len(texts) > _MOST_SHOWN:
        return some_of(texts, _MOST_SHOWN - 1)
    *first, last = texts or [""]
    return messages.or_last(with_commas(first), last) if first else last
