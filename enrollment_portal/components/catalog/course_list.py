"""The list of all courses, and that of all learning paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_pieces import state_badge
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, filter_select, search_box
from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    pager,
    table_row,
    text_cell,
)
from enrollment_portal.components.ui.pieces import BUTTON, notice
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.shared.messages import ANY_STATE
from enrollment_portal.state.catalog.course_views import CourseView


def course_list(
    *, state: Any, path: str, label: str, columns: Sequence[Column], nothing: rx.Component
) -> rx.Component:
    """Return the list of courses or paths.

    Args:
        state: a `Listing` of `CourseView`.
        path: of the page, and above its rows' pages.
        label: what is listed, in the plural.
        columns: "title" and "state", and those between by their names in `CourseView`.
        nothing: what stands there before there is one.
    """

    def row(course: rx.Var[CourseView], index: rx.Var[int]) -> rx.Component:
        def shown(column: Column) -> rx.Component:
            if column.key == "state":
                return cell(state_badge(course.state), column=column)
            return text_cell(getattr(course, column.key), column=column)

        first = link_cell(
            column=columns[0],
            label=course.title,
            to=f"{path}/" + course.id.to(str),
        )
        return table_row(first, *(shown(column) for column in columns[1:]), key=index)

    is_narrowed = (state.searched != "") | (state.filters.contains("state"))
    return rx.fragment(
        page_address(state, path),
        filter_bar(
            search_box(state=state, label="Search by title", landmark=label),
            filter_select(
                state=state,
                name="state",
                label="State",
                everything=ANY_STATE,
                options=[(one.value, one.label) for one in CourseState],
            ),
        ),
        data_table(
            state=state,
            caption=label,
            columns=columns,
            row=row,
            stacks="below-54",
            nothing=rx.cond(
                is_narrowed,
                notice(
                    rx.el.p("Try fewer words, or any state.", class_name="mt-1"),
                    rx.el.button(
                        "Clear search",
                        type="button",
                        on_click=state.clear_search,
                        data_focus_next="main [data-search]",
                        class_name=f"{BUTTON} mt-4",
                    ),
                    title="Nothing matches",
                    mark="search_x",
                ),
                nothing,
            ),
        ),
        pager(state=state),
    )
