"""Test that an account is linked to the person with its email, in either order of creation."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.people.user_edits import PersonFields
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.services.access.sign_in import create_first_admin, who_is
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.storage.people.people import add_person
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_enrollment, make_learner
from tests.integration.stored import rows
from tests.signing_in import PASSWORD, enter

KIM = "kim@northwind.example"


def make_first_admin(database: Database) -> Actor:
    create_first_admin(
        database,
        email=KIM.title(),
        name="Kim Own",
        password=PASSWORD,
        organization="Northwind",
        time_zone="UTC",
    )
    actor = who_is(database, enter(database, KIM))
    assert actor
    return actor


def owner_of(database: Database, email: str) -> int | None:
    return rows(database, f"SELECT learner_id FROM account WHERE email = '{email}'")[0][0]


def test_the_first_admin_is_the_person_of_the_directory_with_that_email(
    database: Database,
) -> None:
    make_learner(database, "Other", "other@northwind.example")
    learner = make_learner(database, "Kim Own", KIM)
    assert make_first_admin(database).learner_id == learner


def test_a_first_admin_changes_their_own_enrollment_with_a_reason_only(database: Database) -> None:
    learner = make_learner(database, "Kim Own", KIM)
    enrollment = make_enrollment(database, learner, make_course(database))
    kim = make_first_admin(database)
    assert read_enrollment(database, kim, enrollment).is_own
    with pytest.raises(Invalid) as refused:
        save_enrollment(database, kim, enrollment, version=1, typed={"grade": "A"}, reason="")
    assert list(refused.value.errors) == ["reason"]


def test_whoever_comes_into_the_directory_later_owns_the_account_with_their_email(
    database: Database,
) -> None:
    assert make_first_admin(database).learner_id is None
    with database.write() as session:
        learner = add_person(session, PersonFields("Kim Own", KIM, "", "", None, None), now=1)
        other = add_person(session, PersonFields("Without", None, "", "", None, None), now=1)
    assert learner != other
    assert owner_of(database, KIM) == learner


def test_a_person_keeps_the_account_that_they_have(database: Database) -> None:
    learner = make_learner(database, "Kim Own", KIM)
    make_account(database, Role.LEARNER, email="older@northwind.example", learner_id=learner)
    assert make_first_admin(database).learner_id is None
    assert owner_of(database, "older@northwind.example") == learner
