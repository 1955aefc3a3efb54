"""The list of changes of all enrollments, with its filters."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.history.history_card import change_line
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import FILTER, filter_bar, filter_select
from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    pager,
    table_row,
)
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    LINK,
    SECOND_LINE,
    PlainLink,
    author_avatar,
    icon,
    notice,
    page_link,
)
from enrollment_portal.components.ui.short_notices import ThrottledStatus
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.activity.activity_query import STAFF_ONLY, Source, What
from enrollment_portal.domain.shared.messages import quoted
from enrollment_portal.state.activity.changes import CHOSEN, Changes, FilterSearch
from enrollment_portal.state.activity.changes_views import ChangeRowView, ChipView
from enrollment_portal.state.shared.views import ACTIVITY_PATH

_ENROLLMENT = Column("learner", messages.LEARNER_COURSE, width="24%")
_CHANGE = Column("changes", messages.CHANGE)
_WHO = Column("who", messages.WHO, width="18%")
_WHEN = Column("when", messages.WHEN_COLUMN, width="13.125rem")
_SMALL = "inline-flex min-h-6 items-center gap-1 rounded text-small"


def _what(row: rx.Var[ChangeRowView]) -> rx.Component:
    return rx.el.div(
        rx.cond(row.what != "", rx.el.div(row.what, class_name="font-medium")),
        rx.cond(row.changes.length() > 0, rx.el.ul(rx.foreach(row.changes, change_line))),
        rx.cond(
            row.reason != "",
            rx.el.p(quoted(row.reason), class_name="line-clamp-3 text-ink2 break-words"),
        ),
        rx.el.div(
            rx.el.span(row.undone, class_name="text-ink3 empty:hidden"),
            rx.cond(
                row.batch != "",
                page_link(messages.SHOW_BATCH, to=row.batch, class_name=f"{LINK} {_SMALL}"),
            ),
            rx.cond(
                row.may_undo,
                rx.el.button(
                    icon("undo-2", 13),
                    short_label(messages.UNDO, row.undo_label),
                    type="button",
                    on_click=Changes.undo(row.enrollment, row.seq, Changes.act_key),
                    class_name=f"{_SMALL} text-ink2 hover:text-ink hover:underline",
                ),
            ),
            class_name="flex flex-wrap items-center gap-x-3 text-small empty:hidden",
        ),
        rx.el.p(
            rx.cond(Changes.refused_seq == row.seq, Changes.refused_why, ""),
            role="alert",
            class_name="mt-1 rounded-lg bg-bad-soft px-2.5 py-1.5 text-small break-words text-bad "
            "empty:hidden",
        ),
        class_name="min-w-0 whitespace-normal [overflow-wrap:anywhere]",
    )


def _who(row: rx.Var[ChangeRowView]) -> rx.Component:
    name = (
        rx.cond(
            row.person != "",
            rx.el.button(
                short_label(row.who, messages.only_by(row.who)),
                type="button",
                title=row.who,
                on_click=Changes.filter_by("person", row.person),
                class_name="block max-w-full min-h-6 truncate text-start hover:underline",
            ),
            rx.el.span(row.who, title=row.who, class_name="block truncate leading-6"),
        ),
    )
    return rx.el.div(
        author_avatar(initials=row.initials, process=row.process),
        rx.el.div(
            *name,
            rx.el.div(row.how, class_name=f"{SECOND_LINE} empty:hidden"),
            class_name="min-w-0",
        ),
        class_name="grid grid-cols-[1.75rem_minmax(0,1fr)] items-center gap-2.5",
    )


def _row(row: rx.Var[ChangeRowView], index: rx.Var[int]) -> rx.Component:
    return table_row(
        link_cell(column=_ENROLLMENT, label=row.learner, to=row.address, second=row.course),
        cell(_what(row), column=_CHANGE, class_name="py-1.5"),
        cell(_who(row), column=_WHO, class_name="py-1.5"),
        cell(
            rx.el.time(row.at, date_time=row.at_iso),
            column=_WHEN,
            class_name="py-1.5 text-ink2",
        ),
        key=index,
    )


def _day(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="text-small text-ink2"),
        rx.el.input(
            key=value,
            type="date",
            default_value=value,
            on_change=lambda day: Changes.choose_day(name, day).debounce(400),
            class_name=FILTER,
        ),
        class_name="flex items-center gap-2",
    )


def _period() -> rx.Component:
    return rx.el.select(
        rx.el.option(messages.ANY_TIME, value=""),
        *(rx.el.option(label, value=value) for value, label in messages.PERIODS),
        rx.cond(Changes.period == CHOSEN, rx.el.option(messages.CHOSEN_DAYS, value=CHOSEN)),
        aria_label=messages.WHEN,
        value=Changes.period,
        on_change=lambda value: Changes.filter_by("when", value),
        class_name=FILTER,
    )


def _field() -> rx.Component:
    options = [
        rx.el.option(what.label, value=what.value)
        if what not in STAFF_ONLY
        else rx.cond(Changes.reads_notes, rx.el.option(what.label, value=what.value))
        for what in What
    ]
    return rx.el.select(
        rx.el.option(messages.ANY_FIELD, value=""),
        *options,
        aria_label=messages.FIELD,
        value=rx.cond(Changes.filters["field"], Changes.filters["field"], ""),
        on_change=lambda value: Changes.filter_by("field", value),
        class_name=FILTER,
    )


def _chip(chip: rx.Var[ChipView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(chip.text, class_name="min-w-0 break-words"),
        rx.el.button(
            icon("x", 13),
            rx.el.span(messages.remove_filter(chip.text), class_name="sr-only"),
            type="button",
            on_click=Changes.filter_by(chip.name, ""),
            class_name="inline-grid size-6 shrink-0 place-items-center rounded hover:bg-hover",
        ),
        class_name="inline-flex max-w-full items-center gap-1 rounded-lg bg-accent-soft ps-2.5 "
        "pe-1 py-0.5 text-small text-accent-text",
        key=chip.name,
    )


def _chips() -> rx.Component:
    return rx.cond(
        Changes.is_narrowed,
        rx.el.div(
            rx.cond(
                Changes.chips.length() > 0,
                rx.el.ul(
                    rx.foreach(Changes.chips, _chip),
                    aria_label=messages.SET_FILTERS,
                    class_name="flex min-w-0 flex-wrap gap-2",
                ),
            ),
            rx.el.button(
                messages.CLEAR_ALL,
                type="button",
                on_click=Changes.clear,
                data_focus_next="#find-changes",
                class_name=f"{LINK} {_SMALL}",
            ),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-2 pb-3",
        ),
    )


def _filters() -> rx.Component:
    return filter_bar(
        rx.el.div(
            picker(
                state=FilterSearch,
                label=messages.FILTER,
                id="find-changes",
                verb=messages.SHOW,
                on_pick=FilterSearch.choose,
                counts=messages.FOUND,
            ),
            class_name="w-full sm:w-80",
        ),
        _field(),
        filter_select(
            state=Changes,
            name="source",
            label=messages.SOURCE,
            everything=messages.ANY_SOURCE,
            options=[(source.value, source.label) for source in Source],
        ),
        _period(),
        _day("first", messages.FROM, Changes.first_day),
        _day("last", messages.TO, Changes.last_day),
        below=(_chips(),),
    )


def export_link() -> rx.Component:
    """Return the link that downloads all changes that pass the filters."""
    return PlainLink.create(
        icon("download", 15),
        rx.el.span(messages.EXPORT),
        href=Changes.file,
        # The server sends the file's name.
        custom_attrs={"download": ""},
        class_name=[BUTTON, rx.cond(Changes.rows.length() > 0, "", "invisible")],
    )


def _news() -> rx.Component:
    """Return the notice that changes have come since the page was read."""
    button = rx.el.div(
        rx.cond(
            Changes.fresh != "",
            rx.el.button(
                icon("arrow_up", 14),
                rx.el.span(Changes.fresh, data_spoken=""),
                type="button",
                on_click=Changes.show_fresh,
                data_focus_next="main a.row-link",
                class_name=f"{BUTTON} !h-7 !rounded-full bg-accent-soft text-small",
            ),
        ),
        # Over the page, which does not move.
        class_name="no-print pointer-events-none z-20 flex *:pointer-events-auto "
        "max-lg:fixed max-lg:inset-x-0 max-lg:bottom-4 max-lg:justify-center "
        "max-lg:*:shadow-lg lg:absolute lg:-top-10 lg:end-0",
    )
    return ThrottledStatus.create(button)


def _nothing() -> rx.Component:
    return rx.cond(
        Changes.is_narrowed,
        notice(
            rx.el.p(messages.NO_MATCH_HINT, class_name="mt-1"),
            title=messages.LIST_TEXTS.no_match,
            mark="search_x",
        ),
        notice(rx.el.p(messages.NONE_HINT, class_name="mt-1"), title=messages.LIST_TEXTS.none),
    )


def change_list() -> rx.Component:
    """Return the list of changes, with its filters and pages."""
    state: Any = Changes
    return rx.fragment(
        page_address(state, ACTIVITY_PATH),
        rx.el.div(_news(), class_name="relative"),
        _filters(),
        announcement(message=Changes.message, refusal=""),
        data_table(
            state=state,
            caption=messages.CHANGES,
            columns=(_ENROLLMENT, _CHANGE, _WHO, _WHEN),
            row=_row,
            nothing=_nothing(),
            stacks="below-54",
        ),
        pager(state=state),
    )
