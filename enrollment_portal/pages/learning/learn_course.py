"""The page of one course or learning path for its learner."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.forms.fields import (
    announcement,
    date_input,
    text_area,
    uncontrolled_form,
)
from enrollment_portal.components.learning.learn_pieces import (
    course_path,
    feedback,
    learner_news,
    own_facts,
    request_notice,
    steps_list,
)
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import (
    BUTTON,
    PANEL,
    PRIMARY,
    failure,
    icon,
    missing_page,
    page_link,
)
from enrollment_portal.components.ui.status import status_badge
from enrollment_portal.domain.learning import messages
from enrollment_portal.state.learning.learning_course import CancelForm, CourseHome, RequestForm
from enrollment_portal.state.learning.learning_views import CATALOG_PATH, LessonView

_HEADING = "text-sm font-semibold"


def lesson_path(course_id: rx.Var[int], lesson_id: rx.Var[int]) -> Any:
    """Return the path of a lesson's page."""
    return course_path(course_id) + "/lessons/" + lesson_id.to(str)


def missing() -> rx.Component:
    """Return the notice for a course that this learner cannot see."""
    return missing_page("Back to the catalog", to=CATALOG_PATH)


def bones() -> rx.Component:
    """Return the placeholder while a course or lesson loads."""
    return rx.el.div(
        rx.el.div(class_name="bone h-5 w-72 max-w-full"),
        rx.el.div(class_name="bone mt-4 h-64 !rounded-xl"),
        role="status",
        aria_label="Loading",
    )


def _lesson(lesson: rx.Var[LessonView]) -> rx.Component:
    course = CourseHome.course
    not_done = rx.cond(course.is_reopened, "To repeat", "Not done")
    text = rx.cond(lesson.is_done, "Done", rx.cond(lesson.is_next, "Next", not_done))
    return rx.el.li(
        rx.el.span(
            rx.cond(lesson.is_done, icon("check", 14), rx.el.span(lesson.number)),
            aria_hidden="true",
            class_name=[
                "grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold "
                "tabular-nums",
                rx.cond(lesson.is_done, "bg-ok-soft text-ok", "bg-mute-soft text-ink2"),
            ],
        ),
        rx.cond(
            course.may_open,
            page_link(
                lesson.title,
                to=lesson_path(course.id, lesson.id),
                class_name="min-w-0 break-words hover:underline",
            ),
            rx.el.span(lesson.title, class_name="min-w-0 break-words"),
        ),
        rx.cond(
            course.has_own,
            rx.el.span(text, class_name="ms-auto shrink-0 text-small text-ink3"),
        ),
        class_name="flex items-center gap-3 py-2",
    )


def _content() -> rx.Component:
    course = CourseHome.course
    return rx.el.section(
        rx.cond(
            course.is_path,
            rx.fragment(
                rx.el.h2("Courses", class_name=_HEADING),
                steps_list(course.steps),
            ),
            rx.fragment(
                rx.el.h2("Lessons", class_name=_HEADING),
                rx.cond(
                    course.lessons.length() > 0,
                    rx.el.ol(
                        rx.foreach(course.lessons, _lesson),
                        class_name="mt-1 divide-y divide-line2",
                    ),
                    rx.el.p("This course has no lessons.", class_name="mt-2 text-ink3"),
                ),
            ),
        ),
        class_name=PANEL,
    )


def _own_progress() -> rx.Component:
    own = CourseHome.course.own
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Your enrollment", class_name=_HEADING),
            status_badge(status=own.status),
            class_name="flex items-center justify-between gap-3",
        ),
        own_facts(own),
        rx.cond(own.waits != "", rx.el.p(own.waits, class_name="mt-2 text-small text-ink2")),
        feedback(own),
        rx.cond(
            CourseHome.course.request.id != 0,
            rx.el.div(
                request_notice(CourseHome.course.request, on_withdraw=CourseHome.withdraw),
                class_name="mt-3",
            ),
        ),
        rx.cond(own.status == "active", _forms()),
        class_name=PANEL,
    )


