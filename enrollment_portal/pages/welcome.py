"""The page behind an invitation's link: choose a first password."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.pieces import CARD, INPUT, PRIMARY, PlainForm, icon
from enrollment_portal.components.shell import theme_switch
from enrollment_portal.components.user_token import LinkToken
from enrollment_portal.services.passwords import MAX_PASSWORD, MIN_PASSWORD
from enrollment_portal.state.users import Welcome


def _password(name: str, label: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-[13px] font-medium"),
        rx.el.input(
            id=name,
            name=name,
            type="password",
            required=True,
            min_length=MIN_PASSWORD,
            max_length=MAX_PASSWORD,
            auto_complete="new-password",
            aria_describedby="welcome-message password-hint",
            class_name=f"{INPUT} h-9",
        ),
        class_name="grid gap-1",
    )


def welcome() -> rx.Component:
    """Return the page."""
    return rx.el.div(
        rx.el.header(theme_switch(), class_name="absolute top-4 right-4"),
        rx.el.main(
            rx.el.div(
                rx.el.h1("Welcome", class_name="text-xl font-semibold tracking-tight"),
                rx.el.p(
                    f"Choose a password of at least {MIN_PASSWORD} characters.",
                    id="password-hint",
                    class_name="text-[13px] text-ink3",
                ),
                rx.el.div(
                    rx.cond(
                        Welcome.message != "",
                        rx.el.p(
                            icon("circle_alert", 15),
                            Welcome.message,
                            class_name="mt-3 flex items-center gap-2 rounded-lg bg-bad-soft px-3 "
                            "py-2 text-[13px] text-bad",
                        ),
                    ),
                    id="welcome-message",
                    role="alert",
                ),
                PlainForm.create(
                    LinkToken.create(),
                    _password("password", "Password"),
                    _password("repeated", "Password again"),
                    rx.el.button("Start", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
                    action="/auth/welcome",
                    method="post",
                    class_name="mt-4 grid gap-3",
                ),
                class_name=f"{CARD} w-full max-w-[380px] p-6",
            ),
            class_name="grid min-h-screen place-items-center px-4 py-16",
        ),
        class_name="bg-bg text-ink",
    )
