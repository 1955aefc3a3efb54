"""The sidebar: the sections of the Admin Portal, and one's own learning and teaching."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import icon, page_link
from enrollment_portal.components.views.view_list import view_list
from enrollment_portal.domain.shared import messages
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import (
    ACCESS_PATH,
    ACTIVITY_PATH,
    ADMINS_PATH,
    COURSES_PATH,
    GROUPS_PATH,
    LEARN_PATH,
    LEDGER_PATH,
    ORGANIZATION_PATH,
    PACE_PATH,
    PATHS_PATH,
    TEACH_PATH,
    USERS_PATH,
)
from enrollment_portal.state.views.saved_views import SavedViews

# Section, heading, entries: a label and its path, or None while the page does not exist.
_SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str | None], ...]], ...] = (
    (
        "learning",
        "Learning",
        (
            ("Courses", "book_open", COURSES_PATH),
            ("Learning Paths", "route", PATHS_PATH),
            ("Enrollments", "list_checks", LEDGER_PATH),
            ("Activity", "activity", ACTIVITY_PATH),
        ),
    ),
    (
        "people",
        "People",
        (
            ("Users", "user_round", USERS_PATH),
            ("Groups", "users_round", GROUPS_PATH),
            ("Org Chart", "network", None),
        ),
    ),
    ("support", "Support", (("Help Desk", "life_buoy", None),)),
    ("billing", "Billing", (("Plan", "credit_card", None),)),
    (
        "configuration",
        "Configuration",
        (
            ("Admins", "shield", ADMINS_PATH),
            ("Access", "key_round", ACCESS_PATH),
            ("Organization", "building_2", ORGANIZATION_PATH),
            ("Stuck and pace", "gauge", PACE_PATH),
        ),
    ),
)

_ENTRY = "flex items-center gap-2.5 rounded-lg px-2.5 py-1.75 lg:py-1.25"


def _entry(*, label: str, mark: str, path: str | None, current: str) -> rx.Component:
    if path is None:
        return rx.el.li(
            rx.el.span(
                rx.el.span(icon(mark), class_name="opacity-50"),
                label,
                rx.el.span("not available yet", class_name="sr-only"),
                class_name=f"{_ENTRY} text-ink3",
                title="Not available yet",
            )
        )
    is_current = path == current
    # Of the views below it, one may be the current page instead.
    views = [view_list(is_ledger=is_current)] if path == LEDGER_PATH else []
    is_view: Any = ShownView.key != "" if views else False
    aria_current = rx.cond(is_view, "false", "page")
    return rx.el.li(
        page_link(
            icon(mark),
            label,
            to=path,
            class_name=f"{_ENTRY} "
            + (
                "bg-accent-soft font-semibold text-accent-text"
                if is_current
                else "text-ink2 hover:bg-hover hover:text-ink"
            ),
            **({"aria_current": aria_current} if is_current else {}),
        ),
        *views,
    )


def _group(heading: str, *entries: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h2(heading, class_name="px-2.5 pt-3.5 pb-1 text-xs font-semibold text-ink3"),
        rx.el.ul(*entries, class_name="flex flex-col gap-0.5"),
    )


def sidebar(*, current: str) -> rx.Component:
    """Return the sidebar; `current` is the path of the entry that the page belongs to."""
    own = [
        rx.cond(
            Shell.teaches,
            _entry(label="My courses", mark="presentation", path=TEACH_PATH, current=current),
        ),
        rx.cond(
            Shell.learns,
            _entry(label="My learning", mark="graduation_cap", path=LEARN_PATH, current=current),
        ),
    ]
    # Someone with a ledger but no section of their own sees just that entry.
    ledger_only = rx.cond(
        Shell.has_ledger & ~Shell.is_admin,
        _group(
            "Learning",
            _entry(label="Enrollments", mark="list_checks", path=LEDGER_PATH, current=current),
            _entry(label="Activity", mark="activity", path=ACTIVITY_PATH, current=current),
        ),
    )
    sections = (
        rx.cond(
            Shell.sections.contains(section),
            _group(
                heading,
                *(
                    _entry(label=label, mark=mark, path=path, current=current)
                    for label, mark, path in entries
                ),
            ),
        )
        for section, heading, entries in _SECTIONS
    )
    # With all views at once, so that nothing moves; a page without an entry lists no further ones.
    is_awaited: Any = Shell.has_ledger & ~SavedViews.is_known if current else False
    return rx.el.nav(
        rx.el.div(
            rx.el.span(
                Shell.organization[0],
                aria_hidden="true",
                class_name="grid size-6.5 shrink-0 place-items-center rounded-[0.4375rem] "
                "bg-accent text-small font-bold text-accent-ink",
            ),
            rx.el.span(
                Shell.organization,
                title=Shell.organization,
                class_name="min-w-0 truncate font-semibold text-ink",
            ),
            class_name="flex h-6.5 items-center gap-2.5 px-2",
        ),
        rx.cond(
            is_awaited,
            rx.fragment(),
            rx.fragment(
                rx.el.ul(*own, class_name="mt-2 flex flex-col gap-0.5 empty:hidden"),
                ledger_only,
                *sections,
            ),
        ),
        rx.el.button(
            icon("keyboard"),
            messages.SHORTCUTS,
            type="button",
            custom_attrs={"data-shortcuts": ""},
            class_name=f"{_ENTRY} mt-auto text-small text-ink2 hover:bg-hover hover:text-ink",
        ),
        id="sidebar",
        aria_label="Admin Portal",
        class_name="z-20 flex w-58 shrink-0 flex-col overflow-y-auto border-e border-line "
        "bg-side px-2.5 py-3.5 lg:sticky lg:top-0 lg:h-screen",
    )
