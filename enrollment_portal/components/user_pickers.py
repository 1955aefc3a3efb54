"""Choosing somebody, or something to learn, by searching for it; and lists of what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from enrollment_portal.components.pieces import BUTTON
from enrollment_portal.components.search import search_box
from enrollment_portal.state.people_views import FoundView

_LINE = "flex items-center justify-between gap-3 border-t border-line2 py-1.5 first:border-t-0"


def _about(name: Any, about: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(name, class_name="truncate font-medium"),
        rx.el.div(about, class_name="truncate text-[12.5px] text-ink3"),
        class_name="min-w-0",
    )


def picker(
    *, state: Any, label: str, id: str, verb: str, on_pick: Callable[[Any], Any]
) -> rx.Component:
    """Return a search box with what it finds below, each with a button that chooses it.

    Args:
        state: a `PeoplePicker` or `LearnablePicker`.
        label: what is looked for.
        id: of the search field.
        verb: what choosing is called: "Add".
        on_pick: takes the id of what was chosen.
    """

    def line(found: rx.Var[FoundView]) -> rx.Component:
        return rx.el.li(
            _about(found.name, found.about),
            rx.el.button(
                verb,
                rx.el.span(" ", found.name, class_name="sr-only"),
                type="button",
                on_click=on_pick(found.id),
                class_name=f"{BUTTON} shrink-0",
            ),
            class_name=_LINE,
        )

    return rx.el.div(
        search_box(state=state, label=label, id=id, looks="w-full", mark="plus"),
        rx.cond(
            state.found.length() > 0,
            rx.el.ul(
                rx.foreach(state.found, line),
                aria_label="Found",
                class_name="mt-2 rounded-lg border border-line px-3",
            ),
            rx.cond(
                state.searched != "",
                rx.el.p("Nothing is found.", role="status", class_name="mt-2 text-ink3"),
            ),
        ),
        class_name="w-full max-w-130",
    )


def manager_picker(*, state: Any, picker_state: Any) -> rx.Component:
    """Return who someone's manager is, and the search that changes it."""
    return rx.el.fieldset(
        rx.el.legend("Manager", class_name="text-[13px] font-medium"),
        rx.el.div(
            rx.el.span(
                rx.cond(state.manager_name != "", state.manager_name, "Nobody"),
                class_name="min-w-0 truncate",
            ),
            rx.cond(
                (state.manager != 0) & state.may_edit,
                rx.el.button(
                    "Remove manager",
                    type="button",
                    on_click=state.pick_manager(0),
                    class_name=BUTTON,
                ),
            ),
            class_name="flex min-h-8 items-center gap-3",
        ),
        rx.el.p(
            state.errors["manager_id"],
            role="alert",
            class_name="text-[13px] font-medium text-bad empty:hidden",
        ),
        rx.cond(
            state.may_edit,
            picker(
                state=picker_state,
                label="Find a manager",
                id="find-manager",
                verb="Choose",
                on_pick=state.pick_manager,
            ),
        ),
        class_name="grid gap-1",
    )


def link_card(*, link: Any, note: Any) -> rx.Component:
    """Return an invitation's link, to be copied; nothing where there is none."""
    return rx.cond(
        link != "",
        rx.el.section(
            rx.el.h2("Invitation link", class_name="text-sm font-semibold"),
            rx.el.p(note, class_name="mt-0.5 mb-2 text-[13px]"),
            rx.el.div(
                rx.el.input(
                    aria_label="Invitation link",
                    value=link,
                    read_only=True,
                    class_name="h-8 w-full min-w-0 rounded-lg border border-field bg-panel px-2.5 "
                    "font-mono text-[12.5px] text-ink",
                ),
                rx.el.button(
                    "Copy", type="button", on_click=rx.set_clipboard(link), class_name=BUTTON
                ),
                class_name="flex gap-2",
            ),
            role="status",
            class_name="appears mb-4 rounded-xl bg-ok-soft px-4 py-3 text-ok",
        ),
    )
