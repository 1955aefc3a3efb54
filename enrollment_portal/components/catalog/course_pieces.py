"""What the pages of courses and of learning paths share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    PANEL,
    PANEL_TITLE,
    PRIMARY,
    failure,
    icon,
    missing_page,
)
from enrollment_portal.components.ui.status import badge
from enrollment_portal.components.ui.tabs import page_tabs, tab_link
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import NOT_OFFERED, CourseState, state_label

SMALL = f"{BUTTON} !h-7 !px-2 text-small"
_STATE_CLASSES = {
    CourseState.DRAFT.value: "active bg-info-soft text-info",
    CourseState.PUBLISHED.value: "completed bg-ok-soft text-ok",
    CourseState.ARCHIVED.value: "cancelled bg-mute-soft text-mute",
    NOT_OFFERED: "cancelled bg-mute-soft text-mute",
}
_STATE_LABELS = {state: state_label(state) for state in _STATE_CLASSES}


def state_badge(state: Any) -> rx.Component:
    """Return a course's or path's state as a badge."""
    labels: Any = rx.Var.create(_STATE_LABELS)
    return badge(label=labels[state].to(str), value=state, class_names=_STATE_CLASSES)


def course_page(
    *content: Any,
    page: Any,
    above: tuple[str, str],
    tabs: Sequence[tuple[str, str]],
    current: str,
    wide: bool = False,
) -> rx.Component:
    """Return a page of a course or path with its heading and tabs.

    Args:
        content: of the tab.
        page: the state with `phase`, `id`, `title`, `state` and `about`.
        above: the label and path of the list.
        tabs: each with its label and the end of its path.
        current: the end of the path of this tab.
        wide: whether the content takes all the width, as a table does.
    """
    here = f"{above[1]}/" + page.id.to(str)
    return rx.match(
        page.phase,
        (
            "missing",
            missing_page(above[0], to=above[1]),
        ),
        ("failed", failure(on_retry=page.load)),
        rx.fragment(
            breadcrumb(above, current=page.title),
            page_heading(
                rx.cond(page.title != "", page.title, "\u00a0"),
                subtitle=page.about,
                actions=(rx.cond(page.state != "", state_badge(page.state)),),
            ),
            page_tabs(
                "Sections",
                *(
                    tab_link(label, to=here + end, is_selected=end == current)
                    for label, end in tabs
                ),
                class_name="no-print mt-4",
            ),
            rx.el.div(*content, class_name="" if wide else "mt-4 max-w-180"),
        ),
    )


def state_buttons(page: Any, texts: messages.RecordTexts) -> rx.Component:
    """Return the state of a course or path, and the buttons that change it."""

    def button(
        label: str, state: CourseState, class_name: str = BUTTON, *also_hidden: str
    ) -> rx.Component:
        return rx.match(
            page.state,
            *((hidden, rx.fragment()) for hidden in (state.value, *also_hidden)),
            rx.el.button(
                label,
                type="button",
                on_click=page.put(state.value),
                class_name=class_name,
            ),
        )

    return rx.el.section(
        rx.el.h2("State", class_name=PANEL_TITLE),
        rx.el.p(
            rx.match(
                page.state,
                ("published", texts.is_published),
                (NOT_OFFERED, messages.NOTHING_COMPLETES),
                ("archived", messages.IS_ARCHIVED),
                texts.is_draft,
            ),
            class_name="text-small text-ink2",
        ),
        rx.el.div(
            button("Publish", CourseState.PUBLISHED, PRIMARY, NOT_OFFERED),
            button("Back to draft", CourseState.DRAFT),
            button("Archive", CourseState.ARCHIVED),
            class_name="mt-3 flex flex-wrap gap-2",
        ),
        class_name=PANEL,
    )


def move_buttons(move: Any, row: Any) -> tuple[rx.Component, rx.Component]:
    """Return the buttons that move a row of an ordered list up and down."""

    def button(label: str, whole: str, mark: str, *, down: bool, is_end: Any) -> rx.Component:
        return rx.el.button(
            icon(mark, 14),
            rx.el.span(whole, class_name="sr-only"),
            type="button",
            title=label,
            # Not `disabled`: it was perhaps pressed just now, and keeps the focus.
            aria_disabled=rx.cond(is_end, "true", "false"),
            on_click=move(row.id, down),
            class_name=f"{SMALL} !px-1.5",
        )

    return (
        button(
            messages.MOVE_UP,
            messages.move_up(row.title),
            "arrow_up",
            down=False,
            is_end=row.is_first,
        ),
        button(
            messages.MOVE_DOWN,
            messages.move_down(row.title),
            "arrow_down",
            down=True,
            is_end=row.is_last,
        ),
    )


ITEM = (
    "flex items-center justify-between gap-x-3 gap-y-1 border-b border-line2 py-2 last:border-b-0"
)


def named(name: Any, about: Any) -> rx.Component:
    """Return a name with a second line below."""
    return rx.el.div(
        rx.el.div(name, class_name="font-medium break-words"),
        rx.el.div(about, title=about, class_name="truncate text-fine text-ink3"),
        class_name="min-w-0",
    )
