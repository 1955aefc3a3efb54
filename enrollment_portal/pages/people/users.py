"""The pages of people: the directory, inviting somebody, and a person's tabs."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.activity.links import changes_by, changes_of
from enrollment_portal.components.forms.fields import uncontrolled_form
from enrollment_portal.components.history.history_card import history_card
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.lists.page_address import page_address
from enrollment_portal.components.lists.search import filter_bar, filter_select, search_box
from enrollment_portal.components.lists.tables import pager
from enrollment_portal.components.peek.panel import enrollment_panel
from enrollment_portal.components.people.user_fields import given_up, user_fields
from enrollment_portal.components.people.user_page import user_frame
from enrollment_portal.components.people.user_pickers import link_card
from enrollment_portal.components.people.user_table import user_table
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import LINK, PANEL, PRIMARY, page_link
from enrollment_portal.components.ui.tabs import page_segments, segment_link
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.people.user_edits import NO_ACCESS, PersonStatus
from enrollment_portal.domain.shared.messages import ANY_ACCESS, ANY_STATUS, open_named
from enrollment_portal.state.people.user_page import UserPage
from enrollment_portal.state.people.users import INVITE_PATH, Invite, Users
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import USERS_PATH

_FORM = f"{PANEL} max-w-180"


def users() -> rx.Component:
    """Return the directory."""
    return frame(
        page_address(Users, USERS_PATH),
        page_heading(
            "Users",
            subtitle="Everybody in the directory",
            actions=(page_link("Invite user", to=INVITE_PATH, class_name=PRIMARY),),
        ),
        filter_bar(
            search_box(state=Users, label="Search by name or email", landmark="Users"),
            filter_select(
                state=Users,
                name="access",
                label="Access",
                everything=ANY_ACCESS,
                options=[*((r.value, r.label) for r in Role), (NO_ACCESS, "None")],
            ),
            filter_select(
                state=Users,
                name="status",
                label="Status",
                everything=ANY_STATUS,
                options=[(s.value, s.label) for s in PersonStatus],
            ),
        ),
        user_table(),
        pager(state=Users),
        current=USERS_PATH,
    )


def invite() -> rx.Component:
    """Return the page that adds and invites somebody."""
    return frame(
        breadcrumb(("Users", USERS_PATH), current="Invite user"),
        page_heading("Invite user", subtitle="They choose a password with a link that works once"),
        rx.el.div(class_name="h-4"),
        link_card(link=Invite.link, note=Invite.link_note),
        rx.cond(
            Invite.invited != "",
            rx.el.p(
                page_link(
                    open_named(Invite.invited),
                    to=f"{USERS_PATH}/" + Invite.invited_id.to(str),
                    class_name=f"{LINK} break-words",
                ),
                class_name="mb-4",
            ),
        ),
        rx.el.div(
            # Filled once the page is loaded: nothing that is typed can be lost.
            rx.cond(
                Invite.form_key != "0",
                uncontrolled_form(
                    Invite,
                    *user_fields(state=Invite, has_access=True),
                    id="invite-form",
                    on_submit=Invite.save,
                    submit_label="Invite",
                ),
            ),
            class_name=_FORM,
        ),
        current=USERS_PATH,
    )


def information() -> rx.Component:
    """Return the form of a person's details."""
    return user_frame(
        rx.cond(
            UserPage.user.only_super_admin,
            rx.el.p("Only a Super Admin can change an admin.", class_name="mb-3 text-ink2"),
        ),
        rx.el.div(
            uncontrolled_form(
                UserPage,
                *user_fields(
                    state=UserPage,
                    has_access=UserPage.user.has_account,
                    hints=(
                        given_up(Role.INSTRUCTOR, UserPage.user.teaches),
                        given_up(Role.GROUP_LEAD, UserPage.user.leads),
                    ),
                ),
                id="user-form",
                on_submit=UserPage.save,
            ),
            class_name=_FORM,
        ),
        current="information",
    )


def _learning(current: str) -> rx.Component:
    path = f"{USERS_PATH}/" + UserPage.user.id.to(str)
    return user_frame(
        ledger_view(
            kinds=page_segments(
                "What they learn",
                segment_link(
                    "Enrollments", to=f"{path}/enrollments", is_selected=current == "courses"
                ),
                segment_link("Learning Paths", to=f"{path}/paths", is_selected=current == "paths"),
            ),
            part_of="learner",
        ),
        enrollment_panel(),
        current="learner",
    )


def enrollments() -> rx.Component:
    """Return a person's enrollments in courses."""
    return _learning("courses")


def paths() -> rx.Component:
    """Return a person's enrollments in learning paths."""
    return _learning("paths")


def history() -> rx.Component:
    """Return the access-log entries about a person, and those of their own acts."""
    links = rx.el.div(
        changes_of(UserPage.user.id.to(str)),
        rx.cond(UserPage.user.account != 0, changes_by(UserPage.user.account.to(str))),
        class_name="mb-4 flex flex-wrap gap-2",
    )
    return user_frame(
        rx.cond(Shell.sections.contains("learning"), links),
        history_card(events=UserPage.events),
        current="history",
    )
