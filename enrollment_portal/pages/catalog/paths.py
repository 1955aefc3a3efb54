"""The pages of learning paths: the list, a new path, and a path's ledger, courses and settings."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.catalog.course_pieces import state_buttons
from enrollment_portal.components.catalog.course_settings import path_settings
from enrollment_portal.components.catalog.course_steps import circle_notice, path_steps
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.lists.tables import Column
from enrollment_portal.components.peek.panel import enrollment_panel
from enrollment_portal.components.ui.pieces import notice
from enrollment_portal.domain.catalog.messages import OF_PATH
from enrollment_portal.pages.catalog.catalog_pages import CatalogPages
from enrollment_portal.state.catalog.paths import PathPage, Paths
from enrollment_portal.state.shared.views import PATHS_PATH

_PAGES = CatalogPages(
    label="Learning Paths",
    texts=OF_PATH,
    path=PATHS_PATH,
    tabs=(("Enrollments", ""), ("Courses", "/courses"), ("Settings", "/settings")),
)
_COLUMNS = (
    Column("courses", "Courses", width="6rem", align="end"),
    Column("lessons", "Lessons", width="6rem", align="end"),
)


def paths() -> rx.Component:
    """Return the page with the list of learning paths."""
    return _PAGES.listing(
        state=Paths,
        subtitle="Courses in an order, with one enrollment for all",
        columns=_COLUMNS,
        nothing=notice(
            rx.el.p("Create the first one from courses that belong together."),
            title="No learning paths yet",
            mark="route",
        ),
    )


def new_path() -> rx.Component:
    """Return the page that creates a path."""
    return _PAGES.new(path_settings("Create learning path"))


def _page(*content: rx.Component, current: str) -> rx.Component:
    return _PAGES.one(*content, page=PathPage, current=current)


def path_ledger() -> rx.Component:
    """Return a path's enrollments."""
    return _page(ledger_view(part_of="course"), enrollment_panel(), current="")


def path_courses() -> rx.Component:
    """Return a path's courses."""
    return _page(circle_notice(), path_steps(), current="/courses")


def settings() -> rx.Component:
    """Return a path's settings."""
    return _page(
        circle_notice(),
        rx.el.div(
            path_settings("Save Changes"),
            rx.cond(PathPage.phase == "ready", state_buttons(PathPage, OF_PATH)),
            class_name="grid gap-4",
        ),
        current="/settings",
    )
