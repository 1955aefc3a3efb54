"""The notice for a browser that runs no scripts."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

WITHOUT_SCRIPTS = browser_module(__file__, "without_scripts.jsx")


class _NeedsJavaScript(rx.Component):
    library = WITHOUT_SCRIPTS
    tag = "NeedsJavaScript"


def javascript_needed(*, class_name: str = "m-4") -> rx.Component:
    """Return a paragraph that only a browser without scripts shows.

    Args:
        class_name: its place on the page.
    """
    return _NeedsJavaScript.create(class_name=class_name)
