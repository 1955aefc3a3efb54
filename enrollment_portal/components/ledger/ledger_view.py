"""The whole ledger, for the Enrollments page and, filtered, for pages of courses and people."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx
from reflex_base.vars import VarData

from enrollment_portal.components.bulk.change_dialog import change_dialog
from enrollment_portal.components.bulk.jobs import bulk_jobs
from enrollment_portal.components.bulk.selection import selection_bar
from enrollment_portal.components.ledger.as_of import day_picker, past_banner
from enrollment_portal.components.ledger.columns.columns_button import columns_button
from enrollment_portal.components.ledger.deadline.row_deadline import row_deadline
from enrollment_portal.components.ledger.filtering.filter_bar import filter_button, filter_chips
from enrollment_portal.components.ledger.ledger_export import export_link
from enrollment_portal.components.ledger.ledger_print import print_button, printed_ledger
from enrollment_portal.components.ledger.ledger_table import ledger_table
from enrollment_portal.components.ledger.needs_attention import needs_attention
from enrollment_portal.components.ledger.searching.search_matches import search_matches
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, search_box
from enrollment_portal.components.lists.tables import pager
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.components.ui.short_notices import ThrottledStatus
from enrollment_portal.components.ui.tabs import SEGMENT, TAB, segments, tab_button, tab_list
from enrollment_portal.components.ui.wording import page_text, plural_of
from enrollment_portal.components.views.view_bar import view_bar, view_results
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_query import Kind, Tab
from enrollment_portal.live.ledger_counts import MOST_FRESH
from enrollment_portal.state.ledger.ledger import PEEK, Ledger
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.state.peek.peek import Peek
from enrollment_portal.state.shared.live import Live
from enrollment_portal.state.shared.session import Shell

# Pushed counts are shown if they are of this ledger, and newer than those that were read.
_is_counted = (
    (Live.channel != "") & (Live.channel == Ledger.channel) & (Live.counted_at >= Ledger.known)
)


def _count_of(tab: Any) -> Any:
    """Return how many rows a tab has, as text."""
    return rx.cond(_is_counted, Live.counts[tab], Ledger.counts[tab])


def _pager() -> rx.Component:
    """Return the pager: where counting takes longer, it says of how many rows once it knows."""
    n, n_rows = _count_of(Ledger.tab).to(str), Ledger.rows.length()
    counted = page_text(
        n,
        messages.ENROLLMENTS,
        position=Ledger.position,
        count=n_rows,
        has_next=Ledger.has_next,
    )
    is_waiting = (Ledger.span == "") & (Ledger.position > 0)
    uncounted = rx.cond(
        Ledger.has_previous,
        messages.PAGE_UNCOUNTED,
        plural_of(0, other=messages.FIRST_PAGE_UNCOUNTED, last=n_rows.to_string()),
    )
    span = rx.cond(is_waiting, rx.cond(n == "", uncounted, counted), Ledger.span).to(str)
    announced = rx.cond(
        is_waiting & Ledger.announces_span & (n != ""),
        Ledger.announcement + " " + counted,
        Ledger.announcement,
    ).to(str)
    return pager(state=Ledger, span=span, announcement=announced)


def _came_since(only_created: bool) -> rx.Var[int]:
    """Return how many enrollments entered the tab since its page was read.

    Args:
        only_created: whether to count only those created since then.
    """
    is_in_tab = "(tab === 'all' ? created > known : status === tab && seq > known)"
    condition = "created > known" if only_created else "true"
    counted = rx.vars.function.ArgsFunctionOperation.create(
        args_names=("fresh", "known", "tab", "rows"),
        return_expr=rx.Var(
            f"(fresh ?? []).filter(([id, seq, status, created]) => {is_in_tab} && {condition}"
            " && !rows.some((row) => row.id === id)).length"
        ),
    )
    return counted.call(Live.fresh, Ledger.known_at_open, Ledger.tab, Ledger.rows).to(int)


def _kinds() -> rx.Component:
    # Shown before it is known who is signed in, so that nothing moves when the rows are loaded.
    return rx.cond(
        Shell.has_paths,
        rx.el.div(
            segments(
                "Enrollments in",
                *(
                    tab_button(
                        kind.label,
                        is_selected=Ledger.kind == kind.value,
                        on_click=Ledger.show_kind(kind.value),
                        controls="ledger",
                        class_name=SEGMENT,
                    )
                    for kind in Kind
                ),
            ),
            class_name="mt-3 mb-1",
        ),
    )


def _tabs(class_name: str) -> list[rx.Component]:
    return [
        tab_button(
            tab.label,
            id=f"tab-{tab.value}",
            is_selected=Ledger.tab == tab.value,
            on_click=Ledger.show_tab(tab.value),
            controls="ledger",
            count=_count_of(tab.value),
            class_name=class_name,
        )
        for tab in Tab
    ]


def _news() -> rx.Component:
    """Return the notice above the table that enrollments entered its tab since it was read."""
    fresh = rx.cond(Live.channel == Ledger.channel, _came_since(only_created=False), 0).to(int)
    n_created = _came_since(only_created=True)
    # Those with another status before are new only to this tab.
    text = rx.cond(
        n_created < fresh,
        rx.cond(
            fresh >= MOST_FRESH,
            messages.many_more(MOST_FRESH),
            plural_of(fresh, other=messages.MORE),
        ),
        rx.cond(
            fresh >= MOST_FRESH,
            messages.many_new(MOST_FRESH),
            plural_of(fresh, one=messages.NEW_ONE, other=messages.NEW_SEVERAL),
        ),
    )
    button = rx.el.div(
        rx.cond(
            fresh > 0,
            rx.el.button(
                icon("arrow_up", 14),
                rx.el.span(text, data_spoken=""),
                type="button",
                on_click=Ledger.show_new_rows,
                data_focus_next="#ledger a.row-link",
                class_name=f"{BUTTON} !h-7 !rounded-full bg-accent-soft text-small",
            ),
        ),
        # Beside the tabs if there is room, otherwise over the end of the page: nothing moves.
        class_name="no-print pointer-events-none z-20 flex *:pointer-events-auto "
        "max-lg:fixed max-lg:inset-x-0 max-lg:bottom-4 max-lg:justify-center "
        "max-lg:*:shadow-lg lg:absolute lg:top-2.5 lg:end-0",
    )
    return ThrottledStatus.create(button)


def _all_tabs(kinds: Any, is_part: bool) -> rx.Component:
    if is_part:
        return rx.el.div(
            *([] if kinds is None else [kinds]),
            segments("Status", *_tabs(SEGMENT)),
            class_name="flex flex-wrap gap-x-4 gap-y-2 pt-3",
        )
    return tab_list("Status", *_tabs(TAB), class_name="pt-2")


def _selection() -> rx.Component:
    """Return the bar of the selected rows, and the dialog that changes them."""
    tabs = rx.match(
        Ledger.tab, *((tab.value, tab.label) for tab in Tab if tab is not Tab.ALL), ""
    ).to(str)
    filters = rx.Var(
        f"[{tabs}, ...{ShownFilters.chips}.map((chip) => chip.text), "
        f"{Ledger.searched} && `“${{{Ledger.searched}}}”`]",
        _var_type=list[str],
        _var_data=VarData.merge(
            *(
                var._get_all_var_data()
                for var in (tabs, rx.Var.create(ShownFilters.chips), rx.Var.create(Ledger.searched))
            )
        ),
    ).to(list[str])
    return rx.fragment(
        selection_bar(
            scope=Ledger.selects,
            rows=Ledger.rows,
            total=_count_of(Ledger.tab),
            filters=filters,
        ),
        rx.cond(Ledger.may_select, change_dialog()),
    )


def _address() -> Any:
    """Return the query string of the page: the ledger's, and what the panel shows."""
    panel = f"{PEEK}=" + Ledger.peek.to(str)
    search = Ledger.address.search
    with_panel = rx.cond(search == "", panel, search + "&" + panel)
    return rx.cond(Ledger.peek == 0, search, with_panel).to(str)


