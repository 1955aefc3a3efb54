"""Test that only rolled back transactions are run again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from enrollment_portal.domain.shared.errors import StaleVersion
from enrollment_portal.services.shared.retrying import again_after_deadlock


class Driver(Exception):
    """What a driver raises, with PostgreSQL's code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__()
        self.sqlstate = sqlstate


def given_up(sqlstate: str | None) -> OperationalError:
    return OperationalError("UPDATE", {}, Driver(sqlstate))


def failing(times: int, error: Exception) -> tuple[Any, list[int]]:
    calls: list[int] = []

    @again_after_deadlock
    def act(value: int, *, more: int = 0) -> int:
        """Fail some times, then answer."""
        calls.append(value)
        if len(calls) <= times:
            raise error
        return value + more

    return act, calls


@pytest.mark.parametrize("error", [given_up("40P01"), given_up("40001"), StaleVersion()])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_rolled_back_transaction_is_run_again(error: Exception, times: int) -> None:
    act, calls = failing(times, error)
    assert act(3, more=4) == 7
    assert len(calls) == times + 1
    assert act.__name__ == "act"


@pytest.mark.parametrize(
    ("times", "error", "tried"),
    [
        (3, given_up("40P01"), 3),
        (3, StaleVersion(), 3),
        (1, given_up("57014"), 1),
        (1, given_up(None), 1),
    ],
)
def test_repeated_and_other_failures_are_raised(times: int, error: Exception, tried: int) -> None:
    act, calls = failing(times, error)
    with pytest.raises(type(error)):
        act(1)
    assert len(calls) == tried


def test_a_nested_transaction_is_retried_with_the_outer_one() -> None:
    part, parts = failing(1, given_up("40P01"))
    wholes: list[int] = []

    @again_after_deadlock
    def whole() -> int:
        """Do its own, then the part."""
        wholes.append(len(parts))
        return part(5)

    assert whole() == 5
    assert wholes == [0, 1]
    assert parts == [5, 5]
    alone, calls = failing(1, given_up("40P01"))
    assert (alone(1), len(calls)) == (1, 2)
