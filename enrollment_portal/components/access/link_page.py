"""The page that a one-time link opens; its token stays in the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_SCRIPT = browser_module(__file__, "link_page.jsx")


class LinkPage(rx.Component):
    """Shows whose one-time link the address contains, and sends its token with the form inside.

    If the link cannot be used, it says so, and shows `ways` to go on, by label and path, instead.
    """

    library = _SCRIPT
    tag = "LinkPage"

    titles: rx.Var[dict[str, Any]]
    action: rx.Var[str]
    class_names: rx.Var[dict[str, Any]]
    ways: rx.Var[list[Any]]
