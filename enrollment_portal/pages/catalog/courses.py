"""The pages of courses: the list, a new course, and a course's ledger, lessons and settings."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.catalog.course_lessons import course_lessons
from enrollment_portal.components.catalog.course_pieces import state_buttons
from enrollment_portal.components.catalog.course_settings import course_settings, instructors
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.lists.tables import Column
from enrollment_portal.components.peek.panel import enrollment_panel
from enrollment_portal.components.ui.pieces import notice
from enrollment_portal.domain.catalog.messages import OF_COURSE
from enrollment_portal.pages.catalog.catalog_pages import CatalogPages
from enrollment_portal.state.catalog.courses import CoursePage, Courses
from enrollment_portal.state.shared.views import COURSES_PATH

_PAGES = CatalogPages(
    label="Courses",
    texts=OF_COURSE,
    path=COURSES_PATH,
    tabs=(("Enrollments", ""), ("Lessons", "/lessons"), ("Settings", "/settings")),
)
_COLUMNS = (
    Column("lessons", "Lessons", width="6rem", align="end"),
    Column("grading", "Grading", width="12.5rem"),
)


def courses() -> rx.Component:
    """Return the page with the list of courses."""
    return _PAGES.listing(
        state=Courses,
        subtitle="All courses, and how far their learners are",
        columns=_COLUMNS,
        nothing=notice(
            rx.el.p("Create the first one; it stays a draft until you publish it."),
            title="No courses yet",
            mark="book_open",
        ),
    )


def new_course() -> rx.Component:
    """Return the page that creates a course."""
    return _PAGES.new(course_settings("Create course"))


def _page(*content: rx.Component, current: str) -> rx.Component:
    return _PAGES.one(*content, page=CoursePage, current=current)


def course_ledger() -> rx.Component:
    """Return a course's enrollments."""
    return _page(ledger_view(part_of="course"), enrollment_panel(), current="")


def lessons() -> rx.Component:
    """Return a course's lessons."""
    return _page(course_lessons(), current="/lessons")


def settings() -> rx.Component:
    """Return a course's settings."""
    return _page(
        rx.el.div(
            course_settings("Save Changes"),
            rx.cond(CoursePage.phase == "ready", state_buttons(CoursePage, OF_COURSE)),
            instructors(),
            class_name="grid gap-4",
        ),
        current="/settings",
    )
