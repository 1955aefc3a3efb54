"""Where each role starts: the way home, the Admin Portal's front, and one's own courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.pieces import (
    BUTTON,
    CARD,
    LINK,
    deadline_text,
    failure,
    notice,
    page_link,
    progress_bar,
    status_badge,
)
from enrollment_portal.components.shell import frame
from enrollment_portal.state.homes import Learning, TaughtView, Teaching
from enrollment_portal.state.session import Shell
from enrollment_portal.state.views import LEDGER_PATH, OwnView

_TITLE = "text-xl font-semibold tracking-tight"


def way_home() -> rx.Component:
    """Return what is seen for a moment on the way to one's own first page."""
    return rx.el.main(
        rx.el.h1("Enrollment Portal", class_name="sr-only"),
        rx.el.div(class_name="bone size-10 !rounded-xl", role="status", aria_label="Loading"),
        class_name="grid min-h-screen place-items-center bg-bg",
    )


def not_found() -> rx.Component:
    """Return the page for addresses that do not exist."""
    return rx.el.main(
        notice(
            rx.el.p("There is nothing here, or you may not see it.", class_name="mt-1"),
            page_link("Go to your start page", to="/", class_name=f"{BUTTON} mt-4"),
            title="Not found",
            mark="file_question",
            is_page=True,
        ),
        class_name="grid min-h-screen place-items-center bg-bg text-ink",
    )


def admin() -> rx.Component:
    """Return the front page of an admin who has no ledger."""
    return frame(
        rx.el.h1("Admin Portal", class_name=_TITLE),
        rx.cond(
            Shell.has_ledger,
            rx.el.p(
                page_link("Open Enrollments", to=LEDGER_PATH, class_name=LINK), class_name="mt-3"
            ),
            notice(
                rx.el.p(
                    "The pages of your sections are not available yet. For the enrollments, ask "
                    "a Super Admin to switch on Learning for you.",
                    class_name="mt-1 max-w-110",
                ),
                title="Nothing to do here yet",
            ),
        ),
        current="/admin",
    )


def _bones() -> rx.Component:
    return rx.el.div(
        *([rx.el.div(class_name="bone h-24 !rounded-xl")] * 4),
        role="status",
        aria_label="Loading",
        class_name="mt-4 grid gap-3",
    )


def _list(phase: Any, arrive: Any, is_empty: Any, nothing: Any, *content: Any) -> rx.Component:
    return rx.match(
        phase,
        ("ready", rx.cond(is_empty, nothing, rx.el.ul(*content, class_name="mt-4 grid gap-3"))),
        ("failed", failure(on_retry=arrive)),
        _bones(),
    )


def _own_course(course: rx.Var[OwnView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(course.course, class_name="min-w-0 text-[15px] font-semibold break-words"),
            status_badge(status=course.status),
            class_name="flex items-start justify-between gap-3",
        ),
        rx.el.div(
            *progress_bar(value=course.progress, status=course.status, width="w-36"),
            rx.el.span(course.lessons, class_name="text-ink3"),
            rx.el.span("Enrolled ", course.enrolled, class_name="text-ink3"),
            rx.cond(
                course.deadline != "",
                rx.el.span(
                    "Deadline ", deadline_text(words=course.deadline, tone=course.deadline_tone)
                ),
            ),
            rx.cond(
                course.grade != "",
                rx.el.span("Grade ", rx.el.strong(course.grade, class_name="font-semibold")),
            ),
            class_name="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-[13px]",
        ),
        rx.cond(
            course.feedback != "",
            rx.el.div(
                rx.el.h3("Instructor Feedback", class_name="text-[12.5px] font-semibold text-ink2"),
                rx.el.p(course.feedback, class_name="whitespace-pre-wrap break-words"),
                class_name="mt-3 rounded-lg bg-info-soft px-3 py-2",
            ),
        ),
        class_name=f"{CARD} px-5 py-4",
    )


def learn() -> rx.Component:
    """Return a learner's own courses."""
    return frame(
        rx.el.h1("My learning", class_name=_TITLE),
        _list(
            Learning.phase,
            Learning.arrive,
            Learning.courses.length() == 0,
            notice(
                rx.el.p("Courses that you begin appear here.", class_name="mt-1"),
                title="No courses yet",
                mark="graduation_cap",
            ),
            rx.foreach(Learning.courses, _own_course),
        ),
        current="/learn",
    )


def _count(n: rx.Var[str], label: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-[12.5px] text-ink3"),
        rx.el.dd(n, class_name="font-semibold tabular-nums"),
        class_name="flex flex-col",
    )


def _taught_course(course: rx.Var[TaughtView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(course.title, class_name="text-[15px] font-semibold break-words"),
            rx.el.p(course.lessons, class_name="text-[13px] text-ink3"),
        ),
        rx.el.dl(
            _count(course.active, "Active"),
            _count(course.completed, "Completed"),
            _count(course.cancelled, "Cancelled"),
            class_name="flex gap-6",
        ),
        class_name=f"{CARD} flex flex-wrap items-center justify-between gap-4 px-5 py-4",
    )


def teach() -> rx.Component:
    """Return the courses that an instructor teaches."""
    return frame(
        rx.el.div(
            rx.el.h1("My courses", class_name=_TITLE),
            page_link("Open their enrollments", to=LEDGER_PATH, class_name=f"{BUTTON}"),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        _list(
            Teaching.phase,
            Teaching.arrive,
            Teaching.courses.length() == 0,
            notice(
                rx.el.p(
                    "Courses that you are made an instructor of appear here.", class_name="mt-1"
                ),
                title="You teach no courses yet",
                mark="presentation",
            ),
            rx.foreach(Teaching.courses, _taught_course),
        ),
        current="/teach",
    )
