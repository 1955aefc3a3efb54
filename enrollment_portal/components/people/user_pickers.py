"""Choosing a person's manager, and the card with a one-time link."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.ui.pieces import BUTTON
from enrollment_portal.components.ui.short_notices import CopyButton, announcer
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.messages import FOUND_PEOPLE

_LINK_FIELD = "one-time-link"


def manager_picker(*, state: Any, picker_state: Any) -> rx.Component:
    """Return a person's manager, and the search that changes them."""
    return rx.el.fieldset(
        rx.el.legend("Manager", class_name="text-small font-medium"),
        announcer(
            rx.cond(
                state.manager_name != "", messages.manager(state.manager_name), messages.NO_MANAGER
            )
        ),
        rx.el.div(
            rx.el.span(
                rx.cond(state.manager_name != "", state.manager_name, "Nobody"),
                class_name="min-w-0 break-words",
            ),
            rx.cond(
                (state.manager != 0) & state.may_edit,
                rx.el.button(
                    "Remove manager",
                    type="button",
                    on_click=state.pick_manager(0),
                    data_focus_next="#find-manager",
                    class_name=BUTTON,
                ),
            ),
            class_name="flex min-h-8 items-center gap-3",
        ),
        rx.el.p(
            state.errors["manager_id"],
            role="alert",
            class_name="text-small font-medium text-bad empty:hidden",
        ),
        rx.cond(
            state.may_edit,
            picker(
                state=picker_state,
                label="Find a manager",
                counts=FOUND_PEOPLE,
                id="find-manager",
                verb="Choose",
                on_pick=state.pick_manager,
            ),
        ),
        class_name="grid gap-1",
    )


def link_card(*, link: Any, note: Any, label: Any = "Invitation link") -> rx.Component:
    """Return a one-time link to copy, if there is one."""
    card = rx.cond(
        link != "",
        rx.el.section(
            rx.el.h2(label, class_name="text-sm font-semibold"),
            rx.el.p(note, class_name="mt-0.5 mb-2 text-small"),
            rx.el.div(
                rx.el.input(
                    id=_LINK_FIELD,
                    aria_label=label,
                    value=link,
                    read_only=True,
                    class_name="h-8 w-full min-w-0 rounded-lg border border-field bg-panel px-2.5 "
                    "font-mono text-fine text-ink",
                ),
                CopyButton.create(
                    "Copy",
                    text=link,
                    field=_LINK_FIELD,
                    copied=messages.LINK_COPIED,
                    not_copied=messages.LINK_NOT_COPIED,
                    class_name=BUTTON,
                ),
                class_name="flex gap-2",
            ),
            class_name="appears mb-4 rounded-xl bg-ok-soft px-4 py-3 text-ok",
        ),
    )
    # The card comes with its text, which would not be announced.
    return rx.fragment(announcer(rx.cond(link != "", note, "")), card)
