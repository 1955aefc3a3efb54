"""Test saved views on both engines: saving, sharing, changing, deleting, and defaults."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.views import Audience, View
from enrollment_portal.services.access.admins import remove_admin
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.views import views as service
from enrollment_portal.services.views.opening import open_ledger
from enrollment_portal.services.views.views import (
    ChangedMeanwhile,
    change_view,
    delete_view,
    read_view,
    read_views,
    restore_view,
    save_view,
    set_default,
    update_view,
)
from enrollment_portal.storage.history import record_changes
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_learner, make_organization
from tests.integration.actors import make_actor, make_admin
from tests.integration.stored import admin_events, rows

LATE = LedgerQuery(tab=Tab.ACTIVE, filters=Filters(flags=(Flag.RETAKE, Flag.NOTE)))
RETAKES = LedgerQuery(tab=Tab.ACTIVE, filters=Filters(flags=(Flag.RETAKE,)))


@dataclass(frozen=True)
class People:
    """Who has a ledger."""

    owner: Actor
    admin: Actor
    boss: Actor
    teacher: Actor
    lead: Actor


@pytest.fixture
def people(database: Database) -> People:
    """One of each role, in an organization with an enrollment."""
    make_organization(database)
    learner, course = make_learner(database), make_course(database)
    make_enrollment(database, learner, course, internal_note="A note")
    make_enrollment(database, make_learner(database), course)
    return People(
        make_admin(database),
        make_admin(database, "Ann Lee"),
        make_actor(database, Role.SUPER_ADMIN),
        make_actor(database, Role.INSTRUCTOR, teaches=(course,)),
        make_actor(database, Role.GROUP_LEAD, leads=(learner,)),
    )


def save(database: Database, actor: Actor, name: str = "Late", audience: str = "") -> View:
    """Save a view of retakes with a note."""
    return save_view(database, actor, LATE, {"name": name, "audience": audience})


def names(database: Database, actor: Actor) -> list[str]:
    """Return the names of the views that somebody sees besides the product's."""
    return [view.name for view in read_views(database, actor).saved]


def test_a_view_is_its_owners_until_it_is_shared(database: Database, people: People) -> None:
    made = save_view(database, people.owner, LATE.at(Place("last")), {"name": " Late "})
    assert (made.name, made.query, made.version) == ("Late", LATE, 1)
    for other in (people.admin, people.boss, people.teacher, people.lead):
        assert names(database, other) == []
        for act in (read_view, delete_view, restore_view, set_default):
            with pytest.raises(NotFound):
                act(database, other, made.key)
        with pytest.raises(NotFound):
            change_view(database, other, made.key, version=1, typed={"name": "Mine"})
        with pytest.raises(NotFound):
            update_view(database, other, made.key, LedgerQuery(), version=1)
    shared = change_view(
        database, people.owner, made.key, version=1, typed={"name": "Late", "audience": "leads"}
    )
    assert (shared.audience, shared.version) == (Audience.LEADS, 2)
    assert names(database, people.lead) == names(database, people.boss) == ["Late"]
    assert names(database, people.admin) == names(database, people.teacher) == []


def test_a_shared_view_drops_a_filter_that_its_viewer_does_not_have(
    database: Database, people: People
) -> None:
    made = save(database, people.owner, audience="leads")
    seen = read_view(database, people.lead, made.key)
    assert seen.query == RETAKES
    assert read_views(database, people.lead).saved == (seen,)
    # A copy has no more than what is seen, also for who may see notes later.
    copy = save_view(database, people.lead, seen.query, {"name": "Mine"})
    assert rows(database, f"SELECT query FROM saved_view WHERE id = {copy.key}") == [
        ("tab=active&is=retake",)
    ]
    # The same for what a lead says that their ledger shows.
    direct = save(database, people.lead, "Direct")
    assert direct.query == RETAKES
    opened = open_ledger(database, people.lead, {"view": made.key})
    assert opened.query == RETAKES
    assert opened.view == seen
    everything = read_ledger(database, people.lead, LedgerQuery()).total
    assert everything == 1


def test_a_shared_view_drops_a_column_that_its_viewer_does_not_have(
    database: Database, people: People
) -> None:
    layout = Layout.parse("learner:320,manager,grade;compact")
    typed = {"name": "Late", "audience": "leads"}
    made = save_view(database, people.owner, LATE, typed, layout)
    assert made.layout == "learner:320,manager,grade;compact"
    assert read_view(database, people.lead, made.key).layout == "learner:320,grade;compact"
    changed = update_view(database, people.owner, made.key, LATE, version=1, layout=Layout())
    assert (changed.layout, changed.version) == ("", 2)
    copy = save_view(database, people.lead, LATE, {"name": "Mine"}, layout)
    assert copy.layout == "learner:320,grade;compact"


