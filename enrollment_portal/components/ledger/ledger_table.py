"""The ledger's table: headings that sort, rows with links, and placeholders without rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import reflex as rx

from enrollment_portal.components.bulk.selection import select_bone, select_cell, select_heading
from enrollment_portal.components.ledger.columns.columns_button import (
    LABELS,
    course_label,
    layout_headings,
    layout_row,
    layout_table,
)
from enrollment_portal.components.ledger.deadline.row_deadline import deadline_button
from enrollment_portal.components.ledger.peek_button import peek_cell, peek_heading
from enrollment_portal.components.lists.search import FILTER
from enrollment_portal.components.lists.tables import (
    Column,
    Selecting,
    Sorting,
    cell,
    data_table,
    link_cell,
    table_row,
)
from enrollment_portal.components.ui.pieces import BUTTON, SECOND_LINE, icon, lookup, notice
from enrollment_portal.components.ui.status import deadline_class, progress_bar, status_badge
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import SortKey
from enrollment_portal.domain.ledger.shown_rows import LiveRow
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.shared.live import Live
from enrollment_portal.state.shared.views import LEDGER_PATH, RowView

_COLUMNS = {key: Column(key.value, key.label) for key in STANDARD_COLUMNS}
# On a learner's page, each row is named by its course.
_OF_LEARNER = {key: _COLUMNS[key] for key in STANDARD_COLUMNS[1:]}


def _sort_option(key: rx.Var[str]) -> rx.Component:
    label = rx.cond(key == SortKey.COURSE.value, course_label(), lookup(LABELS, key))
    return rx.el.option(label, value=key)


def _sort_select(columns: Iterable[SortKey]) -> rx.Component:
    """Return the select that stands in for the headings."""
    return rx.fragment(
        rx.cond(
            (Ledger.phase == "loading") | (Ledger.rows.length() > 0),
            rx.el.div(
                rx.el.label(
                    messages.SORT_BY, html_for="ledger-sort", class_name="text-small text-ink2"
                ),
                rx.el.select(
                    rx.cond(
                        ShownLayout.offered.length() > 0,
                        rx.foreach(ShownLayout.offered, _sort_option),
                        rx.foreach([key.value for key in columns], _sort_option),
                    ),
                    id="ledger-sort",
                    value=Ledger.sort,
                    on_change=Ledger.sort_by,
                    class_name=f"{FILTER} min-w-0",
                ),
                rx.el.button(
                    rx.cond(Ledger.descending, icon("arrow_down", 14), icon("arrow_up", 14)),
                    short_label(
                        rx.cond(Ledger.descending, messages.DESCENDING, messages.ASCENDING),
                        rx.cond(
                            Ledger.descending,
                            messages.REVERSE_DESCENDING,
                            messages.REVERSE_ASCENDING,
                        ),
                    ),
                    type="button",
                    on_click=Ledger.sort_by(Ledger.sort),
                    class_name=f"{BUTTON} !gap-1.5 !px-2.5",
                ),
                role="group",
                aria_label=messages.ORDER,
                class_name="sort-bar no-print",
            ),
        ),
    )


@dataclass(frozen=True)
class _Now:
    """The current values of a row: those that were read, or newer ones that were pushed."""

    status: Any
    progress: Any
    deadline: Any
    request: Any
    by_hand: Any
    version: Any
    class_name: Any
    """The class that highlights the row for a moment; another one with each version."""


def _now(row: rx.Var[RowView], live: rx.Var[LiveRow]) -> _Now:
    # A push with the same version may hold a new request, which changes no enrollment.
    is_newer = live & (live.version >= row.version)
    return _Now(
        *(
            rx.cond(is_newer, getattr(live, name), getattr(row, name))
            for name in ("status", "progress", "deadline", "request", "by_hand", "version")
        ),
        class_name=rx.cond(
            live & (live.version > row.version),
            rx.cond(live.version % 2 == 0, "flash-even", "flash-odd"),
            "",
        ),
    )


def _by_hand() -> rx.Component:
    """Return the mark of an enrollment that a person completed before its last lesson."""
    return rx.el.span(
        icon("hand", 13),
        rx.el.span(messages.BY_HAND, class_name="sr-only"),
        title=messages.BY_HAND,
        class_name="ms-1 inline-block align-middle text-ink3",
    )


def _deadline(row: rx.Var[RowView], now: _Now, may_edit: rx.Var[bool]) -> rx.Component:
    """Return the deadline: a button that changes it if the viewer may, text otherwise."""
    button = deadline_button(
        row=row, version=now.version, deadline=now.deadline, course=_with_run(row)
    )
    return rx.cond(may_edit, button, rx.el.span(now.deadline.date))


def _cell(*children: Any, key: SortKey, **props: Any) -> rx.Component:
    """Return a cell that the layout may move or hide."""
    column = _COLUMNS[key]
    return cell(*children, column=column, custom_attrs={"data-column": column.key}, **props)


def _facts(
    row: rx.Var[RowView], now: _Now, tab: rx.Var[str], may_edit: rx.Var[bool]
) -> tuple[rx.Component, ...]:
    """Return the cells that follow the names of the learner and the course."""
    return (
        _cell(
            status_badge(status=now.status),
            rx.cond(now.by_hand, _by_hand()),
            # It stays in place until another page is opened: nothing moves under a pointer.
            rx.cond(
                (tab != "all") & (tab != now.status),
                rx.el.div("no longer in this tab", class_name="text-tiny leading-3.5 text-ink3"),
            ),
            key=SortKey.STATUS,
        ),
        _cell(*progress_bar(value=now.progress, status=now.status), key=SortKey.PROGRESS),
        _cell(
            rx.el.time(row.enrolled, date_time=row.enrolled_iso),
            key=SortKey.ENROLLED,
            class_name="text-ink2",
        ),
        _cell(
            _deadline(row, now, may_edit),
            rx.cond(
                (now.deadline.left != "") | (now.request != ""),
                rx.el.div(
                    rx.el.span(now.deadline.left),
                    rx.cond((now.deadline.left != "") & (now.request != ""), rx.el.span(" · ")),
                    rx.cond(
                        now.request != "",
                        rx.el.div(now.request, class_name="inline-block font-medium text-warn"),
                    ),
                    # Somewhat wider than its column, up to the card's edge; where that is too
                    # narrow it takes two lines, which are no higher than the row.
                    class_name="second -me-3 text-fine leading-3.5 whitespace-normal",
                ),
            ),
            key=SortKey.DEADLINE,
            class_name="leading-4.5 " + deadline_class(tone=now.deadline.tone),
        ),
    )


def _row_of(*, of_learner: bool) -> Callable[..., rx.Component]:
    return partial(layout_row, of_learner=of_learner)


def _with_run(row: rx.Var[RowView]) -> Any:
    """Return which of the learner's enrollments in the course this is, and the course's title.

    In this order, as a text that is too long is cut off at its end.
    """
    return rx.cond(row.run != "", row.run + " · " + row.course, row.course)


def _select(row: rx.Var[RowView], may_select: rx.Var[bool]) -> rx.Component:
    cell = select_cell(id=row.id, learner=row.name, course=_with_run(row))
    return rx.cond(may_select, cell, rx.fragment())


@rx.memo
def ledger_row(
    rest: rx.RestProp,
    *,
    row: rx.Var[RowView],
    live: rx.Var[LiveRow],
    tab: rx.Var[str],
    opens: rx.Var[str],
    label: rx.Var[str],
    may_select: rx.Var[bool],
    may_edit: rx.Var[bool],
) -> rx.Component:
    """Return one row; the learner's name is the link that the whole row opens."""
    now = _now(row, live)
    course = _cell(
        rx.el.span(row.course),
        rx.cond(row.run != "", rx.el.div(row.run, class_name=SECOND_LINE)),
        key=SortKey.COURSE,
        label=label,
        class_name="truncate",
        title=_with_run(row),
    )
    first = link_cell(
        column=_COLUMNS[SortKey.LEARNER],
        label=row.name,
        to=LEDGER_PATH + "/" + row.id.to(str) + opens,
        second=row.email,
        initials=row.initials,
        tone=row.tone,
        custom_attrs={"data-column": SortKey.LEARNER.value},
    )
    return table_row(
        _select(row, may_select),
        first,
        course,
        *_facts(row, now, tab, may_edit),
        peek_cell(id=row.id, learner=row.name, course=_with_run(row)),
        rest,
        class_name=now.class_name,
        element=_row_of(of_learner=False),
    )


