"""Entries of history: who changed what, from what to what, when and why, newest first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import BUTTON, PANEL, PANEL_TITLE, author_avatar, icon
from enrollment_portal.components.ui.short_notices import ForAMinute
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.enrollment.messages import FROM_TO
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared.messages import quoted
from enrollment_portal.state.history.batch_undo import UNDO
from enrollment_portal.state.shared.views import ChangeView, EventView


def changed_value(text: rx.Var[str], *, is_old: bool) -> rx.Component:
    """Return the value of a field before or after a change."""
    tag = rx.el.del_ if is_old else rx.el.ins
    return tag(
        text,
        class_name="line-clamp-3 max-w-full break-words "
        + ("text-ink3" if is_old else "font-medium no-underline"),
    )


def change_line(change: rx.Var[ChangeView]) -> rx.Component:
    """Return the line of one changed field in a list."""
    return rx.el.li(
        *sentence(
            FROM_TO,
            words="text-ink3",
            field=rx.el.span(change.label, class_name="font-medium"),
            before=changed_value(change.before, is_old=True),
            after=changed_value(change.after, is_old=False),
        ),
        class_name="[&>del]:inline [&>ins]:inline break-words",
    )


def _event(event: rx.Var[EventView]) -> rx.Component:
    return rx.el.li(
        author_avatar(initials=event.initials, process=event.process),
        rx.el.div(
            rx.el.div(
                rx.el.span(event.who, class_name="font-medium"),
                rx.cond(event.what != "", rx.el.span(" · " + event.what)),
            ),
            rx.cond(event.changes.length() > 0, rx.el.ul(rx.foreach(event.changes, change_line))),
            rx.cond(
                event.reason != "",
                rx.el.p(quoted(event.reason), class_name="break-words text-ink2"),
            ),
            rx.el.time(
                event.ago + " · " + event.exact,
                date_time=event.iso,
                class_name="block text-fine text-ink3",
            ),
            class_name="min-w-0",
        ),
        class_name="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-2.5 border-t border-line2 py-2.5 "
        "first:border-t-0 first:pt-0 last:pb-0",
    )


def timeline(*, events: Any, nothing: str = "Nothing is recorded yet.") -> rx.Component:
    """Return entries of history, newest first.

    Args:
        events: a list of `EventView`.
        nothing: the text if there are none.
    """
    return rx.cond(
        events.length() > 0,
        rx.el.ol(rx.foreach(events, _event)),
        rx.el.p(nothing, class_name="text-ink3"),
    )


def undo_button(
    *, since: Any, on_click: Any, label: Any = "Undo", announcement: Any = None
) -> rx.Component:
    """Return a button that undoes what was just done, for a minute.

    Args:
        since: identifies what was done; "" for nothing.
        on_click: undoes it.
        label: what the button reads.
        announcement: what screen readers hear; by default that `label` can be pressed.
    """
    return ForAMinute.create(
        rx.el.button(
            icon("undo-2", 14),
            rx.el.span(label),
            type="button",
            on_click=on_click,
            class_name=f"{BUTTON} !h-9",
        ),
        since=since,
        announcement=messages.can_be_reversed(label) if announcement is None else announcement,
        class_name="shrink-0",
    )


def batch_undo_button(
    state: Any, labels: tuple[str, str] | None = None, or_key: str = ""
) -> rx.Component:
    """Return the button that undoes, or redoes, the batch that a page has just made.

    Args:
        state: the page's `BatchUndo` state, whose `undo` does it.
        labels: to undo and to redo, if the confirmation is about more than is undone.
        or_key: names the key that undoes it as well: "Ctrl+Z".
    """
    label = state.offer_label
    if labels:
        label = rx.cond(state.offer_label == UNDO, *labels).to(str)
    announcement = messages.can_be_reversed(label)
    if or_key:
        by_key = messages.can_be_reversed_by_key(label, or_key)
        announcement = rx.cond(state.offer_label == UNDO, by_key, announcement)
    return undo_button(
        since=state.offer, on_click=state.undo, label=label, announcement=announcement
    )


def history_card(*, events: Any, heading: str = "History") -> rx.Component:
    """Return a card with entries of history."""
    return rx.el.section(
        rx.el.h2(heading, class_name=f"{PANEL_TITLE} mb-3"),
        timeline(events=events),
        class_name=PANEL,
    )
