"""Test that failed sign-ins throttle further ones, of the right accounts and clients only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.throttling import (
    AT_ACCOUNT,
    AT_ACCOUNT_FROM_CLIENT,
    FROM_CLIENT,
    FROM_KNOWN_DEVICE,
)
from enrollment_portal.domain.shared.errors import PortalError, Throttled, WrongCredentials
from enrollment_portal.services.access import sign_in
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.services.access.throttling import DEVICE_DAYS
from enrollment_portal.storage.shared.database import Database
from tests.signing_in import (
    PASSWORD,
    Clock,
    CountingHasher,
    count,
    enter,
    everything_stored,
    make_ada,
    refusal,
)

ADA = "ada@northwind.example"
HERE = "203.0.113.9"
FREE = AT_ACCOUNT_FROM_CLIENT.free


def fail(
    database: Database, times: int, email: str = "", client: str = "", device: str | None = None
) -> None:
    """Fail a number of times, each for another account and client unless one is given."""
    for number in range(times):
        typed = email or f"nobody{number}@northwind.example"
        told = client or f"198.51.100.{number}"
        refused = refusal(
            lambda e=typed, c=told: enter(database, e, "wrong", client=c, device=device)
        )
        assert refused is WrongCredentials


def known_device(database: Database, email: str = ADA, device: str | None = None) -> str:
    """Sign in and return the token of the device cookie."""
    browser = Browser("192.0.2.1", device=device)
    opened = sign_in.sign_in(database, email=email, password=PASSWORD, browser=browser)
    return opened.device


class TestThrottling:
    def test_after_some_failures_even_the_right_password_waits_longer_each_time(
        self, database: Database, hasher: CountingHasher, clock: Clock
    ) -> None:
        make_ada(database)
        fail(database, FREE, ADA, HERE)
        for wait in (10_000, 20_000, 40_000):
            assert refusal(lambda: enter(database)) is Throttled
            clock.now += wait - 1
            with pytest.raises(Throttled, match=r"Try again in 1 second\."):
                enter(database)
            clock.now += 1
            fail(database, 1, ADA, HERE)
        assert hasher.n_verified == FREE + 3
        clock.now += AT_ACCOUNT_FROM_CLIENT.longest_wait
        assert enter(database)

    def test_one_failure_less_does_not_throttle(self, database: Database) -> None:
        make_ada(database)
        fail(database, FREE - 1, ADA, HERE)
        assert enter(database)

    def test_refused_attempts_do_not_prolong_the_wait(
        self, database: Database, clock: Clock
    ) -> None:
        make_ada(database)
        fail(database, FREE, ADA, HERE)
        clock.now += 5_000
        assert refusal(lambda: enter(database)) is Throttled
        clock.now += 5_000
        assert enter(database)

    def test_failures_of_other_clients_do_not_block_the_owner(self, database: Database) -> None:
        make_ada(database)
        for stranger in range(2):
            fail(database, FREE, ADA, f"198.51.100.{stranger}")
        assert enter(database)

    def test_failures_of_many_clients_are_throttled_together(
        self, database: Database, clock: Clock
    ) -> None:
        make_ada(database)
        fail(database, AT_ACCOUNT.free, ADA)
        assert refusal(lambda: enter(database)) is Throttled
        clock.now += AT_ACCOUNT.first_wait
        assert enter(database)

    def test_failures_of_others_at_the_same_address_block_nobody(self, database: Database) -> None:
        make_ada(database)
        fail(database, FROM_CLIENT.free - 1, client=HERE)
        assert enter(database)
        fail(database, 1, client=HERE)
        assert refusal(lambda: enter(database)) is Throttled

    def test_an_unknown_email_is_throttled_like_a_known_one(self, database: Database) -> None:
        fail(database, FREE, "nobody@northwind.example", HERE)
        assert refusal(lambda: enter(database, "NOBODY@northwind.example ")) is Throttled

    def test_an_email_is_not_mistaken_for_a_client(self, database: Database) -> None:
        fail(database, FREE, HERE, HERE)
        make_ada(database)
        assert enter(database)

    def test_a_sign_in_clears_the_failures(self, database: Database) -> None:
        make_ada(database)
        fail(database, 1, "bob@northwind.example", HERE)
        for _ in range(3):
            fail(database, FREE - 1, ADA, HERE)
            assert enter(database)
        # Those for other accounts stay: who has an account of their own goes on guessing slowly.
        assert count(database, "sign_in_failure") == 1

    def test_forty_simultaneous_correct_sign_ins_all_succeed(self, database: Database) -> None:
        make_ada(database)
        with ThreadPoolExecutor(max_workers=40) as threads:
            opened = list(threads.map(lambda _: refusal(lambda: enter(database)), range(40)))
        assert opened == [None] * 40

    def test_parallel_attempts_cannot_exceed_the_limit(self, database: Database) -> None:
        def attempt(number: int) -> type[PortalError] | None:
            running.wait()
            return refusal(lambda: enter(database, ADA, "wrong"))

        make_ada(database)
        running = threading.Barrier(12)
        with ThreadPoolExecutor(max_workers=12) as threads:
            refusals = list(threads.map(attempt, range(24)))
        assert refusals.count(WrongCredentials) == FREE
        assert refusals.count(Throttled) == 24 - FREE
        assert count(database, "sign_in_failure") == FREE

    def test_a_correct_password_after_too_many_parallel_failures_is_refused(
        self, database: Database, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_ada(database)
        check = hasher.verify

        def overtake(password: str, known_hash: str) -> bool:
            monkeypatch.setattr(hasher, "verify", check)
            fail(database, FREE, ADA, HERE)
            return check(password, known_hash)

        monkeypatch.setattr(hasher, "verify", overtake)
        assert refusal(lambda: enter(database)) is Throttled
        assert count(database, "sign_in_session") == 0

    def test_old_failures_expire(self, database: Database, clock: Clock) -> None:
        fail(database, 5)
        clock.now += AT_ACCOUNT.memory
        fail(database, 1)
        assert count(database, "sign_in_failure") == 1


class TestKnownDevice:
    def test_is_never_blocked_by_failures_of_others(self, database: Database) -> None:
        make_ada(database)
        device = known_device(database)
        fail(database, AT_ACCOUNT.free, ADA)
        fail(database, FROM_CLIENT.free - FREE, client=HERE)
        fail(database, FREE - 1, "x@northwind.example", HERE)
        assert refusal(lambda: enter(database, client="198.51.100.250")) is Throttled
        assert enter(database, client=HERE, device=device)

    def test_has_a_limit_of_its_own(self, database: Database, clock: Clock) -> None:
        make_ada(database)
        device = known_device(database)
        fail(database, FROM_KNOWN_DEVICE.free, ADA, device=device)
        assert refusal(lambda: enter(database, device=device)) is Throttled
        # A stolen cookie does not keep the owner out who lost it.
        assert enter(database)
        clock.now += FROM_KNOWN_DEVICE.first_wait
        assert enter(database, device=device)

    def test_counts_for_the_accounts_that_it_has_signed_in_to(self, database: Database) -> None:
        make_ada(database)
        make_ada(database, email="bo@northwind.example")
        device = known_device(database)
        fail(database, AT_ACCOUNT.free, "bo@northwind.example", device=device)
        assert refusal(lambda: enter(database, "bo@northwind.example", device=device)) is Throttled
        device = known_device(database, ADA, device)
        both = known_device_of_both(database, device)
        fail(database, AT_ACCOUNT.free, ADA)
        assert enter(database, ADA, device=both)

    def test_a_cookie_works_once(self, database: Database) -> None:
        make_ada(database)
        first = known_device(database)
        second = known_device(database, ADA, first)
        assert first != second
        assert count(database, "known_device") == 1
        fail(database, AT_ACCOUNT.free, ADA)
        assert refusal(lambda: enter(database, device=first)) is Throttled
        assert enter(database, device=second)

    @pytest.mark.parametrize("device", ["", "x" * 43, "\ud800"])
    def test_a_forged_cookie_is_ignored(self, database: Database, device: str) -> None:
        make_ada(database)
        fail(database, AT_ACCOUNT.free, ADA)
        assert refusal(lambda: enter(database, device=device)) is Throttled

    def test_expires_after_half_a_year(self, database: Database, clock: Clock) -> None:
        make_ada(database)
        device = known_device(database)
        clock.now += DEVICE_DAYS * 86_400_000
        fail(database, AT_ACCOUNT.free, ADA)
        assert refusal(lambda: enter(database, device=device)) is Throttled

    def test_only_a_hash_of_it_is_stored(self, database: Database) -> None:
        make_ada(database)
        assert known_device(database) not in everything_stored(database)


def known_device_of_both(database: Database, device: str) -> str:
    """Sign the same browser in to another account, and return its new token."""
    with database.write() as session:
        session.execute(text("DELETE FROM sign_in_failure"))
    return known_device(database, "bo@northwind.example", device)
