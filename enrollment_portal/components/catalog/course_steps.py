"""A learning path's ordered list of courses."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.catalog.course_circles import circle_warning
from enrollment_portal.components.catalog.course_pieces import ITEM, SMALL, move_buttons, named
from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.forms.stored_checkbox import StoredCheckbox
from enrollment_portal.components.ui.dialogs import confirm_dialog
from enrollment_portal.components.ui.pieces import CARD, PANEL, PANEL_TITLE
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.messages import FOUND_COURSES
from enrollment_portal.domain.learning.messages import CIRCLE_ADVICE
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.catalog.course_views import StepView
from enrollment_portal.state.catalog.paths import PathPage


def _step(row: rx.Var[StepView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.number, class_name="w-6 shrink-0 text-end text-ink3 tabular-nums"),
            named(row.title, row.about),
            class_name="flex w-full min-w-0 items-center gap-3 lg:w-auto",
        ),
        rx.el.div(
            rx.cond(
                ~row.is_first,
                rx.el.label(
                    StoredCheckbox.create(
                        is_on=row.needs_previous,
                        answers=PathPage.answers,
                        on_switch=lambda on: PathPage.lock(row.id, on),
                        class_name="size-3.5",
                    ),
                    short_label(messages.NEEDS_PREVIOUS, messages.needs_previous(row.title)),
                    class_name="inline-flex min-h-6 items-center gap-1.5 text-small text-ink2",
                ),
            ),
            rx.el.div(
                *move_buttons(PathPage.move, row),
                rx.el.button(
                    short_label(messages.REMOVE, remove_named(row.title)),
                    type="button",
                    on_click=PathPage.ask_to_remove(row.id),
                    class_name=SMALL,
                ),
                class_name="ms-auto flex gap-1.5",
            ),
            class_name="flex w-full flex-wrap items-center gap-x-4 gap-y-1 ps-9 lg:w-auto "
            "lg:shrink-0 lg:ps-0",
        ),
        key=row.id,
        class_name=f"{ITEM} flex-wrap lg:flex-nowrap",
    )


def circle_notice() -> rx.Component:
    """Return the warning that this path and others lock each other's courses, if they do."""
    return rx.el.div(
        circle_warning(
            PathPage.circles,
            effect=CIRCLE_ADVICE,
            class_name="mb-4",
        ),
        role="status",
    )


def path_steps() -> rx.Component:
    """Return the list, and the search that adds courses."""
    return rx.fragment(
        announcement(message=PathPage.message, refusal=PathPage.refusal),
        announcer(PathPage.announcement),
        rx.el.section(
            rx.el.h2("Courses", class_name="sr-only"),
            rx.cond(
                PathPage.steps.length() > 0,
                rx.el.ol(rx.foreach(PathPage.steps, _step), aria_label="Courses"),
                rx.el.p(
                    "No courses yet. Add one below before you publish this path.",
                    class_name="py-4 text-ink2",
                ),
            ),
            class_name=f"{CARD} px-4 py-1",
        ),
        rx.el.section(
            rx.el.h2("Add a course", class_name=PANEL_TITLE),
            rx.el.p(
                "Everybody who is active in this path is enrolled in it at once; what they have "
                "done in it already counts.",
                class_name="mb-2 text-small text-ink2",
            ),
            picker(
                state=PathPage,
                found=PathPage.candidates,
                label="Search published courses",
                counts=FOUND_COURSES,
                id="find-course",
                verb="Add",
                on_pick=PathPage.add,
                nothing="No other published course matches.",
            ),
            class_name=f"{PANEL} mt-4",
        ),
        confirm_dialog(
            rx.el.p(messages.remove_step(PathPage.removing_title)),
            heading=messages.REMOVE_STEP_HEADING,
            id="removing-step",
            is_open=PathPage.removing != 0,
            on_close=PathPage.ask_to_remove(0),
            on_confirm=PathPage.remove,
            confirm_label=messages.REMOVE,
            cancel_label=messages.KEEP,
        ),
    )
