"""The ledger's table: headings that sort, rows with links, and placeholders without rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from enrollment_portal.components.lists.tables import (
    HEADING,
    Column,
    cell,
    data_table,
    link_cell,
    table_row,
)
from enrollment_portal.components.ui.pieces import BUTTON, SECOND_LINE, icon, notice
from enrollment_portal.components.ui.status import deadline_class, progress_bar, status_badge
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_query import Kind, SortKey
from enrollment_portal.domain.ledger.shown_rows import LiveRow
from enrollment_portal.domain.shared.wording import percent
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.live import Live
from enrollment_portal.state.shared.views import LEDGER_PATH, RowView

# From which width on each column is shown; the stylesheet does the rest.
_SHOWN = {
    SortKey.LEARNER: "",
    SortKey.COURSE: "on-wide",
    SortKey.STATUS: "",
    SortKey.PROGRESS: "on-wide",
    SortKey.ENROLLED: "on-widest",
    SortKey.DEADLINE: "on-wide",
}
_COLUMNS = {key: Column(key.value, key.label, shown) for key, shown in _SHOWN.items()}
_ON_PHONE = "on-phone truncate text-tiny leading-3.5"
# On a learner's page, each row is named by its course.
_OF_LEARNER = {
    SortKey.COURSE: Column(SortKey.COURSE.value, SortKey.COURSE.label),
    **{key: _COLUMNS[key] for key in list(SortKey)[2:]},
}


def _heading(key: SortKey, column: Column) -> rx.Component:
    is_sorted = Ledger.sort == key.value
    label: Any = key.label
    if key is SortKey.COURSE:
        is_path = Ledger.kind == Kind.PATHS.value
        label = rx.cond(is_path, Kind.PATHS.heading, Kind.COURSES.heading)
    return rx.el.th(
        rx.el.button(
            rx.el.span(label),
            rx.el.span(
                rx.cond(
                    is_sorted,
                    rx.cond(Ledger.descending, icon("arrow_down", 13), icon("arrow_up", 13)),
                ),
                class_name="size-3.25",
            ),
            type="button",
            on_click=Ledger.sort_by(key.value),
            class_name=[
                "-ms-1.5 inline-flex items-center gap-1 rounded-md px-1.5 py-1 hover:text-ink",
                rx.cond(is_sorted, "text-ink", ""),
            ],
        ),
        scope="col",
        aria_sort=rx.cond(is_sorted, rx.cond(Ledger.descending, "descending", "ascending"), "none"),
        class_name=f"{column.classes} {HEADING}",
    )


@dataclass(frozen=True)
class _Now:
    """The current values of a row: those that were read, or newer ones that were pushed."""

    status: Any
    progress: Any
    deadline: Any
    request: Any
    by_hand: Any
    class_name: Any
    """The class that highlights the row for a moment; another one with each version."""


def _now(row: rx.Var[RowView], live: rx.Var[LiveRow]) -> _Now:
    # A push with the same version may hold a new request, which changes no enrollment.
    is_newer = live & (live.version >= row.version)
    return _Now(
        *(
            rx.cond(is_newer, getattr(live, name), getattr(row, name))
            for name in ("status", "progress", "deadline", "request", "by_hand")
        ),
        class_name=rx.cond(
            live & (live.version > row.version),
            rx.cond(live.version % 2 == 0, "flash-even", "flash-odd"),
            "",
        ),
    )


def _by_hand() -> rx.Component:
    """Return the mark of an enrollment that a person completed before its last lesson."""
    return rx.el.span(
        icon("hand", 13),
        rx.el.span(messages.BY_HAND, class_name="sr-only"),
        title=messages.BY_HAND,
        class_name="ms-1 inline-block align-middle text-ink3",
    )


def _request(row: _Now, class_name: str) -> rx.Component:
    """Return the requested extension; nothing for most rows."""
    return rx.cond(
        row.request != "", rx.el.div(row.request, class_name=f"{class_name} font-medium text-warn")
    )


def _facts(row: rx.Var[RowView], now: _Now, tab: rx.Var[str]) -> tuple[rx.Component, ...]:
    """Return the cells that follow the names of the learner and the course."""
    columns = _COLUMNS
    return (
        cell(
            status_badge(status=now.status),
            rx.cond(now.by_hand, _by_hand()),
            # It stays in place until another page is opened: nothing moves under a pointer.
            rx.cond(
                (tab != "all") & (tab != now.status),
                rx.el.div("no longer in this tab", class_name="text-tiny leading-3.5 text-ink3"),
            ),
            _request(now, _ON_PHONE),
            column=columns[SortKey.STATUS],
        ),
        cell(
            *progress_bar(value=now.progress, status=now.status), column=columns[SortKey.PROGRESS]
        ),
        cell(
            rx.el.time(row.enrolled, date_time=row.enrolled_iso),
            column=columns[SortKey.ENROLLED],
            class_name="text-ink2",
        ),
        cell(
            rx.el.span(now.deadline.date),
            rx.cond(
                (now.deadline.left != "") | (now.request != ""),
                rx.el.div(
                    rx.el.span(now.deadline.left),
                    rx.cond((now.deadline.left != "") & (now.request != ""), rx.el.span(" · ")),
                    _request(now, "inline-block"),
                    # Somewhat wider than its column, up to the card's edge; where that is too
                    # narrow it takes two lines, which are no higher than the row.
                    class_name="-me-3 text-fine leading-3.5 whitespace-normal",
                ),
            ),
            column=columns[SortKey.DEADLINE],
            class_name="leading-4.5 " + deadline_class(tone=now.deadline.tone),
        ),
    )


def _on_phone(row: _Now) -> tuple[rx.Component, ...]:
    """Return the lines that show the values of hidden columns on a phone."""
    return (
        rx.el.div(
            progress_bar(value=row.progress, status=row.status, width="w-12 me-2")[0],
            rx.el.span(percent(row.progress)),
        ),
        rx.cond(
            row.deadline.short != "",
            rx.el.div(
                rx.el.span("Deadline: "),
                rx.el.span(
                    rx.el.span(row.deadline.short),
                    rx.cond(
                        row.deadline.left != "",
                        rx.el.span(
                            rx.el.span(", "),
                            rx.el.span(row.deadline.left, class_name="whitespace-nowrap"),
                        ),
                    ),
                    class_name=deadline_class(tone=row.deadline.tone),
                ),
                # Two lines instead of a text that is cut off.
                class_name="whitespace-normal",
            ),
        ),
    )


def _with_run(row: rx.Var[RowView]) -> Any:
    """Return which of the learner's enrollments in the course this is, and the course's title.

    In this order, as a text that is too long is cut off at its end.
    """
    return rx.cond(row.run != "", row.run + " · " + row.course, row.course)


@rx.memo
def ledger_row(
    rest: rx.RestProp,
    *,
    row: rx.Var[RowView],
    live: rx.Var[LiveRow],
    tab: rx.Var[str],
    opens: rx.Var[str],
) -> rx.Component:
    """Return one row; the learner's name is the link that the whole row opens."""
    now = _now(row, live)
    course = cell(
        rx.cond(
            row.run != "",
            rx.fragment(
                rx.el.span(row.course),
                rx.el.div(row.run, class_name=SECOND_LINE),
            ),
            rx.el.span(row.course),
        ),
        column=_COLUMNS[SortKey.COURSE],
        class_name="course truncate",
        title=_with_run(row),
    )
    first = link_cell(
        column=_COLUMNS[SortKey.LEARNER],
        label=row.name,
        to=LEDGER_PATH + "/" + row.id.to(str) + opens,
        second=row.email,
        initials=row.initials,
        tone=row.tone,
        phone=(_with_run(row), *_on_phone(now)),
    )
    return table_row(first, course, *_facts(row, now, tab), rest, class_name=now.class_name)


