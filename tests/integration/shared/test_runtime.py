"""Test preparing a database, by one process and by several at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.errors import DemoIsLocal
from enrollment_portal.services.access.sign_in import is_demo_open
from enrollment_portal.services.runtime import database, prepare
from enrollment_portal.settings import PROJECT_ROOT, settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_learner, make_organization
from tests.signing_in import use_settings

WORKER = """
import sys, time
from enrollment_portal.services.runtime import prepare
from tests.builders import make_organization, make_learner

def fill(database):
    make_organization(database, is_demo=1)
    time.sleep(0.5)  # long enough for the others to arrive
    make_learner(database)
    print("filled")

print("ready", flush=True)
sys.stdin.readline()
prepare(fill)
"""


@pytest.fixture
def fills(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Database]]:
    """A database file that does not exist yet, and the list of fills."""
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    use_settings(monkeypatch, DATABASE_URL=url, PORTAL_DEMO="auto")
    yield []
    database().close()
    settings.cache_clear()


def test_an_empty_database_is_migrated_and_filled_once(fills: list[Database]) -> None:
    def fill(given: Database) -> None:
        fills.append(given)
        make_learner(given)

    prepare(fill)
    prepare(fill)
    assert fills == [database()]


@pytest.mark.parametrize("make", [make_learner, lambda d: make_account(d, Role.SUPER_ADMIN)])
def test_a_database_with_people_is_unchanged(
    fills: list[Database], make: Callable[[Database], int]
) -> None:
    prepare()
    make(database())
    prepare(fills.append)
    assert fills == []


def test_nothing_is_filled_if_the_demo_is_off(
    fills: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, PORTAL_DEMO="off")
    prepare(fills.append)
    assert fills == []
    make_organization(database())


@pytest.mark.parametrize(
    "others",
    [
        {"REFLEX_BACKEND_HOST": "0.0.0.0"},
        {"REFLEX_BACKEND_HOST": "::"},
        {"REFLEX_BACKEND_HOST": "192.0.2.7"},
        {"PORTAL_URL": "https://portal.example"},
    ],
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_demo_reachable_by_others_is_refused_unless_allowed(
    fills: list[Database],
    monkeypatch: pytest.MonkeyPatch,
    others: dict[str, str],
    is_empty: bool,
) -> None:
    if not is_empty:
        prepare()
        make_organization(database(), is_demo=1)
        make_account(database(), Role.SUPER_ADMIN)
    use_settings(monkeypatch, **others)
    with pytest.raises(DemoIsLocal, match="PORTAL_DEMO=open"):
        prepare(fills.append)
    assert not is_demo_open(database())
    use_settings(monkeypatch, PORTAL_DEMO="open")
    prepare(fills.append)
    assert fills == [database()] * is_empty
    assert is_demo_open(database()) is not is_empty


def test_a_real_organization_may_be_reachable_by_others(
    fills: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare()
    make_organization(database())
    make_account(database(), Role.SUPER_ADMIN)
    use_settings(monkeypatch, REFLEX_BACKEND_HOST="0.0.0.0", PORTAL_URL="https://portal.example")
    prepare(fills.append)
    assert not is_demo_open(database())


@pytest.mark.parametrize("local", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LocalHost"])
def test_a_demo_on_loopback_needs_no_setting(
    fills: list[Database], monkeypatch: pytest.MonkeyPatch, local: str
) -> None:
    host = f"[{local}]" if ":" in local else local
    use_settings(monkeypatch, REFLEX_BACKEND_HOST=local, PORTAL_URL=f"http://{host}:3000")
    prepare(fills.append)
    assert fills == [database()]


def test_a_failed_fill_can_be_repeated(fills: list[Database]) -> None:
    def fail(_database: Database) -> None:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        prepare(fail)
    prepare(fills.append)
    assert fills == [database()]


def test_a_forked_process_opens_its_own_connection(
    fills: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = database()
    assert database() is own
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        assert database() is not own
        database().close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_of_several_processes_one_fills_and_the_others_wait(
    make_database_url: Callable[[str], str], engine: str
) -> None:
    url = make_database_url(engine)
    environment = os.environ | {"DATABASE_URL": url, "PORTAL_DEMO": "auto"}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=PROJECT_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [worker.stdout.readline() for worker in workers if worker.stdout] == ["ready\n"] * 3
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("start\n")
        worker.stdin.flush()
    printed = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert sorted(printed) == ["", "", "filled\n"]
    filled = Database(url)
    with filled.read() as session:
        assert session.execute(text("SELECT COUNT(*) FROM learner")).scalar_one() == 1
    filled.close()
