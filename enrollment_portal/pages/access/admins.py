"""The Admins page: all admins and their sections."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.admins_table import admins_table
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.people.user_pickers import link_card
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import PRIMARY
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.shared.views import ADMINS_PATH


def admins() -> rx.Component:
    """Return the page of all admins and their sections."""
    return frame(
        page_heading(
            "Admins",
            subtitle="A Super Admin has every section; what is switched here takes effect at once",
            actions=(
                rx.cond(
                    Admins.may_edit,
                    rx.el.button(
                        "Add admin",
                        type="button",
                        on_click=Admins.open_adding(True),
                        class_name=PRIMARY,
                    ),
                ),
            ),
        ),
        rx.el.div(class_name="h-4"),
        announcement(message=Admins.message, refusal=Admins.refusal),
        link_card(link=Admins.link, note=Admins.link_note, label="Sign-in link"),
        admins_table(),
        current=ADMINS_PATH,
    )
