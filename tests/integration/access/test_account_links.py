"""Test that an account is linked to the person with its email, in either order of creation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.access.messages import ADMIN_OUTSIDE, EMAIL_TAKEN
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.people.user_edits import PersonFields
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.services.access.invitations import invite, invite_again
from enrollment_portal.services.access.sign_in import create_first_admin, who_is
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.people.users import read_user, save_user, typed_person
from enrollment_portal.storage.people.people import add_person
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_enrollment, make_learner
from tests.integration.stored import execute, rows
from tests.signing_in import PASSWORD, enter, everything_stored, use_cheap_passwords

KIM = "kim@northwind.example"
PAT = Actor(0, "Pat People", "pat@northwind.example", Role.ADMIN, Section.PEOPLE)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


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


def test_the_first_admin_is_linked_to_the_person_with_that_email(
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


def test_a_person_added_later_is_linked_to_the_account_with_their_email(
    database: Database,
) -> None:
    assert make_first_admin(database).learner_id is None
    with database.write() as session:
        learner = add_person(session, PersonFields("Kim Own", KIM, "", "", None, None), now=1)
        other = add_person(session, PersonFields("Without", None, "", "", None, None), now=1)
    assert learner != other
    assert owner_of(database, KIM) == learner


def typed(email: str = KIM, **values: str) -> dict[str, str]:
    """Return the form of a new person."""
    person = {"name": "Kim Typed", "email": email, "access": "learner"}
    return dict.fromkeys(("job_title", "department", "manager_id"), "") | person | values


def make_person(database: Database, email: str | None) -> int:
    """Write a person without an account, and without an email where it is `None`."""
    learner = make_learner(database, "Kim Own", email)
    if email is None:
        execute(database, f"UPDATE learner SET email = NULL WHERE id = {learner}")
    return learner


def accounts(database: Database) -> list[tuple[object, ...]]:
    """Return every stored column of the accounts, except the person."""
    found = rows(
        database,
        "SELECT id, email, name, role, sections, password_hash, is_suspended, version FROM account"
        " ORDER BY id",
    )
    return [tuple(row) for row in found]


def made_invitations(database: Database) -> int:
    return rows(database, "SELECT count(*) FROM invitation")[0][0]


class TestAccountOutsideTheDirectory:
    """The first Super Admin is added to the directory, and the account is unchanged."""

    def test_by_the_form_of_a_new_person(self, database: Database) -> None:
        kim = make_first_admin(database)
        before = accounts(database)
        made = invite(database, kim, typed(KIM.upper()))
        assert (made.link, made.mailed, made.email) == ("", None, KIM)
        assert accounts(database) == before
        assert made_invitations(database) == 0
        assert owner_of(database, KIM) == made.learner_id
        again = who_is(database, enter(database, KIM))
        assert again == replace(kim, learner_id=made.learner_id)
        user = read_user(database, kim, made.learner_id)
        assert (user.person.name, user.person.role) == ("Kim Typed", "super_admin")
        details = [act.detail for act in user.acts if act.action == "user_changed"]
        assert details == [f"Linked to the account {KIM}, Super Admin"]
        with pytest.raises(Invalid) as refused:
            invite(database, kim, typed())
        assert refused.value.errors == {"email": EMAIL_TAKEN}

    def test_by_the_email_of_a_person_without_an_account(self, database: Database) -> None:
        kim = make_first_admin(database)
        learner = make_person(database, None)
        before = accounts(database)
        person = read_user(database, kim, learner).person
        wanted = typed_person(person.fields) | {"email": KIM}
        saved = save_user(database, kim, learner, version=person.version, typed=wanted)
        assert (saved.person.email, saved.person.role) == (KIM, "super_admin")
        linked = f"Email from none to {KIM}, Linked to the account {KIM}, Super Admin"
        assert linked in [act.detail for act in saved.acts]
        assert accounts(database) == before
        assert owner_of(database, KIM) == learner

    @pytest.mark.parametrize("email", [None, KIM])
    def test_by_inviting_a_person_without_an_account(
        self, database: Database, email: str | None
    ) -> None:
        kim = make_first_admin(database)
        learner = make_person(database, email)
        before = accounts(database)
        given = {"access": "instructor", "email": KIM}
        assert not invite_again(database, kim, learner, given).link
        assert accounts(database) == before
        assert made_invitations(database) == 0
        assert owner_of(database, KIM) == learner

    def test_a_people_admin_links_no_admin(self, database: Database) -> None:
        make_first_admin(database)
        learner = make_person(database, None)
        before = everything_stored(database)
        person = read_user(database, PAT, learner).person
        wanted = typed_person(person.fields) | {"email": KIM}
        for act in (
            lambda: invite(database, PAT, typed()),
            lambda: invite_again(database, PAT, learner, {"access": "learner", "email": KIM}),
            lambda: save_user(database, PAT, learner, version=person.version, typed=wanted),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            assert refused.value.errors == {"email": ADMIN_OUTSIDE}
        assert everything_stored(database) == before

    def test_a_people_admin_links_an_account_that_is_no_admin_without_granting_rights(
        self, database: Database
    ) -> None:
        values = {"email": KIM, "password_hash": "theirs", "is_suspended": 1}
        make_account(database, Role.LEARNER, **values)
        before = accounts(database)
        made = invite(database, PAT, typed(access="instructor"))
        assert not made.link
        assert accounts(database) == before
        assert owner_of(database, KIM) == made.learner_id

    def test_a_person_with_an_account_gets_no_second_account(self, database: Database) -> None:
        kim = make_first_admin(database)
        learner = make_learner(database, "Other", "other@northwind.example")
        make_account(database, Role.LEARNER, email="other@northwind.example", learner_id=learner)
        before = everything_stored(database)
        person = read_user(database, kim, learner).person
        wanted = typed_person(person.fields) | {"email": KIM}
        with pytest.raises(Invalid) as refused:
            save_user(database, kim, learner, version=person.version, typed=wanted)
        assert refused.value.errors == {"email": EMAIL_TAKEN}
        assert everything_stored(database) == before


def test_a_person_keeps_their_account(database: Database) -> None:
    learner = make_learner(database, "Kim Own", KIM)
    make_account(database, Role.LEARNER, email="older@northwind.example", learner_id=learner)
    assert make_first_admin(database).learner_id is None
    assert owner_of(database, "older@northwind.example") == learner
