"""The fields of a person, for inviting them and for changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import select_box, text_input
from enrollment_portal.components.people.user_pickers import manager_picker
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.emails import MAX_TYPED_EMAIL
from enrollment_portal.state.people.people_search import PeoplePicker


def given_up(role: Role, text: rx.Var[str]) -> rx.Component:
    """Return what a person would give up if their role is changed."""
    # Hidden while that role is chosen.
    return rx.el.p(
        text, class_name=f"font-medium break-words text-warn empty:hidden unless-{role.value}"
    )


def user_fields(
    *, state: Any, has_access: Any, hints: Sequence[Any] = ()
) -> tuple[rx.Component, ...]:
    """Return the fields of a form whose state has `roles`, `manager` and `pick_manager`.

    Args:
        state: the form.
        has_access: whether the person has a role to choose.
        hints: the text below the choice of it.
    """
    return (
        text_input(state, "name", "Name", max_length=200),
        text_input(state, "email", "Email", input_mode="email", max_length=MAX_TYPED_EMAIL),
        rx.el.div(
            text_input(state, "job_title", "Job title", optional=True, max_length=200),
            text_input(state, "department", "Department", optional=True, max_length=200),
            class_name="grid gap-3 sm:grid-cols-2",
        ),
        rx.cond(
            has_access,
            rx.el.div(
                select_box(state, "access", "Portal access", state.roles, hints=hints),
                class_name="chooses",
            ),
        ),
        manager_picker(state=state, picker_state=PeoplePicker),
    )
