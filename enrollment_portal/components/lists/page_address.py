"""Keeps the browser's address equal to the search, filters and page that a list shows."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_ADDRESS = browser_module(__file__, "address.jsx")


class _PageAddress(rx.Component):
    library = _ADDRESS
    tag = "PageAddress"

    path: rx.Var[str]
    search: rx.Var[str]
    pushes: rx.Var[bool]
    asked: rx.Var[str]
    is_hydrated: rx.Var[bool]
    on_return: rx.EventHandler[rx.event.no_args_event_spec]


def page_address(
    state: Any, path: Any, *, search: Any = None, on_return: Any = None
) -> rx.Component:
    """Return the component that keeps the address bar up to date; it draws nothing.

    Args:
        state: of the list.
        path: of the page.
        search: the query string; by default that of the state's `address`.
        on_return: loads the page on the way back; by default the state's `load`.
    """
    return _PageAddress.create(
        path=path,
        search=state.address.search if search is None else search,
        pushes=state.address.pushes,
        asked=state.address.asked,
        is_hydrated=rx.State.is_hydrated,
        on_return=state.load if on_return is None else on_return,
    )
