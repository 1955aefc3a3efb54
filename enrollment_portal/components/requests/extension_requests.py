"""An extension request with the forms to grant and decline it, and reverting to tracked."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.forms.fields import announcement, field
from enrollment_portal.components.history.history_card import undo_button
from enrollment_portal.components.ui.pieces import BUTTON, INPUT, LINK, PANEL, PANEL_TITLE, PRIMARY
from enrollment_portal.domain.enrollment.fields import REASON_LENGTH
from enrollment_portal.domain.enrollment.messages import learner_sees_answer
from enrollment_portal.domain.requests.messages import asked_at
from enrollment_portal.domain.shared.messages import quoted
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.history import History
from enrollment_portal.state.enrollment.request import ExtensionRequest
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.history.undoing import Undoing
from enrollment_portal.state.requests.decisions import RequestDecision

_DECLINE, _GRANT = "field", "grant"
"""The id prefixes of the grant and decline forms, which both have a message field."""
_OVERVIEW = "#overview-heading"


def decision() -> rx.Component:
    """Return the notice that says how an extension request was decided; empty before."""
    return announcement(
        message=Details.message,
        refusal=Details.refusal,
        action=undo_offer(),
        answers=Details.answers,
    )


def undo_offer() -> rx.Component:
    """Return the button that undoes what the confirmation beside it is about."""
    offer = Details.offer
    return undo_button(
        since=rx.cond((offer.seq != 0) & (offer.beside == Details.message), offer.seq.to(str), ""),
        label=offer.label,
        on_click=Undoing.undo(offer.seq, History.timeline_key),
    )


def _with_need(label: str) -> rx.Component:
    """Return a label that says whether its message is required: only for one's own request."""
    needed = rx.cond(EnrollmentFacts.facts.own != "", "required", "optional")
    return rx.fragment(
        rx.el.span(label, " "), rx.el.span(needed, class_name="font-normal text-ink3")
    )


def _message(prefix: str, label: str, error: rx.Var[str]) -> rx.Component:
    return field(
        name="answer",
        prefix=prefix,
        label=_with_need(label),
        control=rx.el.textarea(
            id=f"{prefix}-answer",
            name="answer",
            rows=2,
            aria_required=rx.cond(EnrollmentFacts.facts.own != "", "true", "false"),
            aria_invalid=rx.cond(error != "", "true", "false"),
            aria_describedby="hint-answer" if prefix == _DECLINE else f"{prefix}-hint-answer",
            class_name=f"{INPUT} min-h-14 resize-y",
        ),
        error=error,
        hints=(rx.el.p(learner_sees_answer(REASON_LENGTH)),),
    )


def moves_courses() -> rx.Component:
    """Return the checkbox that moves the deadlines of a path's courses along with the path's."""
    return rx.el.label(
        rx.el.input(type="checkbox", name="moves_courses", value="on"),
        "Move the deadlines of its courses along",
        class_name="inline-flex min-h-6 items-center gap-2 text-small",
    )


def _grant() -> rx.Component:
    request, errors = ExtensionRequest.request, ExtensionRequest.grant_errors
    until = field(
        name="day",
        prefix=_GRANT,
        label="New deadline",
        control=rx.el.input(
            type="date",
            id=f"{_GRANT}-day",
            name="day",
            default_value=request.day,
            aria_invalid=rx.cond(errors["day"] != "", "true", "false"),
            aria_describedby=f"{_GRANT}-hint-day",
            class_name=f"{INPUT} max-w-44",
        ),
        error=errors["day"],
    )
    return rx.el.form(
        rx.cond(
            request.past_note != "",
            rx.el.p(request.past_note, class_name="rounded-lg bg-warn-soft px-3 py-2 text-ink"),
        ),
        until,
        rx.cond(ExtensionRequest.may_move_courses, moves_courses()),
        _message(_GRANT, "Message", errors["answer"]),
        rx.el.button(
            "Grant",
            type="submit",
            data_focus_next=_OVERVIEW,
            class_name=f"{PRIMARY} justify-self-start",
        ),
        id="grant",
        # With another request the form is recreated.
        key=request.id.to(str) + request.day,
        no_validate=True,
        on_submit=RequestDecision.grant_extension,
        class_name="grid gap-2",
    )


def _decline() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Decline…", class_name="cursor-pointer py-1 text-small font-medium"),
        rx.el.form(
            _message(_DECLINE, "Answer", ExtensionRequest.answer_error),
            rx.el.button(
                "Decline request",
                type="submit",
                data_focus_next=_OVERVIEW,
                class_name=f"{BUTTON} justify-self-start",
            ),
            id="decline",
            key=ExtensionRequest.request.id.to(str),
            no_validate=True,
            on_submit=RequestDecision.decline_extension,
            class_name="mt-2 grid gap-2",
        ),
    )


def extension_request() -> rx.Component:
    """Return the learner's open request, with a form to grant it and one to decline it."""
    request = ExtensionRequest.request
    return rx.cond(
        request.id != 0,
        rx.el.section(
            rx.el.h2("Extension request", class_name=PANEL_TITLE),
            rx.el.p(request.sentence, class_name="mt-1"),
            rx.el.p(quoted(request.reason), class_name="break-words whitespace-pre-wrap text-ink2"),
            rx.el.p(asked_at(request.requested_at), class_name="text-fine text-ink3"),
            rx.el.div(_grant(), _decline(), class_name="mt-3 grid gap-2"),
            aria_label="Extension request",
            class_name=PANEL,
        ),
    )


def revert_button() -> rx.Component:
    """Return the button that reverts an overridden status to tracked."""
    return rx.cond(
        ManageForm.may_revert,
        rx.el.button(
            "Revert to tracked",
            type="button",
            on_click=Saving.revert,
            class_name=f"{LINK} text-small font-medium",
        ),
    )
