"""One open session in a list of them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import BUTTON
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.access import messages
from enrollment_portal.state.access.access_views import SessionView


def session_item(session: rx.Var[SessionView], *, on_end: Any = None) -> rx.Component:
    """Return an open session.

    Args:
        session: what is shown.
        on_end: ends it; without it, and for the session that is used, there is no button.
    """
    button = rx.el.button(
        short_label(messages.SIGN_OUT_THERE, messages.sign_out_of(session.browser)),
        type="button",
        on_click=on_end,
        class_name=f"{BUTTON} shrink-0",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(session.browser, class_name="font-medium"),
                rx.cond(session.is_this, rx.el.span(messages.THIS_SESSION, class_name="text-ok")),
            ),
            rx.el.div(
                messages.session_facts(session.client, session.since, session.until),
                class_name="text-small text-ink3",
            ),
            class_name="min-w-0",
        ),
        *([] if on_end is None else [rx.cond(session.is_this, rx.fragment(), button)]),
        class_name="flex items-center justify-between gap-3 border-t border-line2 py-2 "
        "first:border-t-0",
    )
