"""Each role starts from its own first page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from enrollment_portal.domain.people import Role
from tests.browser.conftest import NewPage
from tests.browser.people import sign_in_as
from tests.browser.server import Server


@pytest.mark.parametrize(
    ("role", "path", "heading"),
    [
        (Role.SUPER_ADMIN, "/admin/learning/enrollments", "Enrollments"),
        (Role.ADMIN, "/admin/learning/enrollments", "Enrollments"),
        (Role.INSTRUCTOR, "/teach", "My courses"),
        (Role.GROUP_LEAD, "/admin/learning/enrollments", "Enrollments"),
        (Role.LEARNER, "/learn", "My learning"),
    ],
)
def test_the_front_door_leads_each_role_home(
    demo: Server, new_page: NewPage, role: Role, path: str, heading: str
) -> None:
    page = new_page(demo)
    sign_in_as(page, role)
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert page.url.removeprefix(demo.url) == path
