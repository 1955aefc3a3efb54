"""The form that enrolls many people: people, courses, and a preview."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.catalog.course_circles import circle_warning
from enrollment_portal.components.forms.combobox import picker
from enrollment_portal.components.forms.completion_fields import completion_fields
from enrollment_portal.components.forms.fields import instant_check_box, instant_field
from enrollment_portal.components.ui.pieces import BUTTON, INPUT, PANEL, PANEL_TITLE, PRIMARY, icon
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.wording import plural_of
from enrollment_portal.domain.catalog.messages import FOUND_LEARNABLES
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.people.messages import FOUND_GROUPS, FOUND_PEOPLE
from enrollment_portal.domain.shared.messages import remove_named
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrolling.enroll_views import LineView, OutcomeView
from enrollment_portal.state.people.people_search import EnrollGroups, EnrollPeople, LearnablePicker
from enrollment_portal.state.people.people_views import FoundView

_FIND = {"people": "#find-people", "groups": "#find-groups", "courses": "#find-courses"}
"""What is found by each search, and its field."""
_CHIP = (
    "inline-flex max-w-full items-center gap-1.5 rounded-2xl border border-line bg-bg py-0.5 "
    "pe-1 ps-2.5 text-small"
)


def _chosen(kind: str, label: str) -> rx.Component:
    def chip(one: rx.Var[FoundView]) -> rx.Component:
        return rx.el.li(
            rx.el.span(one.name, title=one.about, class_name="min-w-0 break-words"),
            rx.el.button(
                icon("x", 13),
                rx.el.span(remove_named(one.name), class_name="sr-only"),
                type="button",
                on_click=Enroll.remove(kind, one.id),
                data_focus_last=_FIND[kind],
                class_name="grid size-6 shrink-0 place-items-center rounded-full text-ink3 "
                "hover:bg-hover hover:text-ink",
            ),
            class_name=_CHIP,
        )

    chosen = getattr(Enroll, kind)
    return rx.cond(
        chosen.length() > 0,
        rx.el.ul(
            rx.foreach(chosen, chip),
            aria_label=label,
            class_name="mt-2 flex max-h-40 flex-wrap gap-1.5 overflow-y-auto",
        ),
    )


def _refused(name: str) -> rx.Component:
    return rx.el.p(
        Enroll.errors[name],
        role="alert",
        class_name="mt-1 text-small font-medium break-words text-bad empty:hidden",
    )


def _section(heading: str, *content: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(heading, class_name=f"{PANEL_TITLE} mb-2"),
        *content,
        class_name=PANEL,
    )


def _emails() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Paste a list of emails", class_name="cursor-pointer text-small text-ink2"),
        rx.el.form(
            rx.el.label("Emails", html_for="emails", class_name="sr-only"),
            rx.el.textarea(
                key=Enroll.fills,
                id="emails",
                name="emails",
                rows=4,
                default_value=Enroll.emails,
                placeholder="One on each line, or straight from a spreadsheet",
                aria_describedby="emails-refused",
                aria_invalid=rx.cond(Enroll.errors["emails"] != "", "true", "false"),
                class_name=f"{INPUT} min-h-20 resize-y",
            ),
            rx.el.div(_refused("emails"), id="emails-refused"),
            rx.el.button("Add them", type="submit", class_name=f"{BUTTON} mt-1.5"),
            on_submit=Enroll.paste,
            class_name="mt-2",
        ),
        open=Enroll.errors["emails"] != "",
        class_name="mt-3",
    )


def _people() -> rx.Component:
    return _section(
        "1. People",
        rx.el.div(
            rx.el.div(
                picker(
                    state=EnrollPeople,
                    label="Find people by name or email",
                    counts=FOUND_PEOPLE,
                    id=_FIND["people"][1:],
                    verb="Add",
                    on_pick=lambda chosen: Enroll.add("people", chosen),
                ),
                _emails(),
            ),
            picker(
                state=EnrollGroups,
                label="Find a group, with all its members",
                counts=FOUND_GROUPS,
                id=_FIND["groups"][1:],
                verb="Add",
                on_pick=lambda chosen: Enroll.add("groups", chosen),
            ),
            class_name="grid grid-cols-1 gap-4 md:grid-cols-2",
        ),
        _chosen("people", "Chosen people"),
        _chosen("groups", "Chosen groups"),
        _refused("people"),
    )


def _courses() -> rx.Component:
    return _section(
        "2. Courses and learning paths",
        picker(
            state=LearnablePicker,
            label="Find a course or learning path",
            counts=FOUND_LEARNABLES,
            id=_FIND["courses"][1:],
            verb="Add",
            on_pick=lambda chosen: Enroll.add("courses", chosen),
        ),
        _chosen("courses", "Chosen courses and learning paths"),
        _refused("courses"),
        rx.el.div(
            instant_field(
                Enroll,
                "deadline",
                "Deadline",
                on_change=Enroll.choose_deadline,
                prefix="enroll",
                hints=(rx.el.p("Without one, each course has its own."),),
                type="date",
            ),
            class_name="mt-3",
        ),
        completion_fields(Enroll, on_change=Enroll.choose_completion, class_name="mt-4"),
    )


def _outcome(view: rx.Var[OutcomeView]) -> rx.Component:
    def line(one: rx.Var[LineView]) -> rx.Component:
        return rx.el.li(
            rx.el.span(one.name, class_name="font-medium"),
            rx.el.span(" · " + one.title, class_name="text-ink2"),
            rx.cond(
                one.why != "",
                rx.el.span(
                    " · " + one.why,
                    class_name=rx.cond(one.is_warning, "text-warn", "text-ink3"),
                ),
            ),
            class_name="border-t border-line2 py-1 break-words first:border-t-0",
        )

    return rx.el.div(
        rx.el.h3(
            rx.el.span(view.label + " "),
            rx.el.span(view.count, class_name="ms-1.5 font-normal text-ink3 tabular-nums"),
            class_name="text-small font-semibold",
        ),
        rx.el.ul(
            rx.foreach(view.lines, line),
            tab_index=0,
            aria_label=view.label,
            class_name="mt-1 max-h-80 overflow-y-auto text-small",
        ),
        rx.cond(view.rest != "", rx.el.p(view.rest, class_name="text-small text-ink3")),
        class_name="min-w-0",
    )


def _preview() -> rx.Component:
    enroll_label = plural_of(
        Enroll.to_enroll, one=messages.CREATE_ONE, other=messages.CREATE_SEVERAL
    )
    return _section(
        messages.THIRD_STEP,
        rx.el.div(
            rx.cond(
                Enroll.is_shown,
                rx.el.div(
                    rx.foreach(Enroll.outcomes, _outcome),
                    circle_warning(Enroll.circles, class_name="md:col-span-3"),
                    class_name="grid grid-cols-1 gap-5 md:grid-cols-3",
                ),
                rx.el.p(messages.NOT_PREVIEWED, class_name="text-ink3"),
            ),
        ),
        rx.cond(
            Enroll.is_shown & (Enroll.n_completed > 0),
            instant_check_box(
                "Enroll people again who have completed it",
                fills=Enroll.fills,
                is_on=Enroll.again,
                on_change=Enroll.choose_again,
                class_name="mt-4",
            ),
        ),
        rx.el.div(
            rx.el.button(
                messages.PREVIEW,
                type="button",
                on_click=Enroll.show,
                class_name=rx.cond(Enroll.is_shown, BUTTON, PRIMARY),
            ),
            rx.cond(
                Enroll.is_shown & (Enroll.to_enroll > 0),
                rx.el.button(
                    enroll_label,
                    type="button",
                    on_click=Enroll.enroll,
                    data_focus_next="h1",
                    class_name=PRIMARY,
                ),
            ),
            rx.el.button(
                "Start over", type="button", on_click=Enroll.start_over, class_name=BUTTON
            ),
            class_name="mt-4 flex flex-wrap gap-2",
        ),
    )


def enroll_form() -> rx.Component:
    """Return the three steps: people, courses, and the preview."""
    return rx.el.div(
        announcer(Enroll.announcement),
        _people(),
        _courses(),
        _preview(),
        class_name="grid grid-cols-1 gap-4",
    )
