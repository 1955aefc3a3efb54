"""Move the focus to the heading of a page that a link has opened."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module


class PageFocus(rx.Component):
    """Move the focus to the heading on pages without the sidebar, such as the sign-in page."""

    library = browser_module(__file__, "page_focus.jsx")
    tag = "PageFocus"
