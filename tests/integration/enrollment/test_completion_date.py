"""Test completion dates: saving, conflicts, undo and export, on both engines."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import show_moment
from enrollment_portal.domain.shared.errors import Conflict, Invalid
from enrollment_portal.services.enrollment.enrollment_details import EnrollmentDetails
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.ledger.exporting import export_ledger
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, make_account, make_enrollment, make_organization, make_path
from tests.integration.steps import STOCKHOLM, day
from tests.integration.stored import dump


@pytest.fixture
def enrolled(database: Database) -> int:
    """Return an enrollment that was created 100 days ago."""
    make_organization(database)
    return make_enrollment(database, enrolled_at=calendar.now_ms() - 100 * DAY)


@pytest.fixture
def maya(database: Database) -> Actor:
    account = make_account(database, Role.SUPER_ADMIN, name="Maya")
    return Actor(account, "Maya", "m@x.example", Role.SUPER_ADMIN)


def save(
    database: Database, by: Actor, enrollment: int, version: int, **typed: str
) -> EnrollmentDetails:
    return save_enrollment(database, by, enrollment, version=version, typed=typed)


def shown(details: EnrollmentDetails) -> str:
    return show_typed(Field.COMPLETED, details.facts.completed_at, STOCKHOLM)


def test_is_saved_corrected_and_undone(database: Database, maya: Actor, enrolled: int) -> None:
    saved = save(database, maya, enrolled, 1, status="completed", completed_on=day(40))
    assert shown(saved) == day(40)
    assert show_moment(saved.facts.completed_at or 0, STOCKHOLM)[-10:-5] == "12:00"
    moment = saved.facts.completed_at
    assert saved.history[0].changes == {Field.STATUS: (0, 1), Field.COMPLETED: (None, moment)}
    again = save(database, maya, enrolled, 2, status="completed", completed_on=day(41))
    assert again.history[0].changes == {Field.COMPLETED: (moment, again.facts.completed_at)}
    undone = undo_change(database, maya, enrolled, again.made)
    assert undone.facts.completed_at == moment
    restored = restore_value(
        database, maya, enrolled, again.made, Field.COMPLETED, "after", version=4
    )
    assert shown(restored) == day(41)
    active = save(database, maya, enrolled, 5, status="active", completed_on=day(41))
    assert active.facts.completed_at is None
    back = undo_change(database, maya, enrolled, active.made)
    assert back.facts.completed_at == restored.facts.completed_at


def test_is_today_unless_another_day_is_typed(
    database: Database, maya: Actor, enrolled: int
) -> None:
    saved = save(database, maya, enrolled, 1, status="completed", completed_on=day(0))
    assert saved.facts.completed_at == saved.history[0].at
    assert saved.history[0].changes == {Field.STATUS: (0, 1)}
    undone = undo_change(database, maya, enrolled, saved.made)
    assert (undone.facts.status, undone.facts.completed_at) == (0, None)


def test_of_a_learning_path_has_the_same_rules(database: Database, maya: Actor) -> None:
    make_organization(database)
    began = calendar.now_ms() - 100 * DAY
    path = make_enrollment(database, course_id=make_path(database), enrolled_at=began)
    for wrong in (day(-1), day(101), "soon"):
        with pytest.raises(Invalid) as refusal:
            save(database, maya, path, 1, status="completed", completed_on=wrong)
        assert refusal.value.errors.keys() == {"completed_on"}
    saved = save(database, maya, path, 1, status="completed", completed_on=day(9))
    assert shown(saved) == day(9)
    export = export_ledger(database, maya, LedgerQuery(kind=Kind.PATHS), STOCKHOLM, lambda: maya)
    assert f"{day(9)} 12:00" in export.read().decode()
    export.close()


@pytest.mark.parametrize("wrong", [day(-1), day(101), "soon", ""])
def test_is_refused_beside_its_field_and_changes_nothing(
    database: Database, maya: Actor, enrolled: int, wrong: str
) -> None:
    save(database, maya, enrolled, 1, status="completed")
    before = dump(database)
    with pytest.raises(Invalid) as refusal:
        save(database, maya, enrolled, 2, completed_on=wrong)
    assert refusal.value.errors.keys() == {"completed_on"}
    assert dump(database) == before


def test_conflicts_with_another_date(database: Database, maya: Actor, enrolled: int) -> None:
    theirs = save(database, maya, enrolled, 1, status="completed", completed_on=day(40))
    same = save(database, maya, enrolled, 1, status="completed", completed_on=day(40))
    assert (same.made, same.facts) == (None, theirs.facts)
    with pytest.raises(Conflict) as conflict:
        save(database, maya, enrolled, 1, status="completed", completed_on=day(30))
    (only,) = conflict.value.fields
    assert (only.field, only.base, only.theirs) == (
        "completed_on",
        None,
        theirs.facts.completed_at,
    )


def test_two_people_may_complete_it_today(database: Database, maya: Actor, enrolled: int) -> None:
    theirs = save(database, maya, enrolled, 1, status="completed", completed_on=day(0))
    same = save(database, maya, enrolled, 1, status="completed", completed_on=day(0))
    assert (same.made, same.facts) == (None, theirs.facts)
    assert read_enrollment(database, maya, enrolled).facts.version == 2


def test_the_completion_is_not_undone_over_a_later_date(
    database: Database, maya: Actor, enrolled: int
) -> None:
    first = save(database, maya, enrolled, 1, status="completed")
    save(database, maya, enrolled, 2, completed_on=day(40))
    with pytest.raises(Exception, match="Completed on was changed again"):
        undo_change(database, maya, enrolled, first.made)


def test_is_in_the_export(database: Database, maya: Actor, enrolled: int) -> None:
    save(database, maya, enrolled, 1, status="completed", completed_on=day(40))
    export = export_ledger(database, maya, LedgerQuery(), STOCKHOLM, lambda: maya)
    assert f"{day(40)} 12:00" in export.read().decode()
    export.close()
