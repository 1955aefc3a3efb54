"""Small components that all pages share: buttons, links, avatars, icons, notices."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router import ReactRouterLink

from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.messages import NOT_LOADED
from enrollment_portal.state.shared.views import N_TONES

BUTTON = (
    "inline-flex h-8 items-center justify-center gap-2 rounded-lg border border-line bg-panel px-3 "
    "font-medium text-ink hover:bg-hover disabled:text-ink3 disabled:hover:bg-panel "
    "aria-disabled:text-ink3 aria-disabled:hover:bg-panel"
)
PRIMARY = (
    "inline-flex h-8 items-center justify-center gap-2 rounded-lg border border-transparent "
    "bg-accent px-3 font-medium text-accent-ink hover:opacity-90 "
    "aria-disabled:bg-mute-soft aria-disabled:text-ink3 aria-disabled:opacity-100"
)
INPUT = (
    "w-full rounded-lg border border-field bg-bg px-2.5 py-1.5 text-ink "
    "disabled:border-line disabled:bg-side disabled:text-ink2 "
    # A select is always read-only for the stylesheet.
    "[&:not(select):read-only]:bg-side "
    "aria-[invalid=true]:border-bad"
)
CARD = "rounded-xl border border-line bg-panel"
PANEL = f"{CARD} px-5 py-4.5"
"""A card with a heading and text or fields."""
PANEL_TITLE = "text-lead font-semibold"
NAME_LINE = "truncate -mt-1.25 -mb-0.5 pt-1.25 pb-0.5 leading-4.5"
"""A name in one low line, with room for marks of scripts above and below."""
SECOND_LINE = "truncate -mt-0.75 pt-0.75 text-fine leading-4 text-ink3"
"""The line below a name."""
LINK = "text-accent-text underline-offset-2 hover:underline"

_PROCESS_ICONS = {
    "tracking": "activity",
    "group": "users_round",
    "path": "route",
    "import": "file_input",
}
TONE_CLASSES = [f"bg-tone{n} text-tone{n}-ink" for n in range(N_TONES)]


class PlainForm(BaseHTML):
    """A form that the browser submits itself: Reflex's own component prevents that."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


class PlainLink(BaseHTML):
    """A link within the page, which the router ignores."""

    tag = "a"

    href: rx.Var[str]


def lookup(table: Any, key: Any) -> Any:
    """Return the browser's expression for `table[key]`, where the key is a state var."""
    table_in_browser: Any = rx.Var.create(table)
    return table_in_browser[key]


def page_link(*children: Any, to: rx.Var[str] | str, **props: Any) -> rx.Component:
    """Return a link to another page of the portal."""
    return ReactRouterLink.create(*children, to=to, **props)


def avatar(*, initials: rx.Var[str], tone: rx.Var[int], class_name: str = "") -> rx.Component:
    """Return a person's initials in a circle; decoration beside their name."""
    return rx.el.span(
        initials,
        aria_hidden="true",
        class_name=[
            "inline-block size-7 shrink-0 rounded-full text-center text-micro leading-7 "
            f"font-semibold {class_name}",
            lookup(TONE_CLASSES, tone).to(str),
        ],
    )


def author_avatar(
    *, initials: rx.Var[str], process: rx.Var[str], tone: Any = 0, class_name: str = ""
) -> rx.Component:
    """Return the initials of who made a change, or an icon if the portal itself did.

    Args:
        initials: of the person.
        process: which part of the portal made it, "" for a person.
        tone: of the person.
        class_name: classes of the circle.
    """
    marks = [(name, icon(mark, 15)) for name, mark in _PROCESS_ICONS.items()]
    return rx.cond(
        process == "",
        avatar(initials=initials, tone=rx.Var.create(tone), class_name=class_name),
        rx.el.span(
            rx.match(process, *marks, icon("cog", 15)),
            aria_hidden="true",
            class_name="inline-grid size-7 shrink-0 place-items-center rounded-full bg-mute-soft "
            f"text-mute {class_name}",
        ),
    )


def icon(tag: str, size: int = 16, **props: Any) -> rx.Component:
    """Return a decorative icon; its size is in pixels at the usual font size of 16."""
    # It grows with the browser's font size, like the text beside it.
    in_rem = rx.Var(f'"{size / 16:g}rem"', _var_type=int)
    return rx.icon(tag=tag, size=in_rem, aria_hidden="true", class_name="shrink-0", **props)


def notice(*children: Any, title: str, mark: str = "inbox", is_page: bool = False) -> rx.Component:
    """Return the notice in place of rows: none yet, none found, or a failure.

    Args:
        children: what to do about it.
        title: what is the matter.
        mark: the icon's name.
        is_page: whether it is all that the page shows, so that its title is the page's.
    """
    heading = rx.el.h1 if is_page else rx.el.h2
    return rx.el.div(
        rx.el.div(icon(mark, 20), class_name="rounded-full bg-mute-soft p-3 text-ink3"),
        heading(title, class_name="mt-3 text-lead font-semibold text-ink"),
        *children,
        class_name="appears flex min-h-80 flex-col items-center justify-center px-6 py-16 "
        "text-center text-ink2",
    )


def missing_page(
    back: str, *, to: Any, title: str = "Not found", mark: str = "file_question"
) -> Any:
    """Return the content of a page whose record does not exist, or may not be seen.

    Args:
        back: the label of the link that leads on.
        to: where that leads.
        title: what is missing.
        mark: the icon's name.
    """
    return notice(
        rx.el.p(NotFound.message, class_name="mt-1"),
        page_link(back, to=to, class_name=f"{BUTTON} mt-4"),
        title=title,
        mark=mark,
        is_page=True,
    )


def failure(*, on_retry: Any) -> rx.Component:
    """Return the notice if the server could not answer."""
    return notice(
        rx.el.p(NOT_LOADED, class_name="mt-1"),
        rx.el.button("Try again", type="button", on_click=on_retry, class_name=f"{BUTTON} mt-4"),
        title="This did not load",
        mark="cloud_off",
    )