def test_only_admins_share_and_only_owners_and_super_admins_change(
    database: Database, people: People
) -> None:
    for actor in (people.teacher, people.lead):
        with pytest.raises(Invalid) as refused:
            save(database, actor, audience="admins")
        assert refused.value.errors == {"audience": messages.ONLY_ADMINS_SHARE}
    made = save(database, people.owner, audience="admins")
    typed = {"name": "Other", "audience": "admins"}
    with pytest.raises(PortalError, match="Only the owner"):
        change_view(database, people.admin, made.key, version=1, typed=typed)
    with pytest.raises(PortalError, match="Only the owner"):
        delete_view(database, people.admin, made.key)
    with pytest.raises(PortalError, match="comes with the portal"):
        delete_view(database, people.boss, "overdue")
    assert change_view(database, people.boss, made.key, version=1, typed=typed).owner_id == (
        people.owner.account_id
    )
    assert names(database, people.owner) == ["Other"]


def test_a_super_admin_can_unshare_anothers_view(database: Database, people: People) -> None:
    made = save(database, people.owner, audience="leads")
    change_view(database, people.boss, made.key, version=1, typed={"name": "Late"})
    assert names(database, people.owner) == ["Late"]
    assert names(database, people.boss) == names(database, people.lead) == []


def test_a_name_is_taken_within_an_owner_and_within_an_audience(
    database: Database, people: People
) -> None:
    save(database, people.owner, "Late", "leads")
    assert save(database, people.admin, "Late").name == "Late"
    with pytest.raises(Invalid) as refused:
        save(database, people.owner, "LÄTE")
    assert refused.value.errors == {"name": messages.OWN_NAME_TAKEN}
    with pytest.raises(Invalid) as refused:
        save(database, people.boss, "late", "leads")
    assert refused.value.errors == {"name": messages.shared_name_taken("Group leads")}
    assert save(database, people.boss, "late", "admins")


def test_a_change_that_someone_else_was_faster_to_make_is_not_lost(
    database: Database, people: People
) -> None:
    made = save(database, people.owner, audience="admins")
    update_view(database, people.boss, made.key, RETAKES, version=1)
    typed = {"name": "Mine", "audience": "admins"}
    with pytest.raises(ChangedMeanwhile) as refused:
        change_view(database, people.owner, made.key, version=1, typed=typed)
    assert refused.value.message == messages.changed_by("Late", people.boss.name)
    assert refused.value.view.query == RETAKES
    with pytest.raises(ChangedMeanwhile):
        update_view(database, people.owner, made.key, LedgerQuery(), version="x")
    assert read_view(database, people.owner, made.key).name == "Late"
    # On the version that they have read, it is saved.
    assert change_view(database, people.owner, made.key, version="2", typed=typed).name == "Mine"
    # What is saved already is no conflict.
    assert update_view(database, people.owner, made.key, RETAKES, version=1).version == 3


