"""Test a database that cannot be written: detection, message, no false success, recovery."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.domain.shared.messages import NOT_DONE
from enrollment_portal.live import storage_watch
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.storage_watch import StorageWatch
from enrollment_portal.live.subscriptions import Subscription, Subscriptions
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.trouble import Trouble
from tests.builders import make_learner, make_organization
from tests.integration.office import Office, act, open_tab
from tests.security.pipeline import Pipeline


@pytest.fixture
def file(make_database_url: Callable[[str], str]) -> Iterator[tuple[Database, Path]]:
    """A SQLite database that is in use, and its file."""
    database = Database(make_database_url("sqlite"))
    make_organization(database)
    path = make_url(database.url).database
    assert path
    yield database, Path(path)
    database.close()


def count(path: Path) -> int:
    """Return the number of learners in a file, read by another connection."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM learner").fetchone()[0]
    finally:
        connection.close()


def refuses(database: Database, trouble: Trouble) -> None:
    """Check that a write is refused with the reason, and that the database reports it."""
    with pytest.raises(StorageUnavailable) as refusal:
        make_learner(database)
    assert refusal.value.message == trouble.sentence
    assert database.look() is trouble
    assert database.trouble is trouble


def _write_and(database: Database, act: Callable[[Session], object]) -> None:
    with database.write() as session:
        session.execute(text("UPDATE organization SET time_zone = 'Europe/Oslo'"))
        act(session)


