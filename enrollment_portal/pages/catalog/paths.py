"""The pages of the learning paths: their list, a new one, and one with its ledger and courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_list import course_list
from enrollment_portal.components.catalog.course_pieces import course_page, state_buttons
from enrollment_portal.components.catalog.course_settings import path_settings
from enrollment_portal.components.catalog.course_steps import circle_notice, path_steps
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.lists.tables import Column
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import PRIMARY, notice, page_link
from enrollment_portal.state.catalog.paths import PathPage, Paths
from enrollment_portal.state.shared.views import PATHS_PATH

_ABOVE = ("Learning Paths", PATHS_PATH)
_TABS = (("Enrollments", ""), ("Courses", "/courses"), ("Settings", "/settings"))
_COLUMNS = (
    Column("title", "Title"),
    Column("courses", "Courses", "on-wide", width="96px", align="right"),
    Column("lessons", "Lessons", "on-widest", width="96px", align="right"),
    Column("active", "Active", "on-wide", width="96px", align="right"),
    Column("completed", "Completed", "on-wide", width="110px", align="right"),
    Column("state", "State", "on-wide", width="130px"),
)


def paths() -> rx.Component:
    """Return the list."""
    return frame(
        page_heading(
            "Learning Paths",
            subtitle="Courses in an order, enrolled in as one",
            actions=(page_link("New learning path", to=f"{PATHS_PATH}/new", class_name=PRIMARY),),
        ),
        course_list(
            state=Paths,
            path=PATHS_PATH,
            label="Learning paths",
            columns=_COLUMNS,
            nothing=notice(
                rx.el.p("Make the first one of courses that belong together."),
                title="No learning paths yet",
                mark="route",
            ),
        ),
        current=PATHS_PATH,
    )


def new_path() -> rx.Component:
    """Return the page that makes a path."""
    return frame(
        breadcrumb(_ABOVE, current="New learning path"),
        page_heading("New learning path", subtitle="It stays a draft until you publish it"),
        rx.el.div(path_settings("Make learning path"), class_name="mt-4 max-w-180"),
        current=PATHS_PATH,
    )


def _page(*content: Any, current: str) -> rx.Component:
    return frame(
        course_page(
            *content, page=PathPage, above=_ABOVE, tabs=_TABS, current=current, wide=current == ""
        ),
        current=PATHS_PATH,
    )


def path_ledger() -> rx.Component:
    """Return a path's enrollments."""
    return _page(ledger_view(narrowed="course"), current="")


def path_courses() -> rx.Component:
    """Return a path's courses."""
    return _page(circle_notice(), path_steps(), current="/courses")


def settings() -> rx.Component:
    """Return a path's settings."""
    return _page(
        circle_notice(),
        rx.el.div(
            path_settings("Save Changes"),
            rx.cond(PathPage.phase == "ready", state_buttons(PathPage, "learning path")),
            class_name="grid gap-4",
        ),
        current="/settings",
    )
