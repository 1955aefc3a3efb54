"""A page of settings in Configuration: one form."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import uncontrolled_form
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import PANEL, failure


def settings_page(
    form: Any, *fields: rx.Component, title: str, subtitle: str, id: str, current: str
) -> rx.Component:
    """Return a page of settings.

    Args:
        form: the state of the form.
        fields: its fields.
        title: of the page.
        subtitle: what the settings are about.
        id: of the form.
        current: the path of the sidebar entry that the page belongs to.
    """
    return frame(
        page_heading(title, subtitle=subtitle),
        rx.el.div(
            rx.match(
                form.phase,
                ("ready", uncontrolled_form(form, *fields, id=id, on_submit=form.save)),
                ("failed", failure(on_retry=form.load)),
                rx.el.div(class_name="bone h-48", role="status", aria_label="Loading"),
            ),
            class_name=f"{PANEL} mt-4 max-w-140",
        ),
        current=current,
    )
