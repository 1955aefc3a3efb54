"""The Access page: the access log and open sessions."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.access_log import access_log
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import LINK, page_link
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import ACCESS_PATH


def _subtitle() -> rx.Component:
    return rx.fragment(
        rx.el.span(
            "Sign-ins, exports, and changes of people, admins, groups, courses and learning paths,"
            " newest first. What was changed in enrollments, such as an override or a grade,"
            " is listed under Activity. "
        ),
        rx.cond(
            Shell.has_ledger,
            page_link(
                "Open the changes of enrollments",
                to=AccessLog.activity,
                class_name=f"{LINK} underline",
            ),
        ),
    )


def access() -> rx.Component:
    """Return the page of the access log and open sessions."""
    return frame(
        page_address(AccessLog, ACCESS_PATH),
        page_heading("Access", subtitle=_subtitle()),
        access_log(),
        current=ACCESS_PATH,
    )
