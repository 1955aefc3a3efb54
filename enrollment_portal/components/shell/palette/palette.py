"""The palette: one search for people, courses, views, pages and actions, on every page."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.shell.palette.palette_pages import ACTIONS, PAGES
from enrollment_portal.components.ui.pieces import icon
from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.views.addresses import VIEW
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from enrollment_portal.state.palette.palette import FoundLink, Palette
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.state.views.saved_views import SavedViews, ViewLink

_TEXTS = {
    "open": messages.PALETTE,
    "label": messages.PALETTE_LABEL,
    "close": messages.CLOSE_PALETTE,
    "results": messages.PALETTE_RESULTS,
    "nothing": messages.NOTHING_FOUND,
    "found": {"one": messages.N_RESULTS_ONE, "other": messages.N_RESULTS_SEVERAL},
    "groups": messages.PALETTE_GROUPS,
    "searchLedger": messages.SEARCH_LEDGER,
}
_CLASS_NAMES = {
    "buttonText": "sr-only md:not-sr-only md:min-w-0 md:flex-1 md:truncate md:text-start",
    "keys": "hidden rounded border border-line px-1.5 font-sans text-xs leading-4.5 text-ink3 "
    "empty:hidden md:block",
    "dialog": "palette !p-0",
    "command": "flex min-h-0 flex-1 flex-col",
    "top": "flex shrink-0 items-center border-b border-line",
    "input": "min-w-0 flex-1 bg-transparent px-4 py-3 text-lead text-ink outline-none",
    # A keyboard has Escape for it, and a mouse the page around.
    "close": "h-11 px-4 text-small font-medium text-ink2 hover:text-ink sm:hidden",
    "list": "min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5",
    "empty": "px-3 py-8 text-center text-ink3",
    "group": "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 "
    "[&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs "
    "[&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-ink3",
    "item": "flex min-h-9 cursor-pointer items-center justify-between gap-3 rounded-lg px-2.5 "
    "py-1.5 aria-selected:bg-accent-soft max-sm:min-h-11",
    "name": "min-w-0 break-words",
    "about": "min-w-0 truncate text-small text-ink2",
}


def _search_spec(typed: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (typed,)


class _PaletteButton(rx.Component):
    library = browser_module(__file__, "palette_button.jsx")
    tag = "PaletteButton"

    items: rx.Var[list[dict[str, str]]]
    product_views: rx.Var[list[dict[str, str]]]
    views: rx.Var[list[ViewLink]]
    sections: rx.Var[list[str]]
    rights: rx.Var[dict[str, bool]]
    found: rx.Var[list[FoundLink]]
    searched: rx.Var[str]
    ledger: rx.Var[str]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    on_search: rx.EventHandler[_search_spec]

    def add_imports(self) -> dict[str, ImportVar]:
        """Add the npm package that filters the palette's list and moves through it.

        MIT, 1.1.1 of April 2025 is its newest version; it is loaded when the palette is opened.
        """
        return {"cmdk@1.1.1": ImportVar(tag=None, render=False)}


def palette_button() -> rx.Component:
    """Return the button in the header that opens the palette."""
    return _PaletteButton.create(
        icon("search", 15),
        items=[*ACTIONS, *PAGES],
        product_views=[
            {"name": view.name, "address": f"{LEDGER_PATH}?{VIEW}={view.key}"}
            for view in PRODUCT_VIEWS.values()
        ],
        views=SavedViews.views,
        sections=Shell.sections,
        # By the names that the items need.
        rights={
            "ledger": Shell.has_ledger,
            "teaching": Shell.teaches,
            "own learning": Shell.learns,
        },
        found=Palette.found,
        searched=Palette.searched,
        ledger=LEDGER_PATH,
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        on_search=Palette.search,
        class_name="grid size-8 shrink-0 place-items-center rounded-lg text-ink2 hover:bg-hover "
        "md:flex md:w-full md:max-w-80 md:items-center md:gap-2 md:border md:border-line "
        "md:bg-panel md:px-2.5 md:text-ink3 md:hover:border-field md:hover:bg-panel",
    )
