"""The page of a one-time link: set a first or a new password."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.entry import (
    FORM,
    HEADING,
    HINT,
    REFUSED,
    entry_message,
    entry_page,
    new_password_fields,
    password_hint,
)
from enrollment_portal.components.access.link_page import LinkPage
from enrollment_portal.components.ui.pieces import LINK, PRIMARY
from enrollment_portal.state.access.account import FORGOT_PATH
from enrollment_portal.state.people.users import Welcome

_CLASS_NAMES = {
    "heading": HEADING,
    "line": f"{HINT} break-words",
    "name": "font-medium text-ink2",
    "refused": f"mt-3 {REFUSED}",
    "form": FORM,
    "ways": "mt-4 grid gap-1 text-small",
    "way": LINK,
}


def welcome() -> rx.Component:
    """Return the page of a one-time link, which sets a password."""
    return entry_page(
        LinkPage.create(
            password_hint(),
            rx.el.div(entry_message(id="welcome-message", message=Welcome.message)),
            *new_password_fields(described_by="welcome-message"),
            rx.el.button("Start", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
            titles={"invitation": "Welcome", "reset": "Choose a new password"},
            action="/auth/welcome",
            class_names=_CLASS_NAMES,
            ways=[["Sign in", "/login"], ["Forgot your password?", FORGOT_PATH]],
        )
    )
