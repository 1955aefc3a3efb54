"""The warning before a sign-in ends, which is extended while its person is active."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import PANEL_TITLE, PRIMARY
from enrollment_portal.domain.shared import messages
from enrollment_portal.state.shared.session_end import SessionEnd

_SESSION_END = browser_module(__file__, "session_end.jsx")
_CLASS_NAMES: dict[str, Any] = {
    "heading": PANEL_TITLE,
    "text": "mt-1 text-ink2",
    "actions": "mt-5 flex justify-end",
    "button": PRIMARY,
}
_TEXTS: dict[str, Any] = {
    "heading": messages.SESSION_ENDS,
    "idle": messages.SESSION_ENDS_UNUSED,
    "over": messages.SESSION_ENDS_AT_LIMIT,
    "stay": "Stay signed in",
    "close": "Close",
}


def _activity_spec(is_active: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (is_active,)


class _SessionEnd(rx.Component):
    library = _SESSION_END
    tag = "SessionEnd"

    left: rx.Var[int]
    can_be_put_off: rx.Var[bool]
    asked_at: rx.Var[int]
    class_names: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    on_ask: rx.EventHandler[_activity_spec]


def session_end() -> rx.Component:
    """Return the component that extends an active person's sign-in and warns before it ends."""
    return _SessionEnd.create(
        left=SessionEnd.left,
        can_be_put_off=SessionEnd.can_be_put_off,
        asked_at=SessionEnd.asked_at,
        class_names=_CLASS_NAMES,
        texts=_TEXTS,
        on_ask=SessionEnd.ask,
    )
