"""What paces cost: the refresh at midnight and after a changed setting, and pages sorted by them.

The refresh writes in short transactions; "longest" is how long one of them holds up saves.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from enrollment_portal.domain.pace.pace import PaceDay
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.services.pace import paces
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.pace.stuck import STUCK
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.measuring.timing import SLOWEST_MS, report, report_heading

_PAGE = "SELECT e.id FROM enrollment e WHERE"
_BY_PACE = "e.status = 0 AND e.pace = :pace AND e.id > :id ORDER BY e.id LIMIT 50"
_COUNT_MS = 300
"""Counts are shown after the rows."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        report_heading(engine, options.rows)
        _measure_reads(database)
        now = now_ms()
        with database.write() as session:
            session.execute(text("UPDATE organization SET pace_day = NULL"))
        _measure_refresh("all paces, after a changed setting", database, now)
        for days in (1, 2):
            _measure_refresh(f"midnight {days}", database, now + days * MS_PER_DAY)


def _measure_reads(database: Database) -> None:
    day = organization_of(database).pace_day()
    values = {"stuck_before": day.stuck_before}
    for name, sql, more in (
        ("count of who is stuck", f"SELECT count(*) FROM enrollment e WHERE {STUCK}", {}),
        ("stuck longest", f"{_PAGE} {STUCK} ORDER BY e.progress_at, e.id LIMIT 50", {}),
        ("by pace, first page", f"{_PAGE} {_BY_PACE}", {"pace": 0, "id": 0}),
        ("by pace, in the middle", f"{_PAGE} {_BY_PACE}", {"pace": 0, "id": 400_000}),
        ("by pace, last", f"{_PAGE} {_BY_PACE}", {"pace": 300, "id": 0}),
    ):
        used = {key: value for key, value in (values | more).items() if f":{key}" in sql}
        with database.read() as session:
            slowest = _COUNT_MS if "count" in name else SLOWEST_MS
            report(
                name,
                lambda: session.execute(text(sql), used).all(),  # noqa: B023 - at once
                slowest_ms=slowest,
            )


def _measure_refresh(name: str, database: Database, now: int) -> None:
    times: list[float] = []
    real = paces._refresh

    def timed(database: Database, ids: Sequence[int], day: PaceDay) -> tuple[int, set[int]]:
        start = time.perf_counter()
        result = real(database, ids, day)
        times.append((time.perf_counter() - start) * 1000)
        return result

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paces, "_refresh", timed)
        start = time.perf_counter()
        changed = paces.refresh_paces(database, now)
        seconds = time.perf_counter() - start
    print(
        f"{name}: {changed:,} changed in {seconds:.1f} s, {len(times)} transactions,"
        f" longest {max(times, default=0):.0f} ms",
        flush=True,
    )
