"""The bar of the ledger's filters: the button with its menu, and a chip for each that is set."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.dialogs import MENU
from enrollment_portal.components.ui.pieces import BUTTON, INPUT, PRIMARY, icon
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import (
    DayRange,
    Days,
    Offset,
    Period,
    last_days,
    more_than_ago,
    next_days,
)
from enrollment_portal.domain.ledger.filter_chips import show_days, show_percents
from enrollment_portal.domain.ledger.filters import FilterName, PercentRange
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.shown_filters import (
    ChipView,
    FilterView,
    ShownFilters,
    ValueView,
)

_BAR = browser_module(__file__, "filter_bar.jsx")
_TODAY = DayRange(Offset(0), Offset(0))
_PAST: tuple[Days, ...] = (
    *(_TODAY, last_days(7), last_days(30), more_than_ago(14)),
    *(Period.THIS_WEEK, Period.LAST_WEEK, Period.THIS_MONTH, Period.LAST_MONTH),
)
_DEADLINES: tuple[Days, ...] = (
    *(DayRange(None, Offset(-1)), _TODAY, next_days(7), next_days(30)),
    *(Period.THIS_WEEK, Period.NEXT_WEEK, Period.THIS_MONTH, Period.NEXT_MONTH),
)
_PERCENTS = (PercentRange(0, 0), PercentRange(1, 49), PercentRange(50, 99), PercentRange(100, 100))


def _day_presets(ranges: tuple[Days, ...]) -> list[tuple[str, str]]:
    texts = [(days.text(), show_days(days)) for days in ranges]
    return [(param, text[:1].upper() + text[1:]) for param, text in texts]


_PRESETS = {
    FilterName.PROGRESS.value: [(one.text(), show_percents(one)) for one in _PERCENTS],
    FilterName.DEADLINE.value: _day_presets(_DEADLINES),
    **{
        name.value: _day_presets(_PAST)
        for name in (FilterName.ENROLLED, FilterName.COMPLETED, FilterName.LAST_VISIT)
    },
}
"""Common ranges of each filter, as a URL has them and in words."""
_TEXTS = {
    "filter": messages.FILTER,
    "filters": messages.FILTERS,
    "filterBy": messages.FILTER_BY,
    "searchFilters": messages.SEARCH_FILTERS,
    "search": messages.SEARCH,
    "searchValues": messages.SEARCH_VALUES,
    "clear": messages.CLEAR_FILTERS,
    "apply": messages.APPLY,
    "back": messages.BACK_TO_FILTERS,
    "close": messages.CLOSE,
    "removeFilter": messages.REMOVE_FILTER,
    "editFilter": messages.EDIT_FILTER,
    "noValues": messages.NO_VALUES,
    "noSuchValues": messages.NO_SUCH_VALUES,
    "more": messages.MORE_VALUES,
    "loading": messages.LOADING_VALUES,
    "atMost": messages.AT_MOST_VALUES,
    "found": {"one": messages.N_FOUND_ONE, "other": messages.N_FOUND_SEVERAL},
    "set": {"one": messages.N_SET_ONE, "other": messages.N_SET_SEVERAL},
    "relation": messages.DAYS_RELATION,
    "relations": messages.RELATIONS,
    "nDays": messages.N_DAYS,
    "betweenDates": messages.BETWEEN_DATES,
    "betweenValues": messages.PROGRESS_BETWEEN,
    "percentsFrom": messages.PERCENTS_FROM,
    "percentsTo": messages.PERCENTS_TO,
    "datesFrom": messages.DATES_FROM,
    "datesTo": messages.DATES_TO,
}
_ICON_BUTTON = "grid size-7 shrink-0 place-items-center rounded-md text-ink2 hover:bg-hover"
_CHIP = (
    "flex h-7 max-w-[85%] shrink-0 items-center rounded-lg border border-line bg-panel text-small "
    "sm:max-w-90 sm:shrink"
)
_CLASS_NAMES = {
    "number": "min-w-5 rounded-full bg-accent-soft px-1.5 text-center text-xs leading-5 "
    "text-accent-text tabular-nums",
    "dialog": MENU,
    "inside": "flex max-h-[min(32rem,calc(100dvh-var(--menu-top,0px)-0.5rem))] flex-col "
    "max-sm:max-h-[85dvh]",
    "head": "flex items-center gap-1 border-b border-line px-2 py-1.5",
    "menuHead": "flex items-center gap-1 border-b border-line px-2 py-1.5 sm:sr-only",
    "title": "min-w-0 flex-1 px-1.5 text-small font-semibold outline-none",
    "back": _ICON_BUTTON,
    "close": f"{_ICON_BUTTON} sm:hidden",
    "form": "flex min-h-0 flex-1 flex-col",
    "search": "w-full shrink-0 border-b border-line bg-transparent px-3.5 py-2.5 text-ink "
    "outline-none focus-visible:border-accent focus-visible:shadow-[inset_0_-1px_var(--accent)]",
    "list": "min-h-0 flex-1 overflow-y-auto overscroll-contain p-1",
    "group": "px-2.5 pt-2 pb-1 text-xs font-semibold text-ink3",
    "option": "flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1 "
    "data-[active]:bg-accent-soft aria-disabled:cursor-default aria-disabled:text-ink3 "
    "max-sm:min-h-10",
    "tick": "grid size-3.5 shrink-0 place-items-center text-accent-text",
    "box": "grid size-4 shrink-0 place-items-center rounded border border-field text-accent-ink "
    "[[aria-selected=true]>&]:border-accent [[aria-selected=true]>&]:bg-accent",
    "name": "min-w-0 flex-1",
    "note": "block text-fine leading-4 text-ink3",
    "count": "shrink-0 text-xs text-ink3 tabular-nums",
    "empty": "px-3.5 py-4 text-small text-ink3",
    "hint": "border-t border-line px-3.5 py-1.5 text-fine text-ink3",
    "foot": "shrink-0 border-t border-line p-2",
    "warning": "px-1.5 pb-2 text-fine text-ink2 empty:hidden",
    "apply": f"{PRIMARY} w-full",
    "ranges": "min-h-0 flex-1 overflow-y-auto overscroll-contain",
    "presets": "p-1",
    "preset": "flex min-h-8 w-full items-center gap-2 rounded-md px-2.5 py-1 text-start "
    "!-outline-offset-2 hover:bg-accent-soft max-sm:min-h-10",
    "typed": "flex items-start gap-2 border-t border-line p-3",
    "fields": "grid min-w-0 flex-1 grid-cols-2 gap-2",
    "field": "grid min-w-0 content-start gap-1",
    "label": "text-fine leading-4 text-ink2",
    "input": f"{INPUT} h-8 !px-2 !py-1",
    "select": f"{INPUT} mt-5 h-8 !px-1.5 !py-1",
    "error": "text-fine leading-4 font-medium text-bad empty:hidden",
    "applyTyped": f"{BUTTON} mt-5 shrink-0",
    "typedBounds": "grid gap-2 border-t border-line p-3",
    "applyBounds": BUTTON,
    # In one line on a narrow screen, which leaves room for the rows.
    "chips": "flex items-center gap-2 pb-3 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 "
    "max-sm:py-1 max-sm:pb-3 sm:flex-wrap",
    "chip": _CHIP,
    "goneChip": f"{_CHIP} border-dashed text-ink2",
    "chipText": "flex h-full min-w-0 items-center gap-1 rounded-s-lg ps-2.5 pe-1 text-start "
    "[&:is(button)]:hover:bg-hover",
    "chipLabel": "shrink-0 text-ink2",
    "chipValue": "truncate font-medium",
    "remove": "grid h-full w-7 shrink-0 place-items-center rounded-e-lg text-ink3 hover:bg-hover "
    "hover:text-ink",
    "clear": "h-7 rounded-lg px-2 text-small font-medium whitespace-nowrap text-ink2 "
    "hover:bg-hover hover:text-ink",
}


def _name_spec(name: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (name,)


def _value_spec(name: rx.Var[str], text: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (name, text)


def _switch_spec(name: rx.Var[str], on: rx.Var[bool]) -> tuple[rx.Var[str], rx.Var[bool]]:
    return (name, on)


def _form_spec(form: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (form,)


class _FilterMenu(rx.Component):
    library = _BAR
    tag = "FilterMenu"

    items: rx.Var[list[FilterView]]
    chips: rx.Var[list[ChipView]]
    listed: rx.Var[str]
    searched: rx.Var[str]
    values: rx.Var[list[ValueView]]
    is_complete: rx.Var[bool]
    errors: rx.Var[dict[str, str]]
    answered: rx.Var[int]
    presets: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    on_list: rx.EventHandler[_value_spec]
    on_search: rx.EventHandler[_value_spec]
    on_apply: rx.EventHandler[_value_spec]
    on_switch: rx.EventHandler[_switch_spec]
    on_apply_typed: rx.EventHandler[_form_spec]


class _FilterChips(rx.Component):
    library = _BAR
    tag = "FilterChips"

    items: rx.Var[list[FilterView]]
    chips: rx.Var[list[ChipView]]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    on_remove: rx.EventHandler[_name_spec]
    on_clear: rx.EventHandler[rx.event.no_args_event_spec]


def filter_button() -> rx.Component:
    """Return the button that opens the menu of filters."""
    return _FilterMenu.create(
        icon("list_filter", 15),
        items=ShownFilters.menu,
        chips=ShownFilters.chips,
        listed=ShownFilters.listed,
        searched=ShownFilters.typed,
        values=ShownFilters.values,
        is_complete=ShownFilters.is_complete,
        errors=ShownFilters.errors,
        answered=ShownFilters.answered,
        presets=_PRESETS,
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        on_list=LedgerFilters.list_values,
        on_search=lambda name, typed: LedgerFilters.list_values(name, typed).debounce(120),
        on_apply=LedgerFilters.apply,
        on_switch=LedgerFilters.switch,
        on_apply_typed=LedgerFilters.apply_typed,
        class_name=BUTTON,
    )


def filter_chips() -> rx.Component:
    """Return the chips of the filters that are set."""
    return _FilterChips.create(
        items=ShownFilters.menu,
        chips=ShownFilters.chips,
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        on_remove=LedgerFilters.remove,
        on_clear=LedgerFilters.clear,
    )
