"""Setting vars of a state without sending what is shown already."""

from __future__ import annotations

import reflex as rx


def set_changed(state: rx.State, **values: object) -> None:
    """Set the vars whose values differ: everything that is set is sent."""
    for name, value in values.items():
        if state.get_value(name) != value:
            setattr(state, name, value)
