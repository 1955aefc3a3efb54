"""The page for a forgotten password: a link is mailed, or the page says whom to contact."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.entry import (
    FORM,
    HEADING,
    HINT,
    email_field,
    entry_message,
    entry_page,
)
from enrollment_portal.components.ui.pieces import LINK, PRIMARY, PlainForm, page_link
from enrollment_portal.domain.access import messages
from enrollment_portal.state.access.account import Forgot


def _form() -> rx.Component:
    return PlainForm.create(
        rx.el.p(
            "A link to choose a new password is mailed to the address that you sign in with.",
            class_name=HINT,
        ),
        email_field(Forgot, described_by="forgot-message"),
        rx.el.button("Mail me a link", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
        action="/auth/forgotten",
        method="post",
        class_name=FORM,
    )


def _contact_admin() -> rx.Component:
    return rx.el.p(
        messages.NO_MAIL_HELP,
        class_name="mt-4 text-small text-ink2",
    )


def forgot() -> rx.Component:
    """Return the page for a forgotten password."""
    return entry_page(
        rx.el.h1("Forgot your password?", class_name=HEADING),
        rx.el.p(Forgot.organization, class_name=f"min-h-5 {HINT}"),
        entry_message(
            id="forgot-message",
            message=Forgot.message,
            done=rx.cond(Forgot.was_sent, messages.LINK_REQUESTED, ""),
        ),
        rx.cond(
            Forgot.is_ready,
            rx.cond(Forgot.sends_mail, _form(), _contact_admin()),
            rx.el.div(class_name="bone mt-4 h-24", role="status", aria_label="Loading"),
        ),
        rx.el.p(
            page_link("Back to sign in", to="/login", class_name=LINK),
            class_name="mt-4 text-small",
        ),
    )
