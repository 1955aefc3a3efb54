"""What the bar of the ledger's filters shows: menu, chips, and the values to choose from."""

from __future__ import annotations

from dataclasses import dataclass, field

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_filters
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filter_chips import Chip, FilterNames, chips
from enrollment_portal.domain.ledger.filter_menu import menu
from enrollment_portal.domain.ledger.filters import FilterName, Filters
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.services.ledger.filter_values import FilterValue
from enrollment_portal.state.shared.changed_vars import set_changed


@dataclass(frozen=True)
class FilterView:
    """A filter in the menu."""

    name: str
    label: str
    group: str
    editor: str
    most: int
    refusal: str


@dataclass(frozen=True)
class ValueView:
    """A value of a filter."""

    value: str
    name: str
    count: str = ""


@dataclass(frozen=True)
class ChipView:
    """A filter that is set."""

    name: str
    label: str
    value: str
    text: str
    is_gone: bool
    param: str
    """Its value as a URL has it."""
    values: list[ValueView] = field(default_factory=list)
    """Its values, where it has them from a list."""


class ShownFilters(rx.State):
    """The filters of the ledger as its bar shows them. The ledger's query decides what they are.

    A filter that the viewer does not have is in none of these vars.
    """

    menu: list[FilterView] = []
    chips: list[ChipView] = []
    listed: str = ""
    """The filter whose values are listed; "" for none."""
    typed: str = ""
    """The search among them."""
    values: list[ValueView] = []
    is_complete: bool = True
    """Whether `values` has all that are found."""
    errors: dict[str, str] = {}
    """Why what was typed last is refused, by field."""
    answered: int = 0
    """Counts the typed ranges that were answered."""

    def _show(self, actor: Actor, query: LedgerQuery, names: FilterNames) -> None:
        """Show the filters of a query, and what else can be set."""
        items = [
            FilterView(
                item.name, item.label, item.group, item.editor.value, item.most, item.refusal
            )
            for item in menu(query, ledger_filters(actor))
        ]
        if items != self.get_value("menu"):
            # Other values, too: of another page, or with another right.
            self.menu = items
            self._list_nothing()
        self._show_chips(query, names)

    def _show_chips(self, query: LedgerQuery, names: FilterNames) -> None:
        params = query.filters.params()
        shown = [
            _chip_view(chip, params.get(chip.name, ""), query.filters, names)
            for chip in chips(query, names)
        ]
        set_changed(self, chips=shown)

    def _show_values(
        self, name: str, typed: str, values: tuple[FilterValue, ...], *, is_complete: bool
    ) -> None:
        self.listed, self.typed, self.is_complete = name, typed, is_complete
        self.values = [
            ValueView(one.value, one.name, "" if one.n is None else show_number(one.n))
            for one in values
        ]

    def _list_nothing(self) -> None:
        set_changed(self, listed="", typed="", values=[], is_complete=True)


def _chip_view(chip: Chip, param: str, filters: Filters, names: FilterNames) -> ChipView:
    values = [ValueView(value, name) for value, name in _values(chip.name, filters, names)]
    return ChipView(chip.name, chip.label, chip.value, chip.text, chip.is_gone, param, values)


def _values(name: str, filters: Filters, names: FilterNames) -> list[tuple[str, str]]:
    """Return the values of a filter that has them from a list, each with its name."""
    match name:
        case FilterName.COURSES:
            gone = messages.GONE[name]
            return [(str(id_), names.courses.get(id_, gone)) for id_ in filters.courses]
        case FilterName.PATH | FilterName.GROUP | FilterName.INSTRUCTOR | FilterName.MANAGER:
            known = getattr(names, name)
            return [(str(getattr(filters, name)), known or messages.GONE[name])]
        case FilterName.DEPARTMENT:
            return [(one, one) for one in filters.departments]
        case FilterName.STATUS:
            return [(one.key, Status(one).label) for one in filters.statuses]
        case FilterName.ORIGIN:
            return [(Origin(one).value, messages.ORIGINS[one]) for one in filters.origins]
        case _:
            return []
