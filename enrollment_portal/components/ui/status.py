"""Status, progress and deadline of an enrollment, as every page shows them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import lookup
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared.messages import (
    DATE_AND_ENDS,
    DATE_AND_LEFT,
    DATE_ENDS_AND_LEFT,
)
from enrollment_portal.domain.shared.wording import percent

STATUS_CLASSES = {
    "active": "active bg-info-soft text-info",
    "completed": "completed bg-ok-soft text-ok",
    "cancelled": "cancelled bg-mute-soft text-mute",
}
_STATUS_LABEL = {status.key: status.label for status in Status}
DEADLINE_CLASSES = {
    "overdue": "font-medium text-bad",
    "soon": "font-medium text-warn",
    "": "text-ink2",
}


def badge(*, label: Any, value: rx.Var[str], class_names: dict[str, str]) -> rx.Component:
    """Return a label with a shape and a tone.

    Args:
        label: the text.
        value: the key in `class_names`.
        class_names: by value, a shape (active, completed or cancelled) and the classes of a tone.
    """
    return rx.el.span(
        label,
        class_name=[
            "badge inline-block h-5.5 rounded-full pe-2.5 ps-2 align-middle text-fine "
            "leading-5.5 font-medium whitespace-nowrap",
            lookup(class_names, value).to(str),
        ],
    )


def status_label(status: rx.Var[str]) -> Any:
    """Return the label of an enrollment status, such as "Active"."""
    return lookup(_STATUS_LABEL, status).to(str)


def status_badge(*, status: rx.Var[str]) -> rx.Component:
    """Return the status of an enrollment as a badge."""
    return badge(label=status_label(status), value=status, class_names=STATUS_CLASSES)


def progress_bar(
    *, value: rx.Var[int], status: rx.Var[str], width: str = "w-24"
) -> tuple[rx.Component, rx.Component]:
    """Return a progress as a bar and an exact percentage, which only the bar says aloud."""
    return (
        rx.el.progress(
            value=value,
            max=100,
            aria_label="Progress",
            class_name=[width, status, "p" + value.to(str)],
        ),
        rx.el.span(
            percent(value),
            aria_hidden="true",
            class_name="inline-block w-13 text-end align-middle whitespace-nowrap text-ink2 "
            "tabular-nums",
        ),
    )


def deadline_class(*, tone: rx.Var[str]) -> Any:
    """Return the classes of a deadline with a tone."""
    return "tabular-nums " + lookup(DEADLINE_CLASSES, tone).to(str)


def deadline_text(*, deadline: Any) -> rx.Component:
    """Return a deadline's date and how far away it is, in a colour if it is near or over."""

    def shown(text: str) -> rx.Component:
        left = rx.el.span(deadline.left, class_name=deadline_class(tone=deadline.tone))
        parts = sentence(text, date=deadline.date, ends=deadline.ends, left=left)
        return rx.el.span(*parts)

    return rx.el.span(
        rx.cond(
            deadline.ends != "",
            rx.cond(deadline.left != "", shown(DATE_ENDS_AND_LEFT), shown(DATE_AND_ENDS)),
            rx.cond(deadline.left != "", shown(DATE_AND_LEFT), rx.el.span(deadline.date)),
        ),
        class_name="tabular-nums",
    )
