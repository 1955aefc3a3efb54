"""The ledger's table: headings that sort, rows that open, and what stands there without rows."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.pieces import (
    BUTTON,
    CARD,
    avatar,
    deadline_looks,
    failure,
    icon,
    notice,
    page_link,
    percent,
    progress_bar,
    status_badge,
)
from enrollment_portal.domain.ledger_query import SortKey
from enrollment_portal.state.ledger import Ledger
from enrollment_portal.state.views import LEDGER_PATH, RowView

_CELL = "min-w-0 px-3.5 whitespace-nowrap"
_SECOND_LINE = "truncate text-[12.5px] leading-4 text-ink3"
# Which columns are there from what width on; the stylesheet says the rest.
_SHOWN = {
    SortKey.LEARNER: "",
    SortKey.COURSE: "on-wide",
    SortKey.STATUS: "",
    SortKey.PROGRESS: "on-wide",
    SortKey.ENROLLED: "on-widest",
    SortKey.DEADLINE: "on-wide",
}


def _heading(key: SortKey) -> rx.Component:
    is_sorted = Ledger.sort == key.value
    return rx.el.th(
        rx.el.button(
            key.label,
            rx.el.span(
                rx.cond(
                    is_sorted,
                    rx.cond(Ledger.descending, icon("arrow_down", 13), icon("arrow_up", 13)),
                ),
                class_name="size-[13px]",
            ),
            type="button",
            on_click=Ledger.sort_by(key.value),
            class_name=[
                "-ml-1.5 inline-flex items-center gap-1 rounded-md px-1.5 py-1 hover:text-ink",
                rx.cond(is_sorted, "text-ink", ""),
            ],
        ),
        scope="col",
        aria_sort=rx.cond(is_sorted, rx.cond(Ledger.descending, "descending", "ascending"), "none"),
        class_name=f"{key} {_SHOWN[key]} px-3.5 py-1.5 text-left text-xs font-semibold text-ink3",
    )


def _cell(*children: Any, key: SortKey, looks: str | rx.Var = "", **props: Any) -> rx.Component:
    return rx.el.td(*children, class_name=[f"{_CELL} {_SHOWN[key]}", looks], **props)


def _row(*cells: Any) -> rx.Component:
    return rx.el.tr(
        *cells,
        class_name="row border-b border-line2 last:border-b-0 hover:bg-hover",
    )


@rx.memo
def ledger_row(rest: rx.RestProp, *, row: rx.Var[RowView]) -> rx.Component:
    """Return one row; the learner's name is a link that covers all of it.

    Painting a page is mostly the layout of its rows, so a cell holds as few boxes as it can:
    text stands in the cell itself, and floats take the place of flex boxes.
    """
    return _row(
        _cell(
            avatar(
                initials=row.initials,
                tone=row.tone,
                looks="float-left mt-[3px] mr-2.5 mb-4 md:mb-0",
            ),
            page_link(
                row.name,
                to=LEDGER_PATH + "/" + row.id.to(str),
                class_name=[
                    "row-link block truncate leading-[18px] font-medium text-ink",
                    # Without an email below it, the name stands in the middle of its row.
                    rx.cond(row.email == "", "md:leading-[34px]", ""),
                ],
            ),
            rx.el.div(row.email, class_name=f"on-wide h-4 {_SECOND_LINE}"),
            rx.el.div(row.course, class_name=f"on-phone {_SECOND_LINE}"),
            rx.el.div(
                percent(row.progress) + rx.cond(row.deadline != "", " · ", "") + row.deadline,
                class_name=f"on-phone {_SECOND_LINE}",
            ),
            key=SortKey.LEARNER,
        ),
        _cell(row.course, key=SortKey.COURSE, looks="truncate", title=row.course),
        _cell(status_badge(status=row.status), key=SortKey.STATUS),
        _cell(*progress_bar(value=row.progress, status=row.status), key=SortKey.PROGRESS),
        _cell(
            rx.el.time(row.enrolled, date_time=row.enrolled_iso),
            key=SortKey.ENROLLED,
            looks="text-ink2",
        ),
        _cell(row.deadline, key=SortKey.DEADLINE, looks=deadline_looks(tone=row.deadline_tone)),
        rest,
    )


def _bones() -> rx.Component:
    def bone(width: str, height: str = "h-3") -> rx.Component:
        return rx.el.div(class_name=f"bone {height} {width}")

    learner = rx.el.div(
        rx.el.div(class_name="bone size-7 shrink-0 !rounded-full"),
        rx.el.div(bone("w-32"), bone("w-44 max-w-full mt-1.5", "h-2.5")),
        class_name="flex items-center gap-2.5",
    )
    widths = {SortKey.COURSE: "w-40", SortKey.PROGRESS: "w-32"}
    row = _row(
        _cell(learner, key=SortKey.LEARNER),
        *(_cell(bone(widths.get(key, "w-20")), key=key) for key in list(SortKey)[1:]),
    )
    return rx.el.tbody(*([row] * 14), aria_hidden="true")


def _nothing() -> rx.Component:
    return rx.cond(
        Ledger.searched != "",
        notice(
            rx.el.p(
                "Nobody here matches “",
                rx.el.span(Ledger.searched, class_name="break-all"),
                "”. A part of a name or an email is enough.",
                class_name="mt-1 max-w-110",
            ),
            rx.el.button(
                "Clear search",
                type="button",
                on_click=Ledger.clear_search,
                class_name=f"{BUTTON} mt-4",
            ),
            title="No enrollments match",
            mark="search_x",
        ),
        rx.cond(
            Ledger.tab == "all",
            notice(
                rx.el.p(
                    "An enrollment appears here the moment a learner begins a course.",
                    class_name="mt-1",
                ),
                title="No enrollments yet",
            ),
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


def ledger_table() -> rx.Component:
    """Return the table, or what stands there while it loads, is empty, or has failed."""
    is_empty = (Ledger.phase == "ready") & (Ledger.rows.length() == 0)
    return rx.el.div(
        rx.cond(
            Ledger.phase == "failed",
            failure(on_retry=Ledger.try_again),
            rx.cond(
                is_empty,
                _nothing(),
                rx.el.table(
                    rx.el.caption("Enrollments", class_name="sr-only"),
                    rx.el.thead(
                        rx.el.tr(
                            *(_heading(key) for key in SortKey),
                            class_name="border-b border-line",
                        ),
                    ),
                    rx.cond(
                        Ledger.phase == "loading",
                        _bones(),
                        rx.el.tbody(
                            rx.foreach(Ledger.rows, lambda row, i: ledger_row(row=row, key=i)),
                        ),
                    ),
                    aria_busy=rx.cond(Ledger.phase == "loading", "true", "false"),
                    class_name="ledger",
                ),
            ),
        ),
        id="ledger",
        role="tabpanel",
        aria_labelledby="tab-" + Ledger.tab,
        class_name=f"{CARD} overflow-hidden",
    )