@rx.memo
def own_ledger_row(
    rest: rx.RestProp,
    *,
    row: rx.Var[RowView],
    live: rx.Var[LiveRow],
    tab: rx.Var[str],
    opens: rx.Var[str],
) -> rx.Component:
    """Return one row of a single learner; the course's title is the link that it opens."""
    now = _now(row, live)
    first = link_cell(
        column=_OF_LEARNER[SortKey.COURSE],
        label=row.course,
        to=LEDGER_PATH + "/" + row.id.to(str) + opens,
        second=row.run,
        phone=(row.run, *_on_phone(now)),
    )
    return table_row(first, *_facts(row, now, tab), rest, class_name=now.class_name)


def _none_yet() -> rx.Component:
    return rx.cond(
        Ledger.as_of != "",
        notice(title=messages.nobody_enrolled_then(Ledger.as_of_text), mark="history"),
        notice(
            rx.el.p(
                "An enrollment appears here as soon as a learner starts a course.",
                class_name="mt-1",
            ),
            title="No enrollments yet",
        ),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        Ledger.searched != "",
        notice(
            rx.el.p(
                *sentence(
                    messages.NOBODY_MATCHES,
                    text=rx.el.span(Ledger.searched, class_name="break-all"),
                ),
                class_name="mt-1 max-w-110",
            ),
            rx.el.button(
                "Clear search",
                type="button",
                on_click=Ledger.clear_search,
                data_focus_next="main [data-search]",
                class_name=f"{BUTTON} mt-4",
            ),
            title="No enrollments match",
            mark="search_x",
        ),
        rx.cond(
            Ledger.tab == "all",
            _none_yet(),
            notice(
                rx.el.button(
                    "Show all",
                    type="button",
                    on_click=Ledger.show_tab("all"),
                    class_name=f"{BUTTON} mt-4",
                ),
                title="No enrollments with this status",
            ),
        ),
    )


def ledger_table(*, of_learner: bool = False) -> rx.Component:
    """Return the table, or its placeholder while it loads, is empty, or has failed.

    Args:
        of_learner: whether it is on a learner's own page, for their enrollments alone.
    """
    columns = _OF_LEARNER if of_learner else _COLUMNS
    one = own_ledger_row if of_learner else ledger_row
    return data_table(
        state=Ledger,
        caption=rx.cond(
            Ledger.as_of != "", messages.enrollments_as_of(Ledger.as_of_text), "Enrollments"
        ),
        columns=list(columns.values()),
        row=lambda row, i: one(
            row=row,
            live=Live.rows[row.id.to_string()],
            tab=Ledger.tab,
            opens=Ledger.opens,
            key=i,
        ),
        nothing=_nothing(),
        headings=[_heading(key, column) for key, column in columns.items()],
        panel={
            "id": "ledger",
            "role": "tabpanel",
            "aria_labelledby": "tab-" + Ledger.tab,
            "custom_attrs": {"data-hides": Ledger.hides, "data-as-of": Ledger.as_of},
        },
    )
