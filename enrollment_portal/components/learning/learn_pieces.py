"""What a learner's pages share: cards of enrollments, feedback, steps of paths, requests."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.linked_text import linked_text
from enrollment_portal.components.ui.pieces import BUTTON, LINK, PANEL, PANEL_TITLE, icon, page_link
from enrollment_portal.components.ui.status import deadline_text, progress_bar, status_badge
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.paths.learning_paths import StepState
from enrollment_portal.domain.shared.messages import quoted
from enrollment_portal.state.learning.learning_views import (
    COURSE_PATH,
    MessageView,
    OwnView,
    PathView,
    RequestView,
    StepView,
)

_NEW = "inline-block rounded-full bg-info px-2 text-tiny leading-4.5 font-semibold text-panel"
_SUBHEADING = "text-fine font-semibold text-ink2"


def learner_news(state: Any) -> rx.Component:
    """Return the announcement of what others have just changed; nothing else moves."""
    return rx.el.div(
        rx.cond(
            state.news != "",
            rx.el.div(
                icon("bell", 15),
                rx.el.p(state.news, class_name="min-w-0 break-words"),
                rx.el.button(
                    icon("x", 15),
                    rx.el.span(messages.DISMISS, class_name="sr-only"),
                    type="button",
                    title=messages.DISMISS,
                    on_click=state.put_news_away,
                    class_name="grid size-7 shrink-0 place-items-center rounded-md text-ink2 "
                    "hover:bg-hover",
                ),
                class_name="appears flex max-w-160 items-center gap-2.5 rounded-xl border "
                "border-line bg-info-soft py-2 pe-2 ps-3.5 text-ink shadow-lg",
            ),
        ),
        role="status",
        class_name="no-print fixed end-4 bottom-4 start-4 z-10 flex justify-end empty:hidden",
    )


def course_path(course_id: rx.Var[int]) -> Any:
    """Return the path of a course's page."""
    return f"{COURSE_PATH}/" + course_id.to(str)


def own_facts(own: rx.Var[OwnView]) -> rx.Component:
    """Return progress, deadline and grade of an enrollment in a line."""
    return rx.el.div(
        rx.el.span(*progress_bar(value=own.progress, status=own.status, width="w-36")),
        rx.cond(own.done != "", rx.el.span(own.done, class_name="text-ink3")),
        rx.cond(
            own.deadline.date != "",
            rx.el.span(
                *sentence(messages.DEADLINE_IS, deadline=deadline_text(deadline=own.deadline))
            ),
        ),
        rx.cond(
            own.grade != "",
            rx.el.span(
                *sentence(
                    messages.GRADE_IS,
                    grade=rx.el.strong(own.grade, class_name="font-semibold break-words"),
                )
            ),
        ),
        rx.el.span(messages.enrolled_on(own.enrolled), class_name="text-ink3"),
        class_name="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-small",
    )


def feedback(own: rx.Var[OwnView], *, on_read: Any = None) -> rx.Component:
    """Return the instructor's feedback, as plain text with links.

    Args:
        own: the enrollment.
        on_read: marks it as read; without it the page itself does.
    """
    button = (
        ()
        if on_read is None
        else (
            rx.el.button(
                short_label(messages.MARK_AS_READ, messages.mark_as_read(own.course)),
                type="button",
                on_click=on_read,
                class_name=f"{LINK} ms-auto text-small",
            ),
        )
    )
    return rx.cond(
        own.feedback != "",
        rx.el.div(
            rx.el.div(
                rx.el.h3("Instructor Feedback", class_name=_SUBHEADING),
                rx.cond(own.is_new, rx.fragment(rx.el.span("New", class_name=_NEW), *button)),
                class_name="flex items-center gap-2",
            ),
            linked_text(
                own.feedback_parts, class_name="mt-0.5 max-h-64 overflow-y-auto break-words"
            ),
            class_name="mt-3 rounded-lg bg-info-soft px-3 py-2 text-ink",
        ),
    )


def _card_head(own: rx.Var[OwnView]) -> tuple[rx.Component, ...]:
    """Return the title, status and facts of an enrollment, and a link to continue if overdue."""
    return (
        rx.el.div(
            rx.el.h3(
                page_link(own.course, to=course_path(own.course_id), class_name="hover:underline"),
                _run(own),
                class_name=f"{PANEL_TITLE} min-w-0 break-words",
            ),
            status_badge(status=own.status),
            class_name="flex items-start justify-between gap-3",
        ),
        own_facts(own),
        rx.cond(own.waits != "", rx.el.p(own.waits, class_name="mt-2 text-small text-ink2")),
        rx.cond(own.is_overdue, _continue(own)),
    )


def own_card(own: rx.Var[OwnView], *, on_read: Any) -> rx.Component:
    """Return the dashboard's card of one of the learner's own enrollments."""
    return rx.el.li(
        *_card_head(own),
        feedback(own, on_read=on_read),
        class_name=PANEL,
    )


def _run(own: rx.Var[OwnView]) -> rx.Component:
    """Return which enrollment of the learner in the course it is; nothing for the first."""
    return rx.cond(
        own.run != "",
        rx.el.span(
            " " + own.run, class_name="ms-1 text-small font-normal whitespace-nowrap text-ink3"
        ),
    )


