"""The top of a page: breadcrumb, title and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import LINK, page_link

TITLE = "min-w-0 text-xl font-semibold tracking-tight break-words"


def page_heading(title: Any, *, subtitle: Any = None, actions: Sequence[Any] = ()) -> rx.Component:
    """Return a page's title, a line about it, and its buttons."""
    line = () if subtitle is None else (rx.el.p(subtitle, class_name="text-small text-ink3"),)
    return rx.el.div(
        # On a phone, too, a button stands beside the title; only several go below it.
        rx.el.div(
            rx.el.h1(title, class_name=TITLE),
            *line,
            class_name="min-w-0 flex-[1_1_10rem] sm:flex-initial",
        ),
        rx.el.div(*actions, class_name="no-print flex shrink-0 flex-wrap gap-2")
        if actions
        else None,
        class_name="flex min-h-8 flex-wrap items-start justify-between gap-x-4 gap-y-2",
    )


def breadcrumb(*steps: tuple[Any, Any], current: Any) -> rx.Component:
    """Return the breadcrumb of a page: links to the pages above it, then its own name.

    The first label is short, and is never cut off.
    """
    links: list[rx.Component] = []
    for label, to in steps:
        width = "min-w-6 truncate" if links else "shrink-0"
        links.append(page_link(label, to=to, title=label, class_name=f"{LINK} {width}"))
        links.append(rx.el.span("/", aria_hidden="true", class_name="px-1.5"))
    return rx.el.nav(
        *links,
        rx.el.span(current, aria_current="page", title=current, class_name="truncate"),
        aria_label="Breadcrumb",
        class_name="mb-1 flex min-w-0 text-small text-ink3",
    )
