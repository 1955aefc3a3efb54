"""Moves the focus to the heading of a page that a link has opened."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module


class PageFocus(rx.Component):
    """Moves it on a page outside of the portal's frame, which does so by itself."""

    library = browser_module(__file__, "page_focus.jsx")
    tag = "PageFocus"
