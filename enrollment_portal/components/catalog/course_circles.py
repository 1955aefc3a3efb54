"""The warning about courses that wait for each other through learning paths."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.domain.learning import messages

_BOX = "min-w-0 rounded-lg bg-warn-soft px-3 py-2 text-small text-ink"


def circle_warning(
    circles: Any, *, effect: str = messages.CIRCLE_EFFECT, class_name: str = ""
) -> rx.Component:
    """Return the warning that courses lock each other, and its consequences; empty if none do.

    Args:
        circles: a sentence for each circle of courses.
        effect: what it means, and what can be done about it.
        class_name: more classes.
    """
    return rx.cond(
        circles.length() > 0,
        rx.el.div(
            rx.el.p(messages.CIRCLE_LABEL, class_name="font-semibold"),
            rx.el.ul(
                rx.foreach(circles, lambda text: rx.el.li(text, class_name="break-words")),
                aria_label=messages.CIRCLE_LABEL,
                class_name="mt-1 grid gap-1",
            ),
            rx.el.p(effect, class_name="mt-1 text-ink2"),
            class_name=f"{_BOX} {class_name}".rstrip(),
        ),
    )
