"""A search field with a list of results to choose from, by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.lists.search import SEARCH_BOX
from enrollment_portal.components.ui.pieces import icon

_COMBOBOX = browser_module(__file__, "combobox.jsx")
CLASS_NAMES = {
    "root": "relative w-full max-w-130",
    "box": SEARCH_BOX,
    "input": "w-full min-w-0 bg-transparent text-ink outline-none",
    # Shown over the page, which does not move; a dialog grows instead.
    "list": "absolute inset-x-0 top-full z-20 mt-1 max-h-[min(18rem,50vh)] overflow-y-auto "
    "rounded-lg border border-line bg-panel p-1 shadow-lg [dialog_&]:static",
    "option": "flex cursor-pointer items-center justify-between gap-3 rounded-md px-2 py-1.5 "
    "aria-selected:bg-accent-soft",
    "about": "min-w-0",
    "name": "block font-medium break-words",
    "second": "block text-fine leading-4 break-words text-ink3",
    "verb": "shrink-0 text-small font-medium text-accent-text",
    "nothing": "mt-2 text-small text-ink3",
}


def _text_spec(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


def _id_spec(chosen: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (chosen,)


class _Combobox(rx.Component):
    library = _COMBOBOX
    tag = "Combobox"

    label: rx.Var[str]
    found: rx.Var[list[Any]]
    searched: rx.Var[str]
    field: rx.Var[int]
    verb: rx.Var[str]
    nothing: rx.Var[str]
    counts: rx.Var[dict[str, str]]
    class_names: rx.Var[dict[str, str]]
    on_search: rx.EventHandler[_text_spec]
    on_pick: rx.EventHandler[_id_spec]


def picker(
    *,
    state: Any,
    found: Any = None,
    label: str,
    id: str,
    verb: str,
    on_pick: Callable[[Any], Any],
    counts: dict[str, str],
    nothing: str = "Nothing is found.",
) -> rx.Component:
    """Return a search field with the list of its results below.

    Args:
        state: has `searched`, `search_field`, `search` and, as a `Picker`, `found`.
        found: instead of the state's `found`: views with `id`, `name` and `about`.
        label: what is searched for.
        id: of the search field.
        verb: what choosing is called: "Add".
        on_pick: called with the id of what was chosen.
        counts: announces how many were found: the texts of a plural.
        nothing: the text if nothing is found.
    """
    return rx.el.div(
        _Combobox.create(
            icon("plus", 15),
            id=id,
            label=label,
            found=state.found if found is None else found,
            searched=state.searched,
            field=state.search_field,
            verb=verb,
            nothing=nothing,
            counts=counts,
            class_names=CLASS_NAMES,
            on_search=lambda typed: state.search(typed).debounce(120),
            on_pick=on_pick,
        ),
        role="search",
        aria_label=label,
        class_name="w-full",
    )
