"""A learner's own learning, ready to show; no view here has a field for an internal note."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.links import TextPart, with_links
from enrollment_portal.domain.catalog.messages import NO_LESSONS, n_courses, n_lessons
from enrollment_portal.domain.enrolling.eligibility import may_start_again
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.enrollment.runs import run_text
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.learning.learner_messages import MessageState
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import percent, with_dots
from enrollment_portal.services.learning.learner_pages import CatalogRow, CoursePage, Dashboard
from enrollment_portal.state.enrollment.views.requests import RequestView, request_view
from enrollment_portal.state.learning.own_views import (
    OwnView,
    StepView,
    own_view,
    step_view,
)
from enrollment_portal.storage.enrollment.learner_messages import StoredMessage

COURSE_PATH = "/learn/courses"
CATALOG_PATH = "/learn/catalog"


@dataclass(frozen=True)
class PathView:
    """A learning path that the learner takes, with its courses in order."""

    own: OwnView
    steps: list[StepView]


@dataclass(frozen=True)
class MessageView:
    """A message to the learner."""

    id: int
    course: str
    """What it is about."""
    parts: list[TextPart]
    """Its text, split into text and links."""
    sent: str
    """By whom, and when."""
    is_new: bool


def message_view(message: StoredMessage, tz: ZoneInfo) -> MessageView:
    """Return a message as its learner reads it."""
    return MessageView(
        message.id,
        message.title,
        with_links(message.text),
        messages.message_from(message.sent_by, calendar.show_moment(message.sent_at, tz)),
        message.state == MessageState.NEW,
    )


@dataclass(frozen=True)
class DashboardView:
    """A learner's first page in the order in which it is shown."""

    overdue: list[OwnView] = field(default_factory=list)
    """Active courses with something left to do after their deadline, the earliest first."""
    active: list[OwnView] = field(default_factory=list)
    completed: list[OwnView] = field(default_factory=list)
    cancelled: list[OwnView] = field(default_factory=list)
    paths: list[PathView] = field(default_factory=list)
    requests: list[RequestView] = field(default_factory=list)
    messages: list[MessageView] = field(default_factory=list)


def dashboard_view(
    page: Dashboard, tz: ZoneInfo, organization: ZoneInfo, today: int
) -> DashboardView:
    """Return everything that the dashboard shows; see `own_view` for the arguments."""
    courses: dict[Status, list[OwnView]] = {status: [] for status in Status}
    paths: list[PathView] = []
    names = {own.id: own for own in page.enrollments}
    for own in page.enrollments:
        taken = page.steps.get(own.id, ())
        locked_by = page.locks.get(own.course_id, "")
        view = own_view(own, tz, organization, today, locked_by=locked_by, steps=taken)
        if own.id not in page.steps:
            courses[Status(own.status)].append(view)
        elif own.status != Status.CANCELLED:
            steps = [step_view(n, step) for n, step in enumerate(taken, 1)]
            paths.append(PathView(view, steps))
    active = courses[Status.ACTIVE]
    due = {own.id: own.deadline_day or 0 for own in page.enrollments}
    paths.sort(key=lambda path: not path.own.is_overdue)
    return DashboardView(
        overdue=sorted((o for o in active if o.is_overdue), key=lambda own: due[own.id]),
        active=[own for own in active if not own.is_overdue],
        completed=courses[Status.COMPLETED],
        cancelled=courses[Status.CANCELLED],
        paths=paths,
        requests=[
            request_view(
                request,
                tz,
                course_id=names[request.enrollment_id].course_id,
                course=names[request.enrollment_id].title,
            )
            for request in page.requests
            if request.enrollment_id in names
        ],
        messages=[message_view(message, tz) for message in page.messages],
    )


@dataclass(frozen=True)
class CatalogView:
    """A row of the catalog."""

    id: int
    title: str
    about: str
    facts: str
    own_status: str
    """The learner's status in it, in a word; "" if they may start it."""
    tone: str
    may_start: bool
    starts_again: bool = False


def _completed_by(requires_grade: object) -> str:
    """Return what completes a course without lessons."""
    if requires_grade:
        return messages.COMPLETED_WITH_A_GRADE
    return messages.COMPLETED_BY_AN_ADMIN


