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
def test_the_first_failures_are_free_and_each_further_one_doubles_the_wait(
    failures: int, wait: int
) -> None:
    assert LIMIT.open_from(failures, 5_000) == (5_000 + wait if wait else 0)


def test_a_stranger_reaches_their_own_limit_long_before_that_of_the_account() -> None:
    assert 2 * AT_ACCOUNT_FROM_CLIENT.free <= AT_ACCOUNT.free


def test_a_campus_has_room_for_many_typos() -> None:
    assert FROM_CLIENT.free >= 100


def test_a_campus_has_room_for_many_who_forgot_their_password() -> None:
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
def test_a_wait_is_said_rounded_up(wait: int, words: str) -> None:
    assert wait_text(wait) == words
