"""Layout of the pages for people who are not signed in: a card, its message, its fields."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.errors.without_scripts import javascript_needed
from enrollment_portal.components.lists.page_focus import PageFocus
from enrollment_portal.components.shell.shell import theme_switch
from enrollment_portal.components.ui.pieces import CARD, INPUT, icon
from enrollment_portal.domain.access import messages
from enrollment_portal.services.access.passwords import MAX_PASSWORD, MIN_PASSWORD

HEADING = "text-xl font-semibold tracking-tight"
HINT = "text-small text-ink3"
FORM = "mt-4 grid gap-3"
REFUSED = "flex items-center gap-2 rounded-lg bg-bad-soft px-3 py-2 text-small text-bad"


def entry_page(*children: Any) -> rx.Component:
    """Return a page for people who are not signed in, around the content of its card."""
    return rx.el.div(
        PageFocus.create(),
        rx.el.header(theme_switch(), class_name="absolute top-4 end-4"),
        rx.el.main(
            rx.el.div(
                *children,
                javascript_needed(class_name="mt-4"),
                class_name=f"{CARD} w-full max-w-95 p-6",
            ),
            id="content",
            class_name="grid min-h-screen place-items-center px-4 py-16",
        ),
        class_name="bg-bg text-ink",
    )


def entry_message(*, id: str, message: Any, done: Any = "") -> rx.Component:
    """Return the result of the last attempt; screen readers announce it.

    Args:
        id: that fields are described by.
        message: why it was refused; "" for nothing.
        done: that it succeeded; "" for nothing.
    """
    return rx.fragment(
        rx.el.div(
            rx.cond(
                message != "",
                rx.el.p(
                    icon("circle_alert", 15),
                    rx.el.span(message, class_name="min-w-0 break-words"),
                    data_takes_focus="",
                    class_name=f"mt-3 {REFUSED}",
                ),
            ),
            id=id,
            role="alert",
        ),
        rx.el.div(
            rx.cond(
                done != "",
                rx.el.p(
                    icon("circle_check", 15),
                    rx.el.span(done, class_name="min-w-0 break-words"),
                    data_takes_focus="",
                    class_name="mt-3 flex items-center gap-2 rounded-lg bg-ok-soft px-3 py-2 "
                    "text-small text-ok",
                ),
            ),
            role="status",
        ),
    )


def entry_field(name: str, label: str, *, described_by: str, **props: Any) -> rx.Component:
    """Return a required field under its label."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="text-small font-medium"),
        rx.el.input(
            id=name,
            name=name,
            required=True,
            aria_describedby=described_by,
            class_name=f"{INPUT} h-9",
            **props,
        ),
        class_name="grid gap-1",
    )


def email_field(state: Any, *, described_by: str) -> rx.Component:
    """Return the email field, filled with the state's `email`: what was submitted last."""
    return entry_field(
        "email",
        "Email",
        described_by=described_by,
        # The field is recreated only for an email that the server has: what was typed before the
        # page was live stays.
        key=state.email,
        type="text",
        input_mode="email",
        auto_complete="username",
        default_value=state.email,
    )


def new_password_fields(*, described_by: str, label: str = "Password") -> tuple[rx.Component, ...]:
    """Return the fields for a new password, and for repeating it."""
    return tuple(
        entry_field(
            name,
            reads,
            described_by=f"{described_by} password-hint",
            type="password",
            min_length=MIN_PASSWORD,
            max_length=MAX_PASSWORD,
            auto_complete="new-password",
        )
        for name, reads in (("password", label), ("repeated", messages.again(label)))
    )


def password_hint() -> rx.Component:
    """Return the requirements for a password."""
    return rx.el.p(
        messages.password_hint(MIN_PASSWORD),
        id="password-hint",
        class_name=HINT,
    )
