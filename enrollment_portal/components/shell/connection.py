"""The notice that the connection is lost, and that everything is up to date again."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.state.shared.session import Shell

_CONNECTION = browser_module(__file__, "connection.jsx")
_CLASS_NAMES: dict[str, Any] = {
    # Over the page, so that nothing moves; clicks go through to what is below it.
    "place": "no-print pointer-events-none fixed inset-x-3 top-2 z-30 flex justify-center",
    "pill": "appears rounded-full border border-line px-4 py-1.5 text-small font-medium shadow-lg",
    "lost": "bg-warn-soft text-warn",
    "back": "bg-ok-soft text-ok",
}
_TEXTS: dict[str, Any] = {
    "lost": "Connection lost. Trying again… What you type is kept.",
    "back": "Connected again. Everything is up to date.",
}


def _ticket_spec(ticket: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (ticket,)


class _Connection(rx.Component):
    library = _CONNECTION
    tag = "Connection"

    has_errors: rx.Var[bool]
    is_hydrated: rx.Var[bool]
    load: rx.Var[int]
    answered: rx.Var[int]
    class_names: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    on_ask: rx.EventHandler[_ticket_spec]


def connection() -> rx.Component:
    """Return the notice about the connection."""
    return _Connection.create(
        has_errors=has_connection_errors,
        is_hydrated=rx.State.is_hydrated,
        load=Shell.loaded_at,
        answered=Shell.checked_connection,
        class_names=_CLASS_NAMES,
        texts=_TEXTS,
        on_ask=Shell.check_connection,
    )
