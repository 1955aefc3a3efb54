"""Test how long sessions last, whose they are, and what ends them."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.services.access.sessions import SessionEnd, session_end
from enrollment_portal.services.access.sign_in import sign_out, who_is
from enrollment_portal.storage.shared.database import Database
from tests.signing_in import (
    Clock,
    count,
    enter,
    make_ada,
    use_settings,
)

HOUR = 3_600_000


class TestSession:
    def test_ends_after_the_set_number_of_hours(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, clock: Clock
    ) -> None:
        use_settings(monkeypatch, PORTAL_SESSION_HOURS="2")
        make_ada(database)
        token = enter(database)
        assert who_is(database, token, clock.now + 2 * HOUR - 1)
        assert who_is(database, token, clock.now + 2 * HOUR) is None
        clock.now += 2 * HOUR
        assert who_is(database, token) is None

    def test_is_extended_by_activity_up_to_the_limit(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, clock: Clock
    ) -> None:
        use_settings(monkeypatch, PORTAL_SESSION_HOURS="20", PORTAL_SESSION_DAYS="2")
        make_ada(database)
        token = enter(database)
        assert session_end(database, token) == SessionEnd(20 * HOUR, can_be_put_off=True)
        clock.now += 15 * HOUR
        assert session_end(database, token) == SessionEnd(5 * HOUR, can_be_put_off=True)
        assert session_end(database, token, puts_off=True) == SessionEnd(20 * HOUR, True)
        clock.now += 19 * HOUR
        assert session_end(database, token, puts_off=True) == SessionEnd(14 * HOUR, False)
        clock.now += 14 * HOUR - 1
        assert session_end(database, token, puts_off=True) == SessionEnd(1, False)
        assert who_is(database, token)
        clock.now += 1
        assert session_end(database, token, puts_off=True) is None
        assert who_is(database, token) is None

    def test_is_written_at_most_once_a_minute(self, database: Database, clock: Clock) -> None:
        make_ada(database)
        token = enter(database)
        clock.now += 59_000
        assert session_end(database, token, puts_off=True) == SessionEnd(12 * HOUR - 59_000, True)

    @pytest.mark.parametrize("token", [None, "", "x" * 43, "\ud800"])
    def test_of_an_unknown_token_has_no_end(self, embedded: Database, token: str | None) -> None:
        assert session_end(embedded, token, puts_off=True) is None

    def test_expired_ones_are_deleted_when_the_account_signs_in(
        self, database: Database, clock: Clock
    ) -> None:
        make_ada(database)
        enter(database)
        clock.now += 11 * HOUR
        enter(database)
        clock.now += HOUR
        enter(database)
        assert count(database, "sign_in_session") == 2

    def test_suspending_ends_access_immediately_and_can_be_reverted(
        self, database: Database
    ) -> None:
        ada = make_ada(database)
        token = enter(database)
        for is_suspended in (1, 0):
            with database.write() as session:
                session.execute(
                    text("UPDATE account SET is_suspended = :value WHERE id = :id"),
                    {"value": is_suspended, "id": ada},
                )
            assert bool(who_is(database, token)) is not bool(is_suspended)

    def test_permissions_are_read_again_each_time(self, database: Database) -> None:
        ada = make_ada(database, sections=Section.all())
        token = enter(database)
        with database.write() as session:
            session.execute(
                text("UPDATE account SET role = 'learner', sections = 0 WHERE id = :id"),
                {"id": ada},
            )
        actor = who_is(database, token)
        assert actor
        assert (actor.role, actor.sections) == (Role.LEARNER, Section(0))

    @pytest.mark.parametrize("token", [None, "", "x" * 43, "\ud800", "' OR 1=1 --", "\0"])
    def test_an_unknown_token_signs_nobody_in(self, embedded: Database, token: str | None) -> None:
        make_ada(embedded)
        enter(embedded)
        assert who_is(embedded, token) is None

    def test_the_stored_hash_is_not_accepted_as_a_token(self, database: Database) -> None:
        make_ada(database)
        enter(database)
        with database.read() as session:
            stored = session.execute(text("SELECT id_hash FROM sign_in_session")).scalar_one()
        assert who_is(database, stored) is None

    def test_reading_the_actor_takes_one_statement(self, database: Database) -> None:
        make_ada(database)
        token = enter(database)
        statements: list[str] = []
        event.listen(
            database.engine,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_rest: statements.append(statement),
        )
        assert who_is(database, token)
        assert len([s for s in statements if s.startswith("SELECT")]) == 1

    def test_signing_out_ends_only_this_session(self, database: Database) -> None:
        make_ada(database)
        token, elsewhere = enter(database), enter(database)
        sign_out(database, token)
        sign_out(database, token)
        sign_out(database, None)
        assert who_is(database, token) is None
        assert who_is(database, elsewhere)

    def test_signing_out_ends_it_in_every_process(self, database: Database) -> None:
        make_ada(database)
        token = enter(database)
        other_process = Database(database.url)
        assert who_is(other_process, token)
        sign_out(database, token)
        assert who_is(other_process, token) is None
        other_process.close()
