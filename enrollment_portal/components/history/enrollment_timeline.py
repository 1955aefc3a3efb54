"""An enrollment's history by days: filter it by field and person, undo and restore."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.history.history_card import changed_value
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    INPUT,
    PANEL,
    PANEL_TITLE,
    author_avatar,
    icon,
)
from enrollment_portal.components.ui.short_notices import KeepsFocus
from enrollment_portal.components.ui.wording import sentence, short_label
from enrollment_portal.domain.enrollment.messages import FROM_TO
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared.messages import quoted
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.history import History, OptionView
from enrollment_portal.state.enrollment.views.timeline import (
    DayView,
    TimelineChangeView,
    TimelineEventView,
)
from enrollment_portal.state.history.undoing import Undoing

_NAMED_CHANGE = browser_module(__file__, "named_change.jsx")
_ACTION = (
    "inline-flex min-h-6 items-center gap-1 rounded px-1 -mx-1 text-fine text-ink2 "
    "hover:bg-hover hover:text-ink"
)
_QUIET = "text-fine text-ink3"


class _NamedChange(rx.Component):
    library = _NAMED_CHANGE
    tag = "NamedChange"

    of: rx.Var[str]


def _select(name: str, label: str, everything: str, options: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"history-{name}", class_name="sr-only"),
        rx.el.select(
            rx.el.option(everything, value=""),
            options,
            key=EnrollmentFacts.facts.id.to(str),
            id=f"history-{name}",
            default_value=rx.cond(name == "field", History.only_field, History.only_person),
            on_change=lambda value: Undoing.filter_history(name, value),
            class_name=f"{INPUT} h-8 text-small",
        ),
        class_name="min-w-0",
    )


def _filters() -> rx.Component:
    def option(one: rx.Var[OptionView]) -> rx.Component:
        return rx.el.option(one.label, value=one.value)

    return rx.el.div(
        _select("field", "Field", "All changes", rx.foreach(History.field_options, option)),
        _select(
            "person",
            "Person",
            "All people",
            rx.foreach(History.person_options, lambda one: rx.el.option(one, value=one)),
        ),
        role="group",
        aria_label="Filter the history",
        class_name="mb-3 grid grid-cols-2 gap-2",
    )


def _restore(
    event: rx.Var[TimelineEventView], change: rx.Var[TimelineChangeView], which: str
) -> rx.Component:
    name = change.restore_before if which == "before" else change.restore_after
    return rx.cond(
        name != "",
        rx.el.button(
            icon("history", 13),
            type="button",
            aria_label=name,
            title="Restore this value",
            on_click=Undoing.restore(
                event.seq, change.field, which, EnrollmentFacts.shown_version, History.timeline_key
            ),
            class_name="ms-1 inline-grid size-6 place-items-center rounded align-middle text-ink3 "
            "hover:bg-hover hover:text-ink",
        ),
    )


def _change(event: rx.Var[TimelineEventView], change: rx.Var[TimelineChangeView]) -> rx.Component:
    return rx.el.li(
        *sentence(
            FROM_TO,
            words="text-ink3",
            field=rx.el.span(change.label, class_name="font-medium"),
            before=rx.fragment(
                changed_value(change.before, is_old=True), _restore(event, change, "before")
            ),
            after=rx.fragment(
                changed_value(change.after, is_old=False), _restore(event, change, "after")
            ),
        ),
        class_name="[&>del]:inline [&>ins]:inline break-words",
    )


def _to_change(text: Any, seq: Any) -> rx.Component:
    return rx.cond(
        seq != 0,
        rx.el.a(
            text,
            href="#change-" + seq.to(str),
            class_name="me-2 underline decoration-line underline-offset-2 hover:text-ink",
        ),
    )


def _event(event: rx.Var[TimelineEventView]) -> rx.Component:
    return rx.el.li(
        author_avatar(initials=event.initials, process=event.process),
        rx.el.div(
            rx.el.div(
                rx.el.span(
                    rx.el.span(event.who, class_name="font-medium"),
                    rx.cond(event.what != "", rx.el.span(" · " + event.what)),
                    class_name="min-w-0 break-words",
                ),
                rx.el.time(
                    event.time,
                    date_time=event.iso,
                    title=event.exact,
                    class_name=f"shrink-0 {_QUIET} tabular-nums",
                ),
                class_name="flex items-baseline justify-between gap-2",
            ),
            rx.cond(
                event.changes.length() > 0,
                rx.el.ul(rx.foreach(event.changes, lambda change: _change(event, change))),
            ),
            rx.cond(
                event.reason != "",
                rx.el.p(quoted(event.reason), class_name="break-words text-ink2"),
            ),
            rx.el.div(
                rx.el.span(event.how, class_name="me-2 empty:hidden"),
                _to_change(messages.undone_by(event.undone_by), event.undone_by_seq),
                _to_change("Undoes an earlier change", event.undoes_seq),
                rx.cond(
                    event.may_undo,
                    rx.el.button(
                        icon("undo-2", 13),
                        short_label(messages.UNDO, messages.undo_named(event.name)),
                        type="button",
                        on_click=Undoing.undo(event.seq, History.timeline_key),
                        class_name=_ACTION,
                    ),
                ),
                class_name=f"flex flex-wrap items-center {_QUIET} break-words",
            ),
            rx.el.p(
                rx.cond(History.refused_seq == event.seq, History.refused_why, ""),
                role="alert",
                class_name="mt-1 rounded-lg bg-bad-soft px-2.5 py-1.5 text-small break-words "
                "text-bad empty:hidden",
            ),
            class_name="min-w-0",
        ),
        id="change-" + event.seq.to(str),
        key=event.seq.to(str),
        class_name="grid scroll-mt-20 grid-cols-[1.75rem_minmax(0,1fr)] gap-2.5 border-t "
        "border-line2 py-2.5 first:border-t-0 first:pt-1 last:pb-0 data-named:bg-accent-soft",
    )


def _day(day: rx.Var[DayView]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(day.label, class_name="mb-1 text-fine font-semibold text-ink2"),
        rx.el.ol(rx.foreach(day.events, _event)),
        key=day.label,
        class_name="mt-3 first:mt-0",
    )


def enrollment_timeline() -> rx.Component:
    """Return the card with the history of the enrollment that is open."""
    is_narrowed = (History.only_field != "") | (History.only_person != "")
    return rx.el.section(
        rx.el.h2("History", class_name=f"{PANEL_TITLE} mb-3"),
        _NamedChange.create(
            of=rx.cond(History.days.length() > 0, EnrollmentFacts.facts.id.to(str), "").to(str)
        ),
        rx.cond(History.person_options.length() > 0, _filters()),
        rx.cond(
            History.days.length() > 0,
            KeepsFocus.create(
                rx.foreach(History.days, _day), label="Changes", class_name="outline-none"
            ),
            rx.el.p(
                rx.cond(is_narrowed, "No changes match.", "Nothing is recorded yet."),
                class_name="text-ink3",
            ),
        ),
        rx.cond(
            History.has_older,
            rx.el.button(
                "Show older",
                type="button",
                on_click=Undoing.show_older,
                class_name=f"{BUTTON} mt-3 w-full",
            ),
        ),
        class_name=PANEL,
    )
