"""What a page says in a browser that runs no scripts."""

from __future__ import annotations

import reflex as rx


def javascript_needed(*, looks: str = "m-4") -> rx.Component:
    """Return a paragraph that only a browser without scripts shows.

    Args:
        looks: its place on the page.
    """
    return rx.el.noscript(
        rx.el.p(
            "The portal needs JavaScript. Switch it on in your browser's settings, then load this "
            "page again.",
            class_name=f"{looks} rounded-lg bg-warn-soft px-3 py-2 text-[13px] text-warn",
        )
    )
