"""The states that a user's and a group's page share: loading, missing, failed, or ready."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb
from enrollment_portal.components.ui.pieces import failure, missing_page
from enrollment_portal.domain.people.messages import RecordTexts


def record_frame(
    *content: Any, page: Any, texts: RecordTexts, name: Any, above: tuple[str, str], mark: str
) -> rx.Component:
    """Return the page of one record of a list.

    Args:
        content: the page of an existing record.
        page: the state of the record's page.
        texts: what it says of what it is about.
        name: of the record.
        above: the list's label and path.
        mark: the icon if it is missing.
    """
    path = above[1]
    return frame(
        rx.match(
            page.phase,
            ("ready", rx.fragment(breadcrumb(above, current=name), *content)),
            (
                "missing",
                missing_page(
                    texts.show_all,
                    to=path,
                    title=texts.missing,
                    mark=mark,
                ),
            ),
            ("failed", failure(on_retry=page.load)),
            rx.el.div(
                rx.el.h1(texts.noun, class_name="sr-only"),
                rx.el.div(class_name="bone h-10 w-72 max-w-full"),
                rx.el.div(class_name="bone mt-6 h-80 !rounded-xl"),
                role="status",
                aria_label="Loading",
            ),
        ),
        current=path,
    )
