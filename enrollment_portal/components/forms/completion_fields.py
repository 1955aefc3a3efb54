"""The fields to enroll people as completed: on which day, and with which grade."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import instant_field


def completion_fields(state: Any, *, on_change: Any, class_name: str = "") -> rx.Component:
    """Return the fields for a completion before, or elsewhere.

    Args:
        state: has the values `completed` and `grade`: see `instant_field`.
        on_change: called with the field's name and what was typed.
        class_name: of the group of fields.
    """

    def one(name: str, label: str, **control: Any) -> rx.Component:
        return rx.el.div(
            instant_field(
                state,
                name,
                label,
                on_change=lambda typed: on_change(name, typed),
                prefix="enroll",
                **control,
            ),
            class_name="max-w-72",
        )

    return rx.el.fieldset(
        rx.el.legend("They have completed it already", class_name="text-small font-medium"),
        rx.el.p(
            "Optional: before, or elsewhere. They are enrolled as completed on that day.",
            class_name="text-small text-ink3",
        ),
        rx.el.div(
            one("completed", "Completed on", type="date"),
            one("grade", "Grade (optional)", type="text", auto_complete="off"),
            class_name="mt-2 flex flex-wrap items-start gap-x-4 gap-y-1",
        ),
        class_name=class_name,
    )
