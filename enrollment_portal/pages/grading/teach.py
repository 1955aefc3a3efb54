"""The instructor's pages: their courses, and the grading grid of one."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.grading.grading_grid import grading_grid
from enrollment_portal.components.grading.teach_courses import taught_courses_table
from enrollment_portal.components.grading.teach_paste import paste_preview
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import BUTTON, missing_page, page_link
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import TEACH_PATH
from enrollment_portal.state.grading.teaching import Teaching
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import LEDGER_PATH


def teach() -> rx.Component:
    """Return the courses that an instructor teaches."""
    return frame(
        page_heading(
            "My courses",
            subtitle=Teaching.summary,
            actions=(page_link("Open their enrollments", to=LEDGER_PATH, class_name=BUTTON),),
        ),
        rx.el.div(taught_courses_table(), class_name="mt-4"),
        current=TEACH_PATH,
    )


def grade() -> rx.Component:
    """Return a course's grading grid."""
    missing = missing_page("Go to your start page", to="/")
    return frame(
        rx.cond(
            Grading.phase == "missing",
            missing,
            rx.fragment(
                rx.cond(
                    Shell.teaches,
                    breadcrumb(("My courses", TEACH_PATH), current=Grading.course),
                    breadcrumb(("Enrollments", LEDGER_PATH), current=Grading.course),
                ),
                page_heading(rx.cond(Grading.course != "", Grading.course, "Course")),
                paste_preview(),
                grading_grid(),
            ),
        ),
        current=TEACH_PATH,
    )
