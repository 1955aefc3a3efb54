"""Test groups: members are enrolled in assigned courses, in either order."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.services.enrolling import group_rule
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.ledger.ledger import LedgerQuery, read_ledger
from enrollment_portal.services.people import groups, users
from enrollment_portal.state.people.people_views import assigned_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_cancelled_by_hand,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.stored import rows

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
PAT = Actor(8, "Pat People", "pat@northwind.example", Role.ADMIN, Section.PEOPLE)


@pytest.fixture(autouse=True)
def _organization(database: Database) -> None:
    make_organization(database)


def enrolled(database: Database) -> set[tuple[int, int]]:
    return set(rows(database, "SELECT learner_id, course_id FROM enrollment WHERE status = 0"))


def last_act(database: Database) -> tuple[Any, ...]:
    sql = "SELECT actor_name, action, subject, detail FROM admin_event ORDER BY id DESC LIMIT 1"
    return rows(database, sql)[0]


class TestTheList:
    def test_is_searched_by_parts_of_names_and_filtered_by_kind(self, database: Database) -> None:
        made = {
            name: make_group(database, name, kind=kind)
            for name, kind in (("Sälj Nord", "department"), ("Sälj Syd", "department"))
        }
        made["Pilots"] = make_group(
            database, "Pilots", kind="cohort", members=(make_learner(database),)
        )
        for search, kind, names in (
            ("", "", ["Pilots", "Sälj Nord", "Sälj Syd"]),
            ("salj", "", ["Sälj Nord", "Sälj Syd"]),
            ("syd s", "", ["Sälj Syd"]),
            ("“SAELJ”, Nord", "", ["Sälj Nord"]),
            ("\ud800\u200bpilots", "", ["Pilots"]),
            ("", "cohort", ["Pilots"]),
            ("nord", "cohort", []),
            ("\x00", "", []),
        ):
            query = ListQuery(search, {"kind": kind} if kind else {})
            page = groups.list_groups(database, DANA, query)
            assert [row.name for row in page.rows] == names
            assert page.total == len(names)
        row = groups.list_groups(database, DANA, ListQuery("pilots")).rows[0]
        assert (row.n_members, row.n_leads, row.n_assigned) == (1, 0, 0)


class TestTheBatch:
    """The enrollments created by a change of a group are a batch that can be undone."""

    def test_is_one_for_each_change(self, database: Database) -> None:
        ada, bo, cem = (make_learner(database, name) for name in ("Ada", "Bo", "Cem"))
        course, inner = make_course(database, "SQL"), make_course(database)
        path = make_path(database, "Path", (inner,))
        group = make_group(database, "Pilots", members=(ada, bo))
        first = groups.assign(database, DANA, group, course)
        second = groups.assign(database, DANA, group, path)
        third = groups.add_members(database, PAT, group, [cem])
        sizes = dict(rows(database, "SELECT batch, count(*) FROM enrollment_event GROUP BY batch"))
        assert sizes == {first.batch: 2, second.batch: 4, third.batch: 3}

    def test_is_undone_and_redone(self, database: Database) -> None:
        ada, bo = make_learner(database, "Ada"), make_learner(database, "Bo")
        course = make_course(database, "SQL")
        group = make_group(database, "Pilots", members=(ada, bo))
        began = groups.assign(database, DANA, group, course)
        undone = undo_batch(database, DANA, began.batch)
        assert (undone.undone, enrolled(database)) == (2, set())
        assert last_act(database) == ("Dana Ruiz", "enrolling_undone", "SQL", "2 people")
        assert groups.read_group(database, DANA, group).group.n_members == 2
        assert undo_batch(database, DANA, undone.batch).undone == 2
        assert enrolled(database) == {(ada, course), (bo, course)}

    def test_there_is_none_without_new_enrollments(self, database: Database) -> None:
        ada, course = make_learner(database), make_course(database)
        group = make_group(database, members=(ada,))
        groups.assign(database, DANA, group, course)
        assert groups.remove_members(database, DANA, group, [ada]).batch == ""
        assert groups.add_members(database, DANA, group, [ada]).batch == ""

    def test_of_pasted_emails_is_returned(self, database: Database) -> None:
        make_learner(database, "Ada", "ada@northwind.example")
        course = make_course(database)
        group = make_group(database)
        groups.assign(database, DANA, group, course)
        added = groups.add_members_by_email(
            database, DANA, group, "ada@northwind.example, nobody@northwind.example"
        )
        assert added.unknown == ("nobody@northwind.example",)
        assert undo_batch(database, DANA, added.batch).undone == 1


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        ("course", {}, "Course"),
        ("course", {"state": "archived"}, "Course, archived"),
        ("course", {"state": "draft"}, "Course, draft"),
        ("course", {"n_lessons": 0}, "Course, not offered"),
        ("course", {"n_lessons": 0, "requires_grade": 1}, "Course"),
        ("path", {}, "Learning path"),
        ("path", {"state": "archived"}, "Learning path, archived"),
        ("path", {"state": "draft"}, "Learning path, draft"),
    ],
)
def test_assigning_says_if_it_enrolls_nobody(
    database: Database, kind: str, values: dict[str, Any], shown: str
) -> None:
    make = make_path if kind == "path" else make_course
    group = make_group(database, courses=(make(database, "Knots", **values),))
    (assigned,) = groups.read_group(database, DANA, group).assigned
    assert assigned_view(assigned, zone("UTC")).kind == shown
    # The rule does what the message says.
    joined = groups.add_members(database, DANA, group, [make_learner(database, "Ada")])
    assert joined.n_enrolled == (", " not in shown)


class TestTheRule:
    def test_assigning_enrolls_members_and_joining_enrolls_new_ones(
        self, database: Database
    ) -> None:
        ada, bo, cem = (make_learner(database, name) for name in ("Ada", "Bo", "Cem"))
        course, inner = make_course(database, "SQL"), make_course(database)
        path = make_path(database, "Path", (inner,))
        group = make_group(database, "Pilots", members=(ada, bo))
        assert groups.assign(database, DANA, group, course).n_enrolled == 2
        assert last_act(database) == ("Dana Ruiz", "assigned", "Pilots", "SQL, 2 enrolled")
        groups.assign(database, DANA, group, path)
        assert enrolled(database) == {(p, c) for p in (ada, bo) for c in (course, path, inner)}
        added = groups.add_members(database, PAT, group, [cem, str(ada), 999])
        assert (added.n_changed, added.n_enrolled) == (1, 2)
        assert {(cem, course), (cem, path), (cem, inner)} <= enrolled(database)
        assert last_act(database) == ("Pat People", "members_added", "Pilots", "Cem, 2 enrolled")
        assert rows(
            database,
            "SELECT DISTINCT e.origin, v.source, v.actor_id, v.actor_name FROM enrollment e"
            f" JOIN enrollment_event v ON v.enrollment_id = e.id WHERE e.course_id = {course}",
        ) == [("group", "group", None, "Pilots")]

    def test_leaving_and_unassigning_cancel_nothing(self, database: Database) -> None:
        ada, course = make_learner(database), make_course(database)
        group = make_group(database, members=(ada,))
        groups.assign(database, DANA, group, course)
        groups.unassign(database, DANA, group, course)
        assert groups.remove_members(database, PAT, group, [ada, ada, 999]).n_changed == 1
        assert enrolled(database) == {(ada, course)}
        details = groups.read_group(database, DANA, group)
        assert (details.group.n_members, details.assigned) == (0, ())

    def test_people_removed_by_an_admin_stay_removed_and_are_named(
        self, database: Database
    ) -> None:
        ada, bo, course = make_learner(database, "Ada"), make_learner(database), 0
        course = make_course(database, "SQL")
        make_cancelled_by_hand(database, ada, course)
        group = make_group(database, members=(ada, bo))
        applied = groups.assign(database, DANA, group, course)
        assert (applied.n_enrolled, applied.n_refused) == (1, 1)
        assert [(d.person.name, d.why) for d in applied.refused] == [
            (
                "Ada",
                "Removed by Dana Ruiz on 21 Sep 2026. A group does not enroll them again.",
            )
        ]
        groups.remove_members(database, DANA, group, [ada])
        again = groups.add_members(database, DANA, group, [ada])
        assert (again.n_changed, again.n_enrolled, again.n_refused) == (1, 0, 1)
        assert enrolled(database) == {(bo, course)}

    def test_people_who_join_while_it_is_archived_are_enrolled_on_publishing(
        self, database: Database
    ) -> None:
        ada, bo, cem = (make_learner(database, name) for name in ("Ada", "Bo", "Cem"))
        course, inner = make_course(database, "SQL"), make_course(database)
        make_lessons(database, course, 2)
        path = make_path(database, "Path", (inner,))
        group = make_group(database, "Pilots", members=(ada,))
        for learnable in (course, path):
            groups.assign(database, DANA, group, learnable)
        current.set_course_state(database, DANA, course, "archived")
        current.set_path_state(database, DANA, path, "archived")
        make_cancelled_by_hand(database, cem, course)
        assert groups.add_members(database, DANA, group, [bo, cem]).n_enrolled == 0
        current.set_course_state(database, DANA, course, "published")
        assert last_act(database)[1:] == ("course_published", "SQL", "Enrolled 1 by their groups")
        current.set_path_state(database, DANA, path, "published")
        assert {p for p, c in enrolled(database) if c == course} == {ada, bo}
        assert {p for p, c in enrolled(database) if c == path} == {ada, bo, cem}

    def test_suspended_people_are_enrolled_when_reinstated(self, database: Database) -> None:
        ada, course = make_learner(database, "Ada"), make_course(database, "SQL")
        make_account(database, Role.LEARNER, name="Ada", learner_id=ada)
        group = make_group(database, "Pilots", members=(ada,))
        users.suspend_user(database, DANA, ada)
        assert groups.assign(database, DANA, group, course).n_enrolled == 0
        users.reinstate_user(database, DANA, ada)
        assert enrolled(database) == {(ada, course)}
        assert last_act(database)[3] == "Enrolled in 1 by their groups"

    def test_a_course_of_two_groups_is_enrolled_in_once(self, database: Database) -> None:
        ada, course = make_learner(database), make_course(database)
        for _ in range(2):
            groups.assign(database, DANA, make_group(database, members=(ada,)), course)
        assert rows(database, "SELECT count(*) FROM enrollment") == [(1,)]

    def test_many_members_are_enrolled_in_chunks(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(group_rule, "CHUNK", 3)
        people = tuple(make_learner(database) for _ in range(10))
        make_enrollment(database, people[4], course := make_course(database))
        group = make_group(database, members=people)
        assert groups.assign(database, DANA, group, course).n_enrolled == 9
        assert len(enrolled(database)) == 10

    def test_simultaneous_joining_and_assigning_miss_nobody(self, database: Database) -> None:
        course = make_course(database)
        people = [make_learner(database) for _ in range(6)]
        group = make_group(database, members=tuple(people[:3]))
        failures: list[BaseException] = []

        def run(act: Any, *arguments: Any) -> None:
            try:
                act(database, DANA, group, *arguments)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(groups.assign, course))]
        threads += [
            threading.Thread(target=run, args=(groups.add_members, [person]))
            for person in people[3:]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert enrolled(database) == {(person, course) for person in people}

    def test_two_groups_with_common_members_are_assigned_at_the_same_time(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(group_rule, "CHUNK", 1)
        # Waiting in order, nobody is turned away: doing it again must not be needed.
        monkeypatch.setattr(groups, "_retry", lambda act: act())
        people = [make_learner(database) for _ in range(12)]
        courses = [make_course(database) for _ in range(4)]
        path = make_path(database, courses=(courses[0], courses[1]))
        first = make_group(database, members=tuple(people))
        second = make_group(database, members=tuple(people[5:]))
        failures: list[BaseException] = []

        def run(group: int, wanted: list[int]) -> None:
            try:
                for course in wanted:
                    groups.assign(database, DANA, group, course)
            except BaseException as error:
                failures.append(error)

        wanted = [path, *courses]
        threads = [
            threading.Thread(target=run, args=(first, wanted)),
            threading.Thread(target=run, args=(second, wanted)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert enrolled(database) == {(person, course) for person in people for course in wanted}


class TestAPastedList:
    def test_adds_known_people_and_names_the_rest(self, database: Database) -> None:
        ada = make_learner(database, "Ada", "ada@northwind.example")
        group = make_group(database)
        pasted = "Ada <ADA@northwind.example>\nbo@northwind.example; x@"
        added = groups.add_members_by_email(database, PAT, group, pasted)
        assert added.n_changed == 1
        assert added.unknown == ("bo@northwind.example",)
        assert added.unreadable == ("x@",)
        assert rows(database, "SELECT learner_id FROM group_member") == [(ada,)]

    def test_finds_people_by_every_form_of_their_email(self, database: Database) -> None:
        ada = make_learner(database, "Ada", "ada@müller.example")
        bo = make_learner(database, "Bo", "bo.o'brien@x.example")
        group = make_group(database)
        pasted = "\u200bAda＜ada@xn--mller-kva.example＞；“Bo” <bo.o’brien@x.example\ufeff>"
        added = groups.add_members_by_email(database, PAT, group, pasted)
        assert (added.n_changed, added.unknown, added.unreadable) == (2, (), ())
        assert set(rows(database, "SELECT learner_id FROM group_member")) == {(ada,), (bo,)}

    @pytest.mark.parametrize("pasted", ["", "nobody here", None, 7, "x" * 2_000_000])
    def test_invalid_input_is_refused(self, database: Database, pasted: object) -> None:
        group = make_group(database)
        with pytest.raises(Invalid):
            groups.add_members_by_email(database, PAT, group, pasted)


class TestMembers:
    def test_are_listed_by_name_and_found_by_email(self, database: Database) -> None:
        people = [make_learner(database, f"Person {n:02}", f"p{n}@x.example") for n in range(60)]
        make_learner(database, "Person Noise")
        group = make_group(database, members=tuple(people))
        page = groups.list_members(database, PAT, group, ListQuery())
        assert (page.total, len(page.rows)) == (60, 50)
        last = groups.list_members(database, PAT, group, ListQuery(place=Place("last")))
        assert [m.id for m in (*page.rows, *last.rows)] == people
        found = groups.list_members(database, PAT, group, ListQuery("p7@"))
        assert [m.id for m in found.rows] == [people[7]]

    def test_a_lead_sees_members_who_join_and_not_those_who_leave(self, database: Database) -> None:
        learner = make_learner(database, "Lea Lead")
        account = make_account(database, Role.GROUP_LEAD, learner_id=learner)
        lead = Actor(account, "Lea Lead", "lea@x.example", Role.GROUP_LEAD)
        ada = make_learner(database)
        make_enrollment(database, ada)
        group = make_group(database)
        groups.add_lead(database, PAT, group, learner)
        assert read_ledger(database, lead, LedgerQuery()).total == 0
        groups.add_members(database, PAT, group, [ada])
        assert read_ledger(database, lead, LedgerQuery()).total == 1
        groups.remove_members(database, PAT, group, [ada])
        assert read_ledger(database, lead, LedgerQuery()).total == 0
        groups.add_members(database, PAT, group, [ada])
        groups.remove_lead(database, PAT, group, account)
        assert read_ledger(database, lead, LedgerQuery()).total == 0

    def test_only_group_leads_lead(self, database: Database) -> None:
        group, learner = make_group(database), make_learner(database)
        with pytest.raises(NotAllowed, match="Group Lead"):
            groups.add_lead(database, PAT, group, learner)
        make_account(database, Role.INSTRUCTOR, learner_id=learner)
        with pytest.raises(NotAllowed, match="Group Lead"):
            groups.add_lead(database, PAT, group, learner)


class TestSettings:
    def test_are_saved_once_and_never_overwrite_others(self, database: Database) -> None:
        group = groups.make_group(
            database, PAT, {"name": " Pilots  North ", "kind": "cohort", "description": "x"}
        )
        assert last_act(database) == ("Pat People", "group_made", "Pilots North", "Cohort")
        typed = {"name": "Pilots", "kind": "department", "description": "x"}
        saved = groups.save_group(database, DANA, group, version=1, typed=typed)
        assert (saved.name, saved.version) == ("Pilots", 2)
        assert last_act(database) == ("Dana Ruiz", "group_changed", "Pilots", "Name, kind")
        with pytest.raises(PortalError, match="was changed meanwhile"):
            groups.save_group(database, PAT, group, version=1, typed=typed | {"name": "Other"})
        assert groups.save_group(database, PAT, group, version=2, typed=typed).version == 2

    @pytest.mark.parametrize("version", [None, "2", True, 0, -1])
    def test_any_submitted_version_is_accepted_or_refused(
        self, database: Database, version: object
    ) -> None:
        group = groups.make_group(database, PAT, {"name": "P", "kind": "cohort"})
        with database.write() as session:
            session.execute(text("UPDATE people_group SET version = 3"))
        typed = {"name": "Q", "kind": "cohort"}
        with pytest.raises(PortalError):
            groups.save_group(database, PAT, group, version=version, typed=typed)


class TestRights:
    def test_assigning_requires_both_rights(self, database: Database) -> None:
        group, course = make_group(database), make_course(database)
        teacher = Actor(9, "x", "x", Role.ADMIN, Section.LEARNING)
        for actor in (PAT, teacher):
            with pytest.raises(NotAllowed):
                groups.assign(database, actor, group, course)
            with pytest.raises(NotAllowed):
                groups.unassign(database, actor, group, course)
        with pytest.raises(NotAllowed, match="not published"):
            groups.assign(database, DANA, group, make_course(database, state="draft"))
        assert not groups.read_group(database, PAT, group).may_assign

    def test_a_group_lead_is_refused_everywhere(self, database: Database) -> None:
        lead = Actor(9, "x", "x", Role.GROUP_LEAD, Section.all())
        group = make_group(database, leads=(make_account(database, Role.GROUP_LEAD),))
        for act in (
            lambda: groups.list_groups(database, lead, ListQuery()),
            lambda: groups.read_group(database, lead, group),
            lambda: groups.list_members(database, lead, group, ListQuery()),
            lambda: groups.make_group(database, lead, {"name": "x", "kind": "other"}),
            lambda: groups.add_members(database, lead, group, [1]),
            lambda: groups.add_members_by_email(database, lead, group, "a@b.example"),
            lambda: groups.remove_members(database, lead, group, [1]),
            lambda: groups.add_lead(database, lead, group, 1),
            lambda: groups.remove_lead(database, lead, group, 1),
        ):
            with pytest.raises(NotAllowed):
                act()

    @pytest.mark.parametrize("group", [0, -1, None, "x", 2**70, True, 99])
    def test_a_group_that_does_not_exist_is_not_found(
        self, database: Database, group: object
    ) -> None:
        for act in (
            lambda: groups.read_group(database, DANA, group),
            lambda: groups.list_members(database, DANA, group, ListQuery()),
            lambda: groups.add_members(database, DANA, group, [1]),
            lambda: groups.assign(database, DANA, group, 1),
            lambda: groups.unassign(database, DANA, group, 1),
            lambda: groups.remove_lead(database, DANA, group, 1),
        ):
            with pytest.raises(NotFound):
                act()
