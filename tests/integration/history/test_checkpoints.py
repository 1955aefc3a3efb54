"""Test checkpoints: every settled row once and in order, also of a history from before them."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from enrollment_portal.services.history import history
from enrollment_portal.services.history.history import (
    keep_writing_checkpoints,
    write_all_checkpoints,
    write_checkpoint,
)
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.storage.history import checkpoints
from enrollment_portal.storage.history.history import Author, NewEvent, add_events
from enrollment_portal.storage.history.watermark import Watermark
from enrollment_portal.storage.migrate import migrate, migration_config
from enrollment_portal.storage.shared.database import Database, session_on
from tests.integration.concurrency import at_once
from tests.integration.history.histories import broken_links, make_new_enrollments, save
from tests.integration.stored import rows

AUTHOR = Author("person", 1, "Maya")
_BEFORE = (
    "INSERT INTO learner (id, name, department, sort_name, search, n_active, n_completed,"
    " n_cancelled) VALUES (1, 'Ada', '', 'ada', '  ada', 0, 0, 0)",
    "INSERT INTO course (id, title, sort_title, kind, n_lessons, grading_scheme)"
    " VALUES (1, 'SQL', 'sql', 'course', 1, 'free')",
    *(
        "INSERT INTO enrollment (id, learner_id, course_id, status, tracked_status, progress,"
        " lessons_done, enrolled_at, last_visit_at, completed_at, version, updated_at, origin,"
        f" feedback, internal_note) VALUES ({id_}, 1, 1, 1, 1, 0, 0, 0, 0, 0, {4 - id_}, 0,"
        " 'self', '', '')"
        for id_ in (1, 2, 3)
    ),
)
_EVENT_BEFORE = text(
    "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source, kind, changes,"
    " reason, batch) VALUES (:id, :version, :version, 'Mäyä', 'person', 'changed', :changes,"
    " 'why', :batch)"
)
_CHANGES = json.dumps({"feedback": ["", "Så – “bra” \\ \n 🎓"]}, ensure_ascii=False)
CHECKPOINTS = "SELECT id, first_seq, until_seq, n FROM history_seal ORDER BY id"


class TestWriteCheckpoints:
    def test_covers_every_row_once_in_several_checkpoints(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert write_checkpoint(database) is None
        monkeypatch.setattr(checkpoints, "MOST_ROWS", 2)
        ids = make_new_enrollments(database)
        watermark = Watermark()
        made = [write_checkpoint(database, watermark) for _ in range(3)]
        assert [s and (s.id, s.first_seq, s.until_seq, s.n) for s in made] == [
            (1, 1, 2, 2),
            (2, 3, 3, 1),
            None,
        ]
        save(database, ids[0], grade="A")
        write_all_checkpoints(database)
        assert rows(database, CHECKPOINTS)[2:] == [(3, 4, 4, 1)]
        assert verify_history(database).without_checkpoint == 0

    def test_is_written_by_one_process_at_a_time(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checkpoints, "MOST_ROWS", 1)
        make_new_enrollments(database, 12)
        failures = [f for f in at_once(*[lambda: write_all_checkpoints(database)] * 4) if f]
        assert failures == []
        assert rows(database, CHECKPOINTS) == [(n, n, n, 1) for n in range(1, 13)]
        assert verify_history(database).without_checkpoint == 0

    def test_time_in_the_chain_never_goes_back(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = make_new_enrollments(database)
        write_all_checkpoints(database)
        monkeypatch.setattr(history, "now_ms", lambda: 5)
        save(database, ids[0], grade="A")
        write_all_checkpoints(database)
        assert rows(database, "SELECT count(DISTINCT at), count(*) FROM history_seal") == [(1, 2)]

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    @pytest.mark.parametrize("is_kept", [True, False])
    def test_waits_for_an_earlier_row_that_is_committed_later(
        self, database: Database, is_kept: bool
    ) -> None:
        late, early, _third = make_new_enrollments(database)
        write_all_checkpoints(database)
        watermark = Watermark()
        with database.engine.connect() as slow:
            [low] = add_events(session_on(slow), [NewEvent(late, 2, 1, AUTHOR, "changed", {})])
            save(database, early, grade="A")
            [(high,)] = rows(database, "SELECT max(seq) FROM enrollment_event")
            assert low < high
            for _ in range(3):
                assert write_checkpoint(database, watermark) is None
                assert write_checkpoint(database) is None
            slow.execute(text("UPDATE enrollment SET version = 2 WHERE id = :id"), {"id": late})
            if is_kept:
                slow.commit()
            else:
                slow.rollback()
        made = write_checkpoint(database, watermark)
        assert made
        first, n = (low, 2) if is_kept else (high, 1)
        assert (made.first_seq, made.until_seq, made.n) == (first, high, n)
        assert verify_history(database).without_checkpoint == 0

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_continues_during_constant_writes(self, database: Database) -> None:
        ids = make_new_enrollments(database)
        write_all_checkpoints(database)
        watermark = Watermark()
        with database.engine.connect() as first, database.engine.connect() as second:
            add_events(session_on(first), [NewEvent(ids[0], 2, 1, AUTHOR, "changed", {})])
            save(database, ids[1], grade="A")
            assert write_checkpoint(database, watermark) is None
            # Writers that started after its snapshot do not matter.
            add_events(session_on(second), [NewEvent(ids[2], 2, 1, AUTHOR, "changed", {})])
            first.rollback()
            made = write_checkpoint(database, watermark)
            assert made
            assert made.n == 1
            second.rollback()
        assert verify_history(database).without_checkpoint == 0

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_many_writers_are_all_covered(self, database: Database) -> None:
        ids = make_new_enrollments(database, 8)
        done = threading.Event()

        def write(enrollment: int) -> None:
            for number in range(12):
                save(database, enrollment, grade=f"g{number}")

        def keep() -> None:
            watermark = Watermark()
            while not done.is_set():
                write_checkpoint(database, watermark)

        sealer = threading.Thread(target=keep)
        sealer.start()
        failures = [f for f in at_once(*[lambda id_=id_: write(id_) for id_ in ids]) if f]
        done.set()
        sealer.join()
        assert failures == []
        write_all_checkpoints(database)
        found = verify_history(database)
        assert (found.changes, found.without_checkpoint) == (8 + 8 * 12, 0)
        assert len(rows(database, CHECKPOINTS)) > 1

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_cannot_be_misled_by_an_old_snapshot(self, database: Database) -> None:
        with database.read() as session, pytest.raises(RuntimeError, match="repeatable read"):
            Watermark().advance(session)


class TestKeepWritingCheckpoints:
    def test_covers_new_rows_and_continues_after_an_error(
        self,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        ids = make_new_enrollments(database)
        n_failures = 0

        def fails_once(database: Database, watermark: Watermark) -> object:
            nonlocal n_failures
            if not n_failures:
                n_failures = 1
                raise OSError("The disk is full")
            return write_checkpoint(database, watermark)

        monkeypatch.setattr(history, "write_checkpoint", fails_once)

        def wait_for(count: int) -> None:
            deadline = time.monotonic() + 20
            while len(rows(database, CHECKPOINTS)) < count:
                assert time.monotonic() < deadline
                time.sleep(0.01)

        async def live() -> None:
            task = asyncio.create_task(keep_writing_checkpoints(database, 0.01))
            await asyncio.to_thread(wait_for, 1)
            await asyncio.to_thread(save, database, ids[0], grade="A")
            await asyncio.to_thread(wait_for, 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        with caplog.at_level(logging.ERROR):
            asyncio.run(live())
        assert "A history checkpoint could not be written" in caplog.text
        assert "The disk is full" in caplog.text
        assert verify_history(database).without_checkpoint == 0

    def test_starts_with_the_app_after_its_database_is_prepared(self) -> None:
        from enrollment_portal.enrollment_portal import app

        names = [getattr(task, "__name__", "") for task in app.get_lifespan_tasks()]
        assert names.index("_prepared_database") < names.index("_write_checkpoints")


def test_history_from_before_there_were_hashes_is_chained_by_the_migration(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}") if database.is_sqlite else database
    config = migration_config()
    with old.write() as session:
        if not old.is_sqlite:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0002")
    with old.write() as session:
        for statement in _BEFORE:
            session.execute(text(statement))
        for version in (1, 2, 3):
            for id_ in range(1, 5 - version):
                values = {"id": id_, "version": version, "batch": "b" if id_ == 2 else None}
                session.execute(_EVENT_BEFORE, {**values, "changes": _CHANGES})
    script = next(s for s in _scripts(config) if s.revision == "0003").module
    monkeypatch.setattr(script, "_CHUNK", 2)
    migrate(old)
    assert broken_links(old) == []
    write_all_checkpoints(old)
    found = verify_history(old)
    assert (found.changes, found.enrollments, found.without_checkpoint) == (6, 3, 0)
    if old is not database:
        old.close()


def _scripts(config: object) -> list:
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(config).walk_revisions())  # type: ignore[arg-type]
