"""Tabs over a page's content: buttons that filter it, or links to other pages, in a `nav`.

Tabs within tabs are segments: smaller, and without an underline.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.first_text import first_text
from enrollment_portal.components.ui.pieces import page_link

TAB = (
    "-mb-px flex items-center gap-1.5 whitespace-nowrap border-b-2 border-transparent px-0.5 py-2 "
    "text-small font-medium text-ink2 hover:text-ink aria-selected:border-accent "
    "aria-selected:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink "
    "sm:text-sm"
)
TAB_LIST = "flex items-center gap-3 overflow-x-auto border-b border-line sm:gap-5"

SEGMENT = (
    "flex items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 py-1 text-small font-medium "
    "text-ink2 hover:text-ink aria-selected:bg-panel aria-selected:text-ink "
    "aria-selected:shadow-sm aria-[current=page]:bg-panel aria-[current=page]:text-ink "
    "aria-[current=page]:shadow-sm"
)
_SEGMENTS = "no-print inline-flex max-w-full gap-0.5 overflow-x-auto rounded-lg bg-mute-soft p-0.5"


_COUNT = "min-w-[1ch] text-xs font-normal text-ink3 tabular-nums sm:text-small"


def _count(count: Any, id: str | None = None) -> tuple[rx.Component, ...]:
    if count is None:
        return ()
    if id is None:
        return (rx.el.span(count, class_name=_COUNT),)
    return (first_text(count, name=f"count-{id}", class_name=_COUNT),)


def tab_list(label: str, *tabs: rx.Component, class_name: str = "") -> rx.Component:
    """Return tabs in a row; arrow keys move between them."""
    return rx.el.div(
        *tabs, role="tablist", aria_label=label, class_name=f"{TAB_LIST} {class_name}".strip()
    )


def tab_button(
    label: Any,
    *,
    is_selected: Any,
    on_click: Any,
    controls: str,
    id: str | None = None,
    count: Any = None,
    class_name: str = TAB,
) -> rx.Component:
    """Return a tab that shows other rows of the same page.

    Args:
        label: what it reads.
        is_selected: whether it is the one that is shown.
        on_click: what shows it.
        controls: the id of the panel.
        id: its own id, by which the panel is labelled.
        count: how many rows are behind it.
        class_name: `TAB`, or `SEGMENT` within segments.
    """
    return rx.el.button(
        label,
        *_count(count, id),
        type="button",
        role="tab",
        **({"id": id} if id else {}),
        aria_selected=rx.cond(is_selected, "true", "false"),
        aria_controls=controls,
        tab_index=rx.cond(is_selected, 0, -1),
        on_click=on_click,
        class_name=class_name,
    )


def segments(label: str, *tabs: rx.Component) -> rx.Component:
    """Return tabs within a tab of the page."""
    return rx.el.div(*tabs, role="tablist", aria_label=label, class_name=_SEGMENTS)


def _link(label: Any, count: Any, to: Any, is_selected: bool, class_name: str) -> rx.Component:
    return page_link(
        label,
        *_count(count),
        to=to,
        aria_current="page" if is_selected else None,
        class_name=class_name,
    )


def page_tabs(label: str, *links: rx.Component, class_name: str = "") -> rx.Component:
    """Return links to the pages of one record; the focus stays on the one that was followed."""
    return rx.el.nav(
        *links,
        aria_label=label,
        custom_attrs={"data-page-tabs": ""},
        class_name=f"{TAB_LIST} {class_name}".strip(),
    )


def page_segments(label: str, *links: rx.Component) -> rx.Component:
    """Return links to the pages within a tab of a record."""
    return rx.el.nav(
        *links, aria_label=label, custom_attrs={"data-page-tabs": ""}, class_name=_SEGMENTS
    )


def tab_link(label: Any, *, to: Any, is_selected: bool, count: Any = None) -> rx.Component:
    """Return a tab that is a page of its own."""
    return _link(label, count, to, is_selected, TAB)


def segment_link(label: Any, *, to: Any, is_selected: bool) -> rx.Component:
    """Return a segment that is a page of its own."""
    return _link(label, None, to, is_selected, SEGMENT)
