"""Test the access log, who may read it, open sessions, and signing out everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, zone
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.access.access import (
    end_own_session,
    read_access_log,
    read_sessions,
    sign_out_everywhere,
)
from enrollment_portal.services.access.sign_in import sign_out, who_is
from enrollment_portal.services.access.throttling import hash_of_token
from enrollment_portal.settings import settings
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_account, make_session
from tests.signing_in import enter, make_ada, refusal, use_cheap_passwords

STOCKHOLM = zone("Europe/Stockholm")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_cheap_passwords(monkeypatch)
    yield
    settings.cache_clear()


def actor(database: Database, role: Role = Role.SUPER_ADMIN, name: str = "Maya", **values) -> Actor:
    sections = values.get("sections", Section(0))
    return Actor(make_account(database, role, name=name, **values), name, "", role, sections)


def record(database: Database, who: Actor, action: Action, subject: str, at: int) -> None:
    with database.write() as session:
        add_act(session, who, action, SubjectKind.USER, 7, subject, now=at, detail="Email changed")


def read(database: Database, who: Actor, **query: str) -> list[tuple[str, str, str]]:
    search = query.pop("search", "")
    filters = {name.rstrip("_"): value for name, value in query.items()}
    found = read_access_log(database, who, ListQuery(search, filters), STOCKHOLM)
    assert found.total == len(found.rows)
    return [(act.actor_name, act.action, act.subject) for act in found.rows]


class TestReadAccessLog:
    def test_requires_the_configuration_section(self, database: Database) -> None:
        for role, sections in (
            (Role.ADMIN, Section.LEARNING | Section.PEOPLE),
            (Role.INSTRUCTOR, Section(0)),
            (Role.GROUP_LEAD, Section(0)),
            (Role.LEARNER, Section(0)),
        ):
            with pytest.raises(NotAllowed):
                read(database, actor(database, role, sections=sections))
        assert read(database, actor(database, Role.ADMIN, sections=Section.CONFIGURATION)) == []

    def test_is_searched_and_filtered_newest_first(self, database: Database) -> None:
        maya = actor(database)
        dana = actor(database, Role.ADMIN, "Dana Ruiz")
        record(database, maya, Action.INVITED, "Zoë Brückner", NOW)
        record(database, dana, Action.USER_CHANGED, "Bo Berg", NOW + 1)
        record(database, dana, Action.SUSPENDED, "Zoë Brückner", NOW + MS_PER_DAY)
        first, second, third = (
            ("Maya", "invited", "Zoë Brückner"),
            ("Dana Ruiz", "user_changed", "Bo Berg"),
            ("Dana Ruiz", "suspended", "Zoë Brückner"),
        )
        assert read(database, maya) == [third, second, first]
        assert read(database, maya, search="zoe bruck") == [third, first]
        assert read(database, maya, search="dana email") == [third, second]
        assert read(database, maya, person=str(dana.account_id)) == [third, second]
        assert read(database, maya, action="invited") == [first]
        # NOW is 21 September 2026, 16:13 in Stockholm.
        assert read(database, maya, from_="2026-09-22") == [third]
        assert read(database, maya, to="2026-09-21") == [second, first]
        assert read(database, maya, from_="2026-09-21", to="2026-09-22") == [third, second, first]
        assert read(database, maya, from_="yesterday", person="nobody") == [third, second, first]
        assert read(database, maya, search="\x00") == []


class TestSigningInAndOut:
    def test_are_recorded_in_the_log_and_on_the_account(self, database: Database) -> None:
        maya, ada = actor(database), make_ada(database, name="Ada")
        token = enter(database)
        sign_out(database, token)
        sign_out(database, token)
        assert read(database, maya) == [("Ada", "signed_out", "Ada"), ("Ada", "signed_in", "Ada")]
        with database.read() as session:
            stamped = session.execute(
                text("SELECT last_sign_in_at FROM account WHERE id = :id"), {"id": ada}
            ).scalar_one()
        assert stamped is not None

    def test_a_failure_is_logged_once_a_minute_and_only_for_known_people(
        self, database: Database
    ) -> None:
        maya, _ = actor(database), make_ada(database, name="Ada")
        for email in ("ada@northwind.example", "ada@northwind.example", "eve@nowhere.example"):
            refusal(lambda email=email: enter(database, email, "wrong password"))
        assert read(database, maya) == [("Ada", "sign_in_failed", "Ada")]
        with database.read() as session:
            everything = str(session.execute(text("SELECT * FROM admin_event")).all())
        assert "wrong password" not in everything
        assert "eve@" not in everything


class TestSessions:
    def test_everybody_sees_and_ends_their_own_sessions(self, database: Database) -> None:
        bo = actor(database, Role.LEARNER, "Bo")
        token, other = (make_session(database, bo.account_id) for _ in range(2))
        found = read_sessions(database, bo, bo.account_id, token)
        assert len(found.sessions) == 2
        assert found.own in {session.id_hash for session in found.sessions}
        assert found.may_end
        assert sign_out_everywhere(database, bo, bo.account_id) == 2
        assert (who_is(database, token), who_is(database, other)) == (None, None)

    def test_one_of_ones_own_sessions_ends_and_no_other(self, database: Database) -> None:
        bo, eve = (actor(database, Role.LEARNER, name) for name in ("Bo", "Eve"))
        token, other = (make_session(database, bo.account_id) for _ in range(2))
        foreign = make_session(database, eve.account_id)
        end_own_session(database, bo, hash_of_token(other))
        assert (who_is(database, token) is None, who_is(database, other)) == (False, None)
        for id_hash in (hash_of_token(other), hash_of_token(foreign), "", "x", 7, None, "\x00"):
            with pytest.raises(NotFound):
                end_own_session(database, bo, id_hash)
        assert who_is(database, foreign)
        assert read(database, actor(database)) == [("Bo", "signed_out", "Bo")]

    def test_others_sessions_require_configuration_and_admins_sessions_a_super_admin(
        self, database: Database
    ) -> None:
        maya = actor(database)
        dana = actor(database, Role.ADMIN, "Dana", sections=Section.CONFIGURATION)
        bo = actor(database, Role.LEARNER, "Bo")
        for who in (maya, dana, bo):
            make_session(database, who.account_id)
        assert len(read_sessions(database, dana, str(bo.account_id)).sessions) == 1
        assert sign_out_everywhere(database, dana, str(bo.account_id)) == 1
        assert not read_sessions(database, dana, maya.account_id).may_end
        with pytest.raises(NotAllowed):
            sign_out_everywhere(database, dana, maya.account_id)
        for account in (maya.account_id, dana.account_id, 999_999, "x", None):
            with pytest.raises(NotFound):
                read_sessions(database, bo, account)
            with pytest.raises(NotFound):
                sign_out_everywhere(database, bo, account)
        assert sign_out_everywhere(database, maya, dana.account_id) == 1
        assert read(database, maya)[:2] == [
            ("Maya", "signed_out_everywhere", "Dana"),
            ("Dana", "signed_out_everywhere", "Bo"),
        ]
