"""The details of one enrollment: heading, facts and history."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.enrollment.enrollment_place import neighbours, past_record
from enrollment_portal.components.enrollment.presence import people_here
from enrollment_portal.components.requests.extension_requests import decision, extension_request
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.linked_text import linked_text
from enrollment_portal.components.ui.pieces import (
    CARD,
    LINK,
    PANEL,
    PANEL_TITLE,
    avatar,
    failure,
    missing_page,
    page_link,
)
from enrollment_portal.components.ui.short_notices import announcer
from enrollment_portal.components.ui.status import deadline_text, progress_bar, status_badge
from enrollment_portal.components.ui.tabs import page_tabs, tab_link
from enrollment_portal.domain.access.links import TextPart
from enrollment_portal.domain.enrollment.fields import Assigned, Field, Tracked
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.state.shared.views import LEDGER_PATH, RunView


def missing() -> rx.Component:
    """Return the notice for an enrollment that does not exist or may not be seen."""
    return missing_page("Back to Enrollments", to=LEDGER_PATH)


def enrollment_heading(*actions: Any, is_managing: bool) -> rx.Component:
    """Return the breadcrumb, the learner and course, the actions, and the two tabs."""
    facts, place = EnrollmentFacts.facts, LedgerPlace.place
    here = f"{LEDGER_PATH}/" + facts.id.to(str)
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                # The ledger that it was opened from: the Enrollments page, or that of a course,
                # path or user.
                breadcrumb(("Enrollments", place.back), current="Enrollment"),
                neighbours(is_managing=is_managing),
                class_name="flex flex-wrap items-center gap-x-4 [&>nav:first-child]:mb-0",
            ),
            people_here(),
            class_name="mb-1 flex flex-wrap items-center justify-between gap-x-4",
        ),
        page_heading(
            rx.fragment(
                _linked(facts.learner, EnrollmentFacts.learner_path),
                rx.el.span(" · ", class_name="text-ink3"),
                _linked(facts.course, EnrollmentFacts.course_path),
                rx.cond(
                    facts.run != "",
                    rx.el.span(
                        " " + facts.run,
                        class_name="ms-1 text-small font-normal whitespace-nowrap text-ink3",
                    ),
                ),
            ),
            actions=actions,
        ),
        page_tabs(
            "Enrollment",
            tab_link("Overview", to=here + place.suffix, is_selected=not is_managing),
            tab_link("Manage", to=here + "/manage" + place.suffix, is_selected=is_managing),
            class_name="mt-3",
        ),
        past_record(),
    )


def _linked(name: rx.Var[str], to: rx.Var[str]) -> rx.Component:
    """Return a name as a link to its page, or as text for those who may not open it."""
    return rx.cond(
        to != "",
        page_link(
            name, to=to, class_name="underline-offset-3 hover:text-accent-text hover:underline"
        ),
        rx.el.span(name),
    )


def _fact(label: str | rx.Var, *value: Any, fresh: Any = "") -> rx.Component:
    """Return a fact; `fresh` is the class that highlights it when it has just changed."""
    return rx.fragment(
        rx.el.dt(label, class_name="text-ink3"),
        rx.el.dd(*value, class_name=["min-w-0 break-words", fresh]),
    )


def _fact_if(condition: Any, label: str | rx.Var, *value: Any, fresh: Any = "") -> rx.Component:
    return rx.cond(condition, _fact(label, *value, fresh=fresh))


def _run(run: rx.Var[RunView]) -> rx.Component:
    """Return one of the learner's enrollments in the course: a link, except for the open one."""
    return rx.el.li(
        rx.cond(
            run.is_current,
            rx.el.span(run.label, aria_current="page", class_name="font-medium"),
            page_link(run.label, to=f"{LEDGER_PATH}/" + run.id.to(str), class_name=LINK),
        )
    )


def _text(parts: rx.Var[list[TextPart]]) -> rx.Component:
    return linked_text(parts, class_name="max-h-64 overflow-y-auto break-words")


def _grade_and_notes() -> tuple[rx.Component, ...]:
    """Return the facts that the Manage form has as fields."""
    facts, fresh = EnrollmentFacts.facts, EnrollmentFacts.fresh
    return (
        _fact_if(
            facts.grade != "",
            "Grade",
            rx.el.span(facts.grade),
            rx.cond(
                facts.grade_result != "",
                rx.el.p(facts.grade_result, class_name="text-small text-ink2"),
            ),
            fresh=fresh[Field.GRADE],
        ),
        _fact_if(
            facts.feedback.length() > 0,
            "Instructor Feedback",
            _text(facts.feedback),
            fresh=fresh[Field.FEEDBACK],
        ),
        _fact_if(
            EnrollmentFacts.reads_notes & (facts.note.length() > 0),
            "Internal Note",
            _text(facts.note),
            rx.el.p("Only admins and instructors see this.", class_name="text-xs text-ink3"),
            fresh=fresh[Field.NOTE],
        ),
    )


