"""The grading grid: a course's learners as rows, edited like a spreadsheet.

The grid itself is in the browser (`grading_grid.jsx`): it keeps what is being typed, so that typing
never waits for the server. Here are its class names and texts.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, search_box
from enrollment_portal.components.lists.tables import HEADING, pager
from enrollment_portal.components.ui import pieces, status
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    CARD,
    NAME_LINE,
    PRIMARY,
    SECOND_LINE,
    failure,
    notice,
)
from enrollment_portal.components.ui.tabs import tab_button, tab_list
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.teaching import GRID_FIELDS, GradingFilter
from enrollment_portal.domain.pace.messages import NOBODY_IS_STUCK
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import CellView, GradingRowView, RemoteChangeView
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.shared.live import HereView, Live
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import LEDGER_PATH

_GRID = browser_module(__file__, "grading_grid.jsx")

# Inside the cell: the table's edge would cut it.
_FOCUS = "focus-visible:!-outline-offset-2"
_EDITABLE = f"{_FOCUS} relative align-top px-3 py-2 text-small leading-5 border-s border-line2"
# On a phone the learner's cell shows it, so that the grades fit on the screen.
_WIDE = "hidden md:table-cell"
_WRAPS = "max-md:whitespace-normal max-md:wrap-anywhere"
_NOTE = "block text-mini leading-4"
_CLASS_NAMES: dict[str, Any] = {
    "scroller": f"grid-scroller {CARD} overflow-x-auto",
    "table": "w-full min-w-175 md:min-w-240 table-fixed border-collapse",
    "headings": "border-b border-line",
    "heading": HEADING,
    "widths": [
        "sticky start-0 z-[1] bg-panel w-37.5 md:w-55",
        f"{_WIDE} w-34",
        f"{_WIDE} w-39",
        "w-28 md:w-33",
        "",
        "",
    ],
    "row": "h-14.5 border-b border-line2 last:border-b-0",
    "learner": "sticky start-0 z-[1] bg-panel px-3.5 py-2 text-start align-top font-normal",
    "avatar": "float-start me-2.5 mb-2 hidden size-7 shrink-0 rounded-full text-center "
    "text-micro leading-7 font-semibold md:inline-block",
    "tones": pieces.TONE_CLASSES,
    "name": f"{_FOCUS} block {NAME_LINE} {_WRAPS} rounded font-medium text-ink hover:underline",
    "email": f"block {SECOND_LINE} {_WRAPS}",
    "here": f"block truncate text-fine leading-4 font-medium text-warn {_WRAPS}",
    "read_only": "block text-mini leading-4 break-words text-ink2 md:ms-9.5",
    "phone": "block text-mini leading-4 text-ink2 md:hidden",
    "progress": f"{_WIDE} {_FOCUS} px-3.5 py-2 align-top leading-6 whitespace-nowrap",
    "percent": "ms-2 inline-block w-11 text-end text-small text-ink2 tabular-nums",
    "status": f"{_WIDE} {_FOCUS} px-3.5 py-2 align-top",
    "badge": "badge inline-block h-5.5 rounded-full pe-2.5 ps-2 text-fine leading-5.5 "
    "font-medium whitespace-nowrap",
    "statuses": status.STATUS_CLASSES,
    "deadline": "mt-0.5 block text-fine leading-4 text-ink2 tabular-nums",
    "date": "whitespace-nowrap",
    "deadlines": status.DEADLINE_CLASSES,
    "cell": f"{_EDITABLE} cursor-text hover:bg-hover focus:bg-hover",
    "read_only_cell": f"{_EDITABLE} cursor-default text-ink2",
    "invalid": "!bg-bad-soft",
    "text": "block min-h-5 truncate tabular-nums",
    "long": "line-clamp-2 min-h-5 break-words whitespace-pre-wrap",
    "editor": "-mx-2 -my-1 block min-h-7 w-[calc(100%+1rem)] resize-none overflow-hidden rounded "
    "border border-accent bg-bg px-1.75 py-0.75 text-small leading-5 text-ink "
    "outline-2 outline-accent aria-[invalid=true]:border-bad",
    "state": "absolute top-0.5 end-1.5 text-micro leading-4 text-ink2",
    "saved": "appears absolute top-0.5 end-1 rounded bg-ok-soft px-1 text-micro leading-4 text-ok",
    "late": f"{_NOTE} mt-0.5 text-warn",
    "refused": f"{_NOTE} mt-0.5 font-medium text-bad",
    "conflict": f"{_NOTE} mt-1 rounded bg-warn-soft px-2 py-1.5 text-ink",
    "choices": "mt-1.5 flex flex-wrap gap-1.5",
    "choice": "min-h-6 rounded border border-line bg-panel px-2 font-medium hover:bg-hover",
    "actions": "mt-5 flex flex-wrap justify-end gap-2",
    "stay": PRIMARY,
    "leave": BUTTON,
    "question": "font-semibold",
    "explanation": "mt-1 text-ink2",
}
_FIELDS = [
    {
        "name": field.value,
        "label": field.label,
        "is_long": field is not Field.GRADE,
        "class_name": "font-medium" if field is Field.GRADE else "",
    }
    for field in GRID_FIELDS
]
_TEXTS: dict[str, Any] = {
    "columns": ["Learner", "Progress", "Status"],
    "read_only": messages.READ_ONLY,
    "unsaved": messages.UNSAVED_HEADING,
    "about_unsaved": messages.UNSAVED,
}


def _save_spec(
    enrollment: rx.Var[int],
    field: rx.Var[str],
    typed: rx.Var[str],
    version: rx.Var[int],
    ticket: rx.Var[int],
    save_key: rx.Var[str],
) -> tuple[rx.Var[int], rx.Var[str], rx.Var[str], rx.Var[int], rx.Var[int], rx.Var[str]]:
    return (enrollment, field, typed, version, ticket, save_key)


def _undo_spec(
    enrollment: rx.Var[int], field: rx.Var[str], save_key: rx.Var[str], ticket: rx.Var[int]
) -> tuple[rx.Var[int], rx.Var[str], rx.Var[str], rx.Var[int]]:
    return (enrollment, field, save_key, ticket)


def _paste_spec(
    enrollment: rx.Var[int], field: rx.Var[str], clipboard: rx.Var[str]
) -> tuple[rx.Var[int], rx.Var[str], rx.Var[str]]:
    return (enrollment, field, clipboard)


def _undo_batch_spec(batch: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (batch,)


def _attend_spec(
    enrollment: rx.Var[int], is_editing: rx.Var[bool]
) -> tuple[rx.Var[int], rx.Var[bool]]:
    return (enrollment, is_editing)


class GradingGrid(rx.Component):
    """The grid in the browser."""

    library = _GRID
    tag = "GradingGrid"

    rows: rx.Var[list[GradingRowView]]
    cells: rx.Var[dict[str, CellView]]
    changes: rx.Var[dict[str, RemoteChangeView]]
    batches: rx.Var[list[str]]
    fields: rx.Var[list[dict[str, Any]]]
    here: rx.Var[list[HereView]]
    me: rx.Var[int]
    is_connected: rx.Var[bool]
    label: rx.Var[str]
    to: rx.Var[str]
    class_names: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    on_save: rx.EventHandler[_save_spec]
    on_undo: rx.EventHandler[_undo_spec]
    on_undo_batch: rx.EventHandler[_undo_batch_spec]
    on_paste: rx.EventHandler[_paste_spec]
    on_attend: rx.EventHandler[_attend_spec]


def _tabs() -> rx.Component:
    def is_shown(tab: GradingFilter) -> Any:
        shown = Grading.filters["show"]
        return (
            shown == tab.value
            if tab is not GradingFilter.ALL
            else ~Grading.filters.contains("show")
        )

    return tab_list(
        "Learners",
        *(
            tab_button(
                tab.label,
                id=f"tab-{tab.value}",
                is_selected=is_shown(tab),
                on_click=Grading.filter_by("show", "" if tab is GradingFilter.ALL else tab.value),
                controls="grading",
                count=Grading.counts[tab.value],
            )
            for tab in GradingFilter
        ),
        class_name="pt-4",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        Grading.searched != "",
        notice(
            rx.el.button(
                "Clear search",
                type="button",
                on_click=Grading.clear_search,
                data_focus_next="main [data-search]",
                class_name=f"{BUTTON} mt-4",
            ),
            title="No learners match",
            mark="search_x",
        ),
        rx.match(
            Grading.filters["show"],
            (
                GradingFilter.AWAITING.value,
                notice(title="Nobody awaits a grade", mark="circle_check"),
            ),
            (GradingFilter.OVERDUE.value, notice(title="Nobody is overdue", mark="circle_check")),
            (
                GradingFilter.STUCK.value,
                notice(
                    rx.el.p(NOBODY_IS_STUCK, class_name="mt-1"),
                    title="Nobody is stuck",
                    mark="circle_check",
                ),
            ),
            (GradingFilter.COMPLETED.value, notice(title="Nobody has completed this yet")),
            notice(
                rx.el.p("Learners appear here the moment they are enrolled.", class_name="mt-1"),
                title="No learners yet",
            ),
        ),
    )


def _grid() -> rx.Component:
    return rx.cond(
        Grading.rows.length() == 0,
        rx.el.div(_nothing(), class_name=CARD),
        GradingGrid.create(
            rows=Grading.rows,
            cells=Grading.cells,
            changes=Grading.remote_changes,
            batches=Pasting.undoable,
            here=Live.here,
            me=Shell.account_id,
            fields=_FIELDS,
            is_connected=~has_connection_errors,
            label=Grading.course,
            to=LEDGER_PATH,
            class_names=_CLASS_NAMES,
            texts=_TEXTS,
            on_save=Grading.save_cell,
            on_undo=Grading.undo_cell,
            on_undo_batch=Pasting.undo_pasted,
            on_paste=Pasting.paste,
            on_attend=Grading.attend,
        ),
    )


def grading_grid() -> rx.Component:
    """Return a course's grid with its tabs, search and pager."""
    bones = rx.el.div(
        *([rx.el.div(class_name="bone mx-4 my-5 h-3")] * 12),
        role="status",
        aria_label="Loading",
        class_name=f"{CARD} overflow-hidden",
    )
    return rx.fragment(
        page_address(Grading, Grading.path),
        filter_bar(
            search_box(state=Grading, label="Search by learner name or email", landmark="Learners"),
            rx.el.p(Grading.hint, class_name="text-small text-ink2"),
            above=(_tabs(),),
        ),
        rx.el.div(
            rx.match(
                Grading.phase,
                ("ready", _grid()),
                ("failed", rx.el.div(failure(on_retry=Grading.try_again), class_name=CARD)),
                bones,
            ),
            id="grading",
            role="tabpanel",
            aria_label="Learners",
        ),
        pager(state=Grading),
        rx.el.p(
            "Arrow keys move, typing or Enter edits, Escape cancels, Delete clears, Ctrl+Z "
            "undoes. Paste a column from a spreadsheet into the cell where it should start.",
            class_name="text-fine text-ink3",
        ),
    )
