"""The button of the ledger's columns, with its dialog, and the table that follows the layout."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.lists.tables import HEADING
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Density
from enrollment_portal.domain.ledger.ledger_query import Kind, SortKey
from enrollment_portal.state.ledger.columns import LedgerColumns
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.shared.live import Live

_BUTTON = browser_module(__file__, "columns_button.jsx")
_TABLE = browser_module(__file__, "layout_table.jsx")
LABELS = {key.value: key.label for key in ColumnKey}
_TEXTS = {
    "columns": messages.COLUMNS,
    "up": messages.MOVE_UP,
    "down": messages.MOVE_DOWN,
    "moved": messages.MOVED_COLUMN,
    "always": messages.ALWAYS_SHOWN,
    "density": messages.DENSITY,
    "densities": {density.value: density.label for density in Density},
    "reset": messages.RESET_COLUMNS,
    "wasReset": messages.COLUMNS_RESET,
    "close": messages.COLUMNS_CLOSE,
}
_ICON_BUTTON = (
    "grid size-7 shrink-0 place-items-center rounded-md text-ink2 hover:bg-hover "
    "aria-disabled:text-ink3 aria-disabled:opacity-40 max-sm:size-9"
)
_CLASS_NAMES = {
    # Below the button, or on a narrow screen at the bottom, as the menu of filters.
    "dialog": "!m-0 !p-0 w-72 overflow-hidden sm:top-[var(--menu-top)] "
    "sm:!left-[var(--menu-left)] sm:right-auto sm:bottom-auto sm:backdrop:!bg-transparent "
    "sm:!shadow-lg max-sm:top-auto max-sm:!w-full max-sm:!max-w-none max-sm:inset-x-0 "
    "max-sm:bottom-0 max-sm:!rounded-b-none max-sm:!border-x-0 max-sm:!border-b-0",
    "inside": "flex max-h-[min(38rem,calc(100dvh-var(--menu-top,0px)-0.5rem))] flex-col "
    "max-sm:max-h-[85dvh]",
    "head": "flex items-center border-b border-line py-1.5 ps-3.5 pe-2",
    "title": "min-w-0 flex-1 text-small font-semibold",
    "close": _ICON_BUTTON,
    "list": "min-h-0 flex-1 overflow-y-auto overscroll-contain p-1",
    "item": "flex min-h-8 items-center rounded-md ps-1 pe-0.5 hover:bg-hover "
    "data-[over]:shadow-[inset_0_2px_var(--accent)] max-sm:min-h-10",
    "grip": "w-5 shrink-0 cursor-grab text-ink3 max-sm:hidden",
    "check": "flex min-h-8 min-w-0 flex-1 cursor-pointer items-center gap-2 max-sm:ps-1.5",
    "note": "text-fine text-ink3",
    "move": _ICON_BUTTON,
    "hint": "border-t border-line px-3.5 py-2 text-fine text-ink3",
    "refusal": "px-3.5 py-2 text-fine font-medium text-bad empty:hidden",
    "foot": "grid shrink-0 gap-3 border-t border-line p-3",
    "densities": "min-w-0",
    "legend": "pb-1.5 text-fine text-ink2",
    "choices": "grid grid-cols-3 overflow-hidden rounded-lg border border-line",
    "choice": "grid min-h-8 cursor-pointer place-items-center border-s border-line px-1 text-fine "
    "first:border-s-0 hover:bg-hover has-[:checked]:bg-accent-soft has-[:checked]:font-semibold "
    "has-[:checked]:text-accent-text has-[:focus-visible]:outline-2 "
    "has-[:focus-visible]:-outline-offset-2 has-[:focus-visible]:outline-accent",
    "reset": f"{BUTTON} w-full",
}
_HEAD_TEXTS = {
    "width": messages.COLUMN_WIDTH,
    "pixels": messages.COLUMN_PIXELS,
    "resize": messages.RESIZE_COLUMN,
}
_HEAD_CLASS_NAMES = {
    "heading": f"group/th {HEADING}",
    "sort": "-ms-1.5 inline-flex max-w-full items-center gap-1 rounded-md px-1.5 py-1 "
    "hover:text-ink",
    "separator": "column-edge",
}


def _text_spec(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


class _ColumnsButton(rx.Component):
    library = _BUTTON
    tag = "ColumnsButton"

    first: rx.Var[str]
    stored: rx.Var[str]
    offered: rx.Var[list[str]]
    read: rx.Var[list[str]]
    answered: rx.Var[int]
    refusal: rx.Var[str]
    note: rx.Var[str]
    live: rx.Var[dict[str, Any]]
    rows: rx.Var[list[Any]]
    labels: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    on_save: rx.EventHandler[_text_spec]
    on_refresh: rx.EventHandler[rx.event.no_args_event_spec]


class _LayoutTable(rx.Component):
    library = _TABLE
    tag = "LayoutTable"

    first: rx.Var[str]
    role: rx.Var[str]
    aria_busy: rx.Var[str]


class _LayoutRow(rx.Component):
    library = _TABLE
    tag = "LayoutRow"

    first: rx.Var[str]
    role: rx.Var[str]
    cells: rx.Var[dict[str, Any]]
    labels: rx.Var[dict[str, str]]


class _Headings(rx.Component):
    library = _TABLE
    tag = "Headings"

    first: rx.Var[str]
    sort: rx.Var[str]
    descending: rx.Var[bool]
    sortable: rx.Var[list[str]]
    labels: rx.Var[dict[str, str]]
    course_label: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    class_names: rx.Var[dict[str, str]]
    on_sort: rx.EventHandler[_text_spec]


def course_label() -> Any:
    """Return the heading of the column of courses, or of learning paths."""
    is_path = Ledger.kind == Kind.PATHS.value
    return rx.cond(is_path, Kind.PATHS.heading, Kind.COURSES.heading)


def first_column(*, of_learner: bool) -> str:
    """Return the column that names the rows: the course on a learner's own page."""
    return ColumnKey.COURSE.value if of_learner else ColumnKey.LEARNER.value


