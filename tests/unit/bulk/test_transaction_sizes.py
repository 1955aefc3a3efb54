"""Test that the transactions of a job grow and shrink, so that others never wait long."""

from __future__ import annotations

from enrollment_portal.services.bulk.worker import next_size


def sizes(seconds_for_one: float, steps: int = 30) -> list[int]:
    """Return the sizes of transactions where one part takes so long."""
    found = [1]
    for _ in range(steps):
        found.append(next_size(found[-1], found[-1] * seconds_for_one))
    return found


def test_a_fast_database_gets_large_transactions() -> None:
    assert sizes(0.004)[-1] == 10


def test_a_slow_one_gets_small_ones_and_never_none() -> None:
    assert max(n * 0.04 for n in sizes(0.04)[1:]) <= 0.12
    assert set(sizes(0.5)) == {1}


def test_it_adapts_while_the_machine_becomes_busy() -> None:
    assert [next_size(8, 0.5), next_size(4, 0.3), next_size(2, 0.2)] == [4, 2, 1]
    assert next_size(5, 0.09) == 5