def ledger_view(
    *actions: Any, kinds: Any = None, part_of: Literal["", "course", "learner"] = ""
) -> rx.Component:
    """Return the ledger: kinds, tabs with counts, search, table and pager.

    Args:
        actions: buttons beside the search.
        kinds: tabs beside those of the status, where the ledger is a part of a page.
        part_of: "course" or "learner" if it is a part of one's page; "" for its own page.
    """
    search = (
        ()
        if part_of == "learner"
        else (
            search_box(
                state=Ledger,
                label=messages.SEARCH_LEARNERS if part_of else messages.SEARCH_ALL,
                landmark="Enrollments",
                id="ledger-search",
            ),
        )
    )
    return rx.fragment(
        page_address(Ledger, Ledger.base, search=_address(), on_return=[Ledger.load, Peek.load]),
        *(() if part_of else (needs_attention(), _kinds())),
        filter_bar(
            *search,
            filter_button(),
            columns_button(of_learner=part_of == "learner"),
            day_picker(),
            *actions,
            export_link(count=_count_of(Ledger.tab)),
            print_button(),
            above=(_news(), _all_tabs(kinds, is_part=part_of != "")),
            below=(
                # Side by side as far as there is room.
                rx.el.div(
                    filter_chips(),
                    *(() if part_of else (view_bar(),)),
                    class_name="sm:flex sm:flex-wrap sm:gap-x-3",
                ),
            ),
        ),
        *(() if part_of else (view_results(),)),
        past_banner(),
        bulk_jobs(),
        printed_ledger(),
        search_matches(),
        ledger_table(of_learner=part_of == "learner"),
        _selection(),
        _pager(),
        rx.cond(Ledger.may_edit, row_deadline()),
        # Last, so that nothing moves when it appears.
        rx.cond(
            Ledger.deadline_ends != "",
            rx.el.p(
                messages.deadlines_end(Ledger.deadline_ends),
                class_name="px-0.5 text-small text-ink3",
            ),
        ),
    )
