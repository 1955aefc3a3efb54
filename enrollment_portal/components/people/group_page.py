"""The frame of a group's page: heading, tabs and dialogs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import announcement, current_refusal
from enrollment_portal.components.history.history_card import batch_undo_button
from enrollment_portal.components.people.group_lists import notes
from enrollment_portal.components.people.record_frame import record_frame
from enrollment_portal.components.ui.dialogs import modal
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import BUTTON, PRIMARY
from enrollment_portal.components.ui.tabs import page_tabs, tab_link
from enrollment_portal.domain.history.messages import REDO_ENROLLING, UNDO_ENROLLING
from enrollment_portal.domain.people.messages import OF_GROUP
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.shared.views import GROUPS_PATH


def paste_dialog() -> rx.Component:
    """Return the dialog for a pasted list of emails."""
    return modal(
        rx.el.form(
            rx.el.label(
                "Emails, from a spreadsheet or a mail",
                html_for="pasted-emails",
                class_name="text-small font-medium",
            ),
            rx.el.textarea(
                id="pasted-emails",
                name="emails",
                rows=8,
                aria_describedby="pasted-error",
                class_name="w-full rounded-lg border border-field bg-bg px-2.5 py-1.5 text-ink",
            ),
            rx.el.p(
                current_refusal(GroupPage.pasted_error),
                id="pasted-error",
                role="alert",
                class_name="text-small font-medium text-bad empty:hidden",
            ),
            rx.el.div(
                rx.el.button(
                    "Cancel", type="button", on_click=GroupPage.open_paste(False), class_name=BUTTON
                ),
                rx.el.button("Add people", type="submit", class_name=PRIMARY),
                class_name="mt-2 flex justify-end gap-2",
            ),
            key=GroupPage.is_pasting.to(str),
            on_submit=GroupPage.paste,
            class_name="mt-3 grid gap-1.5",
        ),
        heading="Paste emails",
        id="paste-title",
        is_open=GroupPage.is_pasting,
        on_close=GroupPage.open_paste(False),
        class_name="w-120 !max-w-[calc(100vw-2rem)]",
    )


def _tabs(current: str) -> rx.Component:
    tabs = (
        ("Members", "", GroupPage.counts["members"]),
        ("Leads", "/leads", GroupPage.counts["leads"]),
        ("Assigned", "/assigned", GroupPage.counts["assigned"]),
        ("Settings", "/settings", None),
    )
    return page_tabs(
        "Parts of the group",
        *(
            tab_link(label, to=GroupPage.path + end, is_selected=label == current, count=count)
            for label, end, count in tabs
        ),
        class_name="mt-4 mb-4",
    )


def group_frame(*content: Any, current: str) -> rx.Component:
    """Return a tab of a group's page around its content; `current` is its label."""
    return record_frame(
        page_heading(GroupPage.name, subtitle=GroupPage.kind),
        _tabs(current),
        rx.fragment()
        if current == "Settings"
        else announcement(
            message=GroupPage.message,
            refusal=GroupPage.refusal,
            action=batch_undo_button(GroupPage, labels=(UNDO_ENROLLING, REDO_ENROLLING)),
        ),
        notes(),
        *content,
        page=GroupPage,
        texts=OF_GROUP,
        name=GroupPage.name,
        above=("Groups", GROUPS_PATH),
        mark="users_round",
    )
