"""The pages of groups: the list, a new group, and the tabs of one."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.fields import (
    select_box,
    text_area,
    text_input,
    uncontrolled_form,
)
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, filter_select, search_box
from enrollment_portal.components.lists.tables import pager
from enrollment_portal.components.people.group_lists import (
    assigned_list,
    group_table,
    lead_list,
    member_table,
)
from enrollment_portal.components.people.group_page import group_frame, paste_dialog
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import BUTTON, PANEL, PRIMARY, page_link
from enrollment_portal.domain.catalog.messages import FOUND_LEARNABLES
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.messages import FOUND_PEOPLE
from enrollment_portal.domain.shared.messages import ANY_KIND
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import NEW_GROUP_PATH, Groups, Members, NewGroup
from enrollment_portal.state.people.people_search import LearnablePicker, PeoplePicker
from enrollment_portal.state.shared.views import GROUPS_PATH

_FORM = f"{PANEL} max-w-180"
_KINDS = [(kind.value, kind.label) for kind in GroupKind]


def groups() -> rx.Component:
    """Return the list of all groups."""
    return frame(
        page_address(Groups, GROUPS_PATH),
        page_heading(
            "Groups",
            subtitle="Members of a group are enrolled in the courses assigned to it",
            actions=(page_link("New group", to=NEW_GROUP_PATH, class_name=PRIMARY),),
        ),
        filter_bar(
            search_box(state=Groups, label="Search by name", landmark="Groups"),
            filter_select(
                state=Groups, name="kind", label="Kind", everything=ANY_KIND, options=_KINDS
            ),
        ),
        group_table(),
        pager(state=Groups),
        current=GROUPS_PATH,
    )


def _fields(form: type) -> tuple[rx.Component, ...]:
    return (
        text_input(form, "name", "Name", max_length=200),
        select_box(form, "kind", "Kind", _KINDS),
        text_area(form, "description", "Description", optional=True),
    )


def new_group() -> rx.Component:
    """Return the page that creates a group."""
    return frame(
        breadcrumb(("Groups", GROUPS_PATH), current="New group"),
        page_heading("New group"),
        rx.el.div(
            # Filled once the page is loaded: nothing that is typed can be lost.
            rx.cond(
                NewGroup.form_key != "0",
                uncontrolled_form(
                    NewGroup,
                    *_fields(NewGroup),
                    id="new-group",
                    on_submit=NewGroup.save,
                    submit_label="Create group",
                ),
            ),
            class_name=f"{_FORM} mt-4",
        ),
        current=GROUPS_PATH,
    )


def members() -> rx.Component:
    """Return the members of a group."""
    return group_frame(
        page_address(Members, GroupPage.path),
        rx.el.div(
            rx.el.div(
                picker(
                    state=PeoplePicker,
                    label="Find people to add",
                    counts=FOUND_PEOPLE,
                    id="find-people",
                    verb="Add",
                    on_pick=GroupChanges.add_person,
                ),
                class_name="w-full sm:w-90",
            ),
            rx.el.button(
                "Paste emails",
                type="button",
                on_click=GroupPage.open_paste(True),
                class_name=BUTTON,
            ),
            class_name="flex flex-wrap items-start gap-2",
        ),
        filter_bar(
            search_box(
                state=Members, label="Search the members", landmark="Members", id="search-members"
            ),
        ),
        member_table(),
        pager(state=Members),
        paste_dialog(),
        current="Members",
    )


def leads() -> rx.Component:
    """Return the leads of a group."""
    return group_frame(
        rx.el.p(
            "A Group Lead sees what the members learn.", class_name="mb-2 text-small text-ink2"
        ),
        picker(
            state=PeoplePicker,
            label="Find someone to lead",
            counts=FOUND_PEOPLE,
            id="find-lead",
            verb="Add as lead",
            on_pick=GroupChanges.add_lead,
        ),
        lead_list(),
        current="Leads",
    )


def assigned() -> rx.Component:
    """Return the courses and paths that a group is assigned."""
    return group_frame(
        rx.el.p(
            "Members are enrolled at once, and whoever joins later as well. Removing a course "
            "cancels no enrollment.",
            class_name="mb-2 text-small text-ink2",
        ),
        rx.cond(
            GroupPage.may_assign,
            picker(
                state=LearnablePicker,
                label="Find a course or learning path",
                counts=FOUND_LEARNABLES,
                id="find-course",
                verb="Assign",
                on_pick=GroupChanges.assign,
            ),
        ),
        assigned_list(),
        current="Assigned",
    )


def settings() -> rx.Component:
    """Return the form of a group's settings."""
    return group_frame(
        rx.el.div(
            uncontrolled_form(
                GroupPage, *_fields(GroupPage), id="group-settings", on_submit=GroupPage.save
            ),
            class_name=_FORM,
        ),
        current="Settings",
    )