def catalog_view(row: CatalogRow) -> CatalogView:
    """Return a published course as the learner who may start it reads it."""
    course, existing = row.course, row.existing
    days = course.deadline_days
    facts = with_dots(
        n_lessons(course.n_lessons) if course.n_lessons else _completed_by(course.requires_grade),
        "" if days is None else messages.days_to_finish(days),
    )
    text, tone = "", ""
    if row.locked_by:
        text = messages.opens_when_you_complete(row.locked_by)
    elif existing and existing.status == Status.ACTIVE:
        text, tone = messages.in_progress(percent(existing.progress)), "active"
    elif existing and existing.status == Status.COMPLETED:
        text, tone = "Completed", "completed"
    starts_again = not row.locked_by and bool(
        existing and may_start_again(existing.status, course.may_be_retaken)
    )
    return CatalogView(
        id=course.id,
        title=course.title,
        about=" ".join(course.description.split())[:160],
        facts=facts,
        own_status=text,
        tone=tone,
        may_start=not text or starts_again,
        starts_again=starts_again,
    )


@dataclass(frozen=True)
class LessonView:
    """A lesson in the list of its course."""

    id: int
    number: int
    title: str
    is_done: bool
    is_next: bool
    """The first one that is not done."""


@dataclass(frozen=True)
class CourseView:
    """A course or path as its learner sees it."""

    id: int = 0
    title: str = ""
    description: str = ""
    facts: str = ""
    is_path: bool = False
    has_own: bool = False
    own: OwnView = field(default_factory=OwnView)
    lessons: list[LessonView] = field(default_factory=list)
    steps: list[StepView] = field(default_factory=list)
    locked: str = ""
    may_start: bool = False
    starts_again: bool = False
    next_lesson: int = 0
    """The lesson that Continue opens, 0 for none."""
    next_label: str = "Continue"
    is_reopened: bool = False
    """It was completed and made active again: its lessons are to be done again."""
    may_open: bool = False
    """Lessons can be opened: the learner is in, has not cancelled, and no path keeps it locked."""
    request: RequestView = field(default_factory=RequestView)


def _size(page: CoursePage) -> str:
    if page.course.kind == "path":
        return n_courses(len(page.steps))
    return n_lessons(page.course.n_lessons) if page.course.n_lessons else NO_LESSONS


def course_view(page: CoursePage, tz: ZoneInfo, organization: ZoneInfo, today: int) -> CourseView:
    """Return a course as its learner reads it; see `own_view` for the arguments."""
    course, own = page.course, page.enrollment
    is_path = course.kind == "path"
    days, also = course.deadline_days, ""
    if course.requires_grade:
        also = messages.ALSO_WITH_A_GRADE
    elif course.admin_completes and not course.n_lessons:
        also = messages.ALSO_BY_AN_ADMIN
    facts = with_dots(
        _size(page),
        messages.due_after_start(days) if own is None and days is not None else "",
        also,
        run_text(own.run) if own else "",
    )
    following = next((one.id for one in page.lessons if one.id not in page.done), 0)
    may_open = own is not None and own.status != Status.CANCELLED and not page.locked_by
    next_label = "Start" if own and not own.progress else "Continue"
    if not following or (own and own.status == Status.COMPLETED):
        next_label = "Review"
    return CourseView(
        id=course.id,
        title=course.title,
        description=course.description,
        facts=facts,
        is_path=is_path,
        has_own=own is not None,
        own=own_view(own, tz, organization, today, steps=page.steps) if own else OwnView(),
        lessons=[
            LessonView(one.id, number, one.title, one.id in page.done, one.id == following)
            for number, one in enumerate(page.lessons, 1)
        ],
        steps=[step_view(number, step) for number, step in enumerate(page.steps, 1)],
        locked=(messages.opens_after(page.locked_by) if page.locked_by else ""),
        may_start=page.may_start,
        starts_again=page.may_start and own is not None,
        next_lesson=(following or (page.lessons[0].id if page.lessons else 0)) if may_open else 0,
        next_label=next_label,
        is_reopened=page.is_reopened and may_open and bool(page.lessons),
        may_open=may_open,
        request=request_view(page.request, tz) if page.request else RequestView(),
    )