class TestFile:
    def test_a_deleted_file_accepts_no_writes_until_it_is_restored(
        self, file: tuple[Database, Path]
    ) -> None:
        database, path = file
        away = path.with_name("away.db")
        path.rename(away)
        assert database.look() is Trouble.DELETED
        refuses(database, Trouble.DELETED)
        assert not path.exists(), "no new, empty file was made"
        away.rename(path)
        assert database.look() is None
        make_learner(database)
        assert count(path) == 1

    def test_a_replaced_file_is_unchanged(self, file: tuple[Database, Path]) -> None:
        database, path = file
        shutil.copy(path, path.with_name("other.db"))
        os.replace(path.with_name("other.db"), path)
        refuses(database, Trouble.REPLACED)
        assert count(path) == 0

    def test_no_new_connection_creates_or_opens_another_file(
        self, file: tuple[Database, Path]
    ) -> None:
        database, path = file
        other = path.with_name("other.db")
        other.touch()
        database.close()
        path.unlink()
        refuses(database, Trouble.DELETED)
        assert not path.exists()
        other.rename(path)
        refuses(database, Trouble.REPLACED)
        assert path.stat().st_size == 0

    def test_a_write_during_the_deletion_is_not_acknowledged(
        self, file: tuple[Database, Path]
    ) -> None:
        database, path = file
        told: list[set[int]] = []
        database.after_commit(told.append)
        with pytest.raises(StorageUnavailable):
            _write_and(database, lambda _session: path.unlink())
        assert told == []
        refuses(database, Trouble.DELETED)

    @pytest.mark.parametrize("trouble", [Trouble.DELETED, Trouble.REPLACED])
    def test_the_write_ahead_log_is_checked_too(
        self, file: tuple[Database, Path], trouble: Trouble
    ) -> None:
        database, path = file
        log = path.with_name(path.name + "-wal")
        log.unlink()
        if trouble is Trouble.REPLACED:
            log.touch()
        refuses(database, trouble)

    def test_a_file_that_becomes_read_only_after_the_commit_has_the_save(
        self, file: tuple[Database, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database, path = file
        with database.write() as session:
            session.execute(text("UPDATE organization SET time_zone = 'Europe/Oslo'"))
            monkeypatch.setattr(os, "access", lambda *_: False)
        with database.read() as session:
            stored = session.execute(text("SELECT time_zone FROM organization")).scalar_one()
        assert stored == "Europe/Oslo"
        refuses(database, Trouble.READ_ONLY)
        assert count(path) == 0

    def test_a_read_only_file_refuses_writes(
        self, file: tuple[Database, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database, _path = file
        # The tests may run as root, which ignores file modes.
        with monkeypatch.context() as locked:
            locked.setattr(os, "access", lambda _path, _mode: False)
            refuses(database, Trouble.READ_ONLY)
        assert database.look() is None
        make_learner(database)


@pytest.mark.parametrize(
    ("pragma", "trouble"),
    [("query_only=ON", Trouble.READ_ONLY), ("max_page_count=1", Trouble.FULL)],
)
def test_a_failed_write_reports_the_reason_until_the_next_success(
    file: tuple[Database, Path], pragma: str, trouble: Trouble
) -> None:
    database, path = file

    def fill(session: Session) -> None:
        session.connection().exec_driver_sql(f"PRAGMA {pragma}")
        session.execute(text("UPDATE organization SET name = :n"), {"n": "x" * 1_000_000})

    with pytest.raises(StorageUnavailable, match=trouble.sentence):
        _write_and(database, fill)
    assert database.trouble is trouble
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
    assert database.look() is None, "while there is trouble, each look tries to write"
    make_learner(database)
    assert count(path) == 1


class TestServer:
    def test_a_read_only_server_refuses_writes(
        self, make_database_url: Callable[[str], str]
    ) -> None:
        database = Database(make_database_url("postgresql"))
        make_organization(database)
        name = make_url(database.url).database
        _alter(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert database.look() is Trouble.READ_ONLY
        refuses(database, Trouble.READ_ONLY)
        _alter(database, f"ALTER DATABASE {name} RESET default_transaction_read_only")
        assert database.look(tries_writing=True) is None
        make_learner(database)
        database.close()

    def test_an_unreachable_server_is_reported(self) -> None:
        database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
        refuses(database, Trouble.AWAY)
        database.close()


def _alter(database: Database, statement: str) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        connection.exec_driver_sql(statement)
        connection.commit()
    # The setting holds for connections that are opened from now on.
    database.close()


def test_the_check_ignores_running_writers(
    file: tuple[Database, Path],
) -> None:
    database, _path = file
    with database.write() as session:
        session.execute(text("UPDATE organization SET name = 'Slowly'"))
        found = asyncio.run(asyncio.to_thread(database.look, tries_writing=True))
    assert found is None


class TestPages:
    def test_a_refused_save_shows_the_reason_and_keeps_typed_text(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_self: Database) -> None:
            raise StorageUnavailable(Trouble.FULL.sentence)

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            with monkeypatch.context() as full:
                # One place for both engines: whatever a transaction fails with.
                full.setattr(Database, "_transaction", refuse)
                await tab.save(grade="A", feedback="Mine.")
            assert tab.shows["refusal"] == NOT_DONE, "the shell says why, once"
            assert tab.shows["form"]["feedback"] == "Mine."
            await tab.save(feedback="Mine.")
            assert tab.shows["refusal"] == ""

        act(work)
        assert office.stored()[1] == "Mine."

    def test_open_pages_show_the_trouble_once_and_its_end(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pushed: list[tuple[str, str]] = []

        async def push(channel: str, values: wire.Values) -> None:
            pushed.append((channel, values[Shell]["trouble"]))

        monkeypatch.setattr(wire, "push", push)
        subscriptions = Subscriptions(10)
        for sid, role, sections in (
            ("people", Role.ADMIN, Section.PEOPLE),
            ("learner", Role.LEARNER, Section(0)),
        ):
            actor = Actor(1, sid, "", role, sections)
            subscriptions.subscribe(Subscription(f"t-{sid}", sid, 1, "/admin", rights=actor))
        watch = StorageWatch(subscriptions)
        watch.show_in(Shell)
        found: list[Trouble | None] = [None, Trouble.FULL, Trouble.FULL, None, None]
        looks = iter(found)

        class Stub:
            def look(self, **_arguments: Any) -> Trouble | None:
                return next(looks)

        monkeypatch.setattr(storage_watch, "database", Stub)

        async def look() -> None:
            for _ in found:
                await watch.check()

        asyncio.run(look())
        assert pushed == [("people", Trouble.FULL.sentence), ("people", ""), ("learner", "")]
