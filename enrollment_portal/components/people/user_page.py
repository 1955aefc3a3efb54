"""The frame of a person's page: heading, tabs and actions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_circles import circle_warning
from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.completion_fields import completion_fields
from enrollment_portal.components.forms.fields import (
    announcement,
    current_refusal,
    instant_check_box,
    instant_field,
)
from enrollment_portal.components.people.record_frame import record_frame
from enrollment_portal.components.people.user_pickers import link_card
from enrollment_portal.components.people.user_table import person_badge
from enrollment_portal.components.ui.dialogs import confirm_dialog, modal
from enrollment_portal.components.ui.headings import TITLE
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    PRIMARY,
    avatar,
)
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.tabs import page_tabs, tab_link
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.catalog.messages import FOUND_LEARNABLES
from enrollment_portal.domain.enrolling.messages import PREVIEW
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.messages import (
    COURSE_AND_OUTCOME,
    OF_USER,
    REMOVE,
    enroll_named,
)
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.people.people_search import LearnablePicker
from enrollment_portal.state.people.people_views import DecisionView, FoundView
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import USERS_PATH

_PATH = f"{USERS_PATH}/" + UserPage.user.id.to(str)


def _actions(current: str) -> rx.Component:
    user = UserPage.user
    may_enroll = Shell.sections.contains("learning")
    if current == "learner":
        may_enroll &= Ledger.as_of == ""  # nobody is enrolled on a past day
    return rx.el.div(
        rx.cond(
            may_enroll,
            rx.el.button(
                "+ Enroll in Course",
                type="button",
                on_click=EnrollUser.open_form(True),
                class_name=PRIMARY,
            ),
        ),
        rx.cond(
            user.may_invite,
            rx.el.button(
                rx.cond(user.has_account, "Send new invitation", "Invite as Learner"),
                type="button",
                on_click=UserPage.invite("learner"),
                class_name=BUTTON,
            ),
        ),
        rx.cond(
            user.may_send_link,
            rx.el.button(
                "Send a sign-in link",
                type="button",
                on_click=UserPage.send_link,
                class_name=BUTTON,
            ),
        ),
        rx.cond(
            user.may_suspend,
            rx.cond(
                user.is_suspended,
                rx.el.button(
                    "Reinstate",
                    type="button",
                    on_click=UserPage.reinstate,
                    data_focus_next="#suspend",
                    class_name=BUTTON,
                ),
                rx.el.button(
                    "Suspend",
                    id="suspend",
                    type="button",
                    on_click=UserPage.open_suspend(True),
                    class_name=BUTTON,
                ),
            ),
        ),
        class_name="flex flex-wrap gap-2",
    )


def _heading(current: str) -> rx.Component:
    user = UserPage.user
    return rx.el.div(
        rx.el.div(
            avatar(initials=user.initials, tone=user.tone),
            rx.el.div(
                rx.el.h1(user.name, class_name=TITLE),
                rx.el.div(
                    person_badge(status=user.status, label=user.status_label),
                    rx.el.span(user.email, class_name="min-w-0 break-all"),
                    rx.cond(user.invited != "", rx.el.span(user.invited)),
                    class_name="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-small "
                    "text-ink3",
                ),
                class_name="min-w-0",
            ),
            class_name="flex min-w-0 items-start gap-3",
        ),
        _actions(current),
        class_name="flex flex-wrap items-start justify-between gap-3",
    )


def _tabs(current: str) -> rx.Component:
    learner = (
        rx.cond(
            Shell.sections.contains("learning"),
            tab_link("Learner", to=f"{_PATH}/enrollments", is_selected=current == "learner"),
        ),
    )
    return page_tabs(
        "Parts of the user's page",
        tab_link("Information", to=_PATH, is_selected=current == "information"),
        *learner,
        tab_link("History", to=f"{_PATH}/history", is_selected=current == "history"),
        class_name="mt-4 mb-4",
    )


def _suspending() -> rx.Component:
    return confirm_dialog(
        messages.SUSPEND_TEXT,
        heading=messages.suspend(UserPage.user.name),
        id="suspend-title",
        is_open=UserPage.is_suspending,
        on_close=UserPage.open_suspend(False),
        on_confirm=UserPage.suspend,
        confirm_label=messages.SUSPEND,
    )


def _chosen(found: rx.Var[FoundView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(found.name, class_name="min-w-0 break-words"),
        rx.el.button(
            short_label(REMOVE, remove_named(found.name)),
            type="button",
            on_click=EnrollUser.drop(found.id),
            class_name=f"{BUTTON} shrink-0",
        ),
        class_name="flex items-center justify-between gap-3 py-1",
    )


def _decision(decision: rx.Var[DecisionView]) -> rx.Component:
    return rx.el.li(
        *sentence(
            COURSE_AND_OUTCOME,
            course=rx.el.span(decision.title, class_name="font-medium"),
            outcome=decision.outcome,
        ),
        rx.cond(
            decision.why != "",
            rx.el.span(
                " " + decision.why, class_name=rx.cond(decision.is_warning, "text-warn", "")
            ),
        ),
        class_name="break-words",
    )


def _enrolling() -> rx.Component:
    return modal(
        rx.el.div(
            picker(
                state=LearnablePicker,
                label="Find a course or learning path",
                counts=FOUND_LEARNABLES,
                id="find-course",
                verb="Choose",
                on_pick=EnrollUser.choose,
            ),
            announcer(EnrollUser.announcement),
            rx.el.ul(rx.foreach(EnrollUser.chosen, _chosen), aria_label="Chosen"),
            instant_field(
                EnrollUser,
                "deadline",
                "Deadline",
                on_change=EnrollUser.change_deadline,
                prefix="enroll",
                hints=(rx.el.p("Without one, each course has its own."),),
                type="date",
            ),
            completion_fields(EnrollUser, on_change=EnrollUser.change_completion),
            rx.cond(
                EnrollUser.has_completed,
                instant_check_box(
                    "Enroll again in what they have completed",
                    fills=EnrollUser.fills,
                    is_on=EnrollUser.again,
                    on_change=EnrollUser.choose_again,
                ),
            ),
            rx.el.div(
                rx.el.ul(
                    rx.foreach(EnrollUser.decisions, _decision),
                    aria_label=PREVIEW,
                    class_name="grid gap-1 text-small",
                ),
                circle_warning(EnrollUser.circles, class_name="mt-3"),
                role="status",
            ),
            rx.el.p(
                current_refusal(EnrollUser.error), role="alert", class_name="text-bad empty:hidden"
            ),
            class_name="mt-3 grid gap-3",
        ),
        rx.el.div(
            rx.el.button(
                "Cancel", type="button", on_click=EnrollUser.open_form(False), class_name=BUTTON
            ),
            rx.el.button(
                "Enroll",
                type="button",
                aria_disabled=rx.cond(EnrollUser.can_enroll, "false", "true"),
                on_click=EnrollUser.enroll,
                class_name=PRIMARY,
            ),
            class_name="mt-5 flex justify-end gap-2",
        ),
        heading=enroll_named(UserPage.user.name),
        id="enroll-title",
        is_open=EnrollUser.is_open,
        on_close=EnrollUser.open_form(False),
        class_name="w-130 !max-w-[calc(100vw-2rem)]",
    )


def user_frame(*content: Any, current: str) -> rx.Component:
    """Return a tab of a person's page around its content.

    Args:
        content: what the tab shows.
        current: "information", "learner" or "history".
    """
    answer = rx.cond(
        current == "information",
        rx.fragment(),
        announcement(message=UserPage.message, refusal=UserPage.refusal),
    )
    return record_frame(
        _heading(current),
        _tabs(current),
        link_card(link=UserPage.link, note=UserPage.link_note, label=UserPage.link_label),
        announcement(message=EnrollUser.message, refusal=""),
        answer,
        *content,
        _suspending(),
        _enrolling(),
        page=UserPage,
        texts=OF_USER,
        name=UserPage.user.name,
        above=("Users", USERS_PATH),
        mark="user_x",
    )
