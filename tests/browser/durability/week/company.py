"""The small company of the week, and the browsers of its people."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.browser.traffic import record_traffic
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)

ADA, BO, CLEO = "Ada Ahlgren", "Bo Bengtsson", "Cleo Carlsson"
ROPES, KNOTS, AID, BELAY, CLIMBER = "Rope Access", "Knots", "First Aid", "Belaying", "Climber"
GROUP, ADMIN = "Summit Team", "Dana Ruiz"
NOTE = "canary-note-7351"


@dataclass(frozen=True)
class Company:
    """Ids of the week's learners and accounts by name, and of its courses by title."""

    learners: dict[str, int]
    courses: dict[str, int]
    accounts: dict[str, int]
    group: int


def make_company(database: Database) -> Company:
    """Write the company before Monday, with further people and courses."""
    make_organization(database)
    learners = {
        name: make_learner(database, name, f"{name.split()[0].lower()}@northwind.example")
        for name in (ADA, BO, CLEO)
    }
    counts = {ROPES: 3, KNOTS: 2, AID: 2, BELAY: 2}
    values: dict[str, dict[str, object]] = {
        KNOTS: {"grading_scheme": "percent", "requires_grade": 1},
        AID: {"deadline_days": 30},
    }
    courses = {
        title: make_course(database, title, n_lessons=n, **values.get(title, {}))
        for title, n in counts.items()
    }
    for title, n in counts.items():
        make_lessons(database, courses[title], n)
    steps = (courses[ROPES], courses[KNOTS])
    courses[CLIMBER] = make_path(database, CLIMBER, steps, n_lessons=5, needs_previous=1)
    make_enrollment(database, learners[CLEO], courses[KNOTS], progress=50, lessons_done=1)
    for status in (0, 1, 2):
        make_enrollment(database, status=status)
    # Overdue, and created before its deadline however many rows other tests have built.
    noise = {"enrolled_at": 19_900 * DAY, "deadline_day": 20_000}
    make_enrollment(database, make_learner(database), courses[AID], **noise)
    accounts = {
        ADA: make_account(database, Role.LEARNER, name=ADA, learner_id=learners[ADA]),
        BO: make_account(database, Role.LEARNER, name=BO, learner_id=learners[BO]),
        "instructor": make_account(
            database, Role.INSTRUCTOR, name="Ingrid Solberg", teaches=(*steps, courses[AID])
        ),
        "admin": make_account(database, name=ADMIN),
        "lead": make_account(database, Role.GROUP_LEAD, name="Lee Larsen"),
    }
    group = make_group(database, GROUP, members=(learners[ADA],), leads=(accounts["lead"],))
    make_group(database, members=(learners[CLEO],))
    return Company(learners, courses, accounts, group)


@dataclass
class Week:
    """The portal, its company, and a browser for each of the five with what it received."""

    portal: Server
    company: Company
    pages: dict[str, Page] = field(default_factory=dict)
    heard: dict[str, list[str]] = field(default_factory=dict)

    def open_browsers(self, new_page: NewPage) -> None:
        """Open a browser of their own for each of the five."""
        for name, account in self.company.accounts.items():
            self.pages[name] = new_page(self.portal, account)
            self.heard[name] = record_traffic(self.pages[name])
