"""The table of the directory."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    table_row,
    text_cell,
)
from enrollment_portal.components.ui.pieces import BUTTON, notice
from enrollment_portal.components.ui.status import badge
from enrollment_portal.state.people.people_views import UserRow
from enrollment_portal.state.people.users import Users
from enrollment_portal.state.shared.views import USERS_PATH

_NAME = Column("learner", "Name")
_TITLE = Column("title", "Job title")
_DEPARTMENT = Column("department", "Department")
_ACCESS = Column("access", "Portal access", width="8rem")
_STATUS = Column("state", "Status", width="7.25rem")
_JOINED = Column("joined", "Joined", width="7rem")
_LAST = Column("last", "Last sign-in", width="7rem")
COLUMNS = (_NAME, _TITLE, _DEPARTMENT, _ACCESS, _STATUS, _JOINED, _LAST)

_STATUS_CLASSES = {
    "active": "completed bg-ok-soft text-ok",
    "invited": "active bg-info-soft text-info",
    "suspended": "cancelled bg-bad-soft text-bad",
    "none": "cancelled bg-mute-soft text-mute",
}


def person_badge(*, status: Any, label: Any) -> rx.Component:
    """Return whether a person can sign in, as a badge."""
    return badge(label=label, value=status, class_names=_STATUS_CLASSES)


@rx.memo
def user_line(rest: rx.RestProp, *, person: rx.Var[UserRow]) -> rx.Component:
    """Return a row."""
    return table_row(
        link_cell(
            column=_NAME,
            label=person.name,
            to=f"{USERS_PATH}/" + person.id.to(str),
            second=person.email,
            initials=person.initials,
            tone=person.tone,
        ),
        text_cell(person.job_title, column=_TITLE),
        text_cell(person.department, column=_DEPARTMENT),
        text_cell(person.access, column=_ACCESS),
        cell(person_badge(status=person.status, label=person.status_label), column=_STATUS),
        text_cell(person.joined, column=_JOINED, class_name="text-ink2 tabular-nums"),
        text_cell(person.last_sign_in, column=_LAST, class_name="text-ink2 tabular-nums"),
        rest,
    )


def user_table() -> rx.Component:
    """Return the table, or its placeholder without rows."""
    return data_table(
        state=Users,
        caption="Users",
        columns=COLUMNS,
        row=lambda person, i: user_line(person=person, key=i),
        stacks="below-62",
        nothing=notice(
            rx.el.p("Nobody matches the search and the filters.", class_name="mt-1"),
            rx.el.button(
                "Clear the search",
                type="button",
                on_click=Users.clear_search,
                data_focus_next="main [data-search]",
                class_name=f"{BUTTON} mt-4",
            ),
            title="No users",
            mark="users_round",
        ),
    )
