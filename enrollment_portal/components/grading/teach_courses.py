"""An instructor's courses, each with counts of what needs attention."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.lists.tables import Column, cell, data_table, link_cell, table_row
from enrollment_portal.components.ui.pieces import notice, page_link
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.teaching import GradingFilter
from enrollment_portal.state.grading.grading_views import GRID_PATH, TaughtView
from enrollment_portal.state.grading.teaching import Teaching

_COURSE = Column("course", "Course")
_COUNTS = (
    Column("awaiting", "Awaiting grade", width="8.25rem", align="end"),
    Column("overdue", "Overdue", width="6.5rem", align="end"),
    Column("stuck", "Stuck", width="6.5rem", align="end"),
    Column("active", "Active", width="6.5rem", align="end"),
    Column("completed", "Completed", width="7.25rem", align="end"),
)
_TONES = {"awaiting": "text-accent-text", "overdue": "text-bad", "stuck": "text-warn"}


_WHOLE = {
    "awaiting": messages.awaiting_in,
    "overdue": messages.overdue_in,
    "stuck": messages.stuck_in,
    "active": messages.active_in,
    "completed": messages.completed_in,
}
"""What a screen reader says of a count."""


def _count(column: Column, course: rx.Var[TaughtView]) -> rx.Component:
    """Return a count that opens the grid with just those rows; nothing for 0."""
    count: Any = getattr(course, column.key)
    # Active enrollments have no tab of their own: the grid shows them by default.
    show = f"?show={column.key}" if column.key in list(GradingFilter) else ""
    return cell(
        rx.cond(
            count != "",
            page_link(
                short_label(count, _WHOLE[column.key](count, course.title)),
                to=f"{GRID_PATH}/{course.id}{show}",
                class_name="relative z-[1] -me-2 inline-block min-w-8 rounded-md px-2 py-1 "
                f"font-medium hover:underline {_TONES.get(column.key, 'text-ink2')}",
            ),
            rx.el.span("0", class_name="text-ink3"),
        ),
        column=column,
    )


@rx.memo
def taught_row(rest: rx.RestProp, *, course: rx.Var[TaughtView]) -> rx.Component:
    """Return a course's row; its title opens its grid, its counts open a part of it."""
    return table_row(
        link_cell(
            column=_COURSE,
            label=course.title,
            to=f"{GRID_PATH}/{course.id}",
            second=course.about,
        ),
        *(_count(column, course) for column in _COUNTS),
        rest,
    )


def taught_courses_table() -> rx.Component:
    """Return the table of courses."""
    return rx.fragment(
        data_table(
            state=Teaching,
            caption="Courses you teach",
            columns=(_COURSE, *_COUNTS),
            row=lambda course, i: taught_row(course=course, key=i),
            stacks="below-54",
            nothing=notice(
                rx.el.p("Courses appear here once you are their instructor.", class_name="mt-1"),
                title="You teach no courses yet",
                mark="presentation",
            ),
        ),
        rx.el.p(Teaching.what_is_stuck, class_name="mt-2.5 px-0.5 text-fine text-ink3"),
    )
