"""The settings of a course, and of a learning path."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_pieces import ITEM, SMALL, named
from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.fields import (
    check_box,
    select_box,
    text_area,
    text_input,
    uncontrolled_form,
)
from enrollment_portal.components.ui.pieces import PANEL, PANEL_TITLE
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.catalog.grades import GradingScheme, has_pass_mark
from enrollment_portal.domain.catalog.messages import FOUND_INSTRUCTORS, REMOVE
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.catalog.courses import CoursePage
from enrollment_portal.state.catalog.paths import PathPage

# A pass mark is shown where the chosen scheme has one, without asking the server.
_WITH_PASS_MARK = " ".join(
    f"unless-{scheme.value}" for scheme in GradingScheme if not has_pass_mark(scheme)
)

_WITH_POINTS = f"only-{GradingScheme.POINTS.value}"


def _common(form: Any, deadline: str) -> tuple[rx.Component, ...]:
    return (
        text_input(form, "title", "Title", max_length=300),
        text_area(form, "description", "Description", optional=True),
        text_input(
            form,
            "deadline_days",
            deadline,
            optional=True,
            input_mode="numeric",
            hints=(rx.el.p("Days after enrolling. Leave it empty for none."),),
        ),
    )


def course_settings(submit_label: str) -> rx.Component:
    """Return the form of a course."""
    return rx.el.section(
        # Filled once the page is loaded: nothing that is typed can be lost.
        rx.cond(
            CoursePage.phase == "ready",
            uncontrolled_form(
                CoursePage,
                *_common(CoursePage, "Default deadline"),
                rx.el.div(
                    select_box(
                        CoursePage,
                        "scheme",
                        "Grading",
                        [(scheme.value, scheme.label) for scheme in GradingScheme],
                    ),
                    rx.el.div(
                        text_input(CoursePage, "points", "Highest points", input_mode="numeric"),
                        class_name=_WITH_POINTS,
                    ),
                    rx.el.div(
                        text_input(
                            CoursePage,
                            "pass_percent",
                            "Pass mark in percent",
                            input_mode="numeric",
                            hints=(rx.el.p("A grade below it does not pass. Usually 50."),),
                        ),
                        class_name=_WITH_PASS_MARK,
                    ),
                    class_name="chooses grid items-start gap-3 sm:grid-cols-2",
                ),
                check_box(
                    CoursePage,
                    "requires_grade",
                    "Requires a grade",
                    hints=(
                        rx.el.p(
                            "The last lesson alone does not complete it; a passing grade does."
                        ),
                    ),
                ),
                check_box(
                    CoursePage,
                    "admin_completes",
                    "Completed by an admin",
                    hints=(
                        rx.el.p(
                            "For courses without lessons: an admin sets the status to Completed."
                        ),
                    ),
                ),
                check_box(
                    CoursePage,
                    "may_be_retaken",
                    "May be taken again",
                    hints=(
                        rx.el.p(
                            "Learners who completed it may start it again themselves, and groups "
                            "and learning paths may enroll them again."
                        ),
                    ),
                ),
                id="course",
                on_submit=CoursePage.save,
                submit_label=submit_label,
            ),
        ),
        class_name=PANEL,
    )


def path_settings(submit_label: str) -> rx.Component:
    """Return the form of a learning path."""
    return rx.el.section(
        # Filled once the page is loaded: nothing that is typed can be lost.
        rx.cond(
            PathPage.phase == "ready",
            uncontrolled_form(
                PathPage,
                *_common(PathPage, "Deadline"),
                id="path",
                on_submit=PathPage.save,
                submit_label=submit_label,
            ),
        ),
        class_name=PANEL,
    )


def instructors() -> rx.Component:
    """Return who teaches a course, and the search that adds others."""
    return rx.el.section(
        rx.el.h2("Instructors", class_name=PANEL_TITLE),
        rx.el.p(
            "They see and grade everybody in this course.",
            class_name="mb-2 text-small text-ink2",
        ),
        rx.cond(
            CoursePage.teachers.length() > 0,
            rx.el.ul(
                rx.foreach(
                    CoursePage.teachers,
                    lambda one: rx.el.li(
                        named(one.name, one.about),
                        rx.el.button(
                            short_label(REMOVE, remove_named(one.name)),
                            type="button",
                            on_click=CoursePage.remove_teacher(one.id),
                            class_name=SMALL,
                        ),
                        class_name=ITEM,
                    ),
                ),
                aria_label="Instructors",
                class_name="mb-3",
            ),
            rx.el.p("Nobody teaches it yet.", class_name="mb-3 text-ink3"),
        ),
        picker(
            state=CoursePage,
            found=CoursePage.candidates,
            label="Add an instructor by name or email",
            counts=FOUND_INSTRUCTORS,
            id="find-instructor",
            verb="Add",
            on_pick=CoursePage.add_teacher,
            nothing="No other instructor matches. Portal access is given in Users.",
        ),
        class_name=PANEL,
    )
