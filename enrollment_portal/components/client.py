"""The two things only a browser can do: hold the address, and ask before changes are lost."""

from __future__ import annotations

import reflex as rx

_ADDRESS = rx.asset("address.jsx", shared=True)
_UNSAVED = rx.asset("unsaved.jsx", shared=True)


class LedgerAddress(rx.Component):
    """Keeps the address bar at what the ledger shows; draws nothing."""

    library = _ADDRESS.importable_path
    tag = "LedgerAddress"

    path: rx.Var[str]
    search: rx.Var[str]
    pushes: rx.Var[bool]
    on_return: rx.EventHandler[rx.event.no_args_event_spec]


class UnsavedChanges(rx.Component):
    """A dialog that asks before a page with unsaved changes is left; its text is the children."""

    library = _UNSAVED.importable_path
    tag = "UnsavedChanges"

    is_dirty: rx.Var[bool]
    actions: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]
