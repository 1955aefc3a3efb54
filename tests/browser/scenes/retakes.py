"""Scenes of retakes, reopened courses, and earlier completions."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.state.shared.views import USERS_PATH
from tests.browser.page_objects.ledger_page import LEDGER, links
from tests.browser.page_objects.picking import choose
from tests.browser.page_objects.sessions import open_session
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
)

_DANA = Actor(2, "Dana Ruiz", "", Role.SUPER_ADMIN)


@dataclass(frozen=True)
class _Retake:
    """A learner with a long name, who has completed a course with a long title."""

    learner: int
    name: str
    course: int
    title: str
    first: int
    """Their completed enrollment."""


def _completed(portal: Server) -> _Retake:
    database, at = portal.database, now_ms() - 300 * MS_PER_DAY
    learner = make_learner(database)
    name = f"{LONG_NAME[:52]} {learner}"
    learner = make_learner(database, name, f"{LONG_NAME[:40].lower()}{learner}@north.example")
    title = f"Rescue in Narrow Places and Other Work at Height, Part {learner}"
    course = make_course(database, title, n_lessons=3, grading_scheme="percent", may_be_retaken=1)
    make_lessons(database, course, 3)
    first = make_enrollment(
        database,
        learner,
        course,
        status=1,
        progress=100,
        lessons_done=3,
        grade="85%",
        enrolled_at=at - 20 * MS_PER_DAY,
        completed_at=at,
    )
    return _Retake(learner, name, course, title, first)


def _taken_again(portal: Server) -> tuple[_Retake, int]:
    """Write a second, completed enrollment beside the first."""
    retake, at = _completed(portal), now_ms() - 30 * MS_PER_DAY
    second = make_enrollment(
        portal.database,
        retake.learner,
        retake.course,
        status=1,
        progress=100,
        lessons_done=3,
        enrolled_at=at,
        completed_at=at + MS_PER_DAY,
    )
    make_enrollment(portal.database, retake.learner, retake.course, enrolled_at=at + 2 * MS_PER_DAY)
    return retake, second


def _reopening(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_completed(portal).first}/manage")
    page.get_by_label("Status").select_option("active")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("dialog", name="Reopen it, or start a new one?")).to_be_visible()


def _completed_on(page: Page, portal: Server) -> None:
    """Show the day of completion in Manage, refused."""
    page.goto(f"{LEDGER}/{_completed(portal).first}/manage")
    page.get_by_label("Completed on").fill("2090-05-04")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_label("Completed on")).to_have_attribute("aria-invalid", "true")


def _overview(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_taken_again(portal)[1]}")
    expect(page.get_by_text("Completed on", exact=True)).to_be_visible()
    expect(page.get_by_text("2nd time").first).to_be_visible()


def _ledger(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}?q={_taken_again(portal)[0].name.replace(' ', '+')}")
    expect(links(page)).to_have_count(3)


def _ledger_of_learner(page: Page, portal: Server) -> None:
    page.goto(f"{USERS_PATH}/{_taken_again(portal)[0].learner}/enrollments")
    expect(links(page)).to_have_count(3)


def _enroll(page: Page, portal: Server) -> _Retake:
    """Choose two people and a course that one of them has completed, on the page of many."""
    retake = _completed(portal)
    page.goto(f"{LEDGER}/enroll")
    choose(page, "Find people by name or email", "Aarav Menon")
    choose(page, "Find people by name or email", retake.name)
    choose(page, "Find a course or learning path", retake.title)
    return retake


def _enroll_refused(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    page.get_by_label("Completed on").fill("2090-05-04")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Completed on")).to_have_attribute("aria-invalid", "true")


def _enroll_completed(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    page.get_by_label("Completed on").fill("2026-05-03")
    page.get_by_label("Grade (optional)").fill("92,5 %")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("As completed on 3 May 2026").first).to_be_visible()


def _enroll_again(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("Enroll people again who have completed it").check()
    expect(page.get_by_text("They start it for the 2nd time")).to_be_visible()


def _user(page: Page, portal: Server) -> None:
    retake = _completed(portal)
    page.goto(f"{USERS_PATH}/{retake.learner}")
    page.get_by_role("button", name="+ Enroll in Course").click()
    choose(page.get_by_role("dialog"), "Find a course or learning path", retake.title)
    page.get_by_label("Enroll again in what they have completed").check()
    expect(page.get_by_text("They start it for the 2nd time")).to_be_visible()


def _user_refused(page: Page, portal: Server) -> None:
    _user(page, portal)
    page.get_by_label("Completed on").fill("2090-05-04")
    expect(page.get_by_label("Completed on")).to_have_attribute("aria-invalid", "true")


def _sign_in(page: Page, portal: Server, retake: _Retake) -> None:
    account = make_account(
        portal.database, Role.LEARNER, name=retake.name, learner_id=retake.learner
    )
    open_session(page.context, portal, account)


def _learn_reopened(page: Page, portal: Server) -> None:
    retake = _completed(portal)
    typed = {"status": "active"}
    save_enrollment(portal.database, _DANA, retake.first, version=1, typed=typed, reason="Again")
    _sign_in(page, portal, retake)
    page.goto(f"/learn/courses/{retake.course}")
    expect(page.get_by_text("it was reopened for you")).to_be_visible()


def _learn_completed(page: Page, portal: Server) -> None:
    """Show a completed course that the learner may take again."""
    retake = _completed(portal)
    _sign_in(page, portal, retake)
    page.goto(f"/learn/courses/{retake.course}")
    expect(page.get_by_role("button", name="Start again")).to_be_visible()


def _learn_again(page: Page, portal: Server) -> None:
    retake = _taken_again(portal)[0]
    _sign_in(page, portal, retake)
    page.goto("/learn")
    expect(page.get_by_text("2nd time").first).to_be_visible()


SCENES: list[Scene] = [
    Scene("manage-reopening", MAYA, _reopening),
    Scene("manage-completed-on", MAYA, _completed_on),
    Scene("overview-second-time", MAYA, _overview),
    Scene("ledger-second-time", MAYA, _ledger),
    Scene("user-second-time", MAYA, _ledger_of_learner),
    Scene("enroll-completed-refused", MAYA, _enroll_refused),
    Scene("enroll-completed", MAYA, _enroll_completed),
    Scene("enroll-again", MAYA, _enroll_again),
    Scene("user-enrolling-again", MAYA, _user),
    Scene("user-enrolling-refused", MAYA, _user_refused),
    Scene("learn-reopened", None, _learn_reopened),
    Scene("learn-completed", None, _learn_completed),
    Scene("learn-again", None, _learn_again),
]
