"""The links to the previous and next enrollment in the ledger, and the notice of a past day."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import LINK, icon, page_link
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.enrollment.place import LedgerPlace

_STEP = "inline-flex h-7 items-center gap-1 rounded-md border border-line bg-panel px-2 text-small "


def _step(
    *content: Any, to: rx.Var[str], name: Any, whole: str, at_end: tuple[str, str], way: str
) -> rx.Component:
    """Return the link to the previous or next enrollment, or a disabled one at the end.

    Args:
        content: what it shows.
        to: the address of the enrollment; "" at the end.
        name: of the enrollment.
        whole: what a screen reader says of the link.
        at_end: what one sees and what a screen reader says at the end.
        way: to the same tab of its page.
    """
    return rx.cond(
        to != "",
        page_link(
            *content,
            aria_label=whole,
            to=to + way + LedgerPlace.place.suffix,
            title=name,
            class_name=f"{_STEP} text-ink hover:bg-hover",
        ),
        # It stays in place and focusable, so that nothing moves under a pointer or a key.
        rx.el.span(
            *content,
            aria_label=at_end[1],
            role="link",
            aria_disabled="true",
            tab_index=0,
            title=at_end[0],
            class_name=f"{_STEP} text-ink3",
        ),
    )


def neighbours(*, is_managing: bool) -> rx.Component:
    """Return the links to the enrollments before and after; none outside the ledger."""
    way = "/manage" if is_managing else ""
    place = LedgerPlace.place
    return rx.cond(
        place.is_listed,
        rx.el.nav(
            _step(
                icon("chevron_left", 14),
                rx.el.span(messages.PREVIOUS),
                to=place.previous,
                name=place.previous_name,
                whole=messages.previous_one(place.previous_name),
                at_end=(messages.IS_FIRST, messages.PREVIOUS_IS_FIRST),
                way=way,
            ),
            _step(
                rx.el.span(messages.NEXT),
                icon("chevron_right", 14),
                to=place.next,
                name=place.next_name,
                whole=messages.next_one(place.next_name),
                at_end=(messages.IS_LAST, messages.NEXT_IS_LAST),
                way=way,
            ),
            aria_label="Enrollments of the ledger",
            custom_attrs={"data-keeps-focus": ""},
            class_name="no-print flex shrink-0 gap-1.5",
        ),
    )


def past_record() -> rx.Component:
    """Return the notice that a record is shown as of today, though opened from a past day."""
    place = LedgerPlace.place
    return rx.cond(
        place.day != "",
        rx.el.div(
            icon("history", 16),
            rx.el.p(
                rx.el.span(messages.TODAYS_RECORD, " "),
                rx.cond(
                    place.then != "",
                    rx.el.span(messages.then_was(place.day, place.then)),
                    rx.el.span(messages.not_enrolled_then(place.day)),
                ),
                class_name="min-w-0 flex-1 basis-48",
            ),
            page_link("Back to that day", to=place.back, class_name=f"{LINK} no-print shrink-0"),
            role="note",
            class_name="mt-4 flex flex-wrap items-center gap-x-2.5 gap-y-1 rounded-lg border "
            "border-info bg-info-soft px-3.5 py-2 text-small text-ink",
        ),
    )
