"""Modal dialogs, and where the focus goes when they close."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import BUTTON, PANEL_TITLE, PRIMARY

_DIALOG = browser_module(__file__, "dialog.jsx")

MENU = (
    "!m-0 !p-0 w-80 overflow-hidden sm:top-[var(--menu-top)] sm:!left-[var(--menu-left)] "
    "sm:right-auto sm:bottom-auto sm:backdrop:!bg-transparent sm:!shadow-lg max-sm:top-auto "
    "max-sm:!w-full max-sm:!max-w-none max-sm:inset-x-0 max-sm:bottom-0 max-sm:!rounded-b-none "
    "max-sm:!border-x-0 max-sm:!border-b-0"
)
"""The classes of a dialog below what opened it (place_below.js), or on a narrow screen at the
bottom; over the classes of other dialogs."""


class Modal(rx.Component):
    """A dialog that is open while `is_open` says so; `title` is the id of its heading."""

    library = _DIALOG
    tag = "Modal"

    is_open: rx.Var[bool]
    title: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def modal(
    *children: Any, heading: Any, id: str, is_open: Any, on_close: Any, class_name: str = ""
) -> rx.Component:
    """Return a modal dialog.

    Args:
        children: its content, its buttons included.
        heading: its title.
        id: of its heading.
        is_open: whether it is open.
        on_close: called on Escape.
        class_name: classes for its width.
    """
    return Modal.create(
        rx.el.h2(heading, id=id, class_name=PANEL_TITLE),
        *children,
        is_open=is_open,
        on_close=on_close,
        title=id,
        class_name=class_name,
    )


def confirm_dialog(
    *text: Any,
    heading: Any,
    id: str,
    is_open: Any,
    on_close: Any,
    on_confirm: Any,
    confirm_label: Any,
    cancel_label: Any = "Cancel",
) -> rx.Component:
    """Return a dialog that confirms an act; see `modal` for the other arguments.

    Args:
        text: what will happen.
        on_confirm: does it, and closes the dialog.
        confirm_label: the label of the button that does it.
        cancel_label: the label of the button that does not, which has the focus.
    """
    return modal(
        rx.el.div(*text, class_name="mt-1 break-words text-ink2"),
        rx.el.div(
            # A dialog focuses its first focusable element.
            rx.el.button(cancel_label, type="button", on_click=on_close, class_name=BUTTON),
            rx.el.button(confirm_label, type="button", on_click=on_confirm, class_name=PRIMARY),
            class_name="mt-5 flex flex-wrap justify-end gap-2",
        ),
        heading=heading,
        id=id,
        is_open=is_open,
        on_close=on_close,
    )
