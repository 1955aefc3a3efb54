"""Changing the deadline of an enrollment in its row of the ledger."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.history.history_card import undo_button
from enrollment_portal.components.ui.dialogs import MENU
from enrollment_portal.components.ui.pieces import INPUT, PRIMARY, icon
from enrollment_portal.domain.history.messages import can_be_reversed
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.row_deadline import RowDeadline

_DIALOG = browser_module(__file__, "row_deadline.jsx")
_TEXTS = {
    "title": messages.DEADLINE_OF,
    "date": messages.NEW_DATE,
    "steps": messages.DEADLINE_STEPS,
    "clear": messages.CLEAR_DEADLINE,
    "save": messages.SAVE_DEADLINE,
    "saving": messages.SAVING_DEADLINE,
}
_CLASS_NAMES = {
    "dialog": MENU,
    "form": "grid gap-1 p-3.5",
    "title": "mb-1.5 text-small font-semibold break-words",
    "label": "text-fine leading-4 text-ink2",
    "line": "flex gap-2",
    "input": f"{INPUT} h-8 min-w-0 flex-1 !px-2 !py-1",
    "primary": PRIMARY,
    "error": "text-small font-medium break-words text-bad empty:hidden",
    "steps": "-mx-1.5 mt-1.5 -mb-1.5 grid border-t border-line pt-1.5",
    "step": "flex min-h-8 items-center justify-between gap-3 rounded-md px-2.5 py-1 text-start "
    "!-outline-offset-2 hover:bg-accent-soft max-sm:min-h-10",
    "stepDate": "text-small text-ink3 tabular-nums",
}


def _open_spec(day: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (day,)


def _save_spec(
    id: rx.Var[int], version: rx.Var[int], typed: rx.Var[str], key: rx.Var[str]
) -> tuple[rx.Var[int], rx.Var[int], rx.Var[str], rx.Var[str]]:
    return (id, version, typed, key)


def _move_spec(
    id: rx.Var[int], version: rx.Var[int], day: rx.Var[str], step: rx.Var[str], key: rx.Var[str]
) -> tuple[rx.Var[int], rx.Var[int], rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (id, version, day, step, key)


class _RowDeadline(rx.Component):
    library = _DIALOG
    tag = "RowDeadline"

    steps: rx.Var[dict[str, str]]
    error: rx.Var[str]
    version: rx.Var[int]
    answered: rx.Var[int]
    saved: rx.Var[int]
    texts: rx.Var[dict[str, Any]]
    class_names: rx.Var[dict[str, str]]
    on_open: rx.EventHandler[_open_spec]
    on_save: rx.EventHandler[_save_spec]
    on_move: rx.EventHandler[_move_spec]


def deadline_button(*, row: Any, version: Any, deadline: Any, course: Any) -> rx.Component:
    """Return the button in a row that shows the deadline and changes it.

    Args:
        row: the row's view.
        version: that the row shows.
        deadline: that it shows.
        course: as the row names it.
    """
    return rx.el.button(
        deadline.date,
        type="button",
        aria_haspopup="dialog",
        aria_label=rx.cond(
            deadline.date != "",
            messages.change_deadline(deadline.date, row.name, course),
            messages.set_deadline(row.name, course),
        ),
        custom_attrs={
            "data-edit-deadline": row.id.to(str),
            "data-version": version.to(str),
            "data-day": deadline.iso,
            "data-learner": row.name,
            "data-course": course,
        },
        class_name="deadline-edit",
    )


def row_deadline() -> rx.Component:
    """Return the dialog that changes a row's deadline, and the message about what it did."""
    return rx.fragment(
        _RowDeadline.create(
            steps=RowDeadline.steps,
            error=RowDeadline.error,
            version=RowDeadline.version,
            answered=RowDeadline.answered,
            saved=RowDeadline.saved,
            texts=_TEXTS,
            class_names=_CLASS_NAMES,
            on_open=RowDeadline.show_steps,
            on_save=RowDeadline.save,
            on_move=RowDeadline.move,
        ),
        _notice(),
    )


def _notice() -> rx.Component:
    """Return what was done, with the button that undoes it; over the end of the page."""
    message, refusal = RowDeadline.message, RowDeadline.refusal
    label = rx.cond(RowDeadline.offers_redo, messages.REDO_DEADLINE, messages.UNDO_DEADLINE).to(str)
    is_shown = (message != "") | (refusal != "")
    return rx.el.div(
        rx.el.div(
            # With an offer, that is announced together with it: by then the dialog is closed.
            rx.el.div(
                rx.el.p(message, class_name="break-words empty:hidden"),
                role=rx.cond(RowDeadline.offer == "", "status", "note"),
                class_name="min-w-0",
            ),
            rx.el.div(
                rx.el.p(refusal, class_name="font-medium break-words text-bad empty:hidden"),
                role="alert",
                class_name="min-w-0 empty:hidden",
            ),
            undo_button(
                since=RowDeadline.offer,
                on_click=RowDeadline.undo,
                label=label,
                announcement=message + " " + can_be_reversed(label),
            ),
            rx.cond(
                is_shown,
                rx.el.button(
                    icon("x", 14),
                    rx.el.span(messages.CLOSE_NOTICE, class_name="sr-only"),
                    type="button",
                    title=messages.CLOSE_NOTICE,
                    on_click=RowDeadline.dismiss,
                    data_focus_next="#ledger a.row-link",
                    class_name="grid size-7 shrink-0 place-items-center rounded-md text-ink2 "
                    "hover:bg-hover",
                ),
            ),
            class_name=rx.cond(
                is_shown,
                "appears pointer-events-auto flex max-w-full items-center gap-3 rounded-xl "
                "border border-line bg-panel py-1.5 ps-4 pe-1.5 shadow-lg",
                "sr-only",
            ),
        ),
        class_name="no-print pointer-events-none fixed inset-x-3 bottom-16 z-20 flex "
        "justify-center",
    )
