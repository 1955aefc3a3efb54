"""The ledger's table: headings that sort, rows that open, and what stands there without rows."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.pieces import (
    BUTTON,
    CARD,
    avatar,
    deadline_text,
    failure,
    icon,
    notice,
    page_link,
    progress_bar,
    status_badge,
)
from enrollment_portal.domain.ledger_query import SortKey
from enrollment_portal.state.ledger import Ledger
from enrollment_portal.state.views import RowView

_CELL = "px-3.5 align-middle whitespace-nowrap"
# Widths are fixed so that nothing moves when rows arrive; on a phone two columns remain and the
# learner's cell says the rest.
_WIDTH = {
    SortKey.LEARNER: "md:w-[28%]",
    SortKey.COURSE: "hidden md:table-cell md:w-[24%]",
    SortKey.STATUS: "w-[124px] md:w-[128px]",
    SortKey.PROGRESS: "hidden md:table-cell md:w-[184px]",
    SortKey.ENROLLED: "hidden lg:table-cell lg:w-[118px]",
    SortKey.DEADLINE: "hidden md:table-cell md:w-[140px]",
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
        class_name=f"border-b border-line px-3.5 py-1.5 text-left text-xs font-semibold "
        f"text-ink3 {_WIDTH[key]}",
    )


@rx.memo
def ledger_row(rest: rx.RestProp, *, row: rx.Var[RowView]) -> rx.Component:
    """Return one row; the learner's name is a link that covers all of it."""
    return rx.el.tr(
        rx.el.td(
            rx.el.div(
                avatar(initials=row.initials, tone=row.tone),
                rx.el.div(
                    page_link(
                        row.name,
                        rx.el.span(", ", row.course, class_name="sr-only"),
                        to=row.href,
                        class_name="row-link block truncate leading-[18px] font-medium text-ink",
                    ),
                    rx.el.div(
                        row.email,
                        class_name="hidden h-4 truncate text-[12.5px] leading-4 text-ink3 md:block",
                    ),
                    rx.el.div(
                        row.course,
                        class_name="truncate text-[12.5px] leading-4 text-ink2 md:hidden",
                    ),
                    rx.el.div(
                        row.percent,
                        rx.cond(
                            row.deadline != "",
                            rx.el.span(
                                " · ", deadline_text(words=row.deadline, tone=row.deadline_tone)
                            ),
                        ),
                        class_name="truncate text-[12.5px] leading-4 text-ink3 md:hidden",
                    ),
                    class_name="min-w-0",
                ),
                class_name="flex items-center gap-2.5",
            ),
            class_name=f"{_CELL} py-[6px]",
        ),
        rx.el.td(
            rx.el.div(row.course, class_name="truncate", title=row.course),
            class_name=f"{_CELL} hidden md:table-cell",
        ),
        rx.el.td(status_badge(status=row.status, label=row.status_label), class_name=_CELL),
        rx.el.td(
            progress_bar(value=row.progress, percent=row.percent, status=row.status),
            class_name=f"{_CELL} hidden md:table-cell",
        ),
        rx.el.td(
            rx.el.time(row.enrolled, date_time=row.enrolled_iso),
            class_name=f"{_CELL} hidden text-ink2 lg:table-cell",
        ),
        rx.el.td(
            deadline_text(words=row.deadline, tone=row.deadline_tone),
            class_name=f"{_CELL} hidden md:table-cell",
        ),
        rest,
        class_name="row h-[62px] border-b border-line2 last:border-b-0 hover:bg-hover md:h-12",
    )


def _bones() -> rx.Component:
    def bone(width: str, height: str = "h-3") -> rx.Component:
        return rx.el.div(class_name=f"bone {height} {width}")

    cells = (
        rx.el.td(
            rx.el.div(
                rx.el.div(class_name="bone size-7 shrink-0 !rounded-full"),
                rx.el.div(bone("w-32"), bone("w-44 max-w-full mt-1.5", "h-2.5")),
                class_name="flex items-center gap-2.5",
            ),
            class_name=_CELL,
        ),
        rx.el.td(bone("w-40"), class_name=f"{_CELL} hidden md:table-cell"),
        rx.el.td(bone("w-20", "h-5"), class_name=_CELL),
        rx.el.td(bone("w-32"), class_name=f"{_CELL} hidden md:table-cell"),
        rx.el.td(bone("w-20"), class_name=f"{_CELL} hidden lg:table-cell"),
        rx.el.td(bone("w-20"), class_name=f"{_CELL} hidden md:table-cell"),
    )
    row = rx.el.tr(*cells, class_name="h-[62px] border-b border-line2 last:border-b-0 md:h-12")
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
                    rx.el.thead(rx.el.tr(*(_heading(key) for key in SortKey))),
                    rx.cond(
                        Ledger.phase == "loading",
                        _bones(),
                        rx.el.tbody(
                            rx.foreach(Ledger.rows, lambda row, i: ledger_row(row=row, key=i))
                        ),
                    ),
                    aria_busy=rx.cond(Ledger.phase == "loading", "true", "false"),
                    class_name="w-full table-fixed border-collapse",
                ),
            ),
        ),
        id="ledger",
        role="tabpanel",
        aria_labelledby="tab-" + Ledger.tab,
        class_name=f"{CARD} overflow-hidden",
    )
