"""Test that pages are told of jobs that go on, seldom enough, and only while one shows them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from enrollment_portal.live import job_progress
from enrollment_portal.live.job_progress import JobProgress
from enrollment_portal.live.subscriptions import BATCHES, JOBS, Subscription, Subscriptions


def test_pages_are_refreshed_when_a_job_goes_on_and_at_most_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, reads, called = [0.0], [], []
    progress = [1]

    def read(_database: object) -> int:
        reads.append(progress[0])
        return progress[0]

    async def call(token: str, state: Any) -> None:
        called.append((token, state))

    monkeypatch.setattr(job_progress, "progress_of_jobs", read)
    monkeypatch.setattr(job_progress, "database", lambda: None)
    monkeypatch.setattr(job_progress.time, "monotonic", lambda: clock[0])
    tabs = Subscriptions(10)
    shown = JobProgress(tabs, call)

    def at(second: float, n: int) -> list[tuple[str, Any]]:
        clock[0], progress[0] = second, n
        called.clear()
        asyncio.run(shown.show())
        return sorted(called)

    assert at(0, 1) == []
    assert reads == []  # nobody looks
    ledger, register = (Subscription(name, name, 1, "/") for name in "ab")
    for tab, subject in ((ledger, JOBS), (register, BATCHES)):
        tabs.subscribe(tab)
        tabs.watch(tab, str, [subject])
    both = [("a", str), ("b", str)]
    assert at(1, 1) == both  # something may have changed before they looked
    assert at(1.5, 2) == []
    assert at(2, 2) == both
    assert at(3, 2) == []
    tabs.unsubscribe("a")
    assert at(4, 3) == [("b", str)]
    assert reads == [1, 2, 2, 3]
