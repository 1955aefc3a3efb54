"""The search and the filters of a list page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import icon

_STICKY = browser_module(__file__, "sticky.jsx")

SEARCH_BOX = (
    "flex h-8 items-center gap-2 rounded-lg border border-field bg-panel px-2.5 text-ink3 "
    "focus-within:border-accent focus-within:outline-2 focus-within:outline-accent"
)

FILTER = "h-8 max-w-full rounded-lg border border-field bg-panel px-2 text-ink"


def search_box(
    *,
    state: Any,
    label: str,
    landmark: str = "",
    id: str = "list-search",
    class_name: str = "w-full sm:w-90",
    mark: str = "search",
) -> rx.Component:
    """Return the search box of a list page; the key "/" focuses it.

    Args:
        state: has `searched`, `search_field` and `search`.
        label: what can be searched, which the box shows while it is empty.
        landmark: the name of the search landmark; the label by default.
        id: of the field.
        class_name: for its width.
        mark: its icon: "plus" if what is found is added, rather than the page filtered.
    """
    key = (
        rx.el.kbd(
            "/",
            aria_hidden="true",
            class_name="hidden rounded border border-line px-1.5 text-xs text-ink3 sm:block",
        ),
    )
    return rx.el.div(
        rx.el.label(
            icon(mark, 15),
            rx.el.span(label, class_name="sr-only"),
            rx.el.input(
                key=state.search_field,
                id=id,
                # Outside of any form around it: Enter would submit that.
                form="",
                type="search",
                placeholder=label,
                auto_complete="off",
                spell_check=False,
                max_length=200,
                default_value=state.searched,
                on_change=lambda typed: state.search(typed).debounce(120),
                custom_attrs={"data-search": ""},
                class_name="w-full min-w-0 bg-transparent text-ink outline-none",
            ),
            *(key if mark == "search" else ()),
            class_name=SEARCH_BOX,
        ),
        role="search",
        aria_label=landmark or label,
        class_name=class_name,
    )


class _StickyTop(rx.Component):
    library = _STICKY
    tag = "StickyTop"


def filter_bar(
    *controls: Any, above: Sequence[Any] = (), below: Sequence[Any] = ()
) -> rx.Component:
    """Return the filters of a list, between the page's heading and its table; they stay in view.

    Args:
        controls: beside each other.
        above: what stays in view above them: the list's tabs.
        below: what stays in view below them: the filters that are set.
    """
    return _StickyTop.create(
        *above,
        rx.el.div(*controls, class_name="flex flex-wrap items-center gap-2 py-3"),
        *below,
        class_name="no-print",
    )


def filter_select(
    *, state: Any, name: str, label: str, everything: str, options: Sequence[tuple[str, str]]
) -> rx.Component:
    """Return one of a list page's filters.

    Args:
        state: a `Listing`.
        name: of the filter.
        label: what it filters by.
        everything: the label of the choice that filters nothing.
        options: values with what they read.
    """
    return rx.el.select(
        rx.el.option(everything, value=""),
        *(rx.el.option(reads, value=value) for value, reads in options),
        aria_label=label,
        value=rx.cond(state.filters[name], state.filters[name], ""),
        on_change=lambda value: state.filter_by(name, value),
        class_name=FILTER,
    )


def filter_day(*, state: Any, name: str, label: str) -> rx.Component:
    """Return a date filter, which is applied once the date is complete."""
    return rx.el.label(
        rx.el.span(label, class_name="text-small text-ink2"),
        rx.el.input(
            key=state.filters[name],
            type="date",
            default_value=state.filters[name],
            on_change=lambda day: state.filter_by(name, day).debounce(400),
            class_name=FILTER,
        ),
        class_name="flex items-center gap-2",
    )
