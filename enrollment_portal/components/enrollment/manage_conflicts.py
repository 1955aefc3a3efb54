"""The fields of the Manage form in conflict: both values, to choose one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import BUTTON
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.state.enrollment.editing import Editing
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.shared.views import ConflictView


def _conflict(conflict: rx.Var[ConflictView]) -> rx.Component:
    def choice(whose: str, label: Any, value: rx.Var[str]) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="keep-" + conflict.field,
                value=whose,
                default_checked=conflict.keeps_mine if whose == "mine" else ~conflict.keeps_mine,
                on_change=Editing.keep(conflict.field, whose),
                class_name="mt-1",
            ),
            rx.el.span(
                rx.el.span(label, class_name="block text-fine text-ink2"),
                rx.el.span(value, class_name="block break-words whitespace-pre-wrap"),
                class_name="min-w-0",
            ),
            class_name="flex gap-2 rounded-lg border border-line bg-panel p-2.5",
        )

    return rx.el.fieldset(
        rx.el.legend(conflict.label, class_name="text-small font-semibold"),
        rx.el.p(
            *sentence(
                messages.BEFORE,
                value=rx.el.del_(conflict.before, class_name="line-clamp-2 inline break-words"),
            ),
            rx.cond(
                conflict.by != "",
                rx.el.span(" " + messages.changed_by(conflict.by, conflict.ago)),
            ),
            class_name="text-small text-ink2",
        ),
        rx.el.div(
            choice(
                "theirs",
                rx.cond(
                    conflict.by == messages.OWN_TAB,
                    messages.KEEP_OTHER_TAB,
                    messages.KEEP_THEIRS,
                ),
                conflict.theirs,
            ),
            choice(
                "mine",
                rx.cond(conflict.is_only_theirs, messages.KEEP_OLD, messages.KEEP_MINE),
                conflict.mine,
            ),
            class_name="mt-1.5 grid gap-2 sm:grid-cols-2",
        ),
        class_name="mt-3",
    )


def conflicts(form_id: str) -> rx.Component:
    """Return the fields that somebody else changed, too, each with both values to choose from."""
    return rx.cond(
        ManageForm.conflicts.length() > 0,
        rx.el.section(
            rx.el.h3(messages.saved_meanwhile(ManageForm.conflict_by), class_name="font-semibold"),
            rx.el.p(
                messages.NOTHING_OVERWRITTEN,
                class_name="text-small",
            ),
            rx.foreach(ManageForm.conflicts, _conflict),
            rx.el.button(
                messages.USE_VALUES,
                type="button",
                on_click=Editing.settle,
                data_leads_to=form_id,
                class_name=f"{BUTTON} mt-4",
            ),
            aria_label="Conflict",
            data_choice_of=form_id,
            data_takes_focus="",
            class_name="appears mb-4 rounded-lg bg-warn-soft px-4 py-3 text-ink",
        ),
    )
