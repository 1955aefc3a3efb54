"""Select rows of the ledger: a checkbox for each and for the page, and the bar above."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import BUTTON, PRIMARY
from enrollment_portal.domain.bulk import messages
from enrollment_portal.state.bulk.copying import CopyAnswer, CopyingRows

_ROWS = browser_module(__file__, "select_rows.jsx")
_COPY = browser_module(__file__, "copy_rows.jsx")
_BAR = browser_module(__file__, "selection_bar.jsx")
_BOX = "grid h-full min-h-6 cursor-pointer place-items-center [&>input]:cursor-pointer"
_TEXTS = {
    "selection": messages.SELECTION,
    "selected": {"one": messages.SELECTED_ONE, "other": messages.SELECTED_SEVERAL},
    "all": {"other": messages.SELECTED_ALL},
    "among": messages.SELECTED_IN,
    "page": messages.SELECT_THIS_PAGE,
    "matching": {"other": messages.SELECT_MATCHING},
    "change": messages.CHANGE_SELECTED,
    "clear": messages.CLEAR_SELECTION,
    "cleared": messages.SELECTION_CLEARED,
    "otherRows": messages.OTHER_ROWS,
    "close": messages.CLOSE,
}
_COPY_TEXTS = {
    "copy": messages.COPY_SELECTED,
    "hint": messages.COPY_HINT,
    "copied": {"one": messages.COPIED_ONE, "other": messages.COPIED_SEVERAL},
    "cannot": messages.CANNOT_COPY,
    "mayNot": messages.MAY_NOT_COPY,
    "noAnswer": messages.NO_ANSWER_TO_COPY,
}
_CLASS_NAMES = {
    "bar": "selection-bar no-print flex flex-wrap items-center justify-between gap-x-4 gap-y-2 "
    "rounded-xl border border-accent bg-accent-soft px-3.5 py-2",
    "count": "min-w-0 font-medium break-words text-accent-text",
    "acts": "flex flex-wrap gap-2",
    "button": f"{BUTTON} max-sm:!px-2 max-sm:text-small",
    "primary": PRIMARY,
}


class _SelectRow(rx.Component):
    library = _ROWS
    tag = "SelectRow"

    row: rx.Var[int]
    learner: rx.Var[str]
    course: rx.Var[str]
    text: rx.Var[str]


class _SelectPage(rx.Component):
    library = _ROWS
    tag = "SelectPage"

    rows: rx.Var[list[Any]]
    text: rx.Var[str]


class _SelectionBar(rx.Component):
    library = _BAR
    tag = "SelectionBar"

    scope: rx.Var[str]
    rows: rx.Var[list[Any]]
    total: rx.Var[str]
    filters: rx.Var[list[str]]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]


def _copy_spec(
    ticket: rx.Var[int], selected: rx.Var[dict[str, Any]]
) -> tuple[rx.Var[int], rx.Var[dict[str, Any]]]:
    return (ticket, selected)


class _CopyRows(rx.Component):
    library = _COPY
    tag = "CopyRows"

    answer: rx.Var[CopyAnswer]
    texts: rx.Var[dict[str, Any]]
    on_copy: rx.EventHandler[_copy_spec]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def select_cell(*, id: Any, learner: Any, course: Any) -> rx.Component:
    """Return the cell of a row with its checkbox."""
    return rx.el.td(
        _SelectRow.create(
            row=id, learner=learner, course=course, text=messages.SELECT_ROW, class_name=_BOX
        ),
        role="cell",
        class_name="select no-print",
    )


def select_heading(*, rows: Any) -> rx.Component:
    """Return the heading of the checkboxes, which selects all rows of the page."""
    return rx.el.th(
        _SelectPage.create(rows=rows, text=messages.SELECT_PAGE, class_name=_BOX),
        role="columnheader",
        scope="col",
        class_name="select no-print",
    )


def select_bone() -> rx.Component:
    """Return an empty cell in the column of checkboxes, for a row that is being loaded."""
    return rx.el.td(role="cell", class_name="select no-print")


def selection_bar(*, scope: Any, rows: Any, total: Any, filters: Any) -> rx.Component:
    """Return the bar that says how many rows are selected, with what can be done to them.

    Args:
        scope: what is selected among; another text for other rows.
        rows: of the page.
        total: how many rows match, as text.
        filters: what they are filtered by, in words; "" for what is not set.
    """
    return _SelectionBar.create(
        _CopyRows.create(
            answer=CopyingRows.answer,
            texts=_COPY_TEXTS,
            on_copy=CopyingRows.load_rows,
            on_end=CopyingRows.end,
            class_name=_CLASS_NAMES["button"],
        ),
        scope=scope,
        rows=rows,
        total=total,
        filters=filters,
        texts=_TEXTS,
        class_names=_CLASS_NAMES,
    )
