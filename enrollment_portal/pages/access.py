"""The Access page: who did what, and where someone is signed in."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access_log import access_log
from enrollment_portal.components.client import page_address
from enrollment_portal.components.headings import page_heading
from enrollment_portal.components.shell import frame
from enrollment_portal.state.access import AccessLog
from enrollment_portal.state.views import ACCESS_PATH


def access() -> rx.Component:
    """Return the page."""
    return frame(
        page_address(AccessLog, ACCESS_PATH),
        page_heading("Access", subtitle="Every administrative act and sign-in, newest first"),
        access_log(),
        current=ACCESS_PATH,
    )
