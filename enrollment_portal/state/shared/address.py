"""What a list page puts into the browser's address bar."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Address:
    """What the address bar must show, as an answer to an event."""

    search: str = ""
    """The query string."""
    pushes: bool = False
    """Whether it is a new step in the browser's history, or replaces the current one."""
    asked: str = ""
    """The query string at which the event was sent: the browser may be elsewhere by now."""


def answer(state: rx.State, search: str, *, pushes: bool) -> Address:
    """Return the address that answers the event that a state is handling."""
    return Address(search, pushes, state.router.url.query)
