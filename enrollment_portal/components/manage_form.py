"""The form that overrides an enrollment: fields, refusals beside them, conflicts, Save Changes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.client import KeptChanges
from enrollment_portal.components.deciding import revert_button, undo_offer
from enrollment_portal.components.fields import announcement, field
from enrollment_portal.components.pieces import BUTTON, INPUT, PANEL, PANEL_TITLE, PRIMARY, icon
from enrollment_portal.domain.enrollments import GRADE_LENGTH, TEXT_LENGTH, Field, Status
from enrollment_portal.services.meeting_saves import OWN_TAB
from enrollment_portal.state.details import REASON, Details
from enrollment_portal.state.views import ConflictView

FORM_ID = "manage"


def _field(name: str, label: Any, control: rx.Component, *hints: Any) -> rx.Component:
    return field(name=name, label=label, control=control, error=Details.errors[name], hints=hints)


def _control(element: Any, name: str, *children: Any, **props: Any) -> rx.Component:
    return element(
        *children,
        key=Details.field_keys[name] + name,
        id=f"field-{name}",
        name=name,
        default_value=Details.form[name],
        on_change=lambda typed: Details.type_in(name, typed, Details.field_keys[name]),
        disabled=~Details.may_edit[name],
        aria_invalid=rx.cond(Details.errors[name] != "", "true", "false"),
        aria_describedby=f"hint-{name}",
        class_name=INPUT + " " + props.pop("class_name", "h-[34px]"),
        **props,
    )


def _status_option(status: Status) -> rx.Component:
    """Return a status to choose, while it may be; what was chosen stays whatever is stored."""
    name = status.name.lower()
    is_chosen = (Details.form[Field.STATUS] == name) | (Details.stored[Field.STATUS] == name)
    return rx.cond(
        Details.status_choices.contains(name) | is_chosen, rx.el.option(status.label, value=name)
    )


def _count(name: str, after: str) -> rx.Component:
    return rx.el.p(rx.el.span(Details.lengths[name]), rx.el.span(f" of {TEXT_LENGTH:,}. {after}"))


def _text_area(name: str) -> rx.Component:
    return _control(rx.el.textarea, name, rows=4, class_name="min-h-20 resize-y")


def _conflict(conflict: rx.Var[ConflictView]) -> rx.Component:
    def choice(whose: str, label: Any, value: rx.Var[str]) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="keep-" + conflict.field,
                value=whose,
                default_checked=conflict.keeps_mine if whose == "mine" else ~conflict.keeps_mine,
                on_change=Details.keep(conflict.field, whose),
                class_name="mt-1",
            ),
            rx.el.span(
                rx.el.span(label, class_name="block text-[12.5px] text-ink2"),
                rx.el.span(value, class_name="line-clamp-6 break-words whitespace-pre-wrap"),
                class_name="min-w-0",
            ),
            class_name="flex gap-2 rounded-lg border border-line bg-panel p-2.5",
        )

    return rx.el.fieldset(
        rx.el.legend(conflict.label, class_name="text-[13px] font-semibold"),
        rx.el.p(
            rx.el.span("Before: "),
            rx.el.del_(conflict.before, class_name="line-clamp-2 inline break-words"),
            rx.cond(
                conflict.by != "",
                rx.el.span(" Changed by " + conflict.by + " " + conflict.ago + "."),
            ),
            class_name="text-[13px] text-ink2",
        ),
        rx.el.div(
            choice(
                "theirs",
                rx.cond(conflict.by == OWN_TAB, "Keep the other tab's", "Keep theirs"),
                conflict.theirs,
            ),
            choice(
                "mine",
                rx.cond(conflict.is_only_theirs, "Go back to the old value", "Keep mine"),
                conflict.mine,
            ),
            class_name="mt-1.5 grid gap-2 sm:grid-cols-2",
        ),
        class_name="mt-3",
    )


def _conflicts() -> rx.Component:
    return rx.cond(
        Details.conflicts.length() > 0,
        rx.el.section(
            rx.el.h3("Saved meanwhile by " + Details.conflict_by, class_name="font-semibold"),
            rx.el.p(
                "Nothing was overwritten. Choose for each field what to keep, then save.",
                class_name="text-[13px]",
            ),
            rx.foreach(Details.conflicts, _conflict),
            rx.el.button(
                "Use these values",
                type="button",
                on_click=Details.settle,
                data_leads_to=FORM_ID,
                class_name=f"{BUTTON} mt-4",
            ),
            aria_label="Conflict",
            data_choice_of=FORM_ID,
            class_name="appears mb-4 rounded-lg bg-warn-soft px-4 py-3 text-ink",
        ),
    )


def _news() -> rx.Component:
    """Return what others changed meanwhile: to take over where something is typed."""
    return rx.el.div(
        rx.cond(
            Details.news_waits,
            rx.el.div(
                icon("users", 15),
                rx.el.p(Details.news, class_name="min-w-0 flex-1 basis-48 break-words"),
                rx.el.button(
                    "Take it over",
                    type="button",
                    on_click=Details.take_over,
                    data_leads_to=FORM_ID,
                    class_name=BUTTON,
                ),
                class_name="appears mb-4 flex flex-wrap items-center gap-2 rounded-lg bg-info-soft "
                "px-3 py-2 text-ink",
            ),
            rx.el.p(Details.news, class_name="sr-only"),
        ),
        role="status",
    )


def _grading() -> rx.Component:
    return rx.fragment(
        _field(
            Field.GRADE,
            "Grade",
            _control(rx.el.input, Field.GRADE, type="text", auto_complete="off"),
            rx.el.p(Details.facts.grade_hint + f" At most {GRADE_LENGTH} characters."),
        ),
        _field(
            Field.FEEDBACK,
            "Instructor Feedback",
            _text_area(Field.FEEDBACK),
            _count(Field.FEEDBACK, "The learner sees this on their dashboard."),
        ),
    )


def _save_buttons() -> rx.Component:
    """Return the buttons that save or give up what was typed; they stay in view."""
    return rx.cond(
        Details.may_edit[REASON],
        rx.el.div(
            rx.el.button(
                "Discard",
                type="button",
                disabled=~Details.is_dirty,
                on_click=Details.leave,
                data_gives_up=FORM_ID,
                class_name=BUTTON,
            ),
            rx.el.button(
                "Save Changes",
                type="submit",
                form=FORM_ID,
                disabled=~Details.is_dirty,
                class_name=PRIMARY,
            ),
            class_name="save-bar -mx-5 -mb-[18px] flex justify-end gap-2 border-t border-line "
            "bg-panel px-5 py-3",
        ),
    )


def manage_form() -> rx.Component:
    """Return the form; fields that the person may not edit can be read only."""
    return rx.el.section(
        rx.el.h2("Manage", class_name=f"{PANEL_TITLE} mb-3"),
        announcement(message=Details.message, refusal=Details.refusal, action=undo_offer()),
        _news(),
        _conflicts(),
        rx.cond(
            ~Details.may_edit[REASON],
            rx.el.p("You may read this enrollment, not change it.", class_name="mb-4 text-ink2"),
        ),
        rx.el.form(
            _field(
                Field.STATUS,
                "Status",
                _control(
                    rx.el.select,
                    Field.STATUS,
                    *(_status_option(status) for status in Status),
                ),
                rx.cond(
                    Details.facts.status != Status.ACTIVE.name.lower(),
                    rx.el.p("From here it can only go back to Active."),
                ),
                rx.el.p(Details.facts.tracked_hint),
                revert_button(),
            ),
            _field(
                Field.DEADLINE,
                "Deadline",
                rx.el.div(
                    _control(rx.el.input, Field.DEADLINE, type="date"),
                    rx.el.button(
                        "Remove",
                        rx.el.span(" deadline", class_name="sr-only"),
                        type="button",
                        disabled=~Details.may_edit[Field.DEADLINE]
                        | (Details.form[Field.DEADLINE] == ""),
                        on_click=Details.remove_deadline,
                        class_name=BUTTON + " !h-[34px]",
                    ),
                    class_name="flex gap-2",
                ),
                rx.el.p(Details.facts.deadline_hint),
            ),
            rx.cond(
                Details.is_path,
                rx.el.p(
                    "A learning path has no grade and no feedback: its courses have.",
                    class_name="text-[13px] text-ink3",
                ),
                _grading(),
            ),
            rx.cond(
                Details.reads_notes,
                _field(
                    Field.NOTE,
                    "Internal Note",
                    _text_area(Field.NOTE),
                    _count(Field.NOTE, "Only admins and instructors see this."),
                ),
            ),
            _field(
                REASON,
                rx.fragment("Reason ", rx.el.span("optional", class_name="font-normal text-ink3")),
                _control(rx.el.input, REASON, type="text", auto_complete="off"),
                rx.el.p("Stands in the history beside the change."),
            ),
            # With what was typed goes what it was typed over.
            rx.el.input(type="hidden", name="filled", value=Details.form_key, read_only=True),
            rx.el.input(
                type="hidden",
                name="save_key",
                value=Details.page_key + "." + Details.form_key,
                read_only=True,
            ),
            _save_buttons(),
            id=FORM_ID,
            no_validate=True,
            on_submit=Details.save,
            custom_attrs={"data-saves": ""},
            class_name="grid gap-3",
        ),
        KeptChanges.create(
            rx.el.h2("Unsaved changes", id="unsaved-title", class_name=PANEL_TITLE),
            rx.el.p("What you changed here has not been saved yet.", class_name="mt-1 text-ink2"),
            form_id=FORM_ID,
            form_key=Details.form_key,
            field_keys=Details.field_keys,
            form=Details.form,
            stored=Details.stored,
            keeper=Details.keeper,
            on_take_back=Details.take_back,
            is_dirty=Details.is_dirty,
            title="unsaved-title",
            on_leave=Details.leave,
            actions="mt-5 flex flex-wrap justify-end gap-2",
            stay=PRIMARY,
            leave=BUTTON,
        ),
        class_name=PANEL,
    )