def _pace() -> tuple[rx.Component, ...]:
    """Return the pace and the projected finish of an active enrollment with lessons left."""
    pace = EnrollmentFacts.pace
    is_shown = pace.text != ""
    return (
        _fact_if(
            is_shown,
            "Pace",
            rx.cond(
                pace.is_stuck,
                rx.el.span(
                    "Stuck",
                    class_name="me-2 inline-block rounded-full bg-warn-soft px-2 text-fine "
                    "leading-5.5 font-medium text-warn",
                ),
            ),
            rx.el.span(pace.text, class_name="tabular-nums"),
        ),
        _fact_if(
            is_shown,
            "Projected finish",
            rx.el.span(pace.finish),
            rx.cond(
                pace.finish_note != "",
                rx.el.span(
                    pace.finish_note,
                    class_name=[
                        "block text-small",
                        rx.cond(pace.is_late, "text-warn", "text-ink3"),
                    ],
                ),
            ),
        ),
    )


def enrollment_facts(*, is_short: bool = False) -> rx.Component:
    """Return the facts as a list; the short form leaves out those in the form beside it."""
    facts, fresh = EnrollmentFacts.facts, EnrollmentFacts.fresh
    overview = rx.el.section(
        rx.el.h2("Overview", id="overview-heading", class_name=f"{PANEL_TITLE} mb-3"),
        rx.el.dl(
            _fact(
                "Learner",
                rx.el.div(
                    *([] if is_short else [avatar(initials=facts.initials, tone=facts.tone)]),
                    rx.el.div(
                        rx.el.div(facts.learner, class_name="font-medium break-words"),
                        rx.cond(
                            facts.email != "",
                            rx.el.div(facts.email, class_name="text-small wrap-anywhere text-ink3"),
                        ),
                        class_name="min-w-0",
                    ),
                    class_name="flex items-center gap-2.5",
                ),
            ),
            _fact_if(facts.department != "", "Department", facts.department),
            _fact_if(~EnrollmentFacts.is_path, "Course", facts.course),
            _fact_if(EnrollmentFacts.is_path, "Learning path", facts.course),
            _fact_if(
                facts.runs.length() > 0,
                "Times taken",
                rx.el.ul(rx.foreach(facts.runs, _run), class_name="grid gap-0.5"),
            ),
            _fact(
                "Status",
                status_badge(status=facts.status),
                rx.cond(
                    facts.tracked != "",
                    rx.el.p(facts.tracked, class_name="mt-1 text-small text-ink2"),
                ),
                fresh=fresh[Field.STATUS],
            ),
            _fact(
                "Progress",
                *progress_bar(value=facts.progress, status=facts.status, width="w-24 sm:w-36"),
                fresh=fresh[Tracked.PROGRESS],
            ),
            _fact_if(facts.done != "", facts.done_label, facts.done),
            _fact("Enrolled", rx.el.time(facts.enrolled, date_time=facts.enrolled_iso)),
            _fact(
                "Deadline",
                rx.cond(
                    facts.deadline.date != "",
                    deadline_text(deadline=facts.deadline),
                    rx.el.span("none", class_name="text-ink3"),
                ),
                fresh=fresh[Field.DEADLINE],
            ),
            *([] if is_short else _pace()),
            _fact(
                "Last Visit",
                rx.el.span(facts.last_visit),
                rx.cond(
                    facts.last_visit_iso != "",
                    rx.el.time(
                        facts.last_visit_exact,
                        date_time=facts.last_visit_iso,
                        class_name="block text-small text-ink3",
                    ),
                ),
            ),
            _fact_if(
                facts.ended != "", facts.ended_label, facts.ended, fresh=fresh[Field.COMPLETED]
            ),
            *([] if is_short else _grade_and_notes()),
            _fact_if(
                facts.instructor != "",
                Assigned.INSTRUCTOR.label,
                facts.instructor,
                fresh=fresh[Assigned.INSTRUCTOR],
            ),
            _fact("Origin", facts.origin),
            class_name="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-2.5 "
            "sm:grid-cols-[7.25rem_minmax(0,1fr)]",
        ),
        class_name=PANEL,
    )
    # Overview shows the result of a decision here; on Manage, the form shows it.
    answer = () if is_short else (decision(), announcer(Details.news))
    # What is announced is outside of the grid: while it is empty, it takes no room.
    return rx.el.div(
        *answer,
        rx.el.div(extension_request(), overview, class_name="grid min-w-0 gap-4"),
        class_name="min-w-0",
    )


def _bones() -> rx.Component:
    bone = rx.el.div(class_name="bone h-3 w-full max-w-72")
    return rx.el.div(
        rx.el.div(class_name="bone h-3 w-40"),
        rx.el.div(class_name="bone mt-3 h-5 w-72 max-w-full"),
        rx.el.div(
            *([bone] * 9),
            class_name=f"{CARD} mt-14.5 flex min-h-100 flex-col gap-5 px-5 py-6",
        ),
        aria_busy="true",
        aria_label="Loading",
        role="status",
    )


def enrollment_page(*content: Any) -> rx.Component:
    """Return the content of the enrollment's page, or a placeholder."""
    return rx.match(
        Details.phase,
        ("ready", rx.fragment(*content)),
        ("missing", missing()),
        ("failed", failure(on_retry=Details.load)),
        _bones(),
    )
