"""Announcements, notices that disappear after a minute, and groups that keep the focus."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module

_MINUTE = browser_module(__file__, "for_a_minute.jsx")
_COPY = browser_module(__file__, "copy_button.jsx")
_THROTTLED = browser_module(__file__, "throttled_status.jsx")


def announcer(text: Any) -> rx.Component:
    """Return a hidden region that screen readers announce when its text changes.

    It must be on the page before its text. In a dialog only regions of the dialog are announced.
    """
    return rx.el.p(text, role="status", class_name="sr-only")


class ForAMinute(rx.Component):
    """Shows its children for a minute after `since` changed, and announces `announcement` once."""

    library = _MINUTE
    tag = "ForAMinute"

    since: rx.Var[str]
    announcement: rx.Var[str]


class KeepsFocus(rx.Component):
    """A group that takes the focus when the element in it that had it disappears."""

    library = _MINUTE
    tag = "KeepsFocus"

    label: rx.Var[str]


class CopyButton(rx.Component):
    """A button that copies `text`, and announces `copied` or `not_copied`.

    Where it cannot, the field with the text, whose id is `field`, is focused and selected.
    """

    library = _COPY
    tag = "CopyButton"

    text: rx.Var[str]
    field: rx.Var[str]
    copied: rx.Var[str]
    not_copied: rx.Var[str]


class ThrottledStatus(rx.Component):
    """Shows its children; announces the text of those marked `data_spoken`, at most every 10 s."""

    library = _THROTTLED
    tag = "ThrottledStatus"
