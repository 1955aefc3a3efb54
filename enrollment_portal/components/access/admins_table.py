"""The table of admins with a switch for each section, and the dialogs to add and remove one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.stored_checkbox import StoredCheckbox
from enrollment_portal.components.lists.search import search_box
from enrollment_portal.components.lists.tables import Column, cell, data_table, table_row, text_cell
from enrollment_portal.components.ui.dialogs import modal
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    NAME_LINE,
    PRIMARY,
    SECOND_LINE,
    avatar,
    notice,
    page_link,
)
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.wording import short_label
from enrollment_portal.domain.access import messages
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.access.admins import Admins, AdminView, CandidateView
from enrollment_portal.state.people.people_views import FoundView
from enrollment_portal.state.people.users import INVITE_PATH
from enrollment_portal.state.shared.views import USERS_PATH

_WHO = Column("who", "Admin")
_SECTIONS = Column("sections", "Sections", width="44%")
_LAST = Column("last", "Last sign-in", width="10%")
_DO = Column("do", "Actions", width="15rem")
_SMALL = f"{BUTTON} !h-7 !px-2 text-small"
_WIDE = "w-105"


def _switch(row: rx.Var[AdminView], section: Section) -> rx.Component:
    name = str(section.name).lower()
    is_on = row.sections.contains(name)
    return rx.el.label(
        StoredCheckbox.create(
            role="switch",
            is_on=is_on,
            answers=Admins.answers,
            disabled=~Admins.may_edit | row.is_super,
            on_switch=lambda on: Admins.switch(row.id, name, on),
            class_name="size-3.5",
        ),
        short_label(name.capitalize(), messages.section_for(name.capitalize(), row.name)),
        class_name="inline-flex min-h-6 items-center gap-1.5 text-small",
    )


def _switches(row: rx.Var[AdminView]) -> rx.Component:
    return rx.el.div(
        *(_switch(row, section) for section in Section),
        role="group",
        aria_label=messages.sections_of(row.name),
        class_name="flex flex-wrap gap-x-3 py-1",
    )


def _actions(row: rx.Var[AdminView]) -> rx.Component:
    return rx.cond(
        Admins.may_edit,
        rx.el.div(
            rx.el.button(
                rx.cond(
                    row.is_super,
                    short_label(messages.MAKE_ADMIN, messages.make_admin(row.name)),
                    short_label(messages.MAKE_SUPER_ADMIN, messages.make_super_admin(row.name)),
                ),
                type="button",
                on_click=Admins.make_super(row.id, ~row.is_super),
                class_name=_SMALL,
            ),
            rx.el.button(
                short_label(messages.REMOVE, remove_named(row.name)),
                type="button",
                on_click=Admins.ask_to_remove(row.id),
                class_name=_SMALL,
            ),
            rx.cond(
                row.may_send_link,
                rx.el.button(
                    short_label(messages.SEND_LINK, messages.send_link_to(row.name)),
                    type="button",
                    on_click=Admins.send_link(row.id),
                    class_name=_SMALL,
                ),
            ),
            class_name="flex flex-wrap gap-1.5 py-1.5",
        ),
    )


def _row(row: rx.Var[AdminView], _index: rx.Var[int]) -> rx.Component:
    return table_row(
        cell(
            avatar(initials=row.initials, tone=row.tone, class_name="float-start mt-0.75 me-2.5"),
            rx.el.div(
                rx.el.span(row.name),
                rx.cond(row.is_me, rx.el.span(" (you)", class_name="font-normal text-ink3")),
                title=row.name,
                class_name=f"{NAME_LINE} font-medium",
            ),
            rx.el.div(
                row.role
                + rx.cond(row.status != "Active", " · " + row.status, "").to(str)
                + " · "
                + row.email,
                title=row.email,
                class_name=SECOND_LINE,
            ),
            column=_WHO,
            names_row=True,
            class_name="py-1.5",
        ),
        cell(
            _switches(row),
            column=_SECTIONS,
        ),
        text_cell(row.last_sign_in, column=_LAST),
        cell(_actions(row), column=_DO, label=""),
        is_link=False,
        key=row.id,
    )


def _candidate(candidate: rx.Var[CandidateView]) -> rx.Component:
    def add(label: str, whole: str, class_name: str, is_super: bool) -> rx.Component:
        return rx.el.button(
            short_label(label, whole),
            type="button",
            on_click=Admins.add(candidate.id, is_super),
            class_name=f"{class_name} !h-7 !px-2 text-small",
        )

    return rx.el.li(
        rx.el.div(
            rx.el.div(candidate.name, class_name="break-words font-medium"),
            rx.el.div(
                candidate.email + " · " + candidate.role,
                class_name="break-words text-fine text-ink3",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            add(Role.ADMIN.label, messages.add_admin(candidate.name), PRIMARY, False),
            add(Role.SUPER_ADMIN.label, messages.add_super_admin(candidate.name), BUTTON, True),
            class_name="flex shrink-0 gap-1.5",
        ),
        rx.cond(
            candidate.given_up != "",
            rx.el.p(
                candidate.given_up,
                class_name="basis-full text-fine break-words text-warn",
            ),
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line2 py-2",
    )


def _without_account(person: rx.Var[FoundView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(person.name, class_name="break-words font-medium"),
            rx.el.div(
                rx.el.span("No account yet", class_name="text-ink2"),
                rx.cond(person.about != "", rx.el.span(" · " + person.about)),
                class_name="break-words text-fine text-ink3",
            ),
            class_name="min-w-0",
        ),
        # Their own page has the button that invites somebody who is in the directory already.
        page_link(
            short_label(messages.INVITE_FIRST, messages.invite_first(person.name)),
            to=f"{USERS_PATH}/" + person.id.to(str),
            class_name=f"{_SMALL} shrink-0",
        ),
        class_name="flex items-center justify-between gap-3 border-t border-line2 py-2",
    )


def _adding() -> rx.Component:
    return modal(
        rx.el.p(
            "Whoever has an account can become an admin. Others are invited first.",
            class_name="mt-1 mb-3 text-small text-ink2",
        ),
        search_box(
            state=Admins,
            label="Search by name or email",
            landmark="People with an account",
            id="find-admin",
            class_name="w-full",
            mark="plus",
        ),
        announcer(Admins.announcement),
        rx.el.div(
            rx.el.ul(rx.foreach(Admins.candidates, _candidate), class_name="mt-2 empty:hidden"),
            rx.el.ul(
                rx.foreach(Admins.without_account, _without_account),
                class_name="mt-2 empty:hidden",
            ),
            rx.cond(
                (Admins.searched != "")
                & (Admins.candidates.length() == 0)
                & (Admins.without_account.length() == 0),
                rx.el.div(
                    rx.el.p("Nobody in the directory matches.", class_name="text-ink3"),
                    page_link("Invite them first", to=INVITE_PATH, class_name=f"{BUTTON} mt-2"),
                    class_name="mt-3",
                ),
            ),
            custom_attrs={"data-found": ""},
            class_name="min-h-40",
        ),
        rx.el.div(
            rx.el.button(
                "Close", type="button", on_click=Admins.open_adding(False), class_name=BUTTON
            ),
            class_name="mt-3 flex justify-end",
        ),
        heading="Add an admin",
        id="adding-admin",
        is_open=Admins.is_adding,
        on_close=Admins.open_adding(False),
        class_name=_WIDE,
    )


def _removing() -> rx.Component:
    return modal(
        rx.el.p(
            messages.remove_admin(Admins.removing_name),
            class_name="mt-1 break-words text-ink2",
        ),
        rx.el.div(
            rx.el.button(
                messages.KEEP_ADMIN,
                type="button",
                on_click=Admins.ask_to_remove(0),
                class_name=BUTTON,
            ),
            rx.el.button(
                messages.REMOVE, type="button", on_click=Admins.remove, class_name=PRIMARY
            ),
            class_name="mt-5 flex justify-end gap-2",
        ),
        heading=messages.REMOVE_ADMIN_HEADING,
        id="removing-admin",
        is_open=Admins.removing != 0,
        on_close=Admins.ask_to_remove(0),
    )


def admins_table(*buttons: Any) -> rx.Component:
    """Return the table of admins with its dialogs."""
    return rx.fragment(
        *buttons,
        data_table(
            state=Admins,
            caption="Admins",
            columns=(_WHO, _SECTIONS, _LAST, _DO),
            row=_row,
            stacks="below-62",
            nothing=notice(title="No admins", mark="shield"),
        ),
        _adding(),
        _removing(),
    )
