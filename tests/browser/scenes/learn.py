"""Scenes of the learner's pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.requests.extensions import request_extension
from enrollment_portal.storage.shared.database import Database
from tests.browser.page_objects.ledger_page import LEDGER, query
from tests.browser.page_objects.sessions import open_session
from tests.browser.scenes.all_scenes import AARAV, LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_path,
)

_LATE = "2090-05-04"
_TEXT = "Check every knot twice. Then let somebody else check it, too.\n\n" * 12


def _write(portal: Server, sql: str) -> None:
    with portal.database.write() as session:
        session.execute(text(sql))


def _busy_learner(page: Page, portal: Server) -> int:
    """Sign in as somebody with a path, feedback, requests and a very long name."""
    database: Database = portal.database
    found = query(portal, "SELECT id FROM account WHERE email = 'busy@learn.example'")
    if not found:
        _arrange(portal, database)
        found = query(portal, "SELECT id FROM account WHERE email = 'busy@learn.example'")
    open_session(page.context, portal, found[0].id)
    return query(portal, f"SELECT learner_id FROM account WHERE id = {found[0].id}")[0].learner_id


def _arrange(portal: Server, database: Database) -> None:
    name = LONG_NAME[:60]
    learner = make_learner(database, name)
    account = make_account(
        database, Role.LEARNER, name=name, email="busy@learn.example", learner_id=learner
    )
    courses = [
        make_course(
            database,
            title,
            n_lessons=4,
            description="What holds, and why.\nFor everybody who climbs.",
            requires_grade=number % 2,
        )
        for number, title in enumerate(
            ("Knots That Hold", "Rope Access", "Rescue in Narrow Places " * 4, "First Aid")
        )
    ]
    for course in courses:
        make_lessons(database, course, 4)
    _write(portal, f"UPDATE lesson SET content = '{_TEXT}' WHERE course_id = {courses[1]}")
    path = make_path(database, "Climber", tuple(courses), needs_previous=1, n_lessons=16)
    make_enrollment(database, learner, path, progress=37, lessons_done=6)
    done = {"progress": 100, "lessons_done": 4}
    make_enrollment(database, learner, courses[0], status=1, grade="A", **done)
    current = make_enrollment(
        database,
        learner,
        courses[1],
        deadline_day=20_000,
        feedback="Neat work.\nMind the second knot.",
        feedback_is_new=1,
        progress=50,
        lessons_done=2,
    )
    make_enrollment(database, learner, courses[3], status=2)
    ada = Actor(account, name, "", Role.LEARNER, learner_id=learner)
    request_extension(database, ada, current, _LATE, "Parental leave until spring")
    _write(
        portal,
        "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state, asked_at,"
        f" decided_by, answer, is_seen) VALUES ({current}, 20000, 'Leave', 'declined', 1,"
        " 'Dana Ruiz', 'The exam is fixed.', 0)",
    )


def _course(portal: Server, learner: int, title: str) -> int:
    sql = (
        "SELECT c.id FROM course c JOIN enrollment e ON e.course_id = c.id"
        f" WHERE e.learner_id = {learner} AND c.title = '{title}'"
    )
    return query(portal, sql)[0].id


def _dashboard(page: Page, portal: Server) -> None:
    _busy_learner(page, portal)
    page.goto("/learn")
    expect(page.get_by_role("heading", name="Learning paths")).to_be_visible()


def _catalog(page: Page, _portal: Server) -> None:
    page.goto("/learn/catalog")
    expect(page.get_by_role("button", name="Start course").first).to_be_visible()


def _catalog_nothing(page: Page, portal: Server) -> None:
    _catalog(page, portal)
    page.get_by_label("Search by title").fill("no course is called this")
    expect(page.get_by_role("heading", name="No courses match")).to_be_visible()


def _open_course(page: Page, portal: Server, title: str = "Rope Access") -> int:
    course = _course(portal, _busy_learner(page, portal), title)
    page.goto(f"/learn/courses/{course}")
    expect(page.get_by_role("heading", name="Your enrollment")).to_be_visible()
    return course


def _one_course(page: Page, portal: Server) -> None:
    _open_course(page, portal)


def _course_errors(page: Page, portal: Server) -> None:
    _open_course(page, portal)
    page.get_by_text("Cancel this enrollment").click()
    page.get_by_role("button", name="Cancel enrollment").click()
    expect(page.get_by_text("Fill this in.")).to_be_visible()


def _one_path(page: Page, portal: Server) -> None:
    _open_course(page, portal, "Climber")


def _lesson(page: Page, portal: Server) -> None:
    _open_course(page, portal)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("button", name="Mark as done")).to_be_visible()


def _request(page: Page, portal: Server) -> None:
    learner = _busy_learner(page, portal)
    open_session(page.context, portal, MAYA)
    sql = f"SELECT id FROM enrollment WHERE learner_id = {learner} AND grade IS NULL"
    current = query(portal, f"{sql} AND feedback <> ''")[0].id
    page.goto(f"{LEDGER}/{current}")
    expect(page.get_by_role("region", name="Extension request")).to_be_visible()
    page.get_by_text("Decline…").click()
    expect(page.get_by_label("Answer")).to_be_visible()


SCENES: list[Scene] = [
    Scene("learn-busy", None, _dashboard),
    Scene("learn-catalog", AARAV, _catalog),
    Scene("learn-catalog-no-match", AARAV, _catalog_nothing),
    Scene("learn-course", None, _one_course),
    Scene("learn-course-errors", None, _course_errors),
    Scene("learn-path", None, _one_path),
    Scene("learn-lesson", None, _lesson),
    Scene("extension-request", MAYA, _request),
]
