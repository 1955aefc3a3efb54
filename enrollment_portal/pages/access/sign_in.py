"""The sign-in page, with a button for each role if the demo is open."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from enrollment_portal.components.access.entry import (
    FORM,
    HEADING,
    HINT,
    email_field,
    entry_field,
    entry_message,
    entry_page,
)
from enrollment_portal.components.ui.pieces import BUTTON, LINK, PRIMARY, PlainForm, page_link
from enrollment_portal.domain.access import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.state.access.account import FORGOT_PATH
from enrollment_portal.state.learning.homes import SignIn

_SILENT = "The portal does not answer right now. Trying again…"


def _next() -> rx.Component:
    return rx.el.input(type="hidden", name="next", value=SignIn.next, read_only=True)


def _demo_button(role: Role) -> rx.Component:
    return PlainForm.create(
        rx.el.input(type="hidden", name="role", value=role.value, read_only=True),
        _next(),
        rx.el.button(
            messages.continue_as(role.label), type="submit", class_name=f"{BUTTON} w-full"
        ),
        action="/auth/demo",
        method="post",
    )


def _demo() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Demo", class_name="text-sm font-semibold"),
        rx.el.p(
            "This is a demo company. Sign in with any role.", class_name="mb-3 text-small text-ink2"
        ),
        rx.el.div(*(_demo_button(role) for role in Role), class_name="grid gap-2"),
        class_name="mt-5 border-t border-line pt-5",
    )


def sign_in() -> rx.Component:
    """Return the sign-in page."""
    return entry_page(
        rx.el.h1("Sign in", class_name=HEADING),
        rx.el.p(SignIn.organization, class_name=f"min-h-5 {HINT}"),
        entry_message(
            id="sign-in-message",
            message=rx.cond(
                SignIn.message != "", SignIn.message, rx.cond(has_connection_errors, _SILENT, "")
            ),
        ),
        PlainForm.create(
            email_field(SignIn, described_by="sign-in-message"),
            entry_field(
                "password",
                "Password",
                described_by="sign-in-message",
                type="password",
                auto_complete="current-password",
            ),
            _next(),
            rx.el.button("Sign in", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
            action="/auth/sign-in",
            method="post",
            class_name=FORM,
        ),
        rx.el.p(
            page_link("Forgot your password?", to=FORGOT_PATH, class_name=LINK),
            class_name="mt-4 text-small",
        ),
        rx.cond(SignIn.is_demo, _demo()),
    )
