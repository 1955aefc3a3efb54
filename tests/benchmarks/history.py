"""What hashes cost when much history is written at once, and how long checking it takes.

Targets: loading a company and enrolling 10,000 at once take at most 1.5 times as long as without.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from enrollment_portal.demo.company import build_company
from enrollment_portal.demo.enrollment import enrollments as demo
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrolling.enroll_many import Chosen, enroll, preview
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.history.history import write_checkpoint
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.storage.history import history
from enrollment_portal.storage.history.watermark import Watermark
from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import (
    add_company_options,
    add_runs_option,
    companies,
)
from tests.builders import make_course

_MOST = 1.5
_MAYA = Actor(1, "Maya Lindqvist", "", Role.SUPER_ADMIN)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)
    add_runs_option(parser, 5, "of loading a tenth of the company, and of enrolling 10,000")


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        print(f"\n{engine}, {options.rows:,} enrollments", flush=True)
        # First: what is written without hashes is no whole history.
        _measure_proof(database)
        _measure_saving(database)
        _measure_enrolling(database, options.runs)
    _measure_loading(max(1, options.rows // 10), options.runs)


@contextmanager
def _without_hashes() -> Iterator[None]:
    def unchained(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        return ((*row, None, b"") for row in rows)

    with (
        patch.object(demo, "chained", unchained),
        patch.object(history, "event_hash", lambda _previous, _row: b""),
        patch.object(history, "_last_hashes", lambda _connection, _ids: {}),
    ):
        yield


def _compare(name: str, act: Callable[[], float], runs: int) -> None:
    """Print the fastest run with hashes and without, which take turns, in wall time."""
    hashed, plain = [], []
    for _ in range(runs):
        hashed.append(act())
        with _without_hashes():
            plain.append(act())
    ratio = min(hashed) / min(plain)
    middle = statistics.median(hashed) / statistics.median(plain)
    print(
        f"{name:40}{min(hashed):9.4f} s, without hashes {min(plain):9.4f} s: {ratio:.2f} times"
        f" (of the medians {middle:.2f}){'  slow' if ratio > _MOST else ''}",
        flush=True,
    )


def _measure_loading(enrollments: int, runs: int) -> None:
    def load() -> float:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'loaded.db'}")
            migrate(database)
            start = time.perf_counter()
            build_company(database, enrollments=enrollments)
            taken = time.perf_counter() - start
            database.close()
            return taken

    _compare(f"load a company of {enrollments:,}, SQLite", load, runs)


def _measure_enrolling(database: Database, runs: int) -> None:
    with database.read() as session:
        people = session.execute(text("SELECT id FROM learner ORDER BY id LIMIT 5000")).scalars()
        chosen_people = list(people)

    def enroll_10000() -> float:
        courses = [make_course(database), make_course(database)]
        chosen = Chosen(chosen_people, [], courses)
        shown = preview(database, _MAYA, chosen)
        start = time.perf_counter()
        enroll(database, _MAYA, chosen, shown.fingerprint)
        return time.perf_counter() - start

    _compare(f"enroll {2 * len(chosen_people):,} at once", enroll_10000, runs)


def _measure_saving(database: Database) -> None:
    course = make_course(database)
    chosen = Chosen([1], [], [course])
    enroll(database, _MAYA, chosen, preview(database, _MAYA, chosen).fingerprint)
    with database.read() as session:
        sql = text("SELECT id FROM enrollment WHERE course_id = :course")
        id_ = session.execute(sql, {"course": course}).scalar_one()
    version = 1

    def save() -> float:
        nonlocal version
        start = time.perf_counter()
        typed = {"grade": f"g{version}"}
        saved = save_enrollment(database, _MAYA, id_, version=version, typed=typed)
        version = saved.facts.version
        return time.perf_counter() - start

    _compare("save one", save, 60)


def _measure_proof(database: Database) -> None:
    watermark, start, n_checkpoints = Watermark(), time.perf_counter(), 0
    longest = 0.0
    while True:
        began = time.perf_counter()
        if not write_checkpoint(database, watermark):
            break
        longest, n_checkpoints = max(longest, time.perf_counter() - began), n_checkpoints + 1
    print(
        f"{n_checkpoints} checkpoints: {time.perf_counter() - start:.1f} s, longest {longest:.2f} s"
    )
    start, cpu = time.perf_counter(), time.process_time()
    found = verify_history(database)
    print(
        f"verify {found.changes:,} changes: {time.perf_counter() - start:.1f} s,"
        f" {time.process_time() - cpu:.1f} s of them at work; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
