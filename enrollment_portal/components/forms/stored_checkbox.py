"""A checkbox outside a form that is saved when it is pressed."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_CHECKBOX = browser_module(__file__, "stored_checkbox.jsx")


def _is_on_spec(is_on: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (is_on,)


class StoredCheckbox(rx.Component):
    """A checkbox that shows at once what was pressed, and after each answer what is stored.

    `answers` counts the answers of the server, so that a refusal resets it.
    """

    library = _CHECKBOX
    tag = "StoredCheckbox"

    is_on: rx.Var[bool]
    answers: rx.Var[int]
    role: rx.Var[str]
    disabled: rx.Var[bool]
    on_switch: rx.EventHandler[_is_on_spec]
