"""What is shown for a minute, and what keeps the focus where it was in something that is gone."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_MINUTE = browser_module(__file__, "for_a_minute.jsx")


class ForAMinute(rx.Component):
    """Shows its children for a minute after `since` changed, and reads `announcement` out once."""

    library = _MINUTE
    tag = "ForAMinute"

    since: rx.Var[str]
    announcement: rx.Var[str]


class KeepsFocus(rx.Component):
    """A group that takes the focus over from whatever had it in there and is gone."""

    library = _MINUTE
    tag = "KeepsFocus"

    label: rx.Var[str]
