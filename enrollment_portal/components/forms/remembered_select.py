"""A select whose choice is kept in a cookie."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_SELECT = browser_module(__file__, "remembered_select.jsx")


class RememberedSelect(rx.Component):
    """A select of `choices` (value and label) whose choice is kept in a cookie."""

    library = _SELECT
    tag = "RememberedSelect"

    cookie: rx.Var[str]
    label: rx.Var[str]
    choices: rx.Var[list[list[str]]]
