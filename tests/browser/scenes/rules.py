"""Scenes of passing, one's own enrollment, and paths with circular orders."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import NO_SECTIONS, Actor, Role, Section
from enrollment_portal.domain.shared.errors import OwnEnrollment
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.requests.extensions import request_extension
from enrollment_portal.state.shared.views import (
    ADMINS_PATH,
    COURSES_PATH,
    GROUPS_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from tests.browser.page_objects.ledger_page import LEDGER
from tests.browser.page_objects.picking import choose
from tests.browser.page_objects.sessions import open_session
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_path,
)

NAME = LONG_NAME[:60]
_DANA = Actor(1, "Dana Ruiz", "", Role.SUPER_ADMIN)


@dataclass(frozen=True)
class _Failed:
    """A learner who did not pass, and their enrollments by what they show."""

    learner: int
    account: int
    course: int
    not_passed: int
    by_hand: int


def _failed(portal: Server) -> _Failed:
    """Write a learner who did not pass, with a course without lessons, and locked paths."""
    database = portal.database
    learner = make_learner(database, NAME)
    account = make_account(database, Role.LEARNER, name=NAME, learner_id=learner)
    course = make_course(database, f"Rope Access {learner}", n_lessons=3, requires_grade=1)
    make_lessons(database, course, 3)
    done = {"progress": 100, "lessons_done": 3, "last_visit_at": None}
    not_passed = make_enrollment(database, learner, course, grade="31 %", **done)
    graded = make_course(database, "Climbing Exam " * 4, n_lessons=0, requires_grade=1)
    make_enrollment(database, learner, graded)
    steps = tuple(make_course(database, f"Knots {name} {learner}") for name in "ABC")
    for title, order in (("Climber", steps), ("Rescuer", (steps[1], steps[2], steps[0]))):
        path = make_path(database, f"{title} {learner}", order, needs_previous=1, n_lessons=30)
        by_hand = make_enrollment(database, learner, path, progress=33)
    version = read_enrollment(database, _DANA, by_hand).facts.version
    save_enrollment(
        database, _DANA, by_hand, version=version, typed={"status": "completed"}, reason="Exam"
    )
    return _Failed(learner, account, course, not_passed, by_hand)


def _circle(portal: Server) -> tuple[int, int, str]:
    """Write two paths with a circular order; return them and the first one's title."""
    database = portal.database
    x, y = (make_course(database, f"{name} for Everybody Who Climbs") for name in ("Knots", "Rope"))
    number = make_learner(database)
    title = f"There {number}"
    there = make_path(database, title, (x, y), needs_previous=1)
    return there, make_path(database, f"Back {number}", (y, x), needs_previous=1), title


def _settings(page: Page, portal: Server) -> None:
    course = make_course(portal.database, "Graded in Percent", grading_scheme="percent")
    page.goto(f"{COURSES_PATH}/{course}/settings")
    page.get_by_label("Pass mark in percent").fill("120")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_label("Pass mark in percent")).to_have_attribute("aria-invalid", "true")


def _settings_letters(page: Page, portal: Server) -> None:
    course = make_course(portal.database, "Graded in Letters", grading_scheme="letters")
    page.goto(f"{COURSES_PATH}/{course}/settings")
    expect(page.get_by_label("Title")).to_have_value("Graded in Letters")
    expect(page.get_by_label("Pass mark in percent")).to_be_hidden()


def _dashboard(page: Page, portal: Server) -> None:
    open_session(page.context, portal, _failed(portal).account)
    page.goto("/learn")
    expect(page.get_by_text("Not passed: a passing grade completes").first).to_be_visible()
    expect(page.get_by_text("Completed by an admin before everything")).to_be_visible()


def _course(page: Page, portal: Server) -> None:
    failed = _failed(portal)
    open_session(page.context, portal, failed.account)
    page.goto(f"/learn/courses/{failed.course}")
    expect(page.get_by_text("Not passed: a passing grade completes")).to_be_visible()


def _overview(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_failed(portal).not_passed}")
    expect(page.get_by_text("Not passed", exact=True)).to_be_visible()
    expect(page.get_by_text("Never", exact=True)).to_be_visible()


def _own(
    page: Page, portal: Server, role: Role, sections: Section = NO_SECTIONS
) -> tuple[int, int]:
    """Sign in as staff who are enrolled in a course that they see; return it and the enrollment."""
    learner = make_learner(portal.database, NAME)
    course = make_course(portal.database, f"Own Course {learner}", requires_grade=1)
    account = make_account(
        portal.database,
        role,
        name=NAME,
        learner_id=learner,
        sections=sections,
        teaches=(course,) if role is Role.INSTRUCTOR else (),
    )
    make_enrollment(portal.database, make_learner(portal.database, "Aarav Menon"), course)
    enrollment = make_enrollment(portal.database, learner, course, feedback="Neat work.")
    open_session(page.context, portal, account)
    return course, enrollment


def _manage_own_read_only(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_own(page, portal, Role.ADMIN, Section.LEARNING)[1]}/manage")
    expect(page.get_by_text("Somebody else has to change it.")).to_be_visible()
    expect(page.get_by_label("Grade")).to_be_disabled()


def _manage_own(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_own(page, portal, Role.SUPER_ADMIN)[1]}/manage")
    page.get_by_label("Grade").fill("A")
    expect(page.get_by_label("Reason required")).to_have_attribute("aria-required", "true")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_label("Reason required")).to_have_attribute("aria-invalid", "true")


