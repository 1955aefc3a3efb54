"""Test that every answer to twenty people stays true although the server is killed."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from enrollment_portal.storage.history.checkpoints import needs_checkpoint
from tests import redis_server
from tests.browser.durability.jepsen.checks import check, report
from tests.browser.durability.jepsen.run import run
from tests.browser.server import Server

_SEALED_SECONDS = 30
FEEDS = ("embedded", "redis")


@pytest.fixture(params=FEEDS)
def portal(
    request: pytest.FixtureRequest,
    make_database_url: Callable[[str], str],
    production_build: Path,
    tmp_path: Path,
) -> Iterator[Server]:
    """A portal that has not started: in one process over SQLite, or in two over PostgreSQL."""
    if request.param == "embedded":
        portal = Server(production_build, tmp_path, make_database_url("sqlite"), PORTAL_DEMO="off")
        yield portal
        portal.close()
        return
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_server.running(folder) as url:
        portal = Server(
            production_build,
            tmp_path,
            make_database_url("postgresql"),
            PORTAL_DEMO="off",
            REFLEX_REDIS_URL=url,
            GRANIAN_WORKERS="2",
        )
        yield portal
        portal.close()


def wait_for_checkpoints(portal: Server) -> None:
    """Wait until the running server has written checkpoints of all history."""
    until = time.monotonic() + _SEALED_SECONDS
    while True:
        with portal.database.read() as session:
            if not needs_checkpoint(session):
                return
        assert time.monotonic() < until, "The server does not seal history"
        time.sleep(0.1)


def test_every_answer_stays_true_although_the_server_is_killed(
    portal: Server, pytestconfig: pytest.Config
) -> None:
    seconds = pytestconfig.option.jepsen_seconds / len(FEEDS)
    seed = pytestconfig.option.jepsen_seed or secrets.token_hex(4)
    story, did = run(portal, seconds, seed)
    summary = f"--jepsen-seed {seed}: " + ", ".join(f"{n} {what}" for what, n in did.items())
    print(summary)
    problems = check(story)
    assert not problems, f"{summary}\n{report(story, problems)}"
    assert not story.shown_wrong, f"{summary}\n" + "\n".join(story.shown_wrong)
    wait_for_checkpoints(portal)
    verified = portal.command("verify-history")
    assert verified.returncode == 0, f"{summary}\n{verified.stdout}"
    assert did["acknowledged"]
    assert did["killed"]
    assert did["told to watchers"]
