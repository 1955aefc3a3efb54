"""Text that people wrote, with the web addresses in it as links."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.ui.pieces import LINK
from enrollment_portal.domain.access.links import TextPart


def _part(part: rx.Var[TextPart]) -> rx.Component:
    return rx.cond(
        part.href != "",
        rx.el.a(
            part.text,
            href=part.href,
            target="_blank",
            rel="noopener noreferrer nofollow",
            title="Opens in a new tab",
            class_name=f"{LINK} wrap-anywhere underline",
        ),
        rx.el.span(part.text),
    )


def linked_text(parts: rx.Var[list[TextPart]], *, class_name: str) -> rx.Component:
    """Return a text with its line breaks; its links open in new tabs.

    Args:
        parts: what `with_links` returns.
        class_name: of the text.
    """
    return rx.el.p(rx.foreach(parts, _part), class_name=f"{class_name} whitespace-pre-wrap")
