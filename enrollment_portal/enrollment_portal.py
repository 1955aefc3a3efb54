"""The app: registers pages and HTTP routes, nothing else."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import reflex as rx
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from reflex_base.event.context import EventContext

from enrollment_portal.components.errors.error_page import error_boundary
from enrollment_portal.components.shell.portal_address import portal_address
from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.language import DIRECTION, LANGUAGE
from enrollment_portal.http.logs import Allowance, LimitedLog
from enrollment_portal.http.routes import transformers
from enrollment_portal.live.bus import bus_of
from enrollment_portal.live.feed import feed
from enrollment_portal.live.sockets import open_sockets, wire
from enrollment_portal.pages.access import (
    access,
    account,
    admins,
    forgot,
    organization,
    pace,
    sign_in,
    welcome,
)
from enrollment_portal.pages.activity import changes
from enrollment_portal.pages.bulk import activity
from enrollment_portal.pages.catalog import courses, paths
from enrollment_portal.pages.enrolling import enroll
from enrollment_portal.pages.enrollment import enrollment
from enrollment_portal.pages.grading import teach
from enrollment_portal.pages.learning import homes, learn, learn_catalog, learn_course, learn_lesson
from enrollment_portal.pages.ledger import ledger
from enrollment_portal.pages.people import groups, users
from enrollment_portal.services import runtime
from enrollment_portal.services.bulk.message_mail import keep_sending_mails
from enrollment_portal.services.bulk.worker import keep_carrying_out_jobs
from enrollment_portal.services.history.history import keep_writing_checkpoints
from enrollment_portal.services.pace.paces import keep_paces_current
from enrollment_portal.settings import settings
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.access.account import FORGOT_PATH, Forgot, OwnAccount
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.access.organization import OrganizationForm
from enrollment_portal.state.access.own_sessions import OwnSessions
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.activity.changes import Changes
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.bulk.register import Batches, BatchPage
from enrollment_portal.state.catalog.courses import CoursePage, Courses, Lessons
from enrollment_portal.state.catalog.paths import PathPage, Paths
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.facts import EnrollmentFacts
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import GRID_PATH, TEACH_PATH
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.grading.teaching import Teaching
from enrollment_portal.state.learning.homes import Home, Nowhere, SignIn
from enrollment_portal.state.learning.learning import Catalog, Learning
from enrollment_portal.state.learning.learning_course import CourseHome, LessonRoom
from enrollment_portal.state.learning.learning_views import CATALOG_PATH, COURSE_PATH
from enrollment_portal.state.ledger.first_ledger import first_ledger
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.row_templates import TEMPLATES_PATH
from enrollment_portal.state.peek.peek import Peek
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import NEW_GROUP_PATH, Groups, Members, NewGroup
from enrollment_portal.state.people.user_page import UserPage
from enrollment_portal.state.people.users import INVITE_PATH, Invite, Users, Welcome
from enrollment_portal.state.shared.session import SessionBinding
from enrollment_portal.state.shared.unsent import answer_unsent
from enrollment_portal.state.shared.views import (
    ACCESS_PATH,
    ACCOUNT_PATH,
    ACTIVITY_PATH,
    ADMINS_PATH,
    BATCHES_PATH,
    COURSES_PATH,
    ENROLL_PATH,
    GROUPS_PATH,
    LEARN_PATH,
    LEDGER_PATH,
    ORGANIZATION_PATH,
    PACE_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from enrollment_portal.state.views.saved_views import SavedViews
from enrollment_portal.storage.shared.database import Database

logger = logging.getLogger(__name__)
_browser_errors, _errors = LimitedLog(logger), Allowance()
DEMO_ENROLLMENTS = 1_000


def _fill(database: Database) -> None:
    build_company(database, enrollments=DEMO_ENROLLMENTS)


@asynccontextmanager
async def _prepared_database() -> AsyncIterator[None]:
    """Migrate the database to the current schema before the first request is answered."""
    try:
        await asyncio.to_thread(runtime.prepare, _fill)
    except PortalError as refusal:
        # Logged as the server's last line, instead of a traceback of many lines.
        raise SystemExit(refusal.message) from None
    wire.use(app, functools.partial(answer_unsent, app))
    following = asyncio.create_task(feed.run(bus_of(settings().redis_url)))
    yield
    following.cancel()


async def _keep_paces_current() -> None:
    """Compute the paces of each new day while the app runs."""
    await keep_paces_current(runtime.database())


async def _write_checkpoints() -> None:
    """Write the checkpoints of history while the app runs."""
    await keep_writing_checkpoints(runtime.database())


async def _carry_out_jobs() -> None:
    """Carry out the jobs that change many enrollments while the app runs."""
    await keep_carrying_out_jobs(runtime.database())


async def _send_mails() -> None:
    """Send messages to learners by mail while the app runs."""
    await keep_sending_mails(runtime.database())


def _log_browser_error(exception: Exception) -> None:
    # The text comes from a browser: on one line, so that it cannot forge the log.
    _browser_errors.warning(f"In a browser: {' '.join(str(exception).split())}")


def _log_error(exception: Exception) -> None:
    if isinstance(exception, (RedisConnectionError, RedisTimeoutError)):
        # The page cannot be answered: it loses its connection, says so, and tries again by itself.
        with suppress(LookupError):
            open_sockets.close_tab(EventContext.get().token)
    more = _errors.take()
    if more is not None:
        logger.error("While answering an event%s", more, exc_info=exception)


app = rx.App(
    html_lang=LANGUAGE,
    html_custom_attrs={"dir": DIRECTION, "data-language": LANGUAGE},
    head_components=[
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.link(rel="icon", href="/favicon.png", type="image/png"),
        rx.el.script(src="/translation.js"),
        rx.el.script(src="/portal.js"),
        rx.el.script(src="/rows.js", defer=True),
        rx.el.script(src="/focus.js", defer=True),
    ],
    # The portal shows its messages in the page.
    toaster=None,
    app_wraps={
        (55, "ErrorBoundary"): lambda _stateful: error_boundary(),
        (54, "PortalAddress"): lambda _stateful: portal_address(),
    },
    api_transformer=transformers({LEDGER_PATH: first_ledger}, TEMPLATES_PATH),
    frontend_exception_handler=_log_browser_error,
    backend_exception_handler=_log_error,
)
app.add_middleware(SessionBinding())
# In this order: the first one prepares the database.
app.register_lifespan_task(_prepared_database)
app.register_lifespan_task(_write_checkpoints)
app.register_lifespan_task(_keep_paces_current)
app.register_lifespan_task(_carry_out_jobs)
app.register_lifespan_task(_send_mails)

_DETAILS = f"{LEDGER_PATH}/[enrollment_id]"
_COURSE = f"{COURSES_PATH}/[course_id]"
_PATH = f"{PATHS_PATH}/[path_id]"
_USER = f"{USERS_PATH}/[user_id]"
_GROUP = f"{GROUPS_PATH}/[group_id]"
_TAKEN = f"{COURSE_PATH}/[course_id]"


def _of(state: Any, name: Any, title: str) -> rx.Var[str]:
    """Return the title of a record's page: the record's name and what the page shows of it."""
    is_named = (state.phase == "ready") & (name != "")
    return rx.cond(is_named, name + f" · {title}", title).to(str)


def _of_enrollment(title: str) -> rx.Var[str]:
    return _of(Details, EnrollmentFacts.title, title)


def _of_course(title: str) -> rx.Var[str]:
    return _of(CoursePage, CoursePage.title, title)


def _of_path(title: str) -> rx.Var[str]:
    return _of(PathPage, PathPage.title, title)


def _of_user(title: str) -> rx.Var[str]:
    return _of(UserPage, UserPage.user.name, title)


def _of_group(title: str) -> rx.Var[str]:
    return _of(GroupPage, GroupPage.name, title)


_WITH_SIDEBAR = ("/admin", ACCOUNT_PATH, LEARN_PATH, TEACH_PATH)
# Each page: its path, its title, its component, and its `load` handlers.
_PAGES = (
    ("/", "Enrollment Portal", homes.way_home, Home.load),
    ("/login", "Sign in", sign_in.sign_in, SignIn.load),
    (FORGOT_PATH, "Forgot your password?", forgot.forgot, Forgot.load),
    ("/welcome", "Choose a password", welcome.welcome, Welcome.load),
    (ACCOUNT_PATH, "Account settings", account.account, [OwnAccount.load, OwnSessions.load]),
    (LEARN_PATH, "My learning", learn.learn, Learning.load),
    (CATALOG_PATH, "Catalog", learn_catalog.catalog, Catalog.load),
    (
        _TAKEN,
        _of(CourseHome, CourseHome.course.title, "Course"),
        learn_course.course_home,
        CourseHome.load,
    ),
    (
        f"{_TAKEN}/lessons/[lesson_id]",
        _of(LessonRoom, LessonRoom.title + " · " + LessonRoom.course, "Lesson"),
        learn_lesson.lesson,
        LessonRoom.load,
    ),
    (TEACH_PATH, "My courses", teach.teach, Teaching.load),
    (
        f"{GRID_PATH}/[taught_id]",
        _of(Grading, Grading.course, "Grading"),
        teach.grade,
        [Grading.load, Pasting.load],
    ),
    ("/admin", "Admin Portal", homes.admin, Home.load_admin),
    (LEDGER_PATH, "Enrollments", ledger.ledger, [Ledger.load, Peek.load, BulkJobs.load]),
    (ENROLL_PATH, "Enroll learners", enroll.enroll, Enroll.load),
    (
        _DETAILS,
        _of_enrollment("Enrollment"),
        enrollment.overview,
        Details.load,
    ),
    (
        f"{_DETAILS}/manage",
        _of_enrollment("Manage enrollment"),
        enrollment.manage,
        Details.load,
    ),
    (ACTIVITY_PATH, "Activity", changes.changes, Changes.load),
    (BATCHES_PATH, "Batches · Activity", activity.batches, [Batches.load, BulkJobs.load]),
    (
        f"{ACTIVITY_PATH}/[batch_id]",
        rx.cond(BatchPage.batch.title != "", BatchPage.batch.title + " · Activity", "Batch").to(
            str
        ),
        activity.batch,
        [BatchPage.load, BulkJobs.load],
    ),
    (COURSES_PATH, "Courses", courses.courses, Courses.load),
    (f"{COURSES_PATH}/new", "New course", courses.new_course, CoursePage.load),
    (
        _COURSE,
        _of_course("Course"),
        courses.course_ledger,
        [CoursePage.load, Ledger.load, Peek.load, BulkJobs.load],
    ),
    (
        f"{_COURSE}/lessons",
        _of_course("Lessons"),
        courses.lessons,
        [CoursePage.load, Lessons.load],
    ),
    (f"{_COURSE}/settings", _of_course("Course settings"), courses.settings, CoursePage.load),
    (PATHS_PATH, "Learning Paths", paths.paths, Paths.load),
    (f"{PATHS_PATH}/new", "New learning path", paths.new_path, PathPage.load),
    (
        _PATH,
        _of_path("Learning path"),
        paths.path_ledger,
        [PathPage.load, Ledger.load, Peek.load, BulkJobs.load],
    ),
    (
        f"{_PATH}/courses",
        _of_path("Courses of a learning path"),
        paths.path_courses,
        PathPage.load,
    ),
    (f"{_PATH}/settings", _of_path("Learning path settings"), paths.settings, PathPage.load),
    (USERS_PATH, "Users", users.users, Users.load),
    (INVITE_PATH, "Invite user", users.invite, Invite.load),
    (_USER, _of_user("User"), users.information, UserPage.load),
    (
        f"{_USER}/enrollments",
        _of_user("Enrollments"),
        users.enrollments,
        [UserPage.load, Ledger.load, Peek.load, BulkJobs.load],
    ),
    (
        f"{_USER}/paths",
        _of_user("Learning paths"),
        users.paths,
        [UserPage.load, Ledger.load, Peek.load, BulkJobs.load],
    ),
    (f"{_USER}/history", _of_user("History"), users.history, UserPage.load),
    (GROUPS_PATH, "Groups", groups.groups, Groups.load),
    (NEW_GROUP_PATH, "New group", groups.new_group, NewGroup.load),
    (_GROUP, _of_group("Group"), groups.members, [GroupPage.load, Members.load]),
    (f"{_GROUP}/leads", _of_group("Leads"), groups.leads, GroupPage.load),
    (f"{_GROUP}/assigned", _of_group("Assigned"), groups.assigned, GroupPage.load),
    (f"{_GROUP}/settings", _of_group("Group settings"), groups.settings, GroupPage.load),
    (ADMINS_PATH, "Admins", admins.admins, Admins.load),
    (ACCESS_PATH, "Access", access.access, AccessLog.load),
    (ORGANIZATION_PATH, "Organization", organization.organization, OrganizationForm.load),
    (PACE_PATH, "Stuck and pace", pace.pace, PaceForm.load),
    ("404", "Not found", homes.not_found, Nowhere.load),
)
for _path, _title, _page, _on_load in _PAGES:
    _handlers = _on_load if isinstance(_on_load, list) else [_on_load]
    # Last: the sidebar's views are listed once the page shows its rows.
    _of_sidebar = [SavedViews.load] if _path.startswith(_WITH_SIDEBAR) else []
    app.add_page(_page, route=_path, title=_title, on_load=[*_handlers, *_of_sidebar])
# Built with them, for the server alone.
app.add_page(ledger.templates, route=TEMPLATES_PATH, title="Templates")
