"""What only a browser can do: hold the address, open dialogs, ask before changes are lost."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.pieces import BUTTON, PANEL_TITLE, PRIMARY

_ADDRESS = rx.asset("address.jsx", shared=True)
_CONNECTION = rx.asset("connection.jsx", shared=True)
_PRINT = rx.asset("print_rows.jsx", shared=True)
_DIALOG = rx.asset("dialog.jsx", shared=True)
_MINUTE = rx.asset("for_a_minute.jsx", shared=True)
_UNSAVED = rx.asset("unsaved.jsx", shared=True)
_KEPT = rx.asset("kept_text.jsx", shared=True)
_TYPED = rx.asset("keeps_typed.jsx", shared=True)
_SELECT = rx.asset("remembered_select.jsx", shared=True)


class _PageAddress(rx.Component):
    library = _ADDRESS.importable_path
    tag = "PageAddress"

    path: rx.Var[str]
    search: rx.Var[str]
    pushes: rx.Var[bool]
    is_hydrated: rx.Var[bool]
    on_return: rx.EventHandler[rx.event.no_args_event_spec]


def page_address(state: Any, path: Any) -> rx.Component:
    """Return what keeps the address bar at what a list page shows; it draws nothing.

    Args:
        state: of the list.
        path: of the page.
    """
    return _PageAddress.create(
        path=path,
        search=state.url,
        pushes=state.pushes,
        is_hydrated=rx.State.is_hydrated,
        on_return=state.arrive,
    )


def _ticket_spec(ticket: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (ticket,)


class Connection(rx.Component):
    """Watches the connection in the browser, and says how it stands."""

    library = _CONNECTION.importable_path
    tag = "Connection"

    has_errors: rx.Var[bool]
    is_hydrated: rx.Var[bool]
    arrival: rx.Var[int]
    proved: rx.Var[int]
    looks: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    on_prove: rx.EventHandler[_ticket_spec]


class ForAMinute(rx.Component):
    """Shows its children for a minute after `since` changed, and reads `said` out once."""

    library = _MINUTE.importable_path
    tag = "ForAMinute"

    since: rx.Var[str]
    said: rx.Var[str]
    looks: rx.Var[str]


class KeepsFocus(rx.Component):
    """A group that takes the focus over from whatever had it in there and is gone."""

    library = _MINUTE.importable_path
    tag = "KeepsFocus"

    label: rx.Var[str]
    looks: rx.Var[str]


class Modal(rx.Component):
    """A dialog that is open while `is_open` says so; `title` is the id of its heading."""

    library = _DIALOG.importable_path
    tag = "Modal"

    is_open: rx.Var[bool]
    title: rx.Var[str]
    looks: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


class UnsavedChanges(rx.Component):
    """A dialog that asks before a page with unsaved changes is left; its text is the children."""

    library = _UNSAVED.importable_path
    tag = "UnsavedChanges"

    is_dirty: rx.Var[bool]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


def _kept_spec(
    kept: rx.Var[dict[str, str]], version: rx.Var[int]
) -> tuple[rx.Var[dict[str, str]], rx.Var[int]]:
    return (kept, version)


class KeptChanges(UnsavedChanges):
    """The same for a form whose text outlives the server: it is kept in the tab until saved.

    An element with `data-gives-up` and the form's id gives up what was typed. A button with
    `data-leads-to` and that id leaves its focus, when it is gone, to what is next: a choice within
    `data-choice-of`, the first field that changed, or the button that saves.
    """

    library = _KEPT.importable_path
    tag = "KeptChanges"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    field_keys: rx.Var[dict[str, str]]
    form: rx.Var[dict[str, str]]
    stored: rx.Var[dict[str, str]]
    keeper: rx.Var[str]
    on_take_back: rx.EventHandler[_kept_spec]


class KeepsTyped(rx.Component):
    """Puts back what was typed into such a form where its page is loaded anew by itself.

    With the form goes what it was typed over, as its field `over`.
    """

    library = _TYPED.importable_path
    tag = "KeepsTyped"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    record: rx.Var[str]
    over: rx.Var[str]


class RememberedSelect(rx.Component):
    """A select of `choices` (value and words) that a cookie of this browser remembers."""

    library = _SELECT.importable_path
    tag = "RememberedSelect"

    cookie: rx.Var[str]
    label: rx.Var[str]
    choices: rx.Var[list[list[str]]]
    looks: rx.Var[str]


class PrintRows(rx.Component):
    """A button that prints every row of a list, once the server has put them into the page."""

    library = _PRINT.importable_path
    tag = "PrintRows"

    ready: rx.Var[int]
    looks: rx.Var[str]
    on_load: rx.EventHandler[_ticket_spec]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


class FormGuard(rx.Component):
    """The same for a form of which only the browser knows what is typed."""

    library = _UNSAVED.importable_path
    tag = "FormGuard"

    form_id: rx.Var[str]
    form_key: rx.Var[str]
    refusal: rx.Var[str]
    title: rx.Var[str]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]


def modal(
    *children: Any, heading: Any, id: str, is_open: Any, on_close: Any, looks: str = ""
) -> rx.Component:
    """Return a dialog over the page.

    Args:
        children: what it holds, its buttons included.
        heading: its title.
        id: of its heading.
        is_open: whether it is open.
        on_close: what Escape does.
        looks: classes, for a width of its own.
    """
    return Modal.create(
        rx.el.h2(heading, id=id, class_name=PANEL_TITLE),
        *children,
        is_open=is_open,
        on_close=on_close,
        title=id,
        looks=looks,
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
    """Return a dialog that asks before something is done; see `modal` for the other arguments.

    Args:
        text: what will happen.
        on_confirm: what does it; it also says that the dialog is no longer open.
        confirm_label: what the button that does it reads.
        cancel_label: what the harmless button reads, which has the focus.
    """
    return modal(
        rx.el.div(*text, class_name="mt-1 break-words text-ink2"),
        rx.el.div(
            # A dialog gives its focus to the first thing in it that can have it.
            rx.el.button(cancel_label, type="button", on_click=on_close, class_name=BUTTON),
            rx.el.button(confirm_label, type="button", on_click=on_confirm, class_name=PRIMARY),
            class_name="mt-5 flex flex-wrap justify-end gap-2",
        ),
        heading=heading,
        id=id,
        is_open=is_open,
        on_close=on_close,
    )
