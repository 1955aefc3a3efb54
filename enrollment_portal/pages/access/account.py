"""The page of one's own account: the password, open sessions, and keys to switch off."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.entry import (
    FORM,
    entry_field,
    entry_message,
    new_password_fields,
    password_hint,
)
from enrollment_portal.components.access.open_sessions import session_item
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.lists.single_keys import single_keys
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import PANEL, PANEL_TITLE, PRIMARY, PlainForm, failure
from enrollment_portal.domain.access import messages
from enrollment_portal.state.access.account import OwnAccount
from enrollment_portal.state.access.own_sessions import OwnSessions
from enrollment_portal.state.shared.views import ACCOUNT_PATH


def _form() -> rx.Component:
    return PlainForm.create(
        # For password managers, which keep it beside the new one.
        rx.el.input(
            type="text",
            name="username",
            value=OwnAccount.email,
            auto_complete="username",
            read_only=True,
            hidden=True,
        ),
        entry_field(
            "present",
            "Current password",
            described_by="account-message",
            type="password",
            auto_complete="current-password",
        ),
        *new_password_fields(described_by="account-message", label="New password"),
        password_hint(),
        rx.el.button("Change password", type="submit", class_name=f"{PRIMARY} mt-1 !h-9"),
        action="/auth/password",
        method="post",
        class_name=FORM,
    )


def account() -> rx.Component:
    """Return the page of one's own account."""
    return frame(
        page_heading("Account settings", subtitle=OwnAccount.email),
        rx.el.section(
            rx.el.h2("Password", class_name=f"{PANEL_TITLE} mb-2"),
            rx.match(
                OwnAccount.phase,
                (
                    "ready",
                    rx.fragment(
                        rx.el.p(
                            messages.CHANGE_PASSWORD,
                            class_name="text-ink2",
                        ),
                        entry_message(
                            id="account-message",
                            message=OwnAccount.message,
                            done=rx.cond(OwnAccount.was_changed, messages.PASSWORD_CHANGED, ""),
                        ),
                        _form(),
                    ),
                ),
                ("none", rx.el.p(messages.NO_PASSWORD, class_name="text-ink2")),
                ("failed", failure(on_retry=OwnAccount.load)),
                rx.el.div(class_name="bone h-64", role="status", aria_label="Loading"),
            ),
            class_name=f"{PANEL} mt-4 max-w-105",
        ),
        rx.el.section(
            rx.el.h2("Open sessions", class_name=f"{PANEL_TITLE} mb-2"),
            rx.el.p(messages.OWN_SESSIONS, class_name="text-ink2"),
            announcement(message=OwnSessions.message, refusal=OwnSessions.refusal),
            rx.el.ul(
                rx.foreach(
                    OwnSessions.sessions,
                    lambda one: session_item(one, on_end=OwnSessions.end(one.id_hash)),
                ),
                aria_label="Open sessions",
                class_name="mt-2 min-h-14",
            ),
            class_name=f"{PANEL} mt-4 max-w-105",
        ),
        rx.el.section(
            rx.el.h2("Keyboard", class_name=f"{PANEL_TITLE} mb-2"),
            single_keys(),
            class_name=f"{PANEL} mt-4 max-w-105",
        ),
        current=ACCOUNT_PATH,
    )
