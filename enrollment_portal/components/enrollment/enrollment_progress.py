"""A learner's progress in an enrollment: the lessons of a course, the courses of a path."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.pieces import BUTTON, LINK, PANEL, PANEL_TITLE, icon, page_link
from enrollment_portal.components.ui.status import progress_bar, status_badge
from enrollment_portal.components.ui.wording import plural_of
from enrollment_portal.domain.enrollment.messages import SHOW_ALL_LESSONS, SHOW_ALL_ONE, SHOW_FEWER
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.enrollment.views.progress import LessonRowView, PathCourseView
from enrollment_portal.state.shared.views import LEDGER_PATH

_MARK = "grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold tabular-nums "
_MARK_CLASSES = {"done": "bg-ok-soft text-ok", "next": "bg-info-soft text-info"}
_ITEM = "flex items-center gap-3 py-2"


def _mark(number: rx.Var[int], state: rx.Var[str]) -> rx.Component:
    class_names: Any = rx.Var.create({**_MARK_CLASSES, "": "bg-mute-soft text-ink2"})
    return rx.el.span(
        rx.cond(state == "done", icon("check", 14), rx.el.span(number)),
        aria_hidden="true",
        class_name=[_MARK, class_names[state].to(str)],
    )


def _lesson(lesson: rx.Var[LessonRowView]) -> rx.Component:
    is_next = lesson.state == "next"
    return rx.el.li(
        _mark(lesson.number, lesson.state),
        rx.el.span(
            lesson.title,
            class_name=["min-w-0 wrap-anywhere", rx.cond(is_next, "font-medium", "")],
        ),
        rx.el.span(
            lesson.text,
            class_name=[
                "ms-auto shrink-0 text-small tabular-nums",
                rx.cond(is_next, "text-ink", "text-ink3"),
            ],
        ),
        value=lesson.number,
        aria_current=rx.cond(is_next, "step", "false"),
        class_name=_ITEM,
    )


def _left_out(text: rx.Var[str]) -> rx.Component:
    return rx.cond(text != "", rx.el.p(text, class_name="py-1.5 ps-9 text-small text-ink3"))


def _lessons() -> rx.Component:
    shown = EnrollmentFacts.lessons
    is_cut = (shown.earlier != "") | (shown.later != "")
    return rx.el.section(
        rx.el.h2("Lessons", class_name=PANEL_TITLE),
        rx.cond(
            shown.stop != "",
            rx.el.p(
                shown.stop,
                class_name=[
                    "mt-1 mb-2",
                    rx.cond(EnrollmentFacts.pace.is_stuck, "font-medium text-warn", "text-ink2"),
                ],
            ),
            rx.el.p("This course has no lessons yet.", class_name="mt-1 text-ink3"),
        ),
        _left_out(shown.earlier),
        rx.el.ol(
            rx.foreach(shown.lessons, _lesson),
            id="lessons",
            class_name="divide-y divide-line2 empty:hidden",
        ),
        _left_out(shown.later),
        rx.cond(
            is_cut | EnrollmentFacts.all_lessons,
            rx.el.button(
                rx.cond(
                    is_cut,
                    plural_of(shown.total, one=SHOW_ALL_ONE, other=SHOW_ALL_LESSONS),
                    SHOW_FEWER,
                ),
                type="button",
                aria_controls="lessons",
                aria_expanded=rx.cond(is_cut, "false", "true"),
                on_click=Details.show_all_lessons(is_cut),
                class_name=f"{BUTTON} mt-2",
            ),
        ),
        class_name=PANEL,
    )


def _course(course: rx.Var[PathCourseView]) -> rx.Component:
    is_done = course.status == "completed"
    return rx.el.li(
        _mark(course.number, rx.cond(is_done, "done", "").to(str)),
        rx.cond(
            course.enrollment_id != 0,
            rx.el.div(
                page_link(
                    course.title,
                    to=f"{LEDGER_PATH}/" + course.enrollment_id.to(str),
                    class_name=f"{LINK} min-w-0 font-medium wrap-anywhere",
                ),
                rx.cond(
                    course.text != "",
                    rx.el.span(course.text, class_name="text-small text-ink3"),
                ),
                rx.el.div(
                    status_badge(status=course.status),
                    *progress_bar(value=course.progress, status=course.status, width="w-24"),
                    class_name="flex shrink-0 items-center gap-2.5 sm:ms-auto",
                ),
                class_name="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1",
            ),
            rx.el.div(
                rx.el.span(course.title, class_name="min-w-0 font-medium wrap-anywhere"),
                rx.el.span(course.text, class_name="text-small text-ink3 sm:ms-auto"),
                class_name="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1",
            ),
        ),
        value=course.number,
        class_name=_ITEM,
    )


def _courses() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Courses", class_name=PANEL_TITLE),
        rx.cond(
            EnrollmentFacts.path_courses.length() > 0,
            rx.el.ol(
                rx.foreach(EnrollmentFacts.path_courses, _course),
                class_name="mt-1 divide-y divide-line2",
            ),
            rx.el.p("This path has no courses to show.", class_name="mt-1 text-ink3"),
        ),
        class_name=PANEL,
    )


def enrollment_progress() -> rx.Component:
    """Return the card of the lessons, or of a learning path's courses."""
    return rx.cond(EnrollmentFacts.is_path, _courses(), _lessons())