@rx.memo
def own_ledger_row(
    rest: rx.RestProp,
    *,
    row: rx.Var[RowView],
    live: rx.Var[LiveRow],
    tab: rx.Var[str],
    opens: rx.Var[str],
    may_select: rx.Var[bool],
    may_edit: rx.Var[bool],
) -> rx.Component:
    """Return one row of a single learner; the course's title is the link that it opens."""
    now = _now(row, live)
    first = link_cell(
        column=_OF_LEARNER[SortKey.COURSE],
        label=row.course,
        to=LEDGER_PATH + "/" + row.id.to(str) + opens,
        second=row.run,
        custom_attrs={"data-column": SortKey.COURSE.value},
    )
    return table_row(
        _select(row, may_select),
        first,
        *_facts(row, now, tab, may_edit),
        peek_cell(id=row.id, learner=row.name, course=_with_run(row)),
        rest,
        class_name=now.class_name,
        element=_row_of(of_learner=True),
    )


def _nothing_matches(text: str) -> rx.Component:
    searched = rx.el.span(Ledger.searched, class_name="break-all")
    return rx.el.p(*sentence(text, text=searched), class_name="mt-1 max-w-110")


def _none_yet() -> rx.Component:
    return rx.cond(
        Ledger.as_of != "",
        notice(title=messages.nobody_enrolled_then(Ledger.as_of_text), mark="history"),
        notice(
            rx.el.p(
                "An enrollment appears here as soon as a learner starts a course.",
                class_name="mt-1",
            ),
            title="No enrollments yet",
        ),
    )


