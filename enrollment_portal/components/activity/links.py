"""The links from a person's pages to the history of all enrollments."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import BUTTON, icon, page_link
from enrollment_portal.domain.activity import messages
from enrollment_portal.state.shared.views import ACTIVITY_PATH


def changes_by(account: Any) -> rx.Component:
    """Return the link to the changes that an account made; `account` is its id, as text."""
    return _link(messages.BY_THIS_PERSON, "person", account)


def changes_of(learner: Any) -> rx.Component:
    """Return the link to the changes of a learner's enrollments; `learner` is their id, as text."""
    return _link(messages.OF_THIS_LEARNER, "learner", learner)


def _link(label: str, name: str, id: Any) -> rx.Component:
    return page_link(
        icon("activity", 15), label, to=f"{ACTIVITY_PATH}?{name}=" + id, class_name=BUTTON
    )
