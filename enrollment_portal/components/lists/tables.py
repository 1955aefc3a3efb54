"""The table of all list pages: headings, placeholders, failures, and the pager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from enrollment_portal.components.lists.row_keys import row_keys
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

_CELL = "min-w-0 px-3.5 whitespace-nowrap"
HEADING = "px-3.5 py-1.5 text-start text-xs font-semibold text-ink3"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `key` is a class of its heading, by which the stylesheet may size it. `shown` says from what
    width on it is shown: always, "on-wide" or "on-widest". `width` is a CSS width; columns without
    one share what is left. `align` may be "end", for numbers.
    """

    key: str
    label: str
    shown: str = ""
    width: str = ""
    align: str = ""

    @property
    def classes(self) -> str:
        """The classes of the column's heading."""
        return f"{self.key} {self.shown}".rstrip()


def cell(
    *children: Any, column: Column, class_name: Any = "", names_row: bool = False, **props: Any
) -> rx.Component:
    """Return a cell of a row, or the heading that names the row."""
    classes = f"{_CELL} {column.shown}".rstrip() + (" text-end tabular-nums" * bool(column.align))
    if names_row:
        classes += " text-start font-normal"
        return rx.el.th(*children, scope="row", class_name=[classes, class_name], **props)
    return rx.el.td(*children, class_name=[classes, class_name], **props)


def plain_heading(column: Column) -> rx.Component:
    """Return a heading that does not sort."""
    return rx.el.th(
        column.label,
        scope="col",
        class_name=f"{column.classes} {HEADING}" + (" !text-end" if column.align else ""),
        **({"style": {"width": column.width}} if column.width else {}),
    )


def table_row(
    *cells: Any, is_link: bool = True, class_name: Any = "", **props: Any
) -> rx.Component:
    """Return a row; if its first cell is a `link_cell`, the whole row opens that link."""
    hover = "row border-b border-line2 last:border-b-0 hover:bg-hover"
    classes = hover if is_link else hover.removesuffix(" hover:bg-hover")
    return rx.el.tr(
        *cells,
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
    phone: Sequence[Any] = (),
) -> rx.Component:
    """Return a row's first cell: a name that links to the row's page, and what belongs to it.

    Painting a page is mostly the layout of its rows, so a cell holds as few boxes as it can:
    text stands in the cell itself, and floats take the place of flex boxes.

    Args:
        column: of the table.
        label: the name.
        to: the path of the row's page.
        second: a second line, on wide screens; the name stands in the middle where it is "".
        initials: of a person's avatar, with its tone.
        tone: of the avatar.
        phone: the lines that say, on a phone, what the hidden columns say.
    """
    # It floats beside all lines.
    below = "mb-9.5" if len(phone) > 2 else "mb-4"
    picture = (
        ()
        if initials is None or tone is None
        else (
            avatar(
                initials=initials,
                tone=tone,
                class_name=f"float-start mt-0.75 me-2.5 {below} md:mb-0",
            ),
        )
    )
    alone = "md:leading-8.5" if initials is not None else ""
    lines = (
        () if second is None else (rx.el.div(second, class_name=f"on-wide h-4.75 {SECOND_LINE}"),)
    )
    return cell(
        *picture,
        page_link(
            label,
            to=to,
            # A drag over it selects its text.
            custom_attrs={"draggable": "false"},
            class_name=[
                # On a phone, where little room is left, a name may take a second line.
                f"row-link block {NAME_LINE} font-medium text-ink max-md:line-clamp-2 "
                "max-md:break-words max-md:whitespace-normal",
                # Without a second line, the name stands in the middle of its row.
                alone if second is None else rx.cond(second == "", alone, ""),
            ],
        ),
        *lines,
        *(rx.el.div(line, class_name=f"on-phone {SECOND_LINE}") for line in phone),
        column=column,
        names_row=True,
        # Visible only if the text has more lines than the row.
        class_name="py-1.25",
    )


def _bones(columns: Sequence[Column]) -> rx.Component:
    first, *others = columns
    row = table_row(
        cell(
            rx.el.div(class_name="bone h-3 w-32"),
            rx.el.div(class_name="bone mt-1.5 h-2.5 w-44 max-w-full"),
            column=first,
        ),
        *(cell(rx.el.div(class_name="bone h-3 w-20 max-w-full"), column=c) for c in others),
        is_link=False,
    )
    return rx.el.tbody(*([row] * 14), aria_hidden="true")


def data_table(
    *,
    state: Any,
    caption: Any,
    columns: Sequence[Column],
    row: Callable[[Any, Any], rx.Component],
    nothing: rx.Component,
    headings: Sequence[rx.Component] | None = None,
    rows: Any = None,
    panel: dict[str, Any] | None = None,
) -> rx.Component:
    """Return a list page's table, or its placeholder while it loads, is empty, or has failed.

    Args:
        state: has `phase`, `rows` and `try_again`.
        caption: what the table lists.
        columns: in their order; the first one names the row.
        row: makes a row from its view and its number; a memo with `key`.
        nothing: what stands there without rows.
        headings: in place of plain ones, where they sort.
        rows: in place of the state's `rows`.
        panel: attributes of the card around it.
    """
    shown = state.rows if rows is None else rows
    is_loading = state.phase == "loading"
    return rx.el.div(
        row_keys(rows=shown, is_ready=state.phase == "ready"),
        rx.cond(
            state.phase == "failed",
            failure(on_retry=state.try_again),
            rx.cond(
                ~is_loading & (shown.length() == 0),
                nothing,
                rx.el.table(
                    rx.el.caption(caption, class_name="sr-only"),
                    rx.el.thead(
                        rx.el.tr(
                            *(headings or [plain_heading(column) for column in columns]),
                        ),
                    ),
                    rx.cond(is_loading, _bones(columns), rx.el.tbody(rx.foreach(shown, row))),
                    aria_busy=rx.cond(is_loading, "true", "false"),
                    class_name="ledger",
                ),
            ),
        ),
        # Clipped, not hidden: the headings stay in view while the page is scrolled.
        class_name=f"{CARD} overflow-clip",
        **(panel or {}),
    )


def _turn(state: Any, label: str, mark: str, to: str, is_there: rx.Var) -> rx.Component:
    is_wide = to in ("previous", "next")
    text = rx.el.span(label, class_name="sr-only sm:not-sr-only" if is_wide else "sr-only")
    return rx.el.button(
        *((text, icon(mark, 15)) if to == "next" else (icon(mark, 15), text)),
        type="button",
        title=label,
        disabled=~is_there,
        on_click=state.turn(to),
        class_name=f"{BUTTON} !px-2.5",
    )


def pager(*, state: Any) -> rx.Component:
    """Return which rows of how many are shown, and the links to other pages."""
    return rx.el.nav(
        rx.el.p(
            state.span,
            aria_live="polite",
            class_name="min-h-5 text-small text-ink3 tabular-nums",
        ),
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
        class_name="no-print flex items-center justify-between gap-3 px-0.5 py-3",
    )
