"""Set vars of a state without sending those that have not changed."""

from __future__ import annotations

import reflex as rx


def set_changed(state: rx.State, **values: object) -> None:
    """Set the vars whose values differ: Reflex sends each var that is set."""
    for name, value in values.items():
        if state.get_value(name) != value:
            setattr(state, name, value)
