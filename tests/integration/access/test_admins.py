"""Test who may change admins, and that one Super Admin always remains."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.services.access import admins
from enrollment_portal.state.people.people_views import given_up_text
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_group, make_learner


def actor(database: Database, role: Role = Role.SUPER_ADMIN, **values: Any) -> Actor:
    sections = values.get("sections", Section(0))
    account = make_account(database, role, **values)
    return Actor(account, values.get("name", "Somebody"), "", role, sections)


def stored(database: Database, account: int) -> tuple[str, int]:
    with database.read() as session:
        row = session.execute(
            text("SELECT role, sections FROM account WHERE id = :id"), {"id": account}
        ).one()
    return tuple(row)  # type: ignore[return-value]


def log(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as session:
        rows = session.execute(
            text("SELECT action, actor_name, subject, detail FROM admin_event ORDER BY id")
        )
        return [tuple(row) for row in rows]


CHANGES = (
    lambda database, who, account: admins.add_admin(database, who, account),
    lambda database, who, account: admins.remove_admin(database, who, account),
    lambda database, who, account: admins.set_super_admin(database, who, account, is_super=True),
    lambda database, who, account: admins.switch_section(
        database, who, account, "billing", is_on=True
    ),
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.ADMIN, Section.all()),
        (Role.INSTRUCTOR, Section(0)),
        (Role.GROUP_LEAD, Section(0)),
        (Role.LEARNER, Section(0)),
    ],
)
def test_only_a_super_admin_changes_admins(
    database: Database, change: Any, role: Role, sections: Section
) -> None:
    actor(database)
    target = make_account(database, Role.ADMIN, sections=Section.LEARNING)
    with pytest.raises(NotAllowed):
        change(database, actor(database, role, sections=sections), target)
    assert stored(database, target) == ("admin", 1)
    assert log(database) == []


def test_the_list_requires_the_configuration_section(database: Database) -> None:
    maya = actor(database, name="Maya")
    dana = actor(database, Role.ADMIN, sections=Section.CONFIGURATION, name="Dana")
    make_account(database, Role.INSTRUCTOR)
    for who in (maya, dana):
        assert [row.name for row in admins.list_admins(database, who)] == ["Maya", "Dana"]
    others = actor(database, Role.ADMIN, sections=Section.LEARNING | Section.PEOPLE)
    with pytest.raises(NotAllowed):
        admins.list_admins(database, others)
    with pytest.raises(NotAllowed):
        admins.find_candidates(database, dana, "a")


class TestAddAndRemove:
    def test_a_new_admin_has_no_section(self, database: Database) -> None:
        maya, bo = actor(database, name="Maya"), make_account(database, Role.LEARNER, name="Bo")
        admins.add_admin(database, maya, bo)
        assert stored(database, bo) == ("admin", 0)
        with pytest.raises(PortalError, match="is already an admin"):
            admins.add_admin(database, maya, bo)
        assert log(database) == [("admin_added", "Maya", "Bo", "Admin")]

    def test_a_removed_admin_gets_the_role_of_their_other_tasks(self, database: Database) -> None:
        maya = actor(database)
        manager = make_learner(database)
        make_learner(database, manager_id=manager)
        lead = make_account(database, Role.ADMIN, learner_id=manager)
        plain = make_account(database, Role.ADMIN, sections=Section.all())
        for account, role in ((lead, "group_lead"), (plain, "learner")):
            admins.remove_admin(database, maya, account)
            assert stored(database, account) == (role, 0)

    def test_a_new_admin_loses_their_courses_and_groups(self, database: Database) -> None:
        maya = actor(database, name="Maya")
        courses = tuple(make_course(database, title) for title in ("Ropes", "Knots"))
        learner = make_learner(database, "Ingrid Berg")
        ingrid = make_account(
            database, Role.INSTRUCTOR, teaches=courses, name="Ingrid Berg", learner_id=learner
        )
        lead = make_account(database, Role.GROUP_LEAD, name="Lea")
        make_group(database, "Night shift", leads=(lead,))
        other = make_account(database, Role.INSTRUCTOR, teaches=courses[:1])
        (found,) = admins.find_candidates(database, maya, "ingrid")
        assert found.assignments.courses == ("Knots", "Ropes")
        assert (
            given_up_text(found.assignments) == "They will no longer teach 2 courses: Knots, Ropes."
        )
        admins.add_admin(database, maya, ingrid)
        admins.add_admin(database, maya, lead, is_super=True)
        admins.remove_admin(database, maya, ingrid)
        assert stored(database, ingrid) == ("learner", 0)
        assert [entry[2:] for entry in log(database)] == [
            ("Ingrid Berg", "Admin, no longer teaches Knots, Ropes"),
            ("Lea", "Super Admin, no longer leads Night shift"),
            ("Ingrid Berg", "Admin before, Learner now"),
        ]
        with database.read() as session:
            taught = session.execute(text("SELECT account_id FROM course_teacher")).scalars()
            assert list(taught) == [other]
            assert not session.execute(text("SELECT 1 FROM group_lead")).first()

    def test_a_suspended_person_cannot_become_an_admin(self, database: Database) -> None:
        bo = make_account(database, Role.LEARNER, is_suspended=1)
        with pytest.raises(PortalError, match="suspended"):
            admins.add_admin(database, actor(database), bo)
        assert stored(database, bo) == ("learner", 0)

    @pytest.mark.parametrize("nobody", [0, -1, "x", None, 999_999, True, [], 2**60])
    def test_an_unknown_person_is_not_found(self, database: Database, nobody: object) -> None:
        for change in CHANGES:
            with pytest.raises(NotFound):
                change(database, actor(database), nobody)

    def test_only_people_with_an_account_who_are_no_admins_are_offered(
        self, database: Database
    ) -> None:
        maya = actor(database)
        for name, role in (("Ana Berg", Role.LEARNER), ("Ana Bo", Role.ADMIN)):
            person = make_learner(database, name)
            make_account(database, role, name=name, learner_id=person)
        make_learner(database, "Ana Without")
        found = admins.find_candidates(database, maya, "ana")
        assert [row.name for row in found] == ["Ana Berg"]
        assert admins.find_candidates(database, maya, "") == []


class TestSections:
    def test_switching_one_leaves_the_others(self, database: Database) -> None:
        maya = actor(database, name="Maya")
        dana = make_account(database, Role.ADMIN, sections=Section.LEARNING, name="Dana")
        admins.switch_section(database, maya, dana, "people", is_on=True)
        assert stored(database, dana) == ("admin", Section.LEARNING | Section.PEOPLE)
        admins.switch_section(database, maya, dana, "learning", is_on=False)
        admins.switch_section(database, maya, dana, "learning", is_on=False)
        assert stored(database, dana) == ("admin", Section.PEOPLE)
        assert [row[3] for row in log(database)] == ["People on", "Learning off"]

    @pytest.mark.parametrize("section", ["", "root", "LEARNING ", 1, None, "__class__"])
    def test_an_unknown_section_is_not_found(self, database: Database, section: object) -> None:
        dana = make_account(database, Role.ADMIN)
        with pytest.raises(NotFound):
            admins.switch_section(database, actor(database), dana, section, is_on=True)

    def test_a_super_admins_sections_cannot_be_switched(self, database: Database) -> None:
        other = make_account(database, Role.SUPER_ADMIN)
        with pytest.raises(NotFound):
            admins.switch_section(database, actor(database), other, "people", is_on=False)


class TestTheLastSuperAdmin:
    def test_cannot_be_removed(self, database: Database) -> None:
        maya = actor(database)
        make_account(database, Role.SUPER_ADMIN, is_suspended=1)
        with pytest.raises(PortalError, match="last Super Admin"):
            admins.remove_admin(database, maya, maya.account_id)
        with pytest.raises(PortalError, match="last Super Admin"):
            admins.set_super_admin(database, maya, maya.account_id, is_super=False)
        assert stored(database, maya.account_id)[0] == "super_admin"
        assert log(database) == []

    def test_can_be_removed_if_there_is_another_one(self, database: Database) -> None:
        maya, other = actor(database), make_account(database, Role.SUPER_ADMIN)
        admins.set_super_admin(database, maya, other, is_super=False)
        assert stored(database, other) == ("admin", Section.all())
        admins.set_super_admin(database, maya, other, is_super=True)
        admins.remove_admin(database, maya, maya.account_id)
        assert stored(database, other) == ("super_admin", 0)
        # Whoever was removed is asked as they are now, not as they were when they came in.
        with pytest.raises(NotAllowed):
            admins.remove_admin(database, maya, other)

    def test_of_two_who_remove_each_other_one_remains(self, database: Database) -> None:
        for _ in range(5):
            pair = [actor(database), actor(database)]
            with database.write() as session:
                ids = ", ".join(str(one.account_id) for one in pair)
                session.execute(
                    text(f"UPDATE account SET role = 'learner' WHERE id NOT IN ({ids})")
                )
            together = threading.Barrier(2)

            def remove(who: Actor, other: Actor, together: threading.Barrier = together) -> None:
                together.wait()
                with contextlib.suppress(PortalError):
                    admins.remove_admin(database, who, other.account_id)

            threads = [
                threading.Thread(target=remove, args=(one, other))
                for one, other in (pair, pair[::-1])
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            roles = sorted(stored(database, one.account_id)[0] for one in pair)
            assert roles == ["learner", "super_admin"]
