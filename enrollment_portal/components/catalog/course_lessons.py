"""A course's ordered list of lessons, and the form of one of them."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.catalog.course_pieces import ITEM, SMALL, move_buttons, named
from enrollment_portal.components.forms.fields import text_area, text_input, uncontrolled_form
from enrollment_portal.components.ui.dialogs import confirm_dialog
from enrollment_portal.components.ui.pieces import BUTTON, CARD, PANEL, PANEL_TITLE, failure
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.shared.messages import edit_named, remove_named
from enrollment_portal.state.catalog.course_views import LessonView
from enrollment_portal.state.catalog.courses import NOTHING, Lessons


def _lesson(row: rx.Var[LessonView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.number, class_name="w-6 shrink-0 text-end text-ink3 tabular-nums"),
            named(row.title, row.about),
            class_name="flex w-full min-w-0 items-center gap-3 sm:w-auto",
        ),
        rx.el.div(
            *move_buttons(Lessons.move, row),
            rx.el.button(
                short_label("Edit", edit_named(row.title)),
                type="button",
                id=f"edit-{row.id}",
                on_click=Lessons.edit(row.id),
                class_name=SMALL,
            ),
            rx.el.button(
                short_label(messages.REMOVE, remove_named(row.title)),
                type="button",
                on_click=Lessons.ask_to_remove(row.id),
                class_name=SMALL,
            ),
            class_name="ms-auto flex shrink-0 gap-1.5",
        ),
        key=row.id,
        class_name=f"{ITEM} flex-wrap sm:flex-nowrap",
    )


def course_lessons() -> rx.Component:
    """Return the list and the form."""
    return rx.cond(
        Lessons.phase == "failed",
        failure(on_retry=Lessons.load),
        rx.fragment(*_list_and_form()),
    )


def _list_and_form() -> tuple[rx.Component, ...]:
    return (
        announcer(Lessons.announcement),
        rx.el.section(
            rx.el.h2("Lessons", class_name="sr-only"),
            rx.cond(
                Lessons.rows.length() > 0,
                rx.el.ol(rx.foreach(Lessons.rows, _lesson), aria_label="Lessons"),
                rx.el.p(
                    "No lessons yet. A course needs one before it can be published.",
                    class_name="py-4 text-ink2",
                ),
            ),
            class_name=f"{CARD} px-4 py-1",
        ),
        rx.el.section(
            rx.cond(
                Lessons.editing == 0,
                rx.el.h2("New lesson", class_name=f"{PANEL_TITLE} mb-3"),
                # Whoever opens a lesson goes on in its form.
                rx.el.h2(
                    "Edit lesson",
                    key=Lessons.editing,
                    data_takes_focus="",
                    class_name=f"{PANEL_TITLE} mb-3",
                ),
            ),
            rx.cond(
                Lessons.phase == "ready",
                uncontrolled_form(
                    Lessons,
                    text_input(
                        Lessons,
                        "title",
                        "Title",
                        max_length=300,
                        on_blur=lambda typed: Lessons.keep("title", typed),
                    ),
                    text_area(
                        Lessons,
                        "content",
                        "Content",
                        rows=10,
                        on_blur=lambda typed: Lessons.keep("content", typed),
                    ),
                    id="lesson",
                    on_submit=Lessons.save,
                    submit_label=rx.cond(Lessons.editing == 0, "Add lesson", "Save Changes"),
                    buttons=(
                        rx.cond(
                            Lessons.editing != 0,
                            rx.el.button(
                                "Cancel",
                                type="button",
                                on_click=Lessons.edit(0),
                                data_focus_next=f"#edit-{Lessons.editing}",
                                class_name=BUTTON,
                            ),
                        ),
                    ),
                ),
            ),
            class_name=f"{PANEL} mt-4",
        ),
        confirm_dialog(
            rx.el.p(messages.remove_lesson(Lessons.removing_title)),
            heading=messages.REMOVE_LESSON_HEADING,
            id="removing-lesson",
            is_open=Lessons.removing != 0,
            on_close=Lessons.ask_to_remove(0),
            on_confirm=Lessons.remove,
            confirm_label=messages.REMOVE,
            cancel_label=messages.KEEP,
        ),
        confirm_dialog(
            rx.el.p(messages.DISCARD_LESSON),
            heading=messages.DISCARD_HEADING,
            id="discarding-lesson",
            is_open=Lessons.opening != NOTHING,
            on_close=Lessons.stay,
            on_confirm=Lessons.discard,
            confirm_label=messages.DISCARD,
            cancel_label=messages.KEEP_EDITING,
        ),
    )