def columns_button(*, of_learner: bool = False) -> rx.Component:
    """Return the button that opens the dialog of columns."""
    return _ColumnsButton.create(
        icon("columns_3", 15),
        rx.el.span(messages.COLUMNS, class_name="max-sm:sr-only"),
        first=first_column(of_learner=of_learner),
        stored=ShownLayout.stored,
        offered=ShownLayout.offered,
        read=ShownLayout.read,
        answered=ShownLayout.answered,
        refusal=ShownLayout.refusal,
        note=rx.cond(Ledger.as_of != "", messages.COLUMNS_OF_PAST_DAY, ""),
        live=Live.rows,
        rows=Ledger.rows,
        labels={**LABELS, ColumnKey.COURSE.value: course_label()},
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
        on_save=LedgerColumns.save,
        on_refresh=LedgerColumns.refresh,
        class_name=f"{BUTTON} max-sm:!px-2",
    )


def layout_table(*children: Any, of_learner: bool, **props: Any) -> rx.Component:
    """Return a table that shows the columns of the layout."""
    return _LayoutTable.create(*children, first=first_column(of_learner=of_learner), **props)


def layout_row(*children: Any, of_learner: bool, **props: Any) -> rx.Component:
    """Return a row of it: its cells have the attribute `data-column`.

    Args:
        children: its cells, in any order.
        of_learner: whether it is on a learner's own page.
        props: `cells`, those of further columns, and attributes.
    """
    first = first_column(of_learner=of_learner)
    return _LayoutRow.create(*children, first=first, labels=LABELS, **props)


def layout_headings(
    *,
    of_learner: bool,
    sort: Any = Ledger.sort,
    descending: Any = Ledger.descending,
    course: Any = None,
) -> rx.Component:
    """Return the headings of its columns.

    Args:
        of_learner: whether it is on a learner's own page.
        sort: the column that it is sorted by.
        descending: whether it is sorted downwards.
        course: the heading of the column of courses, or of learning paths.
    """
    return _Headings.create(
        first=first_column(of_learner=of_learner),
        sort=sort,
        descending=descending,
        sortable=[key.value for key in SortKey],
        labels=LABELS,
        course_label=course_label() if course is None else course,
        texts=_HEAD_TEXTS,
        class_names=_HEAD_CLASS_NAMES,
        on_sort=Ledger.sort_by,
    )
