"""Test a week of five people in one portal: their actions, and all numbers shown afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.durability.week import acts, numbers
from tests.browser.durability.week.company import (
    ADA,
    AID,
    BELAY,
    BO,
    KNOTS,
    ROPES,
    Week,
    make_company,
)


@pytest.fixture
def week(serve: Serve, empty_database: Database) -> Week:
    """The portal of the company before Monday."""
    company = make_company(empty_database)
    return Week(serve(checkpoint(empty_database), PORTAL_DEMO="off"), company)


def test_a_week_of_five_people(week: Week, new_page: NewPage) -> None:
    week.open_browsers(new_page)
    monday(week)
    tuesday(week)
    wednesday(week)
    thursday(week)
    friday(week)
    numbers.check_histories(week)
    numbers.check_pages(week)
    numbers.check_secrets(week)


def monday(week: Week) -> None:
    """Enrollments are created: by a learner, by an admin, with a group."""
    acts.learner_starts_course(week, ADA, ROPES)
    acts.admin_enrolls_in_path(week)
    acts.step_says(week, ADA, KNOTS, "Locked · Opens when you complete Rope Access")
    acts.admin_assigns_course(week, AID)
    acts.admin_adds_member(week, BO)
    numbers.check_dashboards(week)


def tuesday(week: Week) -> None:
    """Lessons are done; the next step is unlocked; one course awaits its grade."""
    for number in (1, 2, 3):
        acts.learner_takes_lesson(week, ADA, ROPES, number)
        acts.learner_takes_lesson(week, BO, ROPES, number)
    for number in (1, 2):
        acts.learner_takes_lesson(week, ADA, KNOTS, number)
    acts.learner_takes_lesson(week, BO, KNOTS, 1)
    acts.step_says(week, ADA, KNOTS, "In progress · 100%")
    expect(acts.own_card(week.pages[ADA], KNOTS)).to_contain_text("Awaiting grade")
    numbers.check_dashboards(week)


def wednesday(week: Week) -> None:
    """Grades are given and read."""
    acts.instructor_sees_awaiting(week, KNOTS, "1")
    acts.instructor_grades(week)
    acts.instructor_sees_awaiting(week, KNOTS, "0")
    acts.learner_reads_feedback(week, ADA, KNOTS)


def thursday(week: Week) -> None:
    """An extension request, a cancellation, and a status that is overridden and reverted."""
    acts.learner_requests_extension(week, BO, AID)
    acts.admin_grants_extension(week, BO, AID)
    acts.learner_sees_grant(week, BO)
    acts.learner_starts_course(week, ADA, BELAY)
    acts.learner_takes_lesson(week, ADA, BELAY, 1)
    acts.learner_cancels_and_starts_again(week, ADA, BELAY)
    acts.admin_sets_status(week, ADA, BELAY, "Completed", "Passed elsewhere")
    acts.admin_reverts(week, ADA, BELAY)


def friday(week: Week) -> None:
    """The lead looks; a removed person stays removed; the path is completed."""
    acts.lead_sees_team(week)
    acts.admin_sets_status(week, BO, AID, "Cancelled", "Moves to another team")
    acts.admin_removes_member(week, BO)
    acts.admin_adds_member(week, BO)
    notes = week.pages["admin"].get_by_role("list", name="Not added or enrolled")
    expect(notes).to_contain_text("Removed by Dana Ruiz")
    acts.learner_takes_lesson(week, BO, KNOTS, 2)
