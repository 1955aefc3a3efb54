"""The frame of every page: sidebar, header and notices."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.errors.without_scripts import javascript_needed
from enrollment_portal.components.forms.long_paste import long_paste
from enrollment_portal.components.sessions.session_end import session_end
from enrollment_portal.components.shell.connection import connection
from enrollment_portal.components.shell.palette.palette import palette_button
from enrollment_portal.components.shell.shortcuts import shortcuts
from enrollment_portal.components.shell.sidebar import sidebar
from enrollment_portal.components.shell.trouble_banner import trouble_banner
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    PlainForm,
    PlainLink,
    avatar,
    icon,
    notice,
    page_link,
)
from enrollment_portal.domain.shared import messages
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import ACCOUNT_PATH


def _theme_button(mode: str, label: str, mark: str) -> rx.Component:
    return rx.el.button(
        icon(mark, 14),
        rx.el.span(label, class_name="sr-only"),
        type="button",
        title=label,
        aria_pressed=rx.cond(rx.style.color_mode == mode, "true", "false"),
        custom_attrs={"data-theme": mode},
        on_click=rx.style.set_color_mode(mode),  # type: ignore[arg-type]
        class_name="grid h-6 w-7 place-items-center rounded-md text-ink3 hover:text-ink "
        "aria-pressed:bg-panel aria-pressed:text-ink aria-pressed:shadow-sm",
    )


def theme_switch() -> rx.Component:
    """Return the switch between light, dark, and the system's setting."""
    return rx.el.div(
        _theme_button("light", "Light theme", "sun"),
        _theme_button("dark", "Dark theme", "moon"),
        _theme_button("system", "System theme", "monitor"),
        role="group",
        aria_label="Theme",
        class_name="flex items-center gap-0.5 rounded-lg bg-mute-soft p-0.5",
    )


_MENU_ITEM = (
    "flex w-full items-center gap-2.5 rounded-lg px-2.5 py-2 text-start text-ink hover:bg-hover"
)


def _account_menu() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            avatar(initials=Shell.initials, tone=Shell.tone),
            rx.el.span(
                rx.el.span(
                    Shell.name, title=Shell.name, class_name="block max-w-40 truncate text-ink"
                ),
                rx.el.span(Shell.role, class_name="block text-xs text-ink3"),
                class_name="sr-only text-small leading-4 md:not-sr-only md:block",
            ),
            icon("chevron_down", 14),
            title="Your account",
            class_name="flex min-h-8 cursor-pointer list-none items-center gap-2.5 rounded-lg "
            "text-ink3 hover:bg-hover md:min-w-40 md:px-1.5 [&::-webkit-details-marker]:hidden",
        ),
        rx.el.div(
            page_link(
                icon("settings", 15),
                rx.el.span("Account settings"),
                to=ACCOUNT_PATH,
                class_name=_MENU_ITEM,
            ),
            rx.el.button(
                icon("keyboard", 15),
                rx.el.span(messages.SHORTCUTS),
                type="button",
                custom_attrs={"data-shortcuts": ""},
                class_name=_MENU_ITEM,
            ),
            PlainForm.create(
                rx.el.button(
                    icon("log_out", 15),
                    rx.el.span(messages.SIGN_OUT),
                    type="submit",
                    class_name=_MENU_ITEM,
                ),
                action="/auth/sign-out",
                method="post",
                class_name="mt-1.5 border-t border-line2 pt-1.5",
            ),
            class_name="absolute top-full end-0 z-30 mt-1.5 w-56 rounded-xl border border-line "
            "bg-panel p-1.5 shadow-lg",
        ),
        id="account-menu",
        class_name="relative",
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
        rx.el.span(
            Shell.organization,
            title=Shell.organization,
            class_name="hidden truncate font-medium text-ink2 sm:block",
        ),
        rx.el.div(palette_button(), class_name="flex min-w-0 justify-end max-md:ms-auto md:flex-1"),
        theme_switch(),
        _account_menu(),
        id="header",
        class_name="flex h-14 items-center gap-3 border-b border-line px-4 max-sm:gap-1.5 lg:px-7",
    )


def frame(*children: Any, current: str) -> rx.Component:
    """Return a page of the portal around its content.

    Args:
        children: the content.
        current: the path of the sidebar entry that the page belongs to.
    """
    return rx.el.div(
        PlainLink.create(
            "Skip to content",
            href="#content",
            class_name="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:start-2 focus:z-40 "
            "focus:rounded-lg focus:bg-panel focus:px-3 focus:py-2",
        ),
        rx.el.div(id="drawer-shade", class_name="fixed inset-0 z-20 hidden bg-shade lg:!hidden"),
        sidebar(current=current),
        rx.el.div(
            connection(),
            shortcuts(),
            session_end(),
            long_paste(),
            _header(),
            trouble_banner(),
            javascript_needed(),
            rx.el.main(
                rx.cond(Shell.refused, _refusal(), rx.fragment(*children)),
                id="content",
                tab_index=-1,
                # Until it is loaded, a page may show what its tab kept from an earlier visit.
                aria_busy=~rx.State.is_hydrated,
                class_name="min-w-0 px-4 py-5 outline-none lg:px-7",
            ),
            id="page",
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
