"""The list of groups, and the lists of a group's members, leads and courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_circles import circle_warning
from enrollment_portal.components.lists.tables import (
    Column,
    cell,
    data_table,
    link_cell,
    table_row,
    text_cell,
)
from enrollment_portal.components.ui.pieces import BUTTON, CARD, LINK, avatar, notice, page_link
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.people.messages import NAME_AND_WHY, REMOVE, since
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import Groups, Members
from enrollment_portal.state.people.people_views import (
    AssignedView,
    FoundView,
    GroupView,
    MemberView,
)
from enrollment_portal.state.shared.views import COURSES_PATH, GROUPS_PATH, PATHS_PATH, USERS_PATH

_NAME = Column("name", "Name")
_KIND = Column("kind", "Kind", width="9.375rem")
_MEMBERS = Column("members", "Members", width="6.5rem", align="end")
_LEADS = Column("leads", "Leads", width="6rem", align="end")
_ASSIGNED = Column("assigned", "Assigned", width="6.5rem", align="end")

_WHO = Column("learner", "Name")
_ABOUT = Column("about", "Job title")
_SINCE = Column("since", "Joined", width="8.125rem")
_REMOVE = Column("remove", "Remove", width="7rem", align="end")


@rx.memo
def group_line(rest: rx.RestProp, *, group: rx.Var[GroupView]) -> rx.Component:
    """Return a row of the list of groups."""
    return table_row(
        link_cell(
            column=_NAME,
            label=group.name,
            to=f"{GROUPS_PATH}/" + group.id.to(str),
        ),
        text_cell(group.kind, column=_KIND),
        text_cell(group.members, column=_MEMBERS),
        text_cell(group.leads, column=_LEADS),
        text_cell(group.assigned, column=_ASSIGNED),
        rest,
    )


def group_table() -> rx.Component:
    """Return the list of all groups."""
    return data_table(
        state=Groups,
        caption="Groups",
        columns=(_NAME, _KIND, _MEMBERS, _LEADS, _ASSIGNED),
        row=lambda group, i: group_line(group=group, key=i),
        nothing=notice(
            rx.el.p(
                "A group enrolls its members in the courses assigned to it.",
                class_name="mt-1",
            ),
            title="No groups",
            mark="users_round",
        ),
    )


def _remove_button(name: Any, on_click: Any) -> rx.Component:
    return rx.el.button(
        short_label(REMOVE, remove_named(name)),
        type="button",
        on_click=on_click,
        # Above what shows the focus of its row.
        class_name=f"{BUTTON} relative z-[1]",
    )


@rx.memo
def member_line(rest: rx.RestProp, *, member: rx.Var[MemberView]) -> rx.Component:
    """Return a row of a group's members."""
    return table_row(
        link_cell(
            column=_WHO,
            label=member.name,
            to=f"{USERS_PATH}/" + member.user.to(str),
            second=member.email,
            initials=member.initials,
            tone=member.tone,
        ),
        text_cell(member.about, column=_ABOUT),
        text_cell(member.since, column=_SINCE, class_name="text-ink2 tabular-nums"),
        cell(
            _remove_button(member.name, GroupChanges.remove_person(member.id)),
            column=_REMOVE,
            label="",
        ),
        rest,
    )


def member_table() -> rx.Component:
    """Return a group's members."""
    return data_table(
        state=Members,
        caption="Members",
        columns=(_WHO, _ABOUT, _SINCE, _REMOVE),
        row=lambda member, i: member_line(member=member, key=i),
        nothing=notice(
            rx.el.p("Add people by a search, or paste a list of emails.", class_name="mt-1"),
            title="No members",
            mark="users_round",
        ),
    )


_LINE = (
    "flex items-center justify-between gap-x-3 gap-y-1 border-t border-line2 px-4 py-2.5 "
    "first:border-t-0 max-sm:flex-wrap"
)
# On a phone it has a line of its own.
_ASIDE = "text-ink2 empty:hidden max-sm:order-last max-sm:basis-full max-sm:text-small"


def _lead(lead: rx.Var[MemberView]) -> rx.Component:
    return rx.el.li(
        avatar(initials=lead.initials, tone=lead.tone),
        rx.el.div(
            rx.cond(
                lead.user != 0,
                page_link(
                    lead.name,
                    to=f"{USERS_PATH}/" + lead.user.to(str),
                    class_name=f"{LINK} break-words",
                ),
                rx.el.span(lead.name),
            ),
            rx.el.div(lead.email, class_name="text-fine text-ink3"),
            class_name="min-w-0 flex-1 break-words",
        ),
        rx.el.span(lead.about, class_name=f"{_ASIDE} max-sm:ps-10"),
        _remove_button(lead.name, GroupChanges.remove_lead(lead.id)),
        class_name=_LINE,
    )


def _assigned(row: rx.Var[AssignedView]) -> rx.Component:
    path = rx.cond(row.is_path, f"{PATHS_PATH}/", f"{COURSES_PATH}/")
    return rx.el.li(
        rx.el.div(
            page_link(
                row.title, to=path.to(str) + row.id.to(str), class_name=f"{LINK} break-words"
            ),
            rx.el.div(row.kind, class_name="text-fine text-ink3"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(
            rx.cond(row.since != "", since(row.since), ""),
            class_name=f"{_ASIDE} tabular-nums",
        ),
        rx.cond(GroupPage.may_assign, _remove_button(row.title, GroupChanges.unassign(row.id))),
        class_name=_LINE,
    )


def _card(rows: Any, line: Any, label: str, nothing: str) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.ul(rx.foreach(rows, line), aria_label=label, class_name=f"{CARD} mt-4"),
        rx.el.p(nothing, class_name=f"{CARD} mt-4 px-4 py-6 text-center text-ink3"),
    )


def lead_list() -> rx.Component:
    """Return the group's leads."""
    return _card(GroupPage.leads, _lead, "Leads", "Nobody leads this group yet.")


def assigned_list() -> rx.Component:
    """Return the group's assigned courses and paths."""
    return _card(GroupPage.assigned, _assigned, "Assigned", "Nothing is assigned yet.")


def _note(note: rx.Var[FoundView]) -> rx.Component:
    return rx.el.li(
        *sentence(
            NAME_AND_WHY,
            name=rx.el.span(note.name, class_name="font-medium"),
            why=rx.el.span(note.about),
        ),
        class_name="break-words",
    )


def notes() -> rx.Component:
    """Return whom the last change did not enroll or find, and courses that wait for each other."""
    return rx.el.div(
        rx.cond(
            GroupPage.notes.length() > 0,
            rx.el.ul(
                rx.foreach(GroupPage.notes, _note),
                aria_label="Not added or enrolled",
                class_name="appears mb-4 grid gap-1 rounded-lg bg-warn-soft px-3 py-2 text-small "
                "text-warn",
            ),
        ),
        circle_warning(GroupPage.circles, class_name="mb-4"),
        role="status",
    )
