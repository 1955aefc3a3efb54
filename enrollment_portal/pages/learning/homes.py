"""The start page, the front page of the Admin Portal, and the page for unknown addresses."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.errors.without_scripts import javascript_needed
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import LINK, missing_page, notice, page_link
from enrollment_portal.state.shared.session import Shell


def way_home() -> rx.Component:
    """Return the page that is seen for a moment before the redirect to one's own start page."""
    return rx.el.main(
        rx.el.h1("Enrollment Portal", class_name="sr-only"),
        rx.el.div(class_name="bone size-10 !rounded-xl", role="status", aria_label="Loading"),
        javascript_needed(),
        class_name="grid min-h-screen place-items-center bg-bg",
    )


def not_found() -> rx.Component:
    """Return the page for addresses that do not exist; with the sidebar for who is signed in."""
    message = missing_page("Go to your start page", to="/")
    return rx.cond(
        Shell.name != "",
        frame(message, current=""),
        rx.el.main(message, class_name="grid min-h-screen place-items-center bg-bg text-ink"),
    )


def admin() -> rx.Component:
    """Return the front page of an admin whose sections have no pages yet."""
    return frame(
        page_heading("Admin Portal"),
        rx.cond(
            Shell.has_ledger
            | Shell.sections.contains("people")
            | Shell.sections.contains("configuration"),
            rx.el.p(page_link("Go to your start page", to="/", class_name=LINK), class_name="mt-3"),
            notice(
                rx.el.p(
                    "The pages of your sections are not available yet. For the enrollments, ask "
                    "a Super Admin to switch on Learning for you.",
                    class_name="mt-1 max-w-110",
                ),
                title="Nothing to do here yet",
            ),
        ),
        current="/admin",
    )
