"""What an admin decides on an enrollment's pages: a request for more time, back to tracked."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.fields import announcement, field
from enrollment_portal.components.pieces import BUTTON, INPUT, LINK, PANEL, PANEL_TITLE, PRIMARY
from enrollment_portal.components.timeline import undo_button
from enrollment_portal.domain.enrollments import REASON_LENGTH
from enrollment_portal.state.details import Details


def decision() -> rx.Component:
    """Return what the last decision did."""
    return rx.cond(
        (Details.message != "") | (Details.refusal != ""),
        announcement(message=Details.message, refusal=Details.refusal, action=undo_offer()),
    )


def undo_offer() -> rx.Component:
    """Return the button that takes back what the confirmation beside it speaks of."""
    offer = Details.offer
    return undo_button(
        since=rx.cond((offer.seq != 0) & (offer.beside == Details.message), offer.seq.to(str), ""),
        label=offer.label,
        on_click=Details.undo(offer.seq, Details.timeline_key),
    )


def extension_request() -> rx.Component:
    """Return the learner's open request, with one click to grant it and a form to decline it."""
    ask = Details.ask
    decline = rx.el.form(
        field(
            name="answer",
            label=rx.fragment(
                "Answer ", rx.el.span("optional", class_name="font-normal text-ink3")
            ),
            control=rx.el.textarea(
                id="field-answer",
                name="answer",
                rows=2,
                aria_invalid=rx.cond(Details.answer_error != "", "true", "false"),
                aria_describedby="hint-answer",
                class_name=f"{INPUT} min-h-14 resize-y",
            ),
            error=Details.answer_error,
            hints=(rx.el.p(f"The learner sees it. At most {REASON_LENGTH} characters."),),
        ),
        rx.el.button("Decline request", type="submit", class_name=f"{BUTTON} justify-self-start"),
        id="decline",
        no_validate=True,
        on_submit=Details.decline_extension,
        class_name="mt-2 grid gap-2",
    )
    return rx.cond(
        ask.id != 0,
        rx.el.section(
            rx.el.h2("Extension request", class_name=PANEL_TITLE),
            rx.el.p(ask.sentence, class_name="mt-1"),
            rx.el.p("“", ask.reason, "”", class_name="break-words whitespace-pre-wrap text-ink2"),
            rx.el.p("Asked ", ask.asked, class_name="text-[12.5px] text-ink3"),
            rx.el.div(
                rx.el.button(
                    "Grant",
                    type="button",
                    on_click=Details.grant_extension,
                    class_name=PRIMARY,
                ),
                rx.el.details(
                    rx.el.summary(
                        "Decline…", class_name="cursor-pointer py-1 text-[13px] font-medium"
                    ),
                    decline,
                    class_name="min-w-0 flex-1",
                ),
                class_name="mt-3 flex flex-wrap items-start gap-3",
            ),
            aria_label="Extension request",
            class_name=PANEL,
        ),
    )


def revert_button() -> rx.Component:
    """Return the button that gives an overridden status back to tracking."""
    return rx.cond(
        Details.may_revert,
        rx.el.button(
            "Revert to tracked",
            type="button",
            on_click=Details.revert,
            class_name=f"{LINK} text-[13px] font-medium",
        ),
    )
