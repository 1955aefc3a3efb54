"""One enrollment to read: its heading, its facts, and its history."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ledger_tools import TAB, TAB_LIST
from enrollment_portal.components.pieces import (
    CARD,
    LINK,
    avatar,
    deadline_text,
    failure,
    notice,
    page_link,
    progress_bar,
    status_badge,
)
from enrollment_portal.state.details import Details
from enrollment_portal.state.ledger import Ledger
from enrollment_portal.state.views import LEDGER_PATH, ChangeView, EventView

_BACK = rx.cond(Ledger.url != "", LEDGER_PATH + "?" + Ledger.url, LEDGER_PATH)
_HEADING = "mb-3 text-sm font-semibold"


def missing() -> rx.Component:
    """Return what stands at an address with no enrollment, or one that may not be seen."""
    return notice(
        rx.el.p("There is nothing here, or you may not see it.", class_name="mt-1"),
        page_link("Back to Enrollments", to=LEDGER_PATH, class_name=f"{LINK} mt-4"),
        title="Not found",
        mark="file_question",
        is_page=True,
    )


def _tab(label: str, suffix: str, *, is_selected: bool) -> rx.Component:
    return page_link(
        label,
        to=f"{LEDGER_PATH}/" + Details.facts.id.to(str) + suffix,
        role="tab",
        aria_selected="true" if is_selected else "false",
        tab_index=0 if is_selected else -1,
        class_name=TAB,
    )


def enrollment_heading(*actions: Any, is_managing: bool) -> rx.Component:
    """Return the way back, whose enrollment in what, the actions, and the two tabs."""
    return rx.el.div(
        rx.el.nav(
            page_link("Enrollments", to=_BACK, class_name=LINK),
            rx.el.span("/", aria_hidden="true", class_name="px-1.5"),
            rx.el.span(Details.facts.learner, aria_current="page", class_name="truncate"),
            aria_label="Breadcrumb",
            class_name="flex min-w-0 text-[13px] text-ink3",
        ),
        rx.el.div(
            rx.el.h1(
                Details.facts.course, class_name="min-w-0 text-xl font-semibold tracking-tight"
            ),
            rx.el.div(*actions, class_name="flex shrink-0 gap-2"),
            class_name="mt-1 flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2",
        ),
        rx.el.div(
            _tab("Overview", "", is_selected=not is_managing),
            _tab("Manage", "/manage", is_selected=is_managing),
            role="tablist",
            aria_label="Enrollment",
            class_name=f"{TAB_LIST} mt-3",
        ),
    )


def _fact(label: str, *value: Any) -> rx.Component:
    return rx.fragment(
        rx.el.dt(label, class_name="text-ink3"),
        rx.el.dd(*value, class_name="min-w-0 break-words"),
    )


def _fact_if(condition: Any, label: str | rx.Var, *value: Any) -> rx.Component:
    return rx.cond(condition, _fact(label, *value))  # type: ignore[arg-type]


def _text(text: rx.Var[str]) -> rx.Component:
    return rx.el.p(text, class_name="max-h-64 overflow-y-auto whitespace-pre-wrap break-words")


def enrollment_facts(*, is_short: bool = False) -> rx.Component:
    """Return the facts as a list; the short form leaves out what the form beside it holds."""
    facts = Details.facts
    long = (
        ()
        if is_short
        else (
            _fact_if(facts.grade != "", "Grade", facts.grade),
            _fact_if(facts.feedback != "", "Instructor Feedback", _text(facts.feedback)),
            _fact_if(
                Details.reads_notes & (facts.note != ""),
                "Internal Note",
                _text(facts.note),
                rx.el.p("Only admins and instructors see this.", class_name="text-xs text-ink3"),
            ),
        )
    )
    return rx.el.section(
        rx.el.h2("Overview", class_name=_HEADING),
        rx.el.dl(
            _fact(
                "Learner",
                rx.el.div(
                    *([] if is_short else [avatar(initials=facts.initials, tone=facts.tone)]),
                    rx.el.div(
                        rx.el.div(facts.learner, class_name="font-medium break-words"),
                        rx.cond(
                            facts.email != "",
                            rx.el.div(
                                facts.email, class_name="text-[13px] wrap-anywhere text-ink3"
                            ),
                        ),
                        class_name="min-w-0",
                    ),
                    class_name="flex items-center gap-2.5",
                ),
            ),
            _fact_if(facts.department != "", "Department", facts.department),
            _fact("Course", facts.course),
            _fact(
                "Status",
                status_badge(status=facts.status),
                rx.cond(
                    facts.tracked != "",
                    rx.el.p(facts.tracked, class_name="mt-1 text-[13px] text-ink2"),
                ),
            ),
            _fact(
                "Progress",
                *progress_bar(value=facts.progress, status=facts.status, width="w-36"),
            ),
            _fact_if(facts.lessons != "", "Lessons", facts.lessons),
            _fact("Enrolled", rx.el.time(facts.enrolled, date_time=facts.enrolled_iso)),
            _fact(
                "Deadline",
                rx.cond(
                    facts.deadline != "",
                    rx.el.span(
                        rx.cond(facts.deadline_tone != "", facts.deadline_date + ", ", ""),
                        deadline_text(words=facts.deadline, tone=facts.deadline_tone),
                    ),
                    rx.el.span("none", class_name="text-ink3"),
                ),
            ),
            _fact(
                "Last Visit",
                facts.last_visit,
                rx.el.time(
                    facts.last_visit_exact,
                    date_time=facts.last_visit_iso,
                    class_name="block text-[13px] text-ink3",
                ),
            ),
            _fact_if(facts.ended != "", facts.ended_label, facts.ended),
            *long,
            _fact("Began", facts.origin),
            class_name="grid grid-cols-[116px_minmax(0,1fr)] gap-x-3 gap-y-2.5",
        ),
        class_name=f"{CARD} px-5 py-[18px]",
    )


def _value(text: rx.Var[str], *, is_old: bool) -> rx.Component:
    tag = rx.el.del_ if is_old else rx.el.ins
    return tag(
        text,
        class_name="line-clamp-3 max-w-full break-words "
        + ("text-ink3" if is_old else "font-medium no-underline"),
    )


def _change(change: rx.Var[ChangeView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(change.label, class_name="font-medium"),
        rx.el.span(" from ", class_name="text-ink3"),
        _value(change.before, is_old=True),
        rx.el.span(" to ", class_name="text-ink3"),
        _value(change.after, is_old=False),
        class_name="[&>del]:inline [&>ins]:inline break-words",
    )


def _event(event: rx.Var[EventView]) -> rx.Component:
    return rx.el.li(
        avatar(initials=event.initials, tone=rx.Var.create(0)),
        rx.el.div(
            rx.el.div(
                rx.el.span(event.who, class_name="font-medium"),
                rx.cond(event.what != "", rx.el.span(" · ", event.what)),
            ),
            rx.cond(event.changes.length() > 0, rx.el.ul(rx.foreach(event.changes, _change))),
            rx.cond(
                event.reason != "",
                rx.el.p("“", event.reason, "”", class_name="break-words text-ink2"),
            ),
            rx.el.time(
                event.ago + " · " + event.exact,
                date_time=event.iso,
                class_name="block text-[12.5px] text-ink3",
            ),
            class_name="min-w-0",
        ),
        class_name="grid grid-cols-[28px_minmax(0,1fr)] gap-2.5 border-t border-line2 py-2.5 "
        "first:border-t-0 first:pt-0 last:pb-0",
    )


def enrollment_history() -> rx.Component:
    """Return the history: who changed what, from what to what, when and why, newest first."""
    return rx.el.section(
        rx.el.h2("History", class_name=_HEADING),
        rx.cond(
            Details.history.length() > 0,
            rx.el.ol(rx.foreach(Details.history, _event)),
            rx.el.p("Nothing is recorded yet.", class_name="text-ink3"),
        ),
        class_name=f"{CARD} px-5 py-[18px]",
    )


def _bones() -> rx.Component:
    bone = rx.el.div(class_name="bone h-3 w-full max-w-72")
    return rx.el.div(
        rx.el.div(class_name="bone h-3 w-40"),
        rx.el.div(class_name="bone mt-3 h-5 w-72 max-w-full"),
        rx.el.div(
            *([bone] * 9),
            class_name=f"{CARD} mt-[58px] flex min-h-100 flex-col gap-5 px-5 py-6",
        ),
        aria_busy="true",
        aria_label="Loading",
        role="status",
    )


def enrollment_page(*content: Any) -> rx.Component:
    """Return the content where the enrollment is there; else what stands in its place."""
    return rx.match(
        Details.phase,
        ("ready", rx.fragment(*content)),
        ("missing", missing()),
        ("failed", failure(on_retry=Details.arrive)),
        _bones(),
    )
