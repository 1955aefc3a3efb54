"""The fields of the Manage form, in their order: each is one entry of `manage_fields`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import field
from enrollment_portal.components.requests.extension_requests import moves_courses, revert_button
from enrollment_portal.components.ui.pieces import BUTTON, INPUT
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.fields import TEXT_LENGTH, Field, Status
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.state.enrollment.draft import REASON
from enrollment_portal.state.enrollment.editing import Editing
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm


def manage_fields() -> list[rx.Component]:
    """Return the fields that apply to the enrollment."""
    facts, is_graded = EnrollmentFacts.facts, ~EnrollmentFacts.is_path
    return [
        _field(
            Field.STATUS,
            "Status",
            _control(rx.el.select, Field.STATUS, *(_status_option(status) for status in Status)),
            rx.cond(
                facts.status != Status.ACTIVE.key,
                rx.cond(
                    ManageForm.is_active_elsewhere,
                    rx.el.p(messages.ACTIVE_ELSEWHERE),
                    rx.el.p(messages.ONLY_TO_ACTIVE),
                ),
            ),
            rx.el.p(facts.tracked_hint),
            revert_button(),
        ),
        _field(
            Field.COMPLETED,
            Field.COMPLETED.label,
            _control(rx.el.input, Field.COMPLETED, type="date"),
            rx.el.p("The day on which the learner completed it."),
            shown=ManageForm.form[Field.STATUS] == Status.COMPLETED.key,
        ),
        _field(Field.DEADLINE, "Deadline", _deadline(), rx.el.p(facts.deadline_hint)),
        rx.cond(ManageForm.shows_move_courses, moves_courses()),
        rx.cond(
            EnrollmentFacts.is_path,
            rx.el.p(
                "A learning path has no grade and no feedback: its courses have.",
                class_name="text-small text-ink3",
            ),
        ),
        _field(
            Field.GRADE,
            "Grade",
            _line(Field.GRADE),
            rx.el.p(facts.grade_hint),
            shown=is_graded,
        ),
        _field(
            Field.FEEDBACK,
            "Instructor Feedback",
            _text_area(Field.FEEDBACK),
            _count(Field.FEEDBACK, messages.LEARNER_SEES),
            shown=is_graded,
        ),
        _field(
            Field.NOTE,
            "Internal Note",
            _text_area(Field.NOTE),
            _count(Field.NOTE, messages.STAFF_SEES),
            shown=EnrollmentFacts.reads_notes,
        ),
        _field(
            REASON,
            rx.fragment(
                rx.el.span("Reason", " "),
                rx.el.span(_how_needed(), class_name="font-normal text-ink3"),
            ),
            _line(REASON, aria_required=rx.cond(facts.own != "", "true", "false")),
            rx.el.p("The reason is shown in the history."),
        ),
    ]


def _field(
    name: str, label: Any, control: rx.Component, *hints: Any, shown: Any = True
) -> rx.Component:
    """Return a labelled field with its refusal and hints; `shown` says whether it applies."""
    error = ManageForm.errors[name]
    whole = field(name=name, label=label, control=control, error=error, hints=hints)
    return whole if shown is True else rx.cond(shown, whole)


def _control(element: Any, name: str, *children: Any, **props: Any) -> rx.Component:
    return element(
        *children,
        key=ManageForm.field_keys[name] + name,
        id=f"field-{name}",
        name=name,
        default_value=ManageForm.form[name],
        on_change=lambda typed: Editing.type_in(name, typed, ManageForm.field_keys[name]),
        disabled=~ManageForm.may_edit[name],
        aria_invalid=rx.cond(ManageForm.errors[name] != "", "true", "false"),
        aria_describedby=f"hint-{name}",
        class_name=INPUT + " " + props.pop("class_name", "h-8.5"),
        **props,
    )


def _line(name: str, **props: Any) -> rx.Component:
    return _control(rx.el.input, name, type="text", auto_complete="off", **props)


def _how_needed() -> rx.Var[str]:
    """Return whether a reason is required; "" for those who may only read the enrollment."""
    needed = rx.cond(EnrollmentFacts.facts.own != "", "required", "optional")
    return rx.cond(ManageForm.may_edit[REASON], needed, "").to(str)


def _text_area(name: str) -> rx.Component:
    return _control(rx.el.textarea, name, rows=4, class_name="min-h-20 resize-y")


def _count(name: str, after: str) -> rx.Component:
    """Return how long a text is, and who can read it."""
    length, limit = ManageForm.lengths[name], show_number(TEXT_LENGTH)
    parts = sentence(messages.LENGTH_OF, length=length, limit=limit)
    return rx.el.p(*parts, rx.el.span(" ", after))


def _status_option(status: Status) -> rx.Component:
    """Return one option of the status field: shown if it is allowed, or selected already."""
    name = status.key
    is_chosen = (ManageForm.form[Field.STATUS] == name) | (ManageForm.stored[Field.STATUS] == name)
    return rx.cond(
        ManageForm.status_choices.contains(name) | is_chosen, rx.el.option(status.label, value=name)
    )


def _deadline() -> rx.Component:
    name = Field.DEADLINE
    return rx.el.div(
        _control(rx.el.input, name, type="date"),
        rx.el.button(
            short_label(messages.REMOVE, messages.REMOVE_DEADLINE),
            type="button",
            disabled=~ManageForm.may_edit[name],
            # Not `disabled` once it was pressed, so that it keeps the focus.
            aria_disabled=rx.cond(ManageForm.form[name] == "", "true", "false"),
            on_click=Editing.remove_deadline,
            class_name=BUTTON + " !h-8.5",
        ),
        class_name="flex gap-2",
    )