def _clear_search() -> rx.Component:
    return rx.el.button(
        "Clear search",
        type="button",
        on_click=Ledger.clear_search,
        data_focus_next="main [data-search]",
        class_name=BUTTON,
    )


def _none_match() -> rx.Component:
    """Return the notice that the search and the filters leave no row."""
    is_searched = Ledger.searched != ""
    return notice(
        rx.cond(
            ShownFilters.chips.length() > 0,
            rx.el.p(
                rx.cond(
                    is_searched, messages.FILTERS_AND_SEARCH_HIDE_ALL, messages.FILTERS_HIDE_ALL
                ),
                class_name="mt-1 max-w-110",
            ),
            rx.cond(
                Ledger.hides == "",
                _nothing_matches(messages.NOTHING_MATCHES),
                _nothing_matches(messages.NOBODY_MATCHES),
            ),
        ),
        rx.el.div(
            rx.cond(
                ShownFilters.chips.length() > 0,
                rx.el.button(
                    messages.CLEAR_FILTERS,
                    type="button",
                    on_click=LedgerFilters.clear,
                    data_focus_next="#ledger-filter",
                    class_name=BUTTON,
                ),
            ),
            rx.cond(is_searched, _clear_search()),
            class_name="mt-4 flex flex-wrap justify-center gap-2",
        ),
        title=messages.ENROLLMENTS.no_match,
        mark="search_x",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        (Ledger.searched != "") | (ShownFilters.chips.length() > 0),
        _none_match(),
        rx.cond(
            Ledger.tab == "all",
            _none_yet(),
            notice(
                rx.el.button(
                    "Show all",
                    type="button",
                    on_click=Ledger.show_tab("all"),
                    class_name=f"{BUTTON} mt-4",
                ),
                title="No enrollments with this status",
            ),
        ),
    )


def ledger_table(*, of_learner: bool = False) -> rx.Component:
    """Return the table, or its placeholder while it loads, is empty, or has failed.

    Args:
        of_learner: whether it is on a learner's own page, for their enrollments alone.
    """
    columns = _OF_LEARNER if of_learner else _COLUMNS

    def row(row: rx.Var[RowView], index: rx.Var[int]) -> rx.Component:
        shared = {
            "row": row,
            "live": Live.rows[row.id.to_string()],
            "tab": Ledger.tab,
            "may_select": Ledger.selects != "",
            "may_edit": Ledger.may_edit,
            # Of `layout_row`, by the rest of the properties.
            "cells": ShownLayout.cells[row.id.to_string()],
        }
        if of_learner:
            return own_ledger_row(**shared, opens=Ledger.opens, key=index)
        return ledger_row(**shared, opens=Ledger.opens, label=course_label(), key=index)

    return data_table(
        state=Ledger,
        caption=rx.cond(
            Ledger.as_of != "", messages.enrollments_as_of(Ledger.as_of_text), "Enrollments"
        ),
        columns=list(columns.values()),
        row=row,
        nothing=_nothing(),
        sorting=Sorting(
            headings=[layout_headings(of_learner=of_learner), peek_heading()],
            select=_sort_select(columns),
            table=partial(layout_table, of_learner=of_learner),
            row=_row_of(of_learner=of_learner),
            selecting=Selecting(
                heading=rx.cond(Ledger.may_select, select_heading(rows=Ledger.rows), rx.fragment()),
                bone=rx.cond(Ledger.may_select, select_bone(), rx.fragment()),
            ),
        ),
        stacks="below-54",
        panel={
            "id": "ledger",
            "role": "tabpanel",
            "aria_labelledby": "tab-" + Ledger.tab,
            "custom_attrs": {"data-hides": Ledger.hides, "data-as-of": Ledger.as_of},
        },
    )
