"""The access log's table, its filters, and the open sessions of one person."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.open_sessions import session_item
from enrollment_portal.components.activity.links import changes_by
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.lists.search import (
    filter_bar,
    filter_day,
    filter_select,
    search_box,
)
from enrollment_portal.components.lists.tables import Column, cell, data_table, pager, table_row
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    PANEL,
    PANEL_TITLE,
    SECOND_LINE,
    author_avatar,
    icon,
    notice,
)
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.shared.messages import ANY_ACTION
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.access.access_views import ActView
from enrollment_portal.state.shared.session import Shell

_WHO = Column("who", "Person", width="24%")
_WHAT = Column("what", "Action", width="20%")
_SUBJECT = Column("subject", "Subject")
_WHEN = Column("when", "When", width="13.125rem")


@rx.memo
def act_row(rest: rx.RestProp, *, row: rx.Var[ActView]) -> rx.Component:
    """Return one entry; the person's name filters the log by them."""
    return table_row(
        cell(
            author_avatar(
                initials=row.initials,
                process=row.process,
                tone=row.tone,
                class_name="float-start mt-0.75 me-2.5",
            ),
            rx.cond(
                row.person != "",
                rx.el.button(
                    short_label(row.who, messages.show_only(row.who)),
                    type="button",
                    title=row.who,
                    on_click=AccessLog.filter_by("person", row.person),
                    class_name="block max-w-full truncate py-2 text-start font-medium "
                    "hover:underline",
                ),
                rx.el.span(row.who, title=row.who, class_name="block truncate py-2 font-medium"),
            ),
            column=_WHO,
            names_row=True,
        ),
        cell(
            rx.el.span(row.action),
            column=_WHAT,
            class_name="truncate",
            title=row.action,
        ),
        cell(
            rx.el.div(row.subject, title=row.subject, class_name="truncate"),
            rx.cond(
                row.detail != "",
                rx.el.div(row.detail, class_name=SECOND_LINE, title=row.detail),
            ),
            column=_SUBJECT,
        ),
        cell(
            rx.el.time(row.at, date_time=row.at_iso, title=row.ago),
            column=_WHEN,
            class_name="text-ink2",
        ),
        rest,
        is_link=False,
    )


def _filters() -> rx.Component:
    return filter_bar(
        search_box(
            state=AccessLog,
            label="Search by person, subject or detail",
            landmark="Access log",
        ),
        filter_select(
            state=AccessLog,
            name="action",
            label="Action",
            everything=ANY_ACTION,
            options=[(action.value, action.label) for action in Action],
        ),
        filter_day(state=AccessLog, name="from", label="From"),
        filter_day(state=AccessLog, name="to", label="To"),
    )


def _person() -> rx.Component:
    """Return the person whom the log is filtered by, with their open sessions."""
    return rx.cond(
        AccessLog.person != "",
        rx.el.section(
            rx.el.div(
                rx.el.h2(AccessLog.person, class_name=PANEL_TITLE),
                rx.el.div(
                    rx.cond(
                        AccessLog.may_end & (AccessLog.sessions.length() > 0),
                        rx.el.button(
                            icon("log_out", 15),
                            "Sign out everywhere",
                            type="button",
                            on_click=AccessLog.sign_out_person,
                            class_name=BUTTON,
                        ),
                    ),
                    rx.cond(Shell.has_ledger, changes_by(AccessLog.filters["person"])),
                    rx.el.button(
                        "Show everybody",
                        type="button",
                        on_click=AccessLog.filter_by("person", ""),
                        class_name=BUTTON,
                    ),
                    class_name="flex flex-wrap gap-2",
                ),
                class_name="flex flex-wrap items-center justify-between gap-2",
            ),
            rx.el.h3("Open sessions", class_name="mt-2 text-small font-medium text-ink2"),
            rx.cond(
                AccessLog.sessions.length() > 0,
                rx.el.ul(
                    rx.foreach(AccessLog.sessions, lambda one: session_item(one)),
                    tab_index=0,
                    aria_label="Open sessions",
                    class_name="max-h-72 overflow-y-auto",
                ),
                rx.el.p("Not signed in anywhere.", class_name="text-ink3"),
            ),
            aria_label="Person",
            class_name=f"{PANEL} appears mb-4",
        ),
    )


def access_log() -> rx.Component:
    """Return the log with its filters, the chosen person, and the pager."""
    return rx.fragment(
        _filters(),
        announcement(message=AccessLog.message, refusal=AccessLog.refusal),
        _person(),
        data_table(
            state=AccessLog,
            caption="Access log",
            columns=(_WHO, _WHAT, _SUBJECT, _WHEN),
            row=lambda row, i: act_row(row=row, key=i),
            nothing=notice(
                rx.el.p("Remove a filter, or search for less.", class_name="mt-1"),
                title="No actions match",
                mark="search_x",
            ),
        ),
        pager(state=AccessLog),
    )
