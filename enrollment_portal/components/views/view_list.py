"""The views of the ledger in the sidebar, under Enrollments."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import icon, page_link
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.addresses import ALL, VIEW
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.live import Live
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.state.views.saved_views import SavedViews, ViewLink

_DETAILS = browser_module(__file__, "details.jsx")
_LINK = (
    "relative flex min-h-7 items-center gap-2 rounded-lg py-1 ps-3 pe-2.5 text-small text-ink2 "
    "hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft "
    "aria-[current=page]:font-semibold aria-[current=page]:text-accent-text"
)


class _RememberedDetails(rx.Component):
    library = _DETAILS
    tag = "RememberedDetails"

    name: rx.Var[str]


def _current(key: Any, *, is_ledger: bool) -> Any:
    return rx.cond(ShownView.key == key, "page", "false") if is_ledger else "false"


def _link(
    *, key: Any, name: Any, title: Any, address: Any, is_default: Any, is_ledger: bool
) -> rx.Component:
    counts: Any = Live.view_counts
    count: Any = rx.cond(Live.views_channel == SavedViews.channel, counts[key], "")
    return rx.el.li(
        page_link(
            rx.el.span(name, class_name="min-w-0 flex-1 truncate"),
            rx.cond(
                is_default,
                rx.el.span(
                    icon("star", 10),
                    rx.el.span(messages.IS_DEFAULT, class_name="sr-only"),
                    title=messages.IS_DEFAULT,
                    # Before the name, as the count at its end is known later.
                    class_name="absolute inset-y-0 start-0 grid place-items-center text-ink3",
                ),
            ),
            rx.el.span(count, class_name="text-xs font-normal text-ink3 tabular-nums"),
            to=address,
            title=title,
            aria_current=_current(key, is_ledger=is_ledger),
            class_name=_LINK,
        ),
        key=key,
    )


def _saved_link(view: rx.Var[ViewLink], *, is_ledger: bool) -> rx.Component:
    return _link(
        key=view.key,
        name=view.name,
        title=view.title,
        address=view.address,
        is_default=SavedViews.default == view.key,
        is_ledger=is_ledger,
    )


def view_list(*, is_ledger: bool) -> rx.Component:
    """Return the links to the views, which can be closed; they scroll where there are many.

    Args:
        is_ledger: whether the page belongs to Enrollments, so that one of them may be current.
    """
    every = rx.el.li(
        page_link(
            messages.ALL_ENROLLMENTS,
            to=f"{LEDGER_PATH}?{VIEW}={ALL}",
            aria_current=_current(ALL, is_ledger=is_ledger),
            class_name=_LINK,
        )
    )
    # The product's are there at once, so that nothing moves.
    product = (
        _link(
            key=view.key,
            name=view.name,
            title=view.name,
            address=f"{LEDGER_PATH}?{VIEW}={view.key}",
            is_default=SavedViews.default == view.key,
            is_ledger=is_ledger,
        )
        for view in PRODUCT_VIEWS.values()
    )
    return _RememberedDetails.create(
        rx.el.summary(
            icon("chevron_right", 12),
            rx.el.span(messages.VIEWS),
            class_name="flex min-h-6 cursor-pointer list-none items-center gap-1 rounded-lg "
            "px-2 text-xs font-medium text-ink3 hover:bg-hover "
            "[&::-webkit-details-marker]:hidden [[open]>&>svg]:rotate-90",
        ),
        rx.el.ul(
            rx.cond(SavedViews.default != "", every),
            *product,
            rx.foreach(SavedViews.views, lambda view: _saved_link(view, is_ledger=is_ledger)),
            aria_label=messages.VIEWS,
            # Room for the ring around the focused link.
            class_name="max-h-72 overflow-y-auto p-0.5",
        ),
        name="views",
        class_name="ms-5 border-s border-line ps-1",
    )
