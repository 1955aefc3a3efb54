"""The Manage form: fields with their refusals, conflicts, and Save Changes."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.enrollment.manage_conflicts import conflicts
from enrollment_portal.components.enrollment.manage_fields import manage_fields
from enrollment_portal.components.forms.drafts.components import FilledFormDraft
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.requests.extension_requests import undo_offer
from enrollment_portal.components.ui.dialogs import modal
from enrollment_portal.components.ui.pieces import BUTTON, PANEL, PANEL_TITLE, PRIMARY, icon
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.shared.messages import UNSAVED, UNSAVED_HEADING
from enrollment_portal.state.enrolling.retaking import Retaking
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.draft import REASON
from enrollment_portal.state.enrollment.editing import Editing
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.saving import Saving

FORM_ID = "manage"


def _news() -> rx.Component:
    """Return what others changed meanwhile, with the button that loads it into the form."""
    return rx.el.div(
        rx.cond(
            Details.news_waits,
            rx.el.div(
                icon("users", 15),
                rx.el.p(Details.news, class_name="min-w-0 flex-1 basis-48 break-words"),
                rx.el.button(
                    messages.LOAD_CHANGES,
                    type="button",
                    on_click=Editing.merge_remote_changes,
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


def _save_buttons() -> rx.Component:
    """Return the buttons that save or discard what was typed; they stay in view."""
    return rx.cond(
        ManageForm.may_edit[REASON],
        rx.el.div(
            rx.el.button(
                "Discard",
                type="button",
                aria_disabled=rx.cond(ManageForm.is_dirty, "false", "true"),
                on_click=Editing.leave,
                data_gives_up=FORM_ID,
                class_name=BUTTON,
            ),
            rx.el.button(
                "Save Changes",
                type="submit",
                form=FORM_ID,
                aria_disabled=rx.cond(ManageForm.is_dirty, "false", "true"),
                class_name=PRIMARY,
            ),
            class_name="save-bar -mx-5 -mb-4.5 flex justify-end gap-2 border-t border-line "
            "bg-panel px-5 py-3",
        ),
    )


def _reopening() -> rx.Component:
    """Return the dialog that asks whether to reopen a completed enrollment or start a new one."""
    facts, cancel = EnrollmentFacts.facts, Retaking.cancel
    return modal(
        rx.el.div(
            rx.el.p(messages.has_completed(facts.learner, facts.course)),
            rx.el.p(messages.REOPEN_TEXT),
            class_name="mt-1 grid gap-2 break-words text-ink2",
        ),
        rx.el.div(
            rx.el.button(messages.CANCEL, type="button", on_click=cancel, class_name=BUTTON),
            rx.el.button(
                messages.START_NEW, type="button", on_click=Retaking.start_new, class_name=BUTTON
            ),
            rx.el.button(
                messages.REOPEN, type="button", on_click=Retaking.reopen, class_name=PRIMARY
            ),
            class_name="mt-5 flex flex-wrap justify-end gap-2",
        ),
        heading=messages.REOPEN_HEADING,
        id="reopen-title",
        is_open=Reopening.is_open,
        on_close=cancel,
    )


def manage_form() -> rx.Component:
    """Return the form; fields that the person may not edit are read only."""
    return rx.el.section(
        rx.el.h2("Manage", class_name=f"{PANEL_TITLE} mb-3"),
        announcement(
            message=Details.message,
            refusal=Details.refusal,
            action=undo_offer(),
            answers=Details.answers,
        ),
        announcer(Editing.announcement),
        _news(),
        conflicts(FORM_ID),
        rx.cond(
            ~ManageForm.may_edit[REASON],
            rx.cond(
                EnrollmentFacts.facts.own == "",
                rx.el.p(messages.READ_ONLY, class_name="mb-4 text-ink2"),
            ),
        ),
        rx.cond(
            EnrollmentFacts.facts.own != "",
            rx.el.p(EnrollmentFacts.facts.own, class_name="mb-4 text-ink2"),
        ),
        rx.el.form(
            *manage_fields(),
            # Submits the filling that the texts were typed over.
            rx.el.input(type="hidden", name="filled", value=ManageForm.form_key, read_only=True),
            rx.el.input(
                type="hidden",
                name="save_key",
                value=ManageForm.page_key + "." + ManageForm.form_key,
                read_only=True,
            ),
            _save_buttons(),
            id=FORM_ID,
            no_validate=True,
            on_submit=Saving.save,
            custom_attrs={"data-saves": ""},
            class_name="grid gap-3",
        ),
        _reopening(),
        FilledFormDraft.create(
            rx.el.h2(UNSAVED_HEADING, id="unsaved-title", class_name=PANEL_TITLE),
            rx.el.p(UNSAVED, class_name="mt-1 text-ink2"),
            form_id=FORM_ID,
            form_key=ManageForm.form_key,
            field_keys=ManageForm.field_keys,
            form=ManageForm.form,
            stored=ManageForm.stored,
            owner=ManageForm.draft_owner,
            on_restore=Editing.restore_draft,
            is_dirty=ManageForm.is_dirty,
            title="unsaved-title",
            on_leave=Editing.leave,
            actions="mt-5 flex flex-wrap justify-end gap-2",
            stay=PRIMARY,
            leave=BUTTON,
        ),
        class_name=PANEL,
    )