def _grid_own(page: Page, portal: Server) -> None:
    page.goto(f"/teach/courses/{_own(page, portal, Role.INSTRUCTOR)[0]}")
    grade = page.get_by_role("gridcell", name=f"Grade of {NAME}")
    expect(grade).to_have_attribute("aria-readonly", "true")
    expect(grade).to_have_accessible_description(OwnEnrollment.message)
    # Typing there shows why nothing is saved.
    grade.click()
    page.keyboard.type("A")
    expect(page.get_by_role("status").filter(has_text=OwnEnrollment.message)).to_have_count(1)
    expect(page.get_by_role("grid").get_by_role("textbox")).to_have_count(0)


def _path_circle(page: Page, portal: Server) -> None:
    page.goto(f"{PATHS_PATH}/{_circle(portal)[0]}/courses")
    expect(page.get_by_role("list", name="Courses that wait for each other")).to_be_visible()


def _group_circle(page: Page, portal: Server) -> None:
    group = make_group(portal.database, NAME, members=(make_learner(portal.database),))
    title = _circle(portal)[2]
    page.goto(f"{GROUPS_PATH}/{group}/assigned")
    choose(page, "Find a course or learning path", title)
    expect(page.get_by_role("list", name="Courses that wait for each other")).to_be_visible()


def _enroll_circle(page: Page, portal: Server) -> None:
    title = _circle(portal)[2]
    page.goto(f"{LEDGER}/enroll")
    choose(page, "Find people by name or email", "Aarav Menon")
    choose(page, "Find a course or learning path", title)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("list", name="Courses that wait for each other")).to_be_visible()


def _user_circle(page: Page, portal: Server) -> None:
    learner, title = make_learner(portal.database, NAME), _circle(portal)[2]
    page.goto(f"{USERS_PATH}/{learner}")
    page.get_by_role("button", name="+ Enroll in Course").click()
    dialog = page.get_by_role("dialog")
    choose(dialog, "Find a course or learning path", title)
    expect(dialog.get_by_role("list", name="Courses that wait for each other")).to_be_visible()


def _path_extended(page: Page, portal: Server) -> None:
    failed = _failed(portal)
    database = portal.database
    course = make_course(database, "Knots with a Deadline")
    path = make_path(database, "Guide " * 8, (course,))
    enrollment = make_enrollment(database, failed.learner, path, deadline_day=30_000)
    make_enrollment(database, failed.learner, course, deadline_day=29_990)
    learner = Actor(failed.account, NAME, "", Role.LEARNER, learner_id=failed.learner)
    request_extension(database, learner, enrollment, "2090-05-04", "Parental leave until spring")
    page.goto(f"{LEDGER}/{enrollment}")
    page.get_by_label("Move the deadlines of its courses along").check()


def _path_granted(page: Page, portal: Server) -> None:
    _path_extended(page, portal)
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("The deadline of 1 course was moved as well.")).to_be_visible()


def _path_deadline_moved(page: Page, portal: Server) -> None:
    """Type a later deadline into the form of a path whose course would move with it."""
    database, learner = portal.database, make_learner(portal.database, NAME)
    course = make_course(database, "Knots with a Deadline")
    path = make_path(database, "Guide " * 8, (course,))
    enrollment = make_enrollment(database, learner, path, deadline_day=30_000)
    make_enrollment(database, learner, course, deadline_day=29_990)
    page.goto(f"{LEDGER}/{enrollment}/manage")
    moves = page.get_by_label("Move the deadlines of its courses along")
    deadline = page.get_by_label("Deadline", exact=True)
    expect(deadline).to_have_value("2052-02-20")
    expect(moves).to_have_count(0)
    deadline.fill("2052-03-20")
    moves.check()


def _held(portal: Server) -> tuple[int, str]:
    """Write an instructor of 25 courses with a long name; return the person and the name."""
    courses = tuple(make_course(portal.database, f"Held Course Number {n}") for n in range(25))
    learner = make_learner(portal.database)
    name = f"{NAME[:50]} {learner}"
    person = make_learner(portal.database, name, f"held{learner}@north.example")
    make_account(
        portal.database,
        Role.INSTRUCTOR,
        name=name,
        email=f"held{learner}@north.example",
        learner_id=person,
        teaches=courses,
    )
    return person, name


def _user_loses_courses(page: Page, portal: Server) -> None:
    page.goto(f"{USERS_PATH}/{_held(portal)[0]}")
    page.get_by_label("Portal access").select_option("learner")
    expect(page.get_by_text("They will no longer teach 25 courses")).to_be_visible()


def _admin_loses_courses(page: Page, portal: Server) -> None:
    name = _held(portal)[1]
    page.goto(ADMINS_PATH)
    page.get_by_role("button", name="Add admin").click()
    dialog = page.get_by_role("dialog", name="Add an admin")
    dialog.get_by_role("searchbox").fill(name)
    expect(dialog.get_by_text("They will no longer teach 25 courses")).to_be_visible()


SCENES: list[Scene] = [
    Scene("course-settings-pass-mark", MAYA, _settings),
    Scene("course-settings-letters", MAYA, _settings_letters),
    Scene("learn-not-passed", None, _dashboard),
    Scene("learn-course-not-passed", None, _course),
    Scene("overview-not-passed", MAYA, _overview),
    Scene("manage-own-read-only", None, _manage_own_read_only),
    Scene("manage-own", None, _manage_own),
    Scene("grid-own", None, _grid_own),
    Scene("path-circle", MAYA, _path_circle),
    Scene("group-circle", MAYA, _group_circle),
    Scene("enroll-circle", MAYA, _enroll_circle),
    Scene("user-circle", MAYA, _user_circle),
    Scene("path-extension", MAYA, _path_extended),
    Scene("path-extension-granted", MAYA, _path_granted),
    Scene("path-put-off", MAYA, _path_deadline_moved),
    Scene("user-gives-up", MAYA, _user_loses_courses),
    Scene("admins-giving-up", MAYA, _admin_loses_courses),
]
