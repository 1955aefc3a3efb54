"""What stands around the ledger's table: tabs with counts, the search, and the pager."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.pieces import BUTTON, icon
from enrollment_portal.domain.ledger_query import Tab
from enrollment_portal.state.ledger import Ledger

TAB = (
    "-mb-px flex items-center gap-1.5 whitespace-nowrap border-b-2 border-transparent px-0.5 py-2 "
    "text-[13px] font-medium text-ink2 hover:text-ink aria-selected:border-accent "
    "aria-selected:text-ink sm:text-sm"
)
TAB_LIST = "flex items-center gap-3.5 overflow-x-auto border-b border-line sm:gap-5"


def _tab(tab: Tab) -> rx.Component:
    is_selected = Ledger.tab == tab.value
    return rx.el.button(
        tab.label,
        rx.el.span(
            Ledger.counts[tab.value],
            class_name="min-w-[1ch] text-xs font-normal text-ink3 tabular-nums sm:text-[13px]",
        ),
        type="button",
        role="tab",
        id=f"tab-{tab.value}",
        aria_selected=rx.cond(is_selected, "true", "false"),
        aria_controls="ledger",
        tab_index=rx.cond(is_selected, 0, -1),
        on_click=Ledger.show_tab(tab.value),
        class_name=TAB,
    )


def ledger_tabs() -> rx.Component:
    """Return the tabs, each with its exact count for the current search."""
    return rx.el.div(
        *(_tab(tab) for tab in Tab), role="tablist", aria_label="Status", class_name=TAB_LIST
    )


def ledger_search() -> rx.Component:
    """Return the search box; it answers while one types."""
    return rx.el.div(
        rx.el.label(
            icon("search", 15),
            rx.el.span("Search by learner name or email", class_name="sr-only"),
            rx.el.input(
                key=Ledger.search_field,
                id="ledger-search",
                type="search",
                placeholder="Search by learner name or email",
                auto_complete="off",
                spell_check=False,
                max_length=200,
                default_value=Ledger.searched,
                on_change=lambda typed: Ledger.search(typed).debounce(120),
                class_name="w-full min-w-0 bg-transparent text-ink outline-none",
            ),
            rx.el.kbd(
                "/",
                aria_hidden="true",
                class_name="hidden rounded border border-line px-1.5 text-xs text-ink3 sm:block",
            ),
            class_name="flex h-8 items-center gap-2 rounded-lg border border-field bg-panel px-2.5 "
            "text-ink3 focus-within:border-accent focus-within:outline-2 "
            "focus-within:outline-accent",
        ),
        role="search",
        aria_label="Enrollments",
        class_name="w-full sm:w-90",
    )


def _turn(label: str, mark: str, to: str, is_there: rx.Var) -> rx.Component:
    is_wide = to in ("previous", "next")
    words = rx.el.span(label, class_name="sr-only sm:not-sr-only" if is_wide else "sr-only")
    return rx.el.button(
        *((words, icon(mark, 15)) if to == "next" else (icon(mark, 15), words)),
        type="button",
        title=label,
        disabled=~is_there,
        on_click=Ledger.turn(to),
        class_name=f"{BUTTON} !px-2.5",
    )


def ledger_pager() -> rx.Component:
    """Return where the page lies in the whole, and the ways to turn."""
    return rx.el.nav(
        rx.el.p(
            Ledger.span,
            aria_live="polite",
            class_name="min-h-5 text-[13px] text-ink3 tabular-nums",
        ),
        rx.el.div(
            _turn("First", "chevrons_left", "first", Ledger.has_previous),
            _turn("Previous", "chevron_left", "previous", Ledger.has_previous),
            _turn("Next", "chevron_right", "next", Ledger.has_next),
            _turn("Last", "chevrons_right", "last", Ledger.has_next),
            class_name="flex gap-1.5",
        ),
        aria_label="Pages",
        class_name="no-print flex items-center justify-between gap-3 px-0.5 py-3",
    )
