"""Test the directory against a plain oracle, and changing, suspending and enrolling people."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import roles_to_give
from enrollment_portal.domain.access.sign_in_links import LinkKind
from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.services.access.admins import add_admin
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.people import groups, users
from enrollment_portal.state.people.people_views import user_view
from enrollment_portal.storage.access.invitations import add_link
from enrollment_portal.storage.people import directory
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_session,
)

UTC = ZoneInfo("UTC")
DANA = Actor(0, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)


def people_admin(database: Database) -> Actor:
    learner = make_learner(database, "Pat People", "pat@northwind.example")
    account = make_account(
        database, Role.ADMIN, sections=Section.PEOPLE, learner_id=learner, name="Pat People"
    )
    return Actor(account, "Pat People", "pat@northwind.example", Role.ADMIN, Section.PEOPLE)


def make_person(database: Database, role: Role, name: str = "", **account: Any) -> tuple[int, int]:
    """Write a person with an account of the same email, and return both ids."""
    number = make_learner(database, name)
    with database.read() as session:
        name, email = session.execute(
            text("SELECT name, email FROM learner WHERE id = :id"), {"id": number}
        ).one()
    values = {"name": name, "email": email, "learner_id": number, **account}
    return number, make_account(database, role, **values)


def invite(database: Database, account: int, token: str, *, expires: int) -> None:
    with database.write() as session:
        kind = LinkKind.INVITATION
        add_link(session, account, token, kind, now=0, expires=expires, made_by=None)


def scalar(database: Database, sql: str) -> Any:
    with database.read() as session:
        return session.execute(text(sql)).scalar_one()


def acts(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as session:
        return [
            tuple(row)
            for row in session.execute(
                text("SELECT actor_name, action, subject, detail FROM admin_event ORDER BY id")
            )
        ]


def save(database: Database, actor: Actor, learner: int, **typed: str) -> users.User:
    with database.read() as session:
        person = users.stored.person(session, learner, now=0)
    assert person
    filled = users.typed_person(person.fields)
    return users.save_user(database, actor, learner, version=person.version, typed=filled | typed)


class TestTheList:
    @pytest.mark.parametrize("sort_up_to", [0, 3, 10_000])
    def test_every_search_and_filter_lists_matching_people_once_in_order(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, sort_up_to: int
    ) -> None:
        monkeypatch.setattr(directory, "SORT_UP_TO", sort_up_to)
        now = now_ms()
        expected: list[tuple[str, int, str, str, str]] = []
        names = ("Ada Lund", "Anna Ek", "Bo Anker", "Cem Ånström", "Dea Sand", "Elin Andersson")
        kinds = ("none", "active", "suspended", "invited", "expired", "signed in")
        roles = (Role.LEARNER, Role.INSTRUCTOR, Role.ADMIN)
        for n, (name, kind) in enumerate(itertools.product(names, kinds)):
            role = roles[n % 3]
            email = f"p{n}@northwind.example"
            learner = make_learner(database, name, email)
            if kind == "none":
                expected.append((name, learner, email, "none", "none"))
                continue
            account = make_account(
                database,
                role,
                learner_id=learner,
                password_hash="x" if kind == "active" else None,
                is_suspended=int(kind == "suspended"),
                last_sign_in_at=1 if kind == "signed in" else None,
            )
            if kind in ("invited", "suspended", "signed in"):
                invite(database, account, f"t{n}", expires=now + DAY)
            if kind == "expired":
                invite(database, account, f"t{n}", expires=now - 1)
            status = {"expired": "none", "signed in": "active"}.get(kind, kind)
            expected.append((name, learner, email, role.value, status))
        order = {"Cem Ånström": "cem anstrom"}
        expected.sort(key=lambda p: (order.get(p[0], p[0].lower()), p[1]))
        searches = ("", "an", "ander", "ånst", "northwind", "p7@", "nobody", "lund ada")
        for search, access, status in itertools.product(
            searches,
            ("", "none", "learner", "admin", "super_admin"),
            ("", "active", "invited", "suspended", "none"),
        ):
            filters = {k: v for k, v in (("access", access), ("status", status)) if v}
            wanted = [
                person[1]
                for person in expected
                if access in ("", person[3])
                and status in ("", person[4])
                and all(
                    any(w.startswith(s) or (len(s) > 2 and s in w) for w in self._words(person))
                    for s in search.replace("å", "a").split()
                )
            ]
            query = ListQuery(search, filters)
            with database.read() as session:
                first = directory.list_people(session, query, now=now, size=4)
                met, page = list(first.rows), first
                while page.next:
                    page = directory.list_people(session, query.at(page.next), now=now, size=4)
                    met += page.rows
                last = directory.list_people(session, query.at(Place("last")), now=now, size=4)
            assert [row.id for row in met] == wanted, (search, access, status)
            assert first.total == len(wanted)
            assert [r.id for r in last.rows] == wanted[-(len(wanted) % 4 or 4) :]

    @staticmethod
    def _words(person: tuple[str, int, str, str, str]) -> list[str]:
        return f"{person[0]} {person[2]}".lower().replace("å", "a").replace("ö", "o").split()

    def test_requires_the_people_section(self, database: Database) -> None:
        for role in (Role.LEARNER, Role.INSTRUCTOR, Role.GROUP_LEAD, Role.ADMIN):
            actor = Actor(1, "x", "x", role, Section.all() & ~Section.PEOPLE)
            for act in (
                lambda a=actor: users.list_users(database, a, ListQuery()),
                lambda a=actor: users.find_people(database, a, "a"),
                lambda a=actor: users.read_user(database, a, 1),
                lambda a=actor: users.suspend_user(database, a, 1),
                lambda a=actor: users.save_user(database, a, 1, version=1, typed={}),
            ):
                with pytest.raises(NotAllowed):
                    act()


class TestSaving:
    def test_name_and_email_update_the_account_the_search_and_the_order(
        self, database: Database
    ) -> None:
        learner, account = make_person(database, Role.LEARNER, "Ada Lund")
        save(database, DANA, learner, name="Åsa Berg", email="ASA@northwind.example")
        row = scalar(database, f"SELECT name || email FROM account WHERE id = {account}")
        assert row == "Åsa Bergasa@northwind.example"
        assert scalar(database, f"SELECT sort_name FROM learner WHERE id = {learner}") == "asa berg"
        found = users.find_people(database, DANA, "berg")
        assert [(p.id, p.email) for p in found] == [(learner, "asa@northwind.example")]
        assert users.find_people(database, DANA, "lund") == ()
        who, action, subject, detail = acts(database)[-1]
        assert (who, action, subject) == ("Dana Ruiz", "user_changed", "Åsa Berg")
        assert detail.startswith("Name, Email from noise")

    def test_an_unchanged_form_is_not_logged(self, database: Database) -> None:
        learner, _ = make_person(database, Role.LEARNER)
        save(database, DANA, learner)
        assert acts(database) == []

    def test_an_email_is_unique_over_people_and_accounts(self, database: Database) -> None:
        learner, _ = make_person(database, Role.LEARNER)
        make_learner(database, "Bo", "bo@northwind.example")
        make_account(database, email="root@northwind.example")
        for email in ("bo@northwind.example", "root@northwind.example"):
            with pytest.raises(Invalid) as refusal:
                save(database, DANA, learner, email=email)
            assert set(refusal.value.errors) == {"email"}

    def test_a_person_with_an_account_must_have_an_email(self, database: Database) -> None:
        learner, _ = make_person(database, Role.LEARNER)
        with pytest.raises(Invalid):
            save(database, DANA, learner, email="")
        other = make_learner(database, "Bo")
        save(database, DANA, other, email="")
        assert scalar(database, f"SELECT email FROM learner WHERE id = {other}") is None

    def test_unseen_changes_are_never_overwritten(self, database: Database) -> None:
        learner, _ = make_person(database, Role.LEARNER, "Ada Lund")
        person = users.read_user(database, DANA, learner).person
        filled = users.typed_person(person.fields)
        save(database, DANA, learner, department="Sales")
        maya = replace(DANA, account_id=DANA.account_id + 1, name="Maya")
        for actor, words in (
            (maya, "Ada Lund was changed meanwhile by Dana Ruiz"),
            (DANA, "Ada Lund was changed meanwhile by you in another tab"),
        ):
            typed = filled | {"department": "Finance"}
            with pytest.raises(PortalError, match=words):
                users.save_user(database, actor, learner, version=person.version, typed=typed)
        assert scalar(database, f"SELECT department FROM learner WHERE id = {learner}") == "Sales"

    def test_access_changed_by_others_is_not_overwritten(self, database: Database) -> None:
        learner, account = make_person(database, Role.LEARNER, "Ada Lund")
        dana = replace(DANA, account_id=make_account(database, Role.SUPER_ADMIN))
        person = users.read_user(database, DANA, learner).person
        typed = users.typed_person(person.fields) | {"department": "Finance"}
        add_admin(database, dana, account)
        with pytest.raises(PortalError, match="changed meanwhile by Dana Ruiz"):
            users.save_user(database, DANA, learner, version=person.version, typed=typed)
        changed = users.read_user(database, DANA, learner).person
        assert (changed.role, changed.department) == ("admin", person.department)

    def test_changes_outside_the_form_keep_the_version(self, database: Database) -> None:
        learner, _account = make_person(database, Role.LEARNER, "Ada Lund")
        person = users.read_user(database, DANA, learner).person
        make_enrollment(database, learner_id=learner)
        with database.write() as session:
            session.execute(text("UPDATE account SET last_sign_in_at = 5"))
        users.suspend_user(database, DANA, learner)
        users.reinstate_user(database, DANA, learner)
        assert users.read_user(database, DANA, learner).person.version == person.version
        typed = users.typed_person(person.fields) | {"department": "Finance"}
        saved = users.save_user(database, DANA, learner, version=person.version, typed=typed)
        assert saved.person.version > person.version

    def test_circles_of_managers_are_refused(self, database: Database) -> None:
        ada, bo, cem = (make_learner(database, name) for name in ("Ada", "Bo", "Cem"))
        save(database, DANA, bo, manager_id=str(ada))
        save(database, DANA, cem, manager_id=str(bo))
        for manager in (ada, cem, 9_999):
            with pytest.raises(Invalid) as refusal:
                save(database, DANA, ada, manager_id=str(manager))
            assert set(refusal.value.errors) == {"manager_id"}

    def test_a_new_email_invalidates_open_invitations(self, database: Database) -> None:
        learner, account = make_person(database, Role.LEARNER)
        invite(database, account, "t", expires=now_ms() + DAY)
        save(database, DANA, learner, name="Other")
        assert scalar(database, "SELECT count(*) FROM invitation") == 1
        save(database, DANA, learner, email="other@northwind.example")
        assert scalar(database, "SELECT count(*) FROM invitation") == 0

    def test_unknown_ids_are_not_found(self, database: Database) -> None:
        for id_ in (0, -1, 9, "x", None, 2**70, True):
            with pytest.raises(NotFound):
                users.read_user(database, DANA, id_)
            with pytest.raises(NotFound):
                users.suspend_user(database, DANA, id_)


class TestLosingARole:
    @pytest.mark.parametrize("role", [Role.LEARNER, Role.GROUP_LEAD, Role.ADMIN])
    def test_an_instructor_loses_their_courses(self, database: Database, role: Role) -> None:
        knots, ropes = make_course(database, "Knots"), make_course(database, "Ropes")
        learner, account = make_person(
            database, Role.INSTRUCTOR, "Ingrid Berg", teaches=(ropes, knots)
        )
        other = make_account(database, Role.INSTRUCTOR, teaches=(knots,))
        view = user_view(users.read_user(database, DANA, learner), UTC)
        assert view.teaches == "They will no longer teach 2 courses: Knots, Ropes."
        assert view.leads == ""
        # Anything else changed about them, or their access suspended, is no loss.
        save(database, DANA, learner, job_title="Rigger")
        users.suspend_user(database, DANA, learner)
        users.reinstate_user(database, DANA, learner)
        assert scalar(database, "SELECT count(*) FROM course_teacher") == 3
        save(database, DANA, learner, access=role.value)
        assert acts(database)[-1] == (
            "Dana Ruiz",
            "user_changed",
            "Ingrid Berg",
            f"Portal access from Instructor to {role.label}, no longer teaches Knots, Ropes",
        )
        saved = save(database, DANA, learner, access="instructor")
        assert saved.assignments.courses == ()
        assert scalar(database, "SELECT account_id FROM course_teacher") == other
        actor = Actor(account, "Ingrid Berg", "", Role.INSTRUCTOR)
        enrollment = make_enrollment(database, None, knots)
        with pytest.raises(NotFound):
            read_enrollment(database, actor, enrollment)

    def test_a_lead_loses_their_groups_and_stays_a_manager(self, database: Database) -> None:
        learner, account = make_person(database, Role.GROUP_LEAD, "Lea Lund")
        group = make_group(database, "Night shift", leads=(account,))
        make_learner(database, manager_id=learner)
        view = user_view(users.read_user(database, DANA, learner), UTC)
        assert view.leads == "They will no longer lead 1 group: Night shift."
        save(database, DANA, learner, access="learner")
        assert acts(database)[-1][3] == (
            "Portal access from Group Lead to Learner, no longer leads Night shift"
        )
        assert scalar(database, "SELECT count(*) FROM group_lead") == 0
        save(database, DANA, learner, access="group_lead")
        assert scalar(database, "SELECT count(*) FROM group_lead") == 0
        assert scalar(database, "SELECT count(*) FROM learner_lead") == 1
        groups.add_lead(database, DANA, group, learner)
        assert scalar(database, "SELECT count(*) FROM group_lead") == 1

    def test_a_refused_change_removes_nothing(self, database: Database) -> None:
        course = make_course(database)
        learner, _ = make_person(database, Role.INSTRUCTOR, teaches=(course,))
        with pytest.raises(Invalid):
            save(database, people_admin(database), learner, access="admin")
        with pytest.raises(Invalid):
            save(database, DANA, learner, access="learner", name="")
        assert scalar(database, "SELECT count(*) FROM course_teacher") == 1


class TestChangingAdmins:
    def test_a_people_admin_cannot_make_admins(self, database: Database) -> None:
        pat = people_admin(database)
        assert roles_to_give(pat) == (Role.LEARNER, Role.INSTRUCTOR, Role.GROUP_LEAD)
        learner, account = make_person(database, Role.LEARNER)
        for role in ("admin", "super_admin"):
            with pytest.raises(Invalid) as refusal:
                save(database, pat, learner, access=role)
            assert set(refusal.value.errors) == {"access"}
        save(database, pat, learner, access="instructor")
        assert scalar(database, f"SELECT role FROM account WHERE id = {account}") == "instructor"

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
    def test_a_people_admin_cannot_change_admins_not_even_themselves(
        self, database: Database, role: Role
    ) -> None:
        pat = people_admin(database)
        other, _ = make_person(database, role)
        make_account(database)
        own = scalar(database, f"SELECT learner_id FROM account WHERE id = {pat.account_id}")
        for learner in (other, own):
            with pytest.raises(NotAllowed):
                save(database, pat, learner, email="mine@northwind.example")
            with pytest.raises(NotAllowed):
                users.suspend_user(database, pat, learner)
            assert not users.read_user(database, pat, learner).may_edit
        assert acts(database) == []

    def test_the_last_super_admin_who_can_sign_in_cannot_be_removed(
        self, database: Database
    ) -> None:
        learner, account = make_person(database, Role.SUPER_ADMIN)
        make_account(database, Role.SUPER_ADMIN, is_suspended=1)
        other = replace(DANA, account_id=999)
        with pytest.raises(NotAllowed, match="last Super Admin"):
            users.suspend_user(database, other, learner)
        with pytest.raises(NotAllowed, match="last Super Admin"):
            save(database, other, learner, access="learner")
        make_account(database, Role.SUPER_ADMIN)
        save(database, other, learner, access="admin")
        with database.read() as session:
            row = session.execute(
                text("SELECT role, sections FROM account WHERE id = :id"), {"id": account}
            ).one()
        assert tuple(row) == ("admin", 0)


class TestSuspending:
    def test_suspending_ends_sessions_and_reinstating_allows_sign_in(
        self, database: Database
    ) -> None:
        learner, account = make_person(database, Role.LEARNER, "Ada Lund")
        session = make_session(database, account)
        assert who_is(database, session)
        user = users.suspend_user(database, DANA, learner)
        assert user.person.status == "suspended"
        assert who_is(database, session) is None
        users.suspend_user(database, DANA, learner)
        assert users.reinstate_user(database, DANA, learner).person.status == "active"
        assert who_is(database, session) is None
        assert [row[:3] for row in acts(database)] == [
            ("Dana Ruiz", "suspended", "Ada Lund"),
            ("Dana Ruiz", "reinstated", "Ada Lund"),
        ]

    def test_nobody_can_suspend_themselves(self, database: Database) -> None:
        learner, account = make_person(database, Role.SUPER_ADMIN)
        make_account(database, Role.SUPER_ADMIN)
        with pytest.raises(NotAllowed, match="yourself"):
            users.suspend_user(database, replace(DANA, account_id=account), learner)

    def test_a_person_without_an_account_cannot_be_suspended(self, database: Database) -> None:
        with pytest.raises(NotFound):
            users.suspend_user(database, DANA, make_learner(database))


class TestEnrolling:
    def test_the_preview_is_carried_out(self, database: Database) -> None:
        make_organization(database)
        learner = make_learner(database, "Ada Lund")
        sql, done = make_course(database, "SQL"), make_course(database, "Done")
        make_enrollment(database, learner, done, status=1)
        before = users.preview_enroll_user(database, DANA, learner, [sql, str(done), 999]).decisions
        assert [(d.learnable.title, d.outcome) for d in before] == [
            ("Done", Outcome.ALREADY),
            ("SQL", Outcome.ENROLLED),
        ]
        assert scalar(database, "SELECT count(*) FROM enrollment") == 1
        assert users.enroll_user(database, DANA, learner, [sql, done], "2199-01-01") == before
        row = scalar(database, f"SELECT deadline_day FROM enrollment WHERE course_id = {sql}")
        assert row == 83_641
        assert acts(database)[-1] == ("Dana Ruiz", "enrolled", "Ada Lund", "SQL")

    def test_requires_the_right_to_manage_learning(self, database: Database) -> None:
        pat = people_admin(database)
        with pytest.raises(NotAllowed):
            users.enroll_user(database, pat, make_learner(database), [make_course(database)])

    def test_invalid_input_is_refused(self, database: Database) -> None:
        learner, course = make_learner(database), make_course(database)
        for courses, deadline, error in (
            ([], "", Invalid),
            ([course], "1999-01-01", Invalid),
            (["x", None], "", Invalid),
            (range(1, 200), "", Invalid),
        ):
            with pytest.raises(error):
                users.enroll_user(database, DANA, learner, list(courses), deadline)
        with pytest.raises(NotFound):
            users.enroll_user(database, DANA, 999, [course])


def test_a_persons_log_has_the_actions_about_and_by_them(database: Database) -> None:
    learner, account = make_person(database, Role.SUPER_ADMIN, "Ada Lund")
    make_account(database, Role.SUPER_ADMIN)
    other, _ = make_person(database, Role.LEARNER, "Bo Ek")
    save(database, DANA, learner, department="Sales")
    save(database, replace(DANA, account_id=account, name="Ada Lund"), other, department="Finance")
    save(database, DANA, other, department="")
    found = users.read_user(database, DANA, learner).acts
    assert [(act.actor_name, act.subject) for act in found] == [
        ("Ada Lund", "Bo Ek"),
        ("Dana Ruiz", "Ada Lund"),
    ]
