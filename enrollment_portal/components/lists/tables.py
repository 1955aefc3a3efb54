"""The table of all list pages: headings, placeholders, failures, and the pager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from enrollment_portal.components.lists.row_keys import row_keys
from enrollment_portal.components.ui.first_text import first_text
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    CARD,
    NAME_LINE,
    SECOND_LINE,
    avatar,
    failure,
    icon,
    page_link,
)
from enrollment_portal.components.ui.short_notices import announcer

_CELL = "min-w-0 px-3.5 whitespace-nowrap"
HEADING = "px-3.5 py-1.5 text-start text-xs font-semibold text-ink3"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `key` is a class of its cells, by which the stylesheet may size and place them. `width` is a CSS
    width; columns without one share what is left. `align` may be "end", for numbers.
    """

    key: str
    label: str
    width: str = ""
    align: str = ""

    @property
    def _classes(self) -> str:
        return f"{self.key} text-end tabular-nums" if self.align else self.key


def _label(text: Any) -> rx.Component:
    """Return the label of a value, shown where its column has no heading in view."""
    return rx.el.span(text, class_name="label")


def cell(
    *children: Any,
    column: Column,
    class_name: Any = "",
    names_row: bool = False,
    label: Any = None,
    **props: Any,
) -> rx.Component:
    """Return a cell of a row, or the heading that names the row.

    Args:
        children: what it shows. Where that is one empty element, a stacked row leaves it out.
        column: that it is in.
        class_name: further classes.
        names_row: whether it is the row's heading, which needs no label.
        label: of the value in a stacked row; the column's by default, "" for none.
        props: of the element.
    """
    classes = [f"{_CELL} {column._classes}", class_name]
    if names_row:
        classes[0] += " text-start font-normal"
        return rx.el.th(*children, role="rowheader", scope="row", class_name=classes, **props)
    text = column.label if label is None else label
    labels = () if isinstance(text, str) and not text else (_label(text),)
    return rx.el.td(*labels, *children, role="cell", class_name=classes, **props)


def text_cell(
    value: rx.Var[str], *, column: Column, class_name: str = "text-ink2", **props: Any
) -> rx.Component:
    """Return a cell of one text; on a wide screen, where it is cut off, its title has all of it."""
    return cell(
        rx.el.span(value),
        column=column,
        class_name=f"truncate {class_name}",
        title=value,
        **props,
    )


def plain_heading(column: Column) -> rx.Component:
    """Return a heading that does not sort."""
    return rx.el.th(
        column.label,
        role="columnheader",
        scope="col",
        class_name=f"{column.key} {HEADING}" + (" !text-end" if column.align else ""),
        **({"style": {"width": column.width}} if column.width else {}),
    )


def table_row(
    *cells: Any,
    is_link: bool = True,
    class_name: Any = "",
    element: Callable[..., rx.Component] = rx.el.tr,
    **props: Any,
) -> rx.Component:
    """Return a row; if its first cell is a `link_cell`, the whole row opens that link.

    Args:
        cells: of the row.
        is_link: whether the row is one.
        class_name: further classes.
        element: makes it of its cells.
        props: of the element.
    """
    hover = "row border-b border-line2 last:border-b-0 hover:bg-hover"
    classes = hover if is_link else hover.removesuffix(" hover:bg-hover")
    return element(
        *cells,
        role="row",
        class_name=classes if isinstance(class_name, str) else [classes, class_name],
        **props,
    )


def link_cell(
    *,
    column: Column,
    label: rx.Var[str],
    to: Any,
    second: rx.Var[str] | None = None,
    initials: rx.Var[str] | None = None,
    tone: rx.Var[int] | None = None,
    **props: Any,
) -> rx.Component:
    """Return a row's first cell: a name that links to the row's page, and what belongs to it.

    Painting a page is mostly the layout of its rows, so a cell holds as few boxes as it can:
    text stands in the cell itself, and floats take the place of flex boxes.

    Args:
        column: of the table.
        label: the name.
        to: the path of the row's page.
        second: a second line; the name stands in the middle where it is "".
        initials: of a person's avatar, with its tone.
        tone: of the avatar.
        props: of the cell.
    """
    picture = (
        ()
        if initials is None or tone is None
        else (
            avatar(
                initials=initials,
                tone=tone,
                # It floats beside all lines.
                class_name="float-start mt-0.75 me-2.5",
            ),
        )
    )
    alone = "leading-8.5" if initials is not None else ""
    lines = (
        ()
        if second is None
        else (rx.el.div(second, title=second, class_name=f"min-h-4.75 {SECOND_LINE} empty:hidden"),)
    )
    return cell(
        *picture,
        page_link(
            label,
            to=to,
            title=label,
            # A drag over it selects its text.
            custom_attrs={"draggable": "false"},
            class_name=[
                f"row-link block {NAME_LINE} font-medium text-ink",
                # Without a second line, the name stands in the middle of its row.
                alone if second is None else rx.cond(second == "", alone, ""),
            ],
        ),
        *lines,
        column=column,
        names_row=True,
        # Visible only if the text has more lines than the row.
        class_name="py-1.25",
        **props,
    )


@dataclass(frozen=True)
class Selecting:
    """The first column of a table whose rows can be selected: a checkbox for each."""

    heading: Any
    """The heading's cell, if rows can be selected now."""
    bone: Any
    """The cell in a row while the rows are loaded."""


