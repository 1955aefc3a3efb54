"""My learning: a learner's active and completed courses, and what needs attention."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.learning.learn_pieces import (
    learner_news,
    message_card,
    own_card,
    path_card,
    request_notice,
)
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import BUTTON, failure, notice, page_link
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.domain.learning import messages
from enrollment_portal.state.learning.learning import Learning
from enrollment_portal.state.learning.learning_views import (
    CATALOG_PATH,
    MessageView,
    OwnView,
    RequestView,
)

_HEADING = "mt-6 text-sm font-semibold"


def _bones() -> rx.Component:
    return rx.el.div(
        *([rx.el.div(class_name="bone h-24 !rounded-xl")] * 4),
        role="status",
        aria_label="Loading",
        class_name="mt-4 grid gap-3",
    )


def _card(own: rx.Var[OwnView]) -> rx.Component:
    return own_card(own, on_read=Learning.mark_read(own.id))


def _request(request: rx.Var[RequestView]) -> rx.Component:
    return request_notice(
        request, on_withdraw=Learning.withdraw(request.id), on_dismiss=Learning.dismiss(request.id)
    )


def _message(message: rx.Var[MessageView]) -> rx.Component:
    return message_card(
        message,
        on_read=Learning.read_message(message.id),
        on_dismiss=Learning.dismiss_message(message.id),
    )


def _group(label: str, courses: Any) -> rx.Component:
    return rx.cond(
        courses.length() > 0,
        rx.el.section(
            rx.el.h2(label, class_name=_HEADING),
            rx.el.ul(rx.foreach(courses, _card), class_name="mt-2 grid gap-3"),
        ),
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.cond(
            Learning.messages.length() > 0,
            rx.el.section(
                rx.el.h2(messages.MESSAGES, class_name=_HEADING),
                rx.el.ul(rx.foreach(Learning.messages, _message), class_name="mt-2 grid gap-3"),
                aria_label=messages.MESSAGES,
            ),
        ),
        _group("Overdue", Learning.overdue),
        rx.cond(
            Learning.requests.length() > 0,
            rx.el.section(
                rx.el.h2("Requests for more time", class_name=_HEADING),
                rx.el.div(rx.foreach(Learning.requests, _request), class_name="mt-2 grid gap-2"),
            ),
        ),
        rx.cond(
            Learning.paths.length() > 0,
            rx.el.section(
                rx.el.h2("Learning paths", class_name=_HEADING),
                rx.el.div(rx.foreach(Learning.paths, path_card), class_name="mt-2 grid gap-3"),
            ),
        ),
        _group("Active", Learning.active),
        _group("Completed", Learning.completed),
        _group("Cancelled", Learning.cancelled),
    )


def learn() -> rx.Component:
    """Return a learner's own courses."""
    nothing = (
        (Learning.overdue.length() == 0)
        & (Learning.active.length() == 0)
        & (Learning.completed.length() == 0)
        & (Learning.cancelled.length() == 0)
        & (Learning.paths.length() == 0)
    )
    return frame(
        learner_news(Learning),
        announcer(Learning.announcement),
        page_heading(
            "My learning",
            subtitle=Learning.summary,
            actions=(page_link("Browse the catalog", to=CATALOG_PATH, class_name=BUTTON),),
        ),
        rx.match(
            Learning.phase,
            (
                "ready",
                rx.cond(
                    nothing,
                    notice(
                        rx.el.p("Courses that you start appear here.", class_name="mt-1"),
                        title="No courses yet",
                        mark="graduation_cap",
                    ),
                    _content(),
                ),
            ),
            ("failed", failure(on_retry=Learning.load)),
            _bones(),
        ),
        current="/learn",
    )
