"""The pages of the courses: their list, a new one, and one with its ledger, lessons, settings."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_lessons import course_lessons
from enrollment_portal.components.catalog.course_list import course_list
from enrollment_portal.components.catalog.course_pieces import course_page, state_buttons
from enrollment_portal.components.catalog.course_settings import course_settings, instructors
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.lists.tables import Column
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import PRIMARY, notice, page_link
from enrollment_portal.state.catalog.courses import CoursePage, Courses
from enrollment_portal.state.shared.views import COURSES_PATH

_ABOVE = ("Courses", COURSES_PATH)
_TABS = (("Enrollments", ""), ("Lessons", "/lessons"), ("Settings", "/settings"))
_COLUMNS = (
    Column("title", "Title"),
    Column("lessons", "Lessons", "on-wide", width="96px", align="right"),
    Column("grading", "Grading", "on-widest", width="200px"),
    Column("active", "Active", "on-wide", width="96px", align="right"),
    Column("completed", "Completed", "on-wide", width="110px", align="right"),
    Column("state", "State", "on-wide", width="130px"),
)


def _new_button() -> rx.Component:
    return page_link("New course", to=f"{COURSES_PATH}/new", class_name=PRIMARY)


def courses() -> rx.Component:
    """Return the list."""
    return frame(
        page_heading(
            "Courses",
            subtitle="Everything that can be learned, and how far people are",
            actions=(_new_button(),),
        ),
        course_list(
            state=Courses,
            path=COURSES_PATH,
            label="Courses",
            columns=_COLUMNS,
            nothing=notice(
                rx.el.p("Make the first one; it stays a draft until you publish it."),
                title="No courses yet",
                mark="book_open",
            ),
        ),
        current=COURSES_PATH,
    )


def new_course() -> rx.Component:
    """Return the page that makes a course."""
    return frame(
        breadcrumb(_ABOVE, current="New course"),
        page_heading("New course", subtitle="It stays a draft until you publish it"),
        rx.el.div(course_settings("Make course"), class_name="mt-4 max-w-180"),
        current=COURSES_PATH,
    )


def _page(*content: Any, current: str) -> rx.Component:
    return frame(
        course_page(
            *content,
            page=CoursePage,
            above=_ABOVE,
            tabs=_TABS,
            current=current,
            wide=current == "",
        ),
        current=COURSES_PATH,
    )


def course_ledger() -> rx.Component:
    """Return a course's enrollments."""
    return _page(ledger_view(narrowed="course"), current="")


def lessons() -> rx.Component:
    """Return a course's lessons."""
    return _page(course_lessons(), current="/lessons")


def settings() -> rx.Component:
    """Return a course's settings."""
    return _page(
        rx.el.div(
            course_settings("Save Changes"),
            rx.cond(CoursePage.phase == "ready", state_buttons(CoursePage, "course")),
            instructors(),
            class_name="grid gap-4",
        ),
        current="/settings",
    )