@dataclass(frozen=True)
class Sorting:
    """The controls that sort a table, and those that select its rows."""

    headings: Sequence[rx.Component]
    select: rx.Component
    """What stands in for the headings where the rows are stacked."""
    table: Callable[..., rx.Component] = rx.el.table
    """Makes the table of its caption, headings and rows."""
    row: Callable[..., rx.Component] = rx.el.tr
    """Makes a row of its cells while the rows are loaded."""
    selecting: Selecting | None = None
    """The column of checkboxes of a table whose rows can be selected."""


def _bones(columns: Sequence[Column], sorting: Sorting | None) -> rx.Component:
    first, *others = columns
    selecting = None if sorting is None else sorting.selecting

    def of(column: Column) -> dict[str, Any]:
        return {"column": column, "custom_attrs": {"data-column": column.key}}

    row = table_row(
        *(() if selecting is None else (selecting.bone,)),
        cell(
            rx.el.div(class_name="bone h-3 w-32"),
            rx.el.div(class_name="bone mt-1.5 h-2.5 w-44 max-w-full"),
            label="",
            **of(first),
        ),
        *(
            cell(rx.el.div(class_name="bone h-3 w-20 max-w-full"), label="", **of(column))
            for column in others
        ),
        is_link=False,
        element=rx.el.tr if sorting is None else sorting.row,
    )
    return rx.el.tbody(
        *([row] * 14), role="rowgroup", aria_hidden="true", custom_attrs={"data-first": "rows"}
    )


def data_table(
    *,
    state: Any,
    caption: Any,
    columns: Sequence[Column],
    row: Callable[[Any, Any], rx.Component],
    nothing: rx.Component,
    sorting: Sorting | None = None,
    stacks: Literal["below-45", "below-54", "below-62"] = "below-45",
    panel: dict[str, Any] | None = None,
) -> rx.Component:
    """Return a list page's table, or its placeholder while it loads, is empty, or has failed.

    Where it is too narrow for its columns, its rows are stacked: each value is on a line of its
    row, with its label, and there are no headings.

    Args:
        state: has `phase`, `rows` and `try_again`.
        caption: what the table lists.
        columns: in their order; the first one names the row.
        row: makes a row from its view and its number; a memo with `key`.
        nothing: what stands there without rows.
        sorting: its headings and select, where it can be sorted, and its checkboxes.
        stacks: below what width of the table, in rem, its rows are stacked.
        panel: attributes of the card around it.
    """
    plain = [plain_heading(column) for column in columns]
    selecting = None if sorting is None else sorting.selecting
    headings = [*(plain if sorting is None else sorting.headings)]
    if selecting is not None:
        headings.insert(0, selecting.heading)
    make_table = rx.el.table if sorting is None else sorting.table
    is_loading = state.phase == "loading"
    return rx.el.div(
        row_keys(rows=state.rows, is_ready=state.phase == "ready"),
        *(() if sorting is None else (sorting.select,)),
        rx.cond(
            state.phase == "failed",
            failure(on_retry=state.try_again),
            rx.cond(
                ~is_loading & (state.rows.length() == 0),
                nothing,
                # The roles stay where the stylesheet changes how the elements are displayed.
                make_table(
                    rx.el.caption(caption, class_name="sr-only"),
                    rx.el.thead(
                        rx.el.tr(*headings, role="row", custom_attrs={"data-first": "headings"}),
                        role="rowgroup",
                    ),
                    rx.cond(
                        is_loading,
                        _bones(columns, sorting),
                        rx.el.tbody(rx.foreach(state.rows, row), role="rowgroup"),
                    ),
                    role="table",
                    aria_busy=rx.cond(is_loading, "true", "false"),
                    class_name=f"ledger {stacks}",
                ),
            ),
        ),
        # Clipped, not hidden: the headings stay in view while the page is scrolled.
        class_name=f"{CARD} list overflow-clip",
        **(panel or {}),
    )


def _turn(state: Any, label: str, mark: str, to: str, is_there: rx.Var) -> rx.Component:
    is_wide = to in ("previous", "next")
    text = rx.el.span(label, class_name="sr-only sm:not-sr-only" if is_wide else "sr-only")
    return rx.el.button(
        *((text, icon(mark, 15)) if to == "next" else (icon(mark, 15), text)),
        type="button",
        title=label,
        # Not `disabled`: it was perhaps pressed just now, and keeps the focus.
        aria_disabled=rx.cond(is_there, "false", "true"),
        on_click=state.turn(to),
        class_name=f"{BUTTON} !px-2.5",
    )


def pager(*, state: Any, span: Any = None, announcement: Any = None) -> rx.Component:
    """Return which rows of how many are shown, and the links to other pages.

    Args:
        state: has `turn`, `has_previous`, `has_next`, `rows` and `phase`.
        span: which rows are shown; the state's by default.
        announcement: of an act that changed the rows; the state's by default.
    """
    shown = state.span if span is None else span
    return rx.el.nav(
        first_text(
            shown,
            name="span",
            element="p",
            class_name="min-h-5 text-small text-ink3 tabular-nums",
        ),
        announcer(state.announcement if announcement is None else announcement),
        rx.el.div(
            _turn(state, "First", "chevrons_left", "first", state.has_previous),
            _turn(state, "Previous", "chevron_left", "previous", state.has_previous),
            _turn(state, "Next", "chevron_right", "next", state.has_next),
            _turn(state, "Last", "chevrons_right", "last", state.has_next),
            # There is no other page; it keeps its space, so that the page does not move.
            class_name=[
                "flex gap-1.5",
                rx.cond((state.phase != "loading") & (state.rows.length() == 0), "invisible", ""),
            ],
        ),
        aria_label="Pages",
        class_name="pager no-print flex items-center justify-between gap-3 px-0.5 py-3",
    )
