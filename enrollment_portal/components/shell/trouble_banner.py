"""The banner that says why nothing can be saved at present."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.ui.pieces import icon
from enrollment_portal.state.shared.session import Shell


def trouble_banner() -> rx.Component:
    """Return the banner; it is empty while everything can be saved."""
    return rx.el.div(
        rx.cond(
            Shell.trouble != "",
            rx.el.p(
                icon("cloud_off", 16),
                rx.el.span(Shell.trouble),
                class_name="flex items-start gap-2.5 border-b border-line bg-bad-soft px-4 py-2.5 "
                "text-small font-medium text-bad lg:px-7",
            ),
        ),
        # It is on the page while empty, so that screen readers announce its text.
        role="alert",
        id="trouble",
    )