def _fold(label: str, *content: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(label, class_name="cursor-pointer py-1 text-small font-medium text-ink2"),
        rx.el.div(*content, class_name="pt-2 pb-1"),
    )


def _forms() -> rx.Component:
    request = _fold(
        "Ask for more time",
        uncontrolled_form(
            RequestForm,
            date_input(RequestForm, "day", "Until"),
            text_area(RequestForm, "reason", "Reason", rows=2),
            id="request",
            on_submit=RequestForm.send,
            submit_label="Send request",
            is_guarded=False,
        ),
    )
    cancel = _fold(
        "Cancel this enrollment",
        rx.el.p(
            rx.cond(
                CourseHome.course.is_path,
                messages.CANCEL_PATH,
                messages.CANCEL_COURSE,
            ),
            class_name="mb-2 text-small text-ink2",
        ),
        uncontrolled_form(
            CancelForm,
            text_area(CancelForm, "why", messages.CANCEL_REASON, rows=2),
            id="cancel",
            on_submit=CancelForm.send,
            submit_label=messages.CANCEL_ENROLLMENT,
            is_guarded=False,
        ),
    )
    return rx.el.div(
        rx.cond(
            (CourseHome.course.request.id == 0) & (CourseHome.course.own.deadline.date != ""),
            request,
        ),
        cancel,
        class_name="mt-4 grid gap-1 border-t border-line2 pt-3",
    )


def _actions() -> rx.Component:
    course = CourseHome.course
    return rx.fragment(
        rx.cond(
            course.may_start,
            rx.el.button(
                rx.cond(course.starts_again, "Start again", "Start course"),
                type="button",
                on_click=CourseHome.start,
                class_name=rx.cond(course.next_lesson != 0, BUTTON, PRIMARY),
            ),
        ),
        rx.cond(
            course.next_lesson != 0,
            page_link(
                course.next_label,
                to=lesson_path(course.id, course.next_lesson),
                class_name=PRIMARY,
            ),
        ),
    )


def _page() -> rx.Component:
    course = CourseHome.course
    return rx.fragment(
        learner_news(CourseHome),
        rx.cond(
            course.has_own,
            breadcrumb(("My learning", "/learn"), current=course.title),
            breadcrumb(("My learning", "/learn"), ("Catalog", CATALOG_PATH), current=course.title),
        ),
        page_heading(course.title, subtitle=course.facts, actions=(_actions(),)),
        rx.el.div(
            announcement(message=CourseHome.message, refusal=CourseHome.refusal),
            rx.cond(
                course.locked != "",
                rx.el.p(
                    icon("lock", 15),
                    rx.el.span(course.locked, class_name="min-w-0 break-words"),
                    class_name="mb-4 flex items-center gap-2 rounded-lg bg-warn-soft px-3 py-2",
                ),
            ),
            rx.cond(
                course.is_reopened,
                rx.el.p(
                    "You completed this course, and it was reopened for you. Do its lessons again "
                    "to complete it once more.",
                    class_name="mb-4 rounded-lg bg-info-soft px-3 py-2",
                ),
            ),
            rx.cond(
                course.description != "",
                rx.el.p(
                    course.description,
                    class_name="mb-4 max-w-180 whitespace-pre-wrap break-words text-ink2",
                ),
            ),
            rx.el.div(
                _content(),
                rx.cond(course.has_own, _own_progress()),
                class_name="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]",
            ),
            class_name="mt-4",
        ),
    )


def course_home() -> rx.Component:
    """Return the page of one course."""
    return frame(
        rx.match(
            CourseHome.phase,
            ("ready", _page()),
            ("missing", missing()),
            ("failed", failure(on_retry=CourseHome.load)),
            bones(),
        ),
        current="/learn",
    )