def _continue(own: rx.Var[OwnView]) -> rx.Component:
    return page_link(
        short_label(messages.CONTINUE, messages.continue_with(own.course)),
        to=course_path(own.course_id),
        class_name=f"{BUTTON} mt-3",
    )


_STEP_MARK = {
    StepState.DONE.value: "bg-ok-soft text-ok",
    StepState.IN_PROGRESS.value: "bg-info-soft text-info",
    StepState.LOCKED.value: "bg-mute-soft text-mute",
    StepState.OPEN.value: "bg-mute-soft text-ink2",
}


def _step(step: rx.Var[StepView]) -> rx.Component:
    class_names: Any = rx.Var.create(_STEP_MARK)
    return rx.el.li(
        rx.el.span(
            rx.match(
                step.state,
                (StepState.DONE.value, icon("check", 14)),
                (StepState.LOCKED.value, icon("lock", 13)),
                rx.el.span(step.number),
            ),
            aria_hidden="true",
            class_name=[
                "grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold "
                "tabular-nums",
                class_names[step.state].to(str),
            ],
        ),
        rx.el.div(
            page_link(
                step.title,
                to=course_path(step.course_id),
                class_name="font-medium break-words hover:underline",
            ),
            rx.el.p(
                rx.el.span(step.label),
                rx.cond(step.detail != "", rx.el.span(" · " + step.detail)),
                class_name="text-small text-ink3",
            ),
            class_name="min-w-0",
        ),
        class_name="flex items-start gap-3 py-2",
    )


def steps_list(steps: Any) -> rx.Component:
    """Return a path's courses in order, each with its state for the learner."""
    return rx.el.ol(rx.foreach(steps, _step), class_name="divide-y divide-line2")


def path_card(path: rx.Var[PathView]) -> rx.Component:
    """Return a card of a learning path with its courses."""
    own = path.own
    return rx.el.section(
        *_card_head(own),
        rx.el.div(steps_list(path.steps), class_name="mt-3 border-t border-line2 pt-1"),
        class_name=PANEL,
    )


def message_card(message: rx.Var[MessageView], *, on_read: Any, on_dismiss: Any) -> rx.Component:
    """Return a message to the learner: new until it is marked as read, shown until dismissed."""
    return rx.el.li(
        rx.el.div(
            rx.el.h3(message.course, class_name="min-w-0 font-semibold break-words"),
            rx.cond(message.is_new, rx.el.span(messages.NEW, class_name=f"{_NEW} shrink-0")),
            class_name="flex items-center gap-2",
        ),
        linked_text(message.parts, class_name="mt-1 max-h-64 overflow-y-auto break-words"),
        rx.el.div(
            rx.el.p(message.sent, class_name="min-w-0 text-small break-words text-ink2"),
            rx.cond(
                message.is_new,
                rx.el.button(
                    short_label(
                        messages.MARK_AS_READ, messages.mark_message_as_read(message.course)
                    ),
                    type="button",
                    on_click=on_read,
                    class_name=f"{BUTTON} ms-auto",
                ),
                rx.el.button(
                    short_label(messages.DISMISS, messages.dismiss_message(message.course)),
                    type="button",
                    on_click=on_dismiss,
                    data_focus_last="main h1",
                    class_name=f"{BUTTON} ms-auto",
                ),
            ),
            class_name="mt-2 flex flex-wrap items-center gap-3",
        ),
        class_name=f"{PANEL} text-ink",
        key=message.id,
    )


def request_notice(
    request: rx.Var[RequestView], *, on_withdraw: Any, on_dismiss: Any = None
) -> rx.Component:
    """Return an extension request with its state and the answer to it.

    Args:
        request: the request.
        on_withdraw: withdraws it while it is open.
        on_dismiss: dismisses the answer.
    """
    withdraw = rx.cond(
        request.state == "open",
        rx.el.button(
            rx.cond(
                request.course != "",
                short_label(messages.WITHDRAW, messages.withdraw_for(request.course)),
                rx.el.span(messages.WITHDRAW),
            ),
            type="button",
            on_click=on_withdraw,
            class_name=f"{BUTTON} shrink-0",
        ),
    )
    close = (
        ()
        if on_dismiss is None
        else (
            rx.cond(
                request.state != "open",
                rx.el.button(
                    short_label(messages.DISMISS, messages.dismiss_answer(request.course)),
                    type="button",
                    on_click=on_dismiss,
                    class_name=f"{BUTTON} shrink-0",
                ),
            ),
        )
    )
    class_names: Any = rx.Var.create(
        {
            "open": "bg-mute-soft text-ink",
            "granted": "bg-ok-soft text-ink",
            "declined": "bg-warn-soft text-ink",
            "withdrawn": "bg-mute-soft text-ink",
            "closed": "bg-mute-soft text-ink",
        }
    )
    return rx.el.div(
        rx.el.div(
            rx.cond(
                request.course != "",
                rx.el.p(request.course, class_name="font-semibold break-words"),
            ),
            rx.el.p(request.sentence),
            rx.cond(
                request.answer != "",
                rx.el.p(quoted(request.answer), class_name="break-words whitespace-pre-wrap"),
            ),
            class_name="min-w-0",
        ),
        withdraw,
        *close,
        class_name=[
            "flex flex-wrap items-start justify-between gap-3 rounded-lg px-4 py-3 text-small",
            class_names[request.state].to(str),
        ],
    )
