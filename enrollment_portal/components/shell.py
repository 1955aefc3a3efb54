"""What surrounds every page: the sidebar of the Admin Portal, the header, and its notices."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from enrollment_portal.components.pieces import (
    BUTTON,
    PlainForm,
    PlainLink,
    avatar,
    icon,
    notice,
    page_link,
)
from enrollment_portal.state.session import Shell
from enrollment_portal.state.views import LEDGER_PATH

# Section, heading, entries: a label and its path, or None while the page does not exist.
_SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str | None], ...]], ...] = (
    (
        "learning",
        "Learning",
        (
            ("Courses", "book_open", None),
            ("Learning Paths", "route", None),
            ("Enrollments", "list_checks", LEDGER_PATH),
        ),
    ),
    (
        "people",
        "People",
        (
            ("Users", "user_round", None),
            ("Groups", "users_round", None),
            ("Org Chart", "network", None),
        ),
    ),
    ("support", "Support", (("Help Desk", "life_buoy", None),)),
    ("billing", "Billing", (("Plan", "credit_card", None),)),
    (
        "configuration",
        "Configuration",
        (("Admins", "shield", None), ("Access", "key_round", None)),
    ),
)

_ENTRY = "flex items-center gap-2.5 rounded-lg px-2.5 py-[7px] lg:py-[5px]"


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
            **({"aria_current": "page"} if is_current else {}),
        )
    )


def _group(heading: str, *entries: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h2(heading, class_name="px-2.5 pt-3.5 pb-1 text-xs font-semibold text-ink3"),
        rx.el.ul(*entries, class_name="flex flex-col gap-0.5"),
    )


def _sidebar(current: str) -> rx.Component:
    own = [
        rx.cond(
            Shell.role == "Instructor",
            _entry(label="My courses", mark="presentation", path="/teach", current=current),
        ),
        rx.cond(
            Shell.role == "Learner",
            _entry(label="My learning", mark="graduation_cap", path="/learn", current=current),
        ),
    ]
    # Someone with a ledger but no section of their own sees just that entry.
    ledger_only = rx.cond(
        Shell.has_ledger & ~Shell.is_admin,
        _group(
            "Learning",
            _entry(label="Enrollments", mark="list_checks", path=LEDGER_PATH, current=current),
        ),
    )
    return rx.el.nav(
        rx.el.div(
            rx.el.span(
                Shell.organization[0],
                aria_hidden="true",
                class_name="grid size-[26px] shrink-0 place-items-center rounded-[7px] bg-accent "
                "text-[13px] font-bold text-accent-ink",
            ),
            rx.el.span(Shell.organization, class_name="min-w-0 truncate font-semibold text-ink"),
            class_name="flex h-[26px] items-center gap-2.5 px-2",
        ),
        rx.el.ul(*own, class_name="mt-2 flex flex-col gap-0.5"),
        ledger_only,
        *(
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
        ),
        id="sidebar",
        aria_label="Admin Portal",
        class_name="z-20 flex w-[232px] shrink-0 flex-col overflow-y-auto border-r border-line "
        "bg-side px-2.5 py-3.5 lg:sticky lg:top-0 lg:h-screen",
    )


def _theme_button(mode: str, label: str, mark: str) -> rx.Component:
    return rx.el.button(
        icon(mark, 14),
        rx.el.span(label, class_name="sr-only"),
        type="button",
        title=label,
        aria_pressed=rx.cond(rx.style.color_mode == mode, "true", "false"),
        on_click=rx.style.set_color_mode(mode),  # type: ignore[arg-type]
        class_name="grid h-6 w-7 place-items-center rounded-md text-ink3 hover:text-ink "
        "aria-pressed:bg-panel aria-pressed:text-ink aria-pressed:shadow-sm",
    )


def theme_switch() -> rx.Component:
    """Return the switch between light, dark, and what the system says."""
    return rx.el.div(
        _theme_button("light", "Light theme", "sun"),
        _theme_button("dark", "Dark theme", "moon"),
        _theme_button("system", "System theme", "monitor"),
        role="group",
        aria_label="Theme",
        class_name="flex items-center gap-0.5 rounded-lg bg-mute-soft p-0.5",
    )


def _finder() -> rx.Component:
    return rx.el.form(
        rx.el.label(
            icon("search", 15),
            rx.el.span("Find a learner", class_name="sr-only"),
            rx.el.input(
                id="find-learner",
                type="text",
                name="q",
                max_length=200,
                placeholder="Find a learner",
                auto_complete="off",
                class_name="w-full min-w-0 bg-transparent outline-none",
            ),
            class_name="flex h-8 items-center gap-2 rounded-lg border border-line bg-panel px-2.5 "
            "text-ink3 focus-within:border-accent focus-within:outline-2 "
            "focus-within:outline-accent",
        ),
        on_submit=Shell.find,
        role="search",
        aria_label="Find a learner",
        class_name="w-full max-w-72",
    )


def _header() -> rx.Component:
    return rx.el.header(
        rx.el.button(
            icon("menu", 18),
            rx.el.span("Menu", class_name="sr-only"),
            id="drawer-button",
            type="button",
            aria_expanded="false",
            aria_controls="sidebar",
            class_name="grid size-8 shrink-0 place-items-center rounded-lg text-ink2 "
            "hover:bg-hover lg:hidden",
        ),
        rx.el.span(Shell.organization, class_name="hidden truncate font-medium text-ink2 sm:block"),
        rx.el.div(
            rx.cond(Shell.has_ledger, _finder()),
            class_name="hidden min-w-0 flex-1 justify-end md:flex",
        ),
        theme_switch(),
        rx.el.div(
            avatar(initials=Shell.initials, tone=Shell.tone),
            rx.el.div(
                rx.el.div(Shell.name, class_name="max-w-40 truncate text-ink"),
                rx.el.div(Shell.role, class_name="text-xs text-ink3"),
                class_name="hidden text-[13px] leading-4 md:block",
            ),
            class_name="ml-auto flex min-h-8 items-center gap-2.5 md:ml-0 md:min-w-40",
        ),
        PlainForm.create(
            rx.el.button(
                icon("log_out", 15),
                rx.el.span("Sign out", class_name="sr-only xl:not-sr-only"),
                type="submit",
                title="Sign out",
                class_name=f"{BUTTON} !px-2",
            ),
            action="/auth/sign-out",
            method="post",
        ),
        id="header",
        class_name="flex h-14 items-center gap-3 border-b border-line px-4 lg:px-7",
    )


def _connection_notice() -> rx.Component:
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.div(
                icon("wifi_off", 15),
                "The connection is lost. Reconnecting; what you see may be out of date.",
                class_name="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 "
                "text-[13px] text-warn",
            ),
        ),
        role="status",
        class_name="sticky top-0 z-10",
    )


def frame(*children: Any, current: str) -> rx.Component:
    """Return a page of the portal around its content.

    Args:
        children: what the page shows.
        current: the path of the sidebar entry that the page belongs to.
    """
    return rx.el.div(
        PlainLink.create(
            "Skip to content",
            href="#content",
            class_name="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-40 "
            "focus:rounded-lg focus:bg-panel focus:px-3 focus:py-2",
        ),
        rx.el.div(id="drawer-shade", class_name="fixed inset-0 z-20 hidden bg-shade lg:!hidden"),
        _sidebar(current),
        rx.el.div(
            _connection_notice(),
            _header(),
            rx.el.main(
                rx.cond(Shell.refused, _refusal(), rx.fragment(*children)),
                id="content",
                tab_index=-1,
                class_name="min-w-0 px-4 py-5 outline-none lg:px-7",
            ),
            class_name="min-w-0 flex-1",
        ),
        class_name="flex min-h-screen bg-bg text-ink",
    )


def _refusal() -> rx.Component:
    return notice(
        rx.el.p(
            "Your access does not include it. A Super Admin can change that.", class_name="mt-1"
        ),
        page_link("Go to your start page", to="/", class_name=f"{BUTTON} mt-4"),
        title="You may not open this page",
        is_page=True,
        mark="lock",
    )
