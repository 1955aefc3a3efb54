"""One lesson to read, and to mark as done."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.learning.learn_pieces import course_path
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.linked_text import linked_text
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    CARD,
    PRIMARY,
    failure,
    icon,
    notice,
    page_link,
)
from enrollment_portal.components.ui.status import progress_bar
from enrollment_portal.pages.learning.learn_course import bones, lesson_path, missing
from enrollment_portal.state.learning.learning_course import LessonRoom


def _refused() -> rx.Component:
    return notice(
        rx.el.p(LessonRoom.refusal, class_name="mt-1"),
        page_link(
            "Back to the course", to=course_path(LessonRoom.course_id), class_name=f"{BUTTON} mt-4"
        ),
        title="This lesson is closed",
        mark="lock",
        is_page=True,
    )


def _turn(label: str, mark: str, lesson_id: Any) -> rx.Component:
    class_name = f"{BUTTON} !px-2.5"
    content = (icon(mark, 15), label) if label == "Previous" else (label, icon(mark, 15))
    return rx.cond(
        lesson_id != 0,
        page_link(*content, to=lesson_path(LessonRoom.course_id, lesson_id), class_name=class_name),
    )


def _mark() -> rx.Component:
    return rx.cond(
        LessonRoom.is_done,
        rx.el.span(
            icon("check", 15),
            "Done",
            class_name="inline-flex h-8 items-center gap-1.5 font-medium text-ok",
        ),
        rx.el.button("Mark as done", type="button", on_click=LessonRoom.mark, class_name=PRIMARY),
    )


def _page() -> rx.Component:
    return rx.fragment(
        breadcrumb(
            ("My learning", "/learn"),
            (LessonRoom.course, course_path(LessonRoom.course_id)),
            current=LessonRoom.place,
        ),
        page_heading(LessonRoom.title),
        rx.el.div(
            *progress_bar(value=LessonRoom.progress, status=LessonRoom.status, width="w-48"),
            class_name="mt-1 mb-4 flex items-center gap-2 text-small",
        ),
        announcement(message=LessonRoom.message, refusal=LessonRoom.refusal),
        rx.el.article(
            rx.cond(
                LessonRoom.content.length() > 0,
                linked_text(
                    LessonRoom.content, class_name="max-w-180 text-lead leading-7 break-words"
                ),
                rx.el.p(
                    "This lesson has no text. Mark it as done once you have taken it.",
                    class_name="text-ink3",
                ),
            ),
            class_name=f"{CARD} min-h-60 max-w-200 px-6 py-5",
        ),
        rx.el.nav(
            _turn("Previous", "chevron_left", LessonRoom.previous_id),
            rx.el.div(
                _mark(),
                _turn("Next", "chevron_right", LessonRoom.next_id),
                rx.cond(
                    LessonRoom.next_id == 0,
                    page_link(
                        "Back to the course",
                        to=course_path(LessonRoom.course_id),
                        class_name=BUTTON,
                    ),
                ),
                class_name="ms-auto flex flex-wrap items-center gap-3",
            ),
            aria_label="Lessons",
            class_name="no-print mt-4 flex max-w-200 flex-wrap items-center gap-3",
        ),
    )


def lesson() -> rx.Component:
    """Return the page of one lesson."""
    return frame(
        rx.match(
            LessonRoom.phase,
            ("ready", _page()),
            ("refused", _refused()),
            ("missing", missing()),
            ("failed", failure(on_retry=LessonRoom.load)),
            bones(),
        ),
        current="/learn",
    )
