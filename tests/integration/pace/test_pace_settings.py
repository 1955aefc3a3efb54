"""Test the settings of stuck and pace, and that pages follow them."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.access.messages import SETTINGS_SAVED
from enrollment_portal.domain.pace.pace import PaceSettings
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.grading.teaching import taught_courses
from enrollment_portal.services.pace.pace_settings import (
    base_of,
    pace_settings,
    save_pace_settings,
)
from enrollment_portal.services.pace.paces import refresh_paces
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.enrollment.views.pace import PaceView, pace_view
from enrollment_portal.state.shared.views import PACE_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_enrollment, make_organization
from tests.integration.actors import make_actor
from tests.integration.form_tabs import open_form
from tests.integration.office import Office, act
from tests.integration.stored import admin_events, rows
from tests.security.pipeline import Pipeline

BASE = "14-4"
TYPED = {"stuck_days": "21", "pace_weeks": "6"}


@pytest.fixture
def admin(database: Database) -> Actor:
    """An admin who works in Configuration."""
    make_organization(database)
    return make_actor(database, Role.ADMIN, sections=Section.CONFIGURATION)


def test_a_change_applies_at_once_and_is_logged(database: Database, admin: Actor) -> None:
    assert pace_settings(database, admin) == PaceSettings(14, 4)
    refresh_paces(database)
    saved = save_pace_settings(database, admin, base=BASE, typed={**TYPED, "pace_weeks": "4"})
    assert saved == organization_of(database).pace == PaceSettings(21, 4)
    # Who is stuck is no stored value: nothing has to be computed again.
    ((day,),) = rows(database, "SELECT pace_day FROM organization")
    assert day is not None
    save_pace_settings(database, admin, base=base_of(saved), typed=TYPED)
    assert rows(database, "SELECT pace_day FROM organization") == [(None,)]
    assert refresh_paces(database) is not None
    assert [detail for _, _, detail in admin_events(database)] == [
        "Stuck after 21 days, before 14",
        "Pace measured over 6 weeks, before 4",
    ]
    assert save_pace_settings(database, admin, base=BASE, typed=TYPED) == PaceSettings(21, 6)
    assert len(admin_events(database)) == 2


def test_a_form_that_is_not_current_changes_nothing(database: Database, admin: Actor) -> None:
    save_pace_settings(database, admin, base=BASE, typed=TYPED)
    for base in (BASE, "", None, 7, "21-6-"):
        with pytest.raises(PortalError, match="changed meanwhile"):
            save_pace_settings(
                database, admin, base=base, typed={"stuck_days": "7", "pace_weeks": "6"}
            )
    assert pace_settings(database, admin) == PaceSettings(21, 6)


def test_what_breaks_a_rule_changes_nothing(database: Database, admin: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        save_pace_settings(database, admin, base=BASE, typed={"stuck_days": "0"})
    assert set(refused.value.errors) == {"stuck_days", "pace_weeks"}
    assert pace_settings(database, admin) == PaceSettings(14, 4)


def test_needs_configuration_and_an_organization(database: Database) -> None:
    other = make_actor(database, Role.ADMIN, sections=Section.LEARNING | Section.PEOPLE)
    with pytest.raises(NotAllowed):
        pace_settings(database, other)
    with pytest.raises(NotAllowed):
        save_pace_settings(database, other, base=BASE, typed=TYPED)
    admin = make_actor(database, Role.SUPER_ADMIN)
    assert pace_settings(database, admin) == PaceSettings(14, 4)
    with pytest.raises(NotFound):
        save_pace_settings(database, admin, base=BASE, typed=TYPED)


def test_the_same_rule_decides_on_every_page(database: Database, admin: Actor) -> None:
    course = make_course(database)
    at = now_ms() - 16 * MS_PER_DAY
    id_ = make_enrollment(
        database, None, course, enrolled_at=at, last_visit_at=now_ms(), progress_at=at
    )
    teacher = Actor(
        make_account(database, Role.INSTRUCTOR, teaches=(course,)), "I", "", Role.INSTRUCTOR
    )

    def seen() -> tuple[int, PaceView]:
        (taught,) = taught_courses(database, teacher)
        facts = read_enrollment(database, teacher, id_).facts
        return taught.n_stuck, pace_view(facts, organization_of(database).pace_day())

    n_stuck, view = seen()
    assert (n_stuck, view.is_stuck, view.finish) == (1, True, "Not at this pace")
    assert view.text == "0% for 2 weeks; no deadline, kept 0 a week"
    save_pace_settings(database, admin, base=BASE, typed={"stuck_days": "17", "pace_weeks": "4"})
    n_stuck, view = seen()
    assert (n_stuck, view.is_stuck) == (0, False)


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(office: Office) -> None:
    async def steps(running: Pipeline) -> None:
        tab = await open_form(office, running, PaceForm, PACE_PATH)
        assert tab.shows["form"] == {"stuck_days": "14", "pace_weeks": "4"}
        key = tab.shows["form_key"]
        await tab.save(stuck_days="soon")
        whole = "Enter a whole number from 1 to {}."
        assert tab.shows["errors"] == {"stuck_days": whole.format(365), "pace_weeks": ""}
        await tab.call("save", form={})
        assert tab.shows["errors"]["pace_weeks"] == whole.format(26)
        # The fields are not filled again, so that they keep what was typed.
        assert tab.shows["form_key"] == key
        await tab.save(**TYPED)
        assert (tab.shows["form"], tab.shows["message"]) == (TYPED, SETTINGS_SAVED)

    act(steps)