def test_a_deleted_view_is_restored_as_it_was(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = save(database, people.owner, audience="leads")
    set_default(database, people.lead, made.key)
    delete_view(database, people.owner, made.key)
    assert names(database, people.lead) == names(database, people.owner) == []
    assert open_ledger(database, people.lead, {}).view is None
    assert open_ledger(database, people.lead, {"view": made.key}).is_missing
    with pytest.raises(NotFound):
        delete_view(database, people.owner, made.key)
    # Another has its name meanwhile.
    other = save(database, people.owner)
    with pytest.raises(PortalError, match="You have a view with this name"):
        restore_view(database, people.owner, made.key)
    delete_view(database, people.owner, other.key)
    with pytest.raises(PortalError, match="Only the owner"):
        restore_view(database, people.lead, made.key)
    assert restore_view(database, people.owner, made.key).query == LATE
    opened = open_ledger(database, people.lead, {})
    assert opened.view is not None
    assert opened.default == made.key
    assert [(action, detail) for action, _, detail in _logged(database)] == [
        ("view_shared", "with Group leads"),
        ("view_deleted", "with Group leads"),
        ("view_restored", "with Group leads"),
    ]
    # After a day it is gone for good.
    delete_view(database, people.owner, made.key)
    monkeypatch.setattr(service, "_RESTORABLE_MS", -1)
    delete_view(database, people.admin, save(database, people.admin).key)
    with pytest.raises(NotFound):
        restore_view(database, people.owner, made.key)


def _logged(database: Database) -> list[tuple[str, str, str]]:
    return [event for event in admin_events(database) if event[0].startswith("view")]


def test_sharing_is_in_the_access_log_and_private_views_are_not(
    database: Database, people: People
) -> None:
    made = save(database, people.owner)
    steps = (("Late", "leads"), ("Later", "leads"), ("Later", "admins"), ("Later", ""), ("L", ""))
    for version, (name, audience) in enumerate(steps, start=1):
        typed = {"name": name, "audience": audience}
        change_view(database, people.owner, made.key, version=version, typed=typed)
    delete_view(database, people.owner, made.key)
    assert [(action, detail) for action, _, detail in _logged(database)] == [
        ("view_shared", "with Group leads"),
        ("view_changed", "Late"),
        ("view_shared", "with Group leads before, now with Admins"),
        ("view_unshared", "with Admins"),
    ]


def test_each_person_has_a_default_of_their_own(database: Database, people: People) -> None:
    made = save(database, people.owner, audience="admins")
    set_default(database, people.admin, made.key)
    set_default(database, people.lead, "overdue")
    assert open_ledger(database, people.owner, {}).view is None
    opened = open_ledger(database, people.admin, {})
    assert (opened.query, opened.default) == (LATE, made.key)
    # What the address says is shown, and all enrollments can be reached.
    assert open_ledger(database, people.admin, {"tab": "active"}).query == LedgerQuery(
        tab=Tab.ACTIVE
    )
    every = open_ledger(database, people.admin, {"view": "all"})
    assert (every.query, every.view, every.default) == (LedgerQuery(), None, made.key)
    assert open_ledger(database, people.lead, {}).default == "overdue"
    for nonsense in ("x", "999999", "\x00"):
        assert open_ledger(database, people.lead, {"view": nonsense}).is_missing
        with pytest.raises(NotFound):
            set_default(database, people.lead, nonsense)
    set_default(database, people.admin, "")
    assert open_ledger(database, people.admin, {}).view is None
    # No longer shared, it is nobody else's default.
    set_default(database, people.admin, made.key)
    change_view(database, people.owner, made.key, version=1, typed={"name": "Late"})
    assert open_ledger(database, people.admin, {}).view is None


def test_who_loses_the_role_loses_what_was_shared_with_it(
    database: Database, people: People
) -> None:
    save(database, people.owner, audience="admins")
    assert names(database, people.admin) == ["Late"]
    remove_admin(database, people.boss, people.admin.account_id)
    fallen = Actor(people.admin.account_id, "Ann Lee", "", Role.GROUP_LEAD)
    assert names(database, fallen) == []


def test_there_are_only_so_many_views(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OWN", 2)
    monkeypatch.setattr(service, "MOST_SHARED", 1)
    save(database, people.owner, "1", "leads")
    with pytest.raises(PortalError, match="the most possible"):
        save(database, people.admin, "2", "leads")
    made = save(database, people.owner, "2")
    with pytest.raises(PortalError, match="the most possible"):
        change_view(
            database, people.owner, made.key, version=1, typed={"name": "2", "audience": "leads"}
        )
    with pytest.raises(PortalError, match="You have 2 views"):
        save(database, people.owner, "3")


def test_the_ledger_of_a_course_is_no_view(database: Database, people: People) -> None:
    with pytest.raises(PortalError, match="no ledger whose view"):
        save_view(database, people.owner, LedgerQuery(course=1), {"name": "Course"})


def test_open_pages_are_told_of_every_change_of_a_view(database: Database, people: People) -> None:
    def told() -> bool:
        with database.read() as session:
            found = record_changes.after(session, seen[0], 100)
        seen[0] = max([seen[0], *(one.seq for one in found)])
        return any(one.kind == "view" and str(one.record_id) == made.key for one in found)

    seen = [0]
    made = save(database, people.owner)
    assert told()
    change_view(
        database, people.owner, made.key, version=1, typed={"name": "Late", "audience": "leads"}
    )
    assert told()
    update_view(database, people.owner, made.key, RETAKES, version=2)
    assert told()
    delete_view(database, people.owner, made.key)
    assert told()
    restore_view(database, people.owner, made.key)
    assert told()
