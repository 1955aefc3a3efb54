"""The page that a one-time link opens; its token stays in the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SCRIPT = rx.asset("link_page.jsx", shared=True)


class LinkPage(rx.Component):
    """Shows whose one-time link the address holds, and sends its token with the form it wraps.

    Where the link cannot be used it says so, and shows `ways` to go, by label and path, instead.
    """

    library = _SCRIPT.importable_path
    tag = "LinkPage"

    titles: rx.Var[dict[str, Any]]
    action: rx.Var[str]
    looks: rx.Var[dict[str, Any]]
    ways: rx.Var[list[Any]]
