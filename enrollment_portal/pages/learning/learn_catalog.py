"""The catalog: a searchable list of all published courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.learning.learn_pieces import course_path
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, search_box
from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    pager,
    table_row,
    text_cell,
)
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import BUTTON, notice
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.learning import messages
from enrollment_portal.state.learning.learning import Catalog
from enrollment_portal.state.learning.learning_views import CATALOG_PATH, CatalogView

_COURSE = Column("title", "Course")
_FACTS = Column("facts", "Lessons", width="16.875rem")
_STATE = Column("standing", "Your status", width="clamp(8.375rem, 20vw, 11.25rem)")
_COLUMNS = (_COURSE, _FACTS, _STATE)


def _start(course: rx.Var[CatalogView]) -> rx.Component:
    return rx.cond(
        course.may_start,
        rx.el.button(
            rx.cond(
                course.starts_again,
                short_label(messages.START_AGAIN, messages.start_again(course.title)),
                short_label(messages.START_COURSE, messages.start_course(course.title)),
            ),
            type="button",
            on_click=Catalog.start(course.id),
            # Above the row's own link, which covers all of it.
            class_name=f"{BUTTON} relative z-1",
        ),
        rx.el.span(course.own_status, class_name="text-small text-ink2"),
    )


@rx.memo
def _row(rest: rx.RestProp, *, course: rx.Var[CatalogView]) -> rx.Component:
    return table_row(
        link_cell(
            column=_COURSE,
            label=course.title,
            to=course_path(course.id),
            second=course.about,
        ),
        text_cell(course.facts, column=_FACTS, label=""),
        cell(_start(course), column=_STATE, label="", class_name="!whitespace-normal py-1.5"),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        Catalog.searched != "",
        notice(
            rx.el.p("Try shorter or fewer words.", class_name="mt-1"),
            rx.el.button(
                "Clear search",
                type="button",
                on_click=Catalog.clear_search,
                data_focus_next="main [data-search]",
                class_name=f"{BUTTON} mt-4",
            ),
            title="No courses match",
            mark="search_x",
        ),
        notice(
            rx.el.p("Published courses appear here.", class_name="mt-1"),
            title="No courses yet",
            mark="book_open",
        ),
    )


def _render_row(course: Any, number: Any) -> rx.Component:
    return _row(course=course, key=number)


def catalog() -> rx.Component:
    """Return the list of published courses."""
    return frame(
        page_address(Catalog, CATALOG_PATH),
        breadcrumb(("My learning", "/learn"), current="Catalog"),
        page_heading("Catalog"),
        filter_bar(search_box(state=Catalog, label="Search by title", landmark="Courses")),
        announcement(message="", refusal=Catalog.refusal),
        data_table(
            state=Catalog,
            caption="Courses that you can start",
            columns=_COLUMNS,
            row=_render_row,
            nothing=_nothing(),
        ),
        pager(state=Catalog),
        current="/learn",
    )
