"""What a page says in a browser that runs no scripts."""

from __future__ import annotations

import reflex as rx

WITHOUT_SCRIPTS = rx.asset("without_scripts.jsx", shared=True)


class _NeedsJavaScript(rx.Component):
    library = WITHOUT_SCRIPTS.importable_path
    tag = "NeedsJavaScript"

    looks: rx.Var[str]


def javascript_needed(*, looks: str = "m-4") -> rx.Component:
    """Return a paragraph that only a browser without scripts shows.

    Args:
        looks: its place on the page.
    """
    return _NeedsJavaScript.create(looks=looks)
