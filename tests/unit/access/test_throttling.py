"""Test how long to wait after failed attempts."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.access.throttling import (
    AT_ACCOUNT,
    AT_ACCOUNT_FROM_CLIENT,
    FROM_CLIENT,
    LINKS_FOR_ADDRESS,
    LINKS_FOR_CLIENT,
    Limit,
    wait_text,
)

LIMIT = Limit(free=3, first_wait=10, longest_wait=100, memory=1_000)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (2, 0), (3, 10), (4, 20), (5, 40), (6, 80), (7, 100), (8, 100), (10**9, 100)],
)
def test_each_failure_after_the_first_few_doubles_the_wait(failures: int, wait: int) -> None:
    assert LIMIT.open_from(failures, 5_000) == (5_000 + wait if wait else 0)


def test_a_clients_limit_is_reached_before_that_of_the_account() -> None:
    assert 2 * AT_ACCOUNT_FROM_CLIENT.free <= AT_ACCOUNT.free


def test_a_shared_address_allows_many_failed_sign_ins() -> None:
    assert FROM_CLIENT.free >= 100


def test_a_shared_address_allows_many_password_reset_requests() -> None:
    assert LINKS_FOR_CLIENT.free >= 200
    assert LINKS_FOR_ADDRESS.free <= 3


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (1, "1 second"),
        (1_000, "1 second"),
        (1_001, "2 seconds"),
        (90_000, "90 seconds"),
        (90_001, "2 minutes"),
        (120_001, "3 minutes"),
        (900_000, "15 minutes"),
    ],
)
def test_a_wait_is_shown_rounded_up(wait: int, words: str) -> None:
    assert wait_text(wait) == words
