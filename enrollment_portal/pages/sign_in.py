"""The sign-in page, with the demo's doors where the demo is open."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from enrollment_portal.components.pieces import (
    BUTTON,
    CARD,
    INPUT,
    PRIMARY,
    PlainForm,
    icon,
)
from enrollment_portal.components.shell import theme_switch
from enrollment_portal.domain.people import Role
from enrollment_portal.state.homes import SignIn

_SILENT = "The portal does not answer right now. Trying again…"


def _field(name: str, label: str, **props: object) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-[13px] font-medium"),
        rx.el.input(
            id=name,
            name=name,
            required=True,
            aria_describedby="sign-in-message",
            class_name=f"{INPUT} h-9",
            **props,
        ),
        class_name="grid gap-1",
    )


def _message(words: rx.Var[str] | str) -> rx.Component:
    return rx.el.p(
        icon("circle_alert", 15),
        rx.el.span(words),
        class_name="mt-3 flex items-center gap-2 rounded-lg bg-bad-soft px-3 py-2 text-[13px] "
        "text-bad",
    )


def _demo_button(role: Role) -> rx.Component:
    return PlainForm.create(
        rx.el.input(type="hidden", name="role", value=role.value, read_only=True),
        rx.el.button(f"Continue as {role.label}", type="submit", class_name=f"{BUTTON} w-full"),
        action="/auth/demo",
        method="post",
    )


def _demo() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Look around", class_name="text-sm font-semibold"),
        rx.el.p(
            "This is a demo company. Come in as anyone.", class_name="mb-3 text-[13px] text-ink2"
        ),
        rx.el.div(*(_demo_button(role) for role in Role), class_name="grid gap-2"),
        class_name="mt-5 border-t border-line pt-5",
    )


def sign_in() -> rx.Component:
    """Return the page."""
    return rx.el.div(
        rx.el.header(theme_switch(), class_name="absolute top-4 right-4"),
        rx.el.main(
            rx.el.div(
                rx.el.h1("Sign in", class_name="text-xl font-semibold tracking-tight"),
                rx.el.p(SignIn.organization, class_name="min-h-5 text-[13px] text-ink3"),
                rx.el.div(
                    rx.cond(
                        SignIn.message != "",
                        _message(SignIn.message),
                        rx.cond(has_connection_errors, _message(_SILENT)),
                    ),
                    id="sign-in-message",
                    role="alert",
                ),
                PlainForm.create(
                    _field(
                        "email",
                        "Email",
                        # The field is made anew only for an email that the server has: what
                        # was typed before the page was live stays.
                        key=SignIn.email,
                        type="text",
                        input_mode="email",
                        auto_complete="username",
                        default_value=SignIn.email,
                    ),
                    _field(
                        "password", "Password", type="password", auto_complete="current-password"
                    ),
                    rx.el.input(type="hidden", name="next", value=SignIn.next, read_only=True),
                    rx.el.button("Sign in", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
                    action="/auth/sign-in",
                    method="post",
                    class_name="mt-4 grid gap-3",
                ),
                rx.cond(SignIn.is_demo, _demo()),
                class_name=f"{CARD} w-full max-w-[380px] p-6",
            ),
            class_name="grid min-h-screen place-items-center px-4 py-16",
        ),
        class_name="bg-bg text-ink",
    )
