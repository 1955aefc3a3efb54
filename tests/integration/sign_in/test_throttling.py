"""How failed sign-ins hold up further ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from enrollment_portal.domain.errors import (
    PortalError,
    Throttled,
    WrongCredentials,
)
from enrollment_portal.storage.database import Database
from tests.signing_in import (
    Clock,
    CountingHasher,
    count,
    enter,
    make_ada,
    refusal,
)


class TestThrottling:
    def fail(self, database: Database, times: int, **values: str) -> None:
        for number in range(times):
            email = values.get("email", f"nobody{number}@northwind.example")
            client = values.get("client", f"198.51.100.{number}")
            assert refusal(lambda e=email, c=client: enter(database, e, "wrong", client=c)) is (
                WrongCredentials
            )

    @pytest.mark.parametrize(
        "same", [{"email": "ada@northwind.example"}, {"client": "203.0.113.9"}]
    )
    def test_after_ten_failures_even_the_right_password_waits(
        self, database: Database, hasher: CountingHasher, clock: Clock, same: dict[str, str]
    ) -> None:
        make_ada(database)
        self.fail(database, 10, **same)
        assert refusal(lambda: enter(database)) is Throttled
        assert hasher.n_verified == 10
        clock.now += 59_999
        assert refusal(lambda: enter(database)) is Throttled
        clock.now += 1
        assert enter(database)

    def test_nine_failures_do_not(self, database: Database) -> None:
        make_ada(database)
        self.fail(database, 9, email="ada@northwind.example", client="203.0.113.9")
        assert enter(database)

    def test_refused_attempts_do_not_prolong_the_wait(
        self, database: Database, clock: Clock
    ) -> None:
        make_ada(database)
        self.fail(database, 10, client="203.0.113.9")
        clock.now += 30_000
        assert refusal(lambda: enter(database)) is Throttled
        clock.now += 30_000
        assert enter(database)

    def test_other_people_elsewhere_are_not_held_up(self, database: Database) -> None:
        make_ada(database)
        self.fail(database, 10, email="bob@northwind.example", client="198.51.100.1")
        assert enter(database)

    def test_an_unknown_email_is_throttled_like_a_known_one(self, database: Database) -> None:
        self.fail(database, 10, email="nobody@northwind.example")
        assert refusal(lambda: enter(database, "NOBODY@northwind.example ")) is Throttled

    def test_an_email_is_not_mistaken_for_a_client(self, database: Database) -> None:
        self.fail(database, 10, email="203.0.113.9")
        make_ada(database)
        assert enter(database)

    def test_successes_count_for_nothing_and_take_back_only_themselves(
        self, database: Database
    ) -> None:
        make_ada(database)
        for _ in range(12):
            enter(database)
        self.fail(database, 9, email="ada@northwind.example", client="203.0.113.9")
        enter(database)
        self.fail(database, 1, email="ada@northwind.example", client="203.0.113.9")
        assert refusal(lambda: enter(database)) is Throttled

    @pytest.mark.parametrize("is_same_email", [True, False])
    def test_parallel_attempts_cannot_exceed_the_limit(
        self, database: Database, hasher: CountingHasher, is_same_email: bool
    ) -> None:
        def attempt(number: int) -> type[PortalError] | None:
            email = "ada@northwind.example" if is_same_email else f"n{number}@northwind.example"
            client = f"198.51.100.{number}" if is_same_email else "203.0.113.9"
            return refusal(lambda: enter(database, email, "wrong", client=client))

        make_ada(database)
        with ThreadPoolExecutor(max_workers=12) as threads:
            refusals = list(threads.map(attempt, range(30)))
        assert refusals.count(WrongCredentials) == 10
        assert refusals.count(Throttled) == 20
        assert hasher.n_verified == 10

    def test_old_failures_are_forgotten(self, database: Database, clock: Clock) -> None:
        self.fail(database, 5)
        clock.now += 60_000
        self.fail(database, 1)
        assert count(database, "sign_in_failure") == 2
